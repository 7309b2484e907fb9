//===- Injection.cpp - Puts one fault into a module -----------------------===//
//
// Nothing here knows a particular operator. Faults that commute are recorded
// in one order whatever the order of the requests was, so that one mutant has
// one text.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Injection.h"
#include "passes/inject/Sampling.h"
#include "passes/prepare/Prepare.h"
#include "passes/program/Configuration.h"
#include "passes/program/Sites.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using dynfault::program::nearest;
using dynfault::program::Program;

static std::string join(ArrayRef<StringRef> words) {
  return llvm::join(words, ", ");
}

static std::string didYouMean(StringRef word, ArrayRef<StringRef> candidates) {
  StringRef near = nearest(word, candidates);
  return near.empty() ? std::string() : ("did you mean '" + near + "'? ").str();
}

//===----------------------------------------------------------------------===//
// Records
//===----------------------------------------------------------------------===//

std::string dynfault::inject::getFaultKey(DictionaryAttr fault) {
  auto text = [&](StringRef name) {
    auto value = fault.getAs<StringAttr>(name);
    return value ? value.getValue() : StringRef();
  };
  std::string key = (text("operator") + "@" + text("site") + ":").str();
  auto parameters = fault.getAs<DictionaryAttr>("parameters");
  if (!parameters)
    return key;
  llvm::raw_string_ostream os(key);
  // A dictionary is sorted by name.
  llvm::interleave(
      parameters, os,
      [&](NamedAttribute parameter) {
        os << parameter.getName().strref() << '='
           << formatValue(parameter.getValue());
      },
      ",");
  return key;
}

std::string dynfault::inject::makeFaultKey(const FaultOperator &op,
                                           StringRef siteId,
                                           const FaultArguments &arguments,
                                           uint64_t seed) {
  SmallVector<std::pair<StringRef, std::string>> values;
  for (const auto &argument : arguments)
    values.push_back({argument.getKey(), formatValue(argument.getValue())});
  if (op.isRandom)
    values.push_back({"seed", std::to_string(seed)});
  llvm::sort(values);
  std::string key = (op.id + "@" + siteId + ":").str();
  llvm::raw_string_ostream os(key);
  llvm::interleave(
      values, os,
      [&](const auto &value) { os << value.first << '=' << value.second; },
      ",");
  return key;
}

/// Faults commute if neither can see the other: they stand at different places,
/// or change different aspects of one place.
static bool commute(DictionaryAttr left, DictionaryAttr right) {
  auto find = [](DictionaryAttr fault) -> const FaultOperator * {
    auto id = fault.getAs<StringAttr>("operator");
    return id ? findFaultOperator(id.getValue()) : nullptr;
  };
  const FaultOperator *a = find(left), *b = find(right);
  if (!a || !b)
    return false;
  if ((a->isStructural && (b->isStructural || b->faultClass == "model")) ||
      (b->isStructural && a->faultClass == "model"))
    return false;
  if (left.get("site") != right.get("site"))
    return true;
  return a->aspect != b->aspect && !a->aspect.empty() && !b->aspect.empty();
}

/// Adds the fault to the module's record so that faults that commute stand in
/// the order of their keys (the lexicographic normal form of a trace monoid,
/// Anisimov and Knuth 1979): the leftmost place before a greater key that only
/// commuting faults follow.
static void recordFault(ModuleOp module, DictionaryAttr fault) {
  SmallVector<Attribute> faults;
  if (auto earlier = module->getAttrOfType<ArrayAttr>(kFaultsAttr))
    llvm::append_range(faults, earlier);
  std::string key = getFaultKey(fault);
  size_t place = faults.size();
  for (size_t i = faults.size(); i-- > 0;) {
    auto other = cast<DictionaryAttr>(faults[i]);
    if (!commute(other, fault))
      break;
    if (key < getFaultKey(other))
      place = i;
  }
  faults.insert(faults.begin() + place, fault);
  module->setAttr(kFaultsAttr, ArrayAttr::get(module.getContext(), faults));
}

static DictionaryAttr makeFault(const FaultOperator &op, const FaultSite &site,
                                const FaultArguments &arguments, uint64_t seed,
                                std::optional<Severity> severity,
                                const FaultRecord &record) {
  MLIRContext *context = site.op->getContext();
  Builder builder(context);
  NamedAttrList parameters, fault;
  for (const FaultParameter &parameter : op.parameters)
    parameters.set(parameter.name, arguments.lookup(parameter.name));
  if (op.isRandom)
    parameters.set("seed", builder.getI64IntegerAttr(seed));
  auto set = [&](StringRef name, StringRef text) {
    fault.set(name, builder.getStringAttr(text));
  };
  set("operator", op.id);
  set("class", op.faultClass);
  set("site", site.id);
  fault.set("parameters", parameters.getDictionary(context));
  if (severity)
    set("severity", kSeverityNames[static_cast<int>(*severity)]);
  set("before", record.before);
  set("after", record.after);
  return fault.getDictionary(context);
}

MaybeRefusal dynfault::inject::findRefusal(const FaultOperator &op,
                                           const FaultSite &site,
                                           const FaultArguments &arguments) {
  return op.refusesTogether ? op.refusesTogether(site, arguments)
                            : std::nullopt;
}

LogicalResult dynfault::inject::applyFault(ModuleOp module,
                                           const FaultOperator &op,
                                           const FaultSite &site,
                                           const FaultArguments &arguments,
                                           uint64_t seed,
                                           std::optional<Severity> severity) {
  FaultRecord record;
  // The site's operation may be gone after the rewrite.
  FaultSite place{site.id, module};
  if (failed(op.apply(site, arguments, seed, record)))
    return failure();
  recordFault(module, makeFault(op, place, arguments, seed, severity, record));
  return success();
}

//===----------------------------------------------------------------------===//
// Requests
//===----------------------------------------------------------------------===//

namespace {
/// Resolves one request against the registry and the module.
class Injection {
public:
  Injection(ModuleOp module, const FaultRequest &request)
      : module(module), request(request) {}

  LogicalResult run();

private:
  LogicalResult findOperator();
  LogicalResult verifyParameterNames();
  LogicalResult verifySeverity();
  /// The site to rewrite, after the request, or the only one there is.
  LogicalResult selectSite();
  LogicalResult selectArguments();
  FailureOr<Attribute> readValue(const FaultParameter &parameter,
                                 StringRef given);
  FailureOr<Attribute> drawValue(const FaultParameter &parameter);
  LogicalResult verifyNew();

  InFlightDiagnostic emitAtSite() {
    return module.emitError()
           << "operator " << op->id << " at '" << site.id << "': ";
  }

  ModuleOp module;
  const FaultRequest &request;
  const FaultOperator *op = nullptr;
  FaultSite site;
  Severity severity = Severity::Medium;
  FaultArguments arguments;
  bool isDrawn = false;
};
} // namespace

LogicalResult Injection::findOperator() {
  SmallVector<StringRef> ids;
  for (const FaultOperator *known : getFaultOperators())
    ids.push_back(known->id);
  if (request.operatorId.empty())
    return module.emitError()
           << "dynfault-inject needs operator=..., one of: " << join(ids);
  op = findFaultOperator(request.operatorId);
  if (!op)
    return module.emitError() << "unknown operator '" << request.operatorId
                              << "'; " << didYouMean(request.operatorId, ids)
                              << "the operators are: " << join(ids);
  return success();
}

/// Parameters that the operator does not have are a slip of the user's.
LogicalResult Injection::verifyParameterNames() {
  for (const auto &[name, value] : request.values) {
    SmallVector<StringRef> names;
    for (const FaultParameter &parameter : op->parameters)
      names.push_back(parameter.name);
    if (llvm::is_contained(names, name))
      continue;
    InFlightDiagnostic diagnostic = module.emitError()
                                    << "operator " << op->id
                                    << " has no parameter '" << name << "'; ";
    if (names.empty())
      return diagnostic << "it takes none";
    return diagnostic << "it takes: " << join(names);
  }
  return success();
}

LogicalResult Injection::verifySeverity() {
  const auto *found = llvm::find(kSeverityNames, request.severity);
  if (found == std::end(kSeverityNames))
    return module.emitError() << "unknown severity '" << request.severity
                              << "'; it is low, medium or high";
  severity = static_cast<Severity>(found - kSeverityNames);
  return success();
}

LogicalResult Injection::selectSite() {
  SmallVector<FaultSite> sites = op->findSites(Program(module));
  if (sites.empty())
    return module.emitError()
           << "operator " << op->id << " (" << op->name
           << ") has no site here; it needs " << op->siteRequirement;
  if (request.siteId.empty() && sites.size() == 1) {
    site = sites.front();
    return success();
  }
  for (const FaultSite &candidate : sites)
    if (candidate.id == request.siteId) {
      site = candidate;
      return success();
    }
  SmallVector<StringRef> ids;
  for (const FaultSite &candidate : sites)
    ids.push_back(candidate.id);
  if (request.siteId.empty())
    return module.emitError() << "operator " << op->id
                              << " applies at several sites; say which with "
                                 "site=..., one of: "
                              << join(ids);
  return module.emitError()
         << "operator " << op->id << " has no site '" << request.siteId << "'; "
         << didYouMean(request.siteId, ids) << "its sites are: " << join(ids);
}

FailureOr<Attribute> Injection::drawValue(const FaultParameter &parameter) {
  isDrawn = true;
  Sampler sampler(request.seed, op->id, site.id, parameter.name);
  auto refuses = [&](Attribute value) {
    return op->refuses ? op->refuses(site, parameter, value) : std::nullopt;
  };
  if (!parameter.isChoice()) {
    Interval range = getPermittedRange(*op, parameter, site);
    std::optional<double> number = sampler.draw(parameter, severity, range);
    if (!number) {
      emitAtSite() << "no value for '" << parameter.name << "' of severity "
                   << request.severity << " is possible here; possible are "
                   << formatNumber(range.low) << " to "
                   << formatNumber(range.high);
      return failure();
    }
    Builder builder(module.getContext());
    Attribute value = builder.getF64FloatAttr(*number);
    if (parameter.type == FaultParameter::Type::Integer)
      value = builder.getI64IntegerAttr(static_cast<int64_t>(*number));
    if (MaybeRefusal refusal = refuses(value)) {
      emitAtSite() << refusal->reason;
      return failure();
    }
    return value;
  }
  SmallVector<Attribute> permitted;
  for (StringRef choice : parameter.choices[static_cast<int>(severity)])
    if (Attribute value = parseValue(parameter, choice, module.getContext());
        !refuses(value))
      permitted.push_back(value);
  if (!permitted.empty())
    return permitted[sampler.index(permitted.size())];
  emitAtSite() << "no choice for '" << parameter.name << "' of severity "
               << request.severity << " is possible here; possible are: "
               << join(getPermittedChoices(*op, parameter, site));
  return failure();
}

FailureOr<Attribute> Injection::readValue(const FaultParameter &parameter,
                                          StringRef given) {
  Attribute value = parseValue(parameter, given, module.getContext());
  if (parameter.isChoice() && !value) {
    SmallVector<StringRef> all = getChoices(parameter);
    module.emitError() << "parameter '" << parameter.name << "' of operator "
                       << op->id << " has no choice '" << given << "'; "
                       << (parameter.type == FaultParameter::Type::Text
                               ? didYouMean(given, all)
                               : "")
                       << "the choices are: " << join(all);
    return failure();
  }
  if (!parameter.isChoice()) {
    Interval range = getPermittedRange(*op, parameter, site);
    double number = 0;
    if (value)
      number = parameter.type == FaultParameter::Type::Integer
                   ? cast<IntegerAttr>(value).getInt()
                   : cast<FloatAttr>(value).getValueAsDouble();
    if (!value || number < range.low || number > range.high) {
      module.emitError() << "parameter '" << parameter.name << "' of operator "
                         << op->id << " must be "
                         << (parameter.type == FaultParameter::Type::Integer
                                 ? "an integer"
                                 : "a number")
                         << " from " << formatNumber(range.low) << " to "
                         << formatNumber(range.high) << ", got '" << given
                         << "'";
      return failure();
    }
  }
  if (!op->refuses)
    return value;
  if (MaybeRefusal refusal = op->refuses(site, parameter, value)) {
    module.emitError() << "operator " << op->id << " at '" << site.id
                       << "' with " << parameter.name << "=" << given << ": "
                       << refusal->reason;
    return failure();
  }
  return value;
}

LogicalResult Injection::selectArguments() {
  for (const FaultParameter &parameter : op->parameters) {
    auto given = request.values.find(parameter.name);
    FailureOr<Attribute> value = given == request.values.end()
                                     ? drawValue(parameter)
                                     : readValue(parameter, given->second);
    if (failed(value))
      return failure();
    arguments[parameter.name] = *value;
  }
  if (MaybeRefusal refusal = findRefusal(*op, site, arguments))
    return emitAtSite() << refusal->reason;
  return success();
}

/// The same fault twice is a slip, not a mutant of its own.
LogicalResult Injection::verifyNew() {
  auto faults = module->getAttrOfType<ArrayAttr>(kFaultsAttr);
  if (!faults)
    return success();
  std::string key = makeFaultKey(*op, site.id, arguments, request.seed);
  for (auto fault : faults.getAsRange<DictionaryAttr>())
    if (getFaultKey(fault) == key)
      return module.emitError()
             << "the module has the fault " << key
             << " already; a fault is injected once, give another operator, "
                "site or parameter";
  return success();
}

LogicalResult Injection::run() {
  if (failed(findOperator()) || failed(verifyParameterNames()) ||
      failed(prepare::prepareProgram(module)) || failed(selectSite()) ||
      failed(verifySeverity()) || failed(selectArguments()) ||
      failed(verifyNew()))
    return failure();
  return applyFault(module, *op, site, arguments, request.seed,
                    isDrawn ? std::optional(severity) : std::nullopt);
}

LogicalResult dynfault::inject::injectFault(ModuleOp module,
                                            const FaultRequest &request) {
  return Injection(module, request).run();
}

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//

static LogicalResult parseFaultKey(ModuleOp module, StringRef key,
                                   FaultRequest &request) {
  auto [head, values] = key.rsplit(':');
  auto [operatorId, site] = head.split('@');
  if (operatorId.empty() || site.empty() || !key.contains(':'))
    return module.emitError()
           << "'" << key
           << "' is no fault; it is written OPERATOR@SITE:PARAMETER=VALUE,...";
  request.operatorId = operatorId.str();
  request.siteId = site.str();
  while (!values.empty()) {
    StringRef assignment;
    std::tie(assignment, values) = values.split(',');
    auto [name, value] = assignment.split('=');
    if (name == "seed") {
      if (value.getAsInteger(10, request.seed))
        return module.emitError() << "'" << key << "': the seed '" << value
                                  << "' is not a non-negative integer";
      continue;
    }
    if (name.empty() || value.empty())
      return module.emitError() << "'" << key << "': '" << assignment
                                << "' is not PARAMETER=VALUE";
    if (!request.values.insert({name, value.str()}).second)
      return module.emitError()
             << "'" << key << "': parameter '" << name << "' is given twice";
  }
  return success();
}

FailureOr<SmallVector<FaultRequest>>
dynfault::inject::parseMutantKey(ModuleOp module, StringRef key) {
  SmallVector<StringRef> parts;
  key.split(parts, '+');
  llvm::sort(parts);
  SmallVector<FaultRequest> requests(parts.size());
  for (auto [part, request] : llvm::zip_equal(parts, requests))
    if (failed(parseFaultKey(module, part, request)))
      return failure();
  return requests;
}
