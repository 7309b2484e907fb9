//===- ShapeRule.h - What a shape rule works with ---------------*- C++ -*-===//
//
// Private to ShapeRules*.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCH_SHAPERULE_H
#define DYNFAULT_PASSES_TORCH_SHAPERULE_H

#include "passes/torch/ShapeInference.h"

#include "llvm/ADT/StringMap.h"

namespace dynfault::torch {

inline constexpr int64_t kDynamic = mlir::ShapedType::kDynamic;
inline bool isDynamic(int64_t size) { return size == kDynamic; }

/// `[?,16,5,5]`.
std::string formatSizes(llvm::ArrayRef<int64_t> sizes);
/// The product, dynamic where a factor is.
int64_t getProduct(llvm::ArrayRef<int64_t> sizes);

/// An operation's operands and results, as its rule sees them.
class Rule {
public:
  Rule(mlir::Operation *op, llvm::function_ref<Fact(mlir::OpOperand &)> get,
       Inference &inference)
      : op(op), get(get), inference(inference) {}

  Fact fact(mlir::OpOperand &operand) const { return get(operand); }
  Fact fact(unsigned i) const {
    return i < op->getNumOperands() ? get(op->getOpOperand(i)) : Fact();
  }
  /// An integer or Boolean; dynamic where unknown.
  int64_t integer(unsigned i) const {
    Fact value = fact(i);
    return value && value->size() == 1 ? value->front() : kDynamic;
  }
  /// A list of `count` integers; a list of one stands for all.
  Fact integers(unsigned i, size_t count) const {
    Fact list = fact(i);
    if (list && list->size() == 1)
      list->assign(count, list->front());
    return list && list->size() == count ? list : Fact();
  }
  bool isNone(unsigned i) const {
    return i >= op->getNumOperands() ||
           llvm::isa<NoneType>(op->getOperand(i).getType());
  }
  /// A dimension of a tensor of `rank`, counted from the front.
  std::optional<int64_t> dim(unsigned i, int64_t rank) const {
    int64_t value = integer(i);
    if (isDynamic(value))
      return std::nullopt;
    return normalise(value, rank);
  }
  static std::optional<int64_t> normalise(int64_t dim, int64_t rank) {
    if (dim < 0)
      dim += rank;
    return dim >= 0 && dim < rank ? std::optional(dim) : std::nullopt;
  }
  void result(Fact sizes, unsigned i = 0) {
    if (inference.results.size() <= i)
      inference.results.resize(i + 1);
    inference.isKnown |= sizes.has_value();
    inference.results[i] = std::move(sizes);
  }
  void conflict(const llvm::Twine &reason) {
    inference.conflict = reason.str();
  }

  mlir::Operation *op;

private:
  llvm::function_ref<Fact(mlir::OpOperand &)> get;
  Inference &inference;
};

using ShapeRule = void (*)(Rule &);
using ShapeRules = llvm::StringMap<ShapeRule>;

/// Reports unless two sizes can be equal.
bool expectEqual(Rule &rule, int64_t a, int64_t b, llvm::StringRef what);

/// Rules for operations with parameters and windows, and for those that look at
/// a tensor's parts or shape.
void addLayerRules(ShapeRules &rules);
void addViewRules(ShapeRules &rules);
void addScalarRules(ShapeRules &rules);

} // namespace dynfault::torch

#endif // DYNFAULT_PASSES_TORCH_SHAPERULE_H
