//===- RecordCurvature.cpp - record_curvature -----------------------------===//
//
// The curvature of the loss on one batch. The module runs unoptimised, since
// the profiling executor of LibTorch 1.13.1 gives wrong second derivatives
// (UnoptimizedMethod.h). All products share one gradient graph, and everything
// that the forward touched is put back when the last product is done.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/Hutchinson.h"
#include "runtime/curvature/Lanczos.h"
#include "runtime/curvature/LossHessian.h"
#include "runtime/ops/ModuleState.h"
#include "runtime/ops/Operators.h"
#include "runtime/ops/UnoptimizedMethod.h"

#include <torch/csrc/jit/runtime/graph_executor.h>

#include <cmath>
#include <limits>

using namespace dynfault;

static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

static void check(const CurvatureRequest &request) {
  TORCH_CHECK(request.lanczosSteps >= 1,
              "dynfault::record_curvature: lanczos_steps = ",
              request.lanczosSteps, " must be at least 1");
  TORCH_CHECK(request.traceSamples >= 0,
              "dynfault::record_curvature: trace_samples = ",
              request.traceSamples, " must not be negative (0: no trace)");
}

/// Loss of the module in the probe's mode, with graph.
static at::Tensor probeLoss(const torch::jit::Module &module,
                            const UnoptimizedMethod &forward,
                            const at::Tensor &input, const at::Tensor &target,
                            bool training) {
  at::AutoGradMode gradMode(true);
  // In training each part stays in its own mode: one that is frozen there is
  // frozen in the loss that training minimises.
  if (!training)
    setTraining(module, false);
  UnoptimizedMethod loss(module, "loss");
  // Copies, because a forward may work on its input in place.
  c10::IValue output = forward({input.detach().clone()});
  return loss({output, target.detach().clone()}).toTensor();
}

/// g'Hg / |g|^2; NaN where the product is not finite or the gradient is zero.
static double gradientCurvature(CheckedProduct &product,
                                const at::Tensor &gradient) {
  double norm = std::sqrt(dot64(gradient, gradient));
  if (norm == 0)
    return kNaN;
  at::Tensor direction = gradient.div(norm);
  at::Tensor result = product(direction);
  return result.defined() ? dot64(direction, result) : kNaN;
}

static void recordSpectrum(Recorder &recorder, const CurvatureRequest &request,
                           const LossHessian &hessian) {
  auto record = [&recorder](const char *name, double value) {
    recorder.record(name, "", value);
  };
  CheckedProduct product(
      [&hessian](const at::Tensor &v) { return hessian.product(v); });
  const at::Tensor &gradient = hessian.gradient();
  int64_t dimension = hessian.dimension();
  CurvatureMemory &memory = recorder.curvature;

  double alongGradient = gradientCurvature(product, gradient);

  // Other directions at each sample, so that an unlucky one is not always
  // unlucky; the trace's directions are the same at each sample, so that its
  // course shows the Hessian and not the draw.
  uint64_t seed = static_cast<uint64_t>(request.seed);
  RandomVectors startVectors(seed + 1 + recorder.currentStep(), dimension,
                             gradient.options());
  at::Tensor start =
      mixedStart(memory.topVector, memory.bottomVector, startVectors);
  LanczosOptions options;
  options.maxProducts = request.lanczosSteps;
  LanczosResult spectrum =
      lanczosExtremes(product, start, startVectors, options);
  double top = spectrum.finite ? spectrum.top.value : kNaN;
  double bottom = spectrum.finite ? spectrum.bottom.value : kNaN;
  if (spectrum.finite) {
    memory.topVector = spectrum.top.vector;
    memory.bottomVector = spectrum.bottom.vector;
  }
  record("curvature/hessian_top_eigenvalue", top);
  record("curvature/hessian_bottom_eigenvalue", bottom);
  record("curvature/lr_sharpness", request.lr * top / 2);
  record("curvature/gradient_curvature", alongGradient);

  if (request.traceSamples > 0) {
    RandomVectors traceVectors(seed, dimension, gradient.options());
    TraceEstimate estimate =
        estimateTrace(product, traceVectors, request.traceSamples);
    double trace = estimate.finite ? estimate.trace : kNaN;
    record("curvature/hessian_trace", trace);
    record("curvature/hessian_trace_stderr",
           estimate.finite ? estimate.standardError : kNaN);
    record("curvature/trace_concentration",
           trace / (static_cast<double>(dimension) * top));
  }
  record("curvature/nonfinite_share", static_cast<double>(product.nonfinite()) /
                                          static_cast<double>(product.calls()));
}

/// Whether autograd stopped at an operator that has no (second) derivative in
/// this LibTorch, such as hardsigmoid in 1.13.
static bool isMissingDerivative(const std::exception &error) {
  std::string message = error.what();
  return message.find("derivative for ") != std::string::npos &&
         message.find("is not implemented") != std::string::npos;
}

/// Records NaN everywhere: the curvature exists, but cannot be computed.
static void recordNothing(Recorder &recorder, const CurvatureRequest &request) {
  for (const char *name :
       {"curvature/hessian_top_eigenvalue",
        "curvature/hessian_bottom_eigenvalue", "curvature/lr_sharpness",
        "curvature/gradient_curvature"})
    recorder.record(name, "", kNaN);
  if (request.traceSamples > 0)
    for (const char *name :
         {"curvature/hessian_trace", "curvature/hessian_trace_stderr",
          "curvature/trace_concentration"})
      recorder.record(name, "", kNaN);
  recorder.record("curvature/nonfinite_share", "", kNaN);
}

void dynfault::recordCurvature(torch::jit::Module module,
                               const RecorderPtr &recorder,
                               const CurvatureRequest &request) {
  check(request);
  if (!recorder->sampled(request.every))
    return;

  at::Tensor input = request.input, target = request.target;
  if (request.fixedBatch) {
    CurvatureMemory &memory = recorder->curvature;
    if (!memory.input.defined()) {
      memory.input = input.detach().clone();
      memory.target = target.detach().clone();
    }
    input = memory.input;
    target = memory.target;
  }
  TensorList parameters;
  for (const at::Tensor &parameter : request.parameters)
    if (parameter.requires_grad())
      parameters.push_back(parameter);
  TORCH_CHECK(!parameters.empty(), "dynfault::record_curvature: no parameter "
                                   "requires a gradient");

  UnoptimizedMethod forward(module, "forward");

  // In this order: the graph must be gone before the state is put back.
  // For calls through interfaces, the only ones left.
  torch::jit::GraphOptimizerEnabledGuard optimizerOff(false);
  RandomStateGuard randomState(parameters.front().device(),
                               static_cast<uint64_t>(request.seed));
  NativeRecurrenceGuard nativeRecurrence(forward.graph(),
                                         parameters.front().device());
  ModuleStateGuard moduleState(module);
  try {
    LossHessian hessian = [&] {
      Recorder::Pause pause(*recorder);
      at::Tensor loss =
          probeLoss(module, forward, input, target, request.training);
      return LossHessian(loss, parameters);
    }();
    recordSpectrum(*recorder, request, hessian);
  } catch (const std::exception &error) {
    // A probe must not end a training that would have gone on without it.
    if (!isMissingDerivative(error))
      throw;
    TORCH_WARN_ONCE("dynfault::record_curvature: no curvature is recorded: ",
                    error.what());
    recordNothing(*recorder, request);
  }
}
