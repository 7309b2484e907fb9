//===- Statistics.cpp - Many numbers about one tensor ---------------------===//
//
// The loops for the CPU. One pass gives as many numbers as it can: reading a
// large activation costs more than the arithmetic.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Statistics.h"

#include "runtime/ops/Lanes.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace dynfault;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
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

/// Contiguous float32 or float64 on the CPU.
at::Tensor prepared(const at::Tensor &x) {
  bool isWide = x.scalar_type() == at::kFloat || x.scalar_type() == at::kDouble;
  // Most tensors are; a call of LibTorch costs as much as a small layer's loop.
  if (isWide && x.is_contiguous())
    return x;
  at::Tensor values = x.detach();
  return (isWide ? values : values.to(at::kFloat)).contiguous();
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
  auto totals = lanes::accumulate<1>(
      [mean](auto &squares, const auto &value) {
        auto distance = value - mean;
        squares[0] += distance * distance;
      },
      count, x);
  return std::sqrt(totals.sum(0) / static_cast<double>(count));
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
Numbers activationOnCpu(const T *x, int64_t n, const ActivationRange &range,
                        const UnitLayout &layout) {
  auto count = static_cast<double>(n);
  auto totals = lanes::accumulate<3>(
      [range](auto &sums, const auto &value) {
        sums[0] += value;
        sums[1] += lanes::indicator(value <= range.deadUpTo);
        sums[2] += lanes::indicator(value < range.saturatedBelow);
        sums[2] += lanes::indicator(value > range.saturatedAbove);
      },
      n, x);
  double mean = totals.sum(0) / count, dead = totals.sum(1),
         saturated = totals.sum(2);
  Quantiles quantiles(n, [&](int64_t i) { return static_cast<double>(x[i]); });
  double low = quantiles.at(.05), middle = quantiles.at(.5),
         high = quantiles.at(.95);
  double units = dead > 0 ? deadUnits(x, range.deadUpTo, layout) : 0;
  return {mean,
          deviation(x, n, mean),
          low,
          middle,
          high,
          dead / count,
          saturated / count,
          n ? units : NAN};
}

template <typename T>
Numbers gradientOnCpu(const T *x, int64_t n) {
  auto count = static_cast<double>(n);
  auto totals = lanes::accumulate<4>(
      [](auto &totals, const auto &value) {
        auto absolute = lanes::absolute(value);
        totals[0] += value * value;
        totals[1] += absolute;
        totals[2] = lanes::larger(absolute, totals[2]);
        totals[3] += lanes::indicator(value == 0);
      },
      n, x);
  double mean = totals.sum(1) / count;
  Quantiles quantiles(
      n, [&](int64_t i) { return std::abs(static_cast<double>(x[i])); });
  double low = quantiles.at(.1), middle = quantiles.at(.5),
         high = quantiles.at(.9);
  // A comparison passes over a NaN; the mean does not.
  return {std::sqrt(totals.sum(0)),
          mean,
          std::isnan(mean) ? NAN : totals.maximum(2),
          totals.sum(3) / count,
          low,
          middle,
          high};
}

template <typename T>
Numbers weightOnCpu(const T *x, int64_t n) {
  auto totals = lanes::accumulate<3>(
      [](auto &totals, const auto &value) {
        totals[0] += value;
        totals[1] += value * value;
        totals[2] = lanes::larger(lanes::absolute(value), totals[2]);
      },
      n, x);
  double mean = totals.sum(0) / static_cast<double>(n), squares = totals.sum(1);
  return {std::sqrt(squares), mean, deviation(x, n, mean),
          n == 0 || std::isnan(squares) ? NAN : totals.maximum(2)};
}

template <typename T>
Numbers updateOnCpu(const T *after, const T *before, int64_t n) {
  auto totals = lanes::accumulate<2>(
      [](auto &squares, const auto &end, const auto &start) {
        auto change = end - start;
        squares[0] += change * change;
        squares[1] += start * start;
      },
      n, after, before);
  double changes = totals.sum(0), starts = totals.sum(1);
  double scale = std::sqrt(starts / static_cast<double>(n));
  Quantiles quantiles(n, [&](int64_t i) {
    return std::abs(static_cast<double>(after[i]) -
                    static_cast<double>(before[i]));
  });
  double low = quantiles.at(.1), middle = quantiles.at(.5),
         high = quantiles.at(.9);
  return {std::sqrt(changes) / std::sqrt(starts), low / scale, middle / scale,
          high / scale};
}

/// Sums over the entries of a and b: a^2, b^2, ab, and the number of those that
/// differ.
template <typename T>
lanes::Totals<4> pairOnCpu(const T *a, const T *b, int64_t n) {
  return lanes::accumulate<4>(
      [](auto &sums, const auto &x, const auto &y) {
        sums[0] += x * x;
        sums[1] += y * y;
        sums[2] += x * y;
        sums[3] += lanes::indicator(x != y);
      },
      n, a, b);
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

Numbers dynfault::activationStatistics(const at::Tensor &x,
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

Numbers dynfault::effectiveRank(const at::Tensor &x, const UnitLayout &layout) {
  if (!x.device().is_cpu())
    return generic::effectiveRank(x, layout);
  int64_t taken = std::min(layout.outer * layout.inner, kRankRows);
  if (taken < 2 || layout.units < 1)
    return {NAN};
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
  auto squares = lanes::accumulate<1>(
      [](auto &sums, const auto &value) { sums[0] += value * value; },
      size * size, entries);
  double trace = 0;
  for (int64_t i = 0; i < size; ++i)
    trace += entries[i * size + i];
  return {trace * trace / squares.sum(0) /
          static_cast<double>(std::min(layout.units, taken - 1))};
}

Numbers dynfault::gradientStatistics(const at::Tensor &gradient) {
  if (!gradient.device().is_cpu())
    return generic::gradientStatistics(gradient);
  at::Tensor values = prepared(gradient);
  return AT_DISPATCH_FLOATING_TYPES(
      values.scalar_type(), "gradientStatistics", [&] {
        return gradientOnCpu(values.data_ptr<scalar_t>(), values.numel());
      });
}

Numbers dynfault::weightStatistics(const at::Tensor &weight) {
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

Numbers dynfault::updateStatistics(const at::Tensor &after,
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

/// pairOnCpu of any two tensors of the CPU.
static lanes::Totals<4> pairTotals(const at::Tensor &a, const at::Tensor &b) {
  auto [first, second] = preparedPair(a, b);
  const at::Tensor &left = first, &right = second;
  return AT_DISPATCH_FLOATING_TYPES(left.scalar_type(), "pairTotals", [&] {
    return pairOnCpu(left.data_ptr<scalar_t>(), right.data_ptr<scalar_t>(),
                     left.numel());
  });
}

Numbers dynfault::normAndCosine(const at::Tensor &a, const at::Tensor &b) {
  if (!a.device().is_cpu())
    return generic::normAndCosine(a, b);
  lanes::Totals<4> totals = pairTotals(a, b);
  double norm = std::sqrt(totals.sum(0));
  return {norm, totals.sum(2) / (norm * std::sqrt(totals.sum(1)))};
}

Numbers dynfault::normAndSum(const at::Tensor &x) {
  if (!x.device().is_cpu())
    return generic::normAndSum(x);
  at::Tensor values = prepared(x);
  auto totals =
      AT_DISPATCH_FLOATING_TYPES(values.scalar_type(), "normAndSum", [&] {
        return lanes::accumulate<2>(
            [](auto &sums, const auto &value) {
              sums[0] += value * value;
              sums[1] += value;
            },
            values.numel(), values.data_ptr<scalar_t>());
      });
  return {std::sqrt(totals.sum(0)), totals.sum(1)};
}

Numbers dynfault::differenceStatistics(const at::Tensor &a,
                                       const at::Tensor &b) {
  if (!a.device().is_cpu())
    return generic::differenceStatistics(a, b);
  lanes::Totals<4> totals = pairTotals(a, b);
  double normA = std::sqrt(totals.sum(0)), normB = std::sqrt(totals.sum(1));
  return {totals.sum(3) / static_cast<double>(a.numel()),
          normA == 0 && normB == 0 ? 1 : normA / normB};
}
