//===- ChangeAttention.cpp - ATM, ATS: mask and scale of attention --------===//
//
// Attention whose mask is missing or inverted, or whose scores are not divided
// by the square root of the keys' size (DEFault++).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Rewrites.h"
#include "passes/program/Attention.h"
#include "passes/program/Sites.h"
#include "passes/torch/ShapeInference.h"

#include <cmath>

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;
using dynfault::torch::getBaseName;

/// A single operation's `is_causal`, where it is written as true.
static std::optional<unsigned> getCausal(const Attention &attention) {
  if (!attention.isFused())
    return std::nullopt;
  // scaled_dot_product_attention(q, k, v, mask, dropout, is_causal, ...), and
  // the form of 1.13 with need_attn_weights before is_causal.
  unsigned index =
      getBaseName(attention.op) == "aten._scaled_dot_product_attention" ? 6 : 5;
  if (index < attention.op->getNumOperands() &&
      getConstantNumber(attention.op->getOperand(index)).value_or(0) != 0)
    return index;
  return std::nullopt;
}

static SmallVector<FaultSite> findMaskSites(const Program &program) {
  return findModelSites(program, [](Operation *op) {
    auto attention = getAttention(op);
    return attention && (attention->mask || getCausal(*attention));
  });
}

//===----------------------------------------------------------------------===//
// The mask
//===----------------------------------------------------------------------===//

static MaybeRefusal refusesMask(const FaultSite &site, const FaultParameter &,
                                Attribute value) {
  Attention attention = *getAttention(site.op);
  if (cast<StringAttr>(value).getValue() == "missing")
    return std::nullopt;
  if (!attention.mask)
    return impossible("a causal flag cannot be inverted");
  return std::nullopt;
}

/// A mask that lets through what `mask` keeps out, and the reverse: of Booleans
/// the negation; of numbers that are added, -inf where the mask is 0, and else
/// 0.
static Value invertMask(OpBuilder &builder, Location loc, Value mask,
                        bool isAdded) {
  torch::TorchBuilder b(builder, loc);
  auto info = torch::getTensorInfo(mask.getType());
  bool isBoolean = info && info->dtype && info->dtype.isInteger(1);
  if (isBoolean || !isAdded)
    return b.op("aten.logical_not", {mask});
  auto typeWith = [&](Type dtype) -> Type {
    if (!info->valueSemantics)
      return torch::NonValueTensorType::get(
          builder.getContext(), info->sizes.has_value(),
          info->sizes.value_or(ArrayRef<int64_t>()), dtype, Attribute());
    return torch::ValueTensorType::get(
        builder.getContext(), info->sizes.has_value(),
        info->sizes.value_or(ArrayRef<int64_t>()), dtype, Attribute());
  };
  Value none = b.none();
  Value isOpen = b.op("aten.eq.Scalar", {mask, b.constant(int64_t(0))},
                      typeWith(builder.getI1Type()));
  Value zeros = b.op("aten.zeros_like", {mask, none, none, none, none, none});
  return b.op(
      "aten.masked_fill.Scalar",
      {zeros, isOpen, b.constant(-std::numeric_limits<double>::infinity())});
}

static LogicalResult applyMask(const FaultSite &site,
                               const FaultArguments &arguments, uint64_t,
                               FaultRecord &record) {
  StringRef how = arguments.getText("how");
  Attention attention = *getAttention(site.op);
  record.before = "masked";
  record.after = how == "missing" ? "no mask" : "inverted mask";
  if (how == "missing") {
    if (auto causal = getCausal(attention)) {
      OpBuilder builder(attention.op);
      torch::TorchBuilder b(builder, attention.op->getLoc());
      replaceOperand(attention.op, *causal, b.constant(false));
      if (!attention.mask)
        return success();
    }
    Operation *mask = attention.mask;
    OpBuilder builder(mask);
    torch::TorchBuilder b(builder, mask->getLoc());
    if (attention.isFused()) {
      replaceOperand(mask, attention.maskIndex, b.none());
    } else if (mask == attention.scores) {
      // baddbmm(mask, q, k)
      Value product =
          b.op("aten.bmm", {mask->getOperand(1), mask->getOperand(2)},
               mask->getResult(0).getType());
      product.getDefiningOp()->setAttr("dynfault.site",
                                       mask->getAttr("dynfault.site"));
      replaceOp(mask, product);
    } else {
      // An addition has the scores beside the mask, the others have them first
      // and second.
      StringRef name = getBaseName(mask);
      unsigned scores = name == "aten.add"     ? 1 - attention.maskIndex
                        : name == "aten.where" ? 1
                                               : 0;
      replaceOp(mask, mask->getOperand(scores));
    }
    return success();
  }
  Operation *mask = attention.mask;
  OpBuilder builder(mask);
  StringRef name = getBaseName(mask);
  bool isAdded =
      name == "aten.add" || name == "aten.baddbmm" || attention.isFused();
  mask->setOperand(attention.maskIndex,
                   invertMask(builder, mask->getLoc(),
                              mask->getOperand(attention.maskIndex), isAdded));
  return success();
}

static const StringRef kMissing[] = {"missing"};
static const StringRef kInverted[] = {"inverted"};
static const FaultParameter kMaskParameters[] = {FaultParameter::choice(
    "how", "whether the mask is missing or inverted", {}, kMissing, kInverted)};

const FaultOperator dynfault::inject::kChangeMask =
    FaultOperator{
        "ATM",
        "break attention mask",
        "model",
        "Removes an attention's mask, so that positions see what "
        "they must not, or "
        "inverts it.",
        "an attention with a mask: written by hand, "
        "torch.nn.MultiheadAttention or "
        "scaled_dot_product_attention",
        "DEFault++ (2026)",
        kMaskParameters,
        findMaskSites,
        refusesMask,
        applyMask,
    }
        .changing("mask");

//===----------------------------------------------------------------------===//
// The scale
//===----------------------------------------------------------------------===//

/// Where a single operation has its `scale`, LibTorch 2's seventh operand.
static constexpr unsigned kScaleIndex = 6;

static SmallVector<FaultSite> findScaleSites(const Program &program) {
  return findModelSites(program, [](Operation *op) {
    auto attention = getAttention(op);
    return attention && (attention->isFused() || !attention->scales.empty());
  });
}

static MaybeRefusal refusesScale(const FaultSite &site,
                                 const FaultArguments &) {
  Attention attention = *getAttention(site.op);
  if (!attention.isFused()) {
    double factor = 1;
    for (Operation *scale : attention.scales)
      if (auto number = getConstantNumber(scale->getOperand(1)))
        factor *= getBaseName(scale) == "aten.div" ? 1 / *number : *number;
      else
        return std::nullopt;
    if (factor == 1)
      return equivalent("the scores are scaled by 1");
    return std::nullopt;
  }
  // The scale is part of the operation; its queries can be multiplied by what
  // it divides by.
  auto info = torch::getTensorInfo(site.op->getOperand(0).getType());
  if (!info || !info->sizes || info->sizes->empty() ||
      ShapedType::isDynamic(info->sizes->back()))
    return impossible("the size of the keys is not known");
  if (site.op->getNumOperands() > kScaleIndex &&
      getBaseName(site.op) == "aten.scaled_dot_product_attention" &&
      !isa<torch::NoneType>(site.op->getOperand(kScaleIndex).getType()))
    return impossible("the operation has a scale of its own");
  return std::nullopt;
}

static LogicalResult applyScale(const FaultSite &site, const FaultArguments &,
                                uint64_t, FaultRecord &record) {
  Attention attention = *getAttention(site.op);
  record.before = "scaled";
  record.after = "not scaled";
  if (!attention.isFused()) {
    for (Operation *scale : attention.scales)
      replaceOp(scale, scale->getOperand(0));
    return success();
  }
  OpBuilder builder(site.op);
  torch::TorchBuilder b(builder, site.op->getLoc());
  Value query = site.op->getOperand(0);
  double size = torch::getTensorInfo(query.getType())->sizes->back();
  Value scaled = b.op("aten.mul.Scalar", {query, b.constant(std::sqrt(size))});
  markInjected(scaled.getDefiningOp());
  site.op->setOperand(0, scaled);
  return success();
}

const FaultOperator dynfault::inject::kRemoveScale =
    FaultOperator{
        "ATS",
        "remove attention scale",
        "model",
        "Does not divide an attention's scores by the square root of the keys' "
        "size.",
        "an attention with scaled scores: written by hand, "
        "torch.nn.MultiheadAttention or scaled_dot_product_attention",
        "DEFault++ (2026)",
        {},
        findScaleSites,
        nullptr,
        applyScale,
    }
        .refusingTogether(refusesScale)
        .changing("scale");
