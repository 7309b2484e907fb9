//===- RemovePositions.cpp - ATP: positional encoding missing -------------===//
//
// A transformer that does not know the order of its sequence (DEFault++).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Rewrites.h"
#include "passes/program/Attention.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;

static SmallVector<FaultSite> findSites(const Program &program) {
  bool hasAttention = false;
  walkModel(program, [&](Operation *op) {
    hasAttention |= getAttention(op).has_value();
  });
  if (!hasAttention)
    return {};
  return findModelSites(program, [](Operation *op) {
    return getPositionalEncoding(op).has_value();
  });
}

static LogicalResult apply(const FaultSite &site, const FaultArguments &,
                           uint64_t, FaultRecord &record) {
  record.before = "sequence + positions";
  record.after = "sequence";
  PositionalEncoding encoding = *getPositionalEncoding(site.op);
  replaceOp(site.op, site.op->getOperand(encoding.sequenceIndex));
  return success();
}

const FaultOperator dynfault::inject::kRemovePositions = {
    "ATP",
    "remove positional encoding",
    "model",
    "Removes the positions that are added to a sequence.",
    "an addition of a table, learned or constant, to the sequence, in a model "
    "with attention",
    "DEFault++ (2026)",
    {},
    findSites,
    nullptr,
    apply};
