//===- StepWriter.cpp - The training step as a method ---------------------===//

#include "passes/torchscript/StepWriter.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torchscript;
namespace jit = ::torch::jit;

OptimizerState
dynfault::torchscript::getOptimizerState(program::OptimizerAttr optimizer) {
  if (optimizer.getKind() == "sgd")
    return {optimizer.getNumber("momentum") != 0 ? "momentum_buffer" : "", ""};
  if (optimizer.getKind() == "rmsprop")
    return {"", "square_avg"};
  return {"exp_avg", "exp_avg_sq"};
}

jit::Value *StepWriter::parameters() {
  if (parameterList)
    return parameterList;
  SmallVector<jit::Value *> tensors;
  for (auto slot : program.getParameters())
    tensors.push_back(readAttribute(slot.getSymName()));
  return parameterList = tensorList(tensors);
}

jit::Value *StepWriter::parameterNames() {
  c10::List<std::string> names;
  for (auto slot : program.getParameters())
    names.push_back(slot.getSymName().str());
  return constant(names);
}

jit::Value *StepWriter::state(StringRef name) {
  jit::Value *&list = stateLists[name];
  if (list)
    return list;
  SmallVector<jit::Value *> buffers;
  if (!name.empty())
    for (auto slot : program.getParameters())
      buffers.push_back(readAttribute(
          (kOptimizer + "." + name + "." + slot.getSymName()).str()));
  return list = tensorList(buffers);
}

LogicalResult StepWriter::writeUpdate(program::OptimizerStepOp op) {
  program::OptimizerAttr optimizer = op.getOptimizer();
  OptimizerState names = getOptimizerState(optimizer);
  StringRef kind = optimizer.getKind();
  auto number = [&](StringRef name) {
    return constant(optimizer.getNumber(name));
  };
  // Read anew: the step before may have changed it.
  jit::Value *steps = graph->insertGetAttr(self, kOptimizerSteps.str());

  SmallVector<jit::Value *> operands{parameters()};
  std::string name;
  if (kind == "sgd") {
    name = "dynfault::sgd_";
    operands.append({state(names.firstMoment), steps, number("lr"),
                     number("momentum"), number("dampening"),
                     number("weight_decay"),
                     constant(optimizer.getNumber("nesterov") != 0)});
  } else if (kind == "rmsprop") {
    name = "dynfault::rmsprop_";
    operands.append({state(names.secondMoment), steps, number("lr"),
                     number("alpha"), number("eps"), number("weight_decay")});
  } else {
    name = "dynfault::adam_";
    operands.append({state(names.firstMoment), state(names.secondMoment), steps,
                     number("lr"), number("beta1"), number("beta2"),
                     number("eps"), number("weight_decay"),
                     constant(kind == "adamw")});
  }
  auto results = append(op, name, "", operands);
  if (failed(results))
    return failure();
  writeAttribute(kOptimizerSteps, results->front());
  return success();
}

LogicalResult StepWriter::writeCurvature(program::ProbeCurvatureOp op) {
  double lr = program.getOptimizerStep().getOptimizer().getNumber("lr");
  auto integer = [&](uint64_t value) {
    return constant(static_cast<int64_t>(value));
  };
  return appendVoid(op, "dynfault::record_curvature",
                    {self, readAttribute(kRecorder), lookup(op.getInput()),
                     lookup(op.getTarget()), parameters(), constant(lr),
                     integer(op.getEvery()), integer(op.getLanczosSteps()),
                     integer(op.getTraceSamples()), integer(op.getSeed()),
                     constant(op.getFixedBatch()), constant(op.getTraining())});
}

LogicalResult StepWriter::write(Operation *op) {
  auto every = [&](auto probe) {
    return constant(static_cast<int64_t>(probe.getEvery()));
  };
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](program::ZeroGradOp) {
        return appendVoid(op, "dynfault::zero_grad_", {parameters()});
      })
      .Case([&](program::BackwardOp backward) {
        // No graph is kept or created: gradients go into `.grad`.
        jit::Value *none = constant({});
        return appendVoid(
            op, "aten::backward",
            {lookup(backward.getLoss()), none, none, constant(false)});
      })
      .Case([&](program::ClipGradNormOp clip) {
        return appendVoid(
            op, "dynfault::clip_grad_norm_",
            {parameters(), constant(clip.getMaxNorm().convertToDouble())});
      })
      .Case([&](program::ClipGradValueOp clip) {
        return appendVoid(
            op, "dynfault::clip_grad_value_",
            {parameters(), constant(clip.getClipValue().convertToDouble())});
      })
      .Case(
          [&](program::OptimizerStepOp update) { return writeUpdate(update); })
      .Case([&](program::ProbeCurvatureOp probe) {
        return writeCurvature(probe);
      })
      .Case([&](program::ProbeGradientsOp probe) {
        return appendVoid(op, "dynfault::record_gradients",
                          {readAttribute(kRecorder), parameters(),
                           parameterNames(), every(probe)});
      })
      .Case([&](program::SnapshotParametersOp probe) {
        return appendVoid(
            op, "dynfault::snapshot_parameters",
            {readAttribute(kRecorder), parameters(), every(probe)});
      })
      .Case([&](program::ProbeOptimizerOp probe) {
        OptimizerState names =
            getOptimizerState(program.getOptimizerStep().getOptimizer());
        return appendVoid(op, "dynfault::record_optimizer",
                          {readAttribute(kRecorder), parameters(),
                           parameterNames(), state(names.firstMoment),
                           state(names.secondMoment), every(probe)});
      })
      .Default([&](Operation *) { return FunctionWriter::write(op); });
}

LogicalResult StepWriter::writeStep(program::TrainingStepOp step,
                                    bool hasProbes) {
  addInput(step.getInput(), "input");
  addInput(step.getTarget(), "target");
  jit::Value *stepsDone = readAttribute(kStepsDone);
  if (hasProbes && failed(appendVoid(step, "dynfault::begin_step",
                                     {readAttribute(kRecorder), stepsDone})))
    return failure();
  Block &block = step.getBody().front();
  if (failed(writeBlock(block)))
    return failure();
  if (hasProbes && failed(appendVoid(step, "dynfault::end_step",
                                     {readAttribute(kRecorder)})))
    return failure();
  auto next = append(step, "aten::add", "int",
                     {stepsDone, constant(static_cast<int64_t>(1))});
  if (failed(next))
    return failure();
  writeAttribute(kStepsDone, next->front());
  auto yield = cast<program::YieldOp>(block.getTerminator());
  // The caller gets a number to look at, not a graph to keep alive.
  auto loss = append(yield, "aten::detach", "", {lookup(yield.getLoss())});
  if (failed(loss))
    return failure();
  finish("training_step", loss->front());
  return success();
}
