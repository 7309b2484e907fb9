//===- Registry.cpp - The list of fault operators -------------------------===//

#include "passes/inject/FaultOperator.h"
#include "passes/inject/Operators.h"
#include "passes/inject/Sampling.h"

#include "mlir/IR/Builders.h"
#include <cmath>

using namespace mlir;
using namespace dynfault::inject;

ArrayRef<const FaultOperator *> dynfault::inject::getFaultOperators() {
  static const FaultOperator *const operators[] = {
      // data
      &kChangeLabels,
      &kDeleteTrainingData,
      &kUnbalanceTrainingData,
      &kAddNoise,
      &kOverlapClasses,
      &kRepeatData,
      &kSortTrainingData,
      &kMisnormalizeInputs,
      &kMismatchPreprocessing,
      // model
      &kAddActivation,
      &kChangeActivation,
      &kRemoveActivation,
      &kChangeMask,
      &kRemovePositions,
      &kRemoveScale,
      &kAddLayer,
      &kChangeFilters,
      &kChangeNeurons,
      &kChangeUnits,
      &kChangePool,
      &kChangeStride,
      &kSwapRecurrent,
      &kChangeKernel,
      &kChangeNormalisation,
      &kRemoveLayer,
      &kRemoveResidual,
      &kChangeSoftmaxDim,
      &kAddBias,
      &kChangeInitialiser,
      &kRemoveBias,
      // objective
      &kChangeLoss,
      &kChangeOutputActivation,
      &kChangeReduction,
      &kChangeLossSign,
      &kSmoothLabels,
      &kAddPenalty,
      &kChangeDropout,
      &kChangePenalty,
      &kRemovePenalty,
      // optimization
      &kChangeLearningRate,
      &kChangeBatchSize,
      &kDisableBatching,
      &kChangeEpochs,
      &kChangeOptimizer,
      &kChangeClipping,
      &kChangeMomentum,
      &kChangeEpsilon,
      &kNeverZeroGradients,
      &kFreezeParameters,
      &kUpdateBeforeBackward,
      &kChangeLrSchedule,
      &kRemoveWarmup,
  };
  return operators;
}

const FaultOperator *dynfault::inject::findFaultOperator(StringRef id) {
  for (const FaultOperator *op : getFaultOperators())
    if (op->id == id)
      return op;
  return nullptr;
}

double FaultArguments::getNumber(StringRef name) const {
  return cast<FloatAttr>(lookup(name)).getValueAsDouble();
}

int64_t FaultArguments::getInteger(StringRef name) const {
  return cast<IntegerAttr>(lookup(name)).getInt();
}

StringRef FaultArguments::getText(StringRef name) const {
  return cast<StringAttr>(lookup(name)).getValue();
}

Refusal dynfault::inject::equivalent(const Twine &reason) {
  return {Refusal::Equivalent,
          (reason + ", so the mutant would be equivalent").str()};
}

Refusal dynfault::inject::impossible(const Twine &reason) {
  return {Refusal::Impossible, reason.str()};
}

/// A number or integer as an attribute, or null.
static Attribute parseNumber(FaultParameter::Type type, StringRef text,
                             MLIRContext *context) {
  Builder builder(context);
  if (type == FaultParameter::Type::Integer) {
    int64_t integer;
    return text.getAsInteger(10, integer) ? Attribute()
                                          : builder.getI64IntegerAttr(integer);
  }
  double number;
  if (text.getAsDouble(number) || !std::isfinite(number))
    return {};
  return builder.getF64FloatAttr(number);
}

Attribute dynfault::inject::parseValue(const FaultParameter &parameter,
                                       StringRef text, MLIRContext *context) {
  Attribute value = parameter.type == FaultParameter::Type::Text
                        ? StringAttr::get(context, text)
                        : parseNumber(parameter.type, text, context);
  if (!value || !parameter.isChoice())
    return value;
  // `0.50` is the choice `0.5`.
  return llvm::is_contained(getChoices(parameter), formatValue(value))
             ? value
             : Attribute();
}

std::string dynfault::inject::formatValue(Attribute value) {
  if (auto text = dyn_cast<StringAttr>(value))
    return text.str();
  if (auto integer = dyn_cast<IntegerAttr>(value))
    return std::to_string(integer.getInt());
  return formatNumber(cast<FloatAttr>(value).getValueAsDouble());
}

SmallVector<StringRef>
dynfault::inject::getChoices(const FaultParameter &parameter) {
  SmallVector<StringRef> all;
  for (ArrayRef<StringRef> choices : parameter.choices)
    for (StringRef choice : choices)
      if (!llvm::is_contained(all, choice))
        all.push_back(choice);
  return all;
}

SmallVector<StringRef>
dynfault::inject::getPermittedChoices(const FaultOperator &op,
                                      const FaultParameter &parameter,
                                      const FaultSite &site) {
  SmallVector<StringRef> permitted = getChoices(parameter);
  llvm::erase_if(permitted, [&](StringRef choice) {
    Attribute value = parseValue(parameter, choice, site.op->getContext());
    return op.refuses && op.refuses(site, parameter, value);
  });
  return permitted;
}

bool dynfault::inject::isPossible(const FaultOperator &op,
                                  const FaultSite &site) {
  if (op.parameters.empty())
    return !op.refusesTogether || !op.refusesTogether(site, {});
  return llvm::all_of(op.parameters, [&](const FaultParameter &parameter) {
    if (parameter.isChoice())
      return !getPermittedChoices(op, parameter, site).empty();
    Interval range = getPermittedRange(op, parameter, site);
    return range.low <= range.high;
  });
}

Interval dynfault::inject::getPermittedRange(const FaultOperator &op,
                                             const FaultParameter &parameter,
                                             const FaultSite &site) {
  return op.getRange ? op.getRange(site, parameter) : parameter.range;
}
