//===- ProgramDialect.cpp - The dynfault dialect --------------------------===//

#include "passes/program/ProgramDialect.h"
#include "passes/program/Configuration.h"
#include "passes/program/TorchScriptAttributes.h"
#include "passes/torch/TorchDialect.h"
#include "passes/torch/TorchOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace mlir;
using namespace dynfault::program;
using dynfault::torch::getTensorInfo;

#include "passes/program/ProgramDialect.cpp.inc"

//===----------------------------------------------------------------------===//
// Configurations
//===----------------------------------------------------------------------===//

static ParseResult parseConfiguration(AsmParser &parser, std::string &kind,
                                      DictionaryAttr &parameters) {
  NamedAttrList list;
  if (parser.parseLess() || parser.parseKeywordOrString(&kind))
    return failure();
  while (succeeded(parser.parseOptionalComma())) {
    std::string name;
    Attribute value;
    SMLoc loc = parser.getCurrentLocation();
    if (parser.parseKeywordOrString(&name) || parser.parseEqual() ||
        parser.parseAttribute(value))
      return failure();
    if (list.get(name))
      return parser.emitError(loc)
             << "parameter '" << name << "' is given twice";
    list.append(name, value);
  }
  parameters = list.getDictionary(parser.getContext());
  return parser.parseGreater();
}

static void printConfiguration(AsmPrinter &printer, ArrayRef<KindSpec> kinds,
                               StringRef kind, DictionaryAttr parameters) {
  printer << '<' << kind;
  // In the table's order, which is the order people write them in.
  const KindSpec *spec = findKind(kinds, kind);
  for (const ParameterSpec &parameter : spec->parameters)
    if (Attribute value = parameters.get(parameter.name)) {
      printer << ", " << parameter.name << " = ";
      if (auto boolean = dyn_cast<BoolAttr>(value))
        printer << (boolean.getValue() ? "true" : "false");
      else
        printer.printAttributeWithoutType(value);
    }
  printer << '>';
}

static bool isInRange(const ParameterSpec &parameter, double value) {
  return std::isfinite(value) && value >= parameter.minimum &&
         (parameter.excludesMaximum ? value < parameter.maximum
                                    : value <= parameter.maximum);
}

static std::string formatNumber(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%g", value);
  return text;
}

/// `finite`, `finite and at least 0`, `from 0 to 1`, `from 0 to below 1`.
static std::string describeRange(const ParameterSpec &parameter) {
  if (std::isinf(parameter.minimum))
    return "finite";
  if (std::isinf(parameter.maximum))
    return "finite and at least " + formatNumber(parameter.minimum);
  return "from " + formatNumber(parameter.minimum) + " to " +
         (parameter.excludesMaximum ? "below " : "") +
         formatNumber(parameter.maximum);
}

static StringRef describeType(ParameterSpec::Type type) {
  switch (type) {
  case ParameterSpec::Type::Float:
    return "a float, e.g. 1.0";
  case ParameterSpec::Type::Integer:
    return "an integer";
  case ParameterSpec::Type::Boolean:
    return "true or false";
  case ParameterSpec::Type::Integers:
    return "a list of integers in ascending order, e.g. [5, 8]";
  }
  llvm_unreachable("a type without a description");
}

static bool isAscendingList(Attribute value) {
  auto list = dyn_cast<ArrayAttr>(value);
  if (!list || list.empty() || !llvm::all_of(list, [](Attribute element) {
        auto integer = dyn_cast<IntegerAttr>(element);
        return integer && integer.getType().isSignlessInteger(64);
      }))
    return false;
  SmallVector<int64_t> integers = getIntegers(value);
  for (size_t i = 1; i < integers.size(); ++i)
    if (integers[i - 1] >= integers[i])
      return false;
  return true;
}

static LogicalResult
verifyConfiguration(function_ref<InFlightDiagnostic()> emitError,
                    ArrayRef<KindSpec> kinds, StringRef what, StringRef kind,
                    DictionaryAttr parameters) {
  const KindSpec *spec = findKind(kinds, kind);
  if (!spec) {
    InFlightDiagnostic diagnostic = emitError() << "unknown " << what << " '"
                                                << kind << "'; known are ";
    llvm::interleaveComma(kinds, diagnostic, [&](const KindSpec &known) {
      diagnostic << known.kind;
    });
    return diagnostic;
  }
  for (NamedAttribute given : parameters) {
    const ParameterSpec *parameter = spec->find(given.getName());
    if (!parameter) {
      InFlightDiagnostic diagnostic =
          emitError() << what << " '" << kind << "' has no parameter '"
                      << given.getName().strref() << "'";
      if (spec->parameters.empty())
        return diagnostic << "; it takes none";
      diagnostic << "; it takes ";
      llvm::interleaveComma(
          spec->parameters, diagnostic,
          [&](const ParameterSpec &known) { diagnostic << known.name; });
      return diagnostic;
    }
    double value = 0;
    bool typeMatches = false;
    switch (parameter->type) {
    case ParameterSpec::Type::Float:
      if (auto number = dyn_cast<FloatAttr>(given.getValue())) {
        typeMatches = number.getType().isF64();
        value = number.getValueAsDouble();
      }
      break;
    case ParameterSpec::Type::Integer:
      if (auto number = dyn_cast<IntegerAttr>(given.getValue())) {
        typeMatches = number.getType().isSignlessInteger(64);
        value = typeMatches ? number.getInt() : 0;
      }
      break;
    case ParameterSpec::Type::Boolean:
      typeMatches = isa<BoolAttr>(given.getValue());
      break;
    case ParameterSpec::Type::Integers:
      typeMatches = isAscendingList(given.getValue());
      // The first is the smallest.
      value = typeMatches ? getIntegers(given.getValue()).front() : 0;
      break;
    }
    if (!typeMatches) {
      StringRef expected = describeType(parameter->type);
      return emitError() << "parameter '" << parameter->name << "' of " << what
                         << " '" << kind << "' must be " << expected;
    }
    if (!isInRange(*parameter, value))
      return emitError() << "parameter '" << parameter->name << "' of " << what
                         << " '" << kind << "' must be "
                         << describeRange(*parameter) << ", got "
                         << formatNumber(value);
  }
  for (const ParameterSpec &parameter : spec->parameters)
    if (!parameter.defaultValue && !parameters.get(parameter.name))
      return emitError() << what << " '" << kind << "' needs '"
                         << parameter.name << " = ...'";
  if (spec->findConflict)
    if (StringRef conflict =
            spec->findConflict(withDefaults(*spec, parameters));
        !conflict.empty())
      return emitError() << what << " '" << kind << "' " << conflict;
  return success();
}

static double getNumberOf(ArrayRef<KindSpec> kinds, StringRef kind,
                          DictionaryAttr parameters, StringRef name) {
  Attribute value = withDefaults(*findKind(kinds, kind), parameters).get(name);
  if (auto number = dyn_cast<FloatAttr>(value))
    return number.getValueAsDouble();
  if (auto boolean = dyn_cast<BoolAttr>(value))
    return boolean.getValue();
  return cast<IntegerAttr>(value).getInt();
}

static DictionaryAttr withParameter(DictionaryAttr parameters, StringRef name,
                                    Attribute value) {
  NamedAttrList list(parameters);
  list.set(name, value);
  return list.getDictionary(parameters.getContext());
}

// The attributes differ only in their table and their word in messages.
#define DYNFAULT_CONFIGURATION_ATTR(AttrT, kinds, what)                        \
  Attribute AttrT::parse(AsmParser &parser, Type) {                            \
    SMLoc loc = parser.getCurrentLocation();                                   \
    std::string kind;                                                          \
    DictionaryAttr parameters;                                                 \
    if (parseConfiguration(parser, kind, parameters))                          \
      return {};                                                               \
    return parser.getChecked<AttrT>(loc, parser.getContext(), kind,            \
                                    parameters);                               \
  }                                                                            \
  void AttrT::print(AsmPrinter &printer) const {                               \
    printConfiguration(printer, kinds(), getKind(), getParameters());          \
  }                                                                            \
  LogicalResult AttrT::verify(function_ref<InFlightDiagnostic()> emitError,    \
                              StringRef kind, DictionaryAttr parameters) {     \
    return verifyConfiguration(emitError, kinds(), what, kind, parameters);    \
  }                                                                            \
  double AttrT::getNumber(StringRef name) const {                              \
    return getNumberOf(kinds(), getKind(), getParameters(), name);             \
  }                                                                            \
  AttrT AttrT::with(StringRef name, Attribute value) const {                   \
    return get(getContext(), getKind(),                                        \
               withParameter(getParameters(), name, value));                   \
  }

DYNFAULT_CONFIGURATION_ATTR(InitAttr, getInitKinds, "initialiser")
DYNFAULT_CONFIGURATION_ATTR(OptimizerAttr, getOptimizerKinds, "optimizer")
DYNFAULT_CONFIGURATION_ATTR(LrScheduleAttr, getLrScheduleKinds,
                            "learning-rate schedule")
DYNFAULT_CONFIGURATION_ATTR(TransformAttr, getTransformKinds, "data transform")
#undef DYNFAULT_CONFIGURATION_ATTR

#define GET_ATTRDEF_CLASSES
#include "passes/program/ProgramAttrs.cpp.inc"

void DynfaultDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "passes/program/ProgramAttrs.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Data and schedule
//===----------------------------------------------------------------------===//

/// A misspelt attribute that has a default would silently do nothing.
static LogicalResult verifyAttributeNames(Operation *op) {
  for (NamedAttribute attr : op->getDiscardableAttrs()) {
    if (attr.getNameDialect())
      continue;
    InFlightDiagnostic diagnostic = op->emitOpError()
                                    << "has an unknown attribute '"
                                    << attr.getName().strref()
                                    << "'; its attributes are ";
    llvm::interleaveComma(
        op->getName().getAttributeNames(), diagnostic,
        [&](StringAttr name) { diagnostic << name.strref(); });
    return diagnostic;
  }
  return success();
}

LogicalResult DatasetOp::verify() { return verifyAttributeNames(*this); }
LogicalResult ScheduleOp::verify() { return verifyAttributeNames(*this); }

//===----------------------------------------------------------------------===//
// Training step
//===----------------------------------------------------------------------===//

ParseResult TrainingStepOp::parse(OpAsmParser &parser, OperationState &result) {
  SmallVector<OpAsmParser::Argument> arguments;
  if (parser.parseArgumentList(arguments, AsmParser::Delimiter::Paren,
                               /*allowType=*/true) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();
  return parser.parseRegion(*result.addRegion(), arguments);
}

void TrainingStepOp::print(OpAsmPrinter &printer) {
  printer << '(';
  llvm::interleaveComma(
      getBody().getArguments(), printer,
      [&](BlockArgument argument) { printer.printRegionArgument(argument); });
  printer << ')';
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs());
  printer << ' ';
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

LogicalResult TrainingStepOp::verify() {
  if (getBody().getNumArguments() != 2)
    return emitOpError("takes two arguments, the input and the target of a "
                       "batch");
  for (BlockArgument argument : getBody().getArguments())
    if (!getTensorInfo(argument.getType()))
      return emitOpError() << "has an argument of type " << argument.getType()
                           << "; a batch's input and target are torch tensors";
  if (!isa<YieldOp>(getBody().front().getTerminator()))
    return emitOpError("must end with 'dynfault.yield' of the loss");
  return success();
}

static LogicalResult verifyLoss(Operation *op, Value loss) {
  auto info = getTensorInfo(loss.getType());
  if (info->sizes && !info->sizes->empty())
    return op->emitOpError() << "needs a scalar loss, e.g. "
                                "!torch.vtensor<[],f32>, but got "
                             << loss.getType();
  return success();
}

LogicalResult YieldOp::verify() { return verifyLoss(*this, getLoss()); }
LogicalResult BackwardOp::verify() { return verifyLoss(*this, getLoss()); }

LogicalResult OptimizerStepOp::verify() { return verifyAttributeNames(*this); }

bool OptimizerStepOp::isFrozen(StringRef parameter) {
  return getFrozen() &&
         llvm::any_of(getFrozen()->getAsRange<FlatSymbolRefAttr>(),
                      [&](FlatSymbolRefAttr symbol) {
                        return symbol.getValue() == parameter;
                      });
}

static bool isPositive(const APFloat &value) {
  return value.isFinite() && !value.isNegative() && value.isNonZero();
}

LogicalResult ProbeCurvatureOp::verify() {
  // runtime/ops has the same names, but no MLIR.
  static const StringRef known[] = {"gauss_newton", "groups", "preconditioned",
                                    "spectral_density"};
  for (StringRef quantity : getQuantities().getAsValueRange<StringAttr>())
    if (!llvm::is_contained(known, quantity))
      return emitOpError() << "has no quantity '" << quantity << "'; there are "
                           << llvm::join(ArrayRef(known), ", ");
  if (!isPositive(getTolerance()))
    return emitOpError("needs a finite, positive tolerance");
  if (getLanczosStop() != "residual" && getLanczosStop() != "error")
    return emitOpError() << "has no stop '" << getLanczosStop()
                         << "' of Lanczos; there are residual, error";
  if (getTraceEstimator() != "hutchinson" && getTraceEstimator() != "xtrace")
    return emitOpError() << "has no trace estimator '" << getTraceEstimator()
                         << "'; there are hutchinson, xtrace";
  if (getTraceEstimator() == "xtrace" &&
      (getTraceSamples() < 4 || getTraceSamples() % 2 != 0))
    return emitOpError("needs an even number of at least 4 trace_samples for "
                       "the trace estimator xtrace");
  return success();
}

LogicalResult ClipGradNormOp::verify() {
  if (!isPositive(getMaxNorm()))
    return emitOpError("needs a finite, positive max_norm");
  return success();
}
LogicalResult ClipGradValueOp::verify() {
  if (!isPositive(getClipValue()))
    return emitOpError("needs a finite, positive clip_value");
  return success();
}

//===----------------------------------------------------------------------===//
// Discardable attributes
//===----------------------------------------------------------------------===//

LogicalResult DynfaultDialect::verifyOperationAttribute(Operation *op,
                                                        NamedAttribute attr) {
  StringRef name = attr.getName();
  Attribute value = attr.getValue();
  auto expect = [&](bool isRight, StringRef what) -> LogicalResult {
    if (isRight)
      return success();
    return op->emitOpError() << "'" << name << "' must be " << what;
  };
  bool isSlot = isa<torch::GlobalSlotOp>(op);
  if (name == "dynfault.site")
    return expect(isa<StringAttr>(value) && !cast<StringAttr>(value).empty(),
                  "a non-empty string, e.g. \"conv1/relu\"");
  // What only a fault has: it is neither a site nor probed.
  if (name == "dynfault.injected")
    return expect(isa<UnitAttr>(value), "a unit attribute");
  if (name == "dynfault.probe") {
    auto schedule = dyn_cast<DictionaryAttr>(value);
    bool isSchedule =
        schedule && llvm::all_of(schedule, [](NamedAttribute n) {
          auto number = dyn_cast<IntegerAttr>(n.getValue());
          return (n.getName() == "every" || n.getName() == "warm_up" ||
                  n.getName() == "epochs") &&
                 number && number.getType().isSignlessInteger(64) &&
                 number.getInt() >= 0;
        });
    return expect(isSchedule || isa<UnitAttr, BoolAttr>(value),
                  "a unit attribute, true, false, or {every = ..., warm_up = "
                  "..., epochs = ...} with integers of at least 0");
  }
  if (name == "dynfault.pre_activation") {
    auto mark = dyn_cast<DictionaryAttr>(value);
    return expect(op->getNumResults() == 1 && mark &&
                      mark.getAs<StringAttr>("kind") &&
                      mark.getAs<StringAttr>("site"),
                  "{kind = \"...\", site = \"...\"} of an operation with one "
                  "result");
  }
  if (name == "dynfault.init")
    return expect((isSlot || isa<torch::NonValueTensorLiteralOp>(op)) &&
                      isa<InitAttr>(value),
                  "a #dynfault.init<...> of a torch.global_slot or "
                  "torch.tensor.literal");
  if (name == "dynfault.attribute")
    return expect(isSlot && isa<UnitAttr>(value),
                  "a unit attribute of a torch.global_slot");
  if (name == "dynfault.buffer" || name == "dynfault.parameter")
    return expect((isSlot || isa<torch::AttrOp>(op)) && isa<UnitAttr>(value),
                  "a unit attribute of a torch.global_slot or torch.attr");
  if (name == "dynfault.aliases")
    return expect(
        isSlot && isa<ArrayAttr>(value) &&
            llvm::all_of(cast<ArrayAttr>(value), llvm::IsaPred<StringAttr>),
        "an array of names, of a torch.global_slot");
  if (name == "dynfault.requires_grad")
    return expect(
        (isSlot ||
         isa<torch::NonValueTensorLiteralOp, torch::ValueTensorLiteralOp>(
             op)) &&
            isa<BoolAttr>(value),
        "true or false, of a tensor literal or torch.global_slot");
  if (name == "dynfault.task")
    return expect(isa<ModuleOp>(op) && isa<StringAttr>(value) &&
                      (cast<StringAttr>(value).getValue() == "classification" ||
                       cast<StringAttr>(value).getValue() == "regression"),
                  "\"classification\" or \"regression\", on the module");
  if (name == "dynfault.origin" || name == "dynfault.family")
    return expect(isa<ModuleOp>(op) && isa<StringAttr>(value),
                  "a string, on the module");
  if (name == "dynfault.margin") {
    auto margin = dyn_cast<FloatAttr>(value);
    return expect(isa<ModuleOp>(op) && margin && margin.getType().isF64() &&
                      isPositive(margin.getValue()),
                  "a finite, positive float, e.g. 0.2, on the module");
  }
  if (name == "dynfault.faults")
    return expect(isa<ModuleOp>(op) && isa<ArrayAttr>(value) &&
                      llvm::all_of(cast<ArrayAttr>(value),
                                   [](Attribute fault) {
                                     return isa<DictionaryAttr>(fault);
                                   }),
                  "an array of dictionaries, on the module");
  if (auto verified = verifyTorchScriptAttribute(op, attr))
    return *verified;
  return op->emitOpError()
         << "has an unknown attribute '" << name
         << "'; known are dynfault.site, dynfault.probe, "
            "dynfault.pre_activation, dynfault.injected, dynfault.init, "
            "dynfault.buffer, "
            "dynfault.parameter, dynfault.attribute, "
            "dynfault.requires_grad, dynfault.aliases, dynfault.task, "
            "dynfault.family, dynfault.origin, dynfault.margin and "
            "dynfault.faults";
}

void DynfaultDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "passes/program/ProgramOps.cpp.inc"
      >();
}

#include "passes/program/ProgramInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "passes/program/ProgramOps.cpp.inc"
