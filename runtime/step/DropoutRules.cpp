//===- DropoutRules.cpp - Dropout -----------------------------------------===//
//
// The mask must be the one that LibTorch draws, and leave its generator in the
// same state. ATen draws each number through two calls of the generator; the
// loops here make many at a time, and are used where they give the numbers that
// ATen gives, which depends on how LibTorch was built.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/Rules.h"

#include <ATen/CPUFunctions.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/scalar_tensor.h>

#include <algorithm>
#include <cmath>
#include <mutex>

using namespace dynfault;

namespace {

/// The numbers of a state of at::mt19937, made many at a time (MT19937,
/// Matsumoto and Nishimura 1998).
class Numbers {
public:
  explicit Numbers(const at::mt19937_data_pod &state) : state(state) {}

  /// Writes the next `count` numbers.
  void take(uint32_t *out, int64_t count) {
    while (count > 0) {
      // `left_` is one more than the numbers that have not been taken, or their
      // count just after they were made.
      if (state.left_ == 1) {
        makeNext();
        emit(out, 1);
        ++out;
        --count;
        continue;
      }
      int64_t now = std::min<int64_t>(count, state.left_ - 1);
      emit(out, now);
      state.left_ -= static_cast<int>(now);
      out += now;
      count -= now;
    }
  }

  at::mt19937_data_pod state;

private:
  static constexpr int N = at::MERSENNE_STATE_N, M = at::MERSENNE_STATE_M;

  static uint32_t twist(uint32_t high, uint32_t low) {
    uint32_t mixed = (high & 0x80000000U) | (low & 0x7fffffffU);
    return (mixed >> 1) ^ ((low & 1U) * 0x9908b0dfU);
  }

  void makeNext() {
    uint32_t *word = state.state_.data();
    for (int i = 0; i < N - M; ++i)
      word[i] = word[i + M] ^ twist(word[i], word[i + 1]);
    for (int i = N - M; i < N - 1; ++i)
      word[i] = word[i + M - N] ^ twist(word[i], word[i + 1]);
    word[N - 1] = word[M - 1] ^ twist(word[N - 1], word[0]);
    state.left_ = N;
    state.next_ = 0;
  }

  /// Tempers and writes the next numbers that have been made.
  void emit(uint32_t *out, int64_t count) {
    const uint32_t *word = state.state_.data() + state.next_;
    for (int64_t i = 0; i < count; ++i) {
      uint32_t y = word[i];
      y ^= y >> 11;
      y ^= (y << 7) & 0x9d2c5680U;
      y ^= (y << 15) & 0xefc60000U;
      out[i] = y ^ (y >> 18);
    }
    state.next_ += static_cast<uint32_t>(count);
  }
};

} // namespace

/// Fills a dense tensor with 1 with probability `p` and 0 otherwise, as
/// at::bernoulli_distribution<double> does: a uniform number of 53 bits is
/// compared with `p`.
static void drawMask(at::Tensor &mask, double p, at::Generator generator) {
  constexpr uint64_t Low53 = (uint64_t(1) << 53) - 1;
  constexpr int64_t Part = 256;
  std::lock_guard<std::mutex> lock(generator.mutex());
  auto *drawn = at::check_generator<at::CPUGeneratorImpl>(generator);
  at::mt19937 engine = drawn->engine();
  Numbers numbers(engine.data());
  // bits 2^-53 < p; both sides are exact.
  auto bound = static_cast<int64_t>(std::ceil(std::ldexp(p, 53)));
  auto *values = mask.data_ptr<float>();
  uint32_t words[2 * Part];
  for (int64_t first = 0, count = mask.numel(); first < count; first += Part) {
    int64_t size = std::min(Part, count - first);
    numbers.take(words, 2 * size);
    for (int64_t i = 0; i < size; ++i) {
      uint64_t high = words[2 * i];
      auto bits =
          static_cast<int64_t>(((high << 32) | words[2 * i + 1]) & Low53);
      values[first + i] = bits < bound ? 1.0F : 0.0F;
    }
  }
  engine.set_data(numbers.state);
  drawn->set_engine(engine);
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
