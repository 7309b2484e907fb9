//===- CurvatureBenchmark.cpp - What a Hessian product costs --------------===//
//
// Everything is a ratio to one gradient (forward and backward) of the same
// model in the same run on one thread: such a ratio says what a schedule costs
// on any machine. Gradient and product alternate, and medians of the thread's
// processor time are reported, because a shared machine disturbs single
// measurements. The models run from TorchScript; the gradient with LibTorch's
// own layers, the product as the probe computes it.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/Lanczos.h"
#include "runtime/curvature/LossHessian.h"
#include "runtime/curvature/RandomVectors.h"
#include "runtime/ops/UnoptimizedMethod.h"

#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <algorithm>
#include <ctime>

using namespace dynfault;
namespace jit = torch::jit;

namespace {

struct Model {
  jit::Module module{"Model"};
  at::Tensor input, target;
  std::vector<at::Tensor> parameters;

  void parameter(const std::string &name, at::IntArrayRef shape) {
    double fanIn = 1;
    for (size_t i = 1; i < shape.size(); ++i)
      fanIn *= static_cast<double>(shape[i]);
    at::Tensor value = torch::randn(shape) / std::sqrt(fanIn);
    value.requires_grad_();
    module.register_parameter(name, value, false);
    parameters.push_back(value);
  }
  void norm(const std::string &name, int64_t channels) {
    at::Tensor gamma = torch::ones({channels}).requires_grad_();
    at::Tensor beta = torch::zeros({channels}).requires_grad_();
    module.register_parameter(name + "_gamma", gamma, false);
    module.register_parameter(name + "_beta", beta, false);
    module.register_buffer(name + "_mean", torch::zeros({channels}));
    module.register_buffer(name + "_var", torch::ones({channels}));
    parameters.insert(parameters.end(), {gamma, beta});
  }
  void define(const std::string &forward) {
    module.register_attribute("training", c10::BoolType::get(), true);
    module.define(forward + R"(
def loss(self, output: Tensor, target: Tensor) -> Tensor:
    return torch.cross_entropy_loss(output, target)
)");
  }
};

/// 57-64-32-2 with ReLU, batch of 32: the smallest programs.
Model mlp() {
  Model model;
  model.parameter("w1", {64, 57});
  model.parameter("b1", {64});
  model.parameter("w2", {32, 64});
  model.parameter("b2", {32});
  model.parameter("w3", {2, 32});
  model.parameter("b3", {2});
  model.define(R"(
def forward(self, x: Tensor) -> Tensor:
    h = torch.relu(torch.linear(x, self.w1, self.b1))
    h = torch.relu(torch.linear(h, self.w2, self.b2))
    return torch.linear(h, self.w3, self.b3)
)");
  model.input = torch::randn({32, 57});
  model.target = torch::randint(2, {32});
  return model;
}

/// LeNet-5 on 28x28, batch of 64.
Model leNet() {
  Model model;
  model.parameter("c1", {6, 1, 5, 5});
  model.parameter("d1", {6});
  model.parameter("c2", {16, 6, 5, 5});
  model.parameter("d2", {16});
  model.parameter("w1", {120, 400});
  model.parameter("b1", {120});
  model.parameter("w2", {84, 120});
  model.parameter("b2", {84});
  model.parameter("w3", {10, 84});
  model.parameter("b3", {10});
  model.define(R"(
def forward(self, x: Tensor) -> Tensor:
    h = torch.relu(torch.conv2d(x, self.c1, self.d1, [1, 1], [2, 2]))
    h = torch.max_pool2d(h, [2, 2])
    h = torch.relu(torch.conv2d(h, self.c2, self.d2))
    h = torch.flatten(torch.max_pool2d(h, [2, 2]), 1)
    h = torch.relu(torch.linear(h, self.w1, self.b1))
    h = torch.relu(torch.linear(h, self.w2, self.b2))
    return torch.linear(h, self.w3, self.b3)
)");
  model.input = torch::randn({64, 1, 28, 28});
  model.target = torch::randint(10, {64});
  return model;
}

/// One layer of 64 units over 28 steps of 28, batch of 64 (rows of MNIST).
Model lstm() {
  Model model;
  model.parameter("wx", {256, 28});
  model.parameter("wh", {256, 64});
  model.parameter("bx", {256});
  model.parameter("bh", {256});
  model.parameter("w", {10, 64});
  model.parameter("b", {10});
  model.define(R"(
def forward(self, x: Tensor) -> Tensor:
    h = torch.zeros([1, x.size(0), 64])
    y, hn, cn = torch.lstm(x, [h, h], [self.wx, self.wh, self.bx, self.bh], True, 1, 0.0, self.training, False, True)
    return torch.linear(torch.select(y, 1, -1), self.w, self.b)
)");
  model.input = torch::randn({64, 28, 28});
  model.target = torch::randint(10, {64});
  return model;
}

/// A stem and two residual blocks of 16 channels on 16x16, batch of 32.
Model residual() {
  Model model;
  model.parameter("c0", {16, 3, 3, 3});
  model.norm("n0", 16);
  std::string forward = R"(
def forward(self, x: Tensor) -> Tensor:
    h = torch.conv2d(x, self.c0, None, [1, 1], [1, 1])
    h = torch.relu(torch.batch_norm(h, self.n0_gamma, self.n0_beta, self.n0_mean, self.n0_var, self.training, 0.1, 1e-5, True))
)";
  for (int block = 0; block < 2; ++block) {
    std::string in = "h";
    for (int half = 0; half < 2; ++half) {
      std::string id = std::to_string(1 + 2 * block + half);
      model.parameter("c" + id, {16, 16, 3, 3});
      model.norm("n" + id, 16);
      forward += "    r = torch.conv2d(" + in + ", self.c" + id +
                 ", None, [1, 1], [1, 1])\n    r = torch.batch_norm(r, self.n" +
                 id + "_gamma, self.n" + id + "_beta, self.n" + id +
                 "_mean, self.n" + id +
                 "_var, self.training, 0.1, 1e-5, True)\n";
      if (half == 0)
        forward += "    r = torch.relu(r)\n";
      in = "r";
    }
    forward += "    h = torch.relu(h + r)\n";
  }
  model.parameter("w", {10, 16});
  model.parameter("b", {10});
  forward += "    return torch.linear(torch.mean(h, [2, 3]), self.w, self.b)\n";
  model.define(forward);
  model.input = torch::randn({32, 3, 16, 16});
  model.target = torch::randint(10, {32});
  return model;
}

class Loss {
public:
  explicit Loss(const Model &model, bool forCurvature = false)
      : model(model), forward(model.module, "forward", forCurvature),
        loss(model.module, "loss", forCurvature) {}
  at::Tensor operator()() const {
    return loss({forward({model.input}), model.target}).toTensor();
  }

private:
  const Model &model;
  UnoptimizedMethod forward, loss;
};

double seconds(const std::function<void()> &work) {
  auto now = [] {
    timespec time = {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) +
           1e-9 * static_cast<double>(time.tv_nsec);
  };
  double begin = now();
  work();
  return now() - begin;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2,
                   values.end());
  return values[values.size() / 2];
}

/// Counters: medians of gradient and product in microseconds, their ratio.
void hessianProduct(benchmark::State &state, Model (*make)()) {
  torch::manual_seed(0);
  Model model = make();
  Loss loss(model);
  LossHessian hessian(Loss(model, /*forCurvature=*/true)(), model.parameters);
  at::Tensor v = torch::randn({hessian.dimension()});
  std::vector<double> gradient, product;
  for (auto _ : state) {
    gradient.push_back(
        seconds([&] { torch::autograd::grad({loss()}, model.parameters); }));
    product.push_back(seconds([&] { hessian.product(v); }));
  }
  state.counters["gradient_us"] = 1e6 * median(gradient);
  state.counters["product_us"] = 1e6 * median(product);
  state.counters["ratio"] = median(product) / median(gradient);
}

/// Where an iteration for the largest eigenvalue ended.
struct Found {
  double value = 0;
  int64_t products = 0;
  at::Tensor vector;
};

/// The ways to the largest eigenvalue of one model's Hessian.
class TopEigenvalue {
public:
  explicit TopEigenvalue(const Model &model)
      : model(model), plain(model), ours(model, /*forCurvature=*/true) {}

  /// As the probe does it: one graph, a start that is half of `last` (if there
  /// is one), and a stop by the estimated error.
  Found lanczos(const at::Tensor &last, double tolerance = 1e-3) const {
    LossHessian hessian(ours(), model.parameters, Calls::Many);
    CheckedProduct product(
        [&](const at::Tensor &v) { return hessian.product(v); });
    RandomVectors random(1, hessian.dimension(),
                         model.parameters.front().options());
    LanczosOptions options;
    options.maxProducts = 80;
    options.tolerance = tolerance;
    options.wantBottom = false;
    options.stop = LanczosStop::Error;
    LanczosResult result =
        lanczosExtremes(product, mixedStart(last, {}, random), random, options);
    return {result.top.value, result.products, result.top.vector};
  }
  double reference() const { return lanczos({}, 1e-6).value; }

  /// A graph of its own for each product, and LibTorch's own layers; begins
  /// where `last` is, if it is defined. It is told when it is within 1e-3 of
  /// `reference`; without one it stops by what it can know, a residual of 1e-3.
  Found powerIteration(const at::Tensor &last,
                       c10::optional<double> reference) const {
    int64_t size = 0;
    for (const at::Tensor &parameter : model.parameters)
      size += parameter.numel();
    at::Tensor v = last.defined() ? last.clone() : torch::randn({size});
    Found found;
    while (found.products < 1000) {
      v.div_(v.norm());
      at::Tensor image = LossHessian(plain(), model.parameters).product(v);
      ++found.products;
      found.value = v.dot(image).item<double>();
      found.vector = v;
      double error = reference
                         ? std::abs(found.value - *reference)
                         : (image - found.value * v).norm().item<double>();
      if (error <= 1e-3 * std::abs(reference.value_or(found.value)))
        break;
      v = image;
    }
    return found;
  }

  void gradient() const { torch::autograd::grad({plain()}, model.parameters); }

private:
  const Model &model;
  Loss plain, ours;
};

/// What was measured at one state of a model.
struct Comparison {
  std::vector<double> gradient, lanczos, products;
  std::vector<double> power, powerProducts, blind, blindProducts;
  std::vector<double> errors;

  void add(const TopEigenvalue &top, const at::Tensor &lanczosStart,
           const at::Tensor &powerStart, double reference, Found &byLanczos,
           Found &byPower) {
    Found byResidual;
    gradient.push_back(seconds([&] { top.gradient(); }));
    lanczos.push_back(seconds([&] { byLanczos = top.lanczos(lanczosStart); }));
    power.push_back(
        seconds([&] { byPower = top.powerIteration(powerStart, reference); }));
    blind.push_back(
        seconds([&] { byResidual = top.powerIteration(powerStart, {}); }));
    products.push_back(static_cast<double>(byLanczos.products));
    powerProducts.push_back(static_cast<double>(byPower.products));
    blindProducts.push_back(static_cast<double>(byResidual.products));
    errors.push_back(std::abs(byLanczos.value / reference - 1));
  }

  /// Products of each, and what they took, in gradients; Lanczos over power
  /// iteration in time (`blind`: the one that is not told the answer). Medians;
  /// the error of Lanczos is the largest, and `lanczos_misses` the share of
  /// errors above the tolerance: an estimated error knows nothing of an
  /// eigenvalue that the iteration has not met yet.
  void report(benchmark::State &state, const std::string &prefix = "") const {
    double unit = median(gradient);
    state.counters[prefix + "lanczos_products"] = median(products);
    state.counters[prefix + "lanczos_gradients"] = median(lanczos) / unit;
    state.counters[prefix + "lanczos_error"] =
        *std::max_element(errors.begin(), errors.end());
    state.counters[prefix + "lanczos_misses"] =
        static_cast<double>(std::count_if(errors.begin(), errors.end(),
                                          [](double e) { return e > 1e-3; })) /
        static_cast<double>(errors.size());
    state.counters[prefix + "power_products"] = median(powerProducts);
    state.counters[prefix + "power_gradients"] = median(power) / unit;
    state.counters[prefix + "ratio"] = median(lanczos) / median(power);
    state.counters[prefix + "blind_products"] = median(blindProducts);
    state.counters[prefix + "blind_ratio"] = median(lanczos) / median(blind);
  }
};

/// Largest eigenvalue of models as initialised, each with a seed of its own:
/// how many products an iteration needs depends on it.
void topEigenvalue(benchmark::State &state, Model (*make)()) {
  Comparison comparison;
  uint64_t seed = 0;
  for (auto _ : state) {
    torch::manual_seed(seed++);
    Model model = make();
    TopEigenvalue top(model);
    Found byLanczos, byPower;
    comparison.add(top, {}, {}, top.reference(), byLanczos, byPower);
  }
  comparison.report(state);
}

/// Trains with momentum on what a linear teacher says about random inputs.
class Training {
public:
  explicit Training(Model &model) : model(model), loss(model) {
    int64_t features = model.input[0].numel();
    int64_t classes = model.parameters.back().numel();
    at::Tensor teacher = torch::randn({features, classes});
    for (int i = 0; i < 16; ++i) {
      inputs.push_back(torch::randn_like(model.input));
      targets.push_back(inputs.back().flatten(1).mm(teacher).argmax(1));
    }
    for (const at::Tensor &parameter : model.parameters)
      buffers.push_back(torch::zeros_like(parameter.detach()));
    nextBatch();
  }

  void step() {
    std::vector<at::Tensor> gradients =
        torch::autograd::grad({loss()}, model.parameters);
    at::NoGradGuard noGrad;
    for (size_t i = 0; i < gradients.size(); ++i) {
      buffers[i].mul_(0.9).add_(gradients[i]);
      model.parameters[i].sub_(buffers[i], 0.02);
    }
    nextBatch();
  }

private:
  void nextBatch() {
    model.input = inputs[steps % inputs.size()];
    model.target = targets[steps % inputs.size()];
    ++steps;
  }

  Model &model;
  Loss loss;
  std::vector<at::Tensor> inputs, targets, buffers;
  size_t steps = 0;
};

/// Largest eigenvalue every 50 steps of trainings of 200, each with a seed of
/// its own, on the batch of that step: Lanczos going on from the last sample,
/// as the probe does; power iteration from a random vector (`cold`) and from
/// its last vector (`warm`).
void topEigenvalueInTraining(benchmark::State &state, Model (*make)()) {
  Comparison cold, warm;
  uint64_t seed = 0;
  for (auto _ : state) {
    torch::manual_seed(seed++);
    Model model = make();
    Training training(model);
    TopEigenvalue top(model);
    Found byLanczos = top.lanczos({});
    Found byPower = top.powerIteration({}, top.reference());
    for (int sample = 0; sample < 4; ++sample) {
      for (int i = 0; i < 50; ++i)
        training.step();
      double reference = top.reference();
      Found ignored, previous = byLanczos;
      cold.add(top, previous.vector, {}, reference, byLanczos, ignored);
      warm.add(top, previous.vector, byPower.vector, reference, byLanczos,
               byPower);
    }
  }
  cold.report(state, "cold_");
  warm.report(state, "warm_");
}

BENCHMARK_CAPTURE(hessianProduct, mlp, mlp);
BENCHMARK_CAPTURE(hessianProduct, lenet, leNet);
BENCHMARK_CAPTURE(hessianProduct, lstm, lstm);
BENCHMARK_CAPTURE(hessianProduct, residual, residual);
BENCHMARK_CAPTURE(topEigenvalue, mlp, mlp)->Iterations(9);
BENCHMARK_CAPTURE(topEigenvalue, lenet, leNet)->Iterations(9);
BENCHMARK_CAPTURE(topEigenvalueInTraining, mlp, mlp)->Iterations(9);
BENCHMARK_CAPTURE(topEigenvalueInTraining, lenet, leNet)->Iterations(5);
BENCHMARK_CAPTURE(topEigenvalueInTraining, residual, residual)->Iterations(3);

} // namespace

int main(int argc, char **argv) {
  at::set_num_threads(1);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
