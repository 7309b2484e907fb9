//===- PickleCheck.cpp - Pickles as TorchScript writes them ---------------===//
//
// Runs a pickle's opcodes (Python's pickletools documents them) on values that
// only remember what they are. LibTorch's unpickler indexes its stack, its memo
// and its storages without looking, so everything it relies on is checked here.
//
//===----------------------------------------------------------------------===//

#include "passes/torchscript/ArchiveCheck.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

#include <deque>
#include <optional>
#include <vector>

using namespace llvm;
using namespace dynfault::torchscript;

namespace {
enum class Kind {
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

struct Value {
  Kind kind = Kind::None;
  /// A string's text, a global's name, a refused value's description.
  StringRef text;
  /// An integer's value; a storage's number of elements.
  int64_t number = 0;
  /// Bytes per element of a storage.
  unsigned itemSize = 0;
  /// A tuple's or list's elements; a dictionary's keys and values in turn.
  std::vector<Value *> items;
  /// Levels of containers below it.
  unsigned depth = 0;
  /// Nodes of a tuple's tree, its shared parts counted each time.
  uint64_t weight = 1;
  /// Somebody holds it, so that it may not change: there are no cycles.
  bool isFrozen = false;
};

constexpr unsigned kMaximalDepth = 500;
constexpr uint64_t kMaximalWeight = 1 << 20;

class PickleScanner {
public:
  PickleScanner(StringRef pickle, const StringMap<StringRef> *storages,
                uint64_t maximalTensorBytes)
      : pickle(pickle), storages(storages), tensorBytes(maximalTensorBytes) {}

  /// Runs to the end; empty on success.
  std::string scan();
  Value *getResult() const { return stack.front(); }
  /// Names the first attribute that holds what cannot be expressed.
  std::string findRefused();

private:
  std::string step(uint8_t opcode);
  std::string reduce();
  std::string build();
  std::string newObject();
  std::string loadStorage();
  std::string rebuildTensor(ArrayRef<Value *> arguments);
  std::string buildList(StringRef name, ArrayRef<Value *> arguments);

  std::string error(const Twine &what) {
    return (what + " (byte " + Twine(at) + ")").str();
  }
  std::string truncated() { return "the pickle is truncated"; }
  std::optional<StringRef> take(uint64_t size) {
    if (pickle.size() - at < size)
      return std::nullopt;
    StringRef bytes = pickle.substr(at, size);
    at += size;
    return bytes;
  }
  template <typename T>
  std::optional<T> takeNumber() {
    auto bytes = take(sizeof(T));
    if (!bytes)
      return std::nullopt;
    return support::endian::read<T, endianness::little>(bytes->data());
  }
  Value *push(Kind kind, StringRef text = {}, int64_t number = 0) {
    Value &value = values.emplace_back();
    value.kind = kind;
    value.text = text;
    value.number = number;
    stack.push_back(&value);
    return &value;
  }
  /// The values above the last mark, or nothing where there is no mark.
  std::optional<std::vector<Value *>> popToMark() {
    if (marks.empty())
      return std::nullopt;
    std::vector<Value *> items(stack.begin() + marks.back(), stack.end());
    stack.resize(marks.back());
    marks.pop_back();
    return items;
  }
  bool has(size_t count) const {
    size_t base = marks.empty() ? 0 : marks.back();
    return stack.size() - base >= count;
  }
  Value *pop() {
    Value *top = stack.back();
    stack.pop_back();
    return top;
  }
  std::string pushTuple(std::vector<Value *> items);
  /// Adds items and their depth.
  std::string addItems(Value *container, ArrayRef<Value *> items);

  StringRef pickle;
  const StringMap<StringRef> *storages;
  /// How many bytes of tensors may still be shown.
  uint64_t tensorBytes;
  uint64_t at = 0;
  std::deque<Value> values;
  std::vector<Value *> stack, memo;
  std::vector<size_t> marks;
  StringMap<bool> loadedStorages;
  /// The full names of globals.
  std::deque<std::string> names;
};
} // namespace

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

/// Whether the name is that of a class of the archive's own code.
static bool isClassName(StringRef name) {
  if (!name.starts_with("__torch__.") || name.size() > 1024)
    return false;
  SmallVector<StringRef> parts;
  name.split(parts, '.');
  return llvm::all_of(parts, [](StringRef part) {
    return !part.empty() &&
           llvm::all_of(part, [](char c) { return isAlnum(c) || c == '_'; });
  });
}

static bool isKnownGlobal(StringRef name) {
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

std::string PickleScanner::addItems(Value *container, ArrayRef<Value *> items) {
  if (container->isFrozen)
    return error("a container changes after it was used");
  for (Value *item : items) {
    item->isFrozen = true;
    if (item->kind == Kind::NewObject || item->kind == Kind::Global ||
        item->kind == Kind::Storage) {
      // A storage's description holds its type.
      if (container->kind != Kind::Tuple || item->kind == Kind::NewObject)
        return error("a container holds an unfinished value");
    }
    container->items.push_back(item);
    container->depth = std::max(container->depth, item->depth + 1);
    if (container->kind == Kind::Tuple)
      container->weight = SaturatingAdd(container->weight, item->weight);
  }
  if (container->depth > kMaximalDepth)
    return error("the values nest too deeply");
  if (container->weight > kMaximalWeight)
    return error("a tuple has too many parts");
  return {};
}

std::string PickleScanner::pushTuple(std::vector<Value *> items) {
  return addItems(push(Kind::Tuple), items);
}

std::string PickleScanner::newObject() {
  if (!has(2))
    return error("NEWOBJ without a class");
  Value *arguments = pop();
  Value *type = pop();
  if (arguments->kind != Kind::Tuple || !arguments->items.empty() ||
      type->kind != Kind::Global || !isClassName(type->text))
    return error("NEWOBJ of what is no class");
  push(Kind::NewObject, type->text);
  return {};
}

std::string PickleScanner::build() {
  if (!has(2))
    return error("BUILD without an object");
  Value *state = pop();
  Value *object = pop();
  if (object->kind != Kind::NewObject)
    return error("BUILD of what is no new object");
  if (object->text.starts_with("__torch__.torch.classes.")) {
    // A class of C++; its state means nothing here.
    push(Kind::Refused, object->text);
    return {};
  }
  if (state->kind != Kind::Dict)
    return error("the state of '" + object->text + "' is no dictionary");
  for (size_t i = 0; i < state->items.size(); i += 2)
    if (state->items[i]->kind != Kind::String)
      return error("the state of '" + object->text +
                   "' has a key that is no "
                   "string");
  Value *result = push(Kind::Object, object->text);
  return addItems(result, {state});
}

std::string PickleScanner::loadStorage() {
  if (!has(1))
    return error("BINPERSID without a storage");
  Value *tuple = pop();
  static constexpr Kind kKinds[] = {Kind::String, Kind::Global, Kind::String,
                                    Kind::String, Kind::Int};
  if (tuple->kind != Kind::Tuple || tuple->items.size() != std::size(kKinds))
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
  Value *storage = push(Kind::Storage, key, count);
  storage->itemSize = itemSize;
  return {};
}

std::string PickleScanner::rebuildTensor(ArrayRef<Value *> arguments) {
  if (arguments.size() < 6 || arguments[0]->kind != Kind::Storage ||
      arguments[1]->kind != Kind::Int || arguments[2]->kind != Kind::Tuple ||
      arguments[3]->kind != Kind::Tuple || arguments[4]->kind != Kind::Bool ||
      arguments[5]->kind != Kind::None || arguments.size() > 6)
    return error("a tensor is not made of storage, offset, sizes and strides");
  ArrayRef<Value *> sizes = arguments[2]->items, strides = arguments[3]->items;
  if (sizes.size() != strides.size() || sizes.size() > 64)
    return error("a tensor has " + Twine(sizes.size()) + " sizes and " +
                 Twine(strides.size()) + " strides");
  Value *storage = arguments[0];
  int64_t last = arguments[1]->number;
  bool overflows = last < 0, isEmpty = false;
  int64_t count = 1;
  for (auto [size, stride] : zip_equal(sizes, strides)) {
    if (size->kind != Kind::Int || stride->kind != Kind::Int ||
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
  push(Kind::Tensor);
  return {};
}

std::string PickleScanner::buildList(StringRef name,
                                     ArrayRef<Value *> arguments) {
  if (arguments.size() != 1 || arguments[0]->kind != Kind::List)
    return error("'" + name + "' needs a list");
  Kind kind = StringSwitch<Kind>(name)
                  .Case("build_intlist", Kind::Int)
                  .Case("build_doublelist", Kind::Float)
                  .Case("build_boollist", Kind::Bool)
                  .Default(Kind::Tensor);
  for (Value *item : arguments[0]->items)
    if (item->kind != kind &&
        !(kind == Kind::Tensor && item->kind == Kind::Refused))
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
  Value *arguments = pop();
  Value *function = pop();
  if (function->kind != Kind::Global)
    return error("REDUCE of what is no function");
  StringRef name = function->text;
  if (isClassName(name)) {
    // A value of an enumeration.
    if (arguments->kind != Kind::Int && arguments->kind != Kind::Float &&
        arguments->kind != Kind::String)
      return error("'" + name + "' is called with a wrong value");
    push(Kind::Other, name);
    return {};
  }
  if (arguments->kind != Kind::Tuple)
    return error("REDUCE without arguments");
  ArrayRef<Value *> items = arguments->items;
  if (name == "torch._utils._rebuild_tensor_v2")
    return rebuildTensor(items);
  if (name == "torch._utils._rebuild_qtensor") {
    push(Kind::Refused, "quantized tensor");
    return {};
  }
  if (name == "torch._utils._rebuild_sparse_tensor") {
    push(Kind::Refused, "sparse tensor");
    return {};
  }
  if (name == "collections.OrderedDict" && items.empty()) {
    push(Kind::None);
    return {};
  }
  if (name == "torch.device" && items.size() == 1 &&
      items[0]->kind == Kind::String) {
    push(Kind::Other, "device");
    return {};
  }
  if (name == "builtins.complex" && items.size() == 2 &&
      items[0]->kind == Kind::Float && items[1]->kind == Kind::Float) {
    push(Kind::Other, "complex");
    return {};
  }
  if (name == "torch.jit._pickle.restore_type_tag") {
    if (items.size() != 2 || items[1]->kind != Kind::String ||
        (items[0]->kind != Kind::List && items[0]->kind != Kind::Dict))
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

std::string PickleScanner::step(uint8_t opcode) {
  auto memoize = [&](std::optional<uint64_t> index) -> std::string {
    if (!index)
      return truncated();
    // PyTorch numbers them one after the other.
    if (!has(1) || *index > memo.size() ||
        stack.back()->kind == Kind::NewObject)
      return error("a wrong place in the memo");
    stack.back()->isFrozen = true;
    if (*index == memo.size())
      memo.push_back(stack.back());
    else
      memo[*index] = stack.back();
    return {};
  };
  auto recall = [&](std::optional<uint64_t> index) -> std::string {
    if (!index)
      return truncated();
    if (*index >= memo.size())
      return error("a place in the memo that holds nothing");
    stack.push_back(memo[*index]);
    return {};
  };
  auto pushInt = [&](auto number) -> std::string {
    if (!number)
      return truncated();
    push(Kind::Int, {}, static_cast<int64_t>(*number));
    return {};
  };
  auto pushTop = [&](size_t count) -> std::string {
    if (!has(count))
      return error("a tuple of values that are not there");
    std::vector<Value *> items(stack.end() - count, stack.end());
    stack.resize(stack.size() - count);
    return pushTuple(std::move(items));
  };
  auto setItems = [&](std::vector<Value *> items) -> std::string {
    if (!has(1) || stack.back()->kind != Kind::Dict || items.size() % 2)
      return error("items without a dictionary");
    for (size_t i = 0; i < items.size(); i += 2)
      if (items[i]->kind != Kind::String && items[i]->kind != Kind::Int &&
          items[i]->kind != Kind::Float && items[i]->kind != Kind::Bool &&
          items[i]->kind != Kind::Tensor)
        return error("a dictionary's key is of a wrong kind");
    return addItems(stack.back(), items);
  };

  switch (opcode) {
  case '(':
    marks.push_back(stack.size());
    return {};
  case 'N':
    push(Kind::None);
    return {};
  case 0x88:
  case 0x89:
    push(Kind::Bool);
    return {};
  case 'K':
    return pushInt(takeNumber<uint8_t>());
  case 'M':
    return pushInt(takeNumber<uint16_t>());
  case 'J':
    return pushInt(takeNumber<int32_t>());
  case 0x8a: { // LONG1
    auto size = takeNumber<uint8_t>();
    if (size && *size != 8)
      return error("an integer that has not 64 bits");
    return pushInt(takeNumber<int64_t>());
  }
  case 'G':
    if (!take(8))
      return truncated();
    push(Kind::Float);
    return {};
  case 'X': { // BINUNICODE
    auto size = takeNumber<uint32_t>();
    auto text = size ? take(*size) : std::nullopt;
    if (!text)
      return truncated();
    push(Kind::String, *text);
    return {};
  }
  case 'c': { // GLOBAL: module and name, a line each
    size_t middle = pickle.find('\n', at);
    size_t end =
        middle == StringRef::npos ? middle : pickle.find('\n', middle + 1);
    if (end == StringRef::npos)
      return truncated();
    StringRef module = pickle.slice(at, middle);
    StringRef name = pickle.slice(middle + 1, end);
    std::string full = (module + "." + name).str();
    if (!isKnownGlobal(full)) {
      std::string shown;
      for (char c : StringRef(full).take_front(200))
        shown += isPrint(c) ? c : '?';
      return error("it holds an object of the unknown class '" + shown +
                   "', which TorchScript does not have");
    }
    at = end + 1;
    Value *global = push(Kind::Global);
    // The two lines, joined by a dot: kept as long as the scanner.
    names.push_back(std::move(full));
    global->text = names.back();
    return {};
  }
  case ')':
    return pushTuple({});
  case 't': {
    auto items = popToMark();
    if (!items)
      return error("TUPLE without a mark");
    return pushTuple(std::move(*items));
  }
  case 0x85:
  case 0x86:
  case 0x87:
    return pushTop(opcode - 0x84);
  case ']':
    push(Kind::List);
    return {};
  case 'e': { // APPENDS
    auto items = popToMark();
    if (!items || !has(1) || stack.back()->kind != Kind::List)
      return error("APPENDS without a list");
    return addItems(stack.back(), *items);
  }
  case '}':
    push(Kind::Dict);
    return {};
  case 'u': { // SETITEMS
    auto items = popToMark();
    if (!items)
      return error("SETITEMS without a mark");
    return setItems(std::move(*items));
  }
  case 'q':
    return memoize(takeNumber<uint8_t>());
  case 'r':
    return memoize(takeNumber<uint32_t>());
  case 'h':
    return recall(takeNumber<uint8_t>());
  case 'j':
    return recall(takeNumber<uint32_t>());
  case 0x81:
    return newObject();
  case 'b':
    return build();
  case 'R':
    return reduce();
  case 'Q':
    return loadStorage();
  default:
    --at;
    return error("the opcode 0x" + utohexstr(opcode) +
                 ", which TorchScript does not use");
  }
}

std::string PickleScanner::scan() {
  if (!pickle.starts_with("\x80\x02"))
    return "it is no pickle of protocol 2";
  at = 2;
  while (true) {
    auto opcode = takeNumber<uint8_t>();
    if (!opcode)
      return truncated();
    if (*opcode == '.')
      break;
    if (std::string problem = step(*opcode); !problem.empty())
      return problem;
  }
  if (at != pickle.size())
    return error("bytes after its end");
  if (stack.size() != 1 || !marks.empty())
    return error("it ends with " + Twine(stack.size()) + " values");
  if (stack.front()->kind == Kind::NewObject ||
      stack.front()->kind == Kind::Global ||
      stack.front()->kind == Kind::Storage)
    return error("it ends with an unfinished value");
  return {};
}

std::string PickleScanner::findRefused() {
  DenseSet<Value *> seen;
  std::vector<std::pair<Value *, std::string>> worklist{{getResult(), ""}};
  auto join = [](const std::string &path, const Twine &name) {
    return path.empty() ? name.str() : (path + "." + name).str();
  };
  while (!worklist.empty()) {
    auto [value, path] = std::move(worklist.back());
    worklist.pop_back();
    if (value->kind == Kind::Refused)
      return ("attribute '" + path + "' is of type " + value->text +
              ", which cannot be expressed in the torch dialect; convert or "
              "remove it before the module is saved")
          .str();
    if (!seen.insert(value).second)
      continue;
    if (value->kind == Kind::Object) {
      worklist.emplace_back(value->items.front(), path);
    } else if (value->kind == Kind::Dict) {
      for (size_t i = 0; i < value->items.size(); i += 2) {
        Value *key = value->items[i];
        worklist.emplace_back(value->items[i + 1],
                              join(path, key->kind == Kind::String
                                             ? Twine(key->text)
                                             : Twine(i / 2)));
      }
    } else {
      for (auto [i, item] : enumerate(value->items))
        worklist.emplace_back(item, join(path, Twine(i)));
    }
  }
  return {};
}

std::string
dynfault::torchscript::checkPickle(StringRef pickle,
                                   const StringMap<StringRef> *storages,
                                   uint64_t maximalTensorBytes) {
  PickleScanner scanner(pickle, storages, maximalTensorBytes);
  std::string problem = scanner.scan();
  return problem.empty() ? scanner.findRefused() : problem;
}

//===----------------------------------------------------------------------===//
// Debug information
//===----------------------------------------------------------------------===//

static bool isTuple(const Value *value, size_t size) {
  return value->kind == Kind::Tuple && value->items.size() == size;
}
static bool isNumber(const Value *value) {
  return value->kind == Kind::Int && value->number >= 0;
}

/// The length of the text that a source stands for, or nothing where it is
/// none: (text, file name, first line), where with a table of texts text and
/// file name are indices into it.
static std::optional<uint64_t> getSourceSize(const Value *source,
                                             const Value *table) {
  if (!isTuple(source, 3) || !isNumber(source->items[2]))
    return std::nullopt;
  const Value *text = source->items[0], *file = source->items[1];
  if (!table) {
    if (text->kind != Kind::String ||
        (file->kind != Kind::String && file->kind != Kind::None))
      return std::nullopt;
    return text->text.size();
  }
  auto isIndex = [&](const Value *value) {
    return isNumber(value) &&
           static_cast<uint64_t>(value->number) < table->items.size();
  };
  if (text->kind != Kind::List || !isIndex(file) ||
      !llvm::all_of(text->items, isIndex))
    return std::nullopt;
  uint64_t size = 0;
  for (const Value *index : text->items)
    size += table->items[index->number]->text.size();
  return size;
}

std::string dynfault::torchscript::checkDebugRecord(StringRef pickle) {
  PickleScanner scanner(pickle, nullptr, 0);
  if (std::string problem = scanner.scan(); !problem.empty())
    return problem;
  const std::string wrong = "it is no list of source ranges";
  const Value *root = scanner.getResult(), *table = nullptr;
  if (root->kind != Kind::Tuple || root->items.empty())
    return wrong;
  if (root->items[0]->kind == Kind::String) {
    if (!isTuple(root, 3) ||
        root->items[0]->text != "FORMAT_WITH_STRING_TABLE" ||
        root->items[1]->kind != Kind::Tuple ||
        root->items[2]->kind != Kind::Tuple ||
        !llvm::all_of(root->items[1]->items, [](const Value *text) {
          return text->kind == Kind::String;
        }))
      return wrong;
    table = root->items[1];
    root = root->items[2];
  }
  DenseSet<const Value *> sources;
  // Texts are shared, but LibTorch looks at each line of each source.
  uint64_t left = SaturatingMultiply<uint64_t>(pickle.size(), 64) + (16u << 20);
  for (const Value *row : root->items) {
    if (row->kind != Kind::Tuple || row->items.size() < 2 ||
        !isNumber(row->items[0]) || !isTuple(row->items[1], 3))
      return wrong;
    const Value *range = row->items[1];
    if (sources.insert(range->items[0]).second) {
      auto size = getSourceSize(range->items[0], table);
      if (!size)
        return wrong;
      if (*size > left)
        return "its source texts are far larger than the record";
      left -= *size;
    }
    // PyTorch itself writes ranges that end behind their text.
    if (!isNumber(range->items[1]) || !isNumber(range->items[2]) ||
        range->items[1]->number > INT32_MAX ||
        range->items[2]->number > INT32_MAX)
      return "a source range lies outside of its text";
  }
  return {};
}
