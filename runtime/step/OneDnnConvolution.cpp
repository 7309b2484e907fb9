//===- OneDnnConvolution.cpp - oneDNN's convolution, made once ------------===//
//
// Describes convolutions as LibTorch does (ideep): over two dimensions, with
// the direct algorithm, and with layouts that oneDNN chooses.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/OneDnnConvolution.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <optional>

#if DYNFAULT_WITH_ONEDNN
#include <oneapi/dnnl/dnnl.hpp>
#endif

using namespace dynfault;

#if DYNFAULT_WITH_ONEDNN

using dnnl::memory;

namespace {

const dnnl::engine &engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

dnnl::stream &stream() {
  static dnnl::stream inOrder(engine());
  return inOrder;
}

/// Work space is given to a primitive, as LibTorch does.
dnnl::primitive_attr attributes() {
  dnnl::primitive_attr result;
  result.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return result;
}

/// The description of a primitive; what it takes is the same in oneDNN 2 and 3.
template <typename Primitive, typename... Hint, typename... Argument>
typename Primitive::primitive_desc describe(const std::tuple<Hint...> &hint,
                                            const Argument &...arguments) {
  return std::apply(
      [&](const auto &...given) {
#if DNNL_VERSION_MAJOR >= 3
        return typename Primitive::primitive_desc(engine(), arguments...,
                                                  given..., attributes());
#else
        return typename Primitive::primitive_desc(
            typename Primitive::desc(arguments...), attributes(), engine(),
            given...);
#endif
      },
      hint);
}

/// A primitive with all its arguments.
class Call {
public:
  template <typename Description, typename Primitive>
  Call(const Description &description, const Primitive &primitive,
       const std::vector<std::pair<int, memory>> &arguments)
      : primitive(primitive), memories(arguments) {
    memories.emplace_back(DNNL_ARG_SCRATCHPAD,
                          memory(description.scratchpad_desc(), engine()));
    for (const auto &[kind, argument] : memories)
      list.push_back({kind, argument.get()});
  }
  void run() const {
    dnnl::error::wrap_c_api(
        dnnl_primitive_execute(primitive.get(), stream().get(),
                               static_cast<int>(list.size()), list.data()),
        "a convolution failed in oneDNN");
  }

private:
  dnnl::primitive primitive;
  std::vector<std::pair<int, memory>> memories;
  std::vector<dnnl_exec_arg_t> list;
};

/// A tensor that a primitive reads or writes: in the primitive's own layout,
/// and copied from or to the tensor where that is another one.
class Operand {
public:
  enum Direction { Read, Write };

  Operand(const memory::desc &tensor, const memory::desc &layout,
          Direction direction)
      : outside(tensor, engine(), DNNL_MEMORY_NONE) {
    if (tensor == layout) {
      inside = outside;
      return;
    }
    inside = memory(layout, engine());
    const memory &from = direction == Read ? outside : inside,
                 &to = direction == Read ? inside : outside;
    dnnl::reorder::primitive_desc description(from, to, attributes());
    copy.emplace(description, dnnl::reorder(description),
                 std::vector<std::pair<int, memory>>{{DNNL_ARG_FROM, from},
                                                     {DNNL_ARG_TO, to}});
  }

  /// What the primitive takes.
  const memory &argument() const { return inside; }
  void bind(const at::Tensor &tensor) {
    outside.set_data_handle(tensor.data_ptr());
  }
  void copyIfNeeded() const {
    if (copy)
      copy->run();
  }

private:
  memory outside, inside;
  std::optional<Call> copy;
};

class Convolution : public OneDnnConvolution {
public:
  Convolution(const at::Tensor &input, const at::Tensor &weight,
              const at::Tensor &bias, const ConvolutionSettings &settings);
  std::vector<int64_t> outputSizes() const override { return sizes; }
  void forward(const at::Tensor &input, const at::Tensor &weight,
               const at::Tensor &bias, const at::Tensor &output) override;
  bool prepareBackward(std::array<bool, 3> mask) override;
  void backward(const at::Tensor &gradient, const at::Tensor &input,
                const at::Tensor &weight,
                const std::array<at::Tensor, 3> &gradients) override;

private:
  using Desc = memory::desc;

  void describeTensors(const at::Tensor &input, const at::Tensor &weight,
                       const at::Tensor &bias,
                       const ConvolutionSettings &settings);

  static Desc any(const Desc &desc) {
    return Desc(dimsOf(desc), memory::data_type::f32, memory::format_tag::any);
  }
  static memory::dims dimsOf(const Desc &desc) {
#if DNNL_VERSION_MAJOR >= 3
    return desc.get_dims();
#else
    return desc.dims();
#endif
  }

  std::vector<int64_t> sizes; ///< Of the output.
  memory::dims stride, padding, dilation;
  Desc inputDesc, weightDesc, biasDesc, outputDesc; ///< Of the tensors.
  bool hasBias;
  std::optional<dnnl::convolution_forward::primitive_desc> description;
  std::optional<Operand> x, w, b, y;
  std::optional<Call> call;

  // Backward: derivatives of output and inputs, and the weight again, which may
  // have another layout for it.
  std::optional<Operand> dyOfInput, dyOfWeight, wOfInput, xOfWeight, dx, dw, db;
  std::optional<Call> inputCall, weightCall;
  bool gradientIsShared = false, inputIsShared = false;
};

/// Dense, row-major.
memory::dims rowMajor(const memory::dims &dims) {
  memory::dims strides(dims.size(), 1);
  for (size_t i = dims.size() - 1; i > 0; --i)
    strides[i - 1] = strides[i] * dims[i];
  return strides;
}

/// One dimension becomes the second of two.
memory::dims withTwo(at::IntArrayRef perDimension, int64_t first) {
  memory::dims result(perDimension.begin(), perDimension.end());
  if (result.size() == 1)
    result.insert(result.begin(), first);
  return result;
}

void Convolution::describeTensors(const at::Tensor &input,
                                  const at::Tensor &weight,
                                  const at::Tensor &bias,
                                  const ConvolutionSettings &settings) {
  const auto f32 = memory::data_type::f32;
  stride = withTwo(settings.stride, 1);
  padding = withTwo(settings.padding, 0);
  memory::dims image = withTwo(input.sizes().slice(2), 1),
               kernel = withTwo(weight.sizes().slice(2), 1);
  memory::dims imageStrides =
      withTwo(input.strides().slice(2), input.stride(-1) * input.size(-1));
  sizes = {input.size(0), weight.size(0)};
  memory::dims output = {input.size(0), weight.size(0)};
  for (size_t i = 0; i < 2; ++i) {
    int64_t spread = withTwo(settings.dilation, 1)[i];
    dilation.push_back(spread - 1);
    int64_t covered = (kernel[i] - 1) * spread + 1;
    output.push_back((image[i] + 2 * padding[i] - covered) / stride[i] + 1);
  }
  sizes.insert(sizes.end(), output.end() - (input.dim() - 2), output.end());
  inputDesc = Desc({input.size(0), input.size(1), image[0], image[1]}, f32,
                   memory::dims{input.stride(0), input.stride(1),
                                imageStrides[0], imageStrides[1]});
  memory::dims weightDims = {weight.size(0), weight.size(1), kernel[0],
                             kernel[1]};
  if (settings.groups > 1) {
    weightDims[0] /= settings.groups;
    weightDims.insert(weightDims.begin(), settings.groups);
  }
  weightDesc = Desc(weightDims, f32, rowMajor(weightDims));
  outputDesc = Desc(output, f32, rowMajor(output));
  hasBias = bias.defined();
  if (hasBias)
    biasDesc = Desc({weight.size(0)}, f32, memory::format_tag::x);
}

Convolution::Convolution(const at::Tensor &input, const at::Tensor &weight,
                         const at::Tensor &bias,
                         const ConvolutionSettings &settings) {
  describeTensors(input, weight, bias, settings);
  const auto training = dnnl::prop_kind::forward_training;
  const auto direct = dnnl::algorithm::convolution_direct;
  using Forward = dnnl::convolution_forward;
  if (hasBias)
    description = describe<Forward>(
        std::tuple<>(), training, direct, any(inputDesc), any(weightDesc),
        any(biasDesc), any(outputDesc), stride, dilation, padding, padding);
  else
    description = describe<Forward>(
        std::tuple<>(), training, direct, any(inputDesc), any(weightDesc),
        any(outputDesc), stride, dilation, padding, padding);
  x.emplace(inputDesc, description->src_desc(), Operand::Read);
  w.emplace(weightDesc, description->weights_desc(), Operand::Read);
  y.emplace(outputDesc, description->dst_desc(), Operand::Write);
  std::vector<std::pair<int, memory>> arguments = {
      {DNNL_ARG_SRC, x->argument()},
      {DNNL_ARG_WEIGHTS, w->argument()},
      {DNNL_ARG_DST, y->argument()}};
  if (hasBias) {
    b.emplace(biasDesc, description->bias_desc(), Operand::Read);
    arguments.emplace_back(DNNL_ARG_BIAS, b->argument());
  }
  call.emplace(*description, Forward(*description), arguments);
}

void Convolution::forward(const at::Tensor &input, const at::Tensor &weight,
                          const at::Tensor &bias, const at::Tensor &output) {
  x->bind(input);
  w->bind(weight);
  y->bind(output);
  x->copyIfNeeded();
  w->copyIfNeeded();
  if (hasBias) {
    b->bind(bias);
    b->copyIfNeeded();
  }
  call->run();
  y->copyIfNeeded();
}

bool Convolution::prepareBackward(std::array<bool, 3> mask) {
  const auto direct = dnnl::algorithm::convolution_direct;
  using BackwardData = dnnl::convolution_backward_data;
  using BackwardWeights = dnnl::convolution_backward_weights;
  std::tuple<dnnl::convolution_forward::primitive_desc> hint(*description);
  // LibTorch asks for no bias without a weight.
  if (!mask[1] || mask[2] != hasBias)
    return false;
  try {
    if (mask[0]) {
      auto ofInput = describe<BackwardData>(hint, direct, any(inputDesc),
                                            any(weightDesc), any(outputDesc),
                                            stride, dilation, padding, padding);
      // The gradient of the input is dense, whatever the input's strides.
      memory::dims dims = dimsOf(inputDesc);
      dx.emplace(Desc(dims, memory::data_type::f32, rowMajor(dims)),
                 ofInput.diff_src_desc(), Operand::Write);
      wOfInput.emplace(weightDesc, ofInput.weights_desc(), Operand::Read);
      dyOfInput.emplace(outputDesc, ofInput.diff_dst_desc(), Operand::Read);
      inputCall.emplace(ofInput, BackwardData(ofInput),
                        std::vector<std::pair<int, memory>>{
                            {DNNL_ARG_DIFF_SRC, dx->argument()},
                            {DNNL_ARG_WEIGHTS, wOfInput->argument()},
                            {DNNL_ARG_DIFF_DST, dyOfInput->argument()}});
    }
    auto ofWeight =
        hasBias ? describe<BackwardWeights>(hint, direct, any(inputDesc),
                                            any(weightDesc), any(biasDesc),
                                            any(outputDesc), stride, dilation,
                                            padding, padding)
                : describe<BackwardWeights>(hint, direct, any(inputDesc),
                                            any(weightDesc), any(outputDesc),
                                            stride, dilation, padding, padding);
    inputIsShared = ofWeight.src_desc() == description->src_desc();
    if (!inputIsShared)
      xOfWeight.emplace(inputDesc, ofWeight.src_desc(), Operand::Read);
    gradientIsShared = dyOfInput && ofWeight.diff_dst_desc() ==
                                        dyOfInput->argument().get_desc();
    if (!gradientIsShared)
      dyOfWeight.emplace(outputDesc, ofWeight.diff_dst_desc(), Operand::Read);
    dw.emplace(weightDesc, ofWeight.diff_weights_desc(), Operand::Write);
    std::vector<std::pair<int, memory>> arguments = {
        {DNNL_ARG_SRC, (inputIsShared ? x : xOfWeight)->argument()},
        {DNNL_ARG_DIFF_DST,
         (gradientIsShared ? dyOfInput : dyOfWeight)->argument()},
        {DNNL_ARG_DIFF_WEIGHTS, dw->argument()}};
    if (hasBias) {
      db.emplace(biasDesc, ofWeight.diff_bias_desc(), Operand::Write);
      arguments.emplace_back(DNNL_ARG_DIFF_BIAS, db->argument());
    }
    weightCall.emplace(ofWeight, BackwardWeights(ofWeight), arguments);
  } catch (const dnnl::error &) {
    return false;
  }
  return true;
}

void Convolution::backward(const at::Tensor &gradient, const at::Tensor &input,
                           const at::Tensor &weight,
                           const std::array<at::Tensor, 3> &gradients) {
  if (inputCall) {
    dyOfInput->bind(gradient);
    wOfInput->bind(weight);
    dx->bind(gradients[0]);
    dyOfInput->copyIfNeeded();
    wOfInput->copyIfNeeded();
    inputCall->run();
    dx->copyIfNeeded();
  }
  if (!gradientIsShared) {
    dyOfWeight->bind(gradient);
    dyOfWeight->copyIfNeeded();
  }
  // What is shared has been copied in the forward pass.
  if (inputIsShared) {
    x->bind(input);
  } else {
    xOfWeight->bind(input);
    xOfWeight->copyIfNeeded();
  }
  dw->bind(gradients[1]);
  if (hasBias)
    db->bind(gradients[2]);
  weightCall->run();
  dw->copyIfNeeded();
  if (hasBias)
    db->copyIfNeeded();
}

} // namespace

std::shared_ptr<OneDnnConvolution>
OneDnnConvolution::create(const at::Tensor &input, const at::Tensor &weight,
                          const at::Tensor &bias,
                          const ConvolutionSettings &settings) {
  size_t dims = settings.stride.size();
  if (dims < 1 || dims > 2 || input.dim() != static_cast<int64_t>(dims) + 2 ||
      weight.dim() != input.dim() || input.numel() == 0)
    return nullptr;
  for (const at::Tensor &tensor : {input, weight, bias})
    if (tensor.defined() &&
        (tensor.scalar_type() != at::kFloat || !tensor.device().is_cpu()))
      return nullptr;
  if (!weight.is_contiguous() || (bias.defined() && !bias.is_contiguous()) ||
      !input.is_non_overlapping_and_dense())
    return nullptr;
  // A primitive divides its sums among the threads that OpenMP has when it is
  // made, and LibTorch tells OpenMP how many with its first parallel loop.
  at::init_num_threads();
  try {
    return std::make_shared<Convolution>(input, weight, bias, settings);
  } catch (const dnnl::error &) {
    return nullptr;
  }
}

#else

std::shared_ptr<OneDnnConvolution>
OneDnnConvolution::create(const at::Tensor &, const at::Tensor &,
                          const at::Tensor &, const ConvolutionSettings &) {
  return nullptr;
}

#endif
