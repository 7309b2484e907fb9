//===- Sites.cpp - Stable names of places in a program --------------------===//

#include "passes/program/Sites.h"
#include "passes/torch/TorchOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::program;

StringRef dynfault::program::getSite(Operation *op) {
  auto site = op->getAttrOfType<StringAttr>("dynfault.site");
  return site ? site.getValue() : StringRef();
}

void dynfault::program::markPreActivation(Value value, StringRef kind,
                                          StringRef site) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return;
  Builder builder(op->getContext());
  op->setAttr("dynfault.pre_activation",
              builder.getDictionaryAttr(
                  {builder.getNamedAttr("kind", builder.getStringAttr(kind)),
                   builder.getNamedAttr("site", builder.getStringAttr(site))}));
}

std::optional<PreActivation>
dynfault::program::getPreActivation(Operation *op) {
  auto mark = op->getAttrOfType<DictionaryAttr>("dynfault.pre_activation");
  if (!mark)
    return std::nullopt;
  return PreActivation{mark.getAs<StringAttr>("kind").getValue(),
                       mark.getAs<StringAttr>("site").getValue()};
}

/// The name that an importer left in the location, or an empty string.
static StringRef getLocationName(Location loc) {
  if (auto name = dyn_cast<NameLoc>(loc))
    return name.getName();
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    return getLocationName(call.getCallee());
  return {};
}

StringRef dynfault::program::getShortName(Operation *op) {
  StringRef name = torch::getTorchName(op);
  name = name.substr(name.find('.') + 1);
  return name.take_until([](char c) { return c == '.'; }).rtrim('_');
}

/// The scope part of a site, `conv1` of `conv1/relu`.
static StringRef getScope(StringRef site) {
  size_t slash = site.rfind('/');
  return slash == StringRef::npos ? StringRef() : site.take_front(slash);
}

static std::string deriveSite(Operation *op) {
  StringRef scope;
  for (Value operand : op->getOperands())
    if (auto get = operand.getDefiningOp<torch::GlobalSlotGetOp>();
        get && torch::getTensorInfo(get.getType())) {
      StringRef slot = get.getSlot();
      size_t dot = slot.rfind('.');
      if (dot != StringRef::npos) {
        scope = slot.take_front(dot);
        break;
      }
    }
  if (scope.empty())
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp();
          producer && torch::getTensorInfo(operand.getType())) {
        scope = getScope(getSite(producer));
        break;
      }
  if (scope.empty())
    if (auto function = op->getParentOfType<func::FuncOp>())
      scope = function.getName();
  return (scope + "/" + getShortName(op)).str();
}

bool dynfault::program::computesOnTensors(Operation *op) {
  // What has a declaration of its own is structure: constants, containers,
  // control flow, casts, slots.
  StringRef name = torch::getTorchName(op);
  if (name.empty() || name.starts_with("prim.") ||
      (op->isRegistered() && !isa<torch::OperatorOp>(op)))
    return false;
  return llvm::any_of(op->getResultTypes(), [](Type type) {
    return torch::getTensorInfo(type).has_value();
  });
}

LogicalResult dynfault::program::assignSites(ModuleOp module) {
  llvm::StringMap<Operation *> taken;
  auto walkSites = [&](auto &&visit) {
    for (auto function : module.getOps<func::FuncOp>()) {
      auto result = function.walk<WalkOrder::PreOrder>([&](Operation *op) {
        return computesOnTensors(op) ? visit(op) : WalkResult::advance();
      });
      if (result.wasInterrupted())
        return failure();
    }
    return success();
  };

  // Explicit names first: a derived one must not take a name that stands
  // further below.
  auto explicitSites = walkSites([&](Operation *op) {
    StringRef site = getSite(op);
    if (site.empty())
      return WalkResult::advance();
    auto [entry, isNew] = taken.try_emplace(site, op);
    if (isNew)
      return WalkResult::advance();
    InFlightDiagnostic diagnostic =
        op->emitError() << "site '" << site
                        << "' stands twice; give one of them another "
                           "'dynfault.site'";
    diagnostic.attachNote(entry->second->getLoc()) << "the other one is here";
    return WalkResult::interrupt();
  });
  if (failed(explicitSites))
    return failure();

  return walkSites([&](Operation *op) {
    if (!getSite(op).empty() || op->hasAttr("dynfault.injected"))
      return WalkResult::advance();
    std::string base = getLocationName(op->getLoc()).str();
    if (base.empty())
      base = deriveSite(op);
    std::string site = base;
    for (unsigned i = 1; !taken.try_emplace(site, op).second; ++i)
      site = base + "." + std::to_string(i);
    op->setAttr("dynfault.site", StringAttr::get(op->getContext(), site));
    return WalkResult::advance();
  });
}
