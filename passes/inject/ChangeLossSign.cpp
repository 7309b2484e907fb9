//===- ChangeLossSign.cpp - LSG: sign flipped, part detached --------------===//
//
// A loss that is maximised, or one part of which has no gradient (common
// PyTorch bugs).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Rewrites.h"
#include "passes/torch/ShapeInference.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;

/// What @loss returns.
static SmallVector<FaultSite> findSites(const Program &program) {
  func::FuncOp loss = program.getLoss();
  if (!loss || loss.isExternal() || !llvm::hasSingleElement(loss.getBody()))
    return {};
  Operation *end = loss.getBody().front().getTerminator();
  if (end->getNumOperands() != 1)
    return {};
  Operation *op = end->getOperand(0).getDefiningOp();
  if (!op)
    return {};
  // Named for its place: other faults put other operations there.
  return {{"loss", op}};
}

/// The operand of a sum that loses its gradient: the last that has one, so that
/// another one goes on.
static std::optional<unsigned> getPart(Operation *op) {
  StringRef name = torch::getBaseName(op);
  if ((name != "aten.add" && name != "aten.sub") || op->getNumOperands() != 3 ||
      !isTensorOperand(op, 0) || !isTensorOperand(op, 1))
    return std::nullopt;
  auto hasGradient = [&](unsigned i) {
    Value part = op->getOperand(i);
    if (torch::getBaseName(part.getDefiningOp() ? part.getDefiningOp() : op) ==
        "aten.detach")
      return false;
    // A penalty's gradient comes from a parameter, any other from the output.
    return true;
  };
  return hasGradient(0) && hasGradient(1) ? std::optional(1u) : std::nullopt;
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  if (cast<StringAttr>(value).getValue() == "detach" && !getPart(site.op))
    return impossible("the loss is no sum of two parts, one of which could "
                      "keep its gradient");
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  OpBuilder builder(site.op);
  torch::TorchBuilder b(builder, site.op->getLoc());
  if (arguments.getText("how") == "detach") {
    record.before = "both parts with gradient";
    record.after = "one part detached";
    unsigned part = *getPart(site.op);
    Value detached = b.op("aten.detach", {site.op->getOperand(part)});
    markInjected(detached.getDefiningOp());
    site.op->setOperand(part, detached);
    return success();
  }
  record.before = "minimised";
  record.after = "maximised";
  Value loss = site.op->getResult(0);
  builder.setInsertionPointAfter(site.op);
  Value negated = b.op("aten.neg", {loss});
  markInjected(negated.getDefiningOp());
  auto function = site.op->getParentOfType<func::FuncOp>();
  function.getBody().front().getTerminator()->setOperand(0, negated);
  return success();
}

static const StringRef kMedium[] = {"detach"};
static const StringRef kHigh[] = {"flip"};
static const FaultParameter kParameters[] = {FaultParameter::choice(
    "how", "flip the sign, or detach a part of a sum", {}, kMedium, kHigh)};

const FaultOperator dynfault::inject::kChangeLossSign =
    FaultOperator{
        "LSG",
        "flip or detach loss",
        "objective",
        "Maximises the loss instead of minimising it, or detaches "
        "the second part "
        "of a loss that is a sum.",
        "the value that @loss returns",
        "common PyTorch bug",
        kParameters,
        findSites,
        refuses,
        apply,
    }
        .changing("sign");
