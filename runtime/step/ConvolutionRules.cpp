//===- ConvolutionRules.cpp - Convolutions and pooling --------------------===//
//
// LibTorch chooses among libraries for a convolution. Where the choice is
// oneDNN, its primitives are made once (OneDnnConvolution.h); else the rule
// calls LibTorch as autograd does, and saves only the way there.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/KernelTest.h"
#include "runtime/step/OneDnnConvolution.h"
#include "runtime/step/Rules.h"

#include <ATen/CPUFunctions.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_strided.h>

#include <array>
#include <memory>
#include <tuple>
#include <vector>

using namespace dynfault;

namespace {

using Three = std::array<at::Tensor, 3>;

/// LibTorch's convolution with some settings.
struct Convolution : ConvolutionSettings {
  at::Tensor forward(const at::Tensor &x, const at::Tensor &w,
                     const at::Tensor &b) const {
    return at::convolution(x, w, b, stride, padding, dilation, false, none(),
                           groups);
  }
  Three backward(const at::Tensor &gradient, const at::Tensor &x,
                 const at::Tensor &w, std::array<bool, 3> mask) const {
    std::vector<int64_t> biasSizes;
    if (mask[2])
      biasSizes = {w.size(0)};
    auto [dx, dw, db] =
        at::convolution_backward(gradient, x, w, biasSizes, stride, padding,
                                 dilation, false, none(), groups, mask);
    return {dx, dw, db};
  }

private:
  std::vector<int64_t> none() const {
    return std::vector<int64_t>(stride.size(), 0);
  }
};

/// Contiguous tensors for the gradients that are asked for.
Three emptyGradients(const at::Tensor &x, const at::Tensor &w,
                     std::array<bool, 3> mask) {
  at::IntArrayRef biasSizes = w.sizes().slice(0, 1);
  auto make = [&](bool isAskedFor, at::IntArrayRef sizes) {
    return isAskedFor ? at::empty(sizes, w.options()) : at::Tensor();
  };
  return {make(mask[0], x.sizes()), make(mask[1], w.sizes()),
          make(mask[2], biasSizes)};
}

/// oneDNN's primitives for tensors like these; null where LibTorch's results
/// have other bits. All of `mask` is false for a forward pass alone.
std::shared_ptr<OneDnnConvolution>
planOneDnn(const Convolution &settings, const at::Tensor &x,
           const at::Tensor &w, const at::Tensor &b, std::array<bool, 3> mask) {
  bool hasBackward = mask[0] || mask[1] || mask[2];
  auto create = [&] {
    std::shared_ptr<OneDnnConvolution> made =
        OneDnnConvolution::create(x, w, b, settings);
    return made && hasBackward && !made->prepareBackward(mask) ? nullptr : made;
  };
  std::shared_ptr<OneDnnConvolution> own = create();
  if (!own)
    return nullptr;
  at::Tensor input = at::empty_strided(x.sizes(), x.strides(), x.options());
  input.copy_(testNumbers(x.sizes(), 0));
  at::Tensor weight = testNumbers(w.sizes(), 1),
             bias = b.defined() ? testNumbers(b.sizes(), 2) : b;
  at::Tensor expected = settings.forward(input, weight, bias),
             result = at::empty(own->outputSizes(), x.options());
  own->forward(input, weight, bias, result);
  if (!sameBits(expected, result))
    return nullptr;
  if (hasBackward) {
    at::Tensor gradient = testNumbers(result.sizes(), 3);
    Three theirs = settings.backward(gradient, input, weight, mask),
          ours = emptyGradients(input, weight, mask);
    own->backward(gradient, input, weight, ours);
    for (size_t i = 0; i < theirs.size(); ++i)
      if (mask[i] && !sameBits(theirs[i], ours[i]))
        return nullptr;
  }
  return own;
}

} // namespace

/// (input, weight, bias, stride, padding, dilation, groups)
static PlanValue *planConvolution(PlanBuilder &builder,
                                  const PlanArguments &arguments) {
  PlanValue *x = arguments.tensor(0), *weight = arguments.tensor(1),
            *bias = arguments.isNone(2) ? nullptr : arguments.tensor(2);
  int64_t dims = weight->data->tensor.dim() - 2;
  require(x->data->tensor.dim() == dims + 2, "a convolution without batch");
  auto sizes = [&](size_t index) {
    std::vector<int64_t> given = arguments.constant(index).toIntVector();
    return given.size() == 1 ? std::vector<int64_t>(dims, given[0]) : given;
  };
  Convolution settings{{sizes(3), sizes(4), sizes(5), arguments.integer(6)}};
  at::Tensor w = weight->data->tensor,
             b = bias ? bias->data->tensor : at::Tensor();
  require(weight->data->fixed, "a convolution with a computed weight");
  PlanCell *in = x->data;
  std::array<bool, 3> mask = {x->differentiable, weight->differentiable,
                              bias && bias->differentiable};
  std::shared_ptr<OneDnnConvolution> own =
      planOneDnn(settings, in->tensor, w, b, mask);
  PlanCell *out =
      own ? builder.compute(
                [&] {
                  at::Tensor y = at::empty(own->outputSizes(), w.options());
                  own->forward(in->tensor, w, b, y);
                  return y;
                },
                [=](at::Tensor &y) { own->forward(in->tensor, w, b, y); })
          : builder.allocate(
                [=] { return settings.forward(in->tensor, w, b); });
  PlanValue *result = builder.value(out, mask[0] || mask[1] || mask[2]);
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    std::array<PlanCell *, 3> cells{};
    if (own && gradient->tensor.is_contiguous()) {
      Three made = emptyGradients(in->tensor, w, mask);
      auto derive = [=] {
        own->backward(gradient->tensor, in->tensor, w, made);
      };
      derive();
      builder.append(derive);
      for (size_t i = 0; i < cells.size(); ++i)
        if (mask[i])
          cells[i] = builder.written(made[i]);
    } else {
      auto derive = [=] {
        return settings.backward(gradient->tensor, in->tensor, w, mask);
      };
      Three first = derive();
      for (size_t i = 0; i < cells.size(); ++i)
        cells[i] = builder.varying(first[i]);
      builder.append([cells, derive] {
        Three now = derive();
        for (size_t i = 0; i < cells.size(); ++i)
          cells[i]->tensor = now[i];
      });
    }
    PlanValue *operands[] = {x, weight, bias};
    for (size_t i = 0; i < cells.size(); ++i)
      if (mask[i])
        builder.addGradient(operands[i], cells[i]);
  });
  return result;
}

/// (input, kernel, stride, padding, dilation, ceil_mode)
static PlanValue *planMaxPool(PlanBuilder &builder,
                              const PlanArguments &arguments) {
  PlanValue *x = arguments.tensor(0);
  std::vector<int64_t> sizes[4];
  for (size_t i = 0; i < 4; ++i)
    sizes[i] = arguments.constant(i + 1).toIntVector();
  bool ceil = arguments.flag(5);
  PlanCell *in = x->data;
  std::tuple<at::Tensor, at::Tensor> first = at::cpu::max_pool2d_with_indices(
      in->tensor, sizes[0], sizes[1], sizes[2], sizes[3], ceil);
  PlanCell *indices = builder.fixed(std::get<1>(first));
  auto again = [=, kernel = sizes[0], stride = sizes[1], padding = sizes[2],
                dilation = sizes[3]](at::Tensor &out) {
    at::cpu::max_pool2d_with_indices_out(out, indices->tensor, in->tensor,
                                         kernel, stride, padding, dilation,
                                         ceil);
  };
  PlanValue *result =
      builder.value(builder.compute([&] { return std::get<0>(first); }, again),
                    x->differentiable);
  auto derive = [=, kernel = sizes[0], stride = sizes[1], padding = sizes[2],
                 dilation = sizes[3]](PlanCell *gradient) {
    return at::cpu::max_pool2d_with_indices_backward(
        gradient->tensor, in->tensor, kernel, stride, padding, dilation, ceil,
        indices->tensor);
  };
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    builder.addGradient(
        x, builder.allocate([derive, gradient] { return derive(gradient); }));
  });
  return result;
}

void dynfault::addConvolutionRules(const AddRule &add) {
  add("aten::conv1d", planConvolution);
  add("aten::conv2d", planConvolution);
  add("aten::max_pool2d", planMaxPool);
}
