//===- ChangeClipping.cpp - OCG: change gradient clipping -----------------===//
//
// Clipping that is missing where the program needs it, or so tight that it
// changes every step (DeepCrime, ISSTA 2021).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/StepRewrites.h"

using namespace mlir;
using namespace dynfault::inject;
using dynfault::program::BackwardOp;
using dynfault::program::ClipGradNormOp;
using dynfault::program::ClipGradValueOp;
using dynfault::program::DelayGradientsOp;
using dynfault::program::Program;
using dynfault::program::TrainingStepOp;

static constexpr double kMaxNorm = 0.01, kClipValue = 0.5;

static SmallVector<FaultSite> findSites(const Program &program) {
  SmallVector<FaultSite> sites = findStep(program);
  llvm::erase_if(sites, [](const FaultSite &site) {
    return !getSingle<BackwardOp>(cast<TrainingStepOp>(site.op));
  });
  return sites;
}

static SmallVector<Operation *> findClips(Operation *step) {
  SmallVector<Operation *> clips;
  for (Operation &op : cast<TrainingStepOp>(step).getBody().front())
    if (isa<ClipGradNormOp, ClipGradValueOp>(op))
      clips.push_back(&op);
  return clips;
}

static std::string describe(ArrayRef<Operation *> clips) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleaveComma(clips, os, [&](Operation *op) {
    if (auto norm = dyn_cast<ClipGradNormOp>(op))
      os << "clip_grad_norm " << norm.getMaxNorm().convertToDouble();
    else
      os << "clip_grad_value "
         << cast<ClipGradValueOp>(op).getClipValue().convertToDouble();
  });
  return text.empty() ? "no clipping" : text;
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  StringRef to = cast<StringAttr>(value).getValue();
  SmallVector<Operation *> clips = findClips(site.op);
  if (to == "none" && clips.empty())
    return equivalent("gradients are not clipped");
  if (clips.size() != 1)
    return std::nullopt;
  auto norm = dyn_cast<ClipGradNormOp>(clips.front());
  auto byValue = dyn_cast<ClipGradValueOp>(clips.front());
  if ((to == "norm" && norm &&
       norm.getMaxNorm().convertToDouble() == kMaxNorm) ||
      (to == "value" && byValue &&
       byValue.getClipValue().convertToDouble() == kClipValue))
    return equivalent("gradients are clipped like that already");
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  SmallVector<Operation *> clips = findClips(site.op);
  record.before = describe(clips);
  StringRef to = arguments.getText("to");
  OpBuilder builder(site.op->getContext());
  Operation *place = clips.empty()
                         ? getSingle<BackwardOp>(cast<TrainingStepOp>(site.op))
                         : clips.front();
  // What exchanges the gradients comes before what clips them.
  if (clips.empty() && isa_and_nonnull<DelayGradientsOp>(place->getNextNode()))
    place = place->getNextNode();
  builder.setInsertionPointAfter(place);
  SmallVector<Operation *> added;
  auto attr = [&](double value) { return builder.getF64FloatAttr(value); };
  if (to == "norm")
    added.push_back(
        builder.create<ClipGradNormOp>(place->getLoc(), attr(kMaxNorm)));
  else if (to == "value")
    added.push_back(
        builder.create<ClipGradValueOp>(place->getLoc(), attr(kClipValue)));
  for (Operation *clip : clips)
    clip->erase();
  record.after = describe(added);
  return success();
}

static const StringRef kLow[] = {"value"};
static const StringRef kMedium[] = {"none"};
static const StringRef kHigh[] = {"norm"};
static const FaultParameter kParameters[] = {FaultParameter::choice(
    "to",
    "what replaces the clipping; value: every entry at 0.5; none: no clipping; "
    "norm: the joint 2-norm at 0.01",
    kLow, kMedium, kHigh)};

const FaultOperator dynfault::inject::kChangeClipping =
    FaultOperator{
        "OCG",
        "change gradient clipping",
        "optimization",
        "Adds, changes or removes gradient clipping.",
        "a training step with one backward",
        "DeepCrime (ISSTA 2021)",
        kParameters,
        findSites,
        refuses,
        apply,
    }
        .changing("clipping");
