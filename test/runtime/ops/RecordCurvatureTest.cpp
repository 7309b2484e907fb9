//===- RecordCurvatureTest.cpp --------------------------------------------===//
//
// The operator around the numerics: schedule, batches, modes, divergence.
//
//===----------------------------------------------------------------------===//
#include "TestPrograms.h"
#include "runtime/ops/Operators.h"

#include <gtest/gtest.h>
#include <torch/csrc/jit/runtime/custom_operator.h>
#include <torch/torch.h>

#include <cmath>

using namespace dynfault;
using namespace dynfault::test;

namespace {

/// mean((x w' - y)^2), whose Hessian does not depend on w.
torch::jit::Module leastSquaresModule() {
  torch::jit::Module module("LeastSquares");
  module.register_attribute("training", c10::BoolType::get(), true);
  module.register_parameter(
      "w", torch::randn({1, 4}, torch::kDouble).requires_grad_(), false);
  module.define(R"(
def forward(self, x: Tensor) -> Tensor:
    return torch.matmul(x, self.w.t())

def loss(self, output: Tensor, target: Tensor) -> Tensor:
    return torch.mse_loss(output, target)
)");
  return module;
}

CurvatureRequest requestFor(const torch::jit::Module &module) {
  CurvatureRequest request;
  request.input = torch::randn({20, 4}, torch::kDouble);
  request.target = torch::randn({20, 1}, torch::kDouble);
  request.parameters = {module.attr("w").toTensor()};
  request.lr = 0.1;
  request.lanczosSteps = 4;
  request.traceSamples = 3;
  return request;
}

at::Tensor gram(const at::Tensor &x) {
  return x.t().matmul(x) * (2.0 / static_cast<double>(x.size(0)));
}

double largestEigenvalue(const at::Tensor &matrix) {
  return at::linalg_eigvalsh(matrix).max().item<double>();
}

/// x^2 whose second derivative is random: as of a kernel that is not
/// deterministic, only worse.
struct NoisySquareGradient : torch::autograd::Function<NoisySquareGradient> {
  static at::Tensor forward(torch::autograd::AutogradContext *context,
                            const at::Tensor &g, const at::Tensor &x) {
    context->save_for_backward({g, x});
    return 2 * x * g;
  }
  static std::vector<at::Tensor>
  backward(torch::autograd::AutogradContext *context,
           std::vector<at::Tensor> gg) {
    std::vector<at::Tensor> saved = context->get_saved_variables();
    at::Tensor noise = 1 + 0.1 * torch::rand_like(gg[0]);
    return {2 * saved[1] * gg[0] * noise, 2 * saved[0] * gg[0] * noise};
  }
};

struct NoisySquare : torch::autograd::Function<NoisySquare> {
  static at::Tensor forward(torch::autograd::AutogradContext *context,
                            const at::Tensor &x) {
    context->save_for_backward({x});
    return x * x;
  }
  static std::vector<at::Tensor>
  backward(torch::autograd::AutogradContext *context,
           std::vector<at::Tensor> g) {
    return {
        NoisySquareGradient::apply(g[0], context->get_saved_variables()[0])};
  }
};

torch::jit::RegisterOperators registerNoisySquare({torch::jit::Operator(
    "dynfault::test_noisy_square(Tensor x) -> Tensor",
    [](torch::jit::Stack &stack) {
      at::Tensor x = torch::jit::pop(stack).toTensor();
      torch::jit::push(stack, NoisySquare::apply(x));
    },
    c10::AliasAnalysisKind::CONSERVATIVE)});

} // namespace

TEST(RecordCurvature, ARandomProductIsReportedNotAveraged) {
  torch::manual_seed(8);
  torch::jit::Module module("Noisy");
  module.register_attribute("training", c10::BoolType::get(), true);
  module.register_parameter(
      "w", torch::randn({1, 4}, torch::kDouble).requires_grad_(), false);
  defineMethods(module, R"(
def forward(self, x: Tensor) -> Tensor:
    return dynfault.test_noisy_square(torch.matmul(x, self.w.t()))

def loss(self, output: Tensor, target: Tensor) -> Tensor:
    return torch.mse_loss(output, target)
)");
  auto recorder = c10::make_intrusive<Recorder>();
  CurvatureRequest request = requestFor(module);
  at::Tensor random = at::detail::getDefaultCPUGenerator().get_state();
  for (int64_t step = 0; step < 3; ++step) {
    recorder->beginStep(step);
    recordCurvature(module, recorder, request);
  }
  EXPECT_TRUE(
      at::equal(at::detail::getDefaultCPUGenerator().get_state(), random));
  for (const std::string &name : recorder->names())
    for (double value : recorder->values(name, "")) {
      if (name == "curvature/repeat_error")
        EXPECT_GT(value, 1e-3);
      else if (name == "curvature/nonfinite_share")
        EXPECT_EQ(value, 0);
      else
        EXPECT_TRUE(std::isnan(value)) << name;
    }
  EXPECT_EQ(recorder->values("curvature/repeat_error", "").size(), 3U);
}

TEST(RecordCurvature, LeastSquaresOverSeveralSteps) {
  torch::manual_seed(1);
  torch::jit::Module module = leastSquaresModule();
  auto recorder = c10::make_intrusive<Recorder>();
  for (int64_t step = 0; step < 4; ++step) {
    CurvatureRequest request = requestFor(module);
    recorder->beginStep(step);
    recordCurvature(module, recorder, request);
    recorder->endStep();
    at::Tensor eigenvalues = at::linalg_eigvalsh(gram(request.input));
    double top = eigenvalues[3].item<double>();
    auto last = [&](const char *name) {
      return recorder->values(name, "").back();
    };
    EXPECT_NEAR(last("curvature/hessian_top_eigenvalue"), top, 1e-5);
    EXPECT_NEAR(last("curvature/hessian_bottom_eigenvalue"),
                eigenvalues[0].item<double>(), 1e-5);
    EXPECT_NEAR(last("curvature/lr_sharpness"), 0.05 * top, 1e-6);
    double trace = last("curvature/hessian_trace");
    EXPECT_NEAR(trace, eigenvalues.sum().item<double>(),
                6 * last("curvature/hessian_trace_stderr") + 1e-5);
    EXPECT_NEAR(last("curvature/trace_concentration"), trace / (4 * top), 1e-5);
  }
}

TEST(RecordCurvature, FixedBatchKeepsTheFirst) {
  torch::manual_seed(2);
  torch::jit::Module module = leastSquaresModule();
  auto recorder = c10::make_intrusive<Recorder>();
  double first = 0;
  for (int64_t step = 0; step < 3; ++step) {
    CurvatureRequest request = requestFor(module);
    request.fixedBatch = true;
    if (step == 0)
      first = largestEigenvalue(gram(request.input));
    recorder->beginStep(step);
    recordCurvature(module, recorder, request);
    // The batch is copied: what the caller does with it later is no matter.
    request.input.zero_();
    EXPECT_NEAR(recorder->values("curvature/hessian_top_eigenvalue", "").back(),
                first, 1e-5);
  }
  recorder->clear();
  EXPECT_FALSE(recorder->curvature.input.defined());
  EXPECT_TRUE(recorder->curvature.vectors.empty());
}

TEST(RecordCurvature, RowsAreTheFirstOfTheBatch) {
  torch::manual_seed(6);
  torch::jit::Module module = leastSquaresModule();
  for (bool fixed : {true, false}) {
    auto recorder = c10::make_intrusive<Recorder>();
    CurvatureRequest request = requestFor(module);
    request.fixedBatch = fixed;
    at::Tensor first = request.input;
    for (int64_t step = 0; step < 3; ++step) {
      // A batch that has fewer rows is taken as it is.
      request.rows = step < 2 ? 6 : 50;
      recorder->beginStep(step);
      recordCurvature(module, recorder, request);
      at::Tensor batch = request.input;
      if (fixed || step < 2)
        batch = (fixed ? first : batch).narrow(0, 0, 6);
      EXPECT_NEAR(
          recorder->values("curvature/hessian_top_eigenvalue", "").back(),
          largestEigenvalue(gram(batch)), 1e-5);
      request.input = torch::randn({20, 4}, torch::kDouble);
    }
  }
  // What a row is must be the same in input and target.
  auto recorder = c10::make_intrusive<Recorder>();
  CurvatureRequest request = requestFor(module);
  request.rows = 6;
  request.target = torch::randn({1}, torch::kDouble);
  recorder->beginStep(0);
  recordCurvature(module, recorder, request);
  EXPECT_NEAR(recorder->values("curvature/hessian_top_eigenvalue", "").back(),
              largestEigenvalue(gram(request.input)), 1e-5);
}

TEST(RecordCurvature, ScheduleAndBracketsAreKept) {
  torch::manual_seed(3);
  torch::jit::Module module = leastSquaresModule();
  auto recorder = c10::make_intrusive<Recorder>();
  CurvatureRequest request = requestFor(module);
  request.schedule = 3;
  recorder->setPlannedSteps(6);
  recordCurvature(module, recorder, request); // outside of a step
  EXPECT_TRUE(recorder->signals().empty());
  for (int64_t step = 0; step < 6; ++step) {
    recorder->beginStep(step);
    recordCurvature(module, recorder, request);
    recorder->endStep();
  }
  EXPECT_EQ(recorder->steps("curvature/hessian_top_eigenvalue", ""),
            (std::vector<int64_t>{0, 3, 5}));
}

TEST(RecordCurvature, NoTraceSamplesNoTrace) {
  torch::manual_seed(4);
  torch::jit::Module module = leastSquaresModule();
  auto recorder = c10::make_intrusive<Recorder>();
  CurvatureRequest request = requestFor(module);
  request.traceSamples = 0;
  recorder->beginStep(0);
  recordCurvature(module, recorder, request);
  EXPECT_TRUE(recorder->values("curvature/hessian_trace", "").empty());
  EXPECT_TRUE(recorder->values("curvature/trace_concentration", "").empty());
  EXPECT_EQ(recorder->values("curvature/nonfinite_share", "").size(), 1U);
}

TEST(RecordCurvature, DivergedParametersGiveNaNAndOneShare) {
  torch::manual_seed(5);
  for (double value : {std::numeric_limits<double>::quiet_NaN(),
                       std::numeric_limits<double>::infinity()}) {
    torch::jit::Module module = batchNormDropoutProgram({});
    RecorderPtr recorder = recorderOf(module);
    auto [input, target] = randomBatch(8, at::kDouble);
    module.get_method("training_step")({input, target});
    {
      torch::NoGradGuard noGrad;
      parametersOf(module)[0].fill_(value);
    }
    for (int64_t step = 1; step < 4; ++step)
      module.get_method("training_step")({input, target});
    for (const char *name :
         {"curvature/hessian_top_eigenvalue", "curvature/hessian_trace",
          "curvature/gradient_curvature", "curvature/trace_concentration"}) {
      std::vector<double> values = recorder->values(name, "");
      ASSERT_EQ(values.size(), 4U) << name;
      EXPECT_TRUE(std::isfinite(values[0])) << name;
      for (int step = 1; step < 4; ++step)
        EXPECT_TRUE(std::isnan(values[step])) << name;
    }
    EXPECT_EQ(recorder->values("curvature/nonfinite_share", ""),
              (std::vector<double>{0, 1, 1, 1}));
  }
}

TEST(RecordCurvature, EvaluationModeUsesRunningStatistics) {
  // In evaluation mode rows do not interact: the Hessian of a doubled batch is
  // the batch's own, and dropout's seed does not matter.
  torch::manual_seed(6);
  for (bool training : {false, true}) {
    ProgramOptions options;
    options.trainingMode = training;
    torch::jit::Module module = batchNormDropoutProgram(options);
    RecorderPtr recorder = recorderOf(module);
    auto [input, target] = randomBatch(8, at::kDouble);
    CurvatureRequest request;
    request.input = input;
    request.target = target;
    request.parameters = parametersOf(module);
    request.lanczosSteps = 60;
    request.training = training;
    for (int64_t step = 0; step < 4; ++step) {
      request.seed = step;
      recorder->beginStep(step);
      recordCurvature(module, recorder, request);
    }
    std::vector<double> tops =
        recorder->values("curvature/hessian_top_eigenvalue", "");
    double spread = *std::max_element(tops.begin(), tops.end()) -
                    *std::min_element(tops.begin(), tops.end());
    if (training)
      EXPECT_GT(spread, 1e-2 * tops[0]);
    else
      EXPECT_LT(spread, 1e-4 * tops[0]);
  }
}

TEST(RecordCurvature, SameSeedSameNumbers) {
  std::vector<std::vector<double>> runs;
  for (int run = 0; run < 3; ++run) {
    torch::manual_seed(7);
    torch::jit::Module module = batchNormDropoutProgram({});
    auto [input, target] = randomBatch(8, at::kDouble);
    for (int64_t step = 0; step < 3; ++step)
      module.get_method("training_step")({input, target});
    runs.push_back(
        recorderOf(module)->values("curvature/hessian_top_eigenvalue", ""));
  }
  EXPECT_EQ(runs[0].size(), 3U);
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_EQ(runs[0], runs[2]);
}

TEST(RecordCurvature, RejectsImpossibleArguments) {
  torch::jit::Module module = leastSquaresModule();
  auto recorder = c10::make_intrusive<Recorder>();
  recorder->beginStep(0);
  auto attempt = [&](auto change) {
    CurvatureRequest request = requestFor(module);
    change(request);
    recordCurvature(module, recorder, request);
  };
  EXPECT_THROW(attempt([](CurvatureRequest &r) { r.schedule = -1; }),
               c10::Error);
  EXPECT_THROW(attempt([](CurvatureRequest &r) { r.lanczosSteps = 0; }),
               c10::Error);
  EXPECT_THROW(attempt([](CurvatureRequest &r) { r.traceSamples = -1; }),
               c10::Error);
  EXPECT_THROW(attempt([](CurvatureRequest &r) { r.parameters.clear(); }),
               c10::Error);
  EXPECT_THROW(attempt([](CurvatureRequest &r) { r.rows = -1; }), c10::Error);
  EXPECT_THROW(attempt([](CurvatureRequest &r) { r.lanczosStop = "never"; }),
               c10::Error);
}

TEST(RecordCurvature, AMissingSecondDerivativeIsRecordedNotThrown) {
  torch::manual_seed(3);
  torch::jit::Module module("HardSigmoid");
  module.register_attribute("training", c10::BoolType::get(), true);
  module.register_parameter(
      "w", torch::randn({1, 4}, torch::kDouble).requires_grad_(), false);
  module.define(R"(
def forward(self, x: Tensor) -> Tensor:
    return torch.hardsigmoid(torch.matmul(x, self.w.t()))

def loss(self, output: Tensor, target: Tensor) -> Tensor:
    return torch.mse_loss(output, target)
)");
  at::Tensor before = module.attr("w").toTensor().detach().clone();
  auto recorder = c10::make_intrusive<Recorder>();
  for (int64_t step = 0; step < 3; ++step) {
    CurvatureRequest request = requestFor(module);
    recorder->beginStep(step);
    recordCurvature(module, recorder, request);
    recorder->endStep();
  }
  std::vector<std::string> names = recorder->names();
  EXPECT_EQ(names.size(), 15u);
  for (const std::string &name : names) {
    std::vector<double> values = recorder->values(name, "");
    EXPECT_EQ(values.size(), 3u) << name;
    for (double value : values)
      EXPECT_TRUE(std::isnan(value)) << name;
  }
  EXPECT_TRUE(at::equal(before, module.attr("w").toTensor()));

  // Other mistakes are still the caller's.
  CurvatureRequest request = requestFor(module);
  request.target = torch::randn({7, 1}, torch::kDouble);
  recorder->beginStep(3);
  EXPECT_THROW(recordCurvature(module, recorder, request), std::exception);
}
