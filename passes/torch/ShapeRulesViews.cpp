//===- ShapeRulesViews.cpp - Shapes of views, parts, reductions -----------===//
//
// After the formulas in PyTorch's documentation of torch.Tensor.
//
//===----------------------------------------------------------------------===//

#include "passes/torch/ShapeRule.h"

#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

static void flatten(Rule &rule) {
  Fact sizes = rule.fact(0);
  if (!sizes)
    return;
  int64_t rank = sizes->size();
  auto start = rule.dim(1, rank), end = rule.dim(2, rank);
  if (!start || !end || *start > *end)
    return;
  Sizes result(sizes->begin(), sizes->begin() + *start);
  result.push_back(
      getProduct(ArrayRef<int64_t>(*sizes).slice(*start, *end - *start + 1)));
  result.append(sizes->begin() + *end + 1, sizes->end());
  rule.result(result);
}

static void unflatten(Rule &rule) {
  Fact sizes = rule.fact(0), parts = rule.fact(2);
  auto dim = sizes ? rule.dim(1, sizes->size()) : std::nullopt;
  if (!dim || !parts)
    return;
  int64_t size = (*sizes)[*dim], known = 1;
  for (int64_t part : *parts)
    known *= part == -1 || isDynamic(part) ? 1 : part;
  for (int64_t &part : *parts)
    if (part == -1)
      part = isDynamic(size) ? kDynamic : size / known;
  if (!expectEqual(rule, size, getProduct(*parts), "the size"))
    return;
  Sizes result(sizes->begin(), sizes->begin() + *dim);
  result.append(parts->begin(), parts->end());
  result.append(sizes->begin() + *dim + 1, sizes->end());
  rule.result(result);
}

/// Whether all entries of a view's shape are constants or sizes of tensors
/// (`x.size(0)`), none is computed from several (`rows * heads`).
static bool isOfPlainSizes(Value shape) {
  auto list = shape.getDefiningOp<PrimListConstructOp>();
  return list && llvm::all_of(list->getOperands(), [](Value entry) {
           Operation *op = entry.getDefiningOp();
           // Traced graphs carry sizes through tensors.
           while (op && (getTorchName(op) == "aten.Int.Tensor" ||
                         getTorchName(op) == "prim.NumToTensor.Scalar"))
             op = op->getOperand(0).getDefiningOp();
           return op && (isa<ConstantIntOp>(op) ||
                         getTorchName(op) == "aten.size.int");
         });
}

/// The product of the static sizes that the tensor's type declares, where it
/// has one dynamic size.
static std::optional<int64_t> getDeclaredRow(Value tensor) {
  auto info = getTensorInfo(tensor.getType());
  if (!info || !info->sizes || llvm::count_if(*info->sizes, isDynamic) != 1)
    return std::nullopt;
  int64_t product = 1;
  for (int64_t size : *info->sizes)
    product *= isDynamic(size) ? 1 : size;
  return product;
}

static void view(Rule &rule) {
  Fact sizes = rule.fact(0), shape = rule.fact(1);
  if (!shape)
    return;
  Sizes result = *shape;
  int64_t *inferred = nullptr;
  bool anyDynamic = false;
  int64_t known = 1;
  for (int64_t &size : result) {
    if (size == -1)
      inferred = &size;
    else if (isDynamic(size))
      anyDynamic = true;
    else
      known *= size;
  }
  if (inferred)
    *inferred = kDynamic;
  if (!sizes)
    return rule.result(result);
  int64_t total = 1, open = 0;
  for (int64_t size : *sizes)
    isDynamic(size) ? ++open : total *= size;
  int64_t openAfter = llvm::count_if(*shape, isDynamic);
  // Dynamic sizes that stand on both sides (the batch) cancel.
  if (open == openAfter && (!open || isOfPlainSizes(rule.op->getOperand(1)))) {
    if (inferred && known && total % known == 0)
      *inferred = total / known;
    else if (inferred || total != known)
      return rule.conflict("a tensor of shape " + formatSizes(*sizes) +
                           " cannot be seen as " + formatSizes(*shape));
  } else if (open == openAfter + 1 && inferred && !anyDynamic) {
    // `view(-1, n)`: what is left over is dynamic, but n must divide it. The
    // one dynamic size may hold the missing factor (twins in one batch), unless
    // the rows were of n before.
    bool isRow = getDeclaredRow(rule.op->getOperand(0)) == known;
    if (open == 1 && known && total % known && (isRow || known % total))
      return rule.conflict("a tensor of shape " + formatSizes(*sizes) +
                           " cannot be seen as " + formatSizes(*shape));
  }
  rule.result(result);
}

static void transpose(Rule &rule) {
  Fact sizes = rule.fact(0);
  if (!sizes)
    return;
  auto a = rule.dim(1, sizes->size()), b = rule.dim(2, sizes->size());
  if (!a || !b)
    return;
  std::swap((*sizes)[*a], (*sizes)[*b]);
  rule.result(sizes);
}

static void transpose2d(Rule &rule) {
  Fact sizes = rule.fact(0);
  if (sizes && sizes->size() == 2)
    std::swap((*sizes)[0], (*sizes)[1]);
  rule.result(sizes);
}

static void permute(Rule &rule) {
  Fact sizes = rule.fact(0), order = rule.fact(1);
  if (!sizes || !order || sizes->size() != order->size())
    return;
  Sizes result;
  for (int64_t dim : *order) {
    auto source = Rule::normalise(dim, sizes->size());
    if (isDynamic(dim) || !source)
      return;
    result.push_back((*sizes)[*source]);
  }
  rule.result(result);
}

static void squeeze(Rule &rule) {
  Fact sizes = rule.fact(0);
  auto dim = sizes ? rule.dim(1, sizes->size()) : std::nullopt;
  if (!dim || isDynamic((*sizes)[*dim]))
    return;
  if ((*sizes)[*dim] == 1)
    sizes->erase(sizes->begin() + *dim);
  rule.result(sizes);
}

static void unsqueeze(Rule &rule) {
  Fact sizes = rule.fact(0);
  auto dim = sizes ? rule.dim(1, sizes->size() + 1) : std::nullopt;
  if (!dim)
    return;
  sizes->insert(sizes->begin() + *dim, 1);
  rule.result(sizes);
}

static void expand(Rule &rule) {
  Fact sizes = rule.fact(0), shape = rule.fact(1);
  if (!sizes || !shape || shape->size() < sizes->size())
    return;
  size_t offset = shape->size() - sizes->size();
  for (size_t i = 0; i < sizes->size(); ++i) {
    int64_t &size = (*shape)[offset + i];
    if (size == -1)
      size = (*sizes)[i];
    else if ((*sizes)[i] != 1 &&
             !expectEqual(rule, (*sizes)[i], size, "the size"))
      return;
  }
  rule.result(shape);
}

//===----------------------------------------------------------------------===//
// Parts and reductions
//===----------------------------------------------------------------------===//

static void select(Rule &rule) {
  Fact sizes = rule.fact(0);
  auto dim = sizes ? rule.dim(1, sizes->size()) : std::nullopt;
  if (!dim)
    return;
  int64_t size = (*sizes)[*dim], index = rule.integer(2);
  if (!isDynamic(size) && !isDynamic(index) && (index >= size || -index > size))
    return rule.conflict("index " + Twine(index) + " is not in a size of " +
                         Twine(size));
  sizes->erase(sizes->begin() + *dim);
  rule.result(sizes);
}

static void slice(Rule &rule) {
  Fact sizes = rule.fact(0);
  auto dim = sizes ? rule.dim(1, sizes->size()) : std::nullopt;
  if (!dim)
    return;
  int64_t &size = (*sizes)[*dim];
  int64_t start = rule.isNone(2) ? 0 : rule.integer(2),
          end = rule.isNone(3) ? INT64_MAX : rule.integer(3),
          step = rule.integer(4);
  if (isDynamic(size) || isDynamic(start) || isDynamic(end) ||
      isDynamic(step)) {
    size = kDynamic;
  } else {
    auto clip = [&](int64_t at) {
      return std::clamp<int64_t>(at < 0 ? at + size : at, 0, size);
    };
    size = std::max<int64_t>(0, (clip(end) - clip(start) + step - 1) / step);
  }
  rule.result(sizes);
}

static void reduce(Rule &rule, unsigned dims, unsigned keep) {
  Fact sizes = rule.fact(0);
  if (!sizes)
    return;
  int64_t keepDims = rule.integer(keep);
  Fact list = rule.fact(dims);
  if (rule.isNone(dims) || (list && list->empty()))
    return rule.result(Sizes());
  if (!list || isDynamic(keepDims))
    return;
  llvm::SmallBitVector isReduced(sizes->size());
  for (int64_t dim : *list) {
    auto index = Rule::normalise(dim, sizes->size());
    if (isDynamic(dim) || !index)
      return;
    isReduced.set(*index);
  }
  Sizes result;
  for (size_t i = 0; i < sizes->size(); ++i)
    if (!isReduced[i])
      result.push_back((*sizes)[i]);
    else if (keepDims)
      result.push_back(1);
  for (unsigned i = 0; i < rule.op->getNumResults(); ++i)
    rule.result(result, i);
}
static void reduceDims(Rule &rule) {
  // `mean(x, dtype)` has no dimensions, `mean.dim(x, dims, keep, dtype)` has.
  if (rule.op->getNumOperands() <= 2)
    return rule.result(Sizes());
  reduce(rule, 1, 2);
}

// `max.dim(x, dim, keep)` gives values and indices.
static void maxDim(Rule &rule) {
  if (rule.op->getNumOperands() == 1)
    return rule.result(Sizes());
  if (getTensorInfo(rule.op->getOperand(1).getType()))
    return;
  reduce(rule, 1, 2);
}

// `softmax` and its kin keep the shape, but the dimension must exist.
static void alongDim(Rule &rule) {
  Fact sizes = rule.fact(0);
  int64_t dim = rule.integer(1);
  if (sizes && !isDynamic(dim) && !sizes->empty() &&
      !Rule::normalise(dim, sizes->size()))
    return rule.conflict("it has no dimension " + Twine(dim));
  rule.result(sizes);
}

static void concatenate(Rule &rule) {
  auto list = rule.op->getOperand(0).getDefiningOp<PrimListConstructOp>();
  if (!list || list->getNumOperands() == 0)
    return;
  Fact all = rule.fact(list->getOpOperand(0));
  auto dim = all ? rule.dim(1, all->size()) : std::nullopt;
  if (!dim)
    return;
  for (OpOperand &operand : list->getOpOperands().drop_front()) {
    Fact part = rule.fact(operand);
    if (!part || part->size() != all->size())
      return;
    for (size_t i = 0; i < part->size(); ++i) {
      int64_t &size = (*all)[i];
      if (i == static_cast<size_t>(*dim))
        size = isDynamic(size) || isDynamic((*part)[i]) ? kDynamic
                                                        : size + (*part)[i];
      else if (!expectEqual(rule, size, (*part)[i], "a joined size"))
        return;
      else if (isDynamic(size))
        size = (*part)[i];
    }
  }
  rule.result(all);
}

static void stack(Rule &rule) {
  auto list = rule.op->getOperand(0).getDefiningOp<PrimListConstructOp>();
  if (!list || list->getNumOperands() == 0)
    return;
  Fact all = rule.fact(list->getOpOperand(0));
  auto dim = all ? rule.dim(1, all->size() + 1) : std::nullopt;
  if (!dim)
    return;
  for (OpOperand &operand : list->getOpOperands().drop_front()) {
    Fact part = rule.fact(operand);
    if (!part || part->size() != all->size())
      return;
    for (size_t i = 0; i < part->size(); ++i)
      if (!expectEqual(rule, (*all)[i], (*part)[i], "a stacked size"))
        return;
  }
  all->insert(all->begin() + *dim, list->getNumOperands());
  rule.result(all);
}

// zeros(sizes, ...), and with a tensor before it new_zeros(x, sizes, ...).
static void filled(Rule &rule) { rule.result(rule.fact(0)); }
static void filledLike(Rule &rule) { rule.result(rule.fact(1)); }

static void arange(Rule &rule) {
  // arange(end, ...), arange.start(start, end, ...), both with five or more.
  StringRef name = getTorchName(rule.op);
  int64_t start = name == "aten.arange" ? 0 : rule.integer(0),
          end = rule.integer(name == "aten.arange" ? 0 : 1);
  if (name != "aten.arange" && name != "aten.arange.start")
    return;
  rule.result(
      Sizes{isDynamic(start) || isDynamic(end) ? kDynamic : end - start});
}

void dynfault::torch::addViewRules(ShapeRules &rules) {
  const std::pair<StringRef, ShapeRule> all[] = {
      {"flatten", flatten},
      {"unflatten", unflatten},
      {"view", view},
      {"reshape", view},
      {"transpose", transpose},
      {"swapaxes", transpose},
      {"t", transpose2d},
      {"numpy_T", transpose2d},
      {"permute", permute},
      {"squeeze", squeeze},
      {"unsqueeze", unsqueeze},
      {"expand", expand},
      {"broadcast_to", expand},
      {"select", select},
      {"slice", slice},
      {"cat", concatenate},
      {"concat", concatenate},
      {"stack", stack},
      {"mean", reduceDims},
      {"sum", reduceDims},
      {"amax", reduceDims},
      {"amin", reduceDims},
      {"argmax", reduceDims},
      {"max", maxDim},
      {"min", maxDim},
      {"softmax", alongDim},
      {"log_softmax", alongDim},
      {"_softmax", alongDim},
      {"_log_softmax", alongDim},
      {"zeros", filled},
      {"ones", filled},
      {"full", filled},
      {"empty", filled},
      {"rand", filled},
      {"randn", filled},
      {"new_zeros", filledLike},
      {"new_ones", filledLike},
      {"new_full", filledLike},
      {"new_empty", filledLike},
      {"arange", arange},
  };
  for (auto [name, rule] : all)
    rules[name] = rule;
}
