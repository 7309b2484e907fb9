//===- Transforms.cpp - Preparing and changing data -----------------------===//

#include "runtime/data/Transforms.h"

#include "runtime/data/DataFaults.h"

#include <algorithm>
#include <fmt/ranges.h>

namespace dynfault {

namespace {

/// A Boolean parameter; `otherwise` where it is not written.
bool getFlag(const TransformSpec &spec, const char *name, bool otherwise) {
  auto field = spec.json.find(name);
  return field ? field->asBool() : otherwise;
}

/// Applies `change` to the inputs of the parts that `train` and `validation`
/// name.
template <typename Change>
void changeParts(const TransformSpec &spec, TransformState &state,
                 Change change) {
  if (getFlag(spec, "train", true))
    state.data.trainInputs = change(state.data.trainInputs);
  if (getFlag(spec, "validation", true))
    state.data.validationInputs = change(state.data.validationInputs);
}

/// Subtracts the mean of `statistics` and divides by its population standard
/// deviation, along dimension `dim` or all dimensions but the first.
at::Tensor standardized(const at::Tensor &values, const at::Tensor &statistics,
                        at::IntArrayRef dims) {
  at::Tensor mean = statistics.mean(dims, /*keepdim=*/true);
  at::Tensor deviation = (statistics - mean).square().mean(dims, true).sqrt();
  at::Tensor scale =
      at::where(deviation == 0, at::ones_like(deviation), deviation);
  return (values - mean) / scale;
}

void applyUnit(const TransformSpec &spec, TransformState &state) {
  changeParts(spec, state,
              [](const at::Tensor &inputs) { return inputs / 255.0; });
}

void applyNormalize(const TransformSpec &spec, TransformState &state) {
  double mean = spec.json.at("mean").asDouble();
  double deviation = spec.json.at("std").asDouble();
  if (!(deviation > 0))
    spec.json.at("std").fail(fmt::format("{} is not above 0", deviation));
  changeParts(spec, state, [&](const at::Tensor &inputs) {
    return (inputs - mean) / deviation;
  });
}

void applyStandardize(const TransformSpec &spec, TransformState &state) {
  at::Tensor train = state.data.trainInputs;
  at::Tensor &validation = state.data.validationInputs;
  state.data.trainInputs = standardized(train, train, 0);
  if (getFlag(spec, "validation", true))
    validation = standardized(
        validation, getFlag(spec, "separate", false) ? validation : train, 0);
}

void applyStandardizeRows(const TransformSpec &spec, TransformState &state) {
  changeParts(spec, state, [](const at::Tensor &inputs) {
    std::vector<int64_t> dims;
    for (int64_t i = 1; i < inputs.dim(); ++i)
      dims.push_back(i);
    return dims.empty() ? inputs - inputs : standardized(inputs, inputs, dims);
  });
}

void applyReverseFeatures(const TransformSpec &spec, TransformState &state) {
  changeParts(spec, state, [](const at::Tensor &inputs) {
    return inputs.dim() > 1 ? inputs.flip({-1}).contiguous() : inputs;
  });
}

void applyStandardizeTarget(const TransformSpec &spec, TransformState &state) {
  if (state.classification)
    spec.json.fail("'standardize_target' is for regression programs only");
  at::Tensor train = state.data.trainTargets;
  state.data.trainTargets = standardized(train, train, 0);
  state.data.validationTargets =
      standardized(state.data.validationTargets, train, 0);
}

struct TransformKind {
  const char *kind;
  std::vector<std::string> parameters;
  void (*apply)(const TransformSpec &, TransformState &);
};

const std::vector<TransformKind> &transformKinds() {
  static const std::vector<TransformKind> kinds = {
      {"unit", {"train", "validation"}, applyUnit},
      {"standardize", {"validation", "separate"}, applyStandardize},
      {"normalize", {"mean", "std", "train", "validation"}, applyNormalize},
      {"standardize_rows", {"train", "validation"}, applyStandardizeRows},
      {"standardize_target", {}, applyStandardizeTarget},
      {"reverse_features", {"train", "validation"}, applyReverseFeatures},
      {"change_labels", {"share", "seed"}, changeLabels},
      {"delete_training_data", {"share", "seed"}, deleteTrainingData},
      {"unbalance_training_data", {"share", "seed"}, unbalanceTrainingData},
      {"add_noise", {"share", "seed"}, addNoise},
      {"overlap_classes", {"share", "seed"}, overlapClasses},
      {"repeat_data", {"share", "seed"}, repeatData},
      {"sort_by_target", {}, sortByTarget},
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
