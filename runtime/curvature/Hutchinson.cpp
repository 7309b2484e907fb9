//===- Hutchinson.cpp - Stochastic trace and Frobenius norm ---------------===//
//
// Sums are in float64 and wait for the device once per product.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/Hutchinson.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

using namespace dynfault;

void RunningEstimate::add(double sample) {
  count += 1;
  double offset = sample - mean;
  mean += offset / count;
  squares += offset * (sample - mean);
}

Estimate RunningEstimate::result() const {
  return {mean, count < 2 ? std::numeric_limits<double>::quiet_NaN()
                          : std::sqrt(squares / (count - 1) / count)};
}

/// The sum of `entries` [n] over each block.
static std::vector<double> blockSums(const at::Tensor &entries,
                                     const std::vector<BlockRanges> &blocks) {
  std::vector<at::Tensor> sums;
  for (const BlockRanges &block : blocks) {
    at::Tensor sum = at::zeros({}, entries.options());
    for (auto [offset, count] : block.ranges)
      sum = sum + entries.narrow(0, offset, count).sum();
    sums.push_back(sum);
  }
  std::vector<double> result;
  if (sums.empty())
    return result;
  at::Tensor host = at::stack(sums).cpu();
  for (int64_t i = 0; i < host.numel(); ++i)
    result.push_back(host.data_ptr<double>()[i]);
  return result;
}

TraceEstimate dynfault::estimateTrace(CheckedProduct &product,
                                      RandomVectors &random, int64_t samples,
                                      const std::vector<BlockRanges> &blocks) {
  TORCH_CHECK(samples >= 1, "Hutchinson: at least 1 sample is needed, not ",
              samples);
  at::NoGradGuard noGrad;
  TraceEstimate result;
  RunningEstimate trace, square;
  std::vector<RunningEstimate> blockTraces(blocks.size());
  for (int64_t i = 0; i < samples; ++i) {
    at::Tensor v = random.rademacher();
    at::Tensor w = product(v);
    if (!w.defined())
      return result;
    trace.add(dot64(v, w));
    double norm = norm64(w);
    square.add(norm * norm);
    if (!blocks.empty()) {
      std::vector<double> sums = blockSums(v.mul(w).to(at::kDouble), blocks);
      for (size_t block = 0; block < blocks.size(); ++block)
        blockTraces[block].add(sums[block]);
    }
  }
  Estimate estimate = trace.result();
  result.finite = std::isfinite(estimate.mean);
  result.trace = estimate.mean;
  result.standardError = estimate.standardError;
  result.frobeniusNorm = std::sqrt(square.result().mean);
  for (const RunningEstimate &block : blockTraces)
    result.blocks.push_back(block.result());
  return result;
}
