//===- ActivationRules.cpp - Element-wise activations ---------------------===//
//
// Each derivative reads the activation's input or its result, as LibTorch's
// formula does.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/Rules.h"

#include <ATen/CPUFunctions.h>

using namespace dynfault;

namespace {

/// An activation: `compute(x)`, `computeOut(out, x)`, `derive(gradient, x, y)`
/// and `deriveOut(out, gradient, x, y)`.
template <typename Compute, typename ComputeOut, typename Derive,
          typename DeriveOut>
PlanValue *planPointwise(PlanBuilder &builder, PlanValue *x, Compute compute,
                         ComputeOut computeOut, Derive derive,
                         DeriveOut deriveOut) {
  PlanCell *in = x->data;
  PlanCell *out = builder.compute(
      [&] { return compute(in->tensor); },
      [in, computeOut](at::Tensor &y) { computeOut(y, in->tensor); });
  PlanValue *result = builder.value(out, x->differentiable);
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    builder.addGradient(
        x,
        builder.compute(
            [&] { return derive(gradient->tensor, in->tensor, out->tensor); },
            [=](at::Tensor &g) {
              deriveOut(g, gradient->tensor, in->tensor, out->tensor);
            }));
  });
  return result;
}

PlanValue *planRelu(PlanBuilder &builder, const PlanArguments &arguments) {
  return planPointwise(
      builder, arguments.tensor(0),
      [](const at::Tensor &x) { return at::cpu::clamp_min(x, 0); },
      [](at::Tensor &y, const at::Tensor &x) {
        at::cpu::clamp_min_out(y, x, 0);
      },
      [](const at::Tensor &g, const at::Tensor &, const at::Tensor &y) {
        return at::cpu::threshold_backward(g, y, 0);
      },
      [](at::Tensor &out, const at::Tensor &g, const at::Tensor &,
         const at::Tensor &y) {
        at::cpu::threshold_backward_out(out, g, y, 0);
      });
}

PlanValue *planTanh(PlanBuilder &builder, const PlanArguments &arguments) {
  return planPointwise(
      builder, arguments.tensor(0),
      [](const at::Tensor &x) { return at::cpu::tanh(x); },
      [](at::Tensor &y, const at::Tensor &x) { at::cpu::tanh_out(y, x); },
      [](const at::Tensor &g, const at::Tensor &, const at::Tensor &y) {
        return at::cpu::tanh_backward(g, y);
      },
      [](at::Tensor &out, const at::Tensor &g, const at::Tensor &,
         const at::Tensor &y) { at::cpu::tanh_backward_out(out, g, y); });
}

PlanValue *planSigmoid(PlanBuilder &builder, const PlanArguments &arguments) {
  return planPointwise(
      builder, arguments.tensor(0),
      [](const at::Tensor &x) { return at::cpu::sigmoid(x); },
      [](at::Tensor &y, const at::Tensor &x) { at::cpu::sigmoid_out(y, x); },
      [](const at::Tensor &g, const at::Tensor &, const at::Tensor &y) {
        return at::cpu::sigmoid_backward(g, y);
      },
      [](at::Tensor &out, const at::Tensor &g, const at::Tensor &,
         const at::Tensor &y) { at::cpu::sigmoid_backward_out(out, g, y); });
}

PlanValue *elu(PlanBuilder &builder, PlanValue *x, double alpha, double scale,
               double inputScale) {
  return planPointwise(
      builder, x,
      [=](const at::Tensor &in) {
        return at::cpu::elu(in, alpha, scale, inputScale);
      },
      [=](at::Tensor &y, const at::Tensor &in) {
        at::cpu::elu_out(y, in, alpha, scale, inputScale);
      },
      [=](const at::Tensor &g, const at::Tensor &in, const at::Tensor &) {
        return at::cpu::elu_backward(g, alpha, scale, inputScale, false, in);
      },
      [=](at::Tensor &out, const at::Tensor &g, const at::Tensor &in,
          const at::Tensor &) {
        at::cpu::elu_backward_out(out, g, alpha, scale, inputScale, false, in);
      });
}

PlanValue *planElu(PlanBuilder &builder, const PlanArguments &arguments) {
  return elu(builder, arguments.tensor(0), arguments.number(1),
             arguments.number(2), arguments.number(3));
}

/// Klambauer et al. 2017, section 2, with the digits of LibTorch.
PlanValue *planSelu(PlanBuilder &builder, const PlanArguments &arguments) {
  return elu(builder, arguments.tensor(0), 1.6732632423543772848170429916717,
             1.0507009873554804934193349852946, 1);
}

PlanValue *planLeakyRelu(PlanBuilder &builder, const PlanArguments &arguments) {
  double slope = arguments.number(1);
  return planPointwise(
      builder, arguments.tensor(0),
      [=](const at::Tensor &x) { return at::cpu::leaky_relu(x, slope); },
      [=](at::Tensor &y, const at::Tensor &x) {
        at::cpu::leaky_relu_out(y, x, slope);
      },
      [=](const at::Tensor &g, const at::Tensor &x, const at::Tensor &) {
        return at::cpu::leaky_relu_backward(g, x, slope, false);
      },
      [=](at::Tensor &out, const at::Tensor &g, const at::Tensor &x,
          const at::Tensor &) {
        at::cpu::leaky_relu_backward_out(out, g, x, slope, false);
      });
}

PlanValue *planGelu(PlanBuilder &builder, const PlanArguments &arguments) {
  std::string kind =
      arguments.isNone(1) ? "none" : arguments.constant(1).toStringRef();
  return planPointwise(
      builder, arguments.tensor(0),
      [=](const at::Tensor &x) { return at::cpu::gelu(x, kind); },
      [=](at::Tensor &y, const at::Tensor &x) {
        at::cpu::gelu_out(y, x, kind);
      },
      [=](const at::Tensor &g, const at::Tensor &x, const at::Tensor &) {
        return at::cpu::gelu_backward(g, x, kind);
      },
      [=](at::Tensor &out, const at::Tensor &g, const at::Tensor &x,
          const at::Tensor &) { at::cpu::gelu_backward_out(out, g, x, kind); });
}

PlanValue *planSoftplus(PlanBuilder &builder, const PlanArguments &arguments) {
  double beta = arguments.number(1), threshold = arguments.number(2);
  return planPointwise(
      builder, arguments.tensor(0),
      [=](const at::Tensor &x) {
        return at::cpu::softplus(x, beta, threshold);
      },
      [=](at::Tensor &y, const at::Tensor &x) {
        at::cpu::softplus_out(y, x, beta, threshold);
      },
      [=](const at::Tensor &g, const at::Tensor &x, const at::Tensor &) {
        return at::cpu::softplus_backward(g, x, beta, threshold);
      },
      [=](at::Tensor &out, const at::Tensor &g, const at::Tensor &x,
          const at::Tensor &) {
        at::cpu::softplus_backward_out(out, g, x, beta, threshold);
      });
}

PlanValue *planSoftmax(PlanBuilder &builder, const PlanArguments &arguments) {
  require(arguments.isNone(2), "softmax to another type");
  int64_t dim = arguments.integer(1);
  at::ScalarType type = arguments.tensor(0)->data->tensor.scalar_type();
  return planPointwise(
      builder, arguments.tensor(0),
      [=](const at::Tensor &x) { return at::cpu::_softmax(x, dim, false); },
      [=](at::Tensor &y, const at::Tensor &x) {
        at::cpu::_softmax_out(y, x, dim, false);
      },
      [=](const at::Tensor &g, const at::Tensor &, const at::Tensor &y) {
        return at::cpu::_softmax_backward_data(g, y, dim, type);
      },
      [=](at::Tensor &out, const at::Tensor &g, const at::Tensor &,
          const at::Tensor &y) {
        at::cpu::_softmax_backward_data_out(out, g, y, dim, type);
      });
}

} // namespace

void dynfault::addActivationRules(const AddRule &add) {
  add("aten::relu", planRelu);
  add("aten::tanh", planTanh);
  add("aten::sigmoid", planSigmoid);
  add("aten::elu", planElu);
  add("aten::selu", planSelu);
  add("aten::leaky_relu", planLeakyRelu);
  add("aten::gelu", planGelu);
  add("aten::softplus", planSoftplus);
  add("aten::softmax.int", planSoftmax);
}
