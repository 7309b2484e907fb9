//===- Configuration.cpp - Kinds and their parameters ---------------------===//

#include "passes/program/Configuration.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace dynfault::program;

using ValueType = ParameterSpec::Type;
static constexpr double kInfinity = std::numeric_limits<double>::infinity();

const ParameterSpec *KindSpec::find(StringRef name) const {
  for (const ParameterSpec &parameter : parameters)
    if (parameter.name == name)
      return &parameter;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Initialisers
//===----------------------------------------------------------------------===//

static const ParameterSpec kConstant[] = {
    {"value", ValueType::Float, std::nullopt}};
static double getFloat(DictionaryAttr parameters, StringRef name) {
  return parameters.getAs<FloatAttr>(name).getValueAsDouble();
}

static StringRef findUniformConflict(DictionaryAttr parameters) {
  return getFloat(parameters, "low") <= getFloat(parameters, "high")
             ? ""
             : "needs low <= high";
}

static const ParameterSpec kUniform[] = {
    {"low", ValueType::Float, std::nullopt},
    {"high", ValueType::Float, std::nullopt}};
static const ParameterSpec kNormal[] = {
    {"mean", ValueType::Float, 0.0},
    {"std", ValueType::Float, std::nullopt, 0.0, kInfinity}};
static const ParameterSpec kGain[] = {
    {"gain", ValueType::Float, 1.0, 0.0, kInfinity}};
/// `a` is the negative slope of the leaky rectifier that follows.
static const ParameterSpec kSlope[] = {{"a", ValueType::Float, 0.0}};

ArrayRef<KindSpec> dynfault::program::getInitKinds() {
  static const KindSpec kinds[] = {
      {"zeros", {}},
      {"ones", {}},
      {"constant", kConstant},
      {"uniform", kUniform, findUniformConflict},
      {"normal", kNormal},
      {"truncated_normal", kNormal},
      {"xavier_uniform", kGain},
      {"xavier_normal", kGain},
      {"kaiming_uniform", kSlope},
      {"kaiming_normal", kSlope},
      {"lecun_uniform", {}},
      {"lecun_normal", {}},
      {"orthogonal", kGain},
      {"identity", kGain},
  };
  return kinds;
}

//===----------------------------------------------------------------------===//
// Optimizers
//===----------------------------------------------------------------------===//

static const ParameterSpec kSgd[] = {
    {"lr", ValueType::Float, std::nullopt, 0.0, kInfinity},
    {"momentum", ValueType::Float, 0.0, 0.0, 1.0},
    {"dampening", ValueType::Float, 0.0, 0.0, 1.0},
    {"weight_decay", ValueType::Float, 0.0, 0.0, kInfinity},
    {"nesterov", ValueType::Boolean, 0.0}};
/// torch.optim.SGD refuses the same.
static StringRef findSgdConflict(DictionaryAttr parameters) {
  if (!parameters.getAs<BoolAttr>("nesterov").getValue() ||
      (getFloat(parameters, "momentum") > 0 &&
       getFloat(parameters, "dampening") == 0))
    return "";
  return "with nesterov = true needs a momentum above 0 and no dampening";
}

static const ParameterSpec kAdam[] = {
    {"lr", ValueType::Float, std::nullopt, 0.0, kInfinity},
    {"beta1", ValueType::Float, 0.9, 0.0, 1.0, true},
    {"beta2", ValueType::Float, 0.999, 0.0, 1.0, true},
    {"eps", ValueType::Float, 1e-8, 0.0, kInfinity},
    {"weight_decay", ValueType::Float, 0.0, 0.0, kInfinity}};
static const ParameterSpec kAdamW[] = {
    {"lr", ValueType::Float, std::nullopt, 0.0, kInfinity},
    {"beta1", ValueType::Float, 0.9, 0.0, 1.0, true},
    {"beta2", ValueType::Float, 0.999, 0.0, 1.0, true},
    {"eps", ValueType::Float, 1e-8, 0.0, kInfinity},
    {"weight_decay", ValueType::Float, 0.01, 0.0, kInfinity}};
static const ParameterSpec kRmsProp[] = {
    {"lr", ValueType::Float, std::nullopt, 0.0, kInfinity},
    {"alpha", ValueType::Float, 0.99, 0.0, 1.0},
    {"eps", ValueType::Float, 1e-8, 0.0, kInfinity},
    {"weight_decay", ValueType::Float, 0.0, 0.0, kInfinity},
    {"momentum", ValueType::Float, 0.0, 0.0, 1.0},
    {"centered", ValueType::Boolean, 0.0}};
static const ParameterSpec kAdagrad[] = {
    {"lr", ValueType::Float, std::nullopt, 0.0, kInfinity},
    {"lr_decay", ValueType::Float, 0.0, 0.0, kInfinity},
    {"weight_decay", ValueType::Float, 0.0, 0.0, kInfinity},
    {"initial_accumulator_value", ValueType::Float, 0.0, 0.0, kInfinity},
    {"eps", ValueType::Float, 1e-10, 0.0, kInfinity}};
static const ParameterSpec kAdadelta[] = {
    {"lr", ValueType::Float, std::nullopt, 0.0, kInfinity},
    {"rho", ValueType::Float, 0.9, 0.0, 1.0},
    {"eps", ValueType::Float, 1e-6, 0.0, kInfinity},
    {"weight_decay", ValueType::Float, 0.0, 0.0, kInfinity}};
static const ParameterSpec kNAdam[] = {
    {"lr", ValueType::Float, std::nullopt, 0.0, kInfinity},
    {"beta1", ValueType::Float, 0.9, 0.0, 1.0, true},
    {"beta2", ValueType::Float, 0.999, 0.0, 1.0, true},
    {"eps", ValueType::Float, 1e-8, 0.0, kInfinity},
    {"weight_decay", ValueType::Float, 0.0, 0.0, kInfinity},
    {"momentum_decay", ValueType::Float, 4e-3, 0.0, kInfinity}};

ArrayRef<KindSpec> dynfault::program::getOptimizerKinds() {
  static const KindSpec kinds[] = {{"sgd", kSgd, findSgdConflict},
                                   {"adam", kAdam},
                                   {"adamw", kAdamW},
                                   {"rmsprop", kRmsProp},
                                   {"adagrad", kAdagrad},
                                   {"adadelta", kAdadelta},
                                   {"adamax", kAdam},
                                   {"nadam", kNAdam}};
  return kinds;
}

//===----------------------------------------------------------------------===//
// Learning-rate schedules
//===----------------------------------------------------------------------===//

static constexpr ParameterSpec kWarmup = {"warmup", ValueType::Integer, 0.0,
                                          0.0, kInfinity};
static constexpr ParameterSpec kPerBatch = {"per_batch", ValueType::Boolean,
                                            0.0};
static const ParameterSpec kConstantLr[] = {kWarmup, kPerBatch};
static const ParameterSpec kStepLr[] = {
    {"step_size", ValueType::Integer, std::nullopt, 1.0, kInfinity},
    {"gamma", ValueType::Float, 0.1, 0.0, kInfinity},
    kWarmup,
    kPerBatch};
static const ParameterSpec kMultistepLr[] = {
    {"milestones", ValueType::Integers, std::nullopt, 1.0, kInfinity},
    {"gamma", ValueType::Float, 0.1, 0.0, kInfinity},
    kWarmup,
    kPerBatch};
static const ParameterSpec kExponentialLr[] = {
    {"gamma", ValueType::Float, std::nullopt, 0.0, kInfinity},
    kWarmup,
    kPerBatch};
static const ParameterSpec kCosineLr[] = {
    {"t_max", ValueType::Integer, std::nullopt, 1.0, kInfinity},
    {"eta_min", ValueType::Float, 0.0, 0.0, kInfinity},
    kWarmup,
    kPerBatch};
static const ParameterSpec kPolynomialLr[] = {
    {"total_iters", ValueType::Integer, std::nullopt, 1.0, kInfinity},
    {"power", ValueType::Float, 1.0, 0.0, kInfinity},
    kWarmup,
    kPerBatch};

ArrayRef<KindSpec> dynfault::program::getLrScheduleKinds() {
  static const KindSpec kinds[] = {
      {"constant", kConstantLr},   {"step", kStepLr},
      {"multistep", kMultistepLr}, {"exponential", kExponentialLr},
      {"cosine", kCosineLr},       {"polynomial", kPolynomialLr}};
  return kinds;
}

//===----------------------------------------------------------------------===//
// Data transforms
//===----------------------------------------------------------------------===//

static const ParameterSpec kParts[] = {{"train", ValueType::Boolean, 1.0},
                                       {"validation", ValueType::Boolean, 1.0}};
static const ParameterSpec kStandardize[] = {
    {"validation", ValueType::Boolean, 1.0},
    {"separate", ValueType::Boolean, 0.0}};
static const ParameterSpec kNormalize[] = {
    {"mean", ValueType::Float, std::nullopt},
    {"std", ValueType::Float, std::nullopt, std::numeric_limits<double>::min(),
     kInfinity},
    {"train", ValueType::Boolean, 1.0},
    {"validation", ValueType::Boolean, 1.0}};
static const ParameterSpec kShare[] = {
    {"share", ValueType::Float, std::nullopt, 0.0, 1.0},
    {"seed", ValueType::Integer, 0.0, 0.0, kInfinity}};

ArrayRef<KindSpec> dynfault::program::getTransformKinds() {
  static const KindSpec kinds[] = {{"unit", kParts},
                                   {"standardize", kStandardize},
                                   {"normalize", kNormalize},
                                   {"standardize_rows", kParts},
                                   {"standardize_target", {}},
                                   {"reverse_features", kParts},
                                   {"change_labels", kShare},
                                   {"delete_training_data", kShare},
                                   {"unbalance_training_data", kShare},
                                   {"add_noise", kShare},
                                   {"overlap_classes", kShare},
                                   {"repeat_data", kShare},
                                   {"sort_by_target", {}}};
  return kinds;
}

//===----------------------------------------------------------------------===//
// Look-up
//===----------------------------------------------------------------------===//

const KindSpec *dynfault::program::findKind(ArrayRef<KindSpec> kinds,
                                            StringRef kind) {
  for (const KindSpec &candidate : kinds)
    if (candidate.kind == kind)
      return &candidate;
  return nullptr;
}

SmallVector<int64_t> dynfault::program::getIntegers(Attribute list) {
  SmallVector<int64_t> integers;
  for (auto element : cast<ArrayAttr>(list).getAsRange<IntegerAttr>())
    integers.push_back(element.getInt());
  return integers;
}

DictionaryAttr dynfault::program::withDefaults(const KindSpec &kind,
                                               DictionaryAttr parameters) {
  Builder builder(parameters.getContext());
  SmallVector<NamedAttribute> all;
  for (const ParameterSpec &spec : kind.parameters) {
    Attribute value = parameters.get(spec.name);
    if (!value && spec.type == ValueType::Float)
      value = builder.getF64FloatAttr(*spec.defaultValue);
    else if (!value && spec.type == ValueType::Integer)
      value =
          builder.getI64IntegerAttr(static_cast<int64_t>(*spec.defaultValue));
    else if (!value)
      value = builder.getBoolAttr(*spec.defaultValue != 0);
    all.push_back(builder.getNamedAttr(spec.name, value));
  }
  return builder.getDictionaryAttr(all);
}

StringRef dynfault::program::nearest(StringRef word,
                                     ArrayRef<StringRef> candidates) {
  StringRef best;
  // Up to a third of the word may differ, as in clang's typo correction.
  unsigned limit = (word.size() + 2) / 3;
  unsigned bestDistance = limit + 1;
  for (StringRef candidate : candidates) {
    unsigned distance = word.edit_distance_insensitive(candidate, true, limit);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}
