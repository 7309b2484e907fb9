//===- RecordActivation.cpp - record_activation ---------------------------===//
//
// Statistics of pre-activations. Dead and saturated are judged on the input of
// the activation: thresholds on outputs, as some published tools have them,
// can never fire for functions whose outputs stay within +-1.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"
#include "runtime/ops/Statistics.h"

#include <ATen/ATen.h>

using namespace dynfault;

at::Tensor dynfault::recordActivation(const RecorderPtr &recorder, at::Tensor x,
                                      const std::string &site,
                                      const std::string &kind,
                                      const ProbeSchedule &schedule,
                                      int64_t unitDim) {
  if (!recorder->sampled(schedule))
    return x;
  TORCH_CHECK(x.is_floating_point(), "dynfault::record_activation at ", site,
              ": the pre-activation has type ", x.scalar_type(),
              ", expected a floating type");
  at::NoGradGuard noGrad;
  UnitLayout layout = unitLayout(x.sizes(), unitDim);
  recorder->recordAll(
      {"activation/mean", "activation/std", "activation/p05",
       "activation/median", "activation/p95", "activation/dead_share",
       "activation/saturated_share", "activation/dead_unit_share"},
      site, activationStatistics(x, activationRange(kind), layout));
  recorder->recordAll({"activation/effective_rank"}, site,
                      effectiveRank(x, layout));
  return x;
}
