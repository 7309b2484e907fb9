//===- ProductTape.cpp - The same product once more -----------------------===//
//
// A test for each kind of graph and not for each graph: what could make a tape
// wrong, a computation that no operator shows, is part of the kind.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/ProductTape.h"

#include "runtime/curvature/TapeBuilder.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/version.h>

#include <cstring>
#include <exception>
#include <mutex>
#include <unordered_set>

using namespace dynfault;
using torch::autograd::Node;

static bool hasHooks(Node &node) {
#if TORCH_VERSION_MAJOR >= 2
  if (!node.tensor_pre_hooks().empty() || !node.retains_grad_hooks().empty())
    return true;
#endif
  return !node.pre_hooks().empty() || !node.post_hooks().empty();
}

/// Whether something of the user's runs while the graph is walked.
static bool graphHasHooks(const std::vector<at::Tensor> &roots) {
  std::vector<Node *> pending;
  std::unordered_set<Node *> seen;
  auto visit = [&](Node *node) {
    if (node && seen.insert(node).second)
      pending.push_back(node);
  };
  for (const at::Tensor &root : roots)
    if (root.defined())
      visit(root.grad_fn().get());
  while (!pending.empty()) {
    Node *node = pending.back();
    pending.pop_back();
    if (hasHooks(*node))
      return true;
    for (const torch::autograd::Edge &edge : node->next_edges())
      visit(edge.function.get());
  }
  return false;
}

static bool sameBits(const at::Tensor &a, const at::Tensor &b) {
  if (!a.defined() || !b.defined())
    return a.defined() == b.defined();
  if (a.sizes() != b.sizes() || a.scalar_type() != b.scalar_type())
    return false;
  at::Tensor left = a.contiguous(), right = b.contiguous();
  return std::memcmp(left.data_ptr(), right.data_ptr(), left.nbytes()) == 0;
}

static bool sameBits(const std::vector<at::Tensor> &a,
                     const std::vector<at::Tensor> &b) {
  bool same = a.size() == b.size();
  for (size_t i = 0; same && i < a.size(); ++i)
    same = sameBits(a[i], b[i]);
  return same;
}

/// Vectors unlike those of any product, without an entry that is zero.
static std::vector<at::Tensor>
testVectors(const std::vector<at::Tensor> &like) {
  at::NoGradGuard noGrad;
  std::vector<at::Tensor> result;
  double phase = 1;
  for (const at::Tensor &tensor : like) {
    auto count = static_cast<double>(tensor.numel());
    result.push_back(at::arange(phase, phase + count - 0.5, 1, tensor.options())
                         .cos()
                         .view(tensor.sizes()));
    phase += count;
  }
  return result;
}

namespace {

/// The kinds of graphs whose tapes were tested in this process.
class TestedKinds {
public:
  bool contains(uint64_t signature) {
    std::lock_guard<std::mutex> lock(mutex);
    return signatures.count(signature) > 0;
  }
  void add(uint64_t signature) {
    std::lock_guard<std::mutex> lock(mutex);
    signatures.insert(signature);
  }

private:
  std::mutex mutex;
  std::unordered_set<uint64_t> signatures;
};

} // namespace

static TestedKinds &testedKinds() {
  static TestedKinds kinds;
  return kinds;
}

bool dynfault::agrees(const OperatorTape &tape,
                      const ProductTape::Function &function,
                      const ProductTape::Tensors &inputs,
                      const ProductTape::Tensors &results) {
  ProductTape::Tensors others = testVectors(inputs),
                       expected = function(others);
  try {
    return sameBits(tape.run(others), expected) &&
           sameBits(tape.run(inputs), results);
  } catch (const std::exception &) {
    // An operator that minds being called from here.
    return false;
  }
}

ProductTape::Tensors ProductTape::record(const Tensors &inputs) {
  TapeBuilder builder(inputs);
  if (!OperatorRecording::available())
    reason = "another library records operators";
  else if (graphHasHooks(differentiated))
    reason = "the graph has hooks";
  else
    reason = builder.whyNot();
  if (!reason.empty())
    return function(inputs);
  Tensors results;
  {
    OperatorRecording recording(builder);
    results = function(inputs);
  }
  std::unique_ptr<OperatorTape> candidate = builder.finish(results);
  if (!candidate) {
    reason = builder.whyNot();
  } else if (testedKinds().contains(candidate->signature)) {
    tape = std::move(candidate);
  } else if (agrees(*candidate, function, inputs, results)) {
    testedKinds().add(candidate->signature);
    tape = std::move(candidate);
  } else {
    reason = "the tape gives other bits";
  }
  return results;
}

ProductTape::Tensors ProductTape::operator()(const Tensors &inputs) {
  if (tape)
    return tape->run(inputs);
  if (untilRecorded > 0 && --untilRecorded == 0)
    return record(inputs);
  return function(inputs);
}
