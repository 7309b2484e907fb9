//===- ChangeOutputActivation.cpp - LDS: softmax twice or missing ---------===//
//
// A loss that gets the wrong kind of scores: probabilities where it takes the
// softmax itself (a softmax before a cross entropy), or scores where it expects
// their log-softmax (before an NLL loss). A common PyTorch bug; UMLAUT (CHI
// 2021) warns of it.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Rewrites.h"
#include "passes/program/Losses.h"
#include "passes/program/Sites.h"
#include "passes/torch/ShapeInference.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;
using Prediction = LossOp::Prediction;

static SmallVector<FaultSite> findSites(const Program &program) {
  SmallVector<FaultSite> sites;
  if (func::FuncOp loss = program.getLoss())
    loss.walk<WalkOrder::PreOrder>([&](Operation *op) {
      auto lossOp = getLossOp(op);
      if (lossOp && lossOp->prediction != Prediction::Value)
        sites.push_back({getSite(op).str(), op});
    });
  return sites;
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  LossOp loss = *getLossOp(site.op);
  Operation *activation = getOutputActivation(getProgram(site.op), loss);
  bool isTwice = cast<StringAttr>(value).getValue() == "twice";
  switch (loss.prediction) {
  case Prediction::Logits:
  case Prediction::Logit:
    if (!isTwice)
      return impossible("this loss computes it itself, so that it cannot be "
                        "missing");
    if (activation)
      return equivalent("it is applied twice already");
    return std::nullopt;
  case Prediction::LogProbabilities:
    if (!activation)
      return isTwice ? impossible("no log-softmax is found before it")
                     : equivalent("the log-softmax is missing already");
    return std::nullopt;
  default:
    if (!isTwice)
      return impossible("LibTorch's binary cross entropy refuses values that "
                        "are no probabilities");
    return std::nullopt;
  }
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  LossOp loss = *getLossOp(site.op);
  Operation *activation = getOutputActivation(getProgram(site.op), loss);
  bool isSigmoid = loss.prediction == Prediction::Logit ||
                   loss.prediction == Prediction::Probability;
  StringRef function = isSigmoid ? "sigmoid" : "softmax";
  if (arguments.getText("how") == "missing") {
    record.before = "log_softmax";
    record.after = "nothing";
    replaceOp(activation, activation->getOperand(0));
    return success();
  }
  record.before = (function + " once").str();
  record.after = (function + " twice").str();
  // Before the log-softmax where that is an operation of its own.
  Operation *user =
      loss.prediction == Prediction::LogProbabilities ? activation : site.op;
  OpBuilder builder(user);
  torch::TorchBuilder b(builder, user->getLoc());
  Value scores = user->getOperand(0);
  Value result;
  if (isSigmoid) {
    result = b.op("aten.sigmoid", {scores});
  } else {
    // cross_entropy_loss has its classes in dimension 1, or 0 of one row.
    auto info = torch::getTensorInfo(scores.getType());
    int64_t dim = info && info->sizes && info->sizes->size() == 1 ? 0 : 1;
    if (user == activation)
      dim =
          getConstantInt(user->getOperand(*getSoftmaxDim(user))).value_or(dim);
    result = b.op("aten.softmax.int", {scores, b.constant(dim), b.none()});
  }
  markInjected(result.getDefiningOp());
  user->setOperand(0, result);
  return success();
}

static const StringRef kMedium[] = {"twice"};
static const StringRef kHigh[] = {"missing"};
static const FaultParameter kParameters[] = {FaultParameter::choice(
    "how", "whether the softmax (sigmoid) is applied twice or missing", {},
    kMedium, kHigh)};

const FaultOperator dynfault::inject::kChangeOutputActivation =
    FaultOperator{
        "LDS",
        "softmax twice or missing",
        "objective",
        "Applies a softmax (a sigmoid for one score) before a loss that "
        "applies it "
        "itself, or leaves the log-softmax out before a loss that needs it.",
        "a cross entropy, binary cross entropy (with logits) or NLL loss in "
        "@loss",
        "UMLAUT (CHI 2021), common PyTorch bug",
        kParameters,
        findSites,
        refuses,
        apply,
    }
        .changing("output");
