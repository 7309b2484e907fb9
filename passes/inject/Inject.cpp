//===- Inject.cpp - The pass that injects a fault -------------------------===//
//
// Looks up operator and site, checks or draws the parameters, rewrites, and
// records what was done on the module. Nothing here knows a particular
// operator: even the pass options for parameters come from the registry.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/FaultOperator.h"
#include "passes/inject/Passes.h"
#include "passes/inject/Sampling.h"
#include "passes/program/Configuration.h"
#include "passes/program/Sites.h"

#include "mlir/IR/Builders.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using dynfault::program::nearest;
using dynfault::program::Program;

namespace {
class InjectPass : public PassWrapper<InjectPass, OperationPass<ModuleOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(InjectPass)

  InjectPass() { addParameterOptions(); }
  InjectPass(const InjectPass &other)
      : PassWrapper<InjectPass, OperationPass<ModuleOp>>(other) {
    addParameterOptions();
  }

  StringRef getArgument() const final { return "dynfault-inject"; }
  StringRef getDescription() const final {
    return "Inject a fault (--list-operators and --list-sites say which)";
  }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<program::DynfaultDialect, torch::TorchDialect>();
  }

  void runOnOperation() override {
    if (failed(inject()))
      signalPassFailure();
  }

private:
  /// One option for each parameter name that any operator has.
  void addParameterOptions();
  LogicalResult inject();
  /// The site to rewrite, after --site, or the only one there is.
  FailureOr<FaultSite> selectSite(const FaultOperator &op,
                                  const Program &program);
  /// The given value, or one drawn for the severity.
  FailureOr<Attribute> selectValue(const FaultOperator &op,
                                   const FaultParameter &parameter,
                                   const FaultSite &site);
  FailureOr<Severity> getSeverity();

  Option<std::string> operatorId{*this, "operator",
                                 llvm::cl::desc("The operator's id, e.g. ACH")};
  Option<std::string> siteId{
      *this, "site",
      llvm::cl::desc("The site's id, e.g. conv1/relu; may be left out where "
                     "there is only one")};
  Option<std::string> severity{
      *this, "severity",
      llvm::cl::desc("low, medium (default) or high: what to draw from for "
                     "parameters that are not given"),
      llvm::cl::init("medium")};
  Option<uint64_t> seed{
      *this, "seed",
      llvm::cl::desc("Seed of everything that is drawn, default 0"),
      llvm::cl::init(0)};
  llvm::MapVector<StringRef, std::unique_ptr<Option<std::string>>>
      parameterOptions;
};
} // namespace

void InjectPass::addParameterOptions() {
  for (const FaultOperator *op : getFaultOperators())
    for (const FaultParameter &parameter : op->parameters) {
      auto &option = parameterOptions[parameter.name];
      if (!option)
        option = std::make_unique<Option<std::string>>(
            *this, parameter.name,
            llvm::cl::desc("Parameter of a fault (--list-operators)"));
    }
}

static std::string join(ArrayRef<StringRef> words) {
  return llvm::join(words, ", ");
}

static std::string didYouMean(StringRef word, ArrayRef<StringRef> candidates) {
  StringRef near = nearest(word, candidates);
  return near.empty() ? std::string() : ("did you mean '" + near + "'? ").str();
}

FailureOr<FaultSite> InjectPass::selectSite(const FaultOperator &op,
                                            const Program &program) {
  ModuleOp module = getOperation();
  SmallVector<FaultSite> sites = op.findSites(program);
  if (sites.empty()) {
    module.emitError() << "operator " << op.id << " (" << op.name
                       << ") has no site here; it needs " << op.siteRequirement;
    return failure();
  }
  if (siteId.empty() && sites.size() == 1)
    return sites.front();
  for (const FaultSite &site : sites)
    if (site.id == siteId)
      return site;

  SmallVector<StringRef> ids;
  for (const FaultSite &site : sites)
    ids.push_back(site.id);
  if (siteId.empty())
    module.emitError() << "operator " << op.id
                       << " applies at several sites; say which with "
                          "site=..., one of: "
                       << join(ids);
  else
    module.emitError() << "operator " << op.id << " has no site '" << siteId
                       << "'; " << didYouMean(siteId, ids)
                       << "its sites are: " << join(ids);
  return failure();
}

FailureOr<Severity> InjectPass::getSeverity() {
  std::optional<Severity> level =
      llvm::StringSwitch<std::optional<Severity>>(severity)
          .Case("low", Severity::Low)
          .Case("medium", Severity::Medium)
          .Case("high", Severity::High)
          .Default(std::nullopt);
  if (level)
    return *level;
  getOperation().emitError()
      << "unknown severity '" << severity << "'; it is low, medium or high";
  return failure();
}

FailureOr<Attribute> InjectPass::selectValue(const FaultOperator &op,
                                             const FaultParameter &parameter,
                                             const FaultSite &site) {
  ModuleOp module = getOperation();
  Builder builder(&getContext());
  const std::string &given = *parameterOptions[parameter.name];
  auto refuse = [&](Attribute value) -> std::string {
    return op.refuses ? op.refuses(site, parameter, value) : std::string();
  };

  if (given.empty()) {
    FailureOr<Severity> level = getSeverity();
    if (failed(level))
      return failure();
    Sampler sampler(seed, op.id, site.id, parameter.name);
    if (!parameter.isChoice()) {
      Attribute value =
          builder.getF64FloatAttr(sampler.draw(parameter, *level));
      if (std::string reason = refuse(value); !reason.empty()) {
        module.emitError() << "operator " << op.id << " at '" << site.id
                           << "': " << reason;
        return failure();
      }
      return value;
    }
    SmallVector<Attribute> permitted;
    for (StringRef choice : parameter.choices[static_cast<int>(*level)])
      if (Attribute value = builder.getStringAttr(choice);
          refuse(value).empty())
        permitted.push_back(value);
    if (!permitted.empty())
      return permitted[sampler.index(permitted.size())];
    module.emitError() << "operator " << op.id << " at '" << site.id
                       << "': no choice for '" << parameter.name
                       << "' of severity " << severity
                       << " is possible here; possible are: "
                       << join(getPermittedChoices(op, parameter, site));
    return failure();
  }

  Attribute value;
  if (parameter.isChoice()) {
    SmallVector<StringRef> all;
    for (ArrayRef<StringRef> choices : parameter.choices)
      all.append(choices.begin(), choices.end());
    if (!llvm::is_contained(all, given)) {
      module.emitError() << "parameter '" << parameter.name << "' of operator "
                         << op.id << " has no choice '" << given << "'; "
                         << didYouMean(given, all)
                         << "the choices are: " << join(all);
      return failure();
    }
    value = builder.getStringAttr(given);
  } else {
    double number;
    if (StringRef(given).getAsDouble(number) ||
        !(number >= parameter.minimum && number <= parameter.maximum)) {
      module.emitError() << "parameter '" << parameter.name << "' of operator "
                         << op.id << " must be a number from "
                         << formatNumber(parameter.minimum) << " to "
                         << formatNumber(parameter.maximum) << ", got '"
                         << given << "'";
      return failure();
    }
    value = builder.getF64FloatAttr(number);
  }
  if (std::string reason = refuse(value); !reason.empty()) {
    module.emitError() << "operator " << op.id << " at '" << site.id
                       << "' with " << parameter.name << "=" << given << ": "
                       << reason;
    return failure();
  }
  return value;
}

LogicalResult InjectPass::inject() {
  ModuleOp module = getOperation();
  SmallVector<StringRef> ids;
  for (const FaultOperator *op : getFaultOperators())
    ids.push_back(op->id);
  if (operatorId.empty())
    return module.emitError()
           << "dynfault-inject needs operator=..., one of: " << join(ids);
  const FaultOperator *op = findFaultOperator(operatorId);
  if (!op)
    return module.emitError()
           << "unknown operator '" << operatorId << "'; "
           << didYouMean(operatorId, ids) << "the operators are: " << join(ids);

  // Parameters that the operator does not have are a slip of the user's.
  for (auto &[name, option] : parameterOptions)
    if (!option->empty() &&
        llvm::none_of(op->parameters,
                      [name = name](const FaultParameter &known) {
                        return known.name == name;
                      })) {
      SmallVector<StringRef> names;
      for (const FaultParameter &parameter : op->parameters)
        names.push_back(parameter.name);
      return module.emitError()
             << "operator " << op->id << " has no parameter '" << name
             << "'; it takes: " << join(names);
    }

  if (failed(program::assignSites(module)))
    return failure();
  Program program(module);
  FailureOr<FaultSite> site = selectSite(*op, program);
  if (failed(site))
    return failure();

  Builder builder(&getContext());
  FaultArguments arguments;
  NamedAttrList recorded;
  for (const FaultParameter &parameter : op->parameters) {
    FailureOr<Attribute> value = selectValue(*op, parameter, *site);
    if (failed(value))
      return failure();
    arguments[parameter.name] = *value;
    recorded.set(parameter.name, *value);
  }

  if (op->isRandom)
    recorded.set("seed", builder.getI64IntegerAttr(seed));

  FaultRecord record;
  if (failed(op->apply(*site, arguments, seed, record)))
    return failure();

  SmallVector<Attribute> faults;
  if (auto earlier = module->getAttrOfType<ArrayAttr>("dynfault.faults"))
    llvm::append_range(faults, earlier);
  faults.push_back(builder.getDictionaryAttr({
      builder.getNamedAttr("operator", builder.getStringAttr(op->id)),
      builder.getNamedAttr("class", builder.getStringAttr(op->faultClass)),
      builder.getNamedAttr("site", builder.getStringAttr(site->id)),
      builder.getNamedAttr("parameters", recorded.getDictionary(&getContext())),
      builder.getNamedAttr("before", builder.getStringAttr(record.before)),
      builder.getNamedAttr("after", builder.getStringAttr(record.after)),
  }));
  module->setAttr("dynfault.faults", builder.getArrayAttr(faults));
  return success();
}

std::unique_ptr<Pass> dynfault::inject::createInjectPass() {
  return std::make_unique<InjectPass>();
}

void dynfault::inject::registerPasses() { registerPass(createInjectPass); }
