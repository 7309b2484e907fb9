//===- StepPrograms.h - Training steps for tests ----------------*- C++ -*-===//
//
// Small steps, each with something of its own, and the comparison of all that a
// step leaves behind. Other ways to take a step are tested with them against
// TorchScript.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_TEST_RUNTIME_STEP_STEPPROGRAMS_H
#define DYNFAULT_TEST_RUNTIME_STEP_STEPPROGRAMS_H

#include <gtest/gtest.h>
#include <ostream>
#include <string>
#include <torch/script.h>
#include <utility>
#include <vector>

namespace dynfault {

/// A step of a net with 5 inputs, 8 hidden units and 3 outputs.
struct Program {
  const char *name;
  /// Statements from `x` to `out`; `w1 b1 w2 b2 gamma beta` are parameters.
  std::string forward;
  std::string loss = "torch.cross_entropy_loss(out, target)";
  std::string zeroGrad = "dynfault.zero_grad_(ps)";
  std::string begin = "pass"; ///< Before all else.
  std::string end = "pass";   ///< After the update.
  /// Between backward and the update.
  std::string before = "pass";
  std::string update =
      "self.optimizer_steps = dynfault.sgd_(ps, m, self.optimizer_steps, 0.1, "
      "0.9, 0.0, 0.0, False)";
  bool planned = true; ///< By CompiledStep.
};

std::ostream &operator<<(std::ostream &stream, const Program &program);

/// `h = linear(x, w1, b1)`, then `h = activation`, then `out = linear(h, ...)`.
std::string net(const std::string &activation);

/// All of them.
std::vector<Program> stepPrograms();

/// The same module, with the same numbers, at each call.
torch::jit::Module makeModule(const Program &program);

/// The batch of a step of the program; of two sizes, as at an epoch's end.
std::pair<at::Tensor, at::Tensor> batch(int step, const Program &program);

at::Tensor randomState();

void expectSame(const at::Tensor &a, const at::Tensor &b,
                const std::string &what);
/// Parameters, gradients, buffers and counters.
void expectSame(const torch::jit::Module &a, const torch::jit::Module &b,
                const std::string &when);

} // namespace dynfault

#endif // DYNFAULT_TEST_RUNTIME_STEP_STEPPROGRAMS_H
