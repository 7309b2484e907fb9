//===- Losses.cpp - What a program minimises ------------------------------===//

#include "passes/program/Losses.h"
#include "passes/torch/ShapeInference.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::program;
using dynfault::torch::getBaseName;

std::optional<LossOp> dynfault::program::getLossOp(Operation *op) {
  using Prediction = LossOp::Prediction;
  struct Known {
    StringRef name;
    Prediction prediction;
    unsigned reductionIndex;
  };
  static const Known kKnown[] = {
      {"aten.cross_entropy_loss", Prediction::Logits, 3},
      {"aten.nll_loss", Prediction::LogProbabilities, 3},
      {"aten.nll_loss_nd", Prediction::LogProbabilities, 3},
      {"aten.nll_loss2d", Prediction::LogProbabilities, 3},
      {"aten.binary_cross_entropy_with_logits", Prediction::Logit, 4},
      {"aten.binary_cross_entropy", Prediction::Probability, 3},
      {"aten.mse_loss", Prediction::Value, 2},
      {"aten.l1_loss", Prediction::Value, 2},
      {"aten.huber_loss", Prediction::Value, 2},
      {"aten.smooth_l1_loss", Prediction::Value, 2},
      {"aten.kl_div", Prediction::LogProbabilities, 2},
  };
  StringRef name = getBaseName(op);
  for (const Known &known : kKnown)
    if (known.name == name && known.reductionIndex < op->getNumOperands())
      return LossOp{op, known.prediction, known.reductionIndex};
  return std::nullopt;
}

Operation *dynfault::program::getOutputActivation(const Program &program,
                                                  const LossOp &loss) {
  Value prediction = loss.op->getOperand(0);
  auto argument = dyn_cast<BlockArgument>(prediction);
  func::FuncOp lossFunction = program.getLoss(), forward = program.getForward();
  if (argument && forward && !forward.isExternal() && lossFunction &&
      argument.getOwner()->getParentOp() == lossFunction &&
      argument.getArgNumber() == 0) {
    Operation *end = forward.getBody().front().getTerminator();
    if (end->getNumOperands() != 1)
      return nullptr;
    prediction = end->getOperand(0);
  }
  Operation *op = prediction.getDefiningOp();
  if (!op)
    return nullptr;
  StringRef name = getBaseName(op);
  bool isWanted = loss.prediction == LossOp::Prediction::LogProbabilities
                      ? name.contains("log_softmax")
                  : loss.prediction == LossOp::Prediction::Probability
                      ? name == "aten.sigmoid"
                      : name == "aten.softmax" || name == "aten.sigmoid";
  return isWanted ? op : nullptr;
}

bool dynfault::program::returnsProbability(Operation *activation) {
  Program program(activation->getParentOfType<ModuleOp>());
  func::FuncOp lossFunction = program.getLoss();
  if (!lossFunction)
    return false;
  auto result = lossFunction.walk([&](Operation *op) {
    auto loss = getLossOp(op);
    return loss && loss->prediction == LossOp::Prediction::Probability &&
                   getOutputActivation(program, *loss) == activation
               ? WalkResult::interrupt()
               : WalkResult::advance();
  });
  return result.wasInterrupted();
}

std::optional<Penalty> dynfault::program::getPenalty(Operation *sum) {
  if (getBaseName(sum) != "aten.sum" || sum->getNumOperands() != 2 ||
      !sum->getResult(0).hasOneUse())
    return std::nullopt;
  Operation *inner = sum->getOperand(0).getDefiningOp();
  if (!inner)
    return std::nullopt;
  StringRef name = getBaseName(inner);
  Penalty penalty{sum, nullptr, nullptr, 0, name == "aten.abs", {}};
  bool isSquare = name == "aten.square" ||
                  (name == "aten.mul" && inner->getNumOperands() == 2 &&
                   inner->getOperand(0) == inner->getOperand(1)) ||
                  (name == "aten.pow" &&
                   getConstantNumber(inner->getOperand(1)).value_or(0) == 2);
  if (!penalty.isL1 && !isSquare)
    return std::nullopt;
  penalty.parameter = getSlot(inner->getOperand(0));
  if (!penalty.parameter || !isParameter(penalty.parameter))
    return std::nullopt;
  Value term = sum->getResult(0);
  Operation *user = *term.getUsers().begin();
  StringRef userName = getBaseName(user);
  if ((userName == "aten.mul" || userName == "aten.div") &&
      user->getNumOperands() == 2 && user->getOperand(0) == term &&
      getConstantNumber(user->getOperand(1)) &&
      user->getResult(0).hasOneUse()) {
    penalty.scale = user;
    term = user->getResult(0);
    user = *term.getUsers().begin();
  }
  if (getBaseName(user) != "aten.add" || user->getNumOperands() != 3)
    return std::nullopt;
  penalty.add = user;
  penalty.index = user->getOperand(0) == term ? 0 : 1;
  return penalty;
}

SmallVector<Penalty> dynfault::program::getPenalties(const Program &program) {
  SmallVector<Penalty> penalties;
  if (func::FuncOp loss = program.getLoss())
    loss.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (auto penalty = getPenalty(op))
        penalties.push_back(*penalty);
    });
  return penalties;
}
