//===- ChangeNormalisation.cpp - LNM: broken normalisation ----------------===//
//
// Normalisation that is missing, that stands behind the activation instead of
// before it, or whose running statistics are frozen: a layer left in evaluation
// mode while the model trains (Humbatova et al., EMSE 2025; a common PyTorch
// bug).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Rewrites.h"
#include "passes/program/Sites.h"
#include "passes/torch/Activations.h"
#include "passes/torch/ShapeInference.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;

static SmallVector<FaultSite> findSites(const Program &program) {
  return findModelSites(program, [](Operation *op) {
    return getNormLayer(op) && op->getNumResults() == 1;
  });
}

/// The one activation that reads the layer's result, through a probe or not.
static Operation *findActivation(Operation *norm) {
  Value result = norm->getResult(0);
  if (!result.hasOneUse())
    return nullptr;
  Operation *user = *result.getUsers().begin();
  if (auto probe = dyn_cast<ProbeActivationOp>(user)) {
    if (!probe.getResult().hasOneUse())
      return nullptr;
    user = *probe.getResult().getUsers().begin();
  }
  return torch::getActivation(user) ? user : nullptr;
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  StringRef how = cast<StringAttr>(value).getValue();
  NormLayer norm = *getNormLayer(site.op);
  if (how == "remove")
    return std::nullopt;
  if (how == "misplace") {
    Operation *activation = findActivation(site.op);
    if (!activation)
      return impossible("no activation function follows that it could be "
                        "put behind");
    if (activation->getBlock() != site.op->getBlock() ||
        activation->getResult(0).use_empty())
      return impossible("the activation function stands in another block");
    return std::nullopt;
  }
  if (!norm.trainingIndex)
    return impossible("it has no running statistics");
  if (!isTensorOperand(site.op, 3))
    return impossible("it keeps no running statistics");
  auto training = getConstantNumber(site.op->getOperand(*norm.trainingIndex));
  if (training && *training == 0)
    return equivalent("its running statistics are frozen already");
  return std::nullopt;
}

/// act(norm(x)) becomes norm(act(x)).
static void misplace(Operation *norm) {
  Operation *activation = findActivation(norm);
  Value input = norm->getOperand(0), normalised = norm->getResult(0);
  auto probe = activation->getOperand(0).getDefiningOp<ProbeActivationOp>();
  if (probe) {
    probe->setOperand(0, input);
    probe->moveBefore(norm);
  } else {
    activation->setOperand(0, input);
  }
  Value activated = activation->getResult(0);
  activated.replaceAllUsesWith(normalised);
  activation->moveBefore(norm);
  // Constants of the activation may stand between the two.
  for (Value operand : activation->getOperands())
    if (Operation *op = operand.getDefiningOp();
        op && op->getBlock() == norm->getBlock() &&
        activation->isBeforeInBlock(op) && op->getNumOperands() == 0)
      op->moveBefore(activation);
  norm->setOperand(0, activated);
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  StringRef how = arguments.getText("how");
  NormLayer norm = *getNormLayer(site.op);
  record.before = torch::getBaseName(site.op).drop_front(strlen("aten."));
  if (how == "remove") {
    record.after = "nothing";
    Value input = site.op->getOperand(0);
    if (auto mark = getPreActivation(site.op);
        mark && input.getDefiningOp() &&
        !getPreActivation(input.getDefiningOp()))
      markPreActivation(input, mark->kind, mark->site);
    replaceOp(site.op, input);
  } else if (how == "misplace") {
    record.after = "behind the activation";
    misplace(site.op);
  } else {
    record.after = "frozen running statistics";
    OpBuilder builder(site.op);
    torch::TorchBuilder b(builder, site.op->getLoc());
    replaceOperand(site.op, *norm.trainingIndex, b.constant(false));
  }
  return success();
}

static const StringRef kLow[] = {"misplace"};
static const StringRef kMedium[] = {"remove"};
static const StringRef kHigh[] = {"freeze"};
static const FaultParameter kParameters[] = {FaultParameter::choice(
    "how",
    "behind the activation instead of before it, missing, or with frozen "
    "running statistics",
    kLow, kMedium, kHigh)};

const FaultOperator dynfault::inject::kChangeNormalisation =
    FaultOperator{
        "LNM",
        "break normalisation",
        "model",
        "Removes a normalisation, puts it behind the activation that follows, "
        "or "
        "lets it use and never update its running statistics while the model "
        "trains.",
        "a batch, instance, layer or group normalisation",
        "Humbatova et al. (EMSE 2025), common PyTorch bug",
        kParameters,
        findSites,
        refuses,
        apply,
    }
        .structural();
