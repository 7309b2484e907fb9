//===- ShapeRules.cpp - The output shape of each operation ----------------===//
//
// The table of rules, and those for operations that work element by element and
// on integers. An operation without a rule gives nothing, which is always
// sound.
//
//===----------------------------------------------------------------------===//

#include "passes/torch/ShapeRule.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

std::optional<int64_t> dynfault::torch::broadcastSize(int64_t a, int64_t b) {
  if (a == b || b == 1)
    return a;
  if (a == 1)
    return b;
  if (isDynamic(a) || isDynamic(b))
    return isDynamic(a) ? b : a;
  return std::nullopt;
}

std::string dynfault::torch::formatSizes(ArrayRef<int64_t> sizes) {
  std::string text = "[";
  llvm::raw_string_ostream os(text);
  llvm::interleave(
      sizes, os,
      [&](int64_t size) { isDynamic(size) ? os << "?" : os << size; }, ",");
  return text + "]";
}

int64_t dynfault::torch::getProduct(ArrayRef<int64_t> sizes) {
  int64_t product = 1;
  for (int64_t size : sizes) {
    if (isDynamic(size))
      return kDynamic;
    product *= size;
  }
  return product;
}

bool dynfault::torch::expectEqual(Rule &rule, int64_t a, int64_t b,
                                  StringRef what) {
  if (a == b || isDynamic(a) || isDynamic(b))
    return true;
  rule.conflict(what + " is " + Twine(a) + " on one side and " + Twine(b) +
                " on the other");
  return false;
}

static void sameAsFirst(Rule &rule) { rule.result(rule.fact(0)); }

static void broadcast(Rule &rule) {
  Fact all;
  for (unsigned i = 0; i < rule.op->getNumOperands(); ++i) {
    if (!getTensorInfo(rule.op->getOperand(i).getType()))
      continue;
    Fact sizes = rule.fact(i);
    if (!sizes)
      return;
    if (!all) {
      all = sizes;
      continue;
    }
    if (all->size() < sizes->size())
      std::swap(all, sizes);
    size_t offset = all->size() - sizes->size();
    for (size_t d = 0; d < sizes->size(); ++d) {
      std::optional<int64_t> size =
          broadcastSize((*all)[offset + d], (*sizes)[d]);
      if (!size)
        return rule.conflict("its operands have the shapes " +
                             formatSizes(*all) + " and " + formatSizes(*sizes));
      (*all)[offset + d] = *size;
    }
  }
  rule.result(all);
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

static void sizeOf(Rule &rule) {
  Fact sizes = rule.fact(0);
  if (rule.op->getNumOperands() == 1)
    return rule.result(sizes);
  auto dim = sizes ? rule.dim(1, sizes->size()) : std::nullopt;
  if (dim)
    rule.result(Sizes{(*sizes)[*dim]});
}
static void rankOf(Rule &rule) {
  if (Fact sizes = rule.fact(0))
    rule.result(Sizes{static_cast<int64_t>(sizes->size())});
}
static void element(Rule &rule) {
  Fact list = rule.fact(0);
  auto index = list ? rule.dim(1, list->size()) : std::nullopt;
  if (index)
    rule.result(Sizes{(*list)[*index]});
}

/// Integer arithmetic; anything dynamic stays so.
template <int64_t (*compute)(int64_t, int64_t)>
static void integerOp(Rule &rule) {
  int64_t a = rule.integer(0), b = rule.integer(1);
  if (!isDynamic(a) && !isDynamic(b))
    rule.result(Sizes{compute(a, b)});
}
static int64_t multiplyInts(int64_t a, int64_t b) { return a * b; }
static int64_t addInts(int64_t a, int64_t b) { return a + b; }
static int64_t subtractInts(int64_t a, int64_t b) { return a - b; }
static int64_t floorDivide(int64_t a, int64_t b) {
  if (b == 0)
    return kDynamic;
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}
static int64_t remainder(int64_t a, int64_t b) {
  return b == 0 ? kDynamic : a - floorDivide(a, b) * b;
}
static int64_t isEqual(int64_t a, int64_t b) { return a == b; }
static int64_t isUnequal(int64_t a, int64_t b) { return a != b; }
static int64_t isLess(int64_t a, int64_t b) { return a < b; }
static int64_t isGreater(int64_t a, int64_t b) { return a > b; }
static int64_t isAtMost(int64_t a, int64_t b) { return a <= b; }
static int64_t isAtLeast(int64_t a, int64_t b) { return a >= b; }

static void logicalNot(Rule &rule) {
  if (int64_t value = rule.integer(0); !isDynamic(value))
    rule.result(Sizes{!value});
}

/// Whether a value is None: known from its type alone.
template <bool expected>
static void isNoneOp(Rule &rule) {
  auto isNone = [&](unsigned i) -> std::optional<bool> {
    Type type = rule.op->getOperand(i).getType();
    if (isa<torch::NoneType>(type))
      return true;
    if (isa<OptionalType>(type)) {
      auto derefine = rule.op->getOperand(i).getDefiningOp<DerefineOp>();
      if (!derefine)
        return std::nullopt;
      return isa<torch::NoneType>(derefine.getOperand().getType());
    }
    return false;
  };
  auto a = isNone(0), b = isNone(1);
  if (a && b && (*a || *b))
    rule.result(Sizes{(*a == *b) == expected});
}

void dynfault::torch::addScalarRules(ShapeRules &rules) {
  const std::pair<StringRef, ShapeRule> all[] = {
      {"size", sizeOf},
      {"dim", rankOf},
      {"len", rankOf},
      {"__getitem__", element},
      {"floordiv", integerOp<floorDivide>},
      {"remainder", integerOp<remainder>},
      {"__not__", logicalNot},
      {"__is__", isNoneOp<true>},
      {"__isnot__", isNoneOp<false>},
      {"Int", sameAsFirst},
      {"Bool", sameAsFirst},
      {"ScalarImplicit", sameAsFirst},
      {"IntImplicit", sameAsFirst},
  };
  for (auto [name, rule] : all)
    rules[name] = rule;
}

/// Operations whose name stands for tensors and for integers.
static ShapeRule getIntegerRule(StringRef name) {
  static const ShapeRules rules = [] {
    ShapeRules all;
    all["mul"] = integerOp<multiplyInts>;
    all["add"] = integerOp<addInts>;
    all["sub"] = integerOp<subtractInts>;
    all["eq"] = integerOp<isEqual>;
    all["ne"] = integerOp<isUnequal>;
    all["lt"] = integerOp<isLess>;
    all["gt"] = integerOp<isGreater>;
    all["le"] = integerOp<isAtMost>;
    all["ge"] = integerOp<isAtLeast>;
    return all;
  }();
  return rules.lookup(name);
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

static const ShapeRules &getRules() {
  static const ShapeRules rules = [] {
    ShapeRules all;
    for (StringRef name : {"relu",
                           "relu6",
                           "leaky_relu",
                           "elu",
                           "selu",
                           "celu",
                           "gelu",
                           "silu",
                           "softplus",
                           "tanh",
                           "sigmoid",
                           "hardsigmoid",
                           "hardtanh",
                           "hardswish",
                           "mish",
                           "log_sigmoid",
                           "dropout",
                           "alpha_dropout",
                           "feature_dropout",
                           "feature_alpha_dropout",
                           "contiguous",
                           "clone",
                           "detach",
                           "neg",
                           "abs",
                           "exp",
                           "log",
                           "log1p",
                           "expm1",
                           "sqrt",
                           "rsqrt",
                           "square",
                           "erf",
                           "sin",
                           "cos",
                           "sign",
                           "floor",
                           "ceil",
                           "round",
                           "reciprocal",
                           "clamp",
                           "clamp_min",
                           "clamp_max",
                           "type_as",
                           "to",
                           "float",
                           "double",
                           "zeros_like",
                           "ones_like",
                           "full_like",
                           "empty_like",
                           "rand_like",
                           "randn_like",
                           "tril",
                           "triu",
                           "cumsum",
                           "logical_not",
                           "bitwise_not",
                           "zero",
                           "fill",
                           "nan_to_num",
                           "alias",
                           "lift_fresh",
                           "requires_grad",
                           "threshold",
                           "softshrink",
                           "flip",
                           "roll"})
      all[name] = sameAsFirst;
    for (StringRef name :
         {"add",         "sub",         "rsub",        "mul",
          "div",         "true_divide", "maximum",     "minimum",
          "pow",         "atan2",       "eq",          "ne",
          "lt",          "gt",          "le",          "ge",
          "logical_and", "logical_or",  "logical_xor", "bitwise_and",
          "bitwise_or",  "bitwise_xor", "where",       "masked_fill",
          "addcmul",     "addcdiv",     "lerp"})
      all[name] = broadcast;
    addLayerRules(all);
    addViewRules(all);
    addScalarRules(all);
    return all;
  }();
  return rules;
}

/// What structural operations say of their results.
static bool inferStructural(Rule &rule) {
  Operation *op = rule.op;
  if (auto constant = dyn_cast<ConstantIntOp>(op)) {
    rule.result(Sizes{constant.getValueAttr().getInt()});
  } else if (auto constant = dyn_cast<ConstantBoolOp>(op)) {
    rule.result(Sizes{constant.getValue()});
  } else if (auto list = dyn_cast<PrimListConstructOp>(op)) {
    if (!isa<IntType>(list.getType().getContainedType()))
      return true;
    Sizes elements;
    for (unsigned i = 0; i < op->getNumOperands(); ++i)
      elements.push_back(rule.integer(i));
    rule.result(elements);
  } else if (isa<ValueTensorLiteralOp, NonValueTensorLiteralOp>(op)) {
    auto value = cast<ElementsAttr>(op->getAttr("value"));
    ArrayRef<int64_t> shape = cast<ShapedType>(value.getType()).getShape();
    rule.result(Sizes(shape.begin(), shape.end()));
  } else {
    StringRef name = op->getName().getStringRef();
    if (name != "torch.derefine" && name != "torch.tensor_static_info_cast" &&
        name != "torch.copy.to_tensor" && name != "torch.copy.to_vtensor" &&
        name != "torch.prim.unchecked_cast" &&
        name != "torch.prim.NumToTensor.Scalar" &&
        name != "dynfault.probe_activation")
      return false;
    sameAsFirst(rule);
  }
  return true;
}

Inference dynfault::torch::inferShapes(Operation *op,
                                       function_ref<Fact(OpOperand &)> get) {
  Inference inference;
  inference.results.resize(op->getNumResults());
  Rule rule(op, get, inference);
  if (inferStructural(rule))
    return inference;
  StringRef name = getBaseName(op);
  if (!name.consume_front("aten.") && !name.consume_front("prim."))
    return inference;
  bool isTensor = op->getNumResults() > 0 &&
                  getTensorInfo(op->getResult(0).getType()).has_value();
  ShapeRule apply = isTensor ? nullptr : getIntegerRule(name);
  if (!apply)
    apply = getRules().lookup(name);
  if (apply)
    apply(rule);
  if (!inference.conflict.empty())
    for (Fact &fact : inference.results)
      fact = std::nullopt;
  return inference;
}
