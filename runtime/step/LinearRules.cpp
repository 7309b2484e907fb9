//===- LinearRules.cpp - Matrix products ----------------------------------===//
//
// aten::linear of a matrix is addmm with the transposed weight. Which of its
// operands a matrix product takes as transposed decides on the BLAS routine and
// so on the bits; the derivatives choose by the strides of the operands, as
// LibTorch's do (mm_mat1_backward and mm_mat2_backward).
//
//===----------------------------------------------------------------------===//
#include "runtime/step/Rules.h"

#include <ATen/CPUFunctions.h>

using namespace dynfault;

static PlanCell *transposed(PlanBuilder &builder, PlanCell *matrix) {
  return builder.view(matrix, [](const at::Tensor &m) { return m.t(); });
}

static PlanCell *product(PlanBuilder &builder, PlanCell *a, PlanCell *b) {
  return builder.compute(
      [&] { return at::cpu::mm(a->tensor, b->tensor); },
      [a, b](at::Tensor &out) { at::cpu::mm_out(out, a->tensor, b->tensor); });
}

static bool isColumnMajor(const at::Tensor &matrix) {
  return matrix.stride(0) == 1 && matrix.stride(1) == matrix.size(0);
}

static void addProductGradients(PlanBuilder &builder, PlanValue *a,
                                PlanValue *b, PlanCell *gradient) {
  if (a->differentiable) {
    if (isColumnMajor(a->data->tensor))
      builder.addGradient(
          a, transposed(builder, product(builder, b->data,
                                         transposed(builder, gradient))));
    else
      builder.addGradient(
          a, product(builder, gradient, transposed(builder, b->data)));
  }
  if (b->differentiable) {
    if (isColumnMajor(b->data->tensor))
      builder.addGradient(
          b, transposed(builder, product(builder, transposed(builder, gradient),
                                         a->data)));
    else
      builder.addGradient(
          b, product(builder, transposed(builder, a->data), gradient));
  }
}

static PlanValue *transpose(PlanBuilder &builder, PlanValue *x) {
  require(x->data->tensor.dim() == 2, "the transpose of a tensor");
  PlanValue *result =
      builder.value(transposed(builder, x->data), x->differentiable);
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    builder.addGradient(x, transposed(builder, gradient));
  });
  return result;
}

static PlanValue *multiply(PlanBuilder &builder, PlanValue *a, PlanValue *b) {
  require(a->data->tensor.dim() == 2 && b->data->tensor.dim() == 2,
          "a product of tensors that are not matrices");
  PlanValue *result = builder.value(product(builder, a->data, b->data),
                                    a->differentiable || b->differentiable);
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    addProductGradients(builder, a, b, gradient);
  });
  return result;
}

/// bias + a b for a bias [columns].
static PlanValue *multiplyAndAdd(PlanBuilder &builder, PlanValue *bias,
                                 PlanValue *a, PlanValue *b) {
  require(a->data->tensor.dim() == 2 && b->data->tensor.dim() == 2 &&
              bias->data->tensor.dim() == 1 &&
              bias->data->tensor.size(0) == b->data->tensor.size(1),
          "a linear layer on more than two dimensions");
  PlanCell *start = bias->data, *left = a->data, *right = b->data;
  PlanCell *sum = builder.compute(
      [&] {
        return at::cpu::addmm(start->tensor, left->tensor, right->tensor);
      },
      [=](at::Tensor &out) {
        at::cpu::addmm_out(out, start->tensor, left->tensor, right->tensor);
      });
  PlanValue *result = builder.value(
      sum, bias->differentiable || a->differentiable || b->differentiable);
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    if (bias->differentiable) {
      // The engine sums an expanded operand's gradient and keeps the dimension.
      PlanCell *row = builder.compute(
          [&] { return at::cpu::sum(gradient->tensor, {0}, true); },
          [gradient](at::Tensor &out) {
            at::cpu::sum_out(out, gradient->tensor, {0}, true);
          });
      builder.addGradient(bias, builder.view(row, [](const at::Tensor &m) {
        return m.view({m.size(1)});
      }));
    }
    addProductGradients(builder, a, b, gradient);
  });
  return result;
}

static PlanValue *planLinear(PlanBuilder &builder,
                             const PlanArguments &arguments) {
  PlanValue *x = arguments.tensor(0);
  require(x->data->tensor.dim() == 2,
          "a linear layer on more than two dimensions");
  PlanValue *weight = transpose(builder, arguments.tensor(1));
  if (arguments.isNone(2))
    return multiply(builder, x, weight);
  return multiplyAndAdd(builder, arguments.tensor(2), x, weight);
}

static PlanValue *planAddmm(PlanBuilder &builder,
                            const PlanArguments &arguments) {
  require(arguments.number(3) == 1 && arguments.number(4) == 1,
          "a scaled matrix product");
  return multiplyAndAdd(builder, arguments.tensor(0), arguments.tensor(1),
                        arguments.tensor(2));
}

static PlanValue *planMm(PlanBuilder &builder, const PlanArguments &arguments) {
  return multiply(builder, arguments.tensor(0), arguments.tensor(1));
}

static PlanValue *planTranspose(PlanBuilder &builder,
                                const PlanArguments &arguments) {
  return transpose(builder, arguments.tensor(0));
}

void dynfault::addLinearRules(const AddRule &add) {
  add("aten::linear", planLinear);
  add("aten::addmm", planAddmm);
  add("aten::mm", planMm);
  add("aten::t", planTranspose);
}
