//===- Derive.cpp - Other tasks from the same rows ------------------------===//

#include "runtime/data/Derive.h"

#include <ATen/ATen.h>
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <numeric>

namespace dynfault {

namespace {

void reconstruct(const JsonField &spec, Random &, TransformState &state) {
  double scale = spec.find("scale") ? spec.at("scale").asDouble() : 1;
  state.data.trainTargets = state.data.trainInputs / scale;
  state.data.validationTargets = state.data.validationInputs / scale;
}

void denoise(const JsonField &spec, Random &random, TransformState &state) {
  double mean = spec.at("mean").asDouble();
  double deviation = spec.at("deviation").asDouble();
  double low = spec.at("low").asDouble(), high = spec.at("high").asDouble();
  reconstruct(spec, random, state);
  for (at::Tensor *inputs :
       {&state.data.trainInputs, &state.data.validationInputs}) {
    *inputs = inputs->clone(at::MemoryFormat::Contiguous);
    auto *value = inputs->data_ptr<double>();
    for (int64_t i = 0; i < inputs->numel(); ++i)
      value[i] =
          std::clamp(value[i] + mean + deviation * random.normal(), low, high);
  }
}

void superResolution(const JsonField &spec, Random &random,
                     TransformState &state) {
  int64_t factor = spec.at("factor").asIntAtLeast(2);
  reconstruct(spec, random, state);
  for (at::Tensor *inputs :
       {&state.data.trainInputs, &state.data.validationInputs}) {
    if (inputs->dim() != 3 || inputs->size(1) % factor ||
        inputs->size(2) % factor)
      spec.at("factor").fail(fmt::format(
          "images of this size do not split into squares of {}", factor));
    *inputs = inputs
                  ->reshape({inputs->size(0), inputs->size(1) / factor, factor,
                             inputs->size(2) / factor, factor})
                  .mean({2, 4});
  }
}

void pairRows(const JsonField &spec, Random &random, at::Tensor &inputs,
              at::Tensor &targets) {
  if (targets.dim() != 1)
    spec.fail("'pairs' needs one class for each row");
  int64_t rows = targets.size(0);
  std::map<double, std::vector<int64_t>> rowsOfClass;
  for (int64_t row = 0; row < rows; ++row)
    rowsOfClass[targets[row].item<double>()].push_back(row);
  if (rowsOfClass.size() < 2)
    spec.fail("'pairs' needs rows of two classes at least in each part");
  at::Tensor partner = at::empty({rows}, at::kLong);
  at::Tensor same = at::empty({rows}, at::kDouble);
  for (int64_t row = 0; row < rows; ++row) {
    double label = targets[row].item<double>();
    const std::vector<int64_t> &mine = rowsOfClass[label];
    // A class with one row has no second one.
    bool equal = row % 2 == 0 && mine.size() > 1;
    int64_t chosen;
    do {
      chosen = equal ? mine[random.below(mine.size())] : random.below(rows);
    } while (equal ? chosen == row : targets[chosen].item<double>() == label);
    partner[row] = chosen;
    same[row] = equal ? 1.0 : 0.0;
  }
  inputs = at::stack({inputs, inputs.index_select(0, partner)}, 1);
  targets = same;
}

void pairs(const JsonField &spec, Random &random, TransformState &state) {
  pairRows(spec, random, state.data.trainInputs, state.data.trainTargets);
  pairRows(spec, random, state.data.validationInputs,
           state.data.validationTargets);
}

void oneVsRest(const JsonField &spec, Random &, TransformState &state) {
  std::vector<int64_t> classes = spec.at("classes").asInts();
  for (at::Tensor *targets :
       {&state.data.trainTargets, &state.data.validationTargets}) {
    at::Tensor chosen = at::zeros_like(*targets);
    for (int64_t label : classes)
      chosen += targets->eq(double(label));
    *targets = chosen;
  }
}

void vocabulary(const JsonField &spec, Random &, TransformState &state) {
  int64_t size = spec.at("size").asIntAtLeast(3);
  bool targetsToo = spec.find("targets") && spec.at("targets").asBool();
  at::Tensor inputs = state.data.trainInputs.to(at::kLong);
  at::Tensor others = state.data.validationInputs;
  int64_t words = 1 + std::max(inputs.max().item<int64_t>(),
                               int64_t(others.max().item<double>()));
  if (targetsToo)
    words = std::max(
        {words, 1 + int64_t(state.data.trainTargets.max().item<double>()),
         1 + int64_t(state.data.validationTargets.max().item<double>())});
  at::Tensor counts =
      at::bincount(inputs.reshape(-1), /*weights=*/{}, /*minlength=*/words);
  auto count = counts.accessor<int64_t, 1>();
  std::vector<int64_t> order(words);
  std::iota(order.begin(), order.end(), 0);
  // Words are numbered in byte order.
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return count[a] > count[b]; });
  at::Tensor ranks = at::ones({words}, at::kDouble);
  auto rank = ranks.accessor<double, 1>();
  int64_t next = 2;
  for (int64_t word : order)
    if (word != 0 && count[word] > 0 && next < size)
      rank[word] = next++;
  rank[0] = 0;
  auto apply = [&](at::Tensor &tokens) {
    tokens = ranks.index({tokens.to(at::kLong)});
  };
  apply(state.data.trainInputs);
  apply(state.data.validationInputs);
  if (!targetsToo)
    return;
  apply(state.data.trainTargets);
  apply(state.data.validationTargets);
}

void knownNodes(const JsonField &spec, Random &random, TransformState &state) {
  constexpr double Ignored = -100; // ignore_index of cross_entropy.
  int64_t perClass = spec.at("per_class").asIntAtLeast(1);
  at::Tensor labels = state.data.trainTargets;
  if (labels.dim() != 2 || labels.size(0) != 1)
    spec.fail("'known_nodes' needs one graph in each part");
  int64_t nodes = labels.size(1);
  at::Tensor known = at::zeros({1, nodes}, at::kBool);
  std::map<double, int64_t> taken;
  for (int64_t node : random.permutation(nodes))
    if (taken[labels[0][node].item<double>()]++ < perClass)
      known[0][node] = true;
  state.data.validationTargets =
      at::where(known, at::full_like(labels, Ignored), labels);
  state.data.trainTargets =
      at::where(known, labels, at::full_like(labels, Ignored));
}

struct DeriveKind {
  const char *kind;
  std::vector<std::string> parameters;
  void (*apply)(const JsonField &, Random &, TransformState &);
};

const std::vector<DeriveKind> &deriveKinds() {
  static const std::vector<DeriveKind> kinds = {
      {"reconstruct", {"scale"}, reconstruct},
      {"denoise", {"mean", "deviation", "low", "high", "scale"}, denoise},
      {"super_resolution", {"factor", "scale"}, superResolution},
      {"pairs", {}, pairs},
      {"one_vs_rest", {"classes"}, oneVsRest},
      {"vocabulary", {"size", "targets"}, vocabulary},
      {"known_nodes", {"per_class"}, knownNodes},
  };
  return kinds;
}

} // namespace

void deriveTask(const JsonField &spec, Random &random, TransformState &state) {
  if (spec.asObject().empty())
    return;
  std::string wanted = spec.at("kind").asString(), known;
  for (const DeriveKind &candidate : deriveKinds()) {
    known += (known.empty() ? "" : ", ") + std::string(candidate.kind);
    if (wanted != candidate.kind)
      continue;
    std::vector<std::string> members = candidate.parameters;
    members.push_back("kind");
    spec.checkMembers(members);
    return candidate.apply(spec, random, state);
  }
  spec.at("kind").fail(fmt::format("'{}' is none of {}", wanted, known));
}

} // namespace dynfault
