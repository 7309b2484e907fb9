//===- Statistics.cpp - Many numbers about one tensor ---------------------===//
//
// The loops for the CPU. Sums run in several lanes, which the compiler turns
// into vector instructions without reordering what one lane adds up.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Statistics.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace dynfault;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr int kLanes = 8;
constexpr double kTanh5 = 0.99990920426259513;

struct NamedRange {
  const char *kind;
  ActivationRange range;
};

// +-5 is DeepDiagnosis' threshold (ICSE 2022): sigmoid' is below 0.7% there.
// The piecewise linear functions are constant outside their linear part. Of
// recurrent layers the output is seen: tanh(5) instead of 5.
constexpr NamedRange kRanges[] = {
    {"relu", {0, -kNever, kNever}},
    {"relu6", {0, -kNever, 6}},
    {"sigmoid", {-kNever, -5, 5}},
    {"tanh", {-kNever, -5, 5}},
    {"hardsigmoid", {-3, -3, 3}},
    {"hardtanh", {-kNever, -1, 1}},
    {"hardswish", {-3, -kNever, kNever}},
    {"hard_sigmoid", {-2.5, -2.5, 2.5}},
    {"rnn_relu", {0, -kNever, kNever}},
    {"rnn_tanh", {-kNever, -kTanh5, kTanh5}},
};

/// One partial result per lane.
struct Lanes {
  double values[kLanes] = {};

  double sum() const {
    double total = 0;
    for (double value : values)
      total += value;
    return total;
  }
  double maximum() const { return *std::max_element(values, values + kLanes); }
};

/// Calls visit(lane, index) for each index below `count`.
template <typename Visit>
inline void forEach(int64_t count, const Visit &visit) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    for (int lane = 0; lane < kLanes; ++lane)
      visit(lane, i + lane);
  for (; i < count; ++i)
    visit(0, i);
}

/// Contiguous float32 or float64 on the CPU.
at::Tensor prepared(const at::Tensor &x) {
  at::Tensor values = x.detach();
  if (values.scalar_type() != at::kFloat && values.scalar_type() != at::kDouble)
    values = values.to(at::kFloat);
  return values.contiguous();
}

at::Tensor toTensor(std::initializer_list<double> numbers) {
  at::Tensor result =
      at::empty({static_cast<int64_t>(numbers.size())}, at::kDouble);
  std::copy(numbers.begin(), numbers.end(), result.data_ptr<double>());
  return result;
}

/// Subsample of value(i), i < count, whose quantiles are read off in ascending
/// order of their shares.
class Quantiles {
public:
  template <typename Value>
  Quantiles(int64_t count, const Value &value)
      : taken(std::min(count, kQuantileEntries)), next(0), spoilt(taken == 0) {
    for (int64_t i = 0; i < taken; ++i) {
      entries[i] = value(i * count / taken);
      spoilt |= std::isnan(entries[i]);
    }
  }

  double at(double share) {
    if (spoilt)
      return NAN;
    int64_t rank = std::lround(share * static_cast<double>(taken - 1));
    std::nth_element(entries + next, entries + rank, entries + taken);
    next = rank;
    return entries[rank];
  }

private:
  double entries[kQuantileEntries];
  int64_t taken, next;
  bool spoilt;
};

template <typename T>
double deviation(const T *x, int64_t count, double mean) {
  Lanes squares;
  forEach(count, [&](int lane, int64_t i) {
    double distance = static_cast<double>(x[i]) - mean;
    squares.values[lane] += distance * distance;
  });
  return std::sqrt(squares.sum() / static_cast<double>(count));
}

/// Share of the units that have no entry above `deadUpTo`.
template <typename T>
double deadUnits(const T *x, double deadUpTo, const UnitLayout &layout) {
  // A comparison with NaN is false, so that a unit with a NaN is not dead.
  std::vector<char> alive(static_cast<size_t>(layout.units), 0);
  for (int64_t outer = 0; outer < layout.outer; ++outer)
    for (int64_t unit = 0; unit < layout.units; ++unit) {
      const T *run = x + (outer * layout.units + unit) * layout.inner;
      for (int64_t i = 0; i < layout.inner && !alive[unit]; ++i)
        alive[unit] = !(static_cast<double>(run[i]) <= deadUpTo);
    }
  return static_cast<double>(std::count(alive.begin(), alive.end(), 0)) /
         static_cast<double>(layout.units);
}

template <typename T>
at::Tensor activationOnCpu(const T *x, int64_t n, const ActivationRange &range,
                           const UnitLayout &layout) {
  auto count = static_cast<double>(n);
  Lanes sum, dead, saturated;
  forEach(n, [&](int lane, int64_t i) {
    auto value = static_cast<double>(x[i]);
    sum.values[lane] += value;
    dead.values[lane] += value <= range.deadUpTo ? 1 : 0;
    saturated.values[lane] += value < range.saturatedBelow ? 1 : 0;
    saturated.values[lane] += value > range.saturatedAbove ? 1 : 0;
  });
  double mean = sum.sum() / count;
  Quantiles quantiles(n, [&](int64_t i) { return static_cast<double>(x[i]); });
  double low = quantiles.at(.05), middle = quantiles.at(.5),
         high = quantiles.at(.95);
  double units = 0;
  if (dead.sum() > 0)
    units = deadUnits(x, range.deadUpTo, layout);
  return toTensor({mean, deviation(x, n, mean), low, middle, high,
                   dead.sum() / count, saturated.sum() / count,
                   n ? units : NAN});
}

template <typename T>
at::Tensor gradientOnCpu(const T *x, int64_t n) {
  auto count = static_cast<double>(n);
  Lanes squares, absolutes, largest, zeros;
  forEach(n, [&](int lane, int64_t i) {
    auto value = static_cast<double>(x[i]);
    double absolute = std::abs(value);
    squares.values[lane] += value * value;
    absolutes.values[lane] += absolute;
    largest.values[lane] =
        absolute > largest.values[lane] ? absolute : largest.values[lane];
    zeros.values[lane] += value == 0 ? 1 : 0;
  });
  double mean = absolutes.sum() / count;
  Quantiles quantiles(
      n, [&](int64_t i) { return std::abs(static_cast<double>(x[i])); });
  double low = quantiles.at(.1), middle = quantiles.at(.5),
         high = quantiles.at(.9);
  // A comparison passes over a NaN; the mean does not.
  return toTensor({std::sqrt(squares.sum()), mean,
                   std::isnan(mean) ? NAN : largest.maximum(),
                   zeros.sum() / count, low, middle, high});
}

template <typename T>
at::Tensor weightOnCpu(const T *x, int64_t n) {
  Lanes sum, squares, largest;
  forEach(n, [&](int lane, int64_t i) {
    auto value = static_cast<double>(x[i]);
    double absolute = std::abs(value);
    sum.values[lane] += value;
    squares.values[lane] += value * value;
    largest.values[lane] =
        absolute > largest.values[lane] ? absolute : largest.values[lane];
  });
  double mean = sum.sum() / static_cast<double>(n);
  return toTensor(
      {std::sqrt(squares.sum()), mean, deviation(x, n, mean),
       n == 0 || std::isnan(squares.sum()) ? NAN : largest.maximum()});
}

template <typename T>
at::Tensor updateOnCpu(const T *after, const T *before, int64_t n) {
  Lanes changes, starts;
  forEach(n, [&](int lane, int64_t i) {
    auto start = static_cast<double>(before[i]);
    double change = static_cast<double>(after[i]) - start;
    changes.values[lane] += change * change;
    starts.values[lane] += start * start;
  });
  double scale = std::sqrt(starts.sum() / static_cast<double>(n));
  Quantiles quantiles(n, [&](int64_t i) {
    return std::abs(static_cast<double>(after[i]) -
                    static_cast<double>(before[i]));
  });
  double low = quantiles.at(.1), middle = quantiles.at(.5),
         high = quantiles.at(.9);
  return toTensor({std::sqrt(changes.sum()) / std::sqrt(starts.sum()),
                   low / scale, middle / scale, high / scale});
}

/// [rows, units] in float64, the rows evenly spaced, each unit centred.
template <typename T>
at::Tensor centredRows(const T *x, int64_t taken, const UnitLayout &layout) {
  at::Tensor result = at::empty({taken, layout.units}, at::kDouble);
  double *out = result.data_ptr<double>();
  int64_t rows = layout.outer * layout.inner;
  std::vector<double> mean(static_cast<size_t>(layout.units), 0);
  for (int64_t row = 0; row < taken; ++row) {
    int64_t at = row * rows / taken;
    const T *first =
        x + at / layout.inner * layout.units * layout.inner + at % layout.inner;
    for (int64_t unit = 0; unit < layout.units; ++unit) {
      auto value = static_cast<double>(first[unit * layout.inner]);
      out[row * layout.units + unit] = value;
      mean[unit] += value / static_cast<double>(taken);
    }
  }
  for (int64_t row = 0; row < taken; ++row)
    for (int64_t unit = 0; unit < layout.units; ++unit)
      out[row * layout.units + unit] -= mean[unit];
  return result;
}

} // namespace

ActivationRange dynfault::activationRange(const std::string &kind) {
  for (const NamedRange &entry : kRanges)
    if (kind == entry.kind)
      return entry.range;
  return {-kNever, -kNever, kNever};
}

UnitLayout dynfault::unitLayout(at::IntArrayRef sizes, int64_t unitDim) {
  auto dims = static_cast<int64_t>(sizes.size());
  if (dims < 2)
    return {1, dims ? sizes[0] : 1, 1};
  int64_t at = unitDim == 1 || dims >= 4 ? 1 : dims - 1;
  UnitLayout layout = {1, sizes[at], 1};
  for (int64_t i = 0; i < dims; ++i)
    if (i != at)
      (i < at ? layout.outer : layout.inner) *= sizes[i];
  return layout;
}

at::Tensor dynfault::activationStatistics(const at::Tensor &x,
                                          const ActivationRange &range,
                                          const UnitLayout &layout) {
  if (!x.device().is_cpu())
    return generic::activationStatistics(x, range, layout);
  at::Tensor values = prepared(x);
  return AT_DISPATCH_FLOATING_TYPES(
      values.scalar_type(), "activationStatistics", [&] {
        return activationOnCpu(values.data_ptr<scalar_t>(), values.numel(),
                               range, layout);
      });
}

at::Tensor dynfault::effectiveRank(const at::Tensor &x,
                                   const UnitLayout &layout) {
  if (!x.device().is_cpu())
    return generic::effectiveRank(x, layout);
  int64_t taken = std::min(layout.outer * layout.inner, kRankRows);
  if (taken < 2 || layout.units < 1)
    return toTensor({NAN});
  at::Tensor values = prepared(x);
  at::Tensor centred =
      AT_DISPATCH_FLOATING_TYPES(values.scalar_type(), "effectiveRank", [&] {
        return centredRows(values.data_ptr<scalar_t>(), taken, layout);
      });
  // Either product has the covariance's non-zero eigenvalues.
  at::Tensor gram =
      taken <= layout.units ? centred.mm(centred.t()) : centred.t().mm(centred);
  const double *entries = gram.data_ptr<double>();
  int64_t size = gram.size(0);
  Lanes squares;
  double trace = 0;
  forEach(size * size, [&](int lane, int64_t i) {
    squares.values[lane] += entries[i] * entries[i];
  });
  for (int64_t i = 0; i < size; ++i)
    trace += entries[i * size + i];
  return toTensor({trace * trace / squares.sum() /
                   static_cast<double>(std::min(layout.units, taken - 1))});
}

at::Tensor dynfault::gradientStatistics(const at::Tensor &gradient) {
  if (!gradient.device().is_cpu())
    return generic::gradientStatistics(gradient);
  at::Tensor values = prepared(gradient);
  return AT_DISPATCH_FLOATING_TYPES(
      values.scalar_type(), "gradientStatistics", [&] {
        return gradientOnCpu(values.data_ptr<scalar_t>(), values.numel());
      });
}

at::Tensor dynfault::weightStatistics(const at::Tensor &weight) {
  if (!weight.device().is_cpu())
    return generic::weightStatistics(weight);
  at::Tensor values = prepared(weight);
  return AT_DISPATCH_FLOATING_TYPES(
      values.scalar_type(), "weightStatistics",
      [&] { return weightOnCpu(values.data_ptr<scalar_t>(), values.numel()); });
}

/// Both tensors prepared, of one type.
static std::pair<at::Tensor, at::Tensor> preparedPair(const at::Tensor &a,
                                                      const at::Tensor &b) {
  at::Tensor first = prepared(a);
  return {first, prepared(b).to(first.scalar_type())};
}

at::Tensor dynfault::updateStatistics(const at::Tensor &after,
                                      const at::Tensor &before) {
  if (!after.device().is_cpu())
    return generic::updateStatistics(after, before);
  auto [end, start] = preparedPair(after, before);
  // Structured bindings cannot be captured.
  const at::Tensor &a = end, &b = start;
  return AT_DISPATCH_FLOATING_TYPES(a.scalar_type(), "updateStatistics", [&] {
    return updateOnCpu(a.data_ptr<scalar_t>(), b.data_ptr<scalar_t>(),
                       a.numel());
  });
}

at::Tensor dynfault::cosine(const at::Tensor &a, const at::Tensor &b) {
  if (!a.device().is_cpu())
    return generic::cosine(a, b);
  auto [first, second] = preparedPair(a, b);
  const at::Tensor &left = first, &right = second;
  return AT_DISPATCH_FLOATING_TYPES(left.scalar_type(), "cosine", [&] {
    const auto *x = left.data_ptr<scalar_t>();
    const auto *y = right.data_ptr<scalar_t>();
    Lanes xx, yy, xy;
    forEach(left.numel(), [&](int lane, int64_t i) {
      auto xi = static_cast<double>(x[i]), yi = static_cast<double>(y[i]);
      xx.values[lane] += xi * xi;
      yy.values[lane] += yi * yi;
      xy.values[lane] += xi * yi;
    });
    return toTensor({xy.sum() / (std::sqrt(xx.sum()) * std::sqrt(yy.sum()))});
  });
}

at::Tensor dynfault::normAndSum(const at::Tensor &x) {
  if (!x.device().is_cpu())
    return generic::normAndSum(x);
  at::Tensor values = prepared(x);
  return AT_DISPATCH_FLOATING_TYPES(values.scalar_type(), "normAndSum", [&] {
    const auto *entries = values.data_ptr<scalar_t>();
    Lanes squares, sum;
    forEach(values.numel(), [&](int lane, int64_t i) {
      auto value = static_cast<double>(entries[i]);
      squares.values[lane] += value * value;
      sum.values[lane] += value;
    });
    return toTensor({std::sqrt(squares.sum()), sum.sum()});
  });
}

at::Tensor dynfault::differenceStatistics(const at::Tensor &a,
                                          const at::Tensor &b) {
  if (!a.device().is_cpu())
    return generic::differenceStatistics(a, b);
  auto [first, second] = preparedPair(a, b);
  const at::Tensor &left = first, &right = second;
  return AT_DISPATCH_FLOATING_TYPES(
      left.scalar_type(), "differenceStatistics", [&] {
        const auto *x = left.data_ptr<scalar_t>();
        const auto *y = right.data_ptr<scalar_t>();
        Lanes xx, yy, different;
        forEach(left.numel(), [&](int lane, int64_t i) {
          auto xi = static_cast<double>(x[i]), yi = static_cast<double>(y[i]);
          xx.values[lane] += xi * xi;
          yy.values[lane] += yi * yi;
          different.values[lane] += xi != yi ? 1 : 0;
        });
        double normX = std::sqrt(xx.sum()), normY = std::sqrt(yy.sum());
        return toTensor({different.sum() / static_cast<double>(left.numel()),
                         normX == 0 && normY == 0 ? 1 : normX / normY});
      });
}
