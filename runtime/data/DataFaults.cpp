//===- DataFaults.cpp - Faults of the training data -----------------------===//

#include "runtime/data/DataFaults.h"

#include "runtime/data/Random.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

namespace dynfault {

namespace {

/// Streams of Random: faults of one seed must not pick the same rows. Changing
/// labels had the first.
enum Stream : uint64_t {
  ChangeLabelsStream = 0,
  DeleteStream = 10,
  UnbalanceStream,
  NoiseStream,
  OverlapStream,
  RepeatStream
};

double getShare(const TransformSpec &spec) {
  double share = spec.json.at("share").asDouble();
  if (!(share >= 0 && share <= 1))
    spec.json.at("share").fail(
        fmt::format("{} is not a share between 0 and 1", share));
  return share;
}

Random makeRandom(const TransformSpec &spec, Stream stream) {
  uint64_t seed = 0;
  if (auto field = spec.json.find("seed"))
    seed = field->asIntAtLeast(0);
  return Random(seed, stream);
}

/// `share` of `count`, rounded down. The small addend undoes the error of a
/// product that is a whole number (0.29 * 100).
int64_t roundDown(double share, int64_t count) {
  return static_cast<int64_t>(std::floor(share * count + 1e-9));
}

using Rows = std::vector<int64_t>;

/// Training targets as [rows, values of a row].
at::Tensor flattenTargets(const TransformState &state) {
  return state.data.trainTargets.reshape({state.data.trainTargets.size(0), -1});
}

/// The training rows of each class, or their places where a row has a class for
/// each of several (those that the part does not know left out); of each range
/// of targets for a regression.
std::vector<Rows> groupByClass(const TransformState &state) {
  at::Tensor targets = flattenTargets(state);
  if (!state.classification) {
    // Several targets per row are judged by their mean.
    at::Tensor value = targets.mean(1);
    double mean = value.mean().item<double>();
    double deviation = value.std(/*unbiased=*/false).item<double>();
    targets = value.gt(mean + deviation).to(at::kDouble) +
              value.ge(mean - deviation).to(at::kDouble);
  }
  at::Tensor labels = targets.reshape(-1).contiguous();
  std::vector<Rows> groups(state.classification ? state.classes : 3);
  const auto *label = labels.data_ptr<double>();
  for (int64_t row = 0; row < labels.numel(); ++row)
    if (label[row] >= 0)
      groups[int64_t(label[row])].push_back(row);
  return groups;
}

/// Index of the largest group, the first among equals.
size_t findLargest(const std::vector<Rows> &groups) {
  return std::max_element(
             groups.begin(), groups.end(),
             [](const Rows &a, const Rows &b) { return a.size() < b.size(); }) -
         groups.begin();
}

/// `count` of `rows`, drawn without replacement.
Rows pick(const Rows &rows, int64_t count, Random &random) {
  Rows order = random.permutation(rows.size());
  Rows picked;
  for (int64_t i = 0; i < count; ++i)
    picked.push_back(rows[order[i]]);
  return picked;
}

Rows allRows(const TransformState &state) {
  Rows rows(state.data.trainInputs.size(0));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

/// The training part becomes these of its rows, in this order.
void keepRows(const Rows &rows, TransformState &state) {
  at::Tensor index = at::tensor(rows, at::kLong);
  state.data.trainInputs = state.data.trainInputs.index_select(0, index);
  state.data.trainTargets = state.data.trainTargets.index_select(0, index);
}

void removeRows(const Rows &removed, TransformState &state) {
  std::vector<bool> isRemoved(state.data.trainInputs.size(0), false);
  for (int64_t row : removed)
    isRemoved[row] = true;
  Rows kept = allRows(state);
  kept.erase(std::remove_if(kept.begin(), kept.end(),
                            [&](int64_t row) { return isRemoved[row]; }),
             kept.end());
  keepRows(kept, state);
}

/// Removes the share of the groups that `isAffected` says.
template <typename Predicate>
void removeShare(const std::vector<Rows> &groups, double share, Random random,
                 TransformState &state, Predicate isAffected) {
  Rows removed;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (!isAffected(i))
      continue;
    Rows some = pick(groups[i], roundDown(share, groups[i].size()), random);
    removed.insert(removed.end(), some.begin(), some.end());
  }
  removeRows(removed, state);
}

void changeClassLabels(double share, Random &random, const TransformSpec &spec,
                       TransformState &state) {
  if (state.classes < 2)
    spec.json.fail("'change_labels' needs at least two classes");
  std::vector<Rows> groups = groupByClass(state);
  int64_t label = findLargest(groups);
  const Rows &largest = groups[label];
  state.data.trainTargets =
      state.data.trainTargets.clone(at::MemoryFormat::Contiguous);
  auto *labels = state.data.trainTargets.data_ptr<double>();
  for (int64_t row :
       pick(largest, std::llround(share * largest.size()), random)) {
    int64_t other = random.below(state.classes - 1);
    labels[row] = other < label ? other : other + 1;
  }
}

} // namespace

void changeLabels(const TransformSpec &spec, TransformState &state) {
  double share = getShare(spec);
  Random random = makeRandom(spec, ChangeLabelsStream);
  if (state.classification)
    return changeClassLabels(share, random, spec, state);
  at::Tensor targets = state.data.trainTargets.contiguous().clone();
  double deviation = targets.std(/*unbiased=*/false).item<double>();
  auto *values = targets.data_ptr<double>();
  for (int64_t i = 0; i < targets.numel(); ++i)
    values[i] += share * deviation * random.normal();
  state.data.trainTargets = targets;
}

void deleteTrainingData(const TransformSpec &spec, TransformState &state) {
  removeShare(groupByClass(state), getShare(spec),
              makeRandom(spec, DeleteStream), state,
              [](size_t) { return true; });
}

void unbalanceTrainingData(const TransformSpec &spec, TransformState &state) {
  std::vector<Rows> groups = groupByClass(state);
  size_t present = 0;
  for (const Rows &group : groups)
    present += !group.empty();
  double mean = double(state.data.trainInputs.size(0)) / present;
  auto isRare = [&](size_t i) {
    return !groups[i].empty() && groups[i].size() < mean;
  };
  bool isBalanced = true;
  for (size_t i = 0; i < groups.size(); ++i)
    isBalanced &= !isRare(i);
  removeShare(groups, getShare(spec), makeRandom(spec, UnbalanceStream), state,
              [&](size_t i) {
                return isBalanced ? i >= (groups.size() + 1) / 2 : isRare(i);
              });
}

void addNoise(const TransformSpec &spec, TransformState &state) {
  double share = getShare(spec);
  Random random = makeRandom(spec, NoiseStream);
  at::Tensor inputs = state.data.trainInputs.contiguous().clone();
  int64_t width = inputs.numel() / inputs.size(0);
  Rows rows = allRows(state);
  for (int64_t row : pick(rows, roundDown(share, rows.size()), random)) {
    at::Tensor values = inputs[row];
    double sigma = share * values.std(/*unbiased=*/false).item<double>();
    auto *value = values.data_ptr<double>();
    for (int64_t i = 0; i < width; ++i)
      value[i] += sigma * random.normal();
  }
  state.data.trainInputs = inputs;
}

void overlapClasses(const TransformSpec &spec, TransformState &state) {
  std::vector<Rows> groups = groupByClass(state);
  if (groups.size() < 2)
    spec.json.fail("'overlap_classes' needs at least two classes");
  Random random = makeRandom(spec, OverlapStream);
  Rows first;
  std::swap(first, groups[findLargest(groups)]);
  const Rows &second = groups[findLargest(groups)];
  // A part with rows of one class only has nothing to overlap with.
  if (second.empty())
    return;
  Rows twins = pick(first, roundDown(getShare(spec), first.size()), random);
  at::Tensor index = at::tensor(twins, at::kLong);
  Rows sources(twins.size());
  for (int64_t &source : sources)
    source = second[random.below(second.size())];
  // All rows of a class have the same target, whichever is drawn.
  at::Tensor labels =
      state.data.trainTargets.index_select(0, at::tensor(sources, at::kLong));
  state.data.trainInputs = at::cat(
      {state.data.trainInputs, state.data.trainInputs.index_select(0, index)});
  state.data.trainTargets = at::cat({state.data.trainTargets, labels});
}

void repeatData(const TransformSpec &spec, TransformState &state) {
  Random random = makeRandom(spec, RepeatStream);
  Rows rows = allRows(state);
  Rows twins = pick(rows, roundDown(getShare(spec), rows.size()), random);
  rows.insert(rows.end(), twins.begin(), twins.end());
  keepRows(rows, state);
}

void sortByTarget(const TransformSpec &, TransformState &state) {
  at::Tensor key = flattenTargets(state).mean(1).contiguous();
  const auto *values = key.data_ptr<double>();
  Rows rows = allRows(state);
  std::stable_sort(rows.begin(), rows.end(),
                   [&](int64_t a, int64_t b) { return values[a] < values[b]; });
  keepRows(rows, state);
}

} // namespace dynfault
