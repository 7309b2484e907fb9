//===- TestPrograms.cpp - Small TorchScript programs for tests ------------===//
//
// Written as TorchScript source, because the graph executor, whose second
// derivatives are in question, runs nothing else.
//
//===----------------------------------------------------------------------===//
#include "TestPrograms.h"

#include <torch/csrc/jit/frontend/resolver.h>
#include <torch/csrc/jit/frontend/sugared_value.h>
#include <torch/torch.h>

namespace dynfault {
namespace test {

namespace {

/// Knows the name `dynfault`, which the native resolver does not.
struct OperatorResolver : torch::jit::NativeResolver {
  std::shared_ptr<torch::jit::SugaredValue>
  resolveValue(const std::string &name, torch::jit::GraphFunction &function,
               const torch::jit::SourceRange &range) override {
    if (name == "dynfault")
      return std::make_shared<torch::jit::BuiltinModule>("dynfault");
    return NativeResolver::resolveValue(name, function, range);
  }
};

} // namespace

void defineMethods(torch::jit::Module &module, const std::string &source) {
  module.define(source, std::make_shared<OperatorResolver>());
}

static std::string replaceAll(std::string text, const std::string &from,
                              const std::string &to) {
  for (size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

static const char *const kForward = R"(
def forward(self, x: Tensor) -> Tensor:
    self.forwards = self.forwards + 1
    h = torch.addmm(self.b1, x, self.w1.t())
    h = torch.batch_norm(h, self.gamma, self.beta, self.mean, self.var, self.training, 0.1, 1e-5, False)
    h = ACTIVATION
    h = torch.dropout(torch.tanh(h), 0.3, self.training)
    h = self.frozen.forward(h)
    return torch.addmm(self.b2, h, self.w2.t())

def loss(self, output: Tensor, target: Tensor) -> Tensor:
    return torch.cross_entropy_loss(output, target)
)";

static const char *const kStep = R"(
def training_step(self, x: Tensor, target: Tensor) -> Tensor:
    ps = [self.w1, self.b1, self.gamma, self.beta, self.w2, self.b2]
    bufs = [self.m0, self.m1, self.m2, self.m3, self.m4, self.m5]
    names = ["w1", "b1", "gamma", "beta", "w2", "b2"]
    BEGIN
    CURVATURE
    out = self.forward(x)
    value = self.loss(out, target)
    dynfault.zero_grad_(ps)
    value.backward()
    GRADIENTS
    UNCLIPPED
    dynfault.clip_grad_norm_(ps, 1.0)
    SNAPSHOT
    self.optimizer_steps = dynfault.sgd_(ps, bufs, self.optimizer_steps, 0.05, 0.9, 0.0, 0.0, False)
    OPTIMIZER
    END
    self.steps_done = self.steps_done + 1
    return value.detach()
)";

static std::string stepSource(const ProgramOptions &options) {
  std::string every = std::to_string(options.every);
  auto flag = [](bool value) { return value ? "True" : "False"; };
  auto probe = [&](const std::string &call) {
    return options.probes ? "dynfault." + call : "pass";
  };
  std::string source = kStep;
  source = replaceAll(source, "BEGIN",
                      probe("begin_step(self.recorder, self.steps_done)"));
  source = replaceAll(
      source, "CURVATURE",
      options.curvature
          ? probe(
                "record_curvature(self, self.recorder, x, target, ps, 0.05, " +
                every + ", 60, 4, 17, " + flag(options.fixedBatch) + ", " +
                flag(options.trainingMode) + ")")
          : "pass");
  source = replaceAll(
      source, "GRADIENTS",
      probe("record_gradients(self.recorder, ps, names, " + every + ")"));
  source =
      replaceAll(source, "UNCLIPPED",
                 probe("snapshot_gradients(self.recorder, ps, " + every + ")"));
  source = replaceAll(
      source, "SNAPSHOT",
      probe("snapshot_parameters(self.recorder, ps, " + every + ")"));
  source = replaceAll(source, "OPTIMIZER",
                      probe("record_optimizer(self.recorder, ps, names, bufs, "
                            "[], \"sgd\", self.optimizer_steps, 0.0, 0.0, "
                            "0.0, " +
                            every + ")"));
  return replaceAll(source, "END", probe("end_step(self.recorder)"));
}

torch::jit::Module batchNormDropoutProgram(const ProgramOptions &options) {
  auto tensorOptions = at::TensorOptions(options.dtype);
  torch::jit::Module frozen("Frozen");
  frozen.register_attribute("training", c10::BoolType::get(), false);
  frozen.define("def forward(self, x: Tensor) -> Tensor:\n"
                "    return torch.dropout(x, 0.5, self.training)\n");

  torch::jit::Module module("Program");
  module.register_attribute("training", c10::BoolType::get(), true);
  module.register_module("frozen", frozen);
  auto parameter = [&](const char *name, const at::Tensor &value) {
    module.register_parameter(name, value.to(tensorOptions).requires_grad_(),
                              false);
  };
  parameter("w1", torch::randn({kHidden, kInputs}));
  parameter("b1", torch::randn({kHidden}));
  parameter("gamma", torch::rand({kHidden}) + 0.5);
  parameter("beta", torch::randn({kHidden}) * 0.1);
  parameter("w2", torch::randn({kOutputs, kHidden}));
  parameter("b2", torch::randn({kOutputs}));
  module.register_buffer("mean", torch::zeros({kHidden}, tensorOptions));
  module.register_buffer("var", torch::ones({kHidden}, tensorOptions));
  int64_t index = 0;
  for (const at::Tensor &each : parametersOf(module))
    module.register_buffer("m" + std::to_string(index++),
                           torch::zeros_like(each.detach()));
  module.register_attribute("forwards", c10::IntType::get(), 0);
  module.register_attribute("steps_done", c10::IntType::get(), 0);
  module.register_attribute("optimizer_steps", c10::ListType::ofInts(),
                            c10::List<int64_t>({0, 0, 0, 0, 0, 0}));
  if (options.probes)
    module.register_attribute("recorder",
                              c10::getCustomClassType<RecorderPtr>(),
                              c10::make_intrusive<Recorder>());
  std::string activation = options.probes && options.activation
                               ? "dynfault.record_activation(self.recorder, h, "
                                 "\"bn/tanh\", \"tanh\", " +
                                     std::to_string(options.every) + ")"
                               : "h";
  defineMethods(module, replaceAll(kForward, "ACTIVATION", activation));
  defineMethods(module, stepSource(options));
  return module;
}

std::pair<at::Tensor, at::Tensor> randomBatch(int64_t rows,
                                              at::ScalarType dtype) {
  return {torch::randn({rows, kInputs}).to(dtype),
          torch::randint(kOutputs, {rows})};
}

std::vector<at::Tensor> parametersOf(const torch::jit::Module &module) {
  std::vector<at::Tensor> result;
  for (const char *name : {"w1", "b1", "gamma", "beta", "w2", "b2"})
    result.push_back(module.attr(name).toTensor());
  return result;
}

RecorderPtr recorderOf(const torch::jit::Module &module) {
  return module.attr("recorder").toCustomClass<Recorder>();
}

at::Tensor flatParameters(const torch::jit::Module &module) {
  std::vector<at::Tensor> parts;
  for (const at::Tensor &parameter : parametersOf(module))
    parts.push_back(parameter.detach().reshape(-1));
  return at::cat(parts);
}

at::Tensor eagerGradient(const at::Tensor &flat, const at::Tensor &input,
                         const at::Tensor &target) {
  at::Tensor leaf = flat.detach().clone().requires_grad_(true);
  int64_t offset = 0;
  auto take = [&](at::IntArrayRef shape) {
    int64_t count = c10::multiply_integers(shape);
    at::Tensor part = leaf.narrow(0, offset, count).view(shape);
    offset += count;
    return part;
  };
  at::Tensor w1 = take({kHidden, kInputs}), b1 = take({kHidden}),
             gamma = take({kHidden}), beta = take({kHidden}),
             w2 = take({kOutputs, kHidden}), b2 = take({kOutputs});
  torch::manual_seed(kProbeSeed);
  at::Tensor h = input.matmul(w1.t()) + b1;
  at::Tensor centred = h - h.mean(0);
  h = centred / (centred.square().mean(0) + 1e-5).sqrt() * gamma + beta;
  h = h.tanh();
  at::Tensor mask = at::empty_like(h).bernoulli_(1 - kDropout) / (1 - kDropout);
  h = h * mask;
  at::Tensor output = h.matmul(w2.t()) + b2;
  at::Tensor value =
      -output.log_softmax(1).gather(1, target.unsqueeze(1)).mean();
  return torch::autograd::grad({value}, {leaf})[0];
}

at::Tensor differenceHessian(const torch::jit::Module &module,
                             const at::Tensor &input,
                             const at::Tensor &target) {
  at::Tensor flat = flatParameters(module).to(at::kDouble);
  at::Tensor x = input.to(at::kDouble);
  int64_t n = flat.numel();
  at::Tensor hessian = at::empty({n, n}, at::kDouble);
  constexpr double kStepSize = 1e-5;
  for (int64_t i = 0; i < n; ++i) {
    at::Tensor up = flat.clone(), down = flat.clone();
    up[i] += kStepSize;
    down[i] -= kStepSize;
    hessian[i] = (eagerGradient(up, x, target) - eagerGradient(down, x, target))
                     .div_(2 * kStepSize);
  }
  return (hessian + hessian.t()) / 2;
}

at::Tensor symmetricWithSpectrum(const std::vector<double> &eigenvalues) {
  auto n = static_cast<int64_t>(eigenvalues.size());
  at::Tensor q = std::get<0>(at::linalg_qr(at::randn({n, n}, at::kDouble)));
  at::Tensor diagonal = at::diag(at::tensor(eigenvalues, at::kDouble));
  return q.matmul(diagonal).matmul(q.t());
}

} // namespace test
} // namespace dynfault
