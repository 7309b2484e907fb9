//===- SmoothLabels.cpp - LSM: extreme label smoothing --------------------===//
//
// So much label smoothing that little of the label is left (a common PyTorch
// bug). With smoothing e over C classes the target is (1 - e) of the label plus
// e / C of every class (Szegedy et al. 2016).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Rewrites.h"
#include "passes/inject/Sampling.h"
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
      if (lossOp && lossOp->prediction != Prediction::Value &&
          torch::getBaseName(op) != "aten.kl_div")
        sites.push_back({getSite(op).str(), op});
    });
  return sites;
}

static constexpr unsigned kSmoothingIndex = 5;

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  LossOp loss = *getLossOp(site.op);
  double to = cast<FloatAttr>(value).getValueAsDouble();
  if (loss.prediction == Prediction::Logits) {
    auto now = getConstantNumber(site.op->getOperand(kSmoothingIndex));
    if (now && *now == to)
      return equivalent("the smoothing is " + Twine(formatNumber(to)) +
                        " already");
    return std::nullopt;
  }
  if (loss.prediction != Prediction::LogProbabilities)
    return std::nullopt;
  if (isTensorOperand(site.op, 2))
    return impossible("the classes have weights");
  if (getConstantInt(site.op->getOperand(loss.reductionIndex)).value_or(0) == 0)
    return impossible("the loss has no constant reduction");
  return std::nullopt;
}

/// (1 - e) * nll + e * (the mean over classes of -log p, reduced likewise).
static void smoothNll(const LossOp &loss, double smoothing) {
  Operation *op = loss.op;
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(op);
  torch::TorchBuilder b(builder, op->getLoc());
  Value nll = op->getResult(0), logs = op->getOperand(0);
  Type scalar = nll.getType();
  Value one = b.constant(static_cast<int64_t>(1)), none = b.none();
  bool isMean =
      getConstantInt(op->getOperand(loss.reductionIndex)).value_or(1) == 1;
  Value uniform;
  if (isMean) {
    uniform = b.op("aten.mean", {logs, none}, scalar);
  } else {
    // The sum over rows of the mean over classes: mean(sum over rows).
    Value rows = builder.create<torch::PrimListConstructOp>(
        op->getLoc(),
        torch::ListType::get(builder.getContext(),
                             builder.getType<torch::IntType>()),
        ValueRange{b.constant(static_cast<int64_t>(0))});
    auto info = torch::getTensorInfo(logs.getType());
    Type unknown =
        info->valueSemantics
            ? Type(torch::ValueTensorType::get(builder.getContext()))
            : Type(torch::NonValueTensorType::get(builder.getContext()));
    Value sums = b.op("aten.sum.dim_IntList",
                      {logs, rows, b.constant(false), none}, unknown);
    uniform = b.op("aten.mean", {sums, none}, scalar);
  }
  Value kept = b.op("aten.mul.Scalar", {nll, b.constant(1 - smoothing)});
  Value spread = b.op("aten.mul.Scalar", {uniform, b.constant(smoothing)});
  Value total = b.op("aten.sub.Tensor", {kept, spread, one});
  for (Operation *made = op->getNextNode(); made != total.getDefiningOp();
       made = made->getNextNode())
    if (made->getNumOperands() > 0 &&
        torch::getTensorInfo(made->getResult(0).getType()))
      markInjected(made);
  markInjected(total.getDefiningOp());
  nll.replaceUsesWithIf(total, [&](OpOperand &use) {
    return use.getOwner() != kept.getDefiningOp();
  });
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  LossOp loss = *getLossOp(site.op);
  double smoothing = arguments.getNumber("smoothing");
  record.before = "0";
  record.after = formatNumber(smoothing);
  OpBuilder builder(site.op);
  torch::TorchBuilder b(builder, site.op->getLoc());
  if (loss.prediction == Prediction::Logits) {
    if (auto now = getConstantNumber(site.op->getOperand(kSmoothingIndex)))
      record.before = formatNumber(*now);
    replaceOperand(site.op, kSmoothingIndex, b.constant(smoothing));
    return success();
  }
  if (loss.prediction == Prediction::LogProbabilities) {
    smoothNll(loss, smoothing);
    return success();
  }
  // Two classes: t * (1 - e) + e / 2.
  Value target = site.op->getOperand(1);
  Value kept = b.op("aten.mul.Scalar", {target, b.constant(1 - smoothing)});
  Value smoothed =
      b.op("aten.add.Scalar", {kept, b.constant(smoothing / 2),
                               b.constant(static_cast<int64_t>(1))});
  markInjected(kept.getDefiningOp());
  markInjected(smoothed.getDefiningOp());
  site.op->setOperand(1, smoothed);
  return success();
}

static const Interval kLow[] = {{0.3, 0.5}};
static const Interval kMedium[] = {{0.5, 0.7}};
static const Interval kHigh[] = {{0.7, 0.9}};
static const FaultParameter kParameters[] = {FaultParameter::number(
    "smoothing", "the share of the target that is spread over all classes",
    {0.3, 0.9}, kLow, kMedium, kHigh)};

const FaultOperator dynfault::inject::kSmoothLabels =
    FaultOperator{
        "LSM",
        "extreme label smoothing",
        "objective",
        "Spreads most of each target over all classes.",
        "a cross entropy, binary cross entropy (with logits) or NLL "
        "loss in @loss",
        "common PyTorch bug",
        kParameters,
        findSites,
        refuses,
        apply,
    }
        .changing("smoothing");
