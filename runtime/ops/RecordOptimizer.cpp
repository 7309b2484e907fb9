//===- RecordOptimizer.cpp - snapshot_parameters, record_optimizer --------===//
//
// How far an update moves each parameter, and what the optimizer remembers.
// The update is measured as the difference of the parameter to a copy from
// before it: what really happened, whatever the optimizer is.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Norm.h"
#include "runtime/ops/Operators.h"

using namespace dynfault;

void dynfault::snapshotParameters(const RecorderPtr &recorder,
                                  TensorList parameters, int64_t every) {
  if (!recorder->sampled(every))
    return;
  for (const at::Tensor &parameter : parameters)
    recorder->keepSnapshot(parameter);
}

/// Cosine of the angle between `a` and `b`; NaN where one of them is zero.
static at::Tensor cosine(const at::Tensor &a, const at::Tensor &b) {
  at::Tensor product =
      a.detach().to(at::kDouble).mul(b.detach().to(at::kDouble)).sum();
  return product.div_(norm2(a).mul_(norm2(b)));
}

void dynfault::recordOptimizer(const RecorderPtr &recorder,
                               TensorList parameters,
                               std::vector<std::string> names,
                               TensorList firstMoments,
                               TensorList secondMoments, int64_t every) {
  if (!recorder->sampled(every))
    return;
  size_t count = parameters.size();
  TORCH_CHECK(names.size() == count &&
                  (firstMoments.empty() || firstMoments.size() == count) &&
                  (secondMoments.empty() || secondMoments.size() == count),
              "dynfault::record_optimizer: ", names.size(), " names, ",
              firstMoments.size(), " first moments and ", secondMoments.size(),
              " second moments for ", count, " parameters");
  at::NoGradGuard noGrad;
  for (size_t i = 0; i < count; ++i) {
    const at::Tensor &gradient = parameters[i].grad();
    if (!firstMoments.empty()) {
      recorder->record("optimizer/first_moment_norm", names[i],
                       norm2(firstMoments[i]));
      if (gradient.defined())
        recorder->record("optimizer/momentum_gradient_cosine", names[i],
                         cosine(firstMoments[i], gradient));
    }
    if (!secondMoments.empty())
      recorder->record("optimizer/second_moment_norm", names[i],
                       norm2(secondMoments[i]));
    at::Tensor before = recorder->snapshot(parameters[i]);
    TORCH_CHECK(before.defined(), "dynfault::record_optimizer: no copy of ",
                names[i],
                " from before the update; call "
                "dynfault::snapshot_parameters with the same `every` before "
                "the optimizer's update");
    recorder->record(
        "optimizer/update_ratio", names[i],
        norm2(parameters[i].detach().sub(before)).div_(norm2(before)));
  }
}
