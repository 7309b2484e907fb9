//===- FusedUpdatesTest.cpp -----------------------------------------------===//
//
// The fused loops against the ATen operators that they stand for: the same
// bits, whatever the shape, and the way out where they do not apply. That both
// give what the optimizers of LibTorch give: OptimizerUpdatesTest.cpp.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/FusedUpdates.h"
#include "runtime/ops/Operators.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

using namespace dynfault;

namespace {

/// A leaf with a gradient and a state. Every second row of a larger tensor is
/// not contiguous, so the ATen operators update it.
struct Parameter {
  at::Tensor value, first, second;

  Parameter(const at::Tensor &start, const at::Tensor &gradient, bool strided) {
    auto place = [&](const at::Tensor &contents) {
      at::Tensor result = contents.clone();
      if (strided) {
        std::vector<int64_t> sizes = contents.sizes().vec();
        sizes[0] *= 2;
        result = torch::zeros(sizes, contents.options()).slice(0, 0, {}, 2);
        result.copy_(contents);
      }
      return result;
    };
    value = place(start);
    value.requires_grad_();
    first = place(torch::zeros_like(start));
    second = place(torch::zeros_like(start));
    value.mutable_grad() = gradient;
  }
};

using Update = StepCounts (*)(Parameter &, StepCounts);

StepCounts adamUpdate(Parameter &p, StepCounts steps) {
  return adam({p.value}, {p.first}, {p.second}, steps, 1e-2, 0.9, 0.999, 1e-8,
              0.01, false);
}

StepCounts adamWUpdate(Parameter &p, StepCounts steps) {
  return adam({p.value}, {p.first}, {p.second}, steps, 1e-2, 0.8, 0.99, 1e-4,
              0.1, true);
}

StepCounts plainSgd(Parameter &p, StepCounts steps) {
  return sgd({p.value}, {}, steps, 0.1, 0, 0, 0, false);
}

StepCounts momentumSgd(Parameter &p, StepCounts steps) {
  return sgd({p.value}, {p.first}, steps, 0.1, 0.9, 0.3, 0.01, false);
}

StepCounts nesterovSgd(Parameter &p, StepCounts steps) {
  return sgd({p.value}, {p.first}, steps, 0.1, 0.9, 0, 0, true);
}

StepCounts rmsPropUpdate(Parameter &p, StepCounts steps) {
  return rmsprop({p.value}, {p.first}, {}, {}, steps, 1e-2, 0.95, 1e-7, 0.1, 0);
}

} // namespace

TEST(FusedUpdates, TheBitsOfTheOperators) {
  torch::manual_seed(1);
  // Vectors, their ends, and more than one thread's part.
  for (int64_t rows : {2, 7, 64, 1021, 70001})
    for (at::ScalarType type : {at::kFloat, at::kDouble})
      for (Update update : {adamUpdate, adamWUpdate, plainSgd, momentumSgd,
                            nesterovSgd, rmsPropUpdate}) {
        at::Tensor start = torch::randn({rows}, type);
        Parameter fused(start, torch::randn({rows}, type), false);
        Parameter apart(start, fused.value.grad(), true);
        ASSERT_FALSE(fusedRounding({apart.value}));
        StepCounts a = {0}, b = {0};
        for (int step = 0; step < 5; ++step) {
          a = update(fused, a);
          b = update(apart, b);
          // From tiny to huge.
          at::Tensor next = torch::randn({rows}, type) *
                            torch::exp(torch::randn({rows}, type) * 8);
          fused.value.mutable_grad() = next;
          apart.value.mutable_grad() = next;
        }
        EXPECT_EQ(a, b);
        EXPECT_TRUE(fused.value.equal(apart.value));
        EXPECT_TRUE(fused.first.equal(apart.first));
        EXPECT_TRUE(fused.second.equal(apart.second));
      }
}

TEST(FusedUpdates, OnlyWhatIsDenseAndAlike) {
  at::Tensor x = torch::zeros({3, 4});
  EXPECT_EQ(fusedRounding({x, x.clone(), at::Tensor()}),
            atenRounding(at::kFloat));
  EXPECT_FALSE(fusedRounding({x, x.t()}));
  EXPECT_FALSE(fusedRounding({x, x.to(at::kDouble)}));
  EXPECT_FALSE(fusedRounding({x, torch::zeros({4, 3})}));
  EXPECT_FALSE(fusedRounding({x, x.to_sparse()}));
  EXPECT_FALSE(fusedRounding({x.to(at::kHalf)}));
}

TEST(FusedUpdates, AskingDoesNotDraw) {
  torch::manual_seed(3);
  atenRounding(at::kFloat);
  at::Tensor after = torch::rand({4});
  torch::manual_seed(3);
  EXPECT_TRUE(after.equal(torch::rand({4})));
}

TEST(FusedUpdates, ThisLibTorchIsUnderstood) {
  // Else the loops would never run here, and nobody would notice.
  EXPECT_TRUE(atenRounding(at::kFloat));
  EXPECT_TRUE(atenRounding(at::kDouble));
}
