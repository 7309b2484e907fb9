//===- PickleGlobals.cpp - What pickles may call and refer to -------------===//
//
// The functions and classes that TorchScript names in a pickle, with what their
// arguments must be, tensors and their storages above all.
//
//===----------------------------------------------------------------------===//

#include "passes/torchscript/PickleScanner.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace dynfault::torchscript;

/// Bytes per element of `FloatStorage`; 0 for what is no storage's name.
static unsigned getItemSize(StringRef storage) {
  return StringSwitch<unsigned>(storage)
      .Cases("BoolStorage", "ByteStorage", "CharStorage", 1)
      .Cases("ShortStorage", "HalfStorage", "BFloat16Storage", 2)
      .Cases("IntStorage", "FloatStorage", 4)
      .Cases("LongStorage", "DoubleStorage", "ComplexFloatStorage", 8)
      .Case("ComplexDoubleStorage", 16)
      .Cases("QInt8Storage", "QUInt8Storage", 1)
      .Case("QInt32Storage", 4)
      .Default(0);
}

bool dynfault::torchscript::isClassName(StringRef name) {
  if (!name.starts_with("__torch__.") || name.size() > 1024)
    return false;
  SmallVector<StringRef> parts;
  name.split(parts, '.');
  return llvm::all_of(parts, [](StringRef part) {
    return !part.empty() &&
           llvm::all_of(part, [](char c) { return isAlnum(c) || c == '_'; });
  });
}

bool dynfault::torchscript::isKnownGlobal(StringRef name) {
  static constexpr StringLiteral kKnown[] = {
      "torch._utils._rebuild_tensor_v2",
      "torch._utils._rebuild_qtensor",
      "torch._utils._rebuild_sparse_tensor",
      "collections.OrderedDict",
      "torch.device",
      "builtins.complex",
      "torch.jit._pickle.build_intlist",
      "torch.jit._pickle.build_tensorlist",
      "torch.jit._pickle.build_doublelist",
      "torch.jit._pickle.build_boollist",
      "torch.jit._pickle.restore_type_tag",
      "torch.per_tensor_affine",
      "torch.per_channel_affine",
      "torch.per_channel_affine_float_qparams"};
  StringRef storage = name;
  if (storage.consume_front("torch.") && getItemSize(storage))
    return true;
  return llvm::is_contained(kKnown, name) || isClassName(name);
}

std::string PickleScanner::loadStorage() {
  if (!has(1))
    return error("BINPERSID without a storage");
  PickleValue *tuple = pop();
  static constexpr PickleKind kKinds[] = {
      PickleKind::String, PickleKind::Global, PickleKind::String,
      PickleKind::String, PickleKind::Int};
  if (tuple->kind != PickleKind::Tuple ||
      tuple->items.size() != std::size(kKinds))
    return error("a storage is not described by five values");
  for (auto [item, kind] : zip_equal(tuple->items, kKinds))
    if (item->kind != kind)
      return error("a storage is described by values of wrong kinds");
  StringRef type = tuple->items[1]->text, key = tuple->items[2]->text;
  StringRef device = tuple->items[3]->text;
  int64_t count = tuple->items[4]->number;
  type.consume_front("torch.");
  unsigned itemSize = getItemSize(type);
  if (tuple->items[0]->text != "storage" || !itemSize)
    return error("a storage of an unknown kind");
  if (device != "cpu" && !device.starts_with("cuda"))
    return error("storage '" + key + "' lies on device '" + device +
                 "'; move the module to the CPU before it is saved");
  if (!storages)
    return error("a tensor stands where none is allowed");
  auto record = storages->find(key);
  if (record == storages->end())
    return error("storage '" + key + "' has no record");
  if (count < 0 ||
      static_cast<uint64_t>(count) > record->getValue().size() / itemSize)
    return error("storage '" + key + "' has " + Twine(count) +
                 " elements, but its record has only " +
                 Twine(record->getValue().size()) + " bytes");
  if (!loadedStorages.try_emplace(key, true).second)
    return error("storage '" + key + "' is loaded twice");
  PickleValue *storage = push(PickleKind::Storage, key, count);
  storage->itemSize = itemSize;
  return {};
}

std::string PickleScanner::rebuildTensor(ArrayRef<PickleValue *> arguments) {
  if (arguments.size() < 6 || arguments[0]->kind != PickleKind::Storage ||
      arguments[1]->kind != PickleKind::Int ||
      arguments[2]->kind != PickleKind::Tuple ||
      arguments[3]->kind != PickleKind::Tuple ||
      arguments[4]->kind != PickleKind::Bool ||
      arguments[5]->kind != PickleKind::None || arguments.size() > 6)
    return error("a tensor is not made of storage, offset, sizes and strides");
  ArrayRef<PickleValue *> sizes = arguments[2]->items,
                          strides = arguments[3]->items;
  if (sizes.size() != strides.size() || sizes.size() > 64)
    return error("a tensor has " + Twine(sizes.size()) + " sizes and " +
                 Twine(strides.size()) + " strides");
  PickleValue *storage = arguments[0];
  int64_t last = arguments[1]->number;
  bool overflows = last < 0, isEmpty = false;
  int64_t count = 1;
  for (auto [size, stride] : zip_equal(sizes, strides)) {
    if (size->kind != PickleKind::Int || stride->kind != PickleKind::Int ||
        size->number < 0 || stride->number < 0)
      return error("a tensor's sizes and strides must be numbers from 0 on");
    int64_t reach = 0;
    if (size->number == 0)
      isEmpty = true;
    else
      overflows |= MulOverflow(size->number - 1, stride->number, reach) ||
                   AddOverflow(last, reach, last);
    overflows |= MulOverflow(count, std::max<int64_t>(size->number, 1), count);
  }
  if (overflows || (!isEmpty && last >= storage->number) ||
      arguments[1]->number > storage->number)
    return error("a tensor reaches outside of its storage '" + storage->text +
                 "' of " + Twine(storage->number) + " elements");
  uint64_t bytes =
      isEmpty ? 0 : SaturatingMultiply<uint64_t>(count, storage->itemSize);
  if (bytes > tensorBytes)
    return error("the tensors are far larger than the file");
  tensorBytes -= bytes;
  push(PickleKind::Tensor);
  return {};
}

std::string PickleScanner::buildList(StringRef name,
                                     ArrayRef<PickleValue *> arguments) {
  if (arguments.size() != 1 || arguments[0]->kind != PickleKind::List)
    return error("'" + name + "' needs a list");
  PickleKind kind = StringSwitch<PickleKind>(name)
                        .Case("build_intlist", PickleKind::Int)
                        .Case("build_doublelist", PickleKind::Float)
                        .Case("build_boollist", PickleKind::Bool)
                        .Default(PickleKind::Tensor);
  for (PickleValue *item : arguments[0]->items)
    if (item->kind != kind &&
        !(kind == PickleKind::Tensor && item->kind == PickleKind::Refused))
      return error("'" + name + "' gets a value of another kind");
  stack.push_back(arguments[0]);
  return {};
}

/// How many brackets of a type's text are open at once.
static unsigned getBracketDepth(StringRef text) {
  unsigned depth = 0, deepest = 0;
  for (char c : text) {
    if (c == '[' || c == '(')
      deepest = std::max(deepest, ++depth);
    else if ((c == ']' || c == ')') && depth)
      --depth;
  }
  return deepest;
}

std::string PickleScanner::reduce() {
  if (!has(2))
    return error("REDUCE without a function");
  PickleValue *arguments = pop();
  PickleValue *function = pop();
  if (function->kind != PickleKind::Global)
    return error("REDUCE of what is no function");
  StringRef name = function->text;
  if (isClassName(name)) {
    // A value of an enumeration.
    if (arguments->kind != PickleKind::Int &&
        arguments->kind != PickleKind::Float &&
        arguments->kind != PickleKind::String)
      return error("'" + name + "' is called with a wrong value");
    push(PickleKind::Other, name);
    return {};
  }
  if (arguments->kind != PickleKind::Tuple)
    return error("REDUCE without arguments");
  ArrayRef<PickleValue *> items = arguments->items;
  if (name == "torch._utils._rebuild_tensor_v2")
    return rebuildTensor(items);
  if (name == "torch._utils._rebuild_qtensor") {
    push(PickleKind::Refused, "quantized tensor");
    return {};
  }
  if (name == "torch._utils._rebuild_sparse_tensor") {
    push(PickleKind::Refused, "sparse tensor");
    return {};
  }
  if (name == "collections.OrderedDict" && items.empty()) {
    push(PickleKind::None);
    return {};
  }
  if (name == "torch.device" && items.size() == 1 &&
      items[0]->kind == PickleKind::String) {
    push(PickleKind::Other, "device");
    return {};
  }
  if (name == "builtins.complex" && items.size() == 2 &&
      items[0]->kind == PickleKind::Float &&
      items[1]->kind == PickleKind::Float) {
    push(PickleKind::Other, "complex");
    return {};
  }
  if (name == "torch.jit._pickle.restore_type_tag") {
    if (items.size() != 2 || items[1]->kind != PickleKind::String ||
        (items[0]->kind != PickleKind::List &&
         items[0]->kind != PickleKind::Dict))
      return error("'restore_type_tag' needs a container and a type");
    if (items[1]->text.size() > 65536 || getBracketDepth(items[1]->text) > 64)
      return error("a type nests too deeply");
    stack.push_back(items[0]);
    return {};
  }
  if (name.consume_front("torch.jit._pickle."))
    return buildList(name, items);
  return error("'" + function->text + "' is called with wrong arguments");
}
