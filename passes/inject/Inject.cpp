//===- Inject.cpp - The pass that injects faults --------------------------===//
//
// The pass is its options; Injection.cpp does the work. Even the options for
// parameters come from the registry.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Injection.h"
#include "passes/inject/Passes.h"

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;

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
    if (failed(mutant.empty() ? injectOne() : injectAll()))
      signalPassFailure();
  }

private:
  /// One option for each parameter name that any operator has.
  void addParameterOptions();
  LogicalResult injectOne();
  /// The faults of `mutant`, all or none.
  LogicalResult injectAll();

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
  Option<std::string> mutant{
      *this, "mutant",
      llvm::cl::desc("Instead of all others: a mutant's key, "
                     "OPERATOR@SITE:PARAMETER=VALUE,... joined by '+', as "
                     "traces and manifests have it")};
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

LogicalResult InjectPass::injectOne() {
  FaultRequest request;
  request.operatorId = operatorId;
  request.siteId = siteId;
  request.severity = severity;
  request.seed = seed;
  for (auto &[name, option] : parameterOptions)
    if (!option->empty())
      request.values[name] = *option;
  return injectFault(getOperation(), request);
}

LogicalResult InjectPass::injectAll() {
  ModuleOp module = getOperation();
  bool hasOthers = !operatorId.empty() || !siteId.empty() ||
                   llvm::any_of(parameterOptions, [](auto &entry) {
                     return !entry.second->empty();
                   });
  if (hasOthers)
    return module.emitError("mutant=... says everything; leave out operator, "
                            "site and parameters");
  FailureOr<SmallVector<FaultRequest>> requests =
      parseMutantKey(module, mutant);
  if (failed(requests))
    return failure();
  for (const FaultRequest &request : *requests)
    if (failed(injectFault(module, request)))
      return failure();
  return success();
}

std::unique_ptr<Pass> dynfault::inject::createInjectPass() {
  return std::make_unique<InjectPass>();
}

void dynfault::inject::registerPasses() {
  registerPass(createInjectPass);
  registerPass(createEnumerateMutantsPass);
}
