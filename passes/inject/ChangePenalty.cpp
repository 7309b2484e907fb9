//===- ChangePenalty.cpp - RAW, RCW, RRW: weight regularisation -----------===//
//
// A layer's weight that is regularised although it was not, or more, or no
// longer (DeepCrime, ISSTA 2021). As in Keras a penalty is a term of the loss,
// the sum of |w| (l1) or of w * w (l2) times a strength; a program may have
// weight decay in its optimizer instead, which is changed and removed as well.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Rewrites.h"
#include "passes/inject/Sampling.h"
#include "passes/program/Configuration.h"
#include "passes/program/Losses.h"
#include "passes/program/Sites.h"
#include "passes/torch/ShapeInference.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;

//===----------------------------------------------------------------------===//
// Add
//===----------------------------------------------------------------------===//

static SmallVector<FaultSite> findAddSites(const Program &program) {
  func::FuncOp loss = program.getLoss();
  if (!loss || loss.isExternal() || !llvm::hasSingleElement(loss.getBody()) ||
      loss.getNumResults() != 1)
    return {};
  return findModelSites(
      program, [](Operation *op) { return getWeightedLayer(op).has_value(); });
}

static MaybeRefusal refusesAdd(const FaultSite &site,
                               const FaultParameter &parameter,
                               Attribute value) {
  if (parameter.name != "kind")
    return std::nullopt;
  StringRef kind = cast<StringAttr>(value).getValue();
  torch::GlobalSlotOp weight = getWeightedLayer(site.op)->weight;
  for (const Penalty &penalty : getPenalties(getProgram(site.op)))
    if (penalty.parameter == weight &&
        kind.contains(penalty.isL1 ? "l1" : "l2"))
      return impossible("the weight has an " +
                        Twine(penalty.isL1 ? "l1" : "l2") +
                        " penalty already; change it with RCW");
  return std::nullopt;
}

static LogicalResult applyAdd(const FaultSite &site,
                              const FaultArguments &arguments, uint64_t,
                              FaultRecord &record) {
  StringRef kind = arguments.getText("kind");
  double strength = arguments.getNumber("strength");
  record.before = "no penalty";
  record.after = (kind + " " + formatNumber(strength)).str();
  torch::GlobalSlotOp weight = getWeightedLayer(site.op)->weight;
  func::FuncOp function = getProgram(site.op).getLoss();
  Operation *end = function.getBody().front().getTerminator();
  OpBuilder builder(end);
  torch::TorchBuilder b(builder, end->getLoc());
  Value total = end->getOperand(0);
  Type scalar = total.getType();
  Value read = readSlot(builder, weight, end->getLoc());
  for (StringRef part : {"l1", "l2"}) {
    if (!kind.contains(part))
      continue;
    Value powers = part == "l1" ? b.op("aten.abs", {read})
                                : b.op("aten.mul.Tensor", {read, read});
    Value sum = b.op("aten.sum", {powers, b.none()}, scalar);
    Value scaled = b.op("aten.mul.Scalar", {sum, b.constant(strength)});
    total = b.op("aten.add.Tensor",
                 {total, scaled, b.constant(static_cast<int64_t>(1))});
    for (Value value : {powers, sum, scaled, total})
      markInjected(value.getDefiningOp());
  }
  end->setOperand(0, total);
  return success();
}

//===----------------------------------------------------------------------===//
// Change and remove
//===----------------------------------------------------------------------===//

static double getDecay(OptimizerStepOp step) {
  const KindSpec *kind =
      findKind(getOptimizerKinds(), step.getOptimizer().getKind());
  return kind && kind->find("weight_decay")
             ? step.getOptimizer().getNumber("weight_decay")
             : 0;
}

static SmallVector<FaultSite> findSites(const Program &program) {
  SmallVector<FaultSite> sites;
  for (const Penalty &penalty : getPenalties(program))
    if (!penalty.sum->hasAttr("dynfault.injected"))
      sites.push_back({getSite(penalty.sum).str(), penalty.sum});
  if (OptimizerStepOp step = program.getOptimizerStep();
      step && getDecay(step) != 0)
    sites.push_back({"optimizer", step});
  return sites;
}

static MaybeRefusal refusesChange(const FaultSite &site, const FaultParameter &,
                                  Attribute value) {
  if (cast<FloatAttr>(value).getValueAsDouble() == 1)
    return equivalent("a factor of 1 changes nothing");
  return std::nullopt;
}

static void setDecay(OptimizerStepOp step, double decay, FaultRecord &record) {
  Builder builder(step.getContext());
  record.before = "weight decay " + formatNumber(getDecay(step));
  record.after = "weight decay " + formatNumber(decay);
  step.setOptimizerAttr(
      step.getOptimizer().with("weight_decay", builder.getF64FloatAttr(decay)));
}

static double getStrength(const Penalty &penalty) {
  if (!penalty.scale)
    return 1;
  double number = *getConstantNumber(penalty.scale->getOperand(1));
  return torch::getBaseName(penalty.scale) == "aten.div" ? 1 / number : number;
}

static std::string describe(const Penalty &penalty, double strength) {
  return (penalty.isL1 ? "l1 " : "l2 ") + formatNumber(strength);
}

static LogicalResult applyChange(const FaultSite &site,
                                 const FaultArguments &arguments, uint64_t,
                                 FaultRecord &record) {
  double factor = arguments.getNumber("factor");
  if (auto step = dyn_cast<OptimizerStepOp>(site.op)) {
    setDecay(step, getDecay(step) * factor, record);
    return success();
  }
  Penalty penalty = *getPenalty(site.op);
  double strength = getStrength(penalty);
  record.before = describe(penalty, strength);
  record.after = describe(penalty, strength * factor);
  Operation *last = penalty.scale ? penalty.scale : penalty.sum;
  OpBuilder builder(last->getContext());
  builder.setInsertionPointAfter(last);
  torch::TorchBuilder b(builder, last->getLoc());
  Value scaled =
      b.op("aten.mul.Scalar", {last->getResult(0), b.constant(factor)});
  markInjected(scaled.getDefiningOp());
  penalty.add->setOperand(penalty.index, scaled);
  return success();
}

static LogicalResult applyRemove(const FaultSite &site, const FaultArguments &,
                                 uint64_t, FaultRecord &record) {
  if (auto step = dyn_cast<OptimizerStepOp>(site.op)) {
    setDecay(step, 0, record);
    return success();
  }
  Penalty penalty = *getPenalty(site.op);
  record.before = describe(penalty, getStrength(penalty));
  record.after = "no penalty";
  // The term goes with its addition; what computed it has no effect left.
  Operation *inner = penalty.sum->getOperand(0).getDefiningOp();
  replaceOp(penalty.add, penalty.add->getOperand(1 - penalty.index));
  if (penalty.scale)
    penalty.scale->erase();
  penalty.sum->erase();
  if (inner->use_empty())
    inner->erase();
  return success();
}

static const StringRef kKindLow[] = {"l2"};
static const StringRef kKindMedium[] = {"l1"};
static const StringRef kKindHigh[] = {"l1_l2"};
static const Interval kStrengthLow[] = {{1e-4, 1e-3}};
static const Interval kStrengthMedium[] = {{1e-3, 1e-2}};
static const Interval kStrengthHigh[] = {{1e-2, 1}};
static const FaultParameter kAddParameters[] = {
    FaultParameter::choice("kind", "the penalty added", kKindLow, kKindMedium,
                           kKindHigh),
    FaultParameter::logarithmic("strength",
                                "what the penalty is multiplied by, Keras' "
                                "default is 0.01",
                                {1e-4, 1}, kStrengthLow, kStrengthMedium,
                                kStrengthHigh)};
static const Interval kFactorLow[] = {{10, 100}};
static const Interval kFactorMedium[] = {{100, 1000}};
static const Interval kFactorHigh[] = {{1000, 1e4}};
static const FaultParameter kChangeParameters[] = {FaultParameter::logarithmic(
    "factor", "what the strength is multiplied by", {10, 1e4}, kFactorLow,
    kFactorMedium, kFactorHigh)};

const FaultOperator dynfault::inject::kAddPenalty =
    FaultOperator{
        "RAW",
        "add weight regularisation",
        "objective",
        "Adds a penalty on a layer's weight to the loss.",
        "a linear or convolution layer of a program with @loss",
        "DeepCrime (ISSTA 2021)",
        kAddParameters,
        findAddSites,
        refusesAdd,
        applyAdd,
    }
        .changing("penalty");

const FaultOperator dynfault::inject::kChangePenalty =
    FaultOperator{
        "RCW",
        "change weight regularisation",
        "objective",
        "Multiplies the strength of a weight penalty or of the optimizer's "
        "weight "
        "decay.",
        "a penalty on a parameter in @loss, or an optimizer with weight decay",
        "DeepCrime (ISSTA 2021)",
        kChangeParameters,
        findSites,
        refusesChange,
        applyChange,
    }
        .changing("weight_decay");

const FaultOperator dynfault::inject::kRemovePenalty =
    FaultOperator{
        "RRW",
        "remove weight regularisation",
        "objective",
        "Removes a weight penalty or the optimizer's weight decay.",
        "a penalty on a parameter in @loss, or an optimizer with weight decay",
        "DeepCrime (ISSTA 2021)",
        {},
        findSites,
        nullptr,
        applyRemove,
    }
        .changing("weight_decay");
