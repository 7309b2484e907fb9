//===- ReplaceLayers.cpp - Layers with a cheap second derivative ----------===//
//
// The operators take what LibTorch's own take, and leave to those whatever is
// out of the ordinary (inputs without a batch, for example).
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/ReplaceLayers.h"

#include "runtime/curvature/DoubleBackward.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/runtime/custom_operator.h>

using namespace dynfault;
namespace jit = torch::jit;

static at::Tensor optionalTensor(const c10::IValue &value) {
  return value.isNone() ? at::Tensor() : value.toTensor();
}

static void linearOnStack(jit::Stack &stack) {
  auto arguments = jit::last(stack, 3);
  at::Tensor input = arguments[0].toTensor(), weight = arguments[1].toTensor();
  at::Tensor bias = optionalTensor(arguments[2]);
  bool ordinary = input.dim() >= 2 && weight.dim() == 2 &&
                  (!bias.defined() || bias.dim() == 1);
  at::Tensor result = ordinary ? linearForCurvature(input, weight, bias)
                               : at::linear(input, weight, bias);
  jit::drop(stack, 3);
  jit::push(stack, std::move(result));
}

/// The convolution over `dimensions` dimensions.
template <int64_t dimensions>
static void convolutionOnStack(jit::Stack &stack) {
  auto arguments = jit::last(stack, 7);
  at::Tensor input = arguments[0].toTensor(), weight = arguments[1].toTensor();
  at::Tensor bias = optionalTensor(arguments[2]);
  ConvolutionShape shape = {arguments[3].toIntVector(),
                            arguments[4].toIntVector(),
                            arguments[5].toIntVector(), arguments[6].toInt()};
  at::Tensor result;
  if (input.dim() == dimensions + 2)
    result = convolutionForCurvature(input, weight, bias, shape);
  else
    result = dimensions == 1
                 ? at::conv1d(input, weight, bias, shape.stride, shape.padding,
                              shape.dilation, shape.groups)
                 : at::conv2d(input, weight, bias, shape.stride, shape.padding,
                              shape.dilation, shape.groups);
  jit::drop(stack, 7);
  jit::push(stack, std::move(result));
}

static void batchNormOnStack(jit::Stack &stack) {
  auto arguments = jit::last(stack, 9);
  at::Tensor input = arguments[0].toTensor();
  at::Tensor gamma = optionalTensor(arguments[1]),
             beta = optionalTensor(arguments[2]),
             mean = optionalTensor(arguments[3]),
             variance = optionalTensor(arguments[4]);
  bool training = arguments[5].toBool();
  double momentum = arguments[6].toDouble(), epsilon = arguments[7].toDouble();
  bool cudnn = arguments[8].toBool();
  // In evaluation the statistics are constants, and LibTorch's own second
  // derivative is cheap.
  bool ordinary = training && gamma.defined() && beta.defined() &&
                  input.dim() >= 2 && input.numel() > 0 &&
                  gamma.scalar_type() == input.scalar_type();
  at::Tensor result = ordinary
                          ? batchNormForCurvature(input, gamma, beta, mean,
                                                  variance, momentum, epsilon)
                          : at::batch_norm(input, gamma, beta, mean, variance,
                                           training, momentum, epsilon, cudnn);
  jit::drop(stack, 9);
  jit::push(stack, std::move(result));
}

static void reluOnStack(jit::Stack &stack) {
  at::Tensor input = jit::pop(stack).toTensor();
  jit::push(stack, reluForCurvature(input));
}

static void maxPoolOnStack(jit::Stack &stack) {
  auto arguments = jit::last(stack, 6);
  at::Tensor input = arguments[0].toTensor();
  PoolShape shape = {arguments[1].toIntVector(), arguments[2].toIntVector(),
                     arguments[3].toIntVector(), arguments[4].toIntVector(),
                     arguments[5].toBool()};
  at::Tensor result =
      input.dim() == 4
          ? maxPoolForCurvature(input, shape)
          : at::max_pool2d(input, shape.kernel, shape.stride, shape.padding,
                           shape.dilation, shape.ceilMode);
  jit::drop(stack, 6);
  jit::push(stack, std::move(result));
}

static jit::RegisterOperators registerLayers(
    {jit::Operator("dynfault::_linear(Tensor input, Tensor weight, "
                   "Tensor? bias) -> Tensor",
                   linearOnStack, c10::AliasAnalysisKind::CONSERVATIVE),
     jit::Operator("dynfault::_conv1d(Tensor input, Tensor weight, "
                   "Tensor? bias, int[1] stride, int[1] padding, "
                   "int[1] dilation, int groups) -> Tensor",
                   convolutionOnStack<1>, c10::AliasAnalysisKind::CONSERVATIVE),
     jit::Operator("dynfault::_conv2d(Tensor input, Tensor weight, "
                   "Tensor? bias, int[2] stride, int[2] padding, "
                   "int[2] dilation, int groups) -> Tensor",
                   convolutionOnStack<2>, c10::AliasAnalysisKind::CONSERVATIVE),
     jit::Operator("dynfault::_batch_norm(Tensor input, Tensor? weight, "
                   "Tensor? bias, Tensor? running_mean, Tensor? running_var, "
                   "bool training, float momentum, float eps, "
                   "bool cudnn_enabled) -> Tensor",
                   batchNormOnStack, c10::AliasAnalysisKind::CONSERVATIVE),
     jit::Operator("dynfault::_max_pool2d(Tensor input, int[2] kernel_size, "
                   "int[2] stride, int[2] padding, int[2] dilation, "
                   "bool ceil_mode) -> Tensor",
                   maxPoolOnStack, c10::AliasAnalysisKind::CONSERVATIVE),
     jit::Operator("dynfault::_relu(Tensor input) -> Tensor", reluOnStack,
                   c10::AliasAnalysisKind::CONSERVATIVE)});

/// The operator that stands for the node's, or nothing.
static std::string replacementOf(const jit::Node &node) {
  const c10::FunctionSchema *schema = node.maybeSchema();
  // Overloads, such as padding by a name, are other operators.
  if (!schema || !schema->overload_name().empty())
    return "";
  for (const char *name :
       {"linear", "conv1d", "conv2d", "batch_norm", "max_pool2d", "relu"})
    if (schema->name() == std::string("aten::") + name)
      return std::string("dynfault::_") + name;
  return "";
}

static void replaceIn(jit::Block &block) {
  for (auto it = block.nodes().begin(); it != block.nodes().end();) {
    jit::Node *node = *it;
    ++it;
    for (jit::Block *inner : node->blocks())
      replaceIn(*inner);
    std::string name = replacementOf(*node);
    if (name.empty())
      continue;
    jit::Node *replacement = node->owningGraph()->create(
        c10::Symbol::fromQualString(name), node->inputs(), 1);
    replacement->setSourceRange(node->sourceRange());
    replacement->output()->copyMetadata(node->output());
    replacement->insertBefore(node);
    node->output()->replaceAllUsesWith(replacement->output());
    node->destroy();
  }
}

void dynfault::replaceLayers(jit::Graph &graph) { replaceIn(*graph.block()); }
