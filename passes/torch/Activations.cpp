//===- Activations.cpp - Activation functions -----------------------------===//

#include "passes/torch/Activations.h"
#include "passes/torch/ShapeInference.h"

using namespace mlir;
using namespace dynfault::torch;

static const Activation kActivations[] = {
    {"relu", "aten.relu",
     [](TorchBuilder &b, Value x) { return b.op("aten.relu", {x}); }},
    {"leaky_relu", "aten.leaky_relu",
     [](TorchBuilder &b, Value x) {
       return b.op("aten.leaky_relu", {x, b.constant(0.01)});
     }},
    {"elu", "aten.elu",
     [](TorchBuilder &b, Value x) {
       Value one = b.constant(int64_t(1));
       return b.op("aten.elu", {x, one, one, one});
     }},
    {"selu", "aten.selu",
     [](TorchBuilder &b, Value x) { return b.op("aten.selu", {x}); }},
    {"gelu", "aten.gelu", nullptr},
    {"silu", "aten.silu",
     [](TorchBuilder &b, Value x) { return b.op("aten.silu", {x}); }},
    {"softplus", "aten.softplus",
     [](TorchBuilder &b, Value x) {
       return b.op("aten.softplus",
                   {x, b.constant(int64_t(1)), b.constant(int64_t(20))});
     }},
    // x / (1 + |x|); PyTorch has no operation of its own for it.
    {"softsign", "",
     [](TorchBuilder &b, Value x) {
       Value one = b.constant(int64_t(1));
       Value denominator =
           b.op("aten.add.Scalar", {b.op("aten.abs", {x}), one, one});
       return b.op("aten.div.Tensor", {x, denominator});
     }},
    {"tanh", "aten.tanh",
     [](TorchBuilder &b, Value x) { return b.op("aten.tanh", {x}); }},
    {"sigmoid", "aten.sigmoid",
     [](TorchBuilder &b, Value x) { return b.op("aten.sigmoid", {x}); }},
    // LibTorch 1.13.1 has no second derivative of it, so it is never built.
    {"hardsigmoid", "aten.hardsigmoid", nullptr},
    // Keras' own form, clip(0.2 x + 0.5, 0, 1), which has one.
    {"hard_sigmoid", "",
     [](TorchBuilder &b, Value x) {
       Value line = b.op("aten.add.Scalar",
                         {b.op("aten.mul.Scalar", {x, b.constant(0.2)}),
                          b.constant(0.5), b.constant(int64_t(1))});
       return b.op("aten.clamp",
                   {line, b.constant(int64_t(0)), b.constant(int64_t(1))});
     }},
    {"hardtanh", "aten.hardtanh",
     [](TorchBuilder &b, Value x) {
       return b.op("aten.hardtanh",
                   {x, b.constant(int64_t(-1)), b.constant(int64_t(1))});
     }},
    {"relu6", "aten.relu6",
     [](TorchBuilder &b, Value x) { return b.op("aten.relu6", {x}); }},
    {"hardswish", "aten.hardswish",
     [](TorchBuilder &b, Value x) { return b.op("aten.hardswish", {x}); }},
    {"exponential", "aten.exp",
     [](TorchBuilder &b, Value x) { return b.op("aten.exp", {x}); }},
    // Not element-wise, so never recognised as a site, but a known wrong choice
    // for a hidden layer.
    {"softmax", "",
     [](TorchBuilder &b, Value x) {
       return b.op("aten.softmax.int", {x, b.constant(int64_t(-1)), b.none()});
     }},
};

ArrayRef<Activation> dynfault::torch::getActivations() { return kActivations; }

const Activation *dynfault::torch::findActivation(StringRef name) {
  for (const Activation &activation : kActivations)
    if (activation.name == name)
      return &activation;
  return nullptr;
}

const Activation *dynfault::torch::getActivation(Operation *op) {
  StringRef name = getBaseName(op);
  // `exp` is arithmetic wherever nobody put it in an activation's place.
  if (name.empty() || name == "aten.exp")
    return nullptr;
  for (const Activation &activation : kActivations)
    if (activation.opName == name)
      return &activation;
  return nullptr;
}
