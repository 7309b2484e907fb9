//===- PiecewiseLinear.cpp - ReLU and max pooling, differentiated twice ---===//
//
// Between their kinks these layers are linear maps, chosen by their input: a
// mask, a selection. Their backward is the adjoint map, the backward of that
// the map itself, and so on; none depends on the input in any other way. For
// that dependence LibTorch makes a tensor of zeros as large as the activation,
// and adds it to the gradients of others. Here there is none.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/DoubleBackward.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <memory>

using namespace dynfault;
using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

namespace {

/// Lets through what belongs to an output above zero. `choice`: the output.
struct Mask {
  using Adjoint = Mask;
  Adjoint adjoint() const { return {}; }

  at::Tensor operator()(const at::Tensor &g, const at::Tensor &choice) const {
    return at::threshold_backward(g, choice, 0);
  }
};

struct Selection;

/// Adds each entry to where it came from. `choice`: the places.
struct Placement {
  using Adjoint = Selection;
  Adjoint adjoint() const;

  at::Tensor operator()(const at::Tensor &g, const at::Tensor &choice) const {
    return at::max_pool2d_with_indices_backward(
        g, input, shape.kernel, shape.stride, shape.padding, shape.dilation,
        shape.ceilMode, choice);
  }

  PoolShape shape;
  at::Tensor input; // Only its shape is read.
};

/// The entries at the places `choice`.
struct Selection {
  using Adjoint = Placement;
  Adjoint adjoint() const { return {shape, input}; }

  at::Tensor operator()(const at::Tensor &u, const at::Tensor &choice) const {
    std::vector<int64_t> rows = choice.sizes().vec();
    rows.resize(rows.size() - 2);
    rows.push_back(-1);
    return u.contiguous(choice.suggest_memory_format())
        .view(rows)
        .gather(-1, choice.view(rows))
        .view(choice.sizes());
  }

  PoolShape shape;
  at::Tensor input;
};

Selection Placement::adjoint() const { return {shape, input}; }

/// A linear map as a node; its own derivative is its adjoint.
template <typename Map>
struct LinearMap : torch::autograd::Node {
  LinearMap(Map map, const at::Tensor &choice)
      : map(std::move(map)), choice(choice, false) {}

  variable_list apply(variable_list &&gradients) override {
    const at::Tensor &g = gradients[0];
    if (!g.defined())
      return variable_list(1);
    at::Tensor chosen = choice.unpack(), result;
    {
      at::AutoDispatchBelowADInplaceOrView silence;
      result = map(g, chosen);
    }
    if (torch::autograd::compute_requires_grad(g))
      LinearMap<typename Map::Adjoint>::attach(map.adjoint(), chosen, g,
                                               result);
    return {result};
  }

  /// Notes that `result` comes from `input`, with the map as backward.
  static void attach(Map map, const at::Tensor &choice, const at::Tensor &input,
                     at::Tensor &result) {
    std::shared_ptr<LinearMap> node(new LinearMap(std::move(map), choice),
                                    torch::autograd::deleteNode);
    node->set_next_edges(torch::autograd::collect_next_edges(input));
    torch::autograd::set_history(result, node);
  }

  std::string name() const override { return "DynfaultLinearMap"; }
  void release_variables() override { choice.reset_data(); }

  Map map;
  SavedVariable choice;
};

} // namespace

at::Tensor dynfault::reluForCurvature(const at::Tensor &input) {
  if (!torch::autograd::compute_requires_grad(input))
    return at::relu(input);
  at::Tensor result;
  {
    at::AutoDispatchBelowADInplaceOrView silence;
    result = at::relu(input);
  }
  // An alias, because a node that holds its own output would never be freed.
  LinearMap<Mask>::attach({}, result.detach(), input, result);
  return result;
}

at::Tensor dynfault::maxPoolForCurvature(const at::Tensor &input,
                                         const PoolShape &shape) {
  at::Tensor result, places;
  {
    at::AutoDispatchBelowADInplaceOrView silence;
    std::tie(result, places) = at::max_pool2d_with_indices(
        input, shape.kernel, shape.stride, shape.padding, shape.dilation,
        shape.ceilMode);
  }
  if (torch::autograd::compute_requires_grad(input))
    LinearMap<Placement>::attach({shape, input.detach()}, places, input,
                                 result);
  return result;
}
