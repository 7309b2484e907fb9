//===- PickleScanner.h - Running a pickle without its objects ---*- C++ -*-===//
//
// Runs a pickle's opcodes (Python's pickletools documents them) on values that
// only remember what they are. LibTorch's unpickler indexes its stack, its memo
// and its storages without looking, so everything it relies on is checked here.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCHSCRIPT_PICKLESCANNER_H
#define DYNFAULT_PASSES_TORCHSCRIPT_PICKLESCANNER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"

#include <deque>
#include <optional>
#include <vector>

namespace dynfault::torchscript {

/// What the scanner remembers of a value.
enum class PickleKind {
  None,
  Bool,
  Int,
  Float,
  String,
  Tuple,
  List,
  Dict,
  Global,
  /// An object of a class without its attributes, and with them.
  NewObject,
  Object,
  Storage,
  Tensor,
  Other,
  /// What only an error message needs: a value that cannot be expressed.
  Refused
};

/// A value of the pickle, as far as later opcodes depend on it.
struct PickleValue {
  PickleKind kind = PickleKind::None;
  /// A string's text, a global's name, a refused value's description.
  llvm::StringRef text;
  /// An integer's value; a storage's number of elements.
  int64_t number = 0;
  /// Bytes per element of a storage.
  unsigned itemSize = 0;
  /// A tuple's or list's elements; a dictionary's keys and values in turn.
  std::vector<PickleValue *> items;
  /// Levels of containers below it.
  unsigned depth = 0;
  /// Nodes of a tuple's tree, its shared parts counted each time.
  uint64_t weight = 1;
  /// Somebody holds it, so that it may not change: there are no cycles.
  bool isFrozen = false;
};

/// One pickle. Problems come back as one line that ends with the byte's number.
class PickleScanner {
public:
  /// `storages`: the records of tensors by key; none where no tensor may stand.
  /// Tensors that show more than `maximalTensorBytes` in all are refused.
  PickleScanner(llvm::StringRef pickle,
                const llvm::StringMap<llvm::StringRef> *storages,
                uint64_t maximalTensorBytes)
      : pickle(pickle), storages(storages), tensorBytes(maximalTensorBytes) {}

  /// Runs to the end; empty on success.
  std::string scan();
  PickleValue *getResult() const { return stack.front(); }

private:
  std::string step(uint8_t opcode);
  std::string reduce();
  std::string build();
  std::string newObject();
  std::string loadStorage();
  std::string rebuildTensor(llvm::ArrayRef<PickleValue *> arguments);
  std::string buildList(llvm::StringRef name,
                        llvm::ArrayRef<PickleValue *> arguments);

  std::string error(const llvm::Twine &what) {
    return (what + " (byte " + llvm::Twine(at) + ")").str();
  }
  std::string truncated() { return "the pickle is truncated"; }
  std::optional<llvm::StringRef> take(uint64_t size) {
    if (pickle.size() - at < size)
      return std::nullopt;
    llvm::StringRef bytes = pickle.substr(at, size);
    at += size;
    return bytes;
  }
  template <typename T>
  std::optional<T> takeNumber() {
    auto bytes = take(sizeof(T));
    if (!bytes)
      return std::nullopt;
    return llvm::support::endian::read<T, llvm::endianness::little>(
        bytes->data());
  }
  PickleValue *push(PickleKind kind, llvm::StringRef text = {},
                    int64_t number = 0) {
    PickleValue &value = values.emplace_back();
    value.kind = kind;
    value.text = text;
    value.number = number;
    stack.push_back(&value);
    return &value;
  }
  /// The values above the last mark, or nothing where there is no mark.
  std::optional<std::vector<PickleValue *>> popToMark() {
    if (marks.empty())
      return std::nullopt;
    std::vector<PickleValue *> items(stack.begin() + marks.back(), stack.end());
    stack.resize(marks.back());
    marks.pop_back();
    return items;
  }
  bool has(size_t count) const {
    size_t base = marks.empty() ? 0 : marks.back();
    return stack.size() - base >= count;
  }
  PickleValue *pop() {
    PickleValue *top = stack.back();
    stack.pop_back();
    return top;
  }
  std::string pushTuple(std::vector<PickleValue *> items);
  /// Adds items and their depth.
  std::string addItems(PickleValue *container,
                       llvm::ArrayRef<PickleValue *> items);

  llvm::StringRef pickle;
  const llvm::StringMap<llvm::StringRef> *storages;
  /// How many bytes of tensors may still be shown.
  uint64_t tensorBytes;
  uint64_t at = 0;
  std::deque<PickleValue> values;
  std::vector<PickleValue *> stack, memo;
  std::vector<size_t> marks;
  llvm::StringMap<bool> loadedStorages;
  /// The full names of globals.
  std::deque<std::string> names;
};

/// Whether `name`, with its module, is a class of the archive's own code.
bool isClassName(llvm::StringRef name);
/// Whether pickles that TorchScript writes name this global.
bool isKnownGlobal(llvm::StringRef name);

} // namespace dynfault::torchscript

#endif // DYNFAULT_PASSES_TORCHSCRIPT_PICKLESCANNER_H
