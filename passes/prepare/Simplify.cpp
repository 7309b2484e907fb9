//===- Simplify.cpp - Remove what scripting adds --------------------------===//
//
// A scripted graph repeats Python's bookkeeping: `if self.bias is not None`,
// `if input.dim() != 4: raise ...`, `if inplace: ... else: ...`. Once
// attributes are known most of it folds away, and what a model computes stands
// in a row.
//
//===----------------------------------------------------------------------===//

#include "passes/prepare/Fold.h"
#include "passes/prepare/Passes.h"
#include "passes/torch/Effects.h"
#include "passes/torch/TorchBuilder.h"
#include "passes/torch/TorchOps.h"

#include "mlir/IR/Dominance.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::prepare;

namespace dynfault::prepare {
#define GEN_PASS_DEF_SIMPLIFY
#include "passes/prepare/Passes.h.inc"
} // namespace dynfault::prepare

//===----------------------------------------------------------------------===//
// Slots that are never written
//===----------------------------------------------------------------------===//

/// A flag, number, string or None, or a list or tuple of those.
static bool isPlainData(Operation *op) {
  if (!op)
    return false;
  if (op->hasTrait<OpTrait::ConstantLike>())
    return true;
  return isa<torch::PrimListConstructOp, torch::PrimTupleConstructOp,
             torch::DerefineOp>(op) &&
         llvm::all_of(op->getOperands(), [](Value operand) {
           return isPlainData(operand.getDefiningOp());
         });
}

/// Clones the operation and those that it is made of.
static Value cloneTree(Operation *op, OpBuilder &builder, Location loc) {
  IRMapping mapping;
  for (Value operand : op->getOperands())
    mapping.map(operand, cloneTree(operand.getDefiningOp(), builder, loc));
  Operation *clone = builder.clone(*op, mapping);
  clone->setLoc(loc);
  return clone->getResult(0);
}

/// Replaces reads of slots that hold plain data and are never written, and
/// removes the slots. `training` is written from outside.
static void foldSlots(ModuleOp module) {
  torch::InitializeGlobalSlotsOp initialize;
  llvm::StringMap<SmallVector<torch::GlobalSlotGetOp>> reads;
  llvm::StringSet<> written;
  module.walk([&](Operation *op) {
    if (auto get = dyn_cast<torch::GlobalSlotGetOp>(op))
      reads[get.getSlot()].push_back(get);
    else if (auto set = dyn_cast<torch::GlobalSlotSetOp>(op))
      written.insert(set.getSlot());
    else if (auto known = dyn_cast<torch::InitializeGlobalSlotsOp>(op))
      initialize = known;
  });
  if (!initialize)
    return;

  SmallVector<Attribute> names;
  SmallVector<Value> values;
  OpBuilder builder(module.getContext());
  llvm::StringSet<> folded;
  for (auto [name, value] : llvm::zip_equal(initialize.getSlotSymNames(),
                                            initialize.getInitialValues())) {
    StringRef slot = cast<FlatSymbolRefAttr>(name).getValue();
    StringRef leaf = slot.substr(slot.rfind('.') + 1);
    if (leaf == "training" || written.contains(slot) ||
        !isPlainData(value.getDefiningOp())) {
      names.push_back(name);
      values.push_back(value);
      continue;
    }
    folded.insert(slot);
    for (torch::GlobalSlotGetOp get : reads.lookup(slot)) {
      builder.setInsertionPoint(get);
      Value known = cloneTree(value.getDefiningOp(), builder, get.getLoc());
      if (known.getType() != get.getType())
        known = builder.create<torch::DerefineOp>(get.getLoc(), get.getType(),
                                                  known);
      get.getResult().replaceAllUsesWith(known);
      get.erase();
    }
  }
  for (auto slot :
       llvm::make_early_inc_range(module.getOps<torch::GlobalSlotOp>()))
    if (folded.contains(slot.getSymName()))
      slot.erase();
  builder.setInsertionPoint(initialize);
  builder.create<torch::InitializeGlobalSlotsOp>(
      initialize.getLoc(), builder.getArrayAttr(names), values);
  initialize.erase();

  // One read per function of what only the outside writes, so that two tests
  // of `training` are seen to be one.
  for (auto &[slot, gets] : reads) {
    if (folded.contains(slot) || written.contains(slot))
      continue;
    llvm::MapVector<Operation *, torch::GlobalSlotGetOp> first;
    for (torch::GlobalSlotGetOp get : gets) {
      auto function = get->getParentOfType<func::FuncOp>();
      if (!function || !isa<torch::BoolType>(get.getType()))
        continue;
      auto [known, isNew] = first.try_emplace(function, get);
      if (isNew) {
        get->moveBefore(&function.getBody().front().front());
        continue;
      }
      get.getResult().replaceAllUsesWith(known->second.getResult());
      get.erase();
    }
  }
}

//===----------------------------------------------------------------------===//
// Rewriting operations
//===----------------------------------------------------------------------===//

/// A list that nothing changes and that nothing else can name.
static torch::PrimListConstructOp getConstantList(Value value) {
  auto list = value.getDefiningOp<torch::PrimListConstructOp>();
  if (!list)
    return {};
  bool isShared = llvm::any_of(list->getUsers(), [](Operation *user) {
    return user->hasTrait<OpTrait::IsTerminator>() ||
           torch::hasSideEffects(user) ||
           isa<torch::PrimListConstructOp, torch::PrimTupleConstructOp,
               torch::DerefineOp, torch::PrimLoopOp>(user);
  });
  return isShared ? torch::PrimListConstructOp() : list;
}

static std::optional<int64_t> getConstantInt(Value value) {
  if (auto constant = stripCasts(value).getDefiningOp<torch::ConstantIntOp>())
    return constant.getValueAttr().getValue().getSExtValue();
  return std::nullopt;
}

/// `list[i]`, `len(list)` and unpacking of a known list or tuple.
static LogicalResult foldContainer(Operation *op, PatternRewriter &rewriter) {
  if (isa<torch::PrimTupleUnpackOp, torch::PrimListUnpackOp>(op)) {
    Operation *container = op->getOperand(0).getDefiningOp();
    bool isKnown = isa_and_nonnull<torch::PrimTupleConstructOp>(container) ||
                   getConstantList(op->getOperand(0));
    if (!isKnown || container->getOperandTypes() != op->getResultTypes())
      return failure();
    rewriter.replaceOp(op, container->getOperands());
    return success();
  }
  StringRef name = torch::getTorchName(op);
  Operation *container = nullptr;
  if (name == "prim.TupleIndex")
    container = op->getOperand(0).getDefiningOp<torch::PrimTupleConstructOp>();
  else if (name == "aten.__getitem__.t" || name == "aten.len.t")
    container = getConstantList(op->getOperand(0));
  if (!container)
    return failure();
  int64_t size = container->getNumOperands();
  if (name == "aten.len.t") {
    rewriter.replaceOp(
        op, torch::TorchBuilder(rewriter, op->getLoc()).constant(size));
    return success();
  }
  std::optional<int64_t> index = getConstantInt(op->getOperand(1));
  if (!index || *index < -size || *index >= size)
    return failure();
  Value element = container->getOperand(*index < 0 ? *index + size : *index);
  if (element.getType() != op->getResult(0).getType())
    return failure();
  rewriter.replaceOp(op, element);
  return success();
}

static Operation *getTerminator(Region &region) {
  return region.front().getTerminator();
}

/// Puts the region's operations in the place of `op`.
static void inlineRegion(Operation *op, Region &region,
                         PatternRewriter &rewriter) {
  Operation *terminator = getTerminator(region);
  SmallVector<Value> results(terminator->getOperands());
  rewriter.eraseOp(terminator);
  rewriter.inlineBlockBefore(&region.front(), op);
  rewriter.replaceOp(op, results);
}

/// Whether entering the region does nothing but raise an exception.
static bool onlyRaises(Region &region) {
  bool raises = false;
  for (Operation &op : region.front().without_terminator()) {
    if (isa<torch::PrimRaiseExceptionOp>(op)) {
      raises = true;
      continue;
    }
    if (torch::hasSideEffects(&op))
      return false;
  }
  return raises;
}

/// Which way a test goes that an enclosing `prim.If` has made already.
static std::optional<bool> getKnownCondition(torch::PrimIfOp op) {
  if (auto known = getConstantBool(op.getCondition()))
    return known;
  Operation *inner = op;
  while (auto outer = dyn_cast<torch::PrimIfOp>(inner->getParentOp())) {
    if (outer.getCondition() == op.getCondition())
      return inner->getParentRegion() == &outer.getThenRegion();
    inner = outer;
  }
  return std::nullopt;
}

/// Leaves out the results that nobody reads.
static LogicalResult dropDeadResults(torch::PrimIfOp op,
                                     PatternRewriter &rewriter) {
  llvm::BitVector dead(op->getNumResults());
  SmallVector<Type> types;
  SmallVector<Value> live;
  for (OpResult result : op->getResults()) {
    if (result.use_empty()) {
      dead.set(result.getResultNumber());
      continue;
    }
    types.push_back(result.getType());
    live.push_back(result);
  }
  if (dead.none())
    return failure();
  auto kept =
      rewriter.create<torch::PrimIfOp>(op.getLoc(), types, op.getCondition());
  for (auto [from, to] :
       llvm::zip_equal(op->getRegions(), kept->getRegions())) {
    rewriter.modifyOpInPlace(getTerminator(from), [&, &source = from] {
      getTerminator(source)->eraseOperands(dead);
    });
    rewriter.inlineRegionBefore(from, to, to.end());
  }
  for (auto [from, to] : llvm::zip_equal(live, kept.getResults()))
    rewriter.replaceAllUsesWith(from, to);
  rewriter.eraseOp(op);
  return success();
}

static LogicalResult simplifyIf(torch::PrimIfOp op, PatternRewriter &rewriter) {
  Region &onTrue = op.getThenRegion(), &onFalse = op.getElseRegion();
  if (auto known = getKnownCondition(op)) {
    inlineRegion(op, *known ? onTrue : onFalse, rewriter);
    return success();
  }
  bool trueRaises = onlyRaises(onTrue), falseRaises = onlyRaises(onFalse);
  if (trueRaises != falseRaises) {
    inlineRegion(op, trueRaises ? onFalse : onTrue, rewriter);
    return success();
  }
  // Results that do not depend on the way taken.
  bool changed = false;
  for (auto [result, a, b] :
       llvm::zip_equal(op.getResults(), getTerminator(onTrue)->getOperands(),
                       getTerminator(onFalse)->getOperands())) {
    if (result.use_empty())
      continue;
    auto isOutside = [&](Value value) {
      return !op->isAncestor(value.getParentBlock()->getParentOp());
    };
    auto x = getConstantBool(a), y = getConstantBool(b);
    Value same;
    if (a == b && isOutside(a)) {
      same = a;
    } else if (x && y && *x && !*y) {
      same = op.getCondition();
    } else if (x && y && *x == *y) {
      same = torch::TorchBuilder(rewriter, op.getLoc()).constant(*x);
    } else if (Operation *constant = a.getDefiningOp();
               constant && b.getDefiningOp() &&
               constant->hasTrait<OpTrait::ConstantLike>() &&
               OperationEquivalence::isEquivalentTo(
                   constant, b.getDefiningOp(),
                   OperationEquivalence::IgnoreLocations)) {
      same = rewriter.clone(*constant)->getResult(0);
    }
    if (!same)
      continue;
    rewriter.replaceAllUsesWith(result, same);
    changed = true;
  }
  return success(changed || succeeded(dropDeadResults(op, rewriter)));
}

/// Lets users that take a value of any type use the one before a cast that
/// hides what is known of it: an optional or a tensor of unknown type. Returns
/// whether any does now.
static bool bypassCast(Operation *cast, PatternRewriter &rewriter) {
  if (isa<torch::PrimUncheckedCastOp>(cast))
    return false;
  Value source = cast->getOperand(0);
  if (auto target = torch::getTensorInfo(cast->getResult(0).getType());
      target && (target->sizes || target->dtype))
    return false;
  bool changed = false;
  rewriter.replaceUsesWithIf(cast->getResult(0), source, [&](OpOperand &use) {
    Operation *user = use.getOwner();
    bool takesAny = !user->isRegistered() || isa<torch::OperatorOp>(user);
    changed |= takesAny;
    return takesAny;
  });
  return changed;
}

/// Merges lists of the same elements that nothing changes: each use of a
/// padding of `[1, 1]` brings its own.
static void mergeLists(Block &block) {
  llvm::DenseMap<std::pair<Type, Attribute>, Value> known;
  for (Operation &op : llvm::make_early_inc_range(block)) {
    for (Region &region : op.getRegions())
      for (Block &nested : region)
        mergeLists(nested);
    auto list = dyn_cast<torch::PrimListConstructOp>(op);
    if (!list || !getConstantList(list))
      continue;
    SmallVector<Attribute> elements;
    for (Value element : list.getElements()) {
      std::optional<int64_t> integer = getConstantInt(element);
      if (!integer)
        break;
      elements.push_back(
          IntegerAttr::get(IntegerType::get(op.getContext(), 64), *integer));
    }
    if (elements.size() != list->getNumOperands())
      continue;
    auto [first, isNew] = known.try_emplace(
        {list.getType(), ArrayAttr::get(op.getContext(), elements)}, list);
    if (isNew)
      continue;
    list.getResult().replaceAllUsesWith(first->second);
    list.erase();
  }
}

namespace {
/// One pattern for all: most operations here have no class of their own.
struct SimplifyOperation : RewritePattern {
  explicit SimplifyOperation(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (torch::getTorchName(op).empty() || !op->getBlock() ||
        op->hasTrait<OpTrait::IsTerminator>() ||
        op->hasTrait<OpTrait::ConstantLike>())
      return failure();
    if (op->use_empty() && op->getNumResults() + op->getNumRegions() > 0 &&
        !torch::hasSideEffects(op)) {
      rewriter.eraseOp(op);
      return success();
    }
    // A cast that says nothing (any more).
    if (isa<torch::DerefineOp, torch::PrimUncheckedCastOp,
            torch::TensorStaticInfoCastOp>(op)) {
      Value source = stripCasts(op->getResult(0));
      if (source.getType() == op->getResult(0).getType()) {
        rewriter.replaceOp(op, source);
        return success();
      }
      return success(bypassCast(op, rewriter));
    }
    if (auto branch = dyn_cast<torch::PrimIfOp>(op))
      return simplifyIf(branch, rewriter);
    if (succeeded(foldContainer(op, rewriter)))
      return success();
    if (Value folded = foldScalars(op, rewriter)) {
      rewriter.replaceOp(op, folded);
      return success();
    }
    return failure();
  }
};

struct SimplifyPass
    : public dynfault::prepare::impl::SimplifyBase<SimplifyPass> {
  void runOnOperation() override { simplify(getOperation()); }
};
} // namespace

void dynfault::prepare::simplify(ModuleOp module) {
  foldSlots(module);
  RewritePatternSet patterns(module.getContext());
  patterns.add<SimplifyOperation>(module.getContext());
  FrozenRewritePatternSet frozen(std::move(patterns));
  GreedyRewriteConfig config;
  config.useTopDownTraversal = true;
  config.maxIterations = GreedyRewriteConfig::kNoLimit;
  IRRewriter rewriter(module.getContext());
  for (auto function : module.getOps<func::FuncOp>()) {
    (void)applyPatternsAndFoldGreedily(function, frozen, config);
    for (Block &block : function.getBody())
      mergeLists(block);
    DominanceInfo dominance(function);
    eliminateCommonSubExpressions(rewriter, dominance, function);
  }
}
