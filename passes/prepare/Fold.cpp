//===- Fold.cpp - Operators on known scalars ------------------------------===//
//
// Scripted Python decides at run time what is known at compile time: whether a
// bias is None, whether a padding mode is "zeros". These are the operators that
// such decisions are made of.
//
//===----------------------------------------------------------------------===//

#include "passes/prepare/Fold.h"
#include "passes/torch/TorchBuilder.h"
#include "passes/torch/TorchOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"
#include <variant>

using namespace mlir;
using namespace dynfault;

Value dynfault::prepare::stripCasts(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<torch::DerefineOp, torch::PrimUncheckedCastOp,
             torch::TensorStaticInfoCastOp>(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

bool dynfault::prepare::hasFixedOperandTypes(Operation *op) {
  return op->hasTrait<OpTrait::IsTerminator>() ||
         isa<torch::PrimLoopOp, torch::GlobalSlotSetOp, func::CallOp,
             torch::PrimTupleConstructOp, torch::PrimDictConstructOp>(op);
}

std::optional<bool> dynfault::prepare::isNone(Value value) {
  value = stripCasts(value);
  if (isa<torch::NoneType>(value.getType()))
    return true;
  if (isa<torch::OptionalType, torch::AnyType, torch::UnionType>(
          value.getType()))
    return std::nullopt;
  return false;
}

std::optional<bool> dynfault::prepare::getConstantBool(Value value) {
  if (auto constant = stripCasts(value).getDefiningOp<torch::ConstantBoolOp>())
    return constant.getValue();
  return std::nullopt;
}

namespace {
/// A string is the attribute's, which lives as long as the context.
using Scalar = std::variant<std::monostate, bool, int64_t, double, StringRef>;
} // namespace

static Scalar getScalar(Value value) {
  Operation *op = dynfault::prepare::stripCasts(value).getDefiningOp();
  if (auto constant = dyn_cast_or_null<torch::ConstantBoolOp>(op))
    return constant.getValue();
  if (auto constant = dyn_cast_or_null<torch::ConstantIntOp>(op))
    return constant.getValueAttr().getValue().getSExtValue();
  if (auto constant = dyn_cast_or_null<torch::ConstantFloatOp>(op))
    return constant.getValue().convertToDouble();
  if (auto constant = dyn_cast_or_null<torch::ConstantStrOp>(op))
    return constant.getValue();
  return {};
}

static Value createConstant(OpBuilder &builder, Location loc,
                            const Scalar &value) {
  torch::TorchBuilder constants(builder, loc);
  if (auto *flag = std::get_if<bool>(&value))
    return constants.constant(*flag);
  if (auto *integer = std::get_if<int64_t>(&value))
    return constants.constant(*integer);
  if (auto *number = std::get_if<double>(&value))
    return constants.constant(*number);
  return {};
}

/// Comparisons of two values of one kind.
template <typename T>
static Scalar compare(StringRef base, const T &a, const T &b) {
  return llvm::StringSwitch<Scalar>(base)
      .Case("eq", Scalar(a == b))
      .Case("ne", Scalar(a != b))
      .Case("lt", Scalar(a < b))
      .Case("le", Scalar(a <= b))
      .Case("gt", Scalar(a > b))
      .Case("ge", Scalar(a >= b))
      .Default(Scalar());
}

static Scalar foldIntegers(StringRef base, int64_t a, int64_t b) {
  int64_t result;
  if (base == "add" && !llvm::AddOverflow(a, b, result))
    return result;
  if (base == "sub" && !llvm::SubOverflow(a, b, result))
    return result;
  if (base == "mul" && !llvm::MulOverflow(a, b, result))
    return result;
  if (base == "min")
    return std::min(a, b);
  if (base == "max")
    return std::max(a, b);
  // Python rounds towards minus infinity. -1 could overflow.
  bool rounds = base == "floordiv" || base == "remainder";
  if (rounds && b != 0 && b != -1) {
    int64_t remainder = a % b;
    bool isBelow = remainder != 0 && (remainder < 0) != (b < 0);
    if (base == "floordiv")
      return a / b - isBelow;
    return isBelow ? remainder + b : remainder;
  }
  return compare(base, a, b);
}

static Scalar foldFloats(StringRef base, double a, double b) {
  if (base == "add")
    return a + b;
  if (base == "sub")
    return a - b;
  if (base == "mul")
    return a * b;
  if (base == "div" && b != 0)
    return a / b;
  return compare(base, a, b);
}

static Scalar foldUnary(StringRef base, const Scalar &a) {
  auto *flag = std::get_if<bool>(&a);
  auto *integer = std::get_if<int64_t>(&a);
  auto *number = std::get_if<double>(&a);
  if (base == "__not__" && flag)
    return !*flag;
  if (base == "neg" && integer && *integer != INT64_MIN)
    return -*integer;
  if (base == "neg" && number)
    return -*number;
  if (base == "Bool" && integer)
    return *integer != 0;
  if (base == "Bool" && number)
    return *number != 0;
  if (base == "Int" && flag)
    return int64_t(*flag);
  if (base == "Float" && integer)
    return double(*integer);
  return {};
}

static Scalar foldBinary(StringRef base, const Scalar &a, const Scalar &b) {
  if (a.index() != b.index()) {
    // Mixed arithmetic is that of floats.
    auto toDouble = [](const Scalar &value) -> std::optional<double> {
      if (auto *integer = std::get_if<int64_t>(&value))
        return double(*integer);
      if (auto *number = std::get_if<double>(&value))
        return *number;
      return std::nullopt;
    };
    auto x = toDouble(a), y = toDouble(b);
    return x && y ? foldFloats(base, *x, *y) : Scalar();
  }
  if (auto *x = std::get_if<bool>(&a)) {
    bool y = std::get<bool>(b);
    return llvm::StringSwitch<Scalar>(base)
        .Case("__and__", Scalar(*x && y))
        .Case("__or__", Scalar(*x || y))
        .Cases("__xor__", "ne", Scalar(*x != y))
        .Case("eq", Scalar(*x == y))
        .Default(Scalar());
  }
  if (auto *x = std::get_if<int64_t>(&a))
    return foldIntegers(base, *x, std::get<int64_t>(b));
  if (auto *x = std::get_if<double>(&a))
    return foldFloats(base, *x, std::get<double>(b));
  if (auto *x = std::get_if<StringRef>(&a))
    return compare(base, *x, std::get<StringRef>(b));
  return {};
}

Value dynfault::prepare::foldScalars(Operation *op, OpBuilder &builder) {
  if (op->getNumResults() != 1 || op->getNumOperands() < 1 ||
      op->getNumOperands() > 2)
    return {};
  auto [space, rest] = torch::getTorchName(op).split('.');
  if (space != "aten" && space != "prim")
    return {};
  StringRef base = rest.take_until([](char c) { return c == '.'; });

  if (op->getNumOperands() == 2 && (base == "__is__" || base == "__isnot__")) {
    if (stripCasts(op->getOperand(0)) == stripCasts(op->getOperand(1)))
      return createConstant(builder, op->getLoc(), base == "__is__");
    auto a = isNone(op->getOperand(0)), b = isNone(op->getOperand(1));
    // Two objects that are not None need not be one.
    if (!a || !b || (!*a && !*b))
      return {};
    return createConstant(builder, op->getLoc(),
                          (*a == *b) == (base == "__is__"));
  }
  Scalar a = getScalar(op->getOperand(0));
  if (std::holds_alternative<std::monostate>(a))
    return {};
  if (op->getNumOperands() == 1)
    return createConstant(builder, op->getLoc(), foldUnary(base, a));
  Scalar b = getScalar(op->getOperand(1));
  if (std::holds_alternative<std::monostate>(b))
    return {};
  Value folded = createConstant(builder, op->getLoc(), foldBinary(base, a, b));
  // `aten.div.int` gives a float, `aten.add` may give a number.
  if (folded && folded.getType() == op->getResult(0).getType())
    return folded;
  if (folded)
    folded.getDefiningOp()->erase();
  return {};
}
