//===- CurvatureSample.cpp - The signals of one curvature sample ----------===//
//
// All of a sample's numbers come from products with graphs that are built
// once. Where they cannot be had, every signal is NaN, through the same code:
// a series must not lose samples in the middle.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/CurvatureSample.h"

#include "runtime/curvature/Lanczos.h"
#include "runtime/curvature/SpectralDensity.h"
#include "runtime/curvature/XTrace.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace dynfault;

static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

const std::vector<std::string> dynfault::kQuantities = {
    "gauss_newton", "groups", "preconditioned", "spectral_density"};

bool dynfault::wants(const CurvatureRequest &request, const char *quantity) {
  return std::find(request.quantities.begin(), request.quantities.end(),
                   quantity) != request.quantities.end();
}

namespace {

/// Writes one sample. Signals are NaN where `matrices` is null.
class Sample {
public:
  Sample(Recorder &recorder, const CurvatureRequest &request,
         const CurvatureMatrices *matrices)
      : recorder(recorder), request(request), matrices(matrices) {
    for (const at::Tensor &parameter : request.parameters)
      dimension += parameter.numel();
    options = request.parameters.front().options().requires_grad(false);
    if (!request.names.empty())
      groups = groupByLayer(request.names);
  }

  void write();

private:
  void record(const std::string &name, double value,
              const std::string &site = "") {
    recorder.record("curvature/" + name, site, valid ? value : kNaN);
  }

  /// A product that is counted; NaN without matrices.
  CheckedProduct checked(HessianProduct product);
  CheckedProduct hessianProduct();
  /// Adds what the product counted to the sample's share.
  void count(const CheckedProduct &product);

  /// Lanczos that goes on from the matrix's last vectors; NaN if not finite.
  LanczosResult extremes(CheckedProduct &product, const std::string &matrix,
                         int64_t size, bool wantBottom);
  /// The largest eigenvalue alone, and its product counted.
  double topEigenvalue(CheckedProduct product, const std::string &matrix,
                       int64_t size);
  TraceEstimate trace(CheckedProduct &product,
                      const std::vector<BlockRanges> &blocks);

  void alongGradient();
  void spectrum();
  void hessianTrace();
  void gaussNewton();
  void groupEigenvalues();
  void preconditioned();
  void density();
  std::vector<BlockRanges> groupRanges() const;

  Recorder &recorder;
  const CurvatureRequest &request;
  const CurvatureMatrices *matrices;
  std::vector<ParameterGroup> groups;
  int64_t dimension = 0;
  at::TensorOptions options;
  bool valid = true;
  double top = kNaN;
  int64_t calls = 0, nonfinite = 0;
  uint64_t streams = 0; // of random start vectors so far
};

} // namespace

CheckedProduct Sample::checked(HessianProduct product) {
  if (matrices)
    return CheckedProduct(std::move(product));
  return CheckedProduct(
      [](const at::Tensor &v) { return at::full_like(v, kNaN); });
}

CheckedProduct Sample::hessianProduct() {
  return checked(
      [this](const at::Tensor &v) { return matrices->hessian.product(v); });
}

void Sample::count(const CheckedProduct &product) {
  calls += product.calls();
  nonfinite += product.nonfinite();
}

LanczosResult Sample::extremes(CheckedProduct &product,
                               const std::string &matrix, int64_t size,
                               bool wantBottom) {
  // Other directions at each sample, so that an unlucky one is not always
  // unlucky, and other ones for each matrix.
  uint64_t seed = static_cast<uint64_t>(request.seed) + 1 +
                  static_cast<uint64_t>(recorder.currentStep()) +
                  (streams++ << 32);
  RandomVectors random(seed, size, options);
  ExtremeVectors &vectors = recorder.curvature.vectors[matrix];
  at::Tensor start = mixedStart(vectors.top, vectors.bottom, random);
  LanczosOptions lanczos;
  lanczos.maxProducts = request.lanczosSteps;
  lanczos.tolerance = request.tolerance;
  lanczos.wantBottom = wantBottom;
  if (request.lanczosStop == "error")
    lanczos.stop = LanczosStop::Error;
  LanczosResult result = lanczosExtremes(product, start, random, lanczos);
  if (!result.finite) {
    result.top.value = result.top.residual = result.bottom.value = kNaN;
    return result;
  }
  vectors.top = result.top.vector;
  vectors.bottom = wantBottom ? result.bottom.vector : at::Tensor();
  return result;
}

double Sample::topEigenvalue(CheckedProduct product, const std::string &matrix,
                             int64_t size) {
  double value = extremes(product, matrix, size, false).top.value;
  count(product);
  return value;
}

TraceEstimate Sample::trace(CheckedProduct &product,
                            const std::vector<BlockRanges> &blocks) {
  // The directions are the same at each sample, so that the trace's course
  // shows the Hessian and not the draw.
  RandomVectors random(static_cast<uint64_t>(request.seed), dimension, options);
  TraceEstimate estimate =
      request.traceEstimator == "xtrace"
          ? estimateTraceXTrace(product, random, request.traceSamples, blocks)
          : estimateTrace(product, random, request.traceSamples, blocks);
  if (!estimate.finite) {
    estimate = {false, kNaN, kNaN, kNaN, {}};
    estimate.blocks.resize(blocks.size(), {kNaN, kNaN});
  }
  return estimate;
}

/// g'Hg, the angle of Hg and g, and whether the product is repeatable. First,
/// because nothing may be recorded of products that are not.
void Sample::alongGradient() {
  CheckedProduct product = hessianProduct();
  double norm = matrices ? norm64(matrices->hessian.gradient()) : kNaN;
  bool moves = std::isfinite(norm) && norm > 0;
  at::Tensor direction;
  if (moves)
    direction = matrices->hessian.gradient().div(norm);
  else
    direction =
        RandomVectors(static_cast<uint64_t>(request.seed), dimension, options)
            .rademacher();
  at::Tensor image = product(direction);
  at::Tensor again = image.defined() ? product(direction) : at::Tensor();
  count(product);
  double repeat =
      image.defined() && again.defined() ? repeatError(image, again) : kNaN;
  recorder.record("curvature/repeat_error", "", repeat);
  if (repeat > repeatLimit(options.dtype().toScalarType())) {
    valid = false;
    TORCH_WARN_ONCE(
        "dynfault::record_curvature: two products of one Hessian with one "
        "vector differ by ",
        100 * repeat,
        "%, so that no curvature is recorded; look for an operation whose "
        "backward is random");
  }
  bool known = moves && image.defined();
  double along = known ? dot64(direction, image) : kNaN;
  record("gradient_curvature", along);
  double length = known ? norm64(image) : 0;
  record("gradient_cosine", length > 0 ? along / length : kNaN);
}

void Sample::spectrum() {
  CheckedProduct product = hessianProduct();
  LanczosResult result = extremes(product, "hessian", dimension, true);
  count(product);
  top = result.top.value;
  double &first = recorder.curvature.firstTop;
  if (valid && first == 0 && top > 0)
    first = top;
  record("hessian_top_eigenvalue", top);
  record("hessian_bottom_eigenvalue", result.bottom.value);
  record("hessian_top_residual", result.top.residual / std::abs(top));
  record("eigenvalue_ratio", result.bottom.value / top);
  record("sharpness_log_ratio",
         top > 0 && first > 0 ? std::log(top / first) : kNaN);
  record("lr_sharpness", request.lr * top / 2);
  double momentum = momentumFactor(request.optimizer);
  if (!std::isnan(momentum))
    record("momentum_sharpness", momentum * top);
}

std::vector<BlockRanges> Sample::groupRanges() const {
  std::vector<int64_t> offsets;
  int64_t offset = 0;
  for (const at::Tensor &parameter : request.parameters) {
    offsets.push_back(offset);
    offset += parameter.numel();
  }
  std::vector<BlockRanges> blocks;
  for (const ParameterGroup &group : groups) {
    blocks.emplace_back();
    for (size_t member : group.members)
      blocks.back().ranges.emplace_back(offsets[member],
                                        request.parameters[member].numel());
  }
  return blocks;
}

void Sample::hessianTrace() {
  CheckedProduct product = hessianProduct();
  TraceEstimate estimate = trace(product, groupRanges());
  count(product);
  record("hessian_trace", estimate.trace);
  record("hessian_trace_stderr", estimate.standardError);
  record("hessian_frobenius_norm", estimate.frobeniusNorm);
  record("trace_concentration",
         estimate.trace / (static_cast<double>(dimension) * top));
  for (size_t i = 0; i < groups.size(); ++i) {
    record("group_trace", estimate.blocks[i].mean, groups[i].name);
    record("group_trace_stderr", estimate.blocks[i].standardError,
           groups[i].name);
  }
}

void Sample::groupEigenvalues() {
  for (const ParameterGroup &group : groups) {
    CheckedProduct product = checked([&](const at::Tensor &v) {
      return matrices->hessian.blockProduct(group, v);
    });
    record("group_top_eigenvalue",
           topEigenvalue(std::move(product), "group " + group.name,
                         groupSize(group, request.parameters)),
           group.name);
  }
}

void Sample::gaussNewton() {
  CheckedProduct product = checked([this](const at::Tensor &v) {
    return matrices->gaussNewton->product(v);
  });
  record("gauss_newton_top_eigenvalue",
         extremes(product, "gauss_newton", dimension, false).top.value);
  if (request.traceSamples > 0) {
    TraceEstimate estimate = trace(product, {});
    record("gauss_newton_trace", estimate.trace);
    record("gauss_newton_trace_stderr", estimate.standardError);
  }
  count(product);
}

void Sample::preconditioned() {
  double factor = preconditionedFactor(request.optimizer);
  if (std::isnan(factor))
    return;
  at::Tensor scale;
  if (matrices)
    scale = inverseRootPreconditioner(request.optimizer, request.parameters);
  double value = kNaN;
  if (scale.defined())
    value = topEigenvalue(CheckedProduct(scaledProduct(
                              [this](const at::Tensor &v) {
                                return matrices->hessian.product(v);
                              },
                              scale)),
                          "preconditioned", dimension);
  record("preconditioned_top_eigenvalue", value);
  record("preconditioned_sharpness", factor * value);
}

void Sample::density() {
  CheckedProduct product = hessianProduct();
  RandomVectors random(static_cast<uint64_t>(request.seed) + 1, dimension,
                       options);
  // One start: its parts in the eigenvectors average themselves out over the
  // many dimensions of a network.
  SpectralDensity density =
      spectralDensity(product, random, 1, request.lanczosSteps);
  count(product);
  for (size_t i = 0; i < density.nodes.size(); ++i) {
    std::string site = std::to_string(i);
    site.insert(0, 4 - std::min<size_t>(site.size(), 4), '0');
    record("spectral_density_node", density.nodes[i], site);
    record("spectral_density_weight", density.weights[i], site);
  }
}

void Sample::write() {
  alongGradient();
  spectrum();
  if (request.traceSamples > 0)
    hessianTrace();
  if (wants(request, "groups"))
    groupEigenvalues();
  if (wants(request, "gauss_newton"))
    gaussNewton();
  if (wants(request, "preconditioned"))
    preconditioned();
  if (wants(request, "spectral_density"))
    density();
  recorder.record("curvature/nonfinite_share", "",
                  matrices ? static_cast<double>(nonfinite) /
                                 static_cast<double>(calls)
                           : kNaN);
}

void dynfault::recordCurvatureSample(Recorder &recorder,
                                     const CurvatureRequest &request,
                                     const CurvatureMatrices &matrices) {
  Sample(recorder, request, &matrices).write();
}

void dynfault::recordNoCurvature(Recorder &recorder,
                                 const CurvatureRequest &request) {
  Sample(recorder, request, nullptr).write();
}
