//===- RecordCurvature.cpp - record_curvature, hessian_product ------------===//
//
// The curvature of the loss on one batch. The module runs unoptimised, since
// the profiling executor of LibTorch 1.13.1 gives wrong second derivatives
// (UnoptimizedMethod.h). All products share one gradient graph, and everything
// that the forward touched is put back when the last product is done.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/CurvatureSample.h"
#include "runtime/ops/LossGraph.h"

#include <c10/util/Optional.h>

#include <algorithm>
#include <memory>

using namespace dynfault;

static std::string joined(const std::vector<std::string> &names) {
  std::string text;
  for (const std::string &name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

static void check(const CurvatureRequest &request) {
  auto refuse = [](auto &&...what) {
    TORCH_CHECK(false, "dynfault::record_curvature: ", what...);
  };
  if (request.lanczosSteps < 1)
    refuse("lanczos_steps = ", request.lanczosSteps, " must be at least 1");
  if (request.traceSamples < 0)
    refuse("trace_samples = ", request.traceSamples,
           " must not be negative (0: no trace)");
  if (!(request.tolerance > 0))
    refuse("tolerance = ", request.tolerance, " must be above 0");
  if (request.rows < 0)
    refuse("rows = ", request.rows, " must not be negative (0: all)");
  if (request.lanczosStop != "residual" && request.lanczosStop != "error")
    refuse("lanczos_stop '", request.lanczosStop,
           "' must be 'residual' or 'error'");
  if (request.traceEstimator != "hutchinson" &&
      request.traceEstimator != "xtrace")
    refuse("trace_estimator '", request.traceEstimator,
           "' must be 'hutchinson' or 'xtrace'");
  if (request.traceEstimator == "xtrace" && request.traceSamples > 0 &&
      (request.traceSamples < 4 || request.traceSamples % 2 != 0))
    refuse("trace_samples = ", request.traceSamples,
           " must be even and at least 4 with trace_estimator 'xtrace'");
  for (const std::string &quantity : request.quantities)
    if (std::find(kQuantities.begin(), kQuantities.end(), quantity) ==
        kQuantities.end())
      refuse("no quantity '", quantity, "'; there are ", joined(kQuantities));
  if (!request.names.empty() &&
      request.names.size() != request.parameters.size())
    refuse(request.names.size(), " names for ", request.parameters.size(),
           " parameters");
  if (request.names.empty() && wants(request, "groups"))
    refuse("the quantity 'groups' needs the parameters' names");
}

/// The request with only those parameters that are trained; what is frozen has
/// no direction to move in.
static CurvatureRequest trainedOnly(const CurvatureRequest &request) {
  CurvatureRequest result = request;
  result.parameters.clear();
  result.names.clear();
  result.optimizer.secondMoments.clear();
  result.optimizer.steps.clear();
  result.optimizer.lr = request.lr;
  const TensorList &moments = request.optimizer.secondMoments;
  const std::vector<int64_t> &steps = request.optimizer.steps;
  size_t count = request.parameters.size();
  TORCH_CHECK((moments.empty() || moments.size() == count) &&
                  (steps.empty() || steps.size() == count),
              "dynfault::record_curvature: ", moments.size(),
              " second moments and ", steps.size(), " optimizer_steps for ",
              count, " parameters");
  for (size_t i = 0; i < request.parameters.size(); ++i) {
    if (!request.parameters[i].requires_grad())
      continue;
    result.parameters.push_back(request.parameters[i]);
    if (!request.names.empty())
      result.names.push_back(request.names[i]);
    if (!moments.empty())
      result.optimizer.secondMoments.push_back(moments[i]);
    if (!steps.empty())
      result.optimizer.steps.push_back(steps[i]);
  }
  TORCH_CHECK(!result.parameters.empty(),
              "dynfault::record_curvature: no parameter requires a gradient");
  return result;
}

/// The first rows of a batch that has more.
static at::Tensor firstRows(const at::Tensor &batch, int64_t rows) {
  return rows > 0 && batch.size(0) > rows ? batch.narrow(0, 0, rows) : batch;
}

/// The request's batch, cut down to the rows that it asks for. Input and target
/// that do not agree about what a row is stay whole.
static void chooseRows(CurvatureRequest &request) {
  at::Tensor &input = request.input, &target = request.target;
  if (input.dim() == 0 || target.dim() == 0 || input.size(0) != target.size(0))
    return;
  input = firstRows(input, request.rows);
  target = firstRows(target, request.rows);
}

/// Whether autograd stopped at an operator that has no (second) derivative in
/// this LibTorch, such as hardsigmoid in 1.13.
static bool isMissingDerivative(const std::exception &error) {
  std::string message = error.what();
  return message.find("derivative for ") != std::string::npos &&
         message.find("is not implemented") != std::string::npos;
}

void dynfault::recordCurvature(torch::jit::Module module,
                               const RecorderPtr &recorder,
                               const CurvatureRequest &given) {
  check(given);
  if (!recorder->sampled(given.schedule))
    return;

  CurvatureRequest request = trainedOnly(given);
  chooseRows(request);
  CurvatureMemory &memory = recorder->curvature;
  if (!memory.methods)
    memory.methods = std::make_shared<InlinedMethods>();
  if (request.fixedBatch) {
    if (!memory.input.defined()) {
      memory.input = request.input.detach().clone();
      memory.target = request.target.detach().clone();
    }
    request.input = memory.input;
    request.target = memory.target;
  }
  try {
    LossGraph graph(module, request.input, request.target,
                    request.parameters.front().device(),
                    {static_cast<uint64_t>(request.seed), request.training},
                    memory.methods.get());
    LossHessian hessian(graph.loss(), request.parameters, Calls::Many);
    c10::optional<GaussNewton> gaussNewton;
    if (wants(request, "gauss_newton"))
      gaussNewton.emplace(
          graph.output(),
          [&](const at::Tensor &output) { return graph.lossOf(output); },
          request.parameters, Calls::Many);
    recordCurvatureSample(*recorder, request,
                          {hessian, gaussNewton ? &*gaussNewton : nullptr});
  } catch (const std::exception &error) {
    // A probe must not end a training that would have gone on without it.
    if (!isMissingDerivative(error))
      throw;
    TORCH_WARN_ONCE("dynfault::record_curvature: no curvature is recorded: ",
                    error.what());
    recordNoCurvature(*recorder, request);
  }
}

at::Tensor dynfault::hessianProduct(const torch::jit::Module &module,
                                    const at::Tensor &input,
                                    const at::Tensor &target,
                                    const TensorList &parameters,
                                    const at::Tensor &vectors,
                                    const std::string &matrix, int64_t seed,
                                    bool training) {
  TORCH_CHECK(matrix == "hessian" || matrix == "gauss_newton",
              "dynfault::hessian_product: matrix '", matrix,
              "' must be 'hessian' or 'gauss_newton'");
  TORCH_CHECK(vectors.dim() == 2,
              "dynfault::hessian_product: vectors of shape ", vectors.sizes(),
              "; [k, n] is needed");
  checkParameters(parameters);
  LossGraph graph(module, input, target, parameters.front().device(),
                  {static_cast<uint64_t>(seed), training});
  Calls expected = vectors.size(0) > 2 ? Calls::Many : Calls::Few;
  std::vector<at::Tensor> rows;
  auto fill = [&](const auto &source) {
    for (int64_t i = 0; i < vectors.size(0); ++i)
      rows.push_back(source.product(vectors.select(0, i)));
  };
  if (matrix == "hessian")
    fill(LossHessian(graph.loss(), parameters, expected));
  else
    fill(GaussNewton(
        graph.output(),
        [&](const at::Tensor &output) { return graph.lossOf(output); },
        parameters, expected));
  return rows.empty() ? at::zeros_like(vectors) : at::stack(rows);
}
