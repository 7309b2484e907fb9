//===- DoubleBackward.h - Layers with a cheap second derivative -*- C++ -*-===//
//
// LibTorch differentiates a linear layer's backward piece by piece: transposes,
// sums, products, each a node of the graph with a cost of its own, and a
// convolution's by transposing whole batches. Here a layer's backward is one
// node, and so is the backward of that, with the products written out. A
// Hessian product walks both.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_DOUBLEBACKWARD_H
#define DYNFAULT_RUNTIME_CURVATURE_DOUBLEBACKWARD_H

#include <ATen/core/Tensor.h>

#include <vector>

namespace dynfault {

/// at::linear: `input` [..., in], `weight` [out, in], `bias` [out] or
/// undefined; [..., out]. Can be differentiated as often as at::linear.
at::Tensor linearForCurvature(const at::Tensor &input, const at::Tensor &weight,
                              const at::Tensor &bias);

/// What a convolution has beside its tensors; one entry per dimension.
struct ConvolutionShape {
  std::vector<int64_t> stride, padding, dilation;
  int64_t groups = 1;
};

/// at::convolution, not transposed: `input` [N, in, ...], `weight`
/// [out, in / groups, ...], `bias` [out] or undefined. Can be differentiated
/// as often as at::convolution.
at::Tensor convolutionForCurvature(const at::Tensor &input,
                                   const at::Tensor &weight,
                                   const at::Tensor &bias,
                                   const ConvolutionShape &shape);

/// Batch normalisation in training: `input` [N, C, ...], `gamma` and `beta`
/// [C]; updates the running statistics, [C] or undefined, as at::batch_norm
/// does. Can be differentiated twice; throws c10::Error the third time.
at::Tensor batchNormForCurvature(const at::Tensor &input,
                                 const at::Tensor &gamma,
                                 const at::Tensor &beta,
                                 const at::Tensor &runningMean,
                                 const at::Tensor &runningVar, double momentum,
                                 double epsilon);

/// at::relu. Can be differentiated as often; from the second time on a gradient
/// that LibTorch gives as zeros may be undefined.
at::Tensor reluForCurvature(const at::Tensor &input);

/// What a pooling has beside its input; one or two entries each.
struct PoolShape {
  std::vector<int64_t> kernel, stride, padding, dilation;
  bool ceilMode = false;
};

/// at::max_pool2d of `input` [N, C, H, W]. Derivatives as reluForCurvature.
at::Tensor maxPoolForCurvature(const at::Tensor &input, const PoolShape &shape);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_DOUBLEBACKWARD_H
