//===- ChangeLoss.cpp - LCH: change the loss ------------------------------===//
//
// Another loss function (DeepCrime, ISSTA 2021). The choices are the losses of
// Keras, whose formulas (keras.losses) are followed: a classifier's loss is
// computed from probabilities and one-hot targets, so logits first go through
// softmax or sigmoid.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/program/Sites.h"
#include "passes/torch/TorchBuilder.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using dynfault::program::Program;
using dynfault::torch::TorchBuilder;

/// Keras' `epsilon()`, which keeps logarithms and quotients finite.
static constexpr double kEpsilon = 1e-7;

namespace {
/// A loss that a program may have, and what its operands mean.
struct KnownLoss {
  StringRef opName;
  /// The choice that would be equivalent, or empty.
  StringRef equivalent;
  enum Prediction {
    Logits,
    LogProbabilities,
    Logit,
    Probability,
    Value
  } prediction;

  /// One value per class, and a target that is a class.
  bool isPerClass() const {
    return prediction == Logits || prediction == LogProbabilities;
  }
  /// One value, and a target of 0 or 1.
  bool isBinary() const {
    return prediction == Logit || prediction == Probability;
  }
};
} // namespace

static const KnownLoss kKnownLosses[] = {
    {"aten.cross_entropy_loss", "", KnownLoss::Logits},
    {"aten.nll_loss", "", KnownLoss::LogProbabilities},
    {"aten.nll_loss_nd", "", KnownLoss::LogProbabilities},
    {"aten.binary_cross_entropy_with_logits", "", KnownLoss::Logit},
    {"aten.binary_cross_entropy", "", KnownLoss::Probability},
    {"aten.mse_loss", "mean_squared_error", KnownLoss::Value},
    {"aten.l1_loss", "mean_absolute_error", KnownLoss::Value},
    {"aten.huber_loss", "huber", KnownLoss::Value},
    {"aten.smooth_l1_loss", "huber", KnownLoss::Value},
};

static const KnownLoss *getKnownLoss(Operation *op) {
  StringRef name = torch::getTorchName(op);
  for (const KnownLoss &known : kKnownLosses)
    if (known.opName == name)
      return &known;
  return nullptr;
}

static SmallVector<FaultSite> findSites(const Program &program) {
  SmallVector<FaultSite> sites;
  if (func::FuncOp loss = program.getLoss())
    loss.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (getKnownLoss(op))
        sites.push_back({program::getSite(op).str(), op});
    });
  return sites;
}

/// The number of classes, the last of two known sizes of the logits, or 0.
static int64_t getClassCount(Operation *op) {
  auto info = torch::getTensorInfo(op->getOperand(0).getType());
  if (!info || !info->sizes || info->sizes->size() != 2 ||
      ShapedType::isDynamic(info->sizes->back()))
    return 0;
  return info->sizes->back();
}

/// Whether the target holds class indices, and not probabilities of classes.
static bool hasClassIndices(Operation *op) {
  auto info = torch::getTensorInfo(op->getOperand(1).getType());
  return info && info->dtype && info->dtype.isSignedInteger(64);
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  StringRef to = cast<StringAttr>(value).getValue();
  const KnownLoss &known = *getKnownLoss(site.op);
  if (known.equivalent == to)
    return equivalent("the loss is '" + to + "' already");
  if (known.isPerClass() && getClassCount(site.op) == 0)
    return impossible("the logits need the type !torch.vtensor<[?,C],f32> with "
                      "a known number of classes C");
  if (known.isPerClass() && !hasClassIndices(site.op))
    return impossible("the target needs the type !torch.vtensor<[?],si64>, one "
                      "class index per row");
  if (known.isBinary() && to == "cosine_similarity")
    return impossible("the cosine of two single numbers is their sign; it "
                      "needs one score per class");
  if (known.prediction == KnownLoss::Value &&
      (to == "kullback_leibler_divergence" || to == "hinge" ||
       to == "squared_hinge" || to == "cosine_similarity"))
    return impossible("'" + to +
                      "' is defined for classes only, and this is a "
                      "regression loss");
  return std::nullopt;
}

/// Builds the loss `to` of `prediction` and `target`, equally shaped float
/// tensors; a scalar of type `result`.
static Value buildLoss(TorchBuilder &b, StringRef to, Value prediction,
                       Value target, Type result) {
  Value one = b.constant(int64_t(1));
  auto difference = [&] {
    return b.op("aten.sub.Tensor", {prediction, target, one});
  };
  auto atLeast = [&](Value x, double bound) {
    return b.op("aten.clamp_min", {x, b.constant(bound)});
  };
  // max(1 - y * p, 0) with y in {-1, 1}.
  auto hinge = [&] {
    Value sign = b.op(
        "aten.sub.Scalar",
        {b.op("aten.mul.Scalar", {target, b.constant(int64_t(2))}), one, one});
    Value margin =
        b.op("aten.rsub.Scalar",
             {b.op("aten.mul.Tensor", {sign, prediction}), one, one});
    return atLeast(margin, 0.0);
  };
  if (to == "mean_squared_error")
    return b.op("aten.mse_loss", {prediction, target, one}, result);
  if (to == "mean_absolute_error")
    return b.op("aten.l1_loss", {prediction, target, one}, result);
  if (to == "huber")
    return b.op("aten.huber_loss", {prediction, target, one, b.constant(1.0)},
                result);
  if (to == "log_cosh") {
    // log(cosh(d)) = d + softplus(-2 d) - log(2), which does not overflow.
    Value d = difference();
    Value soft = b.op("aten.softplus",
                      {b.op("aten.mul.Scalar", {d, b.constant(int64_t(-2))}),
                       one, b.constant(int64_t(20))});
    Value sum = b.op("aten.add.Tensor", {d, soft, one});
    return b.mean(
        b.op("aten.sub.Scalar", {sum, b.constant(0.69314718055994529), one}),
        result);
  }
  if (to == "mean_squared_logarithmic_error") {
    auto log1p = [&](Value x) {
      return b.op("aten.log1p", {atLeast(x, kEpsilon)});
    };
    return b.op("aten.mse_loss", {log1p(prediction), log1p(target), one},
                result);
  }
  if (to == "mean_absolute_percentage_error") {
    Value scale = atLeast(b.op("aten.abs", {target}), kEpsilon);
    Value ratio = b.op("aten.div.Tensor", {difference(), scale});
    return b.mean(b.op("aten.mul.Scalar",
                       {b.op("aten.abs", {ratio}), b.constant(int64_t(100))}),
                  result);
  }
  if (to == "poisson") {
    // As in Keras the logarithm's argument is not clamped: a negative
    // prediction gives a non-finite loss, which is this fault's effect.
    Value log = b.op(
        "aten.log",
        {b.op("aten.add.Scalar", {prediction, b.constant(kEpsilon), one})});
    return b.mean(
        b.op("aten.sub.Tensor",
             {prediction, b.op("aten.mul.Tensor", {target, log}), one}),
        result);
  }
  if (to == "hinge")
    return b.mean(hinge(), result);
  if (to == "squared_hinge") {
    Value h = hinge();
    return b.mean(b.op("aten.mul.Tensor", {h, h}), result);
  }
  if (to == "kullback_leibler_divergence") {
    auto clip = [&](Value x) {
      return b.op("aten.clamp", {x, b.constant(kEpsilon), b.constant(1.0)});
    };
    Value t = clip(target);
    Value ratio = b.op("aten.div.Tensor", {t, clip(prediction)});
    return b.mean(b.op("aten.mul.Tensor", {t, b.op("aten.log", {ratio})}),
                  result);
  }
  assert(to == "cosine_similarity" && "a choice without a formula");
  // cosine_similarity drops the last dimension; the mean does not mind its
  // type.
  Value cosine =
      b.op("aten.cosine_similarity",
           {target, prediction, b.constant(int64_t(-1)), b.constant(kEpsilon)},
           torch::ValueTensorType::get(result.getContext()));
  return b.op("aten.neg", {b.mean(cosine, result)});
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  StringRef to = arguments.getText("to");
  const KnownLoss &known = *getKnownLoss(site.op);
  record.before = known.opName.drop_front(strlen("aten."));
  record.after = to;

  OpBuilder builder(site.op);
  TorchBuilder b(builder, site.op->getLoc());
  Value prediction = site.op->getOperand(0);
  Value target = site.op->getOperand(1);
  if (known.isPerClass()) {
    Value classes = b.constant(getClassCount(site.op));
    prediction = known.prediction == KnownLoss::LogProbabilities
                     ? b.op("aten.exp", {prediction})
                     : b.op("aten.softmax.int",
                            {prediction, b.constant(int64_t(-1)), b.none()});
    auto targetInfo = *torch::getTensorInfo(target.getType());
    Value oneHot =
        b.op("aten.one_hot", {target, classes},
             torch::ValueTensorType::get(
                 target.getContext(),
                 torch::getTensorInfo(prediction.getType())->sizes.value(),
                 targetInfo.dtype));
    target = b.op("aten.type_as", {oneHot, prediction}, prediction.getType());
  } else if (known.prediction == KnownLoss::Logit) {
    prediction = b.op("aten.sigmoid", {prediction});
  }
  Value loss =
      buildLoss(b, to, prediction, target, site.op->getResult(0).getType());
  loss.getDefiningOp()->setAttr("dynfault.site",
                                site.op->getAttr("dynfault.site"));
  site.op->getResult(0).replaceAllUsesWith(loss);
  site.op->erase();
  return success();
}

static const StringRef kLow[] = {"huber", "mean_squared_error",
                                 "mean_absolute_error", "log_cosh"};
static const StringRef kMedium[] = {"kullback_leibler_divergence", "poisson",
                                    "hinge", "squared_hinge"};
static const StringRef kHigh[] = {"mean_squared_logarithmic_error",
                                  "mean_absolute_percentage_error",
                                  "cosine_similarity"};
static const FaultParameter kParameters[] = {
    FaultParameter::choice("to", "the loss put in", kLow, kMedium, kHigh)};

const FaultOperator dynfault::inject::kChangeLoss = {
    "LCH",
    "change loss",
    "objective",
    "Replaces the loss function by another one.",
    "a cross entropy, binary cross entropy (with logits), NLL, squared, "
    "absolute or Huber loss in @loss",
    "DeepCrime (ISSTA 2021)",
    kParameters,
    findSites,
    refuses,
    apply};
