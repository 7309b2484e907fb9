//===- ScheduledLr.cpp - scheduled_lr -------------------------------------===//
//
// Learning-rate schedules in closed form, so that the rate of a step depends on
// the count of steps alone and not on a scheduler's state. Definitions:
// torch.optim.lr_scheduler of PyTorch 1.13.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"

#include <algorithm>
#include <cmath>

using namespace dynfault;

double dynfault::scheduledLr(double lr, int64_t time, std::string kind,
                             int64_t warmup, int64_t period,
                             std::vector<int64_t> milestones, double gamma,
                             double minimum, double power) {
  if (time < warmup)
    return lr * static_cast<double>(time + 1) / static_cast<double>(warmup + 1);
  double elapsed = static_cast<double>(time - warmup);
  if (kind == "constant")
    return lr;
  if (kind == "step") {
    TORCH_CHECK(period > 0,
                "dynfault::scheduled_lr: a step schedule needs a "
                "period above 0, not ",
                period);
    return lr * std::pow(gamma, std::floor(elapsed / period));
  }
  if (kind == "multistep") {
    auto passed = std::count_if(
        milestones.begin(), milestones.end(),
        [&](int64_t milestone) { return milestone <= time - warmup; });
    return lr * std::pow(gamma, passed);
  }
  if (kind == "exponential")
    return lr * std::pow(gamma, elapsed);
  TORCH_CHECK(kind == "cosine" || kind == "polynomial",
              "dynfault::scheduled_lr: unknown kind '", kind, "'");
  TORCH_CHECK(period > 0, "dynfault::scheduled_lr: a ", kind,
              " schedule needs a period above 0, not ", period);
  double progress = elapsed / period;
  if (kind == "cosine")
    return minimum + (lr - minimum) * (1 + std::cos(M_PI * progress)) / 2;
  return lr * std::pow(1 - std::min(progress, 1.0), power);
}
