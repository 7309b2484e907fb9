//===- Rewrites.cpp - What rewrites of several operators share ------------===//

#include "passes/inject/Rewrites.h"
#include "passes/program/Sites.h"
#include "passes/torch/Activations.h"
#include "passes/torch/ShapeInference.h"

#include "mlir/IR/Dominance.h"
#include "llvm/ADT/SetVector.h"
#include <cmath>

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using dynfault::program::InitAttr;
using dynfault::program::Program;
using dynfault::torch::GlobalSlotOp;

SmallVector<FaultSite>
dynfault::inject::findModelSites(const Program &program,
                                 function_ref<bool(Operation *)> isSite) {
  SmallVector<FaultSite> sites;
  program::walkModel(program, [&](Operation *op) {
    if (StringRef site = program::getSite(op);
        !site.empty() && !op->hasAttr("dynfault.injected") && isSite(op))
      sites.push_back({site.str(), op});
  });
  return sites;
}

Program dynfault::inject::getProgram(Operation *op) {
  auto module = dyn_cast<ModuleOp>(op);
  return Program(module ? module : op->getParentOfType<ModuleOp>());
}

void dynfault::inject::markInjected(Operation *op) {
  op->setAttr("dynfault.injected", UnitAttr::get(op->getContext()));
}

//===----------------------------------------------------------------------===//
// Replacing
//===----------------------------------------------------------------------===//

/// Reading a slot, a constant or a list has no effect; other torch operations
/// may have one.
static bool hasNoEffect(Operation *op) {
  StringRef name = op->getName().getStringRef();
  return isa<torch::GlobalSlotGetOp, torch::PrimListConstructOp,
             torch::DerefineOp>(op) ||
         name.starts_with("torch.constant.") || name.ends_with(".literal") ||
         torch::getBaseName(op) == "aten.t";
}

/// The operations that compute an operation's operands, each once: a list may
/// be the stride and the dilation of one convolution.
using Sources = llvm::SmallSetVector<Operation *, 8>;
static void addSources(Operation *op, Sources &sources) {
  for (Value operand : op->getOperands())
    if (Operation *source = operand.getDefiningOp())
      sources.insert(source);
}

/// Erases those of `sources` without effect that nothing uses, and then what
/// computed their operands.
static void eraseUnused(Sources sources) {
  while (!sources.empty()) {
    Operation *op = sources.pop_back_val();
    if (!op->use_empty() || !hasNoEffect(op))
      continue;
    GlobalSlotOp slot;
    if (auto get = dyn_cast<torch::GlobalSlotGetOp>(op))
      slot = SymbolTable::lookupNearestSymbolFrom<GlobalSlotOp>(
          op, get.getSlotAttr());
    addSources(op, sources);
    op->erase();
    // A parameter that nothing reads would still be decayed and counted.
    if (slot && torch::getTensorInfo(slot.getTypeBound()) &&
        SymbolTable::symbolKnownUseEmpty(slot, slot->getParentOp()))
      slot.erase();
  }
}

void dynfault::inject::replaceOp(Operation *op, Value value) {
  Sources sources;
  addSources(op, sources);
  if (torch::isInPlace(op)) {
    // Later readers of the operand saw what the operation left there.
    Value target = op->getOperand(0);
    if (target != value) {
      DominanceInfo dominance(op->getParentOfType<func::FuncOp>());
      target.replaceUsesWithIf(value, [&](OpOperand &use) {
        return use.getOwner() != op &&
               use.getOwner() != value.getDefiningOp() &&
               dominance.properlyDominates(op, use.getOwner());
      });
    }
  }
  op->getResult(0).replaceAllUsesWith(value);
  op->erase();
  eraseUnused(std::move(sources));
}

void dynfault::inject::replaceOperand(Operation *op, unsigned index,
                                      Value value) {
  Operation *old = op->getOperand(index).getDefiningOp();
  op->setOperand(index, value);
  if (old) {
    Sources sources;
    sources.insert(old);
    eraseUnused(std::move(sources));
  }
}

void dynfault::inject::replaceActivation(Operation *op, StringRef to) {
  OpBuilder builder(op);
  torch::TorchBuilder torchBuilder(builder, op->getLoc());
  Value input = op->getOperand(0);
  auto probe = input.getDefiningOp<program::ProbeActivationOp>();
  if (probe)
    input = probe.getInput();
  // `linear` is the identity.
  Value result = to == "linear"
                     ? input
                     : torch::findActivation(to)->build(torchBuilder, input);
  if (result != input)
    result.getDefiningOp()->setAttr("dynfault.site",
                                    op->getAttr("dynfault.site"));
  std::string siteId = program::getSite(op).str();
  // With a probe in between, later readers of the input go through it.
  if (probe && torch::isInPlace(op)) {
    DominanceInfo dominance(op->getParentOfType<func::FuncOp>());
    input.replaceUsesWithIf(result, [&](OpOperand &use) {
      return use.getOwner() != probe &&
             dominance.properlyDominates(op, use.getOwner());
    });
  }
  if (probe)
    op->setOperand(0, input);
  replaceOp(op, result);
  Operation *activation = result == input ? nullptr : result.getDefiningOp();
  if (activation && torch::getActivation(activation)) {
    if (probe) {
      activation->setOperand(0, probe.getResult());
      probe.setKind(to);
    }
    return;
  }
  // The place stays one that is probed although no single operation stands
  // there now: probes that came and went with the fault would give it away.
  program::markPreActivation(input, to, siteId);
  if (!probe)
    return;
  Operation *producer = input.getDefiningOp();
  if (!producer) {
    probe.getResult().replaceAllUsesWith(input);
    probe.erase();
    return;
  }
  probe->moveAfter(producer);
  probe.setKind(to);
  input.replaceAllUsesExcept(probe.getResult(), probe);
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

ArrayRef<int64_t> dynfault::inject::getSlotSizes(GlobalSlotOp slot) {
  return *torch::getTensorInfo(slot.getTypeBound())->sizes;
}

StringRef dynfault::inject::getScope(GlobalSlotOp slot) {
  StringRef name = slot.getSymName();
  size_t dot = name.rfind('.');
  return dot == StringRef::npos ? name : name.take_front(dot);
}

GlobalSlotOp dynfault::inject::addParameter(GlobalSlotOp neighbour,
                                            StringRef name,
                                            ArrayRef<int64_t> sizes,
                                            InitAttr init) {
  auto module = neighbour->getParentOfType<ModuleOp>();
  std::string unique = name.str();
  auto [scope, leaf] = name.rsplit('.');
  for (unsigned i = 1; module.lookupSymbol(unique); ++i)
    unique = (scope + "_" + Twine(i) + "." + leaf).str();
  OpBuilder builder(neighbour->getContext());
  builder.setInsertionPointAfter(neighbour);
  auto info = torch::getTensorInfo(neighbour.getTypeBound());
  Type type =
      info->valueSemantics
          ? Type(torch::ValueTensorType::get(builder.getContext(), true, sizes,
                                             info->dtype, Attribute()))
          : Type(torch::NonValueTensorType::get(
                builder.getContext(), true, sizes, info->dtype, Attribute()));
  auto slot = builder.create<GlobalSlotOp>(neighbour.getLoc(), unique, type);
  slot->setAttr("dynfault.init", init);
  return slot;
}

Value dynfault::inject::readSlot(OpBuilder &builder, GlobalSlotOp slot,
                                 Location loc) {
  return builder.create<torch::GlobalSlotGetOp>(
      loc, slot.getTypeBound(), FlatSymbolRefAttr::get(slot.getSymNameAttr()));
}

InitAttr dynfault::inject::getDefaultBiasInit(MLIRContext *context,
                                              double fanIn) {
  Builder builder(context);
  double bound = 1 / std::sqrt(fanIn);
  return InitAttr::get(
      context, "uniform",
      builder.getDictionaryAttr(
          {builder.getNamedAttr("high", builder.getF64FloatAttr(bound)),
           builder.getNamedAttr("low", builder.getF64FloatAttr(-bound))}));
}
