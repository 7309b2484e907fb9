//===- GenericStatistics.cpp - Many numbers through LibTorch --------------===//
//
// For accelerators. Every intermediate result stays on the device, indices
// included.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Statistics.h"

#include <ATen/ATen.h>

#include <cmath>

using namespace dynfault;

static at::Tensor widened(const at::Tensor &x) {
  return x.detach().to(at::kDouble);
}

/// floor(i * count / taken) for i < taken.
static at::Tensor evenlySpaced(int64_t count, int64_t taken,
                               at::Device device) {
  at::Tensor index =
      at::arange(taken, at::TensorOptions(at::kLong).device(device));
  return index.mul_(count).div_(taken, "floor");
}

/// Quantiles of the flattened, subsampled x; NaN sorts last and must win.
static std::vector<at::Tensor> quantiles(const at::Tensor &x,
                                         std::initializer_list<double> shares) {
  at::Tensor flat = widened(x).reshape(-1);
  int64_t taken = std::min(flat.numel(), kQuantileEntries);
  std::vector<at::Tensor> result;
  if (taken == 0) {
    for (size_t i = 0; i < shares.size(); ++i)
      result.push_back(at::full({}, NAN, flat.options()));
    return result;
  }
  flat = flat.index_select(0, evenlySpaced(flat.numel(), taken, flat.device()));
  at::Tensor sorted = std::get<0>(flat.sort());
  at::Tensor last = sorted.select(0, taken - 1);
  at::Tensor spoilt = last.isnan();
  for (double share : shares)
    result.push_back(at::where(
        spoilt, last,
        sorted.select(0, std::lround(share * static_cast<double>(taken - 1)))));
  return result;
}

static at::Tensor share(const at::Tensor &mask) {
  return mask.to(at::kDouble).mean();
}

static at::Tensor rootMeanSquare(const at::Tensor &wide) {
  return wide.square().mean().sqrt();
}

at::Tensor generic::activationStatistics(const at::Tensor &x,
                                         const ActivationRange &range,
                                         const UnitLayout &layout) {
  at::Tensor wide = widened(x);
  at::Tensor mean = wide.mean();
  std::vector<at::Tensor> parts = {mean, rootMeanSquare(wide - mean)};
  for (const at::Tensor &quantile : quantiles(x, {.05, .5, .95}))
    parts.push_back(quantile);
  at::Tensor dead = wide.le(range.deadUpTo);
  parts.push_back(share(dead));
  parts.push_back(share(
      wide.lt(range.saturatedBelow).logical_or(wide.gt(range.saturatedAbove))));
  parts.push_back(share(
      dead.reshape({layout.outer, layout.units, layout.inner}).all(2).all(0)));
  return at::stack(parts);
}

at::Tensor generic::effectiveRank(const at::Tensor &x,
                                  const UnitLayout &layout) {
  int64_t rows = layout.outer * layout.inner;
  int64_t taken = std::min(rows, kRankRows);
  if (taken < 2 || layout.units < 1)
    return at::full({1}, NAN,
                    at::TensorOptions(at::kDouble).device(x.device()));
  at::Tensor index = evenlySpaced(rows, taken, x.device());
  at::Tensor cut = x.detach()
                       .reshape({layout.outer, layout.units, layout.inner})
                       .permute({0, 2, 1})
                       .index({index.div(layout.inner, "floor"),
                               index.remainder(layout.inner)})
                       .to(at::kDouble);
  at::Tensor centred = cut - cut.mean(0);
  at::Tensor gram =
      taken <= layout.units ? centred.mm(centred.t()) : centred.t().mm(centred);
  double largest = static_cast<double>(std::min(layout.units, taken - 1));
  return gram.trace().square().div(gram.square().sum()).div(largest).view({1});
}

at::Tensor generic::gradientStatistics(const at::Tensor &gradient) {
  at::Tensor wide = widened(gradient);
  at::Tensor absolute = wide.abs();
  // A maximum needs an entry.
  at::Tensor largest = absolute.numel() ? absolute.max() : absolute.mean();
  std::vector<at::Tensor> parts = {wide.square().sum().sqrt(), absolute.mean(),
                                   largest, share(wide.eq(0))};
  for (const at::Tensor &quantile : quantiles(absolute, {.1, .5, .9}))
    parts.push_back(quantile);
  return at::stack(parts);
}

at::Tensor generic::weightStatistics(const at::Tensor &weight) {
  at::Tensor wide = widened(weight);
  at::Tensor absolute = wide.abs();
  at::Tensor mean = wide.mean();
  return at::stack({wide.square().sum().sqrt(), mean,
                    rootMeanSquare(wide - mean),
                    absolute.numel() ? absolute.max() : absolute.mean()});
}

at::Tensor generic::updateStatistics(const at::Tensor &after,
                                     const at::Tensor &before) {
  at::Tensor start = widened(before);
  at::Tensor change = widened(after).sub(start).abs();
  std::vector<at::Tensor> parts = {
      change.square().sum().sqrt().div(start.square().sum().sqrt())};
  at::Tensor scale = rootMeanSquare(start);
  for (const at::Tensor &quantile : quantiles(change, {.1, .5, .9}))
    parts.push_back(quantile.div(scale));
  return at::stack(parts);
}

at::Tensor generic::normAndCosine(const at::Tensor &a, const at::Tensor &b) {
  at::Tensor wideA = widened(a), wideB = widened(b);
  at::Tensor norm = wideA.square().sum().sqrt();
  at::Tensor norms = norm.mul(wideB.square().sum().sqrt());
  return at::stack({norm, wideA.mul(wideB).sum().div(norms)});
}

at::Tensor generic::normAndSum(const at::Tensor &x) {
  at::Tensor wide = widened(x);
  return at::stack({wide.square().sum().sqrt(), wide.sum()});
}

at::Tensor generic::differenceStatistics(const at::Tensor &a,
                                         const at::Tensor &b) {
  at::Tensor wideA = widened(a), wideB = widened(b);
  at::Tensor normA = wideA.square().sum().sqrt();
  at::Tensor normB = wideB.square().sum().sqrt();
  at::Tensor ratio =
      at::where(normA.add(normB).eq(0), at::ones_like(normA), normA.div(normB));
  return at::stack({share(wideA.ne(wideB)), ratio});
}
