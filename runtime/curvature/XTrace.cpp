//===- XTrace.cpp - Trace with the large eigenvalues taken out ------------===//
//
// With Y = A*Omega = QR, the space of all samples but the i-th is that of Q
// without one direction s_i, the i-th column of R^-T: R's other columns are
// orthogonal to it. So with P_i = Q(I - s_i s_i')Q', H = Q'AQ, w = Q'omega_i
// and b = w - s_i(s_i'w), the i-th estimate
//   tr(P_i A P_i) + omega_i'(I - P_i) A (I - P_i) omega_i
// is tr H - s_i'H s_i + omega_i'y_i - 2 b'R e_i + b'H b: small matrices only.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/XTrace.h"

#include <ATen/ATen.h>
#include <Eigen/Dense>

#include <cmath>
#include <limits>

using namespace dynfault;

using Eigen::MatrixXd;
using Eigen::VectorXd;

static MatrixXd toEigen(const at::Tensor &matrix) {
  at::Tensor host = matrix.to(at::kCPU, at::kDouble).t().contiguous();
  return MatrixXd::Map(host.data_ptr<double>(), matrix.size(0), matrix.size(1));
}

TraceEstimate
dynfault::estimateTraceXTrace(CheckedProduct &product, RandomVectors &random,
                              int64_t samples,
                              const std::vector<BlockRanges> &blocks) {
  TORCH_CHECK(samples >= 4 && samples % 2 == 0,
              "XTrace: an even number of at least 4 samples is needed, not ",
              samples);
  at::NoGradGuard noGrad;
  std::vector<at::Tensor> omegas, images;
  CheckedProduct recording([&](const at::Tensor &v) {
    at::Tensor w = product(v);
    omegas.push_back(v);
    images.push_back(w);
    return w.defined()
               ? w
               : at::full_like(v, std::numeric_limits<double>::quiet_NaN());
  });
  TraceEstimate result = estimateTrace(recording, random, samples / 2, blocks);
  if (!result.finite)
    return result;
  result.finite = false;

  at::Tensor omega = at::stack(omegas, 1), y = at::stack(images, 1);
  int64_t half = std::min(samples / 2, omega.size(0));
  if (half < samples / 2) {
    // A space as large as the whole one: the basis is all there is to see.
    omega = omega.narrow(1, 0, half);
    y = y.narrow(1, 0, half);
  }
  auto [q, r] = at::linalg_qr(y.to(at::kDouble));
  q = q.to(omega.options());
  std::vector<at::Tensor> basisImages;
  for (int64_t i = 0; i < half; ++i) {
    at::Tensor image = product(q.select(1, i).contiguous());
    if (!image.defined())
      return result;
    basisImages.push_back(image);
  }
  MatrixXd h = toEigen(q.t().matmul(at::stack(basisImages, 1)));
  h = (h + h.transpose()).eval() / 2;
  MatrixXd upper = toEigen(r);
  MatrixXd w = toEigen(q.t().matmul(omega));

  VectorXd pivots = upper.diagonal().cwiseAbs();
  double epsilon = omega.scalar_type() == at::kDouble
                       ? std::numeric_limits<double>::epsilon()
                       : std::numeric_limits<float>::epsilon();
  double rounding =
      10 * epsilon * std::sqrt(static_cast<double>(omega.size(0)));
  result.finite = true;
  if (pivots.minCoeff() <= rounding * pivots.maxCoeff()) {
    // Samples that depend on each other span the matrix's whole range.
    result.trace = h.trace();
    result.standardError = 0;
    return result;
  }
  MatrixXd s = upper.transpose()
                   .triangularView<Eigen::Lower>()
                   .solve(MatrixXd::Identity(half, half))
                   .eval();
  // Solving R'X = I gives R^-T, whose columns are wanted.
  RunningEstimate estimates;
  for (int64_t i = 0; i < half; ++i) {
    VectorXd direction = s.col(i).normalized();
    VectorXd b = w.col(i) - direction * direction.dot(w.col(i));
    double image = dot64(omega.select(1, i), y.select(1, i));
    estimates.add(h.trace() - direction.dot(h * direction) + image -
                  2 * b.dot(upper.col(i)) + b.dot(h * b));
  }
  result.trace = estimates.result().mean;
  result.standardError = estimates.result().standardError;
  result.finite = std::isfinite(result.trace);
  return result;
}
