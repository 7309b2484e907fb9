//===- ChangeSoftmaxDim.cpp - SMD: softmax over the wrong dimension -------===//
//
// Scores that sum to one along another dimension, the batch for instance (a
// common PyTorch bug, since `softmax` needs a `dim`).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Rewrites.h"
#include "passes/program/Sites.h"
#include "passes/torch/ShapeInference.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;

static SmallVector<FaultSite> findSites(const Program &program) {
  auto isSite = [](Operation *op) {
    auto dim = getSoftmaxDim(op);
    return dim && getConstantInt(op->getOperand(*dim));
  };
  SmallVector<FaultSite> sites = findModelSites(program, isSite);
  // A softmax of the output often stands in the loss.
  if (func::FuncOp loss = program.getLoss())
    loss.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isSite(op) && !op->hasAttr("dynfault.injected"))
        sites.push_back({getSite(op).str(), op});
    });
  return sites;
}

/// The rank of the softmax's operand; 0 where unknown.
static int64_t getRank(Operation *op) {
  Program program = getProgram(op);
  torch::ShapeAnalysis shapes(program.getModule());
  auto function = op->getParentOfType<func::FuncOp>();
  func::FuncOp entry =
      function == program.getLoss() ? function : program.getForward();
  if (entry)
    shapes.run(entry);
  torch::Fact sizes = shapes.get(op->getOperand(0));
  if (sizes)
    return sizes->size();
  auto info = torch::getTensorInfo(op->getOperand(0).getType());
  return info && info->sizes ? info->sizes->size() : 0;
}

static int64_t getDim(Operation *op, int64_t rank) {
  int64_t dim = *getConstantInt(op->getOperand(*getSoftmaxDim(op)));
  return dim < 0 ? dim + rank : dim;
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  int64_t to = cast<IntegerAttr>(value).getInt();
  int64_t rank = getRank(site.op);
  if (rank == 0)
    return impossible("the shape is not known; give @forward's argument a type "
                      "with sizes");
  if (to >= rank)
    return impossible("the tensor has " + Twine(rank) + " dimensions");
  if (to == getDim(site.op, rank))
    return equivalent("it is along dimension " + Twine(to) + " already");
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  int64_t to = arguments.getInteger("dim");
  unsigned index = *getSoftmaxDim(site.op);
  record.before = std::to_string(getDim(site.op, getRank(site.op)));
  record.after = std::to_string(to);
  OpBuilder builder(site.op);
  torch::TorchBuilder b(builder, site.op->getLoc());
  replaceOperand(site.op, index, b.constant(to));
  return success();
}

static const StringRef kLow[] = {"3", "2"};
static const StringRef kMedium[] = {"1"};
static const StringRef kHigh[] = {"0"};
static const FaultParameter kParameters[] = {FaultParameter::choice(
    "dim", "the dimension put in, from 0; 0 is the batch in most programs",
    kLow, kMedium, kHigh, FaultParameter::Type::Integer)};

const FaultOperator dynfault::inject::kChangeSoftmaxDim = {
    "SMD",
    "change softmax dimension",
    "model",
    "Computes a softmax over another dimension.",
    "a softmax or log-softmax with a constant dimension, also in @loss",
    "common PyTorch bug",
    kParameters,
    findSites,
    refuses,
    apply};
