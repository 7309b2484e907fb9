//===- ConvolutionRules.cpp - Convolutions and pooling --------------------===//
//
// Convolutions choose among libraries and allocate what these need; the rule
// calls them as autograd does, and saves only the way there.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/Rules.h"

#include <ATen/CPUFunctions.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/convolution_backward.h>

#include <array>
#include <tuple>

using namespace dynfault;

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
  std::vector<int64_t> stride = sizes(3), padding = sizes(4),
                       dilation = sizes(5), none(dims, 0);
  int64_t groups = arguments.integer(6);
  at::Tensor w = weight->data->tensor,
             b = bias ? bias->data->tensor : at::Tensor();
  require(weight->data->fixed, "a convolution with a computed weight");
  PlanCell *in = x->data;
  PlanCell *out = builder.allocate([=] {
    return at::convolution(in->tensor, w, b, stride, padding, dilation, false,
                           none, groups);
  });
  std::array<bool, 3> mask = {x->differentiable, weight->differentiable,
                              bias && bias->differentiable};
  PlanValue *result = builder.value(out, mask[0] || mask[1] || mask[2]);
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    std::vector<int64_t> biasSizes =
        bias ? b.sizes().vec() : std::vector<int64_t>();
    auto derive = [=] {
      return at::convolution_backward(gradient->tensor, in->tensor, w,
                                      biasSizes, stride, padding, dilation,
                                      false, none, groups, mask);
    };
    std::tuple<at::Tensor, at::Tensor, at::Tensor> first = derive();
    std::array<PlanCell *, 3> cells = {builder.varying(std::get<0>(first)),
                                       builder.varying(std::get<1>(first)),
                                       builder.varying(std::get<2>(first))};
    builder.append([cells, derive] {
      std::tie(cells[0]->tensor, cells[1]->tensor, cells[2]->tensor) = derive();
    });
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
