//===- Hutchinson.cpp - Stochastic trace ----------------------------------===//
//
// Mean and spread in one pass (Welford 1962): the samples of a large trace are
// large numbers that lie close together.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/Hutchinson.h"

#include <c10/util/Exception.h>

#include <cmath>
#include <limits>

using namespace dynfault;

TraceEstimate dynfault::estimateTrace(CheckedProduct &product,
                                      RandomVectors &random, int64_t samples) {
  TORCH_CHECK(samples >= 1, "Hutchinson: at least 1 sample is needed, not ",
              samples);
  TraceEstimate result;
  double mean = 0, squares = 0;
  for (int64_t i = 1; i <= samples; ++i) {
    at::Tensor v = random.rademacher();
    at::Tensor w = product(v);
    if (!w.defined())
      return result;
    double sample = dot64(v, w);
    double offset = sample - mean;
    mean += offset / static_cast<double>(i);
    squares += offset * (sample - mean);
  }
  double count = static_cast<double>(samples);
  result.finite = std::isfinite(mean);
  result.trace = mean;
  result.standardError = samples == 1
                             ? std::numeric_limits<double>::quiet_NaN()
                             : std::sqrt(squares / (count - 1) / count);
  return result;
}
