//===- TrivialPredictor.cpp - What a program must beat --------------------===//

#include "runtime/train/TrivialPredictor.h"

#include <ATen/ATen.h>
#include <limits>

namespace dynfault {

namespace {

/// The targets that count, as classes, flat.
at::Tensor countedClasses(const at::Tensor &targets) {
  // As in Evaluate.cpp: what cross_entropy ignores by default.
  constexpr int64_t IgnoredIndex = -100;
  if (targets.scalar_type() != at::kLong)
    return targets.gt(0.5).to(at::kLong).flatten();
  at::Tensor flat = targets.flatten();
  return flat.masked_select(flat.ne(IgnoredIndex));
}

} // namespace

double trivialMetric(const PreparedData &data, bool classification) {
  double nothing = std::numeric_limits<double>::quiet_NaN();
  if (classification) {
    at::Tensor seen = countedClasses(data.trainTargets);
    at::Tensor wanted = countedClasses(data.validationTargets);
    if (seen.numel() == 0 || wanted.numel() == 0)
      return nothing;
    // bincount and argmax: the first, so the smallest, among equals.
    at::Tensor majority = at::bincount(seen).argmax();
    return double(wanted.eq(majority).sum().item<int64_t>()) / wanted.numel();
  }
  at::Tensor wanted = data.validationTargets.to(at::kDouble);
  at::Tensor mean = data.trainTargets.to(at::kDouble).mean(0);
  double squares = (wanted - mean).square().sum().item<double>();
  double total = (wanted - wanted.mean(0)).square().sum().item<double>();
  return total > 0 ? 1 - squares / total : nothing;
}

} // namespace dynfault
