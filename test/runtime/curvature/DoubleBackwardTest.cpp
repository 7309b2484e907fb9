//===- DoubleBackwardTest.cpp ---------------------------------------------===//
//
// LibTorch's own layers are the oracle, through three derivatives.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/DoubleBackward.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <functional>

using namespace dynfault;

namespace {

using Tensors = std::vector<at::Tensor>;
using Layer =
    std::function<at::Tensor(at::Tensor x, at::Tensor w, at::Tensor b)>;

at::Tensor dot(const Tensors &values, uint64_t seed) {
  torch::manual_seed(seed);
  at::Tensor sum = torch::zeros({}, torch::kDouble);
  for (const at::Tensor &value : values) {
    at::Tensor direction = torch::randn(value.sizes(), torch::kDouble);
    if (value.defined() && value.requires_grad())
      sum = sum + (value * direction).sum();
  }
  return sum;
}

/// The first so many derivatives of a function of the layer's output,
/// in random directions. `tracked`: which of x, w and b.
Tensors derivatives(const Layer &layer, const Tensors &tensors,
                    const std::vector<bool> &tracked, uint64_t orders) {
  Tensors leaves, inputs;
  for (size_t i = 0; i < tensors.size(); ++i) {
    leaves.push_back(tensors[i].defined() ? tensors[i].detach().clone()
                                          : at::Tensor());
    if (tensors[i].defined() && tracked[i])
      inputs.push_back(leaves.back().requires_grad_());
  }
  at::Tensor y = layer(leaves[0], leaves[1], leaves[2]);
  at::Tensor value = (y.sin() + y.square() * y).sum();
  Tensors all = {y.detach()};
  for (uint64_t order = 0; order < orders; ++order) {
    Tensors next = torch::autograd::grad(
        {value}, inputs, {}, /*retain_graph=*/true,
        /*create_graph=*/order + 1 < orders, /*allow_unused=*/true);
    for (size_t i = 0; i < next.size(); ++i)
      all.push_back(next[i].defined() ? next[i].detach()
                                      : torch::zeros_like(inputs[i]));
    Tensors defined;
    for (const at::Tensor &tensor : next)
      if (tensor.defined())
        defined.push_back(tensor);
    if (order + 1 < orders)
      value = dot(defined, order);
  }
  return all;
}

void expectEqual(const Layer &layer, const Layer &oracle,
                 const Tensors &tensors, const std::string &where,
                 uint64_t orders = 3) {
  for (const std::vector<bool> &tracked : {std::vector<bool>{true, true, true},
                                           {false, true, true},
                                           {true, false, false},
                                           {true, true, false}}) {
    Tensors got = derivatives(layer, tensors, tracked, orders);
    Tensors expected = derivatives(oracle, tensors, tracked, orders);
    ASSERT_EQ(got.size(), expected.size());
    for (size_t i = 0; i < got.size(); ++i)
      EXPECT_TRUE(at::allclose(got[i], expected[i], 1e-10, 1e-11))
          << where << ", tensor " << i << " off by "
          << (got[i] - expected[i]).abs().max().item<double>();
  }
}

at::Tensor random(at::IntArrayRef shape) {
  return torch::randn(shape, torch::kDouble);
}

} // namespace

TEST(DoubleBackward, LinearLayers) {
  torch::manual_seed(3);
  Layer oracle = [](const at::Tensor &x, const at::Tensor &w,
                    const at::Tensor &b) { return at::linear(x, w, b); };
  expectEqual(linearForCurvature, oracle,
              {random({5, 4}), random({3, 4}), random({3})}, "rows");
  expectEqual(linearForCurvature, oracle, {random({5, 4}), random({3, 4}), {}},
              "without bias");
  expectEqual(linearForCurvature, oracle,
              {random({2, 5, 4}), random({3, 4}), random({3})}, "sequences");
  expectEqual(linearForCurvature, oracle,
              {random({0, 4}), random({3, 4}), random({3})}, "no rows");
}

TEST(DoubleBackward, Convolutions) {
  torch::manual_seed(4);
  auto check = [](const ConvolutionShape &shape, const Tensors &tensors,
                  const std::string &where) {
    std::vector<int64_t> none(shape.stride.size(), 0);
    expectEqual(
        [&](const at::Tensor &x, const at::Tensor &w, const at::Tensor &b) {
          return convolutionForCurvature(x, w, b, shape);
        },
        [&](const at::Tensor &x, const at::Tensor &w, const at::Tensor &b) {
          return at::convolution(x, w, b, shape.stride, shape.padding,
                                 shape.dilation, false, none, shape.groups);
        },
        tensors, where);
  };
  check({{1, 1}, {1, 1}, {1, 1}, 1},
        {random({2, 3, 5, 5}), random({4, 3, 3, 3}), random({4})}, "padded");
  check({{2, 1}, {0, 1}, {1, 2}, 1},
        {random({2, 3, 7, 6}), random({4, 3, 2, 3}), {}}, "strided, dilated");
  check({{1, 1}, {0, 0}, {1, 1}, 2},
        {random({2, 4, 5, 5}), random({6, 2, 3, 3}), random({6})}, "grouped");
  check({{2}, {1}, {1}, 1}, {random({3, 2, 9}), random({4, 2, 3}), random({4})},
        "one dimension");
}

TEST(DoubleBackward, BatchNormalisation) {
  torch::manual_seed(5);
  for (const Tensors &tensors :
       {Tensors{random({6, 3}), random({3}), random({3})},
        Tensors{random({4, 3, 2, 5}), random({3}), random({3})},
        // Where gamma is zero, nothing may be divided by it.
        Tensors{random({4, 2, 7}), torch::tensor({0.0, 2.0}, torch::kDouble),
                random({2})}}) {
    int64_t channels = tensors[1].numel();
    at::Tensor mean[2], variance[2];
    for (int i = 0; i < 2; ++i) {
      mean[i] = torch::zeros({channels}, torch::kDouble);
      variance[i] = torch::ones({channels}, torch::kDouble);
    }
    expectEqual(
        [&](const at::Tensor &x, const at::Tensor &w, const at::Tensor &b) {
          return batchNormForCurvature(x, w, b, mean[0], variance[0], 0.1,
                                       1e-3);
        },
        [&](const at::Tensor &x, const at::Tensor &w, const at::Tensor &b) {
          return at::batch_norm(x, w, b, mean[1], variance[1], true, 0.1, 1e-3,
                                false);
        },
        tensors, "batch norm", 2);
    EXPECT_TRUE(at::equal(mean[0], mean[1]));
    EXPECT_TRUE(at::equal(variance[0], variance[1]));
  }
}

TEST(DoubleBackward, Relu) {
  torch::manual_seed(6);
  // Zeros, too: LibTorch's ReLU has no gradient there.
  at::Tensor x = random({4, 5}).clamp_min(-0.5);
  x.select(0, 1).zero_();
  expectEqual(
      [](const at::Tensor &x, const at::Tensor &w, const at::Tensor &b) {
        return reluForCurvature(x * w) * x + b;
      },
      [](const at::Tensor &x, const at::Tensor &w, const at::Tensor &b) {
        return at::relu(x * w) * x + b;
      },
      {x, random({5}), random({5})}, "relu");
}

TEST(DoubleBackward, MaxPooling) {
  torch::manual_seed(7);
  for (const PoolShape &shape :
       {PoolShape{{2, 2}, {}, {0, 0}, {1, 1}, false},
        // Windows that overlap: a place is chosen more than once.
        PoolShape{{3, 3}, {2, 1}, {1, 1}, {1, 1}, true}})
    expectEqual(
        [&](const at::Tensor &x, const at::Tensor &w, const at::Tensor &b) {
          return maxPoolForCurvature(x * w, shape).square() + b;
        },
        [&](const at::Tensor &x, const at::Tensor &w, const at::Tensor &b) {
          return at::max_pool2d(x * w, shape.kernel, shape.stride,
                                shape.padding, shape.dilation, shape.ceilMode)
                     .square() +
                 b;
        },
        {random({2, 3, 6, 5}), random({3, 1, 1}), random({3, 1, 1})},
        "max pooling");
}

TEST(DoubleBackward, NothingIsNotedWithoutGradients) {
  at::Tensor w = random({3, 4}).requires_grad_();
  at::NoGradGuard noGrad;
  EXPECT_FALSE(linearForCurvature(random({5, 4}), w, {}).requires_grad());
}
