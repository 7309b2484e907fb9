//===- InsertActivationProbes.cpp - Probes of pre-activations -------------===//
//
// The probe sees the activation's input: a unit is saturated or dead by what
// goes into the function, not by what comes out of it (field notes, section 2).
// Only the activation reads the probe; everything else keeps the value itself.
// A place whose function a fault replaced by something that is no single
// operation is marked and still probed.
//
//===----------------------------------------------------------------------===//

#include "passes/instrument/Passes.h"
#include "passes/prepare/Prepare.h"
#include "passes/program/Configuration.h"
#include "passes/program/Sites.h"
#include "passes/torch/Activations.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/GlobPattern.h"

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
  /// Probes the input of an activation function; only the function reads the
  /// probe.
  void probeInput(Operation *activation);
  /// Probes the result of an operation that is marked as a pre-activation; all
  /// users read the probe.
  void probeResult(Operation *producer, const program::PreActivation &mark);
};
} // namespace

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
  auto probe = builder.create<program::ProbeActivationOp>(
      op->getLoc(), input.getType(), input, program::getSite(op),
      torch::getActivation(op)->name, every);
  op->setOperand(0, probe.getResult());
}

void InsertActivationProbes::probeResult(Operation *op,
                                         const program::PreActivation &mark) {
  Value value = op->getResult(0);
  eraseProbes(value);
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(op);
  auto probe = builder.create<program::ProbeActivationOp>(
      op->getLoc(), value.getType(), value, mark.site, mark.kind, every);
  value.replaceAllUsesExcept(probe.getResult(), probe);
}

LogicalResult InsertActivationProbes::insert() {
  ModuleOp module = getOperation();
  if (every < 1)
    return module.emitError("dynfault-insert-activation-probes: every must be "
                            "at least 1");
  SmallVector<llvm::GlobPattern> patterns;
  for (const std::string &text : sites) {
    llvm::Expected<llvm::GlobPattern> pattern = llvm::GlobPattern::create(text);
    if (!pattern)
      return module.emitError()
             << "dynfault-insert-activation-probes: '" << text
             << "' is no pattern: " << llvm::toString(pattern.takeError());
    patterns.push_back(std::move(*pattern));
  }
  if (failed(prepare::prepareProgram(module)))
    return failure();

  program::Program program(module);
  func::FuncOp loss = program.getLoss();
  SmallVector<Operation *> operations;
  SmallVector<StringRef> names;
  for (auto function : module.getOps<func::FuncOp>())
    if (function != loss)
      function.walk([&](Operation *op) {
        std::optional<program::PreActivation> mark =
            program::getPreActivation(op);
        bool isActivation =
            torch::getActivation(op) && !op->hasAttr("dynfault.injected");
        if (!mark && !isActivation)
          return;
        StringRef site = mark ? mark->site : program::getSite(op);
        names.push_back(site);
        if (patterns.empty() ||
            llvm::any_of(patterns, [&](const llvm::GlobPattern &pattern) {
              return pattern.match(site);
            }))
          operations.push_back(op);
      });
  if (operations.empty() && !patterns.empty())
    return module.emitError()
           << "dynfault-insert-activation-probes: no activation matches "
           << llvm::join(sites, ", ")
           << "; the sites are: " << llvm::join(names, ", ");

  for (Operation *op : operations) {
    if (std::optional<program::PreActivation> mark =
            program::getPreActivation(op))
      probeResult(op, *mark);
    if (torch::getActivation(op) && !op->hasAttr("dynfault.injected"))
      probeInput(op);
  }
  return success();
}
