//===- OneDnnConvolution.h - oneDNN's convolution, made once ----*- C++ -*-===//
//
// LibTorch gives convolutions of batches to oneDNN, and for each call describes
// the operation anew, has the primitives looked up, copies weights and inputs
// into oneDNN's blocked layouts and results out of them, and allocates all of
// these. Here primitives and layouts are made once for tensors of given sizes
// and strides. They are the same primitives, so that the bits are the same.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_STEP_ONEDNNCONVOLUTION_H
#define DYNFAULT_RUNTIME_STEP_ONEDNNCONVOLUTION_H

#include <ATen/core/Tensor.h>

#include <array>
#include <memory>
#include <vector>

namespace dynfault {

/// A number per dimension of the image.
struct ConvolutionSettings {
  std::vector<int64_t> stride, padding, dilation;
  int64_t groups;
};

/// A convolution over one or two dimensions, for float tensors on the CPU.
class OneDnnConvolution {
public:
  /// For `input` [batch, channels, image...] and `weight` [outputs, channels /
  /// groups, kernel...] like these; `bias` [outputs] may be undefined. Null if
  /// this was built without oneDNN, or oneDNN cannot do it.
  static std::shared_ptr<OneDnnConvolution>
  create(const at::Tensor &input, const at::Tensor &weight,
         const at::Tensor &bias, const ConvolutionSettings &settings);

  virtual ~OneDnnConvolution() = default;

  /// Sizes [batch, outputs, image...] of the result, which is contiguous.
  virtual std::vector<int64_t> outputSizes() const = 0;
  virtual void forward(const at::Tensor &input, const at::Tensor &weight,
                       const at::Tensor &bias, const at::Tensor &output) = 0;

  /// Before the first backward: which gradients of input, weight and bias are
  /// asked for. \returns false if oneDNN cannot do it.
  virtual bool prepareBackward(std::array<bool, 3> mask) = 0;
  /// After forward with the same `input`. All tensors but `input` are
  /// contiguous; gradients that were not asked for are undefined.
  virtual void backward(const at::Tensor &gradient, const at::Tensor &input,
                        const at::Tensor &weight,
                        const std::array<at::Tensor, 3> &gradients) = 0;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_STEP_ONEDNNCONVOLUTION_H
