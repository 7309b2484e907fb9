//===- Evaluate.cpp - Loss and metric of a model on a part of the data ----===//

#include "runtime/train/Evaluate.h"

#include <ATen/Context.h>
#include <algorithm>
#include <limits>
#include <mutex>
#include <torch/csrc/jit/runtime/graph_iterator.h>

namespace dynfault {

namespace {

/// A model may draw in evaluation mode too (a variational auto-encoder does),
/// but measuring must not change what training draws next.
class RandomStateGuard {
public:
  explicit RandomStateGuard(const at::Device &device) {
    keep(at::kCPU);
    if (device.type() != at::kCPU)
      keep(device);
  }
  ~RandomStateGuard() {
    for (auto &[generator, state] : kept) {
      std::lock_guard<std::mutex> lock(generator.mutex());
      generator.set_state(state);
    }
  }
  RandomStateGuard(const RandomStateGuard &) = delete;
  RandomStateGuard &operator=(const RandomStateGuard &) = delete;

private:
  void keep(const at::Device &device) {
    at::Generator generator = at::globalContext().defaultGenerator(device);
    std::lock_guard<std::mutex> lock(generator.mutex());
    kept.emplace_back(generator, generator.get_state());
  }

  std::vector<std::pair<at::Generator, at::Tensor>> kept;
};

/// Evaluation mode for the module and all its parts; afterwards each part has
/// the mode back that it had (a program may keep one frozen).
class EvaluationMode {
public:
  explicit EvaluationMode(torch::jit::Module &module) {
    for (const torch::jit::Module &part : module.modules())
      if (part.hasattr("training"))
        before.emplace_back(part, part.attr("training").toBool());
    module.eval();
  }
  ~EvaluationMode() {
    for (auto &[part, training] : before)
      part.setattr("training", training);
  }
  EvaluationMode(const EvaluationMode &) = delete;
  EvaluationMode &operator=(const EvaluationMode &) = delete;

private:
  std::vector<std::pair<torch::jit::Module, bool>> before;
};

/// How many predictions are right, of how many.
struct Score {
  int64_t correct = 0, counted = 0;
};

Score scoreClasses(const at::Tensor &output, const at::Tensor &target) {
  // What cross_entropy ignores by default does not count here either.
  constexpr int64_t IgnoredIndex = -100;
  if (target.scalar_type() != at::kLong) {
    at::Tensor right = output.gt(0).eq(target.reshape(output.sizes()).gt(0.5));
    return {right.logical_and(output.isfinite()).sum().item<int64_t>(),
            right.numel()};
  }
  at::Tensor known = target.ne(IgnoredIndex);
  // argmax takes a NaN for the largest, and would be right for its class.
  at::Tensor right = output.argmax(1)
                         .eq(target)
                         .logical_and(output.isfinite().all(1))
                         .logical_and(known);
  return {right.sum().item<int64_t>(), known.sum().item<int64_t>()};
}

/// The values of `output` that are compared with `target`: a model may put
/// others behind them for its loss (a variational auto-encoder's mean and
/// variance).
at::Tensor predictions(const at::Tensor &output, const at::Tensor &target) {
  if (output.numel() == target.numel())
    return output.reshape(target.sizes());
  return output.flatten(1)
      .narrow(1, 0, target.numel() / target.size(0))
      .reshape(target.sizes());
}

/// Whether running the graph may draw random numbers. A call may.
bool mayDraw(std::shared_ptr<torch::jit::Graph> graph) {
  torch::jit::DepthFirstGraphNodeIterator nodes(graph);
  while (torch::jit::Node *node = nodes.next())
    if (node->isNondeterministic() || node->kind() == c10::prim::CallMethod ||
        node->kind() == c10::prim::CallFunction)
      return true;
  return false;
}

} // namespace

Evaluation evaluate(torch::jit::Module &module, const at::Tensor &inputs,
                    const at::Tensor &targets, int64_t batchSize,
                    bool classification, bool withLoss,
                    CompiledEvaluation *compiled) {
  // Below this many rows a call costs more than what it computes.
  constexpr int64_t LeastRows = 256;
  RandomStateGuard randomState(inputs.device());
  at::NoGradGuard noGradients;
  auto forward = module.get_method("forward");
  auto lossOf = module.get_method("loss");
  auto callForward = [&](const at::Tensor &input) {
    return compiled ? compiled->forward(input) : forward({input}).toTensor();
  };
  auto callLoss = [&](const at::Tensor &output, const at::Tensor &target) {
    return compiled ? compiled->loss({output, target})
                    : lossOf({output, target}).toTensor();
  };
  EvaluationMode evaluationMode(module);

  int64_t rows = inputs.size(0);
  int64_t piece = batchSize * ((LeastRows + batchSize - 1) / batchSize);
  double nothing = std::numeric_limits<double>::quiet_NaN();
  withLoss = withLoss || mayDraw(lossOf.graph());
  double loss = withLoss ? 0 : nothing, squares = 0;
  Score score;
  for (int64_t first = 0; first < rows; first += piece) {
    int64_t count = std::min(piece, rows - first);
    at::Tensor target = targets.narrow(0, first, count);
    at::Tensor output = callForward(inputs.narrow(0, first, count));
    for (int64_t begin = 0; withLoss && begin < count; begin += batchSize) {
      int64_t size = std::min(batchSize, count - begin);
      loss +=
          callLoss(output.narrow(0, begin, size), target.narrow(0, begin, size))
              .item<double>() *
          size / rows;
    }
    if (classification) {
      Score part = scoreClasses(output, target);
      score.correct += part.correct;
      score.counted += part.counted;
    } else {
      squares +=
          (predictions(output, target).to(at::kDouble) - target.to(at::kDouble))
              .square()
              .sum()
              .item<double>();
    }
  }

  if (classification)
    return {loss,
            score.counted ? double(score.correct) / score.counted : nothing};
  at::Tensor wide = targets.to(at::kDouble);
  double total = (wide - wide.mean(0)).square().sum().item<double>();
  return {loss, total > 0 ? 1 - squares / total : nothing};
}

} // namespace dynfault
