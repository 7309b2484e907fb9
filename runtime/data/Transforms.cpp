//===- Transforms.cpp - Preparing and changing data -----------------------===//

#include "runtime/data/Transforms.h"

#include "runtime/data/Random.h"

#include <algorithm>
#include <cmath>
#include <fmt/ranges.h>

namespace dynfault {

namespace {

/// Subtracts `statistics`' mean and divides by its population standard
/// deviation, along the rows, in `statistics` itself and in `other`.
void standardize(at::Tensor &statistics, at::Tensor &other) {
  at::Tensor mean = statistics.mean(0, /*keepdim=*/true);
  at::Tensor deviation = (statistics - mean).square().mean(0, true).sqrt();
  at::Tensor scale =
      at::where(deviation == 0, at::ones_like(deviation), deviation);
  statistics = (statistics - mean) / scale;
  other = (other - mean) / scale;
}

void applyUnit(const TransformSpec &, TransformState &state) {
  state.data.trainInputs = state.data.trainInputs / 255.0;
  state.data.validationInputs = state.data.validationInputs / 255.0;
}

void applyStandardize(const TransformSpec &, TransformState &state) {
  standardize(state.data.trainInputs, state.data.validationInputs);
}

void applyStandardizeTarget(const TransformSpec &spec, TransformState &state) {
  if (state.classification)
    spec.json.fail("'standardize_target' is for regression programs only");
  standardize(state.data.trainTargets, state.data.validationTargets);
}

void changeClassLabels(double share, Random &random, const TransformSpec &spec,
                       TransformState &state) {
  if (state.classes < 2)
    spec.json.fail("'change_labels' needs at least two classes");
  at::Tensor targets = state.data.trainTargets;
  auto labels = targets.accessor<double, 1>();
  std::vector<std::vector<int64_t>> rowsOfClass(state.classes);
  for (int64_t row = 0; row < labels.size(0); ++row)
    rowsOfClass[int64_t(labels[row])].push_back(row);
  auto largest = std::max_element(
      rowsOfClass.begin(), rowsOfClass.end(),
      [](const auto &a, const auto &b) { return a.size() < b.size(); });
  int64_t label = largest - rowsOfClass.begin();
  int64_t count = std::llround(share * largest->size());
  std::vector<int64_t> order = random.permutation(largest->size());
  for (int64_t i = 0; i < count; ++i) {
    int64_t other = random.below(state.classes - 1);
    labels[(*largest)[order[i]]] = other < label ? other : other + 1;
  }
}

void applyChangeLabels(const TransformSpec &spec, TransformState &state) {
  double share = spec.json.at("share").asDouble();
  if (!(share >= 0 && share <= 1))
    spec.json.at("share").fail(
        fmt::format("{} is not a share between 0 and 1", share));
  uint64_t seed = 0;
  if (auto field = spec.json.find("seed"))
    seed = field->asIntAtLeast(0);
  Random random(seed);
  if (state.classification)
    return changeClassLabels(share, random, spec, state);
  at::Tensor targets = state.data.trainTargets;
  double deviation = targets.std(/*unbiased=*/false).item<double>();
  auto values = targets.accessor<double, 1>();
  for (int64_t row = 0; row < values.size(0); ++row)
    values[row] += share * deviation * random.normal();
}

struct TransformKind {
  const char *kind;
  std::vector<std::string> parameters;
  void (*apply)(const TransformSpec &, TransformState &);
};

const std::vector<TransformKind> &transformKinds() {
  static const std::vector<TransformKind> kinds = {
      {"unit", {}, applyUnit},
      {"standardize", {}, applyStandardize},
      {"standardize_target", {}, applyStandardizeTarget},
      {"change_labels", {"share", "seed"}, applyChangeLabels},
  };
  return kinds;
}

} // namespace

void applyTransform(const TransformSpec &spec, TransformState &state) {
  std::vector<std::string> known;
  for (const TransformKind &candidate : transformKinds()) {
    known.push_back(candidate.kind);
    if (spec.kind != candidate.kind)
      continue;
    for (const auto &[name, value] : spec.json.asObject().items())
      if (name != "kind" &&
          std::find(candidate.parameters.begin(), candidate.parameters.end(),
                    name) == candidate.parameters.end())
        spec.json.fail(
            fmt::format("'{}' has no parameter '{}'", spec.kind, name));
    return candidate.apply(spec, state);
  }
  spec.json.fail(fmt::format("unknown transform '{}'; known are: {}", spec.kind,
                             fmt::join(known, ", ")));
}

} // namespace dynfault
