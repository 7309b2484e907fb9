//===- RecordActivation.cpp - record_activation ---------------------------===//
//
// Statistics of pre-activations. Dead and saturated are judged on the input of
// the activation: thresholds on outputs, as some published tools have them,
// can never fire for functions whose outputs stay within +-1.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"

#include <ATen/ATen.h>

#include <limits>

using namespace dynfault;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

/// Where an activation function gives nothing, and where it no longer moves.
struct Range {
  const char *kind;
  double deadUpTo;       ///< Output is zero for x <= deadUpTo.
  double saturatedBelow; ///< Output is (nearly) constant for x < ...
  double saturatedAbove; ///< ... and for x > ...
};

// +-5 is DeepDiagnosis' threshold (ICSE 2022): sigmoid' is below 0.7% there.
// The piecewise linear functions are constant outside their linear part.
constexpr Range kRanges[] = {
    {"relu", 0, -kNever, kNever},       {"relu6", 0, -kNever, 6},
    {"sigmoid", -kNever, -5, 5},        {"tanh", -kNever, -5, 5},
    {"hardsigmoid", -3, -3, 3},         {"hardtanh", -kNever, -1, 1},
    {"hardswish", -3, -kNever, kNever}, {"hard_sigmoid", -2.5, -2.5, 2.5},
};

} // namespace

static Range rangeOf(const std::string &kind) {
  for (const Range &range : kRanges)
    if (kind == range.kind)
      return range;
  return {"", -kNever, -kNever, kNever};
}

/// Share of the true entries, as 0-dim float64 tensor; NaN for no entries.
static at::Tensor share(const at::Tensor &mask) {
  return mask.sum().to(at::kDouble).div_(static_cast<double>(mask.numel()));
}

at::Tensor dynfault::recordActivation(const RecorderPtr &recorder, at::Tensor x,
                                      std::string site, std::string kind,
                                      int64_t every) {
  if (!recorder->sampled(every))
    return x;
  TORCH_CHECK(x.is_floating_point(), "dynfault::record_activation at ", site,
              ": the pre-activation has type ", x.scalar_type(),
              ", expected a floating type");
  at::NoGradGuard noGrad;
  at::Tensor values = x.detach();
  if (values.scalar_type() != at::kDouble)
    values = values.to(at::kFloat);
  // Two vectorised passes; at::std_mean is 15 times as slow on a CPU.
  at::Tensor mean = values.mean();
  at::Tensor deviation = values.sub(mean).square_().mean().sqrt_();
  recorder->record("activation/mean", site, mean);
  recorder->record("activation/std", site, deviation);

  Range range = rangeOf(kind);
  if (range.deadUpTo == -kNever)
    recorder->record("activation/dead_share", site, 0.0);
  else
    recorder->record("activation/dead_share", site,
                     share(values.le(range.deadUpTo)));

  if (range.saturatedBelow == -kNever && range.saturatedAbove == kNever)
    recorder->record("activation/saturated_share", site, 0.0);
  else
    recorder->record("activation/saturated_share", site,
                     share(values.lt(range.saturatedBelow)
                               .logical_or_(values.gt(range.saturatedAbove))));
  return x;
}
