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

/// Largest eigenvalue to 1e-3: Lanczos, which stops by its own residual, and
/// power iteration with a graph of its own for each product, which is told when
/// it is there. Counters: products of each, and what they took, in gradients.
void topEigenvalue(benchmark::State &state, Model (*make)()) {
  torch::manual_seed(0);
  Model model = make();
  Loss loss(model), ours(model, /*forCurvature=*/true);
  LanczosOptions options;
  options.wantBottom = false;
  auto lanczos = [&](int64_t products, double tolerance) {
    LossHessian hessian(ours(), model.parameters);
    CheckedProduct product(
        [&](const at::Tensor &v) { return hessian.product(v); });
    RandomVectors random(1, hessian.dimension(),
                         model.parameters.front().options());
    options.maxProducts = products;
    options.tolerance = tolerance;
    return lanczosExtremes(product, random.gaussian(), random, options);
  };
  double reference = lanczos(80, 1e-6).top.value;
  auto powerIteration = [&] {
    at::NoGradGuard noGrad;
    at::Tensor v =
        torch::randn({LossHessian(loss(), model.parameters).dimension()});
    for (int64_t products = 1; products < 1000; ++products) {
      v.div_(v.norm());
      at::AutoGradMode gradMode(true);
      at::Tensor image = LossHessian(loss(), model.parameters).product(v);
      double value = v.dot(image).item<double>();
      if (std::abs(value - reference) <= 1e-3 * std::abs(reference))
        return products;
      v = image;
    }
    return int64_t(1000);
  };
  std::vector<double> gradient, quick, slow, products, powerProducts;
  double error = 0;
  for (auto _ : state) {
    gradient.push_back(
        seconds([&] { torch::autograd::grad({loss()}, model.parameters); }));
    LanczosResult result;
    quick.push_back(seconds([&] { result = lanczos(80, 1e-3); }));
    products.push_back(static_cast<double>(result.products));
    error = std::max(error, std::abs(result.top.value / reference - 1));
    int64_t iterations = 0;
    slow.push_back(seconds([&] { iterations = powerIteration(); }));
    powerProducts.push_back(static_cast<double>(iterations));
  }
  state.counters["lanczos_products"] = median(products);
  state.counters["lanczos_gradients"] = median(quick) / median(gradient);
  state.counters["lanczos_error"] = error;
  state.counters["power_products"] = median(powerProducts);
  state.counters["power_gradients"] = median(slow) / median(gradient);
  state.counters["ratio"] = median(quick) / median(slow);
}

BENCHMARK_CAPTURE(hessianProduct, mlp, mlp);
BENCHMARK_CAPTURE(hessianProduct, lenet, leNet);
BENCHMARK_CAPTURE(hessianProduct, lstm, lstm);
BENCHMARK_CAPTURE(hessianProduct, residual, residual);
BENCHMARK_CAPTURE(topEigenvalue, mlp, mlp)->Iterations(9);
BENCHMARK_CAPTURE(topEigenvalue, lenet, leNet)->Iterations(3);

} // namespace

int main(int argc, char **argv) {
  at::set_num_threads(1);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
