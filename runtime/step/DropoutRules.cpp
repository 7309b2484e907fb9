//===- DropoutRules.cpp - Dropout -----------------------------------------===//
//
// The mask must be the one that LibTorch draws, and leave its generator in the
// same state. ATen draws each number through two calls of the generator; the
// loop here takes the generator's engine out, and is used where it gives the
// numbers that ATen gives, which depends on how LibTorch was built.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/Rules.h"

#include <ATen/CPUFunctions.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/scalar_tensor.h>

#include <mutex>

using namespace dynfault;

/// Fills a dense tensor with 1 with probability `p` and 0 otherwise, as
/// at::bernoulli_distribution<double> does: a uniform number of 53 bits is
/// compared with `p`.
static void drawMask(at::Tensor &mask, double p, at::Generator generator) {
  std::lock_guard<std::mutex> lock(generator.mutex());
  auto *state = at::check_generator<at::CPUGeneratorImpl>(generator);
  at::mt19937 engine = state->engine();
  auto *values = mask.data_ptr<float>();
  for (int64_t i = 0, count = mask.numel(); i < count; ++i) {
    uint64_t high = engine();
    uint64_t bits = (high << 32) | engine();
    double uniform = static_cast<double>(bits & ((uint64_t(1) << 53) - 1)) *
                     (1.0 / static_cast<double>(uint64_t(1) << 53));
    values[i] = uniform < p ? 1 : 0;
  }
  state->set_engine(engine);
}

/// Whether drawMask and ATen give the same numbers and states.
static bool drawsAsAten() {
  static const bool result = [] {
    // More than the numbers that the engine makes at a time.
    at::Tensor own = at::empty({1021}), theirs = at::empty({1021});
    auto one = at::make_generator<at::CPUGeneratorImpl>(1),
         two = at::make_generator<at::CPUGeneratorImpl>(1);
    for (double p : {0.5, 0.9}) {
      drawMask(own, p, one);
      at::cpu::bernoulli_(theirs, p, two);
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
      drawMask(mask, 1 - p, at::detail::getDefaultCPUGenerator());
    else
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
