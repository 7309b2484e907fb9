//===- SwapRecurrent.cpp - LCT: LSTM instead of GRU, and the reverse ------===//
//
// The other gated recurrent layer with as many units (DEFault's faulty
// programs). The parameters get the other's number of gates, and an LSTM a cell
// state that starts at zero.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Refit.h"
#include "passes/inject/Rewrites.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;

static SmallVector<FaultSite> findSites(const Program &program) {
  return findModelSites(program, [](Operation *op) {
    auto layer = getRecurrentLayer(op);
    return layer && (layer->kind == "lstm" || layer->kind == "gru");
  });
}

/// The layer's parameters with the other's gates.
static std::string request(Refit &refit, const RecurrentLayer &layer) {
  int64_t gates = layer.kind == "lstm" ? 3 : 4;
  for (torch::GlobalSlotOp slot : layer.parameters) {
    torch::Sizes sizes = refit.getSizes(slot);
    if (sizes.empty() || sizes[0] % layer.gates)
      return "the parameters have no known sizes";
    sizes[0] = sizes[0] / layer.gates * gates;
    if (std::string reason = refit.resize(slot, sizes); !reason.empty())
      return reason;
  }
  return {};
}

static MaybeRefusal refusesTogether(const FaultSite &site,
                                    const FaultArguments &) {
  RecurrentLayer layer = *getRecurrentLayer(site.op);
  if (layer.kind == "lstm") {
    auto states =
        site.op->getOperand(1).getDefiningOp<torch::PrimListConstructOp>();
    if (!states || states->getNumOperands() != 2)
      return impossible("the initial states are no list of two");
    if (!site.op->getResults().back().use_empty())
      return impossible("the cell state is used, and a GRU has none");
  }
  Program program = getProgram(site.op);
  Refit refit(program);
  if (std::string reason = request(refit, layer); !reason.empty())
    return impossible(reason);
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site, const FaultArguments &,
                           uint64_t, FaultRecord &record) {
  RecurrentLayer layer = *getRecurrentLayer(site.op);
  bool toGru = layer.kind == "lstm";
  record.before = layer.kind;
  record.after = toGru ? "gru" : "lstm";
  Program program = getProgram(site.op);
  Refit refit(program);
  if (std::string reason = request(refit, layer); !reason.empty())
    return site.op->emitError(reason);
  refit.commit();

  OpBuilder builder(site.op);
  torch::TorchBuilder b(builder, site.op->getLoc());
  SmallVector<Value> operands(site.op->getOperands());
  SmallVector<Type> results(site.op->getResultTypes());
  if (toGru) {
    auto states = operands[1].getDefiningOp<torch::PrimListConstructOp>();
    operands[1] = states->getOperand(0);
    results.pop_back();
  } else {
    Value hidden = operands[1], none = b.none();
    Value cell =
        b.op("aten.zeros_like", {hidden, none, none, none, none, none});
    operands[1] = builder.create<torch::PrimListConstructOp>(
        site.op->getLoc(),
        torch::ListType::get(builder.getContext(), hidden.getType()),
        ValueRange{hidden, cell});
    results.push_back(results.back());
  }
  std::string name =
      ("aten." + record.after + (layer.isCell ? "_cell" : ".input"));
  Operation *swapped;
  // A cell's only result is the new hidden state; an LSTM's are two.
  OperationState state(site.op->getLoc(),
                       torch::OperatorOp::getOperationName());
  state.addOperands(operands);
  state.addTypes(results);
  state.addAttribute("name", builder.getStringAttr(name));
  state.addAttribute("dynfault.site", site.op->getAttr("dynfault.site"));
  swapped = builder.create(state);
  Operation *oldStates = site.op->getOperand(1).getDefiningOp();
  for (unsigned i = 0; i < site.op->getNumResults(); ++i)
    if (i < swapped->getNumResults())
      site.op->getResult(i).replaceAllUsesWith(swapped->getResult(i));
  site.op->erase();
  if (toGru && oldStates->use_empty())
    oldStates->erase();
  return success();
}

const FaultOperator dynfault::inject::kSwapRecurrent =
    FaultOperator{
        "LCT",
        "change type of recurrent layer",
        "model",
        "Puts a GRU in the place of an LSTM, or an LSTM in that of a "
        "GRU, with as "
        "many units.",
        "an LSTM or GRU layer or cell",
        "DEFault (ICSE 2025)",
        {},
        findSites,
        nullptr,
        apply,
    }
        .refusingTogether(refusesTogether)
        .structural();
