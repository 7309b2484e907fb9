//===- Initialisers.cpp - reset_parameters --------------------------------===//
//
// Shapes are known here, so every initialiser becomes one or a few random
// in-place operations with constant bounds, after torch.nn.init. The graph
// works on detached aliases, which may be written although the parameters need
// gradients.
//
//===----------------------------------------------------------------------===//

#include "passes/torchscript/StepWriter.h"

#include <cmath>

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torchscript;
namespace jit = ::torch::jit;

/// Fan-in and fan-out of a weight: (out, in, kernel...), as
/// torch.nn.init._calculate_fan_in_and_fan_out.
static std::pair<double, double> getFans(ArrayRef<int64_t> sizes) {
  double receptiveField = 1;
  for (int64_t size : sizes.drop_front(2))
    receptiveField *= size;
  return {sizes[1] * receptiveField, sizes[0] * receptiveField};
}

/// The gain of a leaky rectifier with negative slope `a`.
static double getLeakyGain(double a) { return std::sqrt(2 / (1 + a * a)); }

namespace {
class ResetWriter : public FunctionWriter {
public:
  using FunctionWriter::FunctionWriter;

  LogicalResult write();

private:
  LogicalResult initialise(dynfault::torch::GlobalSlotOp slot,
                           program::InitAttr init);
  LogicalResult uniform(Operation *op, jit::Value *tensor, double low,
                        double high) {
    return inPlace(op, "uniform_", "", tensor,
                   {constant(low), constant(high), constant({})});
  }
  LogicalResult normal(Operation *op, jit::Value *tensor, double mean,
                       double std) {
    return inPlace(op, "normal_", "", tensor,
                   {constant(mean), constant(std), constant({})});
  }
  LogicalResult truncatedNormal(Operation *op, jit::Value *tensor, double mean,
                                double std);
  LogicalResult orthogonal(Operation *op, jit::Value *tensor,
                           ArrayRef<int64_t> sizes, double gain);
  LogicalResult identity(Operation *op, jit::Value *tensor,
                         ArrayRef<int64_t> sizes, double gain);
  LogicalResult inPlace(Operation *op, StringRef name, StringRef overload,
                        jit::Value *tensor, ArrayRef<jit::Value *> rest) {
    SmallVector<jit::Value *> operands{tensor};
    llvm::append_range(operands, rest);
    return success(
        succeeded(append(op, ("aten::" + name).str(), overload, operands)));
  }
  FailureOr<jit::Value *> detached(Operation *op, StringRef name) {
    auto alias = append(op, "aten::detach", "", {readAttribute(name)});
    if (failed(alias))
      return failure();
    return alias->front();
  }
};
} // namespace

/// Normal, cut at two standard deviations (Keras' TruncatedNormal), by
/// inverting the distribution function.
LogicalResult ResetWriter::truncatedNormal(Operation *op, jit::Value *tensor,
                                           double mean, double std) {
  // erf^-1 of U(-p, p), p = erf(2 / sqrt 2), times sqrt 2 lies in (-2, 2).
  double p = std::erf(std::sqrt(2.0));
  return success(
      succeeded(uniform(op, tensor, -p, p)) &&
      succeeded(inPlace(op, "erfinv_", "", tensor, {})) &&
      succeeded(inPlace(op, "mul_", "Scalar", tensor,
                        {constant(std * std::sqrt(2.0))})) &&
      succeeded(inPlace(op, "add_", "Scalar", tensor,
                        {constant(mean), constant(static_cast<int64_t>(1))})) &&
      succeeded(inPlace(op, "clamp_", "", tensor,
                        {constant(mean - 2 * std), constant(mean + 2 * std)})));
}

/// A random matrix with orthonormal rows or columns, whichever are fewer: the Q
/// of a normal matrix, with signs that make it uniform (Saxe et al. 2014,
/// torch.nn.init.orthogonal_). Dimensions after the first count as one.
LogicalResult ResetWriter::orthogonal(Operation *op, jit::Value *tensor,
                                      ArrayRef<int64_t> sizes, double gain) {
  int64_t rows = sizes.front(), columns = 1;
  for (int64_t size : sizes.drop_front())
    columns *= size;
  if (failed(normal(op, tensor, 0, 1)))
    return failure();
  // The last result of the operation appended last; null after a failure.
  jit::Value *last = tensor;
  auto then = [&](StringRef name, StringRef overload,
                  ArrayRef<jit::Value *> operands) {
    auto results = append(op, name, overload, operands);
    last = succeeded(results) ? results->front() : nullptr;
    return last != nullptr;
  };
  auto list = [&](ArrayRef<int64_t> values) {
    return constant(
        c10::List<int64_t>(std::vector<int64_t>(values.begin(), values.end())));
  };
  if (!then("aten::reshape", "", {tensor, list({rows, columns})}))
    return failure();
  if (rows < columns && !then("aten::t", "", {last}))
    return failure();
  auto factors = append(op, "aten::linalg_qr", "",
                        {last, constant(std::string("reduced"))});
  if (failed(factors))
    return failure();
  jit::Value *q = (*factors)[0], *r = (*factors)[1];
  if (!then("aten::diag", "", {r, constant(static_cast<int64_t>(0))}) ||
      !then("aten::sign", "", {last}) ||
      !then("aten::mul", "Tensor", {q, last}))
    return failure();
  if (rows < columns && !then("aten::t", "", {last}))
    return failure();
  if (!then("aten::reshape", "", {last, list(sizes)}))
    return failure();
  return success(
      succeeded(inPlace(op, "copy_", "", tensor, {last, constant(false)})) &&
      succeeded(inPlace(op, "mul_", "Scalar", tensor, {constant(gain)})));
}

/// Ones on the diagonal (torch.nn.init.eye_).
LogicalResult ResetWriter::identity(Operation *op, jit::Value *tensor,
                                    ArrayRef<int64_t> sizes, double gain) {
  jit::Value *none = constant({});
  auto eye =
      append(op, "aten::eye", "m",
             {constant(sizes[0]), constant(sizes[1]), none, none, none, none});
  if (failed(eye))
    return failure();
  return success(
      succeeded(
          inPlace(op, "copy_", "", tensor, {eye->front(), constant(false)})) &&
      succeeded(inPlace(op, "mul_", "Scalar", tensor, {constant(gain)})));
}

LogicalResult ResetWriter::initialise(dynfault::torch::GlobalSlotOp slot,
                                      program::InitAttr init) {
  auto tensor = detached(slot, slot.getSymName());
  if (failed(tensor))
    return failure();
  StringRef kind = init.getKind();
  auto number = [&](StringRef name) { return init.getNumber(name); };
  auto fill = [&](double value) {
    return inPlace(slot, "fill_", "Scalar", *tensor, {constant(value)});
  };
  if (kind == "zeros")
    return fill(0);
  if (kind == "ones")
    return fill(1);
  if (kind == "constant")
    return fill(number("value"));
  auto info = dynfault::torch::getTensorInfo(slot.getTypeBound());
  if (!isa<FloatType>(info->dtype))
    return slot.emitOpError()
           << "is initialised by '" << kind
           << "', which needs a float dtype; use zeros, ones "
              "or constant";
  if (kind == "uniform")
    return uniform(slot, *tensor, number("low"), number("high"));
  if (kind == "normal")
    return normal(slot, *tensor, number("mean"), number("std"));
  if (kind == "truncated_normal")
    return truncatedNormal(slot, *tensor, number("mean"), number("std"));

  if (info->sizes->size() < 2)
    return slot.emitOpError() << "is initialised by '" << kind
                              << "', which needs at least 2 dimensions; use "
                                 "zeros, constant, uniform or normal";
  if (kind == "orthogonal")
    return orthogonal(slot, *tensor, *info->sizes, number("gain"));
  if (kind == "identity") {
    if (info->sizes->size() != 2)
      return slot.emitOpError("is initialised by 'identity', which needs "
                              "exactly 2 dimensions");
    return identity(slot, *tensor, *info->sizes, number("gain"));
  }
  auto [fanIn, fanOut] = getFans(*info->sizes);
  if (kind == "xavier_uniform") {
    double bound = number("gain") * std::sqrt(6 / (fanIn + fanOut));
    return uniform(slot, *tensor, -bound, bound);
  }
  if (kind == "xavier_normal")
    return normal(slot, *tensor, 0,
                  number("gain") * std::sqrt(2 / (fanIn + fanOut)));
  if (kind == "kaiming_uniform") {
    double bound = getLeakyGain(number("a")) * std::sqrt(3 / fanIn);
    return uniform(slot, *tensor, -bound, bound);
  }
  if (kind == "kaiming_normal")
    return normal(slot, *tensor, 0,
                  getLeakyGain(number("a")) / std::sqrt(fanIn));
  if (kind == "lecun_uniform") {
    double bound = std::sqrt(3 / fanIn);
    return uniform(slot, *tensor, -bound, bound);
  }
  if (kind == "lecun_normal") {
    // Keras draws from a truncated normal and corrects its lower deviation.
    constexpr double kTruncatedStd = 0.87962566103423978;
    return truncatedNormal(slot, *tensor, 0,
                           std::sqrt(1 / fanIn) / kTruncatedStd);
  }
  llvm_unreachable("an initialiser of the table without a formula");
}

LogicalResult ResetWriter::write() {
  SmallVector<jit::Value *> parameters;
  ModuleOp moduleOp = program.getModule();
  for (auto slot : moduleOp.getOps<dynfault::torch::GlobalSlotOp>())
    if (auto init = slot->getAttrOfType<program::InitAttr>("dynfault.init"))
      if (failed(initialise(slot, init)))
        return failure();

  program::OptimizerStepOp update = program.getOptimizerStep();
  c10::List<int64_t> noSteps;
  for (auto slot : program.getParameters()) {
    parameters.push_back(readAttribute(slot.getSymName()));
    if (!update.isFrozen(slot.getSymName()))
      noSteps.push_back(0);
    for (StringRef state : getStateBuffers(program)) {
      auto buffer = readAttribute(
          (kOptimizer + "." + state + "." + slot.getSymName()).str());
      if (failed(inPlace(update, "zero_", "", buffer, {})))
        return failure();
    }
  }
  if (failed(
          appendVoid(update, "dynfault::zero_grad_", {tensorList(parameters)})))
    return failure();
  writeAttribute(kStepsDone, constant(static_cast<int64_t>(0)));
  writeAttribute(kOptimizerSteps, constant(noSteps));
  finish("reset_parameters", constant({}));
  return success();
}

LogicalResult
dynfault::torchscript::writeResetParameters(ModuleWriter &module,
                                            const program::Program &program) {
  return ResetWriter(module, program).write();
}
