//===- ProductTape.h - The same product once more ---------------*- C++ -*-===//
//
// Every product of one sample is the same sequence of kernels on another
// vector. One that runs through autograd is recorded; from then on the kernels
// are called, and nothing else.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_PRODUCTTAPE_H
#define DYNFAULT_RUNTIME_CURVATURE_PRODUCTTAPE_H

#include "runtime/curvature/OperatorTape.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dynfault {

/// How often a function will be called. Recording costs about half a call.
enum class Calls {
  Few, ///< Or unknown: the first call is not recorded, the second one is.
  Many ///< The first one is.
};

/// A linear function of tensors that differentiates a graph, made cheaper once
/// it is recorded. Results have the same bits as the function's own.
///
/// The tape of a graph of a new kind (operators, shapes, how results go into
/// arguments) is tested before it is used, on the vectors that it was recorded
/// with and on others: unless all bits agree with the function's, the function
/// goes on being called. TapeBuilder.h has the other cases without a tape;
/// further ones are graphs with hooks and other devices than the CPU.
class ProductTape {
public:
  using Tensors = std::vector<at::Tensor>;
  using Function = std::function<Tensors(const Tensors &)>;

  /// `function`: what to call; must depend on nothing that changes while this
  /// lives. `differentiated`: the tensors whose graph it walks.
  explicit ProductTape(Function function, Tensors differentiated = {},
                       Calls expected = Calls::Few)
      : function(std::move(function)),
        differentiated(std::move(differentiated)),
        untilRecorded(expected == Calls::Many ? 1 : 2) {}

  /// What the function returns for `inputs`: floating-point tensors, always of
  /// the same shapes.
  Tensors operator()(const Tensors &inputs);

  /// True once calls run from the tape.
  bool taped() const { return tape != nullptr; }
  /// Why there is no tape; empty before the recording, and if there is one.
  const std::string &whyNot() const { return reason; }

private:
  Tensors record(const Tensors &inputs);

  Function function;
  Tensors differentiated;
  std::unique_ptr<OperatorTape> tape;
  std::string reason;
  int untilRecorded;
};

/// Whether a tape returns what `function` does, to the bit: for `inputs`, where
/// that is `results`, and for other vectors.
bool agrees(const OperatorTape &tape, const ProductTape::Function &function,
            const ProductTape::Tensors &inputs,
            const ProductTape::Tensors &results);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_PRODUCTTAPE_H
