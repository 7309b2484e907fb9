//===- ShapeRulesLayers.cpp - Shapes of products, windows, norms ----------===//
//
// After the formulas in PyTorch's documentation of torch.nn.functional.
//
//===----------------------------------------------------------------------===//

#include "passes/torch/ShapeRule.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

static void linear(Rule &rule) {
  Fact x = rule.fact(0), w = rule.fact(1);
  if (!x || !w || x->empty() || w->size() != 2 ||
      !expectEqual(rule, x->back(), (*w)[1], "the number of input features"))
    return;
  x->back() = (*w)[0];
  rule.result(x);
}

static void multiply(Rule &rule, Fact a, Fact b) {
  if (!a || !b || a->size() < 2 || b->size() < 2)
    return;
  if (!expectEqual(rule, a->back(), (*b)[b->size() - 2], "the inner size"))
    return;
  Sizes result{(*a)[a->size() - 2], b->back()};
  size_t rank = std::max(a->size(), b->size());
  for (size_t d = 3; d <= rank; ++d) {
    int64_t left = d <= a->size() ? (*a)[a->size() - d] : 1;
    int64_t right = d <= b->size() ? (*b)[b->size() - d] : 1;
    std::optional<int64_t> size = broadcastSize(left, right);
    if (!size)
      return rule.conflict("its operands have the shapes " + formatSizes(*a) +
                           " and " + formatSizes(*b));
    result.insert(result.begin(), *size);
  }
  rule.result(result);
}
static void matmul(Rule &rule) { multiply(rule, rule.fact(0), rule.fact(1)); }
static void addMultiply(Rule &rule) {
  multiply(rule, rule.fact(1), rule.fact(2));
}

static void attention(Rule &rule) {
  Fact query = rule.fact(0), value = rule.fact(2);
  if (!query || !value || query->empty() || value->empty())
    return;
  query->back() = value->back();
  rule.result(query);
}

//===----------------------------------------------------------------------===//
// Convolution and pooling
//===----------------------------------------------------------------------===//

struct Window {
  Sizes kernel, stride, padding, dilation;
};

/// The sizes after a window has moved over dimensions `first`...
static bool slide(Rule &rule, Sizes &sizes, size_t first, const Window &window,
                  bool ceil) {
  for (size_t i = 0; i < window.kernel.size(); ++i) {
    int64_t &size = sizes[first + i];
    int64_t k = window.kernel[i], s = window.stride[i], p = window.padding[i],
            d = window.dilation[i];
    if (isDynamic(size) || isDynamic(k) || isDynamic(s) || isDynamic(p) ||
        isDynamic(d) || s <= 0) {
      size = kDynamic;
      continue;
    }
    int64_t room = size + 2 * p - d * (k - 1) - 1;
    if (room < 0) {
      rule.conflict("a window of " + Twine(d * (k - 1) + 1) +
                    " does not fit into a size of " + Twine(size) +
                    " with padding " + Twine(p));
      return false;
    }
    int64_t out = (room + (ceil ? s - 1 : 0)) / s + 1;
    // The last window must start inside the input or its left padding.
    if (ceil && (out - 1) * s >= size + p)
      --out;
    size = out;
  }
  return true;
}

/// `stride`, `padding`, `dilation` stand at operands 3...; a transposed
/// convolution has its output padding at `outputPadding`.
static void convolve(Rule &rule, unsigned groups, unsigned dilation,
                     int outputPadding, bool transposed) {
  Fact x = rule.fact(0), w = rule.fact(1);
  if (!x || !w || w->size() < 3)
    return;
  size_t spatial = w->size() - 2;
  if (x->size() != w->size() && x->size() + 1 != w->size())
    return rule.conflict("its input has " + Twine(x->size()) +
                         " dimensions, its weight " + Twine(w->size()));
  size_t channel = x->size() - spatial - 1;
  Fact s = rule.integers(3, spatial), p = rule.integers(4, spatial),
       d = rule.integers(dilation, spatial);
  int64_t g = rule.integer(groups);
  Sizes out = *x;
  if (!s || !p || !d) {
    for (size_t i = 0; i < spatial; ++i)
      out[channel + 1 + i] = kDynamic;
  } else if (!transposed) {
    Window window{Sizes(w->begin() + 2, w->end()), *s, *p, *d};
    if (!slide(rule, out, channel + 1, window, false))
      return;
  } else {
    Fact extra = rule.integers(outputPadding, spatial);
    for (size_t i = 0; i < spatial; ++i) {
      int64_t &size = out[channel + 1 + i];
      if (!extra || isDynamic(size))
        size = kDynamic;
      else
        size = (size - 1) * (*s)[i] - 2 * (*p)[i] +
               (*d)[i] * ((*w)[2 + i] - 1) + (*extra)[i] + 1;
      if (!isDynamic(size) && size < 1)
        return rule.conflict("its output would be empty");
    }
  }
  if (isDynamic(g))
    g = 1;
  int64_t in = (*x)[channel];
  if (transposed) {
    if (!expectEqual(rule, in, (*w)[0], "the number of input channels"))
      return;
    out[channel] = isDynamic((*w)[1]) ? kDynamic : (*w)[1] * g;
  } else {
    if (!expectEqual(rule, in, isDynamic((*w)[1]) ? kDynamic : (*w)[1] * g,
                     "the number of input channels"))
      return;
    out[channel] = (*w)[0];
  }
  rule.result(out);
}

// conv2d(x, w, b, stride, padding, dilation, groups)
static void conv(Rule &rule) { convolve(rule, 6, 5, -1, false); }
// conv_transpose2d(x, w, b, stride, padding, output_padding, groups, dilation)
static void convTranspose(Rule &rule) { convolve(rule, 6, 7, 5, true); }
// convolution(x, w, b, stride, padding, dilation, transposed, output_padding,
// groups, ...)
static void convolution(Rule &rule) {
  int64_t transposed = rule.integer(6);
  if (!isDynamic(transposed))
    convolve(rule, 8, 5, 7, transposed != 0);
}

template <size_t spatial, bool isMax>
static void pool(Rule &rule) {
  Fact sizes = rule.fact(0);
  if (!sizes || sizes->size() < spatial)
    return;
  Fact kernel = rule.integers(1, spatial), stride = rule.integers(2, spatial),
       padding = rule.integers(3, spatial);
  Fact given = rule.fact(2);
  if (given && given->empty())
    stride = kernel;
  Fact dilation = isMax ? rule.integers(4, spatial) : Sizes(spatial, 1);
  int64_t ceil = rule.integer(isMax ? 5 : 4);
  if (!kernel || !stride || !padding || !dilation || isDynamic(ceil))
    return;
  for (size_t i = 0; i < spatial; ++i)
    if ((*padding)[i] * 2 > (*kernel)[i])
      return rule.conflict("its padding of " + Twine((*padding)[i]) +
                           " is more than half of its window of " +
                           Twine((*kernel)[i]));
  if (!slide(rule, *sizes, sizes->size() - spatial,
             {*kernel, *stride, *padding, *dilation}, ceil != 0))
    return;
  for (unsigned i = 0; i < rule.op->getNumResults(); ++i)
    rule.result(sizes, i);
}

template <size_t spatial>
static void adaptivePool(Rule &rule) {
  Fact sizes = rule.fact(0), out = rule.fact(1);
  if (!sizes || !out || sizes->size() < spatial)
    return;
  if (out->size() == 1)
    out->assign(spatial, out->front());
  std::copy(out->begin(), out->end(), sizes->end() - spatial);
  for (unsigned i = 0; i < rule.op->getNumResults(); ++i)
    rule.result(sizes, i);
}

static void pixelShuffle(Rule &rule) {
  Fact sizes = rule.fact(0);
  int64_t factor = rule.integer(1);
  if (!sizes || sizes->size() < 3 || isDynamic(factor))
    return;
  int64_t &channels = (*sizes)[sizes->size() - 3];
  if (!isDynamic(channels)) {
    if (channels % (factor * factor))
      return rule.conflict("its " + Twine(channels) +
                           " channels are no multiple of " +
                           Twine(factor * factor));
    channels /= factor * factor;
  }
  for (size_t i = 1; i <= 2; ++i)
    if (int64_t &size = (*sizes)[sizes->size() - i]; !isDynamic(size))
      size *= factor;
  rule.result(sizes);
}

//===----------------------------------------------------------------------===//
// Normalisation
//===----------------------------------------------------------------------===//

/// Weight, bias and running statistics have the size of dimension 1.
static void batchNorm(Rule &rule) {
  Fact sizes = rule.fact(0);
  if (!sizes || sizes->size() < 2)
    return;
  for (unsigned i = 1; i <= 4; ++i)
    if (Fact parameter = rule.fact(i);
        parameter && parameter->size() == 1 &&
        !expectEqual(rule, (*sizes)[1], parameter->front(),
                     "the number of channels"))
      return;
  rule.result(sizes);
}

// group_norm(x, num_groups, weight, bias, ...)
static void groupNorm(Rule &rule) {
  Fact sizes = rule.fact(0);
  int64_t groups = rule.integer(1);
  if (!sizes || sizes->size() < 2)
    return;
  int64_t channels = (*sizes)[1];
  if (!isDynamic(groups) && !isDynamic(channels) && channels % groups)
    return rule.conflict(Twine(channels) + " channels cannot be put into " +
                         Twine(groups) + " groups");
  for (unsigned i = 2; i <= 3; ++i)
    if (Fact parameter = rule.fact(i);
        parameter && !expectEqual(rule, channels, parameter->front(),
                                  "the number of channels"))
      return;
  rule.result(sizes);
}

// layer_norm(x, normalized_shape, weight, bias, ...)
static void layerNorm(Rule &rule) {
  Fact sizes = rule.fact(0), shape = rule.fact(1);
  if (!sizes)
    return;
  if (shape && shape->size() <= sizes->size())
    for (size_t i = 1; i <= shape->size(); ++i)
      if (!expectEqual(rule, (*sizes)[sizes->size() - i],
                       (*shape)[shape->size() - i], "the normalised size"))
        return;
  rule.result(sizes);
}

static void embedding(Rule &rule) {
  Fact weight = rule.fact(0), indices = rule.fact(1);
  if (!weight || !indices || weight->size() != 2)
    return;
  indices->push_back((*weight)[1]);
  rule.result(indices);
}

//===----------------------------------------------------------------------===//
// Recurrent layers
//===----------------------------------------------------------------------===//

/// `lstm.input(x, hx, params, has_biases, layers, dropout, train,
/// bidirectional, batch_first)`: the weights are params[0], (gates * H, in),
/// and params[1], (gates * H, H); the state's size is that of the second.
static void recurrent(Rule &rule) {
  Fact x = rule.fact(0);
  auto params =
      rule.op->getNumOperands() == 9
          ? rule.op->getOperand(2).getDefiningOp<PrimListConstructOp>()
          : nullptr;
  if (!x || x->size() != 3 || !params || params->getNumOperands() < 2)
    return;
  Fact input = rule.fact(params->getOpOperand(0)),
       hidden = rule.fact(params->getOpOperand(1));
  int64_t layers = rule.integer(4), both = rule.integer(7),
          batchFirst = rule.integer(8);
  if (!input || !hidden || hidden->size() != 2 || isDynamic(both))
    return;
  if (!expectEqual(rule, x->back(), (*input)[1],
                   "the number of input features"))
    return;
  int64_t units = (*hidden)[1], directions = both ? 2 : 1;
  auto checkState = [&](OpOperand &state) {
    Fact sizes = rule.fact(state);
    return !sizes || sizes->empty() ||
           expectEqual(rule, sizes->back(), units, "the number of units");
  };
  if (getTensorInfo(rule.op->getOperand(1).getType())) {
    if (!checkState(rule.op->getOpOperand(1)))
      return;
  } else if (auto states =
                 rule.op->getOperand(1).getDefiningOp<PrimListConstructOp>()) {
    for (OpOperand &state : states->getOpOperands())
      if (!checkState(state))
        return;
  }
  Sizes state{isDynamic(layers) ? kDynamic : layers * directions,
              isDynamic(batchFirst) ? kDynamic : (*x)[batchFirst ? 0 : 1],
              units};
  x->back() = isDynamic(units) ? kDynamic : units * directions;
  rule.result(x);
  for (unsigned i = 1; i < rule.op->getNumResults(); ++i)
    rule.result(state, i);
}

/// `lstm_cell(x, [h, c], w_ih, w_hh, ...)`, `gru_cell(x, h, w_ih, w_hh, ...)`.
static void recurrentCell(Rule &rule) {
  Fact x = rule.fact(0), input = rule.fact(2), hidden = rule.fact(3);
  if (!x || x->empty() || !input || !hidden || hidden->size() != 2 ||
      !expectEqual(rule, x->back(), (*input)[1],
                   "the number of input features"))
    return;
  x->back() = (*hidden)[1];
  for (unsigned i = 0; i < rule.op->getNumResults(); ++i)
    rule.result(x, i);
}

void dynfault::torch::addLayerRules(ShapeRules &rules) {
  const std::pair<StringRef, ShapeRule> all[] = {
      {"linear", linear},
      {"mm", matmul},
      {"bmm", matmul},
      {"matmul", matmul},
      {"addmm", addMultiply},
      {"baddbmm", addMultiply},
      {"scaled_dot_product_attention", attention},
      {"_scaled_dot_product_attention", attention},
      {"conv1d", conv},
      {"conv2d", conv},
      {"conv3d", conv},
      {"conv_transpose1d", convTranspose},
      {"conv_transpose2d", convTranspose},
      {"conv_transpose3d", convTranspose},
      {"convolution", convolution},
      {"_convolution", convolution},
      {"max_pool1d", pool<1, true>},
      {"max_pool2d", pool<2, true>},
      {"max_pool3d", pool<3, true>},
      {"max_pool2d_with_indices", pool<2, true>},
      {"avg_pool1d", pool<1, false>},
      {"avg_pool2d", pool<2, false>},
      {"avg_pool3d", pool<3, false>},
      {"adaptive_avg_pool1d", adaptivePool<1>},
      {"adaptive_avg_pool2d", adaptivePool<2>},
      {"adaptive_avg_pool3d", adaptivePool<3>},
      {"adaptive_max_pool1d", adaptivePool<1>},
      {"adaptive_max_pool2d", adaptivePool<2>},
      {"pixel_shuffle", pixelShuffle},
      {"batch_norm", batchNorm},
      {"instance_norm", batchNorm},
      {"group_norm", groupNorm},
      {"layer_norm", layerNorm},
      {"embedding", embedding},
      {"lstm", recurrent},
      {"gru", recurrent},
      {"rnn_tanh", recurrent},
      {"rnn_relu", recurrent},
      {"lstm_cell", recurrentCell},
      {"gru_cell", recurrentCell},
      {"rnn_tanh_cell", recurrentCell},
      {"rnn_relu_cell", recurrentCell},
  };
  for (auto [name, rule] : all)
    rules[name] = rule;
}
