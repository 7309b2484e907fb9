//===- BatchNormDoubleBackward.cpp - Batch norm, twice differentiable -----===//
//
// LibTorch's derivative of batch normalisation's backward is a formula of some
// thirty passes over the activations. With P v = s (v - m(v) - xh m(xh v)),
// where m is the mean over a channel, s one over its deviation and xh the
// normalised input, the backward is gamma P g, P is symmetric, and what the
// second derivative needs of g alone is the same in every product.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/DoubleBackward.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <array>
#include <memory>

using namespace dynfault;
using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

namespace {

/// The statistics of the batch, as the forward found them: [C] each.
struct Statistics {
  at::Tensor mean, inverseDeviation;
  double epsilon = 0;
};

/// [C] as [1, C, 1, ...], to go with x.
at::Tensor perChannel(const at::Tensor &values, const at::Tensor &x) {
  std::vector<int64_t> shape(static_cast<size_t>(x.dim()), 1);
  shape[1] = -1;
  return values.view(shape);
}

/// Sums over all dimensions but that of the channels.
at::Tensor channelSum(const at::Tensor &x) {
  std::vector<int64_t> dimensions;
  for (int64_t i = 0; i < x.dim(); ++i)
    if (i != 1)
      dimensions.push_back(i);
  return x.sum(dimensions);
}

/// P v, sum xh v and sum v.
std::array<at::Tensor, 3> project(const at::Tensor &v, const at::Tensor &x,
                                  const Statistics &statistics) {
  auto [projected, alongNormalised, sum] = at::native_batch_norm_backward(
      v, x, at::ones_like(statistics.mean), {}, {}, statistics.mean,
      statistics.inverseDeviation, /*train=*/true, statistics.epsilon,
      {true, true, true});
  return {projected, alongNormalised, sum};
}

/// The backward of the backward: inputs are the directions u, v, c of the
/// gradients of x, gamma and beta; outputs those of g, x and gamma.
struct BatchNormDoubleBackward : torch::autograd::Node {
  BatchNormDoubleBackward(const at::Tensor &g, const at::Tensor &x,
                          const at::Tensor &gamma, Statistics statistics)
      : g(g, false), x(x, false), gamma(gamma, false),
        statistics(std::move(statistics)) {}

  variable_list apply(variable_list &&directions) override {
    TORCH_CHECK(!at::GradMode::is_enabled(),
                "dynfault: batch normalisation has no third derivative here");
    at::AutoDispatchBelowADInplaceOrView silence;
    const at::Tensor &u = directions[0], &v = directions[1], &c = directions[2];
    variable_list result(3);
    if (!u.defined() && !v.defined() && !c.defined())
      return result;
    at::Tensor gradient = g.unpack(), input = x.unpack(),
               scale = gamma.unpack();
    prepare(gradient, input);
    auto spread = [&](const at::Tensor &values) {
      return perChannel(values, input);
    };

    at::Tensor ofG, projected, along;
    if (u.defined()) {
      std::array<at::Tensor, 3> parts = project(u, input, statistics);
      projected = parts[0];
      along = parts[1];
      ofG = projected * spread(scale);
    }
    if (v.defined())
      ofG = ofG.defined() ? ofG.addcmul_(normalised, spread(v))
                          : normalised * spread(v);
    if (c.defined())
      ofG = ofG.defined() ? ofG.add_(spread(c)) : spread(c).expand_as(gradient);
    result[0] = ofG;

    bool wantsX = task_should_compute_output(1);
    bool wantsGamma = task_should_compute_output(2);
    if (!u.defined()) {
      if (wantsX && v.defined())
        result[1] = gradientProjected * spread(v);
      return result;
    }
    double count = static_cast<double>(input.numel()) /
                   static_cast<double>(std::max<int64_t>(input.size(1), 1));
    at::Tensor overlap = channelSum(u * gradientProjected);
    if (wantsGamma)
      result[2] = overlap;
    if (!wantsX)
      return result;
    at::Tensor step = scale * statistics.inverseDeviation / count;
    at::Tensor ofGradient = -step * along;
    if (v.defined())
      ofGradient = ofGradient + v;
    result[1] = projected.mul_(spread(-step * gradientAlong))
                    .addcmul_(gradientProjected, spread(ofGradient))
                    .addcmul_(normalised, spread(-step * overlap));
    return result;
  }

  std::string name() const override { return "DynfaultBatchNormBackward2"; }
  void release_variables() override {
    g.reset_data();
    x.reset_data();
    gamma.reset_data();
    normalised = gradientProjected = gradientAlong = at::Tensor();
  }

private:
  /// What all products share.
  void prepare(const at::Tensor &gradient, const at::Tensor &input) {
    if (normalised.defined())
      return;
    normalised = (input - perChannel(statistics.mean, input))
                     .mul_(perChannel(statistics.inverseDeviation, input));
    std::array<at::Tensor, 3> parts = project(gradient, input, statistics);
    gradientProjected = parts[0];
    gradientAlong = parts[1];
  }

  SavedVariable g, x, gamma;
  Statistics statistics;
  at::Tensor normalised, gradientProjected, gradientAlong;
};

struct BatchNormBackward : torch::autograd::Node {
  BatchNormBackward(const at::Tensor &x, const at::Tensor &gamma,
                    Statistics statistics)
      : x(x, false), gamma(gamma, false), statistics(std::move(statistics)) {}

  variable_list apply(variable_list &&gradients) override {
    variable_list result(3);
    const at::Tensor &g = gradients[0];
    if (!g.defined())
      return result;
    at::Tensor input = x.unpack(), scale = gamma.unpack();
    bool tracked = torch::autograd::compute_requires_grad(g, input, scale);
    {
      at::AutoDispatchBelowADInplaceOrView silence;
      std::tie(result[0], result[1], result[2]) =
          at::native_batch_norm_backward(
              g, input, scale, {}, {}, statistics.mean,
              statistics.inverseDeviation, /*train=*/true, statistics.epsilon,
              {task_should_compute_output(0), task_should_compute_output(1),
               task_should_compute_output(2)});
    }
    if (!tracked)
      return result;
    std::shared_ptr<BatchNormDoubleBackward> node(
        new BatchNormDoubleBackward(g, input, scale, statistics),
        torch::autograd::deleteNode);
    node->set_next_edges(torch::autograd::collect_next_edges(g, input, scale));
    torch::autograd::set_history(result, node);
    return result;
  }

  std::string name() const override { return "DynfaultBatchNormBackward"; }
  void release_variables() override {
    x.reset_data();
    gamma.reset_data();
  }

private:
  SavedVariable x, gamma;
  Statistics statistics;
};

} // namespace

at::Tensor dynfault::batchNormForCurvature(const at::Tensor &input,
                                           const at::Tensor &gamma,
                                           const at::Tensor &beta,
                                           const at::Tensor &runningMean,
                                           const at::Tensor &runningVar,
                                           double momentum, double epsilon) {
  at::Tensor output;
  Statistics statistics;
  statistics.epsilon = epsilon;
  {
    at::AutoDispatchBelowADInplaceOrView silence;
    std::tie(output, statistics.mean, statistics.inverseDeviation) =
        at::native_batch_norm(input, gamma, beta, runningMean, runningVar,
                              /*training=*/true, momentum, epsilon);
  }
  if (!torch::autograd::compute_requires_grad(input, gamma, beta))
    return output;
  std::shared_ptr<BatchNormBackward> node(
      new BatchNormBackward(input, gamma, statistics),
      torch::autograd::deleteNode);
  node->set_next_edges(torch::autograd::collect_next_edges(input, gamma, beta));
  torch::autograd::set_history(output, node);
  return output;
}
