//===- DropoutRules.cpp - Dropout -----------------------------------------===//
//
// The mask must be the one that LibTorch draws, and leave its generator in the
// same state. The loops that make many of its numbers at a time (MaskLoops.h)
// are used where they give the numbers that ATen gives, which depends on how
// LibTorch was built.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/MaskLoops.h"
#include "runtime/step/Rules.h"

#include <ATen/CPUFunctions.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/scalar_tensor.h>

#include <cmath>
#include <mutex>

using namespace dynfault;

/// Fills a dense tensor with 1 / keep with probability `keep` and 0 otherwise,
/// as at::bernoulli_distribution<double> and a division do: a uniform number of
/// 53 bits is compared with `keep`.
static void drawScaledMask(at::Tensor &mask, double keep,
                           at::Generator generator) {
  std::lock_guard<std::mutex> lock(generator.mutex());
  auto *drawn = at::check_generator<at::CPUGeneratorImpl>(generator);
  at::mt19937 engine = drawn->engine();
  at::mt19937_data_pod state = engine.data();
  MersenneTwister twister{state.state_, state.left_, state.next_};
  // bits 2^-53 < keep; both sides are exact.
  auto bound = static_cast<int64_t>(std::ceil(std::ldexp(keep, 53)));
  drawMask(twister, bound, 1.0F / static_cast<float>(keep),
           mask.data_ptr<float>(), mask.numel());
  state.state_ = twister.words;
  state.left_ = twister.left;
  state.next_ = twister.next;
  engine.set_data(state);
  drawn->set_engine(engine);
}

/// Whether this and ATen give the same numbers and states.
static bool drawsAsAten() {
  static const bool result = [] {
    // More than the numbers that the engine makes at a time.
    at::Tensor own = at::empty({1021}), theirs = at::empty({1021});
    auto one = at::make_generator<at::CPUGeneratorImpl>(1),
         two = at::make_generator<at::CPUGeneratorImpl>(1);
    for (double keep : {0.5, 0.9, 0.3}) {
      drawScaledMask(own, keep, one);
      at::cpu::bernoulli_(theirs, keep, two);
      at::cpu::div_(theirs, at::scalar_tensor(keep, theirs.options()));
      if (!own.equal(theirs) || !one.get_state().equal(two.get_state()))
        return false;
    }
    return true;
  }();
  return result;
}

static PlanValue *planDropout(PlanBuilder &builder,
                              const PlanArguments &arguments) {
  PlanValue *x = arguments.tensor(0);
  double p = arguments.number(1);
  if (p == 0 || !arguments.flag(2))
    return x;
  require(p > 0 && p < 1, "dropout of everything");
  PlanCell *in = x->data;
  bool ownLoop = in->tensor.scalar_type() == at::kFloat && drawsAsAten();
  at::Tensor keep = at::scalar_tensor(1 - p, in->tensor.options());
  auto draw = [p, keep, ownLoop](at::Tensor &mask) {
    if (ownLoop)
      return drawScaledMask(mask, 1 - p, at::detail::getDefaultCPUGenerator());
    at::cpu::bernoulli_(mask, 1 - p);
    at::cpu::div_(mask, keep);
  };
  PlanCell *mask = builder.compute(
      [&] {
        at::Tensor first = at::empty_like(in->tensor);
        require(first.is_contiguous(), "dropout of a tensor with strides");
        draw(first);
        return first;
      },
      draw);
  PlanCell *out = builder.compute(
      [&] { return at::cpu::mul(in->tensor, mask->tensor); },
      [=](at::Tensor &y) { at::cpu::mul_out(y, in->tensor, mask->tensor); });
  PlanValue *result = builder.value(out, x->differentiable);
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    builder.addGradient(
        x, builder.compute(
               [&] { return at::cpu::mul(gradient->tensor, mask->tensor); },
               [=](at::Tensor &g) {
                 at::cpu::mul_out(g, gradient->tensor, mask->tensor);
               }));
  });
  return result;
}

void dynfault::addDropoutRules(const AddRule &add) {
  add("aten::dropout", planDropout);
}
