//===- LossHessianTest.cpp ------------------------------------------------===//
//
// Products against Hessians that can be written down: linear least squares has
// 2/(N*K) * kron(I, X'X) for N rows and K outputs.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/LossHessian.h"
#include "runtime/curvature/Hutchinson.h"
#include "runtime/curvature/Lanczos.h"

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>
#include <torch/torch.h>

using namespace dynfault;

namespace {

struct LeastSquares {
  at::Tensor x, y, w, b;

  explicit LeastSquares(int64_t rows = 50, int64_t inputs = 6,
                        int64_t outputs = 3)
      : x(torch::randn({rows, inputs}, torch::kDouble)),
        y(torch::randn({rows, outputs}, torch::kDouble)),
        w(torch::randn({outputs, inputs}, torch::kDouble).requires_grad_()) {}

  at::Tensor loss() const { return (x.matmul(w.t()) - y).square().mean(); }

  at::Tensor hessian() const {
    at::Tensor gram = x.t().matmul(x);
    at::Tensor identity = at::eye(y.size(1), torch::kDouble);
    return at::kron(identity, gram) * (2.0 / static_cast<double>(y.numel()));
  }

  at::Tensor gradient() const {
    at::Tensor residual = x.matmul(w.detach().t()) - y;
    return (residual.t().matmul(x) * (2.0 / static_cast<double>(y.numel())))
        .reshape(-1);
  }
};

} // namespace

TEST(LossHessian, LeastSquaresGradientAndProducts) {
  torch::manual_seed(1);
  for (int call = 0; call < 4; ++call) {
    LeastSquares problem;
    LossHessian hessian(problem.loss(), {problem.w});
    EXPECT_EQ(hessian.dimension(), 18);
    EXPECT_TRUE(at::allclose(hessian.gradient(), problem.gradient(), 1e-12));
    for (int i = 0; i < 3; ++i) {
      at::Tensor v = torch::randn({18}, torch::kDouble);
      EXPECT_TRUE(at::allclose(hessian.product(v), at::mv(problem.hessian(), v),
                               1e-11, 1e-13));
    }
    EXPECT_FALSE(problem.w.grad().defined());
  }
}

TEST(LossHessian, LeastSquaresSpectrumAndTraceWithWarmStart) {
  torch::manual_seed(2);
  LeastSquares problem;
  at::Tensor top, bottom;
  for (int call = 0; call < 4; ++call) {
    problem.x = problem.x + 0.05 * torch::randn_like(problem.x);
    at::Tensor dense = problem.hessian().contiguous();
    Eigen::Map<Eigen::MatrixXd> map(dense.data_ptr<double>(), 18, 18);
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(map);

    LossHessian hessian(problem.loss(), {problem.w});
    CheckedProduct product(
        [&](const at::Tensor &v) { return hessian.product(v); });
    RandomVectors random(call, 18, torch::kDouble);
    LanczosResult result = lanczosExtremes(
        product, mixedStart(top, bottom, random), random, {18, 1e-10});
    ASSERT_TRUE(result.converged);
    EXPECT_NEAR(result.top.value, solver.eigenvalues()[17], 1e-10);
    EXPECT_NEAR(result.bottom.value, solver.eigenvalues()[0], 1e-10);
    top = result.top.vector;
    bottom = result.bottom.vector;

    RandomVectors signs(call, 18, torch::kDouble);
    TraceEstimate estimate = estimateTrace(product, signs, 200);
    EXPECT_NEAR(estimate.trace, dense.trace().item<double>(),
                5 * estimate.standardError);
  }
}

TEST(LossHessian, SeveralParametersSomeUnusedSomeLinear) {
  torch::manual_seed(3);
  for (int call = 0; call < 3; ++call) {
    at::Tensor a = torch::randn({3}, torch::kDouble).requires_grad_();
    at::Tensor unused = torch::randn({2, 2}, torch::kDouble).requires_grad_();
    at::Tensor linear = torch::randn({2}, torch::kDouble).requires_grad_();
    at::Tensor b = torch::randn({3}, torch::kDouble).requires_grad_();
    at::Tensor loss = (a * a * b).sum() + linear.sum();
    LossHessian hessian(loss, {a, unused, linear, b});
    ASSERT_EQ(hessian.dimension(), 12);
    at::Tensor dense = at::zeros({12, 12}, torch::kDouble);
    for (int i = 0; i < 3; ++i) {
      dense[i][i] = 2 * b[i].item<double>();
      dense[i][9 + i] = 2 * a[i].item<double>();
      dense[9 + i][i] = 2 * a[i].item<double>();
    }
    at::Tensor v = torch::randn({12}, torch::kDouble);
    EXPECT_TRUE(at::allclose(hessian.product(v), at::mv(dense, v), 1e-12));
  }
}

TEST(LossHessian, LinearAndConstantLossesHaveNoCurvature) {
  at::Tensor w = torch::randn({4}, torch::kDouble).requires_grad_();
  at::Tensor v = torch::randn({4}, torch::kDouble);
  LossHessian linear((w * 3).sum(), {w});
  EXPECT_TRUE(at::equal(linear.product(v), at::zeros({4}, at::kDouble)));
  EXPECT_TRUE(at::equal(linear.gradient(), at::full({4}, 3.0, at::kDouble)));
  LossHessian constant(at::ones({}, at::kDouble), {w});
  EXPECT_TRUE(at::equal(constant.product(v), at::zeros({4}, at::kDouble)));
}

TEST(LossHessian, WorksInsideNoGrad) {
  torch::manual_seed(4);
  LeastSquares problem;
  LossHessian hessian(problem.loss(), {problem.w});
  torch::NoGradGuard noGrad;
  at::Tensor v = torch::randn({18}, torch::kDouble);
  EXPECT_TRUE(at::allclose(hessian.product(v), at::mv(problem.hessian(), v),
                           1e-11, 1e-13));
}

TEST(LossHessian, RejectsWhatItCannotDo) {
  at::Tensor w = torch::randn({4}, torch::kDouble).requires_grad_();
  at::Tensor f = torch::randn({4}).requires_grad_();
  at::Tensor constant = torch::randn({4}, torch::kDouble);
  EXPECT_THROW(LossHessian(w * w, {w}), c10::Error);
  EXPECT_THROW(LossHessian((w * w).sum(), {}), c10::Error);
  EXPECT_THROW(LossHessian((w * w).sum(), {w, f}), c10::Error);
  EXPECT_THROW(LossHessian((w * w).sum(), {w, constant}), c10::Error);
  LossHessian hessian((w * w).sum(), {w});
  EXPECT_THROW(hessian.product(torch::randn({5}, torch::kDouble)), c10::Error);
}
