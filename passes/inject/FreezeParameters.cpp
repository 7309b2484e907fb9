//===- FreezeParameters.cpp - OMP: parameters without an optimizer --------===//
//
// A layer whose parameters were never given to the optimizer: a list in place
// of a ModuleList, or a layer that was replaced after the optimizer was made.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/StepRewrites.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using dynfault::program::OptimizerStepOp;
using dynfault::program::Program;

/// `layer1.conv` of `layer1.conv.weight`; a name without a dot is a layer of
/// its own.
static StringRef getLayer(StringRef parameter) {
  size_t dot = parameter.rfind('.');
  return dot == StringRef::npos ? parameter : parameter.take_front(dot);
}

static StringRef getLeaf(StringRef parameter) {
  return parameter.substr(parameter.rfind('.') + 1);
}

/// The parameters of the layer that the optimizer has and the choice names.
static SmallVector<torch::GlobalSlotOp>
select(const Program &program, StringRef layer, StringRef which) {
  OptimizerStepOp update = program.getOptimizerStep();
  SmallVector<torch::GlobalSlotOp> slots;
  for (torch::GlobalSlotOp slot : program.getParameters()) {
    StringRef name = slot.getSymName();
    bool isMeant =
        which == "all" ||
        getLeaf(name).starts_with(which == "weights" ? "weight" : "bias");
    if (getLayer(name) == layer && isMeant && !update.isFrozen(name))
      slots.push_back(slot);
  }
  return slots;
}

static SmallVector<FaultSite> findSites(const Program &program) {
  SmallVector<FaultSite> sites;
  OptimizerStepOp update = program.getOptimizerStep();
  if (!update)
    return sites;
  for (torch::GlobalSlotOp slot : program.getParameters()) {
    StringRef layer = getLayer(slot.getSymName());
    bool isNew = llvm::none_of(
        sites, [&](const FaultSite &site) { return site.id == layer; });
    if (isNew && !update.isFrozen(slot.getSymName()))
      sites.push_back({layer.str(), slot});
  }
  return sites;
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  Program program(site.op->getParentOfType<ModuleOp>());
  StringRef which = cast<StringAttr>(value).getValue();
  size_t count = select(program, site.id, which).size();
  if (count == 0)
    return impossible("the layer has no " + which);
  if (which != "all" && count == select(program, site.id, "all").size())
    return impossible("the layer has nothing but " + which +
                      "; which=all means the same");
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  Program program(site.op->getParentOfType<ModuleOp>());
  OptimizerStepOp update = program.getOptimizerStep();
  SmallVector<Attribute> frozen;
  if (auto earlier = update.getFrozen())
    llvm::append_range(frozen, *earlier);
  llvm::raw_string_ostream names(record.after);
  names << "not in the optimizer: ";
  llvm::interleaveComma(select(program, site.id, arguments.getText("which")),
                        names, [&](torch::GlobalSlotOp slot) {
                          names << slot.getSymName();
                          frozen.push_back(
                              FlatSymbolRefAttr::get(slot.getSymNameAttr()));
                        });
  record.before = "all parameters in the optimizer";
  // One text whatever the order of several such faults.
  llvm::sort(frozen, [](Attribute left, Attribute right) {
    return cast<FlatSymbolRefAttr>(left).getValue() <
           cast<FlatSymbolRefAttr>(right).getValue();
  });
  update.setFrozenAttr(ArrayAttr::get(update.getContext(), frozen));
  return success();
}

static const StringRef kLow[] = {"biases"};
static const StringRef kMedium[] = {"weights"};
static const StringRef kHigh[] = {"all"};
static const FaultParameter kParameters[] = {FaultParameter::choice(
    "which",
    "which parameters of the layer are missing: those whose names begin with "
    "'bias', with 'weight', or all",
    kLow, kMedium, kHigh)};

const FaultOperator dynfault::inject::kFreezeParameters = {
    "OMP",
    "parameters missing in the optimizer",
    "optimization",
    "Leaves the parameters of a layer out of the optimizer, so that they keep "
    "their initial values.",
    "a layer with parameters, in a program with an optimizer update",
    "common PyTorch training mistake",
    kParameters,
    findSites,
    refuses,
    apply};
