//===- TapeBuilder.h - Turn what was seen into a tape -----------*- C++ -*-===//
//
// A tape is right only if it does all that depends on the inputs, in order, and
// changes nothing that it did not make itself. Whether it does is decided by
// storage, not by tensor: views share one.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_TAPEBUILDER_H
#define DYNFAULT_RUNTIME_CURVATURE_TAPEBUILDER_H

#include "runtime/curvature/OperatorRecorder.h"
#include "runtime/curvature/OperatorTape.h"

#include <ATen/core/Tensor.h>
#include <c10/util/Optional.h>
#include <c10/util/SmallVector.h>

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace dynfault {

/// Listens to a function of tensors and makes its tape.
///
/// What does not depend on the inputs is kept, as it was at the end of the
/// recording, and not computed again. There is no tape, with a reason, if an
/// operator is random, changes a tensor that was there before, reads a number
/// or a comparison from what depends on the inputs, or works on tensors that
/// are not strided; if a result comes from nowhere; or if there is more than
/// `keptBytes` to keep.
class TapeBuilder : public OperatorListener {
public:
  explicit TapeBuilder(const std::vector<at::Tensor> &inputs,
                       int64_t keptBytes = int64_t(1) << 29);

  void willCall(const c10::OperatorHandle &op,
                c10::ArrayRef<c10::IValue> arguments) override;
  void called(const OperatorCall &call) override;

  /// The tape of a function that returned `outputs`; null: see whyNot().
  std::unique_ptr<OperatorTape> finish(const std::vector<at::Tensor> &outputs);

  const std::string &whyNot() const { return reason; }

private:
  static constexpr size_t kNone = OperatorTape::kNoSlot;

  using Numbers = c10::SmallVector<size_t, 4>;

  /// Where a tensor's entries are.
  struct Place {
    explicit Place(const at::Tensor &tensor);
    at::IntArrayRef sizes() const {
      return at::IntArrayRef(shape).slice(0, shape.size() / 2);
    }
    at::IntArrayRef strides() const {
      return at::IntArrayRef(shape).slice(shape.size() / 2);
    }
    bool operator==(const Place &other) const {
      return shape == other.shape && offset == other.offset &&
             dtype == other.dtype;
    }

    c10::SmallVector<int64_t, 8> shape; ///< Sizes, then strides.
    int64_t offset;
    at::ScalarType dtype;
  };
  /// A tensor. It is known by its address, which the weak reference keeps from
  /// being given to another one; the tensor itself may go.
  struct Value {
    c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl> address;
    size_t storage;
    at::Tensor kept; ///< If what depends on the inputs reads it, or outside.
    Place place;
  };
  struct Storage {
    c10::weak_intrusive_ptr<c10::StorageImpl> address;
    bool outside;           ///< Was there before.
    bool live = false;      ///< Contents depend on the inputs.
    bool unwritten = false; ///< Only allocated.
    c10::optional<size_t> lastWrite;
    Numbers values;
  };
  /// An argument: a value, a list of values, or something else.
  struct Operand {
    c10::IValue constant;
    size_t value = kNone;
    std::vector<size_t> members;
  };
  /// What there is to know of an operator.
  struct Traits {
    explicit Traits(const c10::OperatorHandle &op);
    /// See findOutVariant; looked for once.
    const c10::optional<c10::OperatorHandle> &
    outVariant(const c10::OperatorHandle &op, size_t results) const;

    bool random, allocates, reshapes;
    bool isView; ///< All results share memory with an argument.
    uint64_t hash;
    std::vector<bool> writes; ///< By argument: changed in place.

  private:
    mutable std::unordered_map<size_t, c10::optional<c10::OperatorHandle>> out;
  };
  struct Call {
    c10::OperatorHandle op;
    const Traits *traits;
    c10::DispatchKeySet keys;
    std::vector<Operand> operands;
    Numbers results;              ///< Values; kNone: undefined.
    Numbers reads, writes, makes; ///< Storages.
    bool otherResults = false;    ///< Numbers and the like.
    bool live = false;
  };

  class Assembly;

  static const Traits &traitsOf(const c10::OperatorHandle &op);
  void refuse(const std::string &why);
  size_t storageOf(const at::Tensor &tensor, bool outside);
  size_t addValue(const at::Tensor &tensor, size_t storage);
  /// The value of an argument or output.
  size_t valueOf(const at::Tensor &tensor);
  void addOperand(Call &call, const c10::IValue &argument, bool written);
  void addResult(Call &call, const at::Tensor &tensor);
  void keep(size_t value, const at::Tensor &tensor);
  void keepOperands(const Call &call, c10::ArrayRef<c10::IValue> arguments);
  void noteWrites(const Call &call, size_t index);
  bool touchesLive(const Call &call) const;
  void spread();
  void check();
  std::vector<bool> neededCalls(const std::vector<size_t> &outputs) const;
  std::unique_ptr<OperatorTape> assemble(const std::vector<size_t> &outputs,
                                         const std::vector<bool> &defined);

  std::vector<at::Tensor> inputs;
  int64_t bytesLeft;
  // Never moved: there are thousands, and they hold others.
  std::deque<Value> values;
  std::deque<Storage> storages;
  std::deque<Call> calls;
  std::unordered_map<const c10::TensorImpl *, size_t> valueAt;
  std::unordered_map<const c10::StorageImpl *, size_t> storageAt;
  bool calling = false; ///< Between willCall and called.
  std::string reason;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_TAPEBUILDER_H
