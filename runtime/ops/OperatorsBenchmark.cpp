//===- OperatorsBenchmark.cpp - What probes and updates cost --------------===//
//
// A curvature probe is paid for in Hessian-vector products, so that the price
// of one in gradients says what a schedule costs. Both are timed in turn, on
// one thread, on the nets that the smallest and a typical program have.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/LossHessian.h"
#include "runtime/ops/Operators.h"

#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <chrono>

using namespace dynfault;

namespace {

struct Net {
  torch::nn::Sequential layers;
  at::Tensor input, target;

  at::Tensor loss() {
    return torch::nn::functional::cross_entropy(layers->forward(input), target);
  }
};

/// spambase MLP: 57-64-32-2, batch of 32.
Net mlp() {
  using namespace torch::nn;
  return {
      Sequential(Linear(57, 64), ReLU(), Linear(64, 32), ReLU(), Linear(32, 2)),
      torch::randn({32, 57}), torch::randint(2, {32})};
}

/// LeNet-5 on 28x28, batch of 64.
Net leNet() {
  using namespace torch::nn;
  return {Sequential(Conv2d(Conv2dOptions(1, 6, 5).padding(2)), ReLU(),
                     MaxPool2d(2), Conv2d(6, 16, 5), ReLU(), MaxPool2d(2),
                     Flatten(), Linear(400, 120), ReLU(), Linear(120, 84),
                     ReLU(), Linear(84, 10)),
          torch::randn({64, 1, 28, 28}), torch::randint(10, {64})};
}

double seconds(const std::function<void()> &work) {
  auto begin = std::chrono::steady_clock::now();
  work();
  std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  return time.count();
}

/// Counters: gradient (forward and backward) and product in microseconds, and
/// product over gradient.
void hessianProduct(benchmark::State &state, Net (*make)()) {
  torch::manual_seed(0);
  Net net = make();
  std::vector<at::Tensor> parameters = net.layers->parameters();
  LossHessian hessian(net.loss(), parameters);
  at::Tensor v = torch::randn({hessian.dimension()});
  double gradient = 0, product = 0;
  for (auto _ : state) {
    gradient +=
        seconds([&] { torch::autograd::grad({net.loss()}, parameters); });
    product += seconds([&] { hessian.product(v); });
  }
  auto count = static_cast<double>(state.iterations());
  state.counters["gradient_us"] = 1e6 * gradient / count;
  state.counters["product_us"] = 1e6 * product / count;
  state.counters["ratio"] = product / gradient;
}

void adamUpdate(benchmark::State &state, Net (*make)()) {
  Net net = make();
  net.loss().backward();
  std::vector<at::Tensor> parameters = net.layers->parameters(), m, v;
  for (const at::Tensor &parameter : parameters) {
    m.push_back(torch::zeros_like(parameter.detach()));
    v.push_back(torch::zeros_like(parameter.detach()));
  }
  StepCounts steps(parameters.size(), 0);
  for (auto _ : state)
    steps = adam(parameters, m, v, steps, 1e-3, 0.9, 0.999, 1e-8, 0, false);
}

void sgdUpdate(benchmark::State &state, Net (*make)()) {
  Net net = make();
  net.loss().backward();
  std::vector<at::Tensor> parameters = net.layers->parameters(), buffers;
  for (const at::Tensor &parameter : parameters)
    buffers.push_back(torch::zeros_like(parameter.detach()));
  StepCounts steps(parameters.size(), 0);
  for (auto _ : state)
    steps = sgd(parameters, buffers, steps, 1e-3, 0.9, 0, 0, false);
}

void activationProbe(benchmark::State &state) {
  auto recorder = c10::make_intrusive<Recorder>();
  at::Tensor x = torch::randn({64, 6, 28, 28});
  int64_t step = 0;
  for (auto _ : state) {
    recorder->beginStep(step++);
    recordActivation(recorder, x, "conv1/relu", "relu", 1);
    recorder->endStep();
  }
}

/// What a sampled step adds but for activations: gradients, weights, Adam's
/// state, updates.
void parameterProbes(benchmark::State &state, Net (*make)()) {
  Net net = make();
  net.loss().backward();
  auto recorder = c10::make_intrusive<Recorder>();
  std::vector<at::Tensor> parameters = net.layers->parameters();
  std::vector<std::string> names;
  OptimizerState optimizer;
  optimizer.kind = "adam";
  optimizer.beta1 = 0.9;
  optimizer.beta2 = 0.999;
  for (const at::Tensor &parameter : parameters) {
    names.push_back("parameter" + std::to_string(names.size()));
    optimizer.firstMoments.push_back(torch::randn_like(parameter.detach()));
    optimizer.secondMoments.push_back(torch::rand_like(parameter.detach()));
  }
  int64_t step = 0;
  for (auto _ : state) {
    recorder->beginStep(step++);
    optimizer.updates = step;
    recordGradients(recorder, parameters, names, 1);
    snapshotParameters(recorder, parameters, 1);
    recordOptimizer(recorder, parameters, names, optimizer, 1);
    recorder->endStep();
  }
}

BENCHMARK_CAPTURE(hessianProduct, mlp, mlp);
BENCHMARK_CAPTURE(hessianProduct, lenet, leNet);
BENCHMARK_CAPTURE(adamUpdate, mlp, mlp);
BENCHMARK_CAPTURE(adamUpdate, lenet, leNet);
BENCHMARK_CAPTURE(sgdUpdate, mlp, mlp);
BENCHMARK_CAPTURE(sgdUpdate, lenet, leNet);
BENCHMARK_CAPTURE(parameterProbes, mlp, mlp);
BENCHMARK_CAPTURE(parameterProbes, lenet, leNet);
BENCHMARK(activationProbe);

} // namespace

int main(int argc, char **argv) {
  at::set_num_threads(1);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
