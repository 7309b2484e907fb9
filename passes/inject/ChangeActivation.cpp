//===- ChangeActivation.cpp - ACH: change an activation -------------------===//
//
// Another activation function in a hidden layer (DeepCrime, ISSTA 2021).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/program/Sites.h"
#include "passes/torch/Activations.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using dynfault::program::Program;

static SmallVector<FaultSite> findSites(const Program &program) {
  SmallVector<FaultSite> sites;
  ModuleOp module = program.getModule();
  func::FuncOp loss = program.getLoss();
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function == loss)
      continue;
    function.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (torch::getActivation(op))
        sites.push_back({program::getSite(op).str(), op});
    });
  }
  return sites;
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  const torch::Activation *current = torch::getActivation(site.op);
  if (cast<StringAttr>(value).getValue() == current->name)
    return equivalent("the activation is '" + current->name + "' already");
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  StringRef to = arguments.getText("to");
  record.before = torch::getActivation(site.op)->name;
  record.after = to;
  OpBuilder builder(site.op);
  torch::TorchBuilder torchBuilder(builder, site.op->getLoc());
  Value input = site.op->getOperand(0);
  auto probe = input.getDefiningOp<program::ProbeActivationOp>();
  if (probe)
    input = probe.getInput();
  // `linear` is the identity.
  Value result = to == "linear"
                     ? input
                     : torch::findActivation(to)->build(torchBuilder, input);
  if (result != input)
    result.getDefiningOp()->setAttr("dynfault.site",
                                    site.op->getAttr("dynfault.site"));
  StringRef siteId = program::getSite(site.op);
  site.op->getResult(0).replaceAllUsesWith(result);
  site.op->erase();
  Operation *activation = result == input ? nullptr : result.getDefiningOp();
  if (activation && torch::getActivation(activation)) {
    if (probe) {
      activation->setOperand(0, probe.getResult());
      probe.setKind(to);
    }
    return success();
  }
  // The place stays one that is probed although no single operation stands
  // there now: probes that came and went with the fault would give it away.
  program::markPreActivation(input, to, siteId);
  if (!probe)
    return success();
  Operation *producer = input.getDefiningOp();
  if (!producer) {
    probe.getResult().replaceAllUsesWith(input);
    probe.erase();
    return success();
  }
  probe->moveAfter(producer);
  probe.setKind(to);
  input.replaceAllUsesExcept(probe.getResult(), probe);
  return success();
}

// The eleven functions of DeepCrime. Severity follows how far the function is
// from a rectifier: kin of it, bounded, and those that stop or blow up
// learning.
static const StringRef kLow[] = {"relu", "elu", "selu", "softplus"};
static const StringRef kMedium[] = {"tanh", "softsign", "linear"};
static const StringRef kHigh[] = {"sigmoid", "hard_sigmoid", "exponential",
                                  "softmax"};
static const FaultParameter kParameters[] = {FaultParameter::choice(
    "to", "the activation function put in", kLow, kMedium, kHigh)};

const FaultOperator dynfault::inject::kChangeActivation = {
    "ACH",
    "change activation",
    "model",
    "Replaces an activation function by another one.",
    "an element-wise activation function of the model, not in place",
    "DeepCrime (ISSTA 2021)",
    kParameters,
    findSites,
    refuses,
    apply};
