//===- StepPrograms.cpp - Training steps for tests ------------------------===//

#include "test/runtime/step/StepPrograms.h"

#include "runtime/ops/Operators.h"

#include <ATen/CPUGeneratorImpl.h>
#include <cstring>
#include <torch/csrc/jit/frontend/resolver.h>
#include <torch/csrc/jit/frontend/sugared_value.h>

using namespace dynfault;

namespace {

struct Resolver : torch::jit::NativeResolver {
  std::shared_ptr<torch::jit::SugaredValue>
  resolveValue(const std::string &name, torch::jit::GraphFunction &function,
               const torch::jit::SourceRange &range) override {
    if (name == "dynfault")
      return std::make_shared<torch::jit::BuiltinModule>(name);
    return NativeResolver::resolveValue(name, function, range);
  }
};

} // namespace

std::ostream &dynfault::operator<<(std::ostream &stream,
                                   const Program &program) {
  return stream << program.name;
}

torch::jit::Module dynfault::makeModule(const Program &program) {
  torch::manual_seed(7);
  torch::jit::Module module("Program");
  module.register_attribute("training", c10::BoolType::get(), true);
  module.register_attribute("steps_done", c10::IntType::get(), 0);
  module.register_attribute("optimizer_steps", c10::ListType::ofInts(),
                            c10::List<int64_t>({0, 0, 0, 0, 0, 0}));
  auto parameter = [&](const std::string &name, at::IntArrayRef shape) {
    module.register_parameter(name, at::randn(shape).requires_grad_(), false);
    module.register_buffer("m_" + name, at::zeros(shape));
    module.register_buffer("v_" + name, at::zeros(shape));
  };
  parameter("w1", {8, 5});
  parameter("b1", {8});
  parameter("gamma", {8});
  parameter("beta", {8});
  parameter("w2", {3, 8});
  parameter("b2", {3});
  module.register_buffer("mean", at::zeros({8}));
  module.register_buffer("variance", at::ones({8}));
  module.register_attribute("recorder", c10::getCustomClassType<RecorderPtr>(),
                            c10::make_intrusive<Recorder>());
  std::string lists[3];
  for (const char *name : {"w1", "b1", "gamma", "beta", "w2", "b2"}) {
    lists[0] += std::string("self.") + name + ", ";
    lists[1] += std::string("self.m_") + name + ", ";
    lists[2] += std::string("self.v_") + name + ", ";
  }
  module.define("def forward(self, x: Tensor) -> Tensor:\n" + program.forward +
                    "\n    return out\n",
                std::make_shared<Resolver>());
  module.define(
      "def training_step(self, x: Tensor, target: Tensor) -> Tensor:\n    " +
          program.begin + "\n    ps = [" + lists[0] + "]\n    m = [" +
          lists[1] + "]\n    v = [" + lists[2] +
          "]\n    out = self.forward(x)\n    value = " + program.loss +
          "\n    " + program.zeroGrad + "\n    value.backward()\n    " +
          program.before + "\n    " + program.update + "\n    " + program.end +
          "\n    self.steps_done = self.steps_done + 1\n"
          "    return value.detach()\n",
      std::make_shared<Resolver>());
  return module;
}

at::Tensor dynfault::randomState() {
  return at::detail::getDefaultCPUGenerator().get_state();
}

void dynfault::expectSame(const at::Tensor &a, const at::Tensor &b,
                          const std::string &what) {
  ASSERT_EQ(a.defined(), b.defined()) << what;
  if (!a.defined())
    return;
  ASSERT_EQ(a.sizes(), b.sizes()) << what;
  EXPECT_EQ(a.strides(), b.strides()) << what;
  at::Tensor left = a.contiguous(), right = b.contiguous();
  EXPECT_EQ(std::memcmp(left.data_ptr(), right.data_ptr(), left.nbytes()), 0)
      << what;
}

void dynfault::expectSame(const torch::jit::Module &a,
                          const torch::jit::Module &b,
                          const std::string &when) {
  auto left = a.named_parameters(), right = b.named_parameters();
  auto other = right.begin();
  for (const auto &parameter : left) {
    expectSame(parameter.value, (*other).value, parameter.name + when);
    expectSame(parameter.value.grad(), (*other).value.grad(),
               "gradient of " + parameter.name + when);
    ++other;
  }
  auto buffers = b.named_buffers();
  auto otherBuffer = buffers.begin();
  for (const auto &buffer : a.named_buffers()) {
    expectSame(buffer.value, (*otherBuffer).value, buffer.name + when);
    ++otherBuffer;
  }
  EXPECT_EQ(a.attr("steps_done"), b.attr("steps_done")) << when;
  EXPECT_EQ(a.attr("optimizer_steps").toIntVector(),
            b.attr("optimizer_steps").toIntVector())
      << when;
}

std::pair<at::Tensor, at::Tensor> dynfault::batch(int step,
                                                  const Program &program) {
  bool numbers =
      program.loss.find("cross_entropy_loss(") == std::string::npos &&
      program.loss.find("nll_loss") == std::string::npos;
  int64_t rows = step % 4 == 3 ? 5 : 16;
  auto generator = at::make_generator<at::CPUGeneratorImpl>(step);
  at::Tensor x = at::randn({rows + 1, 5}, generator).narrow(0, 1, rows);
  if (numbers)
    return {x, at::rand({rows, 3}, generator)};
  return {x, at::randint(3, {rows}, generator, at::kLong)};
}

std::string dynfault::net(const std::string &activation) {
  return "    h = torch.linear(x, self.w1, self.b1)\n    h = " + activation +
         "\n    out = torch.linear(h, self.w2, self.b2)";
}

std::vector<Program> dynfault::stepPrograms() {
  std::vector<Program> result;
  for (auto [name, activation] :
       std::vector<std::pair<const char *, const char *>>{
           {"relu", "torch.relu(h)"},
           {"tanh", "torch.tanh(h)"},
           {"sigmoid", "torch.sigmoid(h)"},
           {"elu", "torch.elu(h)"},
           {"selu", "torch.selu(h)"},
           {"leaky_relu", "torch.leaky_relu(h, 0.2)"},
           {"gelu", "torch.gelu(h)"},
           {"softplus", "torch.softplus(h)"},
           {"softmax", "torch.softmax(h, 1)"},
           {"dropout", "torch.dropout(torch.relu(h), 0.3, self.training)"},
           {"dropout_of_nothing", "torch.dropout(h, 0.0, self.training)"},
           {"batch_norm",
            "torch.batch_norm(h, self.gamma, self.beta, self.mean, "
            "self.variance, self.training, 0.1, 1e-5, False)"},
           {"frozen_batch_norm",
            "torch.batch_norm(h, self.gamma, self.beta, self.mean, "
            "self.variance, False, 0.1, 1e-5, False)"},
           {"layer_norm",
            "torch.layer_norm(h, [8], self.gamma, self.beta, 1e-5)"},
           {"residual", "torch.tanh(h) + h + torch.relu(h)"},
           {"views", "torch.flatten(h.view([-1, 2, 4]), 1, 2)"},
       })
    result.push_back({name, net(activation)});
  auto addLoss = [&](const char *name, const char *loss) {
    result.push_back({name, net("torch.relu(h)"), loss});
  };
  addLoss("nll_loss", "torch.nll_loss_nd(torch.log_softmax(out, 1), target)");
  addLoss("mse_loss", "torch.mse_loss(out, target)");
  addLoss("mse_loss_sum", "torch.mse_loss(out, target, 2)");
  addLoss("smooth_l1_loss", "torch.smooth_l1_loss(out, target)");
  addLoss("huber_loss", "torch.huber_loss(out, target)");
  addLoss("binary_cross_entropy",
          "torch.binary_cross_entropy(torch.sigmoid(out), target)");
  addLoss("binary_cross_entropy_with_logits",
          "torch.binary_cross_entropy_with_logits(out, target)");
  auto addUpdate = [&](const char *name, const char *update) {
    Program program{name, net("torch.tanh(h)")};
    program.update = update;
    result.push_back(program);
  };
  addUpdate("adam", "self.optimizer_steps = dynfault.adam_(ps, m, v, "
                    "self.optimizer_steps, 0.01, 0.9, 0.999, 1e-8, 0.1, True)");
  addUpdate("rmsprop",
            "self.optimizer_steps = dynfault.rmsprop_(ps, v, [], [], "
            "self.optimizer_steps, 0.01, 0.99, 1e-8, 0.0, 0.0)");
  auto addBefore = [&](const char *name, const char *before) {
    Program program{name, net("torch.tanh(h)")};
    program.before = before;
    result.push_back(program);
  };
  addBefore("clipped_norm", "dynfault.clip_grad_norm_(ps, 0.1)");
  addBefore("clipped_values", "dynfault.clip_grad_value_(ps, 0.01)");
  addBefore("delayed_gradients", "dynfault.delay_gradients_(ps, v)");
  Program kept{"gradients_kept", net("torch.tanh(h)")};
  kept.zeroGrad = "pass";
  result.push_back(kept);
  Program some{"some_gradients_kept", net("torch.tanh(h)")};
  some.zeroGrad = "dynfault.zero_grad_([self.w1, self.b2])";
  result.push_back(some);
  result.push_back({"without_bias",
                    "    out = torch.linear(torch.tanh(torch.linear(x, "
                    "self.w1)), self.w2)"});
  result.push_back({"weight_used_twice",
                    "    h = torch.linear(x, self.w1, self.b1)\n"
                    "    h = torch.linear(h, self.w1.t())\n"
                    "    h = torch.linear(torch.tanh(h), self.w1, self.b1)\n"
                    "    out = torch.linear(h, self.w2, self.b2)"});
  result.push_back({"addmm",
                    "    h = torch.addmm(self.b1, x, self.w1.t())\n"
                    "    out = torch.addmm(self.b2, h.relu(), self.w2.t())"});
  result.push_back(
      {"convolution",
       "    h = torch.linear(x, self.w1, self.b1).view([-1, 1, 8])\n"
       "    h = torch.conv1d(h, self.w2.view([3, 1, 8]), None, [1], "
       "[4])\n    out = torch.mean(h, [2], False)",
       "torch.cross_entropy_loss(out, target)"});
  auto addUnplanned = [&](const char *name, const std::string &forward) {
    Program program{name, forward};
    program.planned = false;
    result.push_back(program);
  };
  addUnplanned("in_place", net("torch.relu_(h)"));
  addUnplanned("operator_without_rule", net("torch.cumsum(h, 1)"));
  addUnplanned("control_flow",
               "    h = torch.linear(x, self.w1, self.b1)\n"
               "    if self.steps_done % 2 == 0:\n        h = torch.relu(h)\n"
               "    out = torch.linear(h, self.w2, self.b2)");
  return result;
}
