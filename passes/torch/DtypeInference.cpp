//===- DtypeInference.cpp - Element types of results ----------------------===//

#include "passes/torch/DtypeInference.h"
#include "passes/torch/ShapeInference.h"
#include "passes/torch/TorchOps.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

namespace {
enum class Rule {
  /// That of the first operand.
  First,
  /// That of the second operand.
  Second,
  /// That of the third operand (`where`).
  Third,
  /// Promoted over all tensors and numbers.
  Promote,
  /// The same, of integers a float (`div`, `sigmoid`).
  PromoteToFloat,
  /// That of the first operand, of integers int64 (`sum`).
  Accumulate,
  Bool,
  Int64,
  /// First result as the first operand, the others int64 (`max.dim`).
  FirstAndIndices,
};
} // namespace

static const llvm::StringMap<Rule> &getRules() {
  static const llvm::StringMap<Rule> rules = [] {
    llvm::StringMap<Rule> map;
    auto add = [&map](Rule rule, std::initializer_list<StringRef> names) {
      for (StringRef name : names)
        map[name] = rule;
    };
    add(Rule::First, {"linear",
                      "conv1d",
                      "conv2d",
                      "conv3d",
                      "convolution",
                      "_convolution",
                      "conv_transpose1d",
                      "conv_transpose2d",
                      "conv_transpose3d",
                      "matmul",
                      "mm",
                      "bmm",
                      "addmm",
                      "baddbmm",
                      "relu",
                      "relu6",
                      "leaky_relu",
                      "elu",
                      "selu",
                      "celu",
                      "gelu",
                      "silu",
                      "mish",
                      "hardtanh",
                      "hardswish",
                      "hardsigmoid",
                      "softplus",
                      "softsign",
                      "prelu",
                      "glu",
                      "dropout",
                      "alpha_dropout",
                      "feature_dropout",
                      "feature_alpha_dropout",
                      "batch_norm",
                      "instance_norm",
                      "layer_norm",
                      "group_norm",
                      "local_response_norm",
                      "max_pool1d",
                      "max_pool2d",
                      "max_pool3d",
                      "avg_pool1d",
                      "avg_pool2d",
                      "avg_pool3d",
                      "adaptive_avg_pool1d",
                      "adaptive_avg_pool2d",
                      "adaptive_max_pool1d",
                      "flatten",
                      "view",
                      "reshape",
                      "transpose",
                      "permute",
                      "t",
                      "squeeze",
                      "unsqueeze",
                      "expand",
                      "expand_as",
                      "select",
                      "slice",
                      "narrow",
                      "contiguous",
                      "clone",
                      "detach",
                      "cat",
                      "stack",
                      "chunk",
                      "split",
                      "unbind",
                      "repeat",
                      "roll",
                      "flip",
                      "index_select",
                      "gather",
                      "masked_fill",
                      "pad",
                      "constant_pad_nd",
                      "reflection_pad1d",
                      "reflection_pad2d",
                      "pixel_shuffle",
                      "upsample_nearest2d",
                      "upsample_bilinear2d",
                      "embedding",
                      "lstm",
                      "gru",
                      "rnn_tanh",
                      "rnn_relu",
                      "lstm_cell",
                      "gru_cell",
                      "rnn_tanh_cell",
                      "scaled_dot_product_attention",
                      "amax",
                      "amin",
                      "abs",
                      "neg",
                      "clamp",
                      "clamp_min",
                      "clamp_max",
                      "mean",
                      "zeros_like",
                      "ones_like",
                      "empty_like",
                      "full_like",
                      "rand_like",
                      "randn_like",
                      "bernoulli",
                      "norm",
                      "logsumexp",
                      "var",
                      "std",
                      "tril",
                      "triu",
                      "_native_multi_head_attention",
                      "index"});
    add(Rule::Second, {"type_as", "to.other"});
    add(Rule::Third, {"where"});
    add(Rule::Promote, {"add", "sub", "mul", "rsub", "maximum", "minimum",
                        "remainder", "pow", "floor_divide"});
    add(Rule::PromoteToFloat, {"div",
                               "true_divide",
                               "sigmoid",
                               "tanh",
                               "exp",
                               "log",
                               "log1p",
                               "sqrt",
                               "rsqrt",
                               "sin",
                               "cos",
                               "erf",
                               "softmax",
                               "log_softmax",
                               "log_sigmoid",
                               "reciprocal",
                               "expm1",
                               "mse_loss",
                               "l1_loss",
                               "smooth_l1_loss",
                               "huber_loss",
                               "cross_entropy_loss",
                               "nll_loss",
                               "nll_loss_nd",
                               "binary_cross_entropy",
                               "binary_cross_entropy_with_logits",
                               "kl_div",
                               "cosine_similarity"});
    add(Rule::Accumulate, {"sum", "prod", "cumsum"});
    add(Rule::Bool,
        {"eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or",
         "logical_not", "isnan", "isinf", "isfinite", "__and__", "all", "any"});
    add(Rule::Int64, {"argmax", "argmin", "argsort"});
    add(Rule::FirstAndIndices,
        {"topk", "sort", "max_pool1d_with_indices", "max_pool2d_with_indices",
         "adaptive_max_pool2d"});
    return map;
  }();
  return rules;
}

/// Bool < integer < float < complex: PyTorch's categories.
static int getCategory(Type dtype) {
  if (isa<ComplexType>(dtype))
    return 3;
  if (isa<mlir::FloatType>(dtype))
    return 2;
  return dtype.isInteger(1) ? 0 : 1;
}

/// The dtype of two tensors of one category. Of the two 16-bit floats neither
/// holds the other: float32.
static Type promoteTensors(Type a, Type b) {
  if (a == b)
    return a;
  if (getCategory(a) != getCategory(b))
    return getCategory(a) > getCategory(b) ? a : b;
  if (isa<ComplexType>(a))
    return {};
  unsigned widthA = a.getIntOrFloatBitWidth(),
           widthB = b.getIntOrFloatBitWidth();
  if (widthA == widthB)
    return isa<mlir::FloatType>(a) ? Type(Float32Type::get(a.getContext()))
                                   : Type();
  // uint8 with int8 gives int16; other mixed signs do not occur in PyTorch.
  return widthA > widthB ? a : b;
}

/// Promotes over the tensors among the operands; Python numbers count only with
/// a higher category.
static Type promote(Operation *op, function_ref<Type(Value)> get) {
  Builder builder(op->getContext());
  Type result;
  int scalarCategory = -1;
  for (Value operand : op->getOperands()) {
    Type type = operand.getType();
    if (getTensorInfo(type)) {
      Type dtype = get(operand);
      if (!dtype)
        return {};
      result = result ? promoteTensors(result, dtype) : dtype;
      if (!result)
        return {};
    } else if (isa<torch::FloatType>(type)) {
      scalarCategory = 2;
    }
  }
  if (result && scalarCategory > getCategory(result))
    return builder.getF32Type();
  return result;
}

/// The dtype that PyTorch's number for it stands for
/// (c10/core/ScalarType.h), or null.
static Type getDtype(Value number, Builder &builder) {
  auto constant = number.getDefiningOp<ConstantIntOp>();
  if (!constant)
    return {};
  switch (constant.getValueAttr().getInt()) {
  case 0:
    return builder.getIntegerType(8, false);
  case 1:
    return builder.getIntegerType(8, true);
  case 2:
    return builder.getIntegerType(16, true);
  case 3:
    return builder.getIntegerType(32, true);
  case 4:
    return builder.getIntegerType(64, true);
  case 5:
    return builder.getF16Type();
  case 6:
    return builder.getF32Type();
  case 7:
    return builder.getF64Type();
  case 11:
    return builder.getI1Type();
  case 15:
    return builder.getBF16Type();
  default:
    return {};
  }
}

/// Where the dtype stands among the operands of operations that take one.
static std::optional<unsigned> getDtypeOperand(StringRef name) {
  static const llvm::StringMap<unsigned> indices = {
      {"aten.to.dtype", 1},
      {"aten.to.dtype_layout", 1},
      {"aten.zeros", 1},
      {"aten.ones", 1},
      {"aten.empty.memory_format", 1},
      {"aten.full", 2},
      {"aten.arange", 1},
      {"aten.arange.start", 2},
      {"aten.arange.start_step", 3},
      {"aten.rand", 1},
      {"aten.randn", 1},
      {"aten.sum", 1},
      {"aten.sum.dim_IntList", 3},
      {"aten.mean", 1},
      {"aten.mean.dim", 3},
      {"aten.softmax.int", 2},
      {"aten.log_softmax.int", 2},
      {"aten.zeros_like", 1},
      {"aten.ones_like", 1},
      {"aten.cumsum", 2},
  };
  auto found = indices.find(name);
  if (found == indices.end())
    return std::nullopt;
  return found->second;
}

static Type applyRule(Rule rule, Operation *op, unsigned result,
                      function_ref<Type(Value)> get) {
  Builder builder(op->getContext());
  auto operand = [&](unsigned i) {
    return i < op->getNumOperands() ? get(op->getOperand(i)) : Type();
  };
  switch (rule) {
  case Rule::First:
    return operand(0);
  case Rule::Second:
    return operand(1);
  case Rule::Third:
    return operand(2);
  case Rule::Promote:
    return promote(op, get);
  case Rule::PromoteToFloat: {
    Type type = promote(op, get);
    return type && getCategory(type) < 2 ? Type(builder.getF32Type()) : type;
  }
  case Rule::Accumulate: {
    Type type = operand(0);
    return type && getCategory(type) < 2
               ? Type(builder.getIntegerType(64, true))
               : type;
  }
  case Rule::Bool:
    return builder.getI1Type();
  case Rule::Int64:
    return builder.getIntegerType(64, true);
  case Rule::FirstAndIndices:
    return result == 0 ? operand(0) : Type(builder.getIntegerType(64, true));
  }
  llvm_unreachable("all rules are handled");
}

SmallVector<Type> dynfault::torch::inferDtypes(Operation *op,
                                               function_ref<Type(Value)> get) {
  SmallVector<Type> dtypes(op->getNumResults());
  if (op->getNumResults() == 0)
    return dtypes;
  if (isa<DerefineOp, PrimUncheckedCastOp, TensorStaticInfoCastOp>(op)) {
    dtypes[0] = get(op->getOperand(0));
    return dtypes;
  }
  if (isa<PrimListConstructOp>(op)) {
    if (op->getNumOperands() > 0)
      dtypes[0] = get(op->getOperand(0));
    return dtypes;
  }
  Builder builder(op->getContext());
  StringRef name = getTorchName(op);
  if (auto index = getDtypeOperand(name);
      index && *index < op->getNumOperands() &&
      !isa<torch::NoneType>(op->getOperand(*index).getType())) {
    dtypes[0] = getDtype(op->getOperand(*index), builder);
    return dtypes;
  }
  StringRef base = getBaseName(op);
  if (!base.consume_front("aten."))
    return dtypes;
  // What creates a tensor of a default dtype.
  if (base == "zeros" || base == "ones" || base == "rand" || base == "randn") {
    dtypes[0] = builder.getF32Type();
    return dtypes;
  }
  const llvm::StringMap<Rule> &rules = getRules();
  auto rule = rules.find(base);
  StringRef overload = name.drop_front(StringRef("aten.").size());
  if (auto exact = rules.find(overload); exact != rules.end())
    rule = exact;
  // `max` of one tensor is a value, `max.dim` a value and a place, `max.other`
  // a maximum.
  if (base == "max" || base == "min") {
    dtypes[0] = overload.ends_with(".other") ? promote(op, get)
                                             : get(op->getOperand(0));
    for (Type &dtype : llvm::drop_begin(dtypes))
      dtype = builder.getIntegerType(64, true);
    return dtypes;
  }
  if (rule == rules.end())
    return dtypes;
  for (auto [i, dtype] : llvm::enumerate(dtypes))
    dtype = applyRule(rule->second, op, i, get);
  return dtypes;
}
