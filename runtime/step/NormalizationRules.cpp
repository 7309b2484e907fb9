//===- NormalizationRules.cpp - Batch and layer normalisation -------------===//
//
// LibTorch's kernels have no variant that writes to given tensors. Batch
// normalisation has loops of our own (BatchNormLoops.h) where these leave the
// same bits.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/BatchNormLoops.h"
#include "runtime/step/KernelTest.h"
#include "runtime/step/Rules.h"

#include <ATen/CPUFunctions.h>
#include <ATen/Parallel.h>
#include <ATen/TensorIterator.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <tuple>
#include <vector>

using namespace dynfault;

using Three = std::tuple<at::Tensor, at::Tensor, at::Tensor>;

/// Three cells that `function` fills in each step; an undefined result stays
/// undefined.
static std::array<PlanCell *, 3>
allocateThree(PlanBuilder &builder, std::function<Three()> function) {
  Three first = function();
  std::array<PlanCell *, 3> cells = {builder.varying(std::get<0>(first)),
                                     builder.varying(std::get<1>(first)),
                                     builder.varying(std::get<2>(first))};
  builder.append([cells, function] {
    std::tie(cells[0]->tensor, cells[1]->tensor, cells[2]->tensor) = function();
  });
  return cells;
}

/// The optional argument's value, or null.
static PlanValue *optional(const PlanArguments &arguments, size_t index) {
  return arguments.isNone(index) ? nullptr : arguments.tensor(index);
}

static at::Tensor tensorOf(const PlanValue *value) {
  return value ? value->data->tensor : at::Tensor();
}

static bool isDifferentiable(const PlanValue *value) {
  return value && value->differentiable;
}

/// Contributions to input, weight and bias.
static void addGradients(PlanBuilder &builder,
                         std::array<PlanValue *, 3> operands,
                         std::array<PlanCell *, 3> gradients) {
  for (size_t i = 0; i < operands.size(); ++i)
    if (isDifferentiable(operands[i]))
      builder.addGradient(operands[i], gradients[i]);
}

namespace {

/// A batch normalisation in training mode, for inputs of one shape.
struct BatchNorm {
  at::Tensor weight, bias, runningMean, runningVariance;
  double momentum, eps;

  Three forward(const at::Tensor &x) const {
    return at::cpu::native_batch_norm(x, weight, bias, runningMean,
                                      runningVariance, true, momentum, eps);
  }
  /// \param saved The results of forward.
  Three backward(const at::Tensor &gradient, const at::Tensor &x,
                 const Three &saved, std::array<bool, 3> mask) const {
    return at::cpu::native_batch_norm_backward(
        gradient, x, weight, runningMean, runningVariance, std::get<1>(saved),
        std::get<2>(saved), true, eps, mask);
  }

  // The same with our loops, to given tensors.
  void forward(const at::Tensor &x, const Three &out) const;
  void backward(const at::Tensor &gradient, const at::Tensor &x,
                const Three &saved, ProductRounding rowProducts,
                const Three &out) const;

  // Evaluation mode: LibTorch's result, and ours to a given tensor.
  at::Tensor evaluate(const at::Tensor &x) const {
    return std::get<0>(at::cpu::native_batch_norm(
        x, weight, bias, runningMean, runningVariance, false, momentum, eps));
  }
  void evaluate(const at::Tensor &x, const at::Tensor &out) const;
  bool evaluatesAsLibTorch(const at::Tensor &x) const;

  /// The rounding with which our loops give what LibTorch gives for inputs like
  /// `x`; nothing if there is none, or they cannot take it.
  c10::optional<ProductRounding> ownRounding(const at::Tensor &x) const;
  /// Those of the candidates that give the same bits for one draw of numbers.
  std::vector<ProductRounding>
  roundingsLikeLibTorch(const at::Tensor &x, uint32_t draw,
                        const std::vector<ProductRounding> &candidates) const;

  /// Whether the loops can take `x` and the parameters at all.
  bool canRunLoops(const at::Tensor &x) const;
  /// The same with other numbers in the parameters.
  BatchNorm sample(uint32_t &seed) const;

  static Three emptyResults(const at::Tensor &x) {
    at::Tensor perChannel = at::empty({x.size(1)}, x.options());
    return {at::empty_like(x), perChannel, at::empty_like(perChannel)};
  }
};

BatchNormSizes sizesOf(const at::Tensor &x) {
  int64_t perImage = x.size(0) * x.size(1);
  return {x.size(0), x.size(1), x.numel() / perImage};
}

float *dataOf(const at::Tensor &tensor) {
  return tensor.defined() ? tensor.data_ptr<float>() : nullptr;
}

void copyThree(const Three &to, const Three &from) {
  auto copy = [](const at::Tensor &target, const at::Tensor &source) {
    if (target.defined())
      target.copy_(source);
  };
  copy(std::get<0>(to), std::get<0>(from));
  copy(std::get<1>(to), std::get<1>(from));
  copy(std::get<2>(to), std::get<2>(from));
}

/// Whether loop(group) is true for all groups of channels; as many threads as
/// an operator of LibTorch would use.
template <typename Loop>
bool forEachGroup(const BatchNormSizes &sizes, const Loop &loop) {
  int64_t groups = (sizes.channels + kBatchNormGroup - 1) / kBatchNormGroup,
          entries = sizes.batch * sizes.image * kBatchNormGroup;
  std::atomic<bool> all{true};
  at::parallel_for(0, groups,
                   std::max<int64_t>(1, at::internal::GRAIN_SIZE / entries),
                   [&](int64_t first, int64_t end) {
                     for (int64_t group = first; group < end; ++group)
                       if (!loop(group))
                         all = false;
                   });
  return all;
}

void BatchNorm::forward(const at::Tensor &x, const Three &out) const {
  BatchNormSizes sizes = sizesOf(x);
  BatchNormForward arguments = {
      dataOf(x),
      dataOf(weight),
      dataOf(bias),
      dataOf(runningMean),
      dataOf(runningVariance),
      momentum,
      eps,
      dataOf(std::get<0>(out)),
      dataOf(std::get<1>(out)),
      dataOf(std::get<2>(out)),
  };
  const at::Tensor *running[] = {&runningMean, &runningVariance};
  std::vector<float> before[2];
  for (int i = 0; i < 2; ++i)
    if (const float *numbers = dataOf(*running[i]))
      before[i].assign(numbers, numbers + sizes.channels);
  if (forEachGroup(sizes, [&](int64_t group) {
        return batchNormForward(sizes, arguments, group);
      }))
    return;
  for (int i = 0; i < 2; ++i)
    std::copy(before[i].begin(), before[i].end(), dataOf(*running[i]));
  copyThree(out, forward(x));
}

void BatchNorm::backward(const at::Tensor &gradient, const at::Tensor &x,
                         const Three &saved, ProductRounding rowProducts,
                         const Three &out) const {
  BatchNormSizes sizes = sizesOf(x);
  BatchNormBackward arguments = {
      dataOf(gradient),
      dataOf(x),
      dataOf(weight),
      dataOf(std::get<1>(saved)),
      dataOf(std::get<2>(saved)),
      rowProducts,
      dataOf(std::get<0>(out)),
      dataOf(std::get<1>(out)),
      dataOf(std::get<2>(out)),
  };
  if (!forEachGroup(sizes, [&](int64_t group) {
        return batchNormBackward(sizes, arguments, group);
      }))
    copyThree(out,
              backward(gradient, x, saved,
                       {std::get<0>(out).defined(), std::get<1>(out).defined(),
                        std::get<2>(out).defined()}));
}

void BatchNorm::evaluate(const at::Tensor &x, const at::Tensor &out) const {
  BatchNormSizes sizes = sizesOf(x);
  BatchNormEvaluation arguments = {
      dataOf(x),           dataOf(weight),          dataOf(bias),
      dataOf(runningMean), dataOf(runningVariance), eps,
      dataOf(out),
  };
  if (!forEachGroup(sizes, [&](int64_t group) {
        return batchNormEvaluate(sizes, arguments, group);
      }))
    out.copy_(evaluate(x));
}

bool BatchNorm::canRunLoops(const at::Tensor &x) const {
  if (!supportsBatchNormLoops() || x.dim() < 2 || x.numel() == 0)
    return false;
  for (const at::Tensor &tensor :
       {x, weight, bias, runningMean, runningVariance})
    if (tensor.defined() &&
        (tensor.scalar_type() != at::kFloat || !tensor.is_contiguous()))
      return false;
  return true;
}

BatchNorm BatchNorm::sample(uint32_t &seed) const {
  auto like = [&seed](const at::Tensor &tensor) {
    return tensor.defined() ? testNumbers(tensor.sizes(), ++seed) : tensor;
  };
  BatchNorm result{like(weight),          like(bias), like(runningMean),
                   like(runningVariance), momentum,   eps};
  if (runningVariance.defined())
    result.runningVariance.abs_();
  return result;
}

/// Sizes of an input with at most four of the samples: more of them are treated
/// alike.
std::vector<int64_t> fewSamples(const at::Tensor &x) {
  std::vector<int64_t> sizes = x.sizes().vec();
  sizes[0] = std::min<int64_t>(sizes[0], 4);
  return sizes;
}

bool BatchNorm::evaluatesAsLibTorch(const at::Tensor &x) const {
  if (!canRunLoops(x) || !runningMean.defined() || !runningVariance.defined())
    return false;
  uint32_t seed = 0;
  at::Tensor input = testNumbers(fewSamples(x), seed),
             out = at::empty_like(input);
  BatchNorm norm = sample(seed);
  norm.evaluate(input, out);
  return sameBits(norm.evaluate(input), out);
}

c10::optional<ProductRounding>
BatchNorm::ownRounding(const at::Tensor &x) const {
  // LibTorch's threads sum parts of a matrix, and then these.
  bool isMatrix = x.numel() == x.size(0) * x.size(1);
  if (!canRunLoops(x) || (isMatrix && at::get_num_threads() > 1))
    return c10::nullopt;
  std::vector<ProductRounding> left = {ProductRounding::Fused,
                                       ProductRounding::Separate};
  // Of few entries' products both ways often have the same bits, and of up to
  // seven in a row always.
  uint32_t draws = sizesOf(x).image > 7 ? 32 : 1;
  for (uint32_t draw = 0; draw < draws && left.size() > 1; ++draw)
    left = roundingsLikeLibTorch(x, draw, left);
  return left.empty() ? c10::nullopt : c10::make_optional(left.front());
}

std::vector<ProductRounding> BatchNorm::roundingsLikeLibTorch(
    const at::Tensor &x, uint32_t draw,
    const std::vector<ProductRounding> &candidates) const {
  auto copy = [](const at::Tensor &tensor) {
    return tensor.defined() ? tensor.clone() : tensor;
  };
  auto same = [](const Three &a, const Three &b) {
    return sameBits(std::get<0>(a), std::get<0>(b)) &&
           sameBits(std::get<1>(a), std::get<1>(b)) &&
           sameBits(std::get<2>(a), std::get<2>(b));
  };
  constexpr uint32_t NumbersOfADraw = 8;
  uint32_t seed = draw * NumbersOfADraw + 1;
  at::Tensor input = testNumbers(fewSamples(x), seed - 1),
             gradient = testNumbers(fewSamples(x), seed);
  BatchNorm theirs = sample(seed), own = theirs;
  own.runningMean = copy(theirs.runningMean);
  own.runningVariance = copy(theirs.runningVariance);
  Three expected = theirs.forward(input), results = emptyResults(input);
  own.forward(input, results);
  if (!same(expected, results) ||
      !sameBits(theirs.runningMean, own.runningMean) ||
      !sameBits(theirs.runningVariance, own.runningVariance))
    return {};
  expected =
      theirs.backward(gradient, input, results, {true, weight.defined(), true});
  Three gradients = emptyResults(input);
  if (!weight.defined())
    std::get<1>(gradients) = at::Tensor();
  std::vector<ProductRounding> agreeing;
  for (ProductRounding rounding : candidates) {
    own.backward(gradient, input, results, rounding, gradients);
    if (same(expected, gradients))
      agreeing.push_back(rounding);
  }
  return agreeing;
}

/// Cells for tensors that instructions write; null for undefined ones.
std::array<PlanCell *, 3> writtenThree(PlanBuilder &builder,
                                       const Three &tensors) {
  auto cell = [&](const at::Tensor &tensor) {
    return tensor.defined() ? builder.written(tensor) : builder.fixed(tensor);
  };
  return {cell(std::get<0>(tensors)), cell(std::get<1>(tensors)),
          cell(std::get<2>(tensors))};
}

} // namespace

static std::array<PlanCell *, 3>
planOwnGradients(PlanBuilder &builder, const BatchNorm &norm,
                 ProductRounding rounding, PlanCell *gradient, PlanCell *in,
                 const Three &saved, std::array<bool, 3> mask) {
  Three out = BatchNorm::emptyResults(in->tensor);
  if (!mask[0])
    std::get<0>(out) = at::Tensor();
  if (!mask[1])
    std::get<1>(out) = at::Tensor();
  if (!mask[2])
    std::get<2>(out) = at::Tensor();
  auto derive = [=] {
    norm.backward(gradient->tensor, in->tensor, saved, rounding, out);
  };
  derive();
  builder.append(derive);
  return writtenThree(builder, out);
}

static PlanValue *planBatchNorm(PlanBuilder &builder,
                                const PlanArguments &arguments) {
  PlanValue *x = arguments.tensor(0), *weight = optional(arguments, 1),
            *bias = optional(arguments, 2);
  at::Tensor w = tensorOf(weight), b = tensorOf(bias),
             mean = tensorOf(optional(arguments, 3)),
             variance = tensorOf(optional(arguments, 4));
  bool training = arguments.flag(5);
  double momentum = arguments.number(6), eps = arguments.number(7);
  PlanCell *in = x->data;
  BatchNorm norm{w, b, mean, variance, momentum, eps};
  std::array<bool, 3> mask = {x->differentiable, isDifferentiable(weight),
                              isDifferentiable(bias)};
  bool isDerived = mask[0] || mask[1] || mask[2];
  if (!training && !isDerived && norm.evaluatesAsLibTorch(in->tensor))
    return builder.value(
        builder.compute(
            [&] {
              at::Tensor y = at::empty_like(in->tensor);
              norm.evaluate(in->tensor, y);
              return y;
            },
            [=](at::Tensor &y) { norm.evaluate(in->tensor, y); }),
        false);
  c10::optional<ProductRounding> ownRounding;
  if (training)
    ownRounding = norm.ownRounding(in->tensor);
  Three out;
  std::array<PlanCell *, 3> results;
  if (ownRounding) {
    out = BatchNorm::emptyResults(in->tensor);
    auto normalise = [=] { norm.forward(in->tensor, out); };
    normalise();
    builder.append(normalise);
    results = writtenThree(builder, out);
  } else {
    results = allocateThree(builder, [=] {
      return at::cpu::native_batch_norm(in->tensor, w, b, mean, variance,
                                        training, momentum, eps);
    });
  }
  PlanValue *result = builder.value(results[0], isDerived);
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    std::array<PlanCell *, 3> gradients;
    if (ownRounding && gradient->tensor.is_contiguous())
      gradients = planOwnGradients(builder, norm, *ownRounding, gradient, in,
                                   out, mask);
    else
      gradients = allocateThree(builder, [=] {
        return at::cpu::native_batch_norm_backward(
            gradient->tensor, in->tensor, w, mean, variance, results[1]->tensor,
            results[2]->tensor, training, eps, mask);
      });
    addGradients(builder, {x, weight, bias}, gradients);
  });
  return result;
}

static PlanValue *planLayerNorm(PlanBuilder &builder,
                                const PlanArguments &arguments) {
  PlanValue *x = arguments.tensor(0), *weight = optional(arguments, 2),
            *bias = optional(arguments, 3);
  std::vector<int64_t> shape = arguments.constant(1).toIntVector();
  at::Tensor w = tensorOf(weight), b = tensorOf(bias);
  double eps = arguments.number(4);
  PlanCell *in = x->data;
  std::array<PlanCell *, 3> results = allocateThree(builder, [=] {
    return at::cpu::native_layer_norm(in->tensor, shape, w, b, eps);
  });
  std::array<bool, 3> mask = {x->differentiable, isDifferentiable(weight),
                              isDifferentiable(bias)};
  PlanValue *result = builder.value(results[0], mask[0] || mask[1] || mask[2]);
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    addGradients(builder, {x, weight, bias}, allocateThree(builder, [=] {
                   return at::cpu::native_layer_norm_backward(
                       gradient->tensor, in->tensor, shape, results[1]->tensor,
                       results[2]->tensor, w, b, mask);
                 }));
  });
  return result;
}

void dynfault::addNormalizationRules(const AddRule &add) {
  add("aten::batch_norm", planBatchNorm);
  add("aten::layer_norm", planLayerNorm);
}
