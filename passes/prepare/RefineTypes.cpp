//===- RefineTypes.cpp - Shapes and dtypes of all values ------------------===//
//
// Rewrites that change a size, initialisers that depend on one, and readers of
// a program all want to see `[?,64,8,8],f32` where TorchScript says `Tensor`.
//
//===----------------------------------------------------------------------===//

#include "passes/prepare/Fold.h"
#include "passes/prepare/Passes.h"
#include "passes/torch/DtypeInference.h"
#include "passes/torch/ShapeInference.h"
#include "passes/torch/TorchBuilder.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::prepare;

namespace dynfault::prepare {
#define GEN_PASS_DEF_REFINETYPES
#include "passes/prepare/Passes.h.inc"
} // namespace dynfault::prepare

/// `type` with the sizes and dtype that are known beyond it.
static Type refine(Type type, const torch::Fact &sizes, Type dtype) {
  auto info = torch::getTensorInfo(type);
  if (!info)
    return type;
  SmallVector<int64_t> shape;
  bool hasSizes = sizes || info->sizes;
  if (sizes)
    shape.assign(sizes->begin(), sizes->end());
  else if (info->sizes)
    shape.assign(info->sizes->begin(), info->sizes->end());
  if (info->dtype)
    dtype = info->dtype;
  MLIRContext *context = type.getContext();
  if (isa<torch::ValueTensorType>(type))
    return torch::ValueTensorType::get(context, hasSizes, shape, dtype, {});
  return torch::NonValueTensorType::get(context, hasSizes, shape, dtype, {});
}

namespace {
class Refiner {
public:
  explicit Refiner(func::FuncOp function)
      : function(function), shapes(function->getParentOfType<ModuleOp>()) {}

  /// Reports at the operation that cannot run on these inputs.
  LogicalResult run();

private:
  void inferDtypesOf(Block &block);
  Type getDtype(Value value);
  void refineValue(Value value);
  void foldIntegers();
  void refineCalls();

  func::FuncOp function;
  torch::ShapeAnalysis shapes;
  DenseMap<Value, Type> dtypes;
};
} // namespace

Type Refiner::getDtype(Value value) {
  if (Type known = dtypes.lookup(value))
    return known;
  auto info = torch::getTensorInfo(value.getType());
  return info ? info->dtype : Type();
}

void Refiner::inferDtypesOf(Block &block) {
  for (Operation &op : block) {
    for (Region &region : op.getRegions())
      for (Block &nested : region)
        inferDtypesOf(nested);
    if (auto branch = dyn_cast<torch::PrimIfOp>(op)) {
      for (auto [i, result] : llvm::enumerate(branch.getResults())) {
        Type a = getDtype(
            branch.getThenRegion().front().getTerminator()->getOperand(i));
        Type b = getDtype(
            branch.getElseRegion().front().getTerminator()->getOperand(i));
        if (a && a == b)
          dtypes[result] = a;
      }
      continue;
    }
    auto inferred = torch::inferDtypes(
        &op, [&](Value operand) { return getDtype(operand); });
    for (auto [result, dtype] : llvm::zip_equal(op.getResults(), inferred))
      if (dtype)
        dtypes[result] = dtype;
  }
}

/// Gives what both regions yield the type of the result.
static void refineYields(torch::PrimIfOp branch, unsigned index) {
  Type type = branch.getResult(index).getType();
  for (Region *region : {&branch.getThenRegion(), &branch.getElseRegion()}) {
    Operation *yield = region->front().getTerminator();
    Value operand = stripCasts(yield->getOperand(index));
    if (operand.getType() != type) {
      OpBuilder builder(yield);
      operand = builder.create<torch::TensorStaticInfoCastOp>(yield->getLoc(),
                                                              type, operand);
    }
    yield->setOperand(index, operand);
  }
}

void Refiner::refineValue(Value value) {
  Type declared = value.getType();
  Type refined = refine(declared, shapes.get(value), getDtype(value));
  if (refined == declared)
    return;
  SmallVector<OpOperand *> fixed;
  for (OpOperand &use : value.getUses())
    if (hasFixedOperandTypes(use.getOwner()) &&
        !isa<func::ReturnOp>(use.getOwner()))
      fixed.push_back(&use);
  value.setType(refined);
  if (auto branch = value.getDefiningOp<torch::PrimIfOp>())
    refineYields(branch, cast<OpResult>(value).getResultNumber());
  if (fixed.empty())
    return;
  OpBuilder builder(value.getContext());
  builder.setInsertionPointAfterValue(value);
  Value cast = builder.create<torch::TensorStaticInfoCastOp>(value.getLoc(),
                                                             declared, value);
  for (OpOperand *use : fixed)
    use->set(cast);
}

/// Replaces integers and Booleans that follow from shapes.
void Refiner::foldIntegers() {
  SmallVector<Value> known;
  function.walk([&](Operation *op) {
    if (op->getNumResults() != 1 || op->hasTrait<OpTrait::ConstantLike>() ||
        !isa<torch::IntType, torch::BoolType>(op->getResult(0).getType()) ||
        isa<torch::PrimIfOp, torch::PrimLoopOp>(op))
      return;
    torch::Fact fact = shapes.get(op->getResult(0));
    if (fact && fact->size() == 1 && !ShapedType::isDynamic(fact->front()))
      known.push_back(op->getResult(0));
  });
  for (Value value : known) {
    OpBuilder builder(value.getDefiningOp());
    torch::TorchBuilder constants(builder, value.getLoc());
    int64_t number = shapes.get(value)->front();
    value.replaceAllUsesWith(isa<torch::BoolType>(value.getType())
                                 ? constants.constant(number != 0)
                                 : constants.constant(number));
  }
}

/// Fits the calls of the function to its new type.
void Refiner::refineCalls() {
  FunctionType type = function.getFunctionType();
  function->getParentOfType<ModuleOp>().walk([&](func::CallOp call) {
    if (call.getCallee() != function.getName())
      return;
    OpBuilder builder(call);
    for (OpOperand &operand : call->getOpOperands()) {
      Type wanted = type.getInput(operand.getOperandNumber());
      if (operand.get().getType() != wanted)
        operand.set(builder.create<torch::TensorStaticInfoCastOp>(
            call.getLoc(), wanted, operand.get()));
    }
    builder.setInsertionPointAfter(call);
    for (OpResult result : call->getResults()) {
      Type declared = result.getType();
      Type refined = type.getResult(result.getResultNumber());
      if (declared == refined)
        continue;
      result.setType(refined);
      if (result.use_empty())
        continue;
      auto cast = builder.create<torch::TensorStaticInfoCastOp>(
          call.getLoc(), declared, result);
      result.replaceAllUsesExcept(cast, cast);
    }
  });
}

LogicalResult Refiner::run() {
  // An argument's bound becomes its type.
  for (BlockArgument argument : function.getArguments()) {
    unsigned index = argument.getArgNumber();
    auto bound = function.getArgAttrOfType<TypeAttr>(index, "torch.type_bound");
    auto info = bound ? torch::getTensorInfo(bound.getValue()) : std::nullopt;
    if (!info || !torch::getTensorInfo(argument.getType()))
      continue;
    torch::Fact sizes;
    if (info->sizes)
      sizes = torch::Sizes(info->sizes->begin(), info->sizes->end());
    argument.setType(refine(argument.getType(), sizes, info->dtype));
    function.removeArgAttr(index, "torch.type_bound");
  }
  if (std::string reason = shapes.run(function); !reason.empty()) {
    Operation *op = shapes.getConflictOp();
    return (op ? op : function)->emitOpError()
           << "cannot run on these inputs: " << reason;
  }
  inferDtypesOf(function.getBody().front());
  foldIntegers();
  SmallVector<Value> values;
  function.walk([&](Operation *op) {
    if (!isa<torch::PrimLoopOp>(op))
      llvm::append_range(values, op->getResults());
  });
  for (Value value : values)
    refineValue(value);
  Operation *end = function.getBody().front().getTerminator();
  function.setType(FunctionType::get(
      function.getContext(), function.getBody().front().getArgumentTypes(),
      end->getOperandTypes()));
  refineCalls();
  return success();
}

namespace {
struct RefineTypesPass
    : public dynfault::prepare::impl::RefineTypesBase<RefineTypesPass> {
  using RefineTypesBase::RefineTypesBase;

  void runOnOperation() override {
    if (failed(refineFunction()))
      return signalPassFailure();
    simplify(getOperation());
  }

private:
  LogicalResult refineFunction();
  LogicalResult setInputs(func::FuncOp target);
};
} // namespace

/// `?x3xf32` as a type, or null. The parser would report at a place in its own
/// text.
static RankedTensorType parseInputType(StringRef text, MLIRContext *context) {
  ScopedDiagnosticHandler quiet(context,
                                [](Diagnostic &) { return success(); });
  return dyn_cast_or_null<RankedTensorType>(
      parseType(("tensor<" + text + ">").str(), context));
}

/// Writes the types of the option `inputs` to the arguments.
LogicalResult RefineTypesPass::setInputs(func::FuncOp target) {
  ModuleOp module = getOperation();
  if (inputs.size() > target.getNumArguments())
    return module.emitError()
           << "dynfault-refine-types: inputs has " << inputs.size()
           << " types, but '" << target.getName() << "' takes "
           << target.getNumArguments();
  for (auto [i, text] : llvm::enumerate(inputs)) {
    RankedTensorType type = parseInputType(text, &getContext());
    if (!type)
      return module.emitError()
             << "dynfault-refine-types: '" << text
             << "' is no input type; write sizes and dtype, e.g. "
                "?x1x28x28xf32, ?xsi64";
    BlockArgument argument = target.getArgument(i);
    if (!torch::getTensorInfo(argument.getType()))
      return module.emitError()
             << "dynfault-refine-types: argument " << i << " of '"
             << target.getName() << "' is no tensor but " << argument.getType();
    torch::Sizes sizes(type.getShape().begin(), type.getShape().end());
    argument.setType(refine(argument.getType(), sizes, type.getElementType()));
    target.removeArgAttr(i, "torch.type_bound");
  }
  return success();
}

LogicalResult RefineTypesPass::refineFunction() {
  ModuleOp module = getOperation();
  auto target = module.lookupSymbol<func::FuncOp>(function);
  if (!target || target.isExternal())
    return module.emitError()
           << "dynfault-refine-types: there is no function '" << function
           << "' with a body; an object graph needs --dynfault-globalize first";
  if (failed(setInputs(target)))
    return failure();
  return Refiner(target).run();
}
