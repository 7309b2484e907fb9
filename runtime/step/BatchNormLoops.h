//===- BatchNormLoops.h - Batch normalisation, many channels ----*- C++ -*-===//
//
// LibTorch sums the entries of a channel one after the other in double
// precision, so that each addition waits for the one before. These loops add in
// the same order, with the same roundings, to sixteen channels at a time.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_STEP_BATCHNORMLOOPS_H
#define DYNFAULT_RUNTIME_STEP_BATCHNORMLOOPS_H

#include "runtime/ops/FusedLoops.h"

#include <cstdint>

namespace dynfault {

/// Of a contiguous input [batch, channels, image...].
struct BatchNormSizes {
  int64_t batch, channels, image;
};

/// Training mode, Ioffe and Szegedy 2015, algorithm 1: `output` = (`input` -
/// mean) / sqrt(variance + eps) * weight + bias. The running statistics follow
/// with `momentum`, the variance without bias.
struct BatchNormForward {
  const float *input;
  const float *weight, *bias;           ///< [channels] or null: 1 and 0.
  float *runningMean, *runningVariance; ///< [channels] or null.
  double momentum, eps;
  float *output;
  float *mean, *invstd; ///< [channels], what backward needs.
};

/// The derivative of training mode.
struct BatchNormBackward {
  const float *gradient; ///< Of the output.
  const float *input;
  const float *weight; ///< [channels] or null.
  const float *mean, *invstd;
  /// How the products of a row of more than seven entries are added up, which
  /// depends on the compiler that built LibTorch.
  ProductRounding rowProducts;
  float *inputGradient;                 ///< Or null: not asked for.
  float *weightGradient, *biasGradient; ///< [channels] or null.
};

/// Evaluation mode: with the running statistics instead.
struct BatchNormEvaluation {
  const float *input;
  const float *weight, *bias; ///< [channels] or null: 1 and 0.
  const float *runningMean, *runningVariance;
  double eps;
  float *output;
};

/// Whether this machine has what the loops need (AVX2 and FMA, as LibTorch's
/// own kernels with these roundings).
bool supportsBatchNormLoops();

/// Channels that are computed together.
constexpr int64_t kBatchNormGroup = 16;

/// The channels from `group` * kBatchNormGroup on. No array may overlap with
/// another one.
///
/// \returns false if some number of theirs is not finite: then LibTorch has to
/// do it again, as which of two NaN an addition gives depends on the order of
/// its operands, which a compiler chooses.
bool batchNormForward(const BatchNormSizes &sizes, const BatchNormForward &args,
                      int64_t group);
bool batchNormEvaluate(const BatchNormSizes &sizes,
                       const BatchNormEvaluation &args, int64_t group);
bool batchNormBackward(const BatchNormSizes &sizes,
                       const BatchNormBackward &args, int64_t group);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_STEP_BATCHNORMLOOPS_H
