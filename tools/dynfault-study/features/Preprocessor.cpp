//===- Preprocessor.cpp - From features to a design matrix ----------------===//
//
// Indicators of features that go missing together (all statistics of one
// signal do) are one column: repeating it would only weaken its penalty.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/features/Preprocessor.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>

namespace dynfault::study {
namespace {

/// Reorders the values.
double medianOf(std::vector<double> &values) {
  const size_t half = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + half, values.end());
  const double upper = values[half];
  if (values.size() % 2 == 1)
    return upper;
  return (*std::max_element(values.begin(), values.begin() + half) + upper) / 2;
}

struct Sum {
  double total = 0;
  Eigen::Index present = 0; ///< Values that are not missing.
};

/// Sum of `term` over a column's values: four sums that do not wait for each
/// other.
template <typename Term>
Sum sumOf(const double *column, Eigen::Index rows, const Term &term) {
  double sums[4] = {};
  Eigen::Index present[4] = {};
  for (Eigen::Index row = 0; row < rows; ++row) {
    const bool missing = std::isnan(column[row]);
    sums[row % 4] += missing ? 0 : term(column[row]);
    present[row % 4] += missing ? 0 : 1;
  }
  return {(sums[0] + sums[1]) + (sums[2] + sums[3]),
          present[0] + present[1] + present[2] + present[3]};
}

/// Below this spread a column carries rounding noise only.
bool isConstant(double mean, double deviation) {
  return deviation <= 1e-9 * std::max(1.0, std::abs(mean));
}

} // namespace

Eigen::MatrixXd compress(const Eigen::MatrixXd &raw) {
  return raw.unaryExpr([](double value) { return std::asinh(value / 1e-4); });
}

Preprocessor Preprocessor::fit(const Eigen::MatrixXd &train) {
  const Eigen::Index rows = train.rows();
  const auto count = static_cast<double>(rows);
  Preprocessor fitted;
  std::vector<double> medians, means, scales;
  std::vector<double> indicatorMeans, indicatorScales;
  // Which rows a feature is missing in, a bit each.
  using Pattern = std::vector<uint64_t>;
  std::set<Pattern> patterns;
  Pattern pattern;
  std::vector<double> present;

  for (Eigen::Index feature = 0; feature < train.cols(); ++feature) {
    const double *column = train.col(feature).data();
    const Sum sum = sumOf(column, rows, [](double value) { return value; });
    if (sum.present == 0)
      continue;

    const Eigen::Index missing = rows - sum.present;
    double median = 0;
    if (missing > 0) {
      // Only missing values need it, and it costs more than the rest.
      present.clear();
      pattern.assign(static_cast<size_t>(rows) / 64 + 1, 0);
      for (Eigen::Index row = 0; row < rows; ++row)
        if (std::isnan(column[row]))
          pattern[static_cast<size_t>(row) / 64] |= uint64_t{1} << (row % 64);
        else
          present.push_back(column[row]);
      median = medianOf(present);
    }
    const auto filled = static_cast<double>(missing);
    const double mean = (sum.total + filled * median) / count;
    const Sum square = sumOf(column, rows, [&](double value) {
      return (value - mean) * (value - mean);
    });
    const double deviation = std::sqrt(
        (square.total + filled * (median - mean) * (median - mean)) / count);
    if (!isConstant(mean, deviation)) {
      fitted.valueSource.push_back(feature);
      medians.push_back(median);
      means.push_back(mean);
      scales.push_back(deviation);
    }
    if (missing > 0 && patterns.insert(pattern).second) {
      const double share = filled / count;
      fitted.indicatorSource.push_back(feature);
      indicatorMeans.push_back(share);
      indicatorScales.push_back(std::sqrt(share * (1 - share)));
    }
  }

  means.insert(means.end(), indicatorMeans.begin(), indicatorMeans.end());
  scales.insert(scales.end(), indicatorScales.begin(), indicatorScales.end());
  auto toVector = [](const std::vector<double> &values) {
    return Eigen::VectorXd(Eigen::Map<const Eigen::VectorXd>(
        values.data(), static_cast<Eigen::Index>(values.size())));
  };
  fitted.median = toVector(medians);
  fitted.mean = toVector(means);
  fitted.scale = toVector(scales);
  return fitted;
}

std::vector<Eigen::Index> Preprocessor::columnNames() const {
  std::vector<Eigen::Index> names = valueSource;
  for (Eigen::Index feature : indicatorSource)
    names.push_back(-1 - feature);
  return names;
}

RowMatrix Preprocessor::transform(const Eigen::MatrixXd &rows) const {
  RowMatrix out(rows.rows(), columns());
  const auto values = static_cast<Eigen::Index>(valueSource.size());
  // Sixteen rows at a time: both matrices are walked along cache lines.
  for (Eigen::Index first = 0; first < rows.rows(); first += 16) {
    const Eigen::Index end = std::min(first + 16, rows.rows());
    for (Eigen::Index to = 0; to < columns(); ++to) {
      const bool isValue = to < values;
      const Eigen::Index from =
          isValue ? valueSource[static_cast<size_t>(to)]
                  : indicatorSource[static_cast<size_t>(to - values)];
      for (Eigen::Index row = first; row < end; ++row) {
        const double given = rows(row, from);
        const bool missing = std::isnan(given);
        const double filled =
            isValue ? (missing ? median(to) : given) : (missing ? 1 : 0);
        out(row, to) = (filled - mean(to)) / scale(to);
      }
    }
  }
  return out;
}

} // namespace dynfault::study
