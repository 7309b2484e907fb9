//===- NearestNeighbours.cpp - k-NN classifier ----------------------------===//
//
// Distances as one matrix product per block of test rows, in single precision.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/NearestNeighbours.h"

#include <algorithm>
#include <numeric>

namespace dynfault::study {

using Eigen::Index;

Eigen::MatrixXd nearestNeighbourShares(const RowMatrix &train,
                                       const std::vector<int> &labels,
                                       const RowMatrix &test, int classes,
                                       int neighbours) {
  using Rows =
      Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Rows known = train.cast<float>();
  const Eigen::VectorXf squares = known.rowwise().squaredNorm();
  const auto count = std::min<size_t>(static_cast<size_t>(neighbours),
                                      static_cast<size_t>(train.rows()));
  Eigen::MatrixXd shares = Eigen::MatrixXd::Zero(test.rows(), classes);
  std::vector<int> order(static_cast<size_t>(train.rows()));
  constexpr Index block = 64;
  for (Index first = 0; first < test.rows(); first += block) {
    const Index rows = std::min(block, test.rows() - first);
    const Rows asked = test.middleRows(first, rows).cast<float>();
    // |a - b|^2 up to |a|^2, which is the same for all training rows.
    Rows distance = -2 * asked * known.transpose();
    distance.rowwise() += squares.transpose();
    for (Index r = 0; r < rows; ++r) {
      std::iota(order.begin(), order.end(), 0);
      std::partial_sort(order.begin(),
                        order.begin() + static_cast<std::ptrdiff_t>(count),
                        order.end(), [&](int a, int b) {
                          const float left = distance(r, a);
                          const float right = distance(r, b);
                          return left < right || (left == right && a < b);
                        });
      for (size_t k = 0; k < count; ++k)
        shares(first + r, labels[static_cast<size_t>(order[k])]) +=
            1.0 / static_cast<double>(count);
    }
  }
  return shares;
}

} // namespace dynfault::study
