//===- DoubleBackward.cpp - Layers with a cheap second derivative ---------===//
//
// Both layers are bilinear in input and weight, so they share their structure:
// y = L(x, w) + b; a backward (gx, gw, gb) = (Lx(g, w), Lw(g, x), sum g), which
// is linear in g, x and w each; and a backward of the backward.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/DoubleBackward.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <array>
#include <memory>
#include <optional>

using namespace dynfault;
using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

namespace {

using Wanted = std::array<bool, 3>;

/// y = x w^T.
struct Linear {
  at::Tensor forward(const at::Tensor &x, const at::Tensor &w,
                     const at::Tensor &b) const {
    return at::linear(x, w, b);
  }

  static at::Tensor rows(const at::Tensor &x) {
    return x.dim() == 2 ? x : x.reshape({-1, x.size(-1)});
  }
  static at::Tensor shapedLike(const at::Tensor &flat, const at::Tensor &x) {
    return x.dim() == 2 ? flat : flat.view(x.sizes());
  }

  variable_list backward(const at::Tensor &g, const at::Tensor &x,
                         const at::Tensor &w, const Wanted &wanted) const {
    at::Tensor flat = rows(g);
    variable_list result(3);
    if (wanted[0])
      result[0] = shapedLike(flat.mm(w), x);
    if (wanted[1])
      result[1] = flat.t().mm(rows(x));
    if (wanted[2])
      result[2] = flat.sum(0);
    return result;
  }

  /// L(u, w) + L(x, v) + c; u, v and c may be undefined, not all.
  at::Tensor forwardBoth(const at::Tensor &u, const at::Tensor &v,
                         const at::Tensor &c, const at::Tensor &x,
                         const at::Tensor &w, const at::Tensor &g) const {
    at::Tensor sum = c.defined() ? c : at::Tensor();
    auto add = [&](const at::Tensor &left, const at::Tensor &right) {
      sum = sum.defined() ? at::addmm(sum, rows(left), right.t())
                          : rows(left).mm(right.t());
    };
    if (v.defined())
      add(x, v);
    if (u.defined())
      add(u, w);
    if (!u.defined() && !v.defined())
      return sum.expand_as(g);
    return shapedLike(sum, g);
  }
};

/// y = x * w.
struct Convolution {
  ConvolutionShape shape;

  at::Tensor forward(const at::Tensor &x, const at::Tensor &w,
                     const at::Tensor &b) const {
    return at::convolution(x, w, b, shape.stride, shape.padding, shape.dilation,
                           /*transposed=*/false, zeros(w), shape.groups);
  }

  static std::vector<int64_t> zeros(const at::Tensor &w) {
    return std::vector<int64_t>(static_cast<size_t>(w.dim()) - 2, 0);
  }

  variable_list backward(const at::Tensor &g, const at::Tensor &x,
                         const at::Tensor &w, const Wanted &wanted) const {
    variable_list result(3);
    if (!wanted[0] && !wanted[1] && !wanted[2])
      return result;
    std::vector<int64_t> biasSize = {w.size(0)};
    std::tie(result[0], result[1], result[2]) = at::convolution_backward(
        g, x, w, at::OptionalIntArrayRef(biasSize), shape.stride, shape.padding,
        shape.dilation, /*transposed=*/false, zeros(w), shape.groups, wanted);
    return result;
  }

  at::Tensor forwardBoth(const at::Tensor &u, const at::Tensor &v,
                         const at::Tensor &c, const at::Tensor &x,
                         const at::Tensor &w, const at::Tensor &g) const {
    // One convolution of twice the channels costs less than two.
    if (u.defined() && v.defined() && shape.groups == 1)
      return forward(at::cat({u, x}, 1), at::cat({w, v}, 1), c);
    at::Tensor sum;
    if (v.defined())
      sum = forward(x, v, c);
    if (u.defined())
      sum = sum.defined() ? sum + forward(u, w, {}) : forward(u, w, c);
    if (sum.defined())
      return sum;
    std::vector<int64_t> perChannel(static_cast<size_t>(g.dim()), 1);
    perChannel[1] = -1;
    return c.view(perChannel).expand_as(g);
  }
};

/// Whether autograd is to note what a node computes: nodes are run with
/// gradients enabled to build a graph, and without to use it.
class Silence {
public:
  explicit Silence(bool silent) {
    if (silent)
      guard.emplace();
  }

private:
  std::optional<at::AutoDispatchBelowADInplaceOrView> guard;
};

/// The backward of a layer's backward: inputs are the directions u, v, c of
/// (gx, gw, gb), outputs those of g, x and w.
template <typename Layer>
struct DoubleBackward : torch::autograd::Node {
  DoubleBackward(Layer layer, const at::Tensor &g, const at::Tensor &x,
                 const at::Tensor &w)
      : layer(std::move(layer)), g(g, false), x(x, false), w(w, false) {}

  variable_list apply(variable_list &&directions) override {
    // A third derivative is that of what stands here.
    Silence silence(!at::GradMode::is_enabled());
    at::Tensor gradient = g.unpack(), input = x.unpack(), weight = w.unpack();
    const at::Tensor &u = directions[0], &v = directions[1], &c = directions[2];
    variable_list result(3);
    if (!u.defined() && !v.defined() && !c.defined())
      return result;
    if (task_should_compute_output(0))
      result[0] = layer.forwardBoth(u, v, c, input, weight, gradient);
    if (v.defined() && task_should_compute_output(1))
      result[1] = layer.backward(gradient, input, v, {true, false, false})[0];
    if (u.defined() && task_should_compute_output(2))
      result[2] = layer.backward(gradient, u, weight, {false, true, false})[1];
    return result;
  }

  std::string name() const override { return "DynfaultDoubleBackward"; }
  void release_variables() override {
    g.reset_data();
    x.reset_data();
    w.reset_data();
  }

  Layer layer;
  SavedVariable g, x, w;
};

/// A layer's backward.
template <typename Layer>
struct Backward : torch::autograd::Node {
  Backward(Layer layer, const at::Tensor &x, const at::Tensor &w)
      : layer(std::move(layer)), x(x, false), w(w, false) {}

  variable_list apply(variable_list &&gradients) override {
    const at::Tensor &g = gradients[0];
    if (!g.defined())
      return variable_list(3);
    at::Tensor input = x.unpack(), weight = w.unpack();
    bool tracked = torch::autograd::compute_requires_grad(g, input, weight);
    variable_list result;
    {
      Silence silence(true);
      result = layer.backward(g, input, weight,
                              {task_should_compute_output(0),
                               task_should_compute_output(1),
                               task_should_compute_output(2)});
    }
    if (!tracked)
      return result;
    std::shared_ptr<DoubleBackward<Layer>> node(
        new DoubleBackward<Layer>(layer, g, input, weight),
        torch::autograd::deleteNode);
    node->set_next_edges(torch::autograd::collect_next_edges(g, input, weight));
    torch::autograd::set_history(result, node);
    return result;
  }

  std::string name() const override { return "DynfaultBackward"; }
  void release_variables() override {
    x.reset_data();
    w.reset_data();
  }

  Layer layer;
  SavedVariable x, w;
};

template <typename Layer>
at::Tensor apply(Layer layer, const at::Tensor &x, const at::Tensor &w,
                 const at::Tensor &b) {
  if (!torch::autograd::compute_requires_grad(x, w, b))
    return layer.forward(x, w, b);
  at::Tensor y;
  {
    Silence silence(true);
    y = layer.forward(x, w, b);
  }
  std::shared_ptr<Backward<Layer>> node(
      new Backward<Layer>(std::move(layer), x, w), torch::autograd::deleteNode);
  node->set_next_edges(torch::autograd::collect_next_edges(x, w, b));
  torch::autograd::set_history(y, node);
  return y;
}

} // namespace

at::Tensor dynfault::linearForCurvature(const at::Tensor &input,
                                        const at::Tensor &weight,
                                        const at::Tensor &bias) {
  return apply(Linear(), input, weight, bias);
}

at::Tensor dynfault::convolutionForCurvature(const at::Tensor &input,
                                             const at::Tensor &weight,
                                             const at::Tensor &bias,
                                             const ConvolutionShape &shape) {
  return apply(Convolution{shape}, input, weight, bias);
}
