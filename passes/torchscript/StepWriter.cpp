//===- StepWriter.cpp - The training step as a method ---------------------===//

#include "passes/torchscript/StepWriter.h"
#include "passes/program/Configuration.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torchscript;
namespace jit = ::torch::jit;

static constexpr StringLiteral kPreviousGradient = "previous_gradient";

OptimizerState
dynfault::torchscript::getOptimizerState(program::OptimizerAttr optimizer) {
  StringRef kind = optimizer.getKind();
  if (kind == "sgd") {
    StringRef buffer =
        optimizer.getNumber("momentum") != 0 ? "momentum_buffer" : "";
    return {{buffer}, buffer, ""};
  }
  if (kind == "rmsprop") {
    StringRef average = optimizer.getNumber("centered") != 0 ? "grad_avg" : "";
    StringRef buffer =
        optimizer.getNumber("momentum") != 0 ? "momentum_buffer" : "";
    return {{"square_avg", average, buffer},
            buffer.empty() ? average : buffer,
            "square_avg"};
  }
  if (kind == "adagrad")
    return {{"sum"}, "", "sum"};
  if (kind == "adadelta")
    return {{"square_avg", "acc_delta"}, "", "square_avg"};
  if (kind == "adamax")
    return {{"exp_avg", "exp_inf"}, "exp_avg", "exp_inf"};
  return {{"exp_avg", "exp_avg_sq"}, "exp_avg", "exp_avg_sq"};
}

SmallVector<StringRef>
dynfault::torchscript::getStateBuffers(const program::Program &program) {
  SmallVector<StringRef> buffers;
  for (StringRef name :
       getOptimizerState(program.getOptimizerStep().getOptimizer()).names)
    if (!name.empty())
      buffers.push_back(name);
  auto step = program.getTrainingStep();
  if (!step.getBody().getOps<program::DelayGradientsOp>().empty())
    buffers.push_back(kPreviousGradient);
  return buffers;
}

/// The learning rate of the step that `time` comes from: the base rate, which
/// Python may set, after the schedule.
static FailureOr<jit::Value *> appendLearningRate(
    program::OptimizerStepOp update, jit::Graph &graph, jit::Value *self,
    llvm::function_ref<FailureOr<jit::Value *>(StringRef,
                                               ArrayRef<jit::Value *>)>
        append) {
  jit::Value *base = graph.insertGetAttr(self, kLearningRate.str());
  auto schedule = update.getLrSchedule();
  if (!schedule)
    return base;
  program::LrScheduleAttr lr = *schedule;
  jit::Value *time = graph.insertGetAttr(self, kStepsDone.str());
  if (lr.getNumber("per_batch") == 0) {
    auto epoch =
        append("aten::floordiv",
               {time, graph.insertGetAttr(self, kStepsPerEpoch.str())});
    if (failed(epoch))
      return failure();
    time = *epoch;
  }
  StringRef kind = lr.getKind();
  auto number = [&](StringRef name, double otherwise) {
    const program::KindSpec *spec =
        program::findKind(program::getLrScheduleKinds(), kind);
    return spec->find(name) ? lr.getNumber(name) : otherwise;
  };
  auto integer = [&](StringRef name) {
    return static_cast<int64_t>(number(name, 0));
  };
  // Each kind calls its length by PyTorch's name for it.
  int64_t period =
      integer("step_size") + integer("t_max") + integer("total_iters");
  c10::List<int64_t> milestones;
  if (Attribute list = lr.getParameters().get("milestones"))
    for (int64_t milestone : program::getIntegers(list))
      milestones.push_back(milestone);
  auto constant = [&](const jit::IValue &value) {
    return graph.insertConstant(value);
  };
  return append("dynfault::scheduled_lr",
                {base, time, constant(kind.str()), constant(integer("warmup")),
                 constant(period), constant(milestones),
                 constant(number("gamma", 1)), constant(number("eta_min", 0)),
                 constant(number("power", 1))});
}

jit::Value *StepWriter::parameters() {
  if (!parameterList)
    parameterList = slotValues(program.getParameters(), "");
  return parameterList;
}

jit::Value *
StepWriter::slotValues(ArrayRef<dynfault::torch::GlobalSlotOp> slots,
                       StringRef prefix) {
  SmallVector<jit::Value *> tensors;
  for (dynfault::torch::GlobalSlotOp slot : slots)
    tensors.push_back(readAttribute((prefix + slot.getSymName()).str()));
  return tensorList(tensors);
}

jit::Value *StepWriter::trainedParameters() {
  if (trainedList)
    return trainedList;
  program::OptimizerStepOp update = program.getOptimizerStep();
  if (!update.getFrozen())
    return trainedList = parameters();
  SmallVector<jit::Value *> tensors;
  for (auto slot : program.getParameters())
    if (!update.isFrozen(slot.getSymName()))
      tensors.push_back(readAttribute(slot.getSymName()));
  return trainedList = tensorList(tensors);
}

jit::Value *StepWriter::state(StringRef name, bool trainedOnly) {
  program::OptimizerStepOp update = program.getOptimizerStep();
  trainedOnly &= update.getFrozen().has_value();
  jit::Value *&list =
      stateLists[trainedOnly ? ("trained " + name).str() : name.str()];
  if (list)
    return list;
  SmallVector<jit::Value *> buffers;
  if (!name.empty())
    for (auto slot : program.getParameters())
      if (!trainedOnly || !update.isFrozen(slot.getSymName()))
        buffers.push_back(readAttribute(
            (kOptimizer + "." + name + "." + slot.getSymName()).str()));
  return list = tensorList(buffers);
}

jit::Value *StepWriter::stateOf(StringRef name,
                                ArrayRef<dynfault::torch::GlobalSlotOp> slots) {
  if (name.empty())
    return tensorList({});
  return slotValues(slots, (kOptimizer + "." + name + ".").str());
}

FailureOr<jit::Value *> StepWriter::learningRate(Operation *op) {
  if (rate)
    return rate;
  auto value = appendLearningRate(
      program.getOptimizerStep(), *graph, self,
      [&](StringRef name,
          ArrayRef<jit::Value *> operands) -> FailureOr<jit::Value *> {
        auto results =
            append(op, name, name == "aten::floordiv" ? "int" : "", operands);
        if (failed(results))
          return failure();
        return results->front();
      });
  if (succeeded(value))
    rate = *value;
  return value;
}

LogicalResult StepWriter::writeUpdate(program::OptimizerStepOp op) {
  program::OptimizerAttr optimizer = op.getOptimizer();
  StringRef kind = optimizer.getKind();
  FailureOr<jit::Value *> lr = learningRate(op);
  if (failed(lr))
    return failure();

  SmallVector<jit::Value *> operands{trainedParameters()};
  for (StringRef name : getOptimizerState(optimizer).names)
    operands.push_back(state(name, /*trainedOnly=*/true));
  // Read anew: the step before may have changed it.
  operands.push_back(graph->insertGetAttr(self, kOptimizerSteps.str()));
  operands.push_back(*lr);
  auto numbers = [&](ArrayRef<StringRef> names) {
    for (StringRef name : names)
      operands.push_back(constant(optimizer.getNumber(name)));
  };
  std::string name = ("dynfault::" + kind + "_").str();
  if (kind == "sgd") {
    numbers({"momentum", "dampening", "weight_decay"});
    operands.push_back(constant(optimizer.getNumber("nesterov") != 0));
  } else if (kind == "rmsprop") {
    numbers({"alpha", "eps", "weight_decay", "momentum"});
  } else if (kind == "adagrad") {
    numbers({"lr_decay", "weight_decay", "initial_accumulator_value", "eps"});
  } else if (kind == "adadelta") {
    numbers({"rho", "eps", "weight_decay"});
  } else {
    numbers({"beta1", "beta2", "eps", "weight_decay"});
    if (kind == "nadam")
      numbers({"momentum_decay"});
    if (kind == "adam" || kind == "adamw") {
      name = "dynfault::adam_";
      operands.push_back(constant(kind == "adamw"));
    }
  }
  auto results = append(op, name, "", operands);
  if (failed(results))
    return failure();
  writeAttribute(kOptimizerSteps, results->front());
  return success();
}

FailureOr<jit::Value *> StepWriter::updateCounts(Operation *op) {
  program::OptimizerStepOp update = program.getOptimizerStep();
  jit::Value *counts = graph->insertGetAttr(self, kOptimizerSteps.str());
  if (!update.getFrozen())
    return counts;
  std::vector<jit::Value *> all;
  int64_t trained = 0;
  for (auto slot : program.getParameters()) {
    if (update.isFrozen(slot.getSymName())) {
      all.push_back(constant(static_cast<int64_t>(0)));
      continue;
    }
    auto count =
        append(op, "aten::__getitem__", "t", {counts, constant(trained++)});
    if (failed(count))
      return failure();
    // The operator is generic in the type of the list's elements.
    all.push_back(count->front()->setType(c10::IntType::get()));
  }
  jit::Node *list = graph->createList(c10::IntType::get(), all);
  return graph->insertNode(list)->output();
}

LogicalResult StepWriter::writeCurvature(program::ProbeCurvatureOp op) {
  FailureOr<jit::Value *> lr = learningRate(op);
  FailureOr<jit::Value *> updates = updateCounts(op);
  if (failed(lr) || failed(updates))
    return failure();
  program::OptimizerAttr optimizer = program.getOptimizerStep().getOptimizer();
  const program::KindSpec *spec =
      program::findKind(program::getOptimizerKinds(), optimizer.getKind());
  // 0 where the optimizer has no such number.
  auto number = [&](StringRef name) {
    return constant(spec->find(name) ? optimizer.getNumber(name) : 0.0);
  };
  auto integer = [&](uint64_t value) {
    return constant(static_cast<int64_t>(value));
  };
  c10::List<std::string> names, quantities;
  for (dynfault::torch::GlobalSlotOp slot : program.getParameters())
    names.push_back(slot.getSymName().str());
  for (StringRef name : op.getQuantities().getAsValueRange<StringAttr>())
    quantities.push_back(name.str());
  bool nesterov =
      spec->find("nesterov") && optimizer.getNumber("nesterov") != 0;
  SmallVector<jit::Value *> arguments{
      self,
      readAttribute(kRecorder),
      lookup(op.getInput()),
      lookup(op.getTarget()),
      parameters(),
      *lr,
      integer(op.getEvery()),
      integer(op.getLanczosSteps()),
      integer(op.getTraceSamples()),
      integer(op.getSeed()),
      constant(op.getFixedBatch()),
      constant(op.getTraining()),
      constant(names),
      constant(quantities),
      constant(op.getTolerance().convertToDouble()),
      constant(op.getTraceEstimator().str()),
      constant(optimizer.getKind().str()),
      number(spec->find("beta1") ? "beta1" : "momentum"),
      number("dampening"),
      constant(nesterov),
      number("beta2"),
      number("eps"),
      state(getOptimizerState(optimizer).secondMoment, /*trainedOnly=*/false),
      *updates,
      integer(op.getWarmUp()),
      integer(op.getEpochs())};
  // An archive without them has the same bytes as before there were any.
  if (op.getLanczosStop() != "residual" || op.getRows() != 0)
    arguments.append(
        {constant(op.getLanczosStop().str()), integer(op.getRows())});
  return appendVoid(op, "dynfault::record_curvature", arguments);
}

template <typename ProbeT>
LogicalResult StepWriter::writeParameterProbe(ProbeT op, StringRef name,
                                              bool takesNames,
                                              bool takesState) {
  SmallVector<dynfault::torch::GlobalSlotOp> slots;
  c10::List<std::string> names;
  for (dynfault::torch::GlobalSlotOp slot : program.getParameters()) {
    std::optional<ArrayAttr> only = op.getParameters();
    if (only &&
        !llvm::is_contained(only->template getAsValueRange<StringAttr>(),
                            slot.getSymName()))
      continue;
    slots.push_back(slot);
    names.push_back(slot.getSymName().str());
  }
  SmallVector<jit::Value *> operands{readAttribute(kRecorder),
                                     slotValues(slots, "")};
  if (takesNames)
    operands.push_back(constant(names));
  if (takesState) {
    program::OptimizerAttr optimizer =
        program.getOptimizerStep().getOptimizer();
    OptimizerState state = getOptimizerState(optimizer);
    operands.append({stateOf(state.firstMoment, slots),
                     stateOf(state.secondMoment, slots),
                     constant(optimizer.getKind().str()),
                     // Read anew: the update has counted.
                     graph->insertGetAttr(self, kOptimizerSteps.str())});
    for (StringRef number : {"beta1", "beta2", "momentum_decay"}) {
      bool known =
          program::findKind(program::getOptimizerKinds(), optimizer.getKind())
              ->find(number);
      operands.push_back(constant(known ? optimizer.getNumber(number) : 0.0));
    }
  }
  for (uint64_t number : {op.getEvery(), op.getWarmUp(), op.getEpochs()})
    operands.push_back(constant(static_cast<int64_t>(number)));
  return appendVoid(op, name, operands);
}

LogicalResult StepWriter::write(Operation *op) {
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
      .Case([&](program::DelayGradientsOp) {
        return appendVoid(op, "dynfault::delay_gradients_",
                          {parameters(), state(kPreviousGradient, false)});
      })
      .Case(
          [&](program::OptimizerStepOp update) { return writeUpdate(update); })
      .Case([&](program::ProbeCurvatureOp probe) {
        return writeCurvature(probe);
      })
      .Case([&](program::ProbeGradientsOp probe) {
        return writeParameterProbe(probe, "dynfault::record_gradients",
                                   /*takesNames=*/true, /*takesState=*/false);
      })
      .Case([&](program::SnapshotGradientsOp probe) {
        return writeParameterProbe(probe, "dynfault::snapshot_gradients",
                                   /*takesNames=*/false, /*takesState=*/false);
      })
      .Case([&](program::SnapshotParametersOp probe) {
        return writeParameterProbe(probe, "dynfault::snapshot_parameters",
                                   /*takesNames=*/false, /*takesState=*/false);
      })
      .Case([&](program::ProbeOptimizerOp probe) {
        return writeParameterProbe(probe, "dynfault::record_optimizer",
                                   /*takesNames=*/true, /*takesState=*/true);
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

namespace {
/// Writes the method that says the rate of the next step.
class RateWriter : public StepWriter {
public:
  using StepWriter::StepWriter;

  LogicalResult writeRate() {
    FailureOr<jit::Value *> rate = learningRate(program.getOptimizerStep());
    if (failed(rate))
      return failure();
    finish("learning_rate_now", *rate);
    return success();
  }
};
} // namespace

LogicalResult
dynfault::torchscript::writeLearningRate(ModuleWriter &module,
                                         const program::Program &program) {
  return RateWriter(module, program).writeRate();
}
