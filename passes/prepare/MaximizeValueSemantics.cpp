//===- MaximizeValueSemantics.cpp - From mutable tensors to values --------===//
//
// TorchScript's tensors may change under their name, which hides what a value
// depends on. Most in-place operations of models only save memory; those are
// replaced, and what remains is a program of values.
//
//===----------------------------------------------------------------------===//

#include "passes/prepare/Passes.h"
#include "passes/torch/Effects.h"
#include "passes/torch/Schemas.h"
#include "passes/torch/ShapeInference.h"
#include "passes/torch/TorchOps.h"

#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::prepare;

namespace dynfault::prepare {
#define GEN_PASS_DEF_MAXIMIZEVALUESEMANTICS
#include "passes/prepare/Passes.h.inc"
} // namespace dynfault::prepare

/// The name without the underscore, `aten.add.Tensor` of `aten.add_.Tensor`, if
/// PyTorch has that with as many arguments.
static std::optional<std::string> getFunctionalName(Operation *op) {
  StringRef name = torch::getTorchName(op);
  auto [space, rest] = name.split('.');
  auto [base, overload] = rest.split('.');
  std::string functional = (space + "." + base.drop_back() +
                            (overload.empty() ? "" : "." + overload))
                               .str();
  for (const torch::Schema &before : torch::findSchemas(name))
    for (const torch::Schema &after : torch::findSchemas(functional))
      if (torch::parseSignature(before.text).arguments.size() ==
          torch::parseSignature(after.text).arguments.size())
        return functional;
  return std::nullopt;
}

/// The read of a slot that `value` is, if nothing else reads the slot and the
/// tensor has no second name: a running count, e.g. `num_batches_tracked`.
static torch::GlobalSlotGetOp getSoleReader(Value value) {
  auto get = value.getDefiningOp<torch::GlobalSlotGetOp>();
  if (!get)
    return {};
  auto module = get->getParentOfType<ModuleOp>();
  auto slot = module.lookupSymbol<torch::GlobalSlotOp>(get.getSlot());
  if (!slot || slot->hasAttr("dynfault.aliases"))
    return {};
  bool isSole = true;
  module.walk([&](torch::GlobalSlotGetOp other) {
    isSole &= other == get || other.getSlot() != get.getSlot();
  });
  return isSole ? get : torch::GlobalSlotGetOp();
}

/// Replaces `aten.X_` by `aten.X` where the tensor that it changes has no other
/// name and nobody looks at its old contents later. A slot's tensor is replaced
/// in its slot.
static bool replaceInPlace(Operation *op) {
  if (op->getNumOperands() == 0 || op->getNumResults() != 1 ||
      op->getNumRegions() > 0)
    return false;
  std::optional<std::string> functional = getFunctionalName(op);
  if (!functional)
    return false;
  Value target = op->getOperand(0);
  Operation *producer = target.getDefiningOp();
  torch::GlobalSlotGetOp slot = getSoleReader(target);
  if (!producer || (!slot && torch::mayAliasOperands(producer)))
    return false;
  SmallVector<OpOperand *> later;
  for (OpOperand &use : target.getUses()) {
    Operation *user = use.getOwner();
    if (user == op)
      continue;
    if (user->getBlock() != op->getBlock())
      return false;
    if (op->isBeforeInBlock(user)) {
      later.push_back(&use);
      continue;
    }
    // An earlier reader that keeps no other name of the tensor.
    if (torch::mayAliasOperands(user))
      return false;
  }
  OpBuilder builder(op);
  Operation *value =
      torch::createTorchOp(builder, op->getLoc(), *functional,
                           op->getOperands(), op->getResultTypes());
  for (NamedAttribute attribute : op->getDiscardableAttrs())
    if (attribute.getNameDialect() && attribute.getName().strref() != "name")
      value->setAttr(attribute.getName(), attribute.getValue());
  for (OpOperand *use : later)
    use->set(value->getResult(0));
  if (slot) {
    Value contents = value->getResult(0);
    if (contents.getType() != slot.getType())
      contents = builder.create<torch::TensorStaticInfoCastOp>(
          op->getLoc(), slot.getType(), contents);
    builder.create<torch::GlobalSlotSetOp>(op->getLoc(), slot.getSlot(),
                                           contents);
  }
  op->getResult(0).replaceAllUsesWith(value->getResult(0));
  op->erase();
  return true;
}

/// The operation that needs mutable tensors, or null.
static Operation *findMutation(ModuleOp module) {
  Operation *mutation = nullptr;
  module.walk([&](Operation *op) {
    bool mutates = torch::isInPlace(op) ||
                   isa<torch::OverwriteTensorContentsOp,
                       torch::CopyToNonValueTensorOp, torch::NnModuleOp>(op);
    if (!mutates)
      return WalkResult::advance();
    mutation = op;
    return WalkResult::interrupt();
  });
  return mutation;
}

/// Writes `!torch.vtensor` for `!torch.tensor` everywhere.
static void useValueTensors(ModuleOp module) {
  module.walk([](torch::NonValueTensorLiteralOp literal) {
    OpBuilder builder(literal);
    auto type = cast<torch::NonValueTensorType>(literal.getType());
    auto value = builder.create<torch::ValueTensorLiteralOp>(
        literal.getLoc(),
        torch::ValueTensorType::get(type.getContext(), type.getHasSizes(),
                                    type.getSizes(), type.getDtype(),
                                    type.getSparsity()),
        literal.getValue());
    value->setDiscardableAttrs(literal->getDiscardableAttrDictionary());
    literal.getResult().replaceAllUsesWith(value.getResult());
    literal.erase();
  });
  AttrTypeReplacer replacer;
  replacer.addReplacement([](torch::NonValueTensorType type) -> Type {
    return torch::ValueTensorType::get(type.getContext(), type.getHasSizes(),
                                       type.getSizes(), type.getDtype(),
                                       type.getSparsity());
  });
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true,
                                        /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
}

namespace {
struct MaximizeValueSemanticsPass
    : public dynfault::prepare::impl::MaximizeValueSemanticsBase<
          MaximizeValueSemanticsPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    // In order: each replaced operation makes a new tensor for the next.
    SmallVector<Operation *> inPlace;
    module.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (torch::isInPlace(op))
        inPlace.push_back(op);
    });
    for (Operation *op : inPlace)
      replaceInPlace(op);
    if (Operation *mutation = findMutation(module)) {
      mutation->emitRemark("changes a tensor that may have other names; the "
                           "module keeps mutable tensors");
      return;
    }
    useValueTensors(module);
  }
};
} // namespace
