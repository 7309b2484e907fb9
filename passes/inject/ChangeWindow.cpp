//===- ChangeWindow.cpp - LKS, LCS, LCP: kernel, stride, pool size --------===//
//
// A convolution with another kernel size or stride, a pooling with another
// window (DEFault's faulty programs); what follows is fitted to the new sizes.
// A convolution whose padding keeps its input's size keeps doing so, as Keras'
// `padding="same"` does, where the new kernel is odd.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Refit.h"
#include "passes/inject/Rewrites.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;
using dynfault::torch::Sizes;

static std::string toText(ArrayRef<int64_t> values) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(values, os, "x");
  return text;
}

/// A list operand of constants, one for each of `count` dimensions.
static std::optional<Sizes> getList(Operation *op, unsigned index,
                                    size_t count) {
  auto values = getConstantInts(op->getOperand(index));
  if (!values || (values->size() != count && values->size() != 1))
    return std::nullopt;
  if (values->size() == 1)
    values->assign(count, values->front());
  return Sizes(values->begin(), values->end());
}

namespace {
/// Which size of a site's operation is changed.
struct Window {
  Sizes (*get)(Operation *op);
  std::string (*request)(Refit &refit, Operation *op, int64_t value);
};
} // namespace

static bool isConvolution(Operation *op) {
  auto layer = getWeightedLayer(op);
  return layer && layer->isConvolution() &&
         torch::getTensorInfo(layer->weight.getTypeBound())->isStatic();
}

//===----------------------------------------------------------------------===//
// Kernel size
//===----------------------------------------------------------------------===//

static Sizes getKernel(Operation *op) {
  ArrayRef<int64_t> weight = getSlotSizes(getWeightedLayer(op)->weight);
  return Sizes(weight.begin() + 2, weight.end());
}

static std::string requestKernel(Refit &refit, Operation *op, int64_t value) {
  WeightedLayer layer = *getWeightedLayer(op);
  Sizes kernel = getKernel(op);
  Sizes weight(getSlotSizes(layer.weight));
  std::fill(weight.begin() + 2, weight.end(), value);
  ConvolutionArguments arguments = getConvolutionArguments(op);
  auto padding = getList(op, arguments.padding, kernel.size()),
       dilation = getList(op, arguments.dilation, kernel.size());
  if (padding && dilation && layer.kind == WeightedLayer::Kind::Convolution) {
    Sizes fitted = *padding;
    for (size_t i = 0; i < kernel.size(); ++i)
      if ((*padding)[i] * 2 == (*dilation)[i] * (kernel[i] - 1))
        fitted[i] = (*dilation)[i] * (value - 1) / 2;
    if (fitted != *padding)
      refit.setIntegers(op, arguments.padding, fitted);
  }
  return refit.resize(layer.weight, weight);
}
static const Window kKernel = {getKernel, requestKernel};

//===----------------------------------------------------------------------===//
// Stride
//===----------------------------------------------------------------------===//

static Sizes getStride(Operation *op) {
  size_t count = getSlotSizes(getWeightedLayer(op)->weight).size() - 2;
  auto stride = getList(op, getConvolutionArguments(op).stride, count);
  return stride ? *stride : Sizes();
}
static std::string requestStride(Refit &refit, Operation *op, int64_t value) {
  refit.setIntegers(op, getConvolutionArguments(op).stride,
                    Sizes(getStride(op).size(), value));
  return {};
}
static const Window kStride = {getStride, requestStride};

//===----------------------------------------------------------------------===//
// Pool size
//===----------------------------------------------------------------------===//

static size_t getPoolRank(Operation *op) {
  StringRef name = torch::getBaseName(op);
  return name.back() == 'd' ? name.drop_back().back() - '0' : 0;
}
static Sizes getPool(Operation *op) {
  auto kernel = getList(op, 1, getPoolRank(op));
  return kernel ? *kernel : Sizes();
}
/// A stride that was the window's size stays that, Keras' and PyTorch's
/// default.
static std::string requestPool(Refit &refit, Operation *op, int64_t value) {
  Sizes kernel(getPoolRank(op), value);
  refit.setIntegers(op, 1, kernel);
  auto stride = getConstantInts(op->getOperand(2));
  if (stride && !stride->empty() &&
      getList(op, 2, getPoolRank(op)) == getPool(op))
    refit.setIntegers(op, 2, kernel);
  return {};
}
static const Window kPool = {getPool, requestPool};

//===----------------------------------------------------------------------===//
// The operators
//===----------------------------------------------------------------------===//

static SmallVector<FaultSite> findKernelSites(const Program &program) {
  return findModelSites(program, isConvolution);
}
static SmallVector<FaultSite> findStrideSites(const Program &program) {
  return findModelSites(program, [](Operation *op) {
    return isConvolution(op) && !getStride(op).empty();
  });
}
static SmallVector<FaultSite> findPoolSites(const Program &program) {
  return findModelSites(program, [](Operation *op) {
    return isPooling(op) && !getPool(op).empty();
  });
}

template <const Window &window>
static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  int64_t to = cast<IntegerAttr>(value).getInt();
  if (llvm::all_of(window.get(site.op),
                   [&](int64_t size) { return size == to; }))
    return equivalent("it is " + Twine(to) + " already");
  Program program = getProgram(site.op);
  Refit refit(program);
  std::string reason = window.request(refit, site.op, to);
  if (reason.empty())
    reason = refit.plan();
  if (!reason.empty())
    return impossible(reason);
  return std::nullopt;
}

template <const Window &window>
static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  int64_t to = arguments.getInteger("to");
  Sizes before = window.get(site.op);
  record.before = toText(before);
  record.after = toText(Sizes(before.size(), to));
  Program program = getProgram(site.op);
  Refit refit(program);
  std::string reason = window.request(refit, site.op, to);
  if (reason.empty())
    reason = refit.plan();
  if (!reason.empty())
    return site.op->emitError(reason);
  refit.commit();
  return success();
}

using ParameterType = FaultParameter::Type;
static const StringRef kKernelLow[] = {"2", "4"};
static const StringRef kKernelMedium[] = {"1", "6"};
static const StringRef kKernelHigh[] = {"7"};
static const FaultParameter kKernelParameters[] = {FaultParameter::choice(
    "to", "the kernel size in every dimension", kKernelLow, kKernelMedium,
    kKernelHigh, ParameterType::Integer)};
static const StringRef kStrideLow[] = {"1"};
static const StringRef kStrideMedium[] = {"2"};
static const StringRef kStrideHigh[] = {"3"};
static const FaultParameter kStrideParameters[] = {
    FaultParameter::choice("to", "the stride in every dimension", kStrideLow,
                           kStrideMedium, kStrideHigh, ParameterType::Integer)};
static const StringRef kPoolLow[] = {"2"};
static const StringRef kPoolMedium[] = {"4"};
static const StringRef kPoolHigh[] = {"6"};
static const FaultParameter kPoolParameters[] = {FaultParameter::choice(
    "to", "the window's size in every dimension", kPoolLow, kPoolMedium,
    kPoolHigh, ParameterType::Integer)};

const FaultOperator dynfault::inject::kChangeKernel =
    FaultOperator{
        "LKS",
        "change kernel size",
        "model",
        "Gives a convolution another kernel size, and fits what follows.",
        "a convolution",
        "DEFault (ICSE 2025)",
        kKernelParameters,
        findKernelSites,
        refuses<kKernel>,
        apply<kKernel>,
    }
        .structural();
const FaultOperator dynfault::inject::kChangeStride =
    FaultOperator{
        "LCS",
        "change stride",
        "model",
        "Gives a convolution another stride, and fits what follows.",
        "a convolution with a constant stride",
        "DEFault (ICSE 2025)",
        kStrideParameters,
        findStrideSites,
        refuses<kStride>,
        apply<kStride>,
    }
        .structural();
const FaultOperator dynfault::inject::kChangePool =
    FaultOperator{
        "LCP",
        "change pool size",
        "model",
        "Gives a pooling another window, and fits what follows. A "
        "stride that was "
        "the window's size stays that.",
        "a max or average pooling with a constant window",
        "DEFault (ICSE 2025)",
        kPoolParameters,
        findPoolSites,
        refuses<kPool>,
        apply<kPool>,
    }
        .structural();
