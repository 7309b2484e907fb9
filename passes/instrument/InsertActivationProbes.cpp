//===- InsertActivationProbes.cpp - Probes of pre-activations -------------===//
//
// The probe sees the activation's input: a unit is saturated or dead by what
// goes into the function, not by what comes out of it (field notes, section 2).
// Only the activation reads the probe; everything else keeps the value itself.
// A recurrent layer hides what its functions read, so its output is probed. A
// model without any such place is probed at the outputs of its layers.
// A place whose function a fault replaced by something that is no single
// operation is marked and still probed.
//
//===----------------------------------------------------------------------===//

#include "passes/instrument/Passes.h"
#include "passes/instrument/ProbeSites.h"
#include "passes/prepare/Prepare.h"
#include "passes/program/Layers.h"
#include "passes/program/Sites.h"
#include "passes/torch/Activations.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::instrument;

namespace dynfault::instrument {
#define GEN_PASS_DEF_INSERTACTIVATIONPROBES
#include "passes/instrument/Passes.h.inc"
} // namespace dynfault::instrument

namespace {
class InsertActivationProbes
    : public dynfault::instrument::impl::InsertActivationProbesBase<
          InsertActivationProbes> {
  using InsertActivationProbesBase::InsertActivationProbesBase;

  void runOnOperation() override {
    if (failed(insert()))
      signalPassFailure();
  }

  LogicalResult insert();
  /// Tells `places` of what can be probed.
  static void findPlaces(const program::Program &program, ProbeSites &places);
  /// Probes the input of an activation function; only the function reads the
  /// probe.
  void probeInput(Operation *activation);
  /// Probes the result of an operation that is marked as a pre-activation; all
  /// users read the probe.
  void probeResult(Operation *producer, Value value,
                   const program::PreActivation &mark);

  ProbeSchedule schedule;
};
} // namespace

/// Operations whose units are channels, dimension 1, whatever the rank is.
static bool hasChannels(StringRef name) {
  for (StringRef part : {"conv", "batch_norm", "group_norm", "instance_norm",
                         "max_pool", "avg_pool"})
    if (name.contains(part))
      return true;
  return false;
}

/// 1 if the value comes, through operations that keep its type, from one with
/// channels; otherwise 0: units are the last dimension.
static int64_t findUnitDimension(Value value) {
  Type type = value.getType();
  while (Operation *op = value.getDefiningOp()) {
    if (hasChannels(torch::getTorchName(op)))
      return 1;
    if (op->getNumOperands() == 0 || op->getOperand(0).getType() != type)
      break;
    value = op->getOperand(0);
  }
  return 0;
}

/// Whether `op` is an activation function of the program, not of a fault.
static bool isActivation(Operation *op) {
  return torch::getActivation(op) && !op->hasAttr("dynfault.injected");
}

/// Takes an earlier probe of `value` out of all uses.
static void eraseProbes(Value value) {
  for (Operation *user : llvm::make_early_inc_range(value.getUsers()))
    if (auto probe = dyn_cast<program::ProbeActivationOp>(user)) {
      probe.getResult().replaceAllUsesWith(value);
      probe.erase();
    }
}

void InsertActivationProbes::probeInput(Operation *op) {
  Value input = op->getOperand(0);
  if (auto earlier = input.getDefiningOp<program::ProbeActivationOp>()) {
    input = earlier.getInput();
    op->setOperand(0, input);
    if (earlier->use_empty())
      earlier.erase();
  }
  OpBuilder builder(op);
  ProbeSchedule own = ProbeSites::scheduleOf(op, schedule);
  auto probe = builder.create<program::ProbeActivationOp>(
      op->getLoc(), input.getType(), input, program::getSite(op),
      torch::getActivation(op)->name, findUnitDimension(input), own.every,
      own.warmUp, own.epochs);
  op->setOperand(0, probe.getResult());
}

void InsertActivationProbes::probeResult(Operation *op, Value value,
                                         const program::PreActivation &mark) {
  eraseProbes(value);
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(op);
  ProbeSchedule own = ProbeSites::scheduleOf(op, schedule);
  auto probe = builder.create<program::ProbeActivationOp>(
      op->getLoc(), value.getType(), value, mark.site, mark.kind,
      findUnitDimension(value), own.every, own.warmUp, own.epochs);
  value.replaceAllUsesExcept(probe.getResult(), probe);
}

void InsertActivationProbes::findPlaces(const program::Program &program,
                                        ProbeSites &places) {
  bool found = false;
  auto add = [&](StringRef site, Operation *op) {
    places.add(site, op);
    found = true;
  };
  program::walkModel(program, [&](Operation *op) {
    std::optional<program::PreActivation> mark = program::getPreActivation(op);
    if (mark)
      add(mark->site, op);
    else if (isActivation(op) || program::getRecurrentLayer(op))
      add(program::getSite(op), op);
  });
  if (found)
    return;
  // A linear model. An injected layer is not probed: the number of places must
  // not tell the fault.
  program::walkModel(program, [&](Operation *op) {
    if (auto layer = program::getWeightedLayer(op);
        layer && !op->hasAttr("dynfault.injected"))
      add(program::getSite(op), op);
  });
}

LogicalResult InsertActivationProbes::insert() {
  ModuleOp module = getOperation();
  if (failed(prepare::prepareProgram(module)))
    return failure();
  program::Program program(module);
  auto given = ProbeSchedule::create(
      program, getArgument(), {every, warmUp, epochs}, samples, minEvery);
  auto places = ProbeSites::create(module, getArgument(), sites);
  if (failed(given) || failed(places))
    return failure();
  schedule = *given;

  findPlaces(program, *places);
  auto operations = places->choose("activation");
  if (failed(operations))
    return failure();

  for (Operation *op : *operations) {
    if (std::optional<program::PreActivation> mark =
            program::getPreActivation(op))
      probeResult(op, op->getResult(0), *mark);
    if (isActivation(op))
      probeInput(op);
    else if (auto recurrent = program::getRecurrentLayer(op))
      probeResult(op, op->getResult(0),
                  {recurrent->kind, program::getSite(op)});
    else if (auto layer = program::getWeightedLayer(op);
             layer && !program::getPreActivation(op))
      probeResult(layer->output, layer->getOutput(),
                  {"identity", program::getSite(op)});
  }
  return success();
}
