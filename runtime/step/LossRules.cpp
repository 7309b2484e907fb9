//===- LossRules.cpp - Losses ---------------------------------------------===//
//
// Losses compare tensors of one shape, or logits [rows, classes] with class
// numbers [rows]; others are left to TorchScript.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/LossLoops.h"
#include "runtime/step/Rules.h"

#include <ATen/CPUFunctions.h>
#include <ATen/Dispatch.h>
#include <ATen/core/Reduction.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/scalar_tensor.h>

#include <cmath>
#include <memory>
#include <tuple>

using namespace dynfault;

namespace {

void requireSameShape(const PlanValue *output, const PlanValue *target) {
  require(output->data->tensor.sizes() == target->data->tensor.sizes() &&
              output->data->tensor.scalar_type() ==
                  target->data->tensor.scalar_type(),
          "a loss of tensors of two shapes or types");
  require(!target->differentiable, "a loss that is differentiated by target");
}

/// Divides the only element of `scalar`, in its type, as at::div_ does.
void divide(at::Tensor &scalar, double divisor) {
  if (divisor != 1)
    AT_DISPATCH_FLOATING_TYPES(scalar.scalar_type(), "divide", [&] {
      *scalar.data_ptr<scalar_t>() /= static_cast<scalar_t>(divisor);
    });
}

/// The mean or the sum of `each`.
PlanValue *reduce(PlanBuilder &builder, PlanCell *each, int64_t reduction,
                  bool differentiable) {
  if (reduction == at::Reduction::None)
    return builder.value(each, differentiable);
  double count = reduction == at::Reduction::Mean
                     ? static_cast<double>(each->tensor.numel())
                     : 1;
  auto sum = [each, count](at::Tensor &out) {
    at::cpu::sum_out(out, each->tensor, at::IntArrayRef{}, false);
    divide(out, count);
  };
  auto first = [&] {
    at::Tensor out = at::empty({}, each->tensor.options());
    sum(out);
    return out;
  };
  return builder.value(builder.compute(first, sum), differentiable);
}

/// A loss that compares element by element: `compute(out, x, t)` without
/// reduction, and `derive(out, g, x, t)` of the reduced loss.
template <typename Compute, typename Derive>
PlanValue *planLoss(PlanBuilder &builder, const PlanArguments &arguments,
                    int64_t reduction, Compute compute, Derive derive) {
  PlanValue *output = arguments.tensor(0), *target = arguments.tensor(1);
  requireSameShape(output, target);
  PlanCell *x = output->data, *t = target->data;
  require(x->tensor.is_contiguous(), "a loss of a tensor with strides");
  auto fill = [x](auto function) {
    return [x, function] {
      at::Tensor out = at::empty(x->tensor.sizes(), x->tensor.options());
      function(out);
      return out;
    };
  };
  auto computeEach = [=](at::Tensor &out) {
    compute(out, x->tensor, t->tensor);
  };
  PlanValue *result =
      reduce(builder, builder.compute(fill(computeEach), computeEach),
             reduction, output->differentiable);
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    auto deriveEach = [=](at::Tensor &out) {
      derive(out, gradient->tensor, x->tensor, t->tensor);
    };
    builder.addGradient(output, builder.compute(fill(deriveEach), deriveEach));
  });
  return result;
}

PlanValue *planMse(PlanBuilder &builder, const PlanArguments &arguments) {
  int64_t reduction = arguments.integer(2);
  return planLoss(
      builder, arguments, reduction,
      [](at::Tensor &out, const at::Tensor &x, const at::Tensor &t) {
        at::cpu::mse_loss_out(out, x, t, at::Reduction::None);
      },
      [=](at::Tensor &out, const at::Tensor &g, const at::Tensor &x,
          const at::Tensor &t) {
        at::cpu::mse_loss_backward_out(out, g, x, t, reduction);
      });
}

PlanValue *planBinaryCrossEntropy(PlanBuilder &builder,
                                  const PlanArguments &arguments) {
  require(arguments.isNone(2), "a weighted loss");
  int64_t reduction = arguments.integer(3);
  return planLoss(
      builder, arguments, reduction,
      [](at::Tensor &out, const at::Tensor &x, const at::Tensor &t) {
        at::cpu::binary_cross_entropy_out(out, x, t, {}, at::Reduction::None);
      },
      [=](at::Tensor &out, const at::Tensor &g, const at::Tensor &x,
          const at::Tensor &t) {
        at::cpu::binary_cross_entropy_backward_out(out, g, x, t, {}, reduction);
      });
}

PlanValue *planSmoothL1(PlanBuilder &builder, const PlanArguments &arguments) {
  int64_t reduction = arguments.integer(2);
  double beta = arguments.number(3);
  return planLoss(
      builder, arguments, reduction,
      [=](at::Tensor &out, const at::Tensor &x, const at::Tensor &t) {
        at::cpu::smooth_l1_loss_out(out, x, t, at::Reduction::None, beta);
      },
      [=](at::Tensor &out, const at::Tensor &g, const at::Tensor &x,
          const at::Tensor &t) {
        at::cpu::smooth_l1_loss_backward_out(out, g, x, t, reduction, beta);
      });
}

PlanValue *planHuber(PlanBuilder &builder, const PlanArguments &arguments) {
  int64_t reduction = arguments.integer(2);
  double delta = arguments.number(3);
  return planLoss(
      builder, arguments, reduction,
      [=](at::Tensor &out, const at::Tensor &x, const at::Tensor &t) {
        at::cpu::huber_loss_out(out, x, t, at::Reduction::None, delta);
      },
      [=](at::Tensor &out, const at::Tensor &g, const at::Tensor &x,
          const at::Tensor &t) {
        at::cpu::huber_loss_backward_out(out, g, x, t, reduction, delta);
      });
}

/// LibTorch's derivative of the loss averaged over `count` numbers.
at::Tensor binaryLogitsGradient(const at::Tensor &gradient, const at::Tensor &x,
                                const at::Tensor &t, const at::Tensor &count) {
  at::Tensor result = at::cpu::sigmoid(x);
  at::cpu::sub_(result, t);
  at::cpu::mul_(result, gradient);
  at::cpu::div_(result, count);
  return result;
}

/// (1 - t) x + m + log(exp(-m) + exp(-x - m)) with m = max(-x, 0), and its
/// derivative (sigmoid(x) - t) g / n, operation by operation as LibTorch 1.13
/// has them; by LibTorch where a result is not finite. Contiguous float32.
struct BinaryLogitsLoss {
  int64_t count;
  at::Tensor sum, exponentials, logarithms;

  explicit BinaryLogitsLoss(const at::Tensor &x)
      : count(x.numel()), sum(at::empty(x.sizes(), x.options())),
        exponentials(at::empty({2 * count}, x.options())),
        logarithms(exponentials.narrow(0, 0, count)) {}

  void compute(at::Tensor &mean, const at::Tensor &x, const at::Tensor &t) {
    auto *terms = sum.data_ptr<float>(),
         *parts = exponentials.data_ptr<float>();
    beginBinaryLogits(x.data_ptr<float>(), t.data_ptr<float>(), terms, parts,
                      count);
    at::cpu::exp_(exponentials);
    addNumbers(parts, parts + count, count);
    at::cpu::log_(logarithms);
    addNumbers(terms, parts, count);
    at::cpu::sum_out(mean, sum, at::IntArrayRef{}, false);
    divide(mean, static_cast<double>(count));
    if (!std::isfinite(*mean.data_ptr<float>()))
      mean.copy_(at::binary_cross_entropy_with_logits(x, t));
  }

  void derive(at::Tensor &out, const at::Tensor &gradient, const at::Tensor &x,
              const at::Tensor &t) const {
    at::cpu::sigmoid_out(out, x);
    if (!deriveBinaryLogits(out.data_ptr<float>(), t.data_ptr<float>(),
                            *gradient.data_ptr<float>(),
                            static_cast<float>(count), count))
      out.copy_(binaryLogitsGradient(
          gradient, x, t,
          at::scalar_tensor(static_cast<double>(count), x.options())));
  }
};

/// Whether the installed LibTorch computes the loss so. Later versions take
/// another formula.
bool computesAsAten() {
  static const bool result = [] {
    for (int64_t count : {1021, 16, 1}) {
      at::Tensor x = at::linspace(-30, 30, count), mean = at::empty({});
      at::Tensor t = at::cpu::gt(x, 7).to(at::kFloat);
      BinaryLogitsLoss(x).compute(mean, x, t);
      if (!mean.equal(at::binary_cross_entropy_with_logits(x, t)))
        return false;
    }
    return true;
  }();
  return result;
}

bool derivesAsAten() {
  static const bool result = [] {
    at::Tensor x = at::linspace(-30, 30, 1021), own = at::empty_like(x);
    at::Tensor t = at::cpu::gt(x, 7).to(at::kFloat);
    at::Tensor gradient = at::scalar_tensor(0.7),
               count = at::scalar_tensor(1021);
    BinaryLogitsLoss(x).derive(own, gradient, x, t);
    return own.equal(binaryLogitsGradient(gradient, x, t, count));
  }();
  return result;
}

PlanValue *planBinaryLogits(PlanBuilder &builder,
                            const PlanArguments &arguments) {
  PlanValue *output = arguments.tensor(0), *target = arguments.tensor(1);
  int64_t reduction = arguments.integer(4);
  require(arguments.isNone(2) && arguments.isNone(3), "a weighted loss");
  require(reduction == at::Reduction::Mean, "a loss that is not averaged");
  requireSameShape(output, target);
  PlanCell *x = output->data, *t = target->data;
  auto compute = [=] {
    return at::binary_cross_entropy_with_logits(x->tensor, t->tensor);
  };
  std::shared_ptr<BinaryLogitsLoss> own;
  if (x->tensor.is_contiguous() && t->tensor.is_contiguous() &&
      x->tensor.scalar_type() == at::kFloat)
    own = std::make_shared<BinaryLogitsLoss>(x->tensor);
  PlanCell *loss =
      own && computesAsAten()
          ? builder.compute(compute,
                            [x, t, own](at::Tensor &out) {
                              own->compute(out, x->tensor, t->tensor);
                            })
          : builder.allocate(compute);
  PlanValue *result = builder.value(loss, output->differentiable);
  at::Tensor count = at::scalar_tensor(x->tensor.numel(), x->tensor.options());
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    auto derive = [=] {
      return binaryLogitsGradient(gradient->tensor, x->tensor, t->tensor,
                                  count);
    };
    builder.addGradient(
        output, own && derivesAsAten()
                    ? builder.compute(derive,
                                      [=](at::Tensor &out) {
                                        own->derive(out, gradient->tensor,
                                                    x->tensor, t->tensor);
                                      })
                    : builder.allocate(derive));
  });
  return result;
}

PlanValue *logSoftmax(PlanBuilder &builder, PlanValue *x, int64_t dim) {
  PlanCell *in = x->data;
  at::ScalarType type = in->tensor.scalar_type();
  PlanCell *out = builder.compute(
      [&] { return at::cpu::_log_softmax(in->tensor, dim, false); },
      [=](at::Tensor &y) {
        at::cpu::_log_softmax_out(y, in->tensor, dim, false);
      });
  PlanValue *result = builder.value(out, x->differentiable);
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    builder.addGradient(x, builder.compute(
                               [&] {
                                 return at::cpu::_log_softmax_backward_data(
                                     gradient->tensor, out->tensor, dim, type);
                               },
                               [=](at::Tensor &g) {
                                 at::cpu::_log_softmax_backward_data_out(
                                     g, gradient->tensor, out->tensor, dim,
                                     type);
                               }));
  });
  return result;
}

/// `arguments` from `first` on: weight, reduction, ignored class.
PlanValue *nllLoss(PlanBuilder &builder, PlanValue *output, PlanValue *target,
                   const PlanArguments &arguments, size_t first) {
  PlanCell *x = output->data, *t = target->data;
  require(x->tensor.dim() == 2 && t->tensor.dim() == 1 &&
              t->tensor.scalar_type() == at::kLong,
          "class numbers of another shape or type");
  require(arguments.isNone(first), "a weighted loss");
  int64_t reduction = arguments.integer(first + 1),
          ignored = arguments.integer(first + 2);
  std::tuple<at::Tensor, at::Tensor> now =
      at::cpu::nll_loss_forward(x->tensor, t->tensor, {}, reduction, ignored);
  PlanCell *weights = builder.fixed(std::get<1>(now));
  PlanCell *loss = builder.compute([&] { return std::get<0>(now); },
                                   [=](at::Tensor &out) {
                                     at::cpu::nll_loss_forward_out(
                                         out, weights->tensor, x->tensor,
                                         t->tensor, {}, reduction, ignored);
                                   });
  PlanValue *result = builder.value(loss, output->differentiable);
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    builder.addGradient(output,
                        builder.compute(
                            [&] {
                              return at::cpu::nll_loss_backward(
                                  gradient->tensor, x->tensor, t->tensor, {},
                                  reduction, ignored, weights->tensor);
                            },
                            [=](at::Tensor &g) {
                              at::cpu::nll_loss_backward_out(
                                  g, gradient->tensor, x->tensor, t->tensor, {},
                                  reduction, ignored, weights->tensor);
                            }));
  });
  return result;
}

PlanValue *planCrossEntropy(PlanBuilder &builder,
                            const PlanArguments &arguments) {
  require(arguments.number(5) == 0, "label smoothing");
  PlanValue *output = arguments.tensor(0);
  require(output->data->tensor.dim() == 2, "logits of another shape");
  return nllLoss(builder, logSoftmax(builder, output, 1), arguments.tensor(1),
                 arguments, 2);
}

PlanValue *planLogSoftmax(PlanBuilder &builder,
                          const PlanArguments &arguments) {
  require(arguments.isNone(2), "log_softmax to another type");
  return logSoftmax(builder, arguments.tensor(0), arguments.integer(1));
}

PlanValue *planNllLoss(PlanBuilder &builder, const PlanArguments &arguments) {
  return nllLoss(builder, arguments.tensor(0), arguments.tensor(1), arguments,
                 2);
}

} // namespace

void dynfault::addLossRules(const AddRule &add) {
  add("aten::mse_loss", planMse);
  add("aten::smooth_l1_loss", planSmoothL1);
  add("aten::huber_loss", planHuber);
  add("aten::binary_cross_entropy", planBinaryCrossEntropy);
  add("aten::binary_cross_entropy_with_logits", planBinaryLogits);
  add("aten::cross_entropy_loss", planCrossEntropy);
  add("aten::log_softmax.int", planLogSoftmax);
  add("aten::nll_loss_nd", planNllLoss);
}
