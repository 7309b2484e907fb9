//===- Preprocessor.cpp - From features to a design matrix ----------------===//
//
// Indicators of features that go missing together (all statistics of one
// signal do) are one column: repeating it would only weaken its penalty.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/features/Preprocessor.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace dynfault::study {
namespace {

double medianOf(std::vector<double> values) {
  const size_t half = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + half, values.end());
  const double upper = values[half];
  if (values.size() % 2 == 1)
    return upper;
  return (*std::max_element(values.begin(), values.begin() + half) + upper) / 2;
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
  Preprocessor fitted;
  std::vector<double> medians, means, scales;
  std::vector<double> indicatorMeans, indicatorScales;
  std::set<std::vector<bool>> patterns;

  std::vector<double> column(static_cast<size_t>(rows));
  std::vector<bool> missing(static_cast<size_t>(rows));
  for (Eigen::Index feature = 0; feature < train.cols(); ++feature) {
    std::vector<double> present;
    for (Eigen::Index row = 0; row < rows; ++row) {
      const double value = train(row, feature);
      missing[static_cast<size_t>(row)] = std::isnan(value);
      column[static_cast<size_t>(row)] = value;
      if (!std::isnan(value))
        present.push_back(value);
    }
    if (present.empty())
      continue;

    const size_t presentCount = present.size();
    // Only missing values need it, and it costs more than the rest.
    const double median = presentCount < column.size()
                              ? medianOf(std::move(present))
                              : present.front();
    double mean = 0, square = 0;
    for (size_t i = 0; i < column.size(); ++i)
      mean += (missing[i] ? median : column[i]) / static_cast<double>(rows);
    for (size_t i = 0; i < column.size(); ++i) {
      const double offset = (missing[i] ? median : column[i]) - mean;
      square += offset * offset / static_cast<double>(rows);
    }
    if (!isConstant(mean, std::sqrt(square))) {
      fitted.valueSource.push_back(feature);
      medians.push_back(median);
      means.push_back(mean);
      scales.push_back(std::sqrt(square));
    }
    if (presentCount < column.size() && patterns.insert(missing).second) {
      const double share =
          1 - static_cast<double>(presentCount) / static_cast<double>(rows);
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
