//===- Program.cpp - A module seen as a DL program ------------------------===//

#include "passes/program/Program.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::program;

bool dynfault::program::isParameter(torch::GlobalSlotOp slot) {
  auto info = torch::getTensorInfo(slot.getTypeBound());
  auto requiresGrad = slot->getAttrOfType<BoolAttr>("dynfault.requires_grad");
  return info && isa_and_nonnull<FloatType>(info->dtype) &&
         !slot->hasAttr("dynfault.buffer") &&
         !slot->hasAttr("dynfault.attribute") &&
         (!requiresGrad || requiresGrad.getValue());
}

Program::Program(ModuleOp module) : module(module) {
  forward = module.lookupSymbol<func::FuncOp>("forward");
  loss = module.lookupSymbol<func::FuncOp>("loss");
  for (Operation &op : *module.getBody()) {
    if (auto datasetOp = dyn_cast<DatasetOp>(op))
      dataset = datasetOp;
    else if (auto stepOp = dyn_cast<TrainingStepOp>(op))
      trainingStep = stepOp;
    else if (auto scheduleOp = dyn_cast<ScheduleOp>(op))
      schedule = scheduleOp;
    else if (auto slot = dyn_cast<torch::GlobalSlotOp>(op))
      if (isParameter(slot))
        parameters.push_back(slot);
  }
}

OptimizerStepOp Program::getOptimizerStep() const {
  if (!trainingStep)
    return {};
  auto steps = Program::trainingStep;
  for (Operation &op : steps.getBody().front())
    if (auto step = dyn_cast<OptimizerStepOp>(op))
      return step;
  return {};
}

StringRef Program::getTask() const {
  auto task = module->getAttrOfType<StringAttr>("dynfault.task");
  return task ? task.getValue() : StringRef();
}

/// Reports a second operation of a kind that a program has once.
template <typename OpT>
static LogicalResult verifySingle(ModuleOp module) {
  OpT first;
  for (OpT op : module.getOps<OpT>()) {
    if (first) {
      InFlightDiagnostic diagnostic =
          op.emitOpError("stands twice; a program has one");
      diagnostic.attachNote(first.getLoc()) << "the other one is here";
      return diagnostic;
    }
    first = op;
  }
  return success();
}

LogicalResult Program::verifyTrainable() const {
  ModuleOp module = this->module;
  auto missing = [&](StringRef what, StringRef remedy) {
    return module.emitError()
           << "the program has no " << what << "; add " << remedy;
  };
  if (!forward)
    return missing("model", "'func.func @forward(%x: ...) -> ...'");
  if (!loss)
    return missing("loss", "'func.func @loss(%output: ..., %target: ...) -> "
                           "!torch.vtensor<[],f32>'");
  if (!trainingStep)
    return missing("training step", "'dynfault.training_step(%x: ..., %target: "
                                    "...) { ... }'");
  if (!dataset)
    return missing("data set", "'dynfault.dataset @data {source = ..., train = "
                               "..., validation = ...}'");
  if (!schedule)
    return missing("schedule",
                   "'dynfault.schedule {epochs = ..., batch_size = ...}'");
  if (getTask().empty())
    return missing("task", "the module attribute 'dynfault.task = "
                           "\"classification\"' (or \"regression\")");
  if (failed(verifySingle<TrainingStepOp>(module)) ||
      failed(verifySingle<DatasetOp>(module)) ||
      failed(verifySingle<ScheduleOp>(module)))
    return failure();
  auto takes = [](func::FuncOp function, unsigned inputs,
                  StringRef what) -> LogicalResult {
    if (function.isExternal())
      return function.emitOpError("has no body");
    if (function.getNumArguments() == inputs && function.getNumResults() == 1)
      return success();
    return function.emitOpError() << "must take " << what;
  };
  if (failed(takes(forward, 1, "one input and return one output")) ||
      failed(takes(loss, 2, "an output and a target and return the loss")))
    return failure();
  if (parameters.empty())
    return missing("parameter", "'torch.global_slot @name {dynfault.init = "
                                "...} : !torch.vtensor<...>'");
  OptimizerStepOp firstUpdate;
  auto step = trainingStep;
  for (auto update : step.getBody().getOps<OptimizerStepOp>()) {
    if (firstUpdate) {
      InFlightDiagnostic diagnostic =
          update.emitOpError("stands twice; a training step has one");
      diagnostic.attachNote(firstUpdate.getLoc()) << "the other one is here";
      return diagnostic;
    }
    firstUpdate = update;
  }
  if (!firstUpdate)
    return missing("optimizer update", "'dynfault.optimizer_step "
                                       "#dynfault.optimizer<...>' to the "
                                       "training step");
  if (auto frozen = firstUpdate.getFrozen())
    for (auto symbol : frozen->getAsRange<FlatSymbolRefAttr>())
      if (llvm::none_of(parameters, [&](torch::GlobalSlotOp slot) {
            return slot.getSymName() == symbol.getValue();
          }))
        return firstUpdate.emitOpError()
               << "freezes " << symbol << ", which is no parameter";
  for (torch::GlobalSlotOp slot : parameters) {
    if (!torch::getTensorInfo(slot.getTypeBound())->isStatic())
      return slot.emitOpError() << "has the type " << slot.getTypeBound()
                                << "; a parameter needs a static shape";
    if (!slot->hasAttr("dynfault.init"))
      return slot.emitOpError("has no initialiser; add {dynfault.init = "
                              "#dynfault.init<...>}");
  }
  return success();
}
