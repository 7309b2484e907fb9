//===- TestPrograms.h - Small TorchScript programs for tests ----*- C++ -*-===//
//
// Modules as dynfault-opt writes them, small enough that their Hessian can be
// written down in full.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_TEST_RUNTIME_OPS_TESTPROGRAMS_H
#define DYNFAULT_TEST_RUNTIME_OPS_TESTPROGRAMS_H

#include "runtime/ops/Operators.h"

#include <torch/script.h>

namespace dynfault {
namespace test {

/// How much of the instrumentation a program carries.
struct ProgramOptions {
  at::ScalarType dtype = at::kDouble;
  bool probes = true;       ///< Activation, gradient, optimizer and curvature.
  bool activation = true;   ///< Activation probe, if there are probes.
  bool curvature = true;    ///< Curvature probe, if there are probes.
  bool trainingMode = true; ///< Mode of the curvature probe.
  bool fixedBatch = false;
  int64_t every = 1;
};

constexpr int64_t kInputs = 3, kHidden = 5, kOutputs = 2;
constexpr int64_t kProbeSeed = 17;
constexpr double kLearningRate = 0.05;
constexpr double kDropout = 0.3;

/// Adds methods to the module. Operators are written `dynfault.NAME(...)`.
void defineMethods(torch::jit::Module &module, const std::string &source);

/// linear - BatchNorm - tanh - dropout - linear with cross entropy and SGD with
/// momentum. A submodule `frozen` always stays in evaluation mode, and a
/// counter attribute counts the forwards. Parameters are drawn from the
/// default generator.
torch::jit::Module batchNormDropoutProgram(const ProgramOptions &options);

/// A batch for it: input [rows, 3], target [rows] of int64.
std::pair<at::Tensor, at::Tensor> randomBatch(int64_t rows,
                                              at::ScalarType dtype);

/// The parameters of the program in its order.
std::vector<at::Tensor> parametersOf(const torch::jit::Module &module);

/// The recorder attribute.
RecorderPtr recorderOf(const torch::jit::Module &module);

/// Gradient [n] of the program's loss in training mode, at the parameter
/// values `flat` [n], written again in eager code. Seeds the default generator
/// with kProbeSeed for the dropout mask.
at::Tensor eagerGradient(const at::Tensor &flat, const at::Tensor &input,
                         const at::Tensor &target);

/// Hessian [n, n] by central differences of eagerGradient in float64:
/// independent of any second derivative by autograd. Error about 1e-9.
at::Tensor differenceHessian(const torch::jit::Module &module,
                             const at::Tensor &input, const at::Tensor &target);

/// Parameters flattened, [n].
at::Tensor flatParameters(const torch::jit::Module &module);

/// Random symmetric matrix [n, n], float64, with the given eigenvalues.
at::Tensor symmetricWithSpectrum(const std::vector<double> &eigenvalues);

} // namespace test
} // namespace dynfault

#endif // DYNFAULT_TEST_RUNTIME_OPS_TESTPROGRAMS_H
