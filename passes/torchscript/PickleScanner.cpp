//===- PickleScanner.cpp - The opcodes of a pickle ------------------------===//
//
// One case per opcode that TorchScript writes; any other one is refused.
//
//===----------------------------------------------------------------------===//

#include "passes/torchscript/PickleScanner.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace dynfault::torchscript;

static constexpr unsigned kMaximalDepth = 500;
static constexpr uint64_t kMaximalWeight = 1 << 20;

std::string PickleScanner::addItems(PickleValue *container,
                                    ArrayRef<PickleValue *> items) {
  if (container->isFrozen)
    return error("a container changes after it was used");
  for (PickleValue *item : items) {
    item->isFrozen = true;
    if (item->kind == PickleKind::NewObject ||
        item->kind == PickleKind::Global || item->kind == PickleKind::Storage) {
      // A storage's description holds its type.
      if (container->kind != PickleKind::Tuple ||
          item->kind == PickleKind::NewObject)
        return error("a container holds an unfinished value");
    }
    container->items.push_back(item);
    container->depth = std::max(container->depth, item->depth + 1);
    if (container->kind == PickleKind::Tuple)
      container->weight = SaturatingAdd(container->weight, item->weight);
  }
  if (container->depth > kMaximalDepth)
    return error("the values nest too deeply");
  if (container->weight > kMaximalWeight)
    return error("a tuple has too many parts");
  return {};
}

std::string PickleScanner::pushTuple(std::vector<PickleValue *> items) {
  return addItems(push(PickleKind::Tuple), items);
}

std::string PickleScanner::newObject() {
  if (!has(2))
    return error("NEWOBJ without a class");
  PickleValue *arguments = pop();
  PickleValue *type = pop();
  if (arguments->kind != PickleKind::Tuple || !arguments->items.empty() ||
      type->kind != PickleKind::Global || !isClassName(type->text))
    return error("NEWOBJ of what is no class");
  push(PickleKind::NewObject, type->text);
  return {};
}

std::string PickleScanner::build() {
  if (!has(2))
    return error("BUILD without an object");
  PickleValue *state = pop();
  PickleValue *object = pop();
  if (object->kind != PickleKind::NewObject)
    return error("BUILD of what is no new object");
  if (object->text.starts_with("__torch__.torch.classes.")) {
    // A class of C++; its state means nothing here.
    push(PickleKind::Refused, object->text);
    return {};
  }
  if (state->kind != PickleKind::Dict)
    return error("the state of '" + object->text + "' is no dictionary");
  for (size_t i = 0; i < state->items.size(); i += 2)
    if (state->items[i]->kind != PickleKind::String)
      return error("the state of '" + object->text +
                   "' has a key that is no "
                   "string");
  PickleValue *result = push(PickleKind::Object, object->text);
  return addItems(result, {state});
}

std::string PickleScanner::step(uint8_t opcode) {
  auto memoize = [&](std::optional<uint64_t> index) -> std::string {
    if (!index)
      return truncated();
    // PyTorch numbers them one after the other.
    if (!has(1) || *index > memo.size() ||
        stack.back()->kind == PickleKind::NewObject)
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
    push(PickleKind::Int, {}, static_cast<int64_t>(*number));
    return {};
  };
  auto pushTop = [&](size_t count) -> std::string {
    if (!has(count))
      return error("a tuple of values that are not there");
    std::vector<PickleValue *> items(stack.end() - count, stack.end());
    stack.resize(stack.size() - count);
    return pushTuple(std::move(items));
  };
  auto setItems = [&](std::vector<PickleValue *> items) -> std::string {
    if (!has(1) || stack.back()->kind != PickleKind::Dict || items.size() % 2)
      return error("items without a dictionary");
    for (size_t i = 0; i < items.size(); i += 2)
      if (items[i]->kind != PickleKind::String &&
          items[i]->kind != PickleKind::Int &&
          items[i]->kind != PickleKind::Float &&
          items[i]->kind != PickleKind::Bool &&
          items[i]->kind != PickleKind::Tensor)
        return error("a dictionary's key is of a wrong kind");
    return addItems(stack.back(), items);
  };

  switch (opcode) {
  case '(':
    marks.push_back(stack.size());
    return {};
  case 'N':
    push(PickleKind::None);
    return {};
  case 0x88:
  case 0x89:
    push(PickleKind::Bool);
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
    push(PickleKind::Float);
    return {};
  case 'X': { // BINUNICODE
    auto size = takeNumber<uint32_t>();
    auto text = size ? take(*size) : std::nullopt;
    if (!text)
      return truncated();
    push(PickleKind::String, *text);
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
    PickleValue *global = push(PickleKind::Global);
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
    push(PickleKind::List);
    return {};
  case 'e': { // APPENDS
    auto items = popToMark();
    if (!items || !has(1) || stack.back()->kind != PickleKind::List)
      return error("APPENDS without a list");
    return addItems(stack.back(), *items);
  }
  case '}':
    push(PickleKind::Dict);
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
  if (stack.front()->kind == PickleKind::NewObject ||
      stack.front()->kind == PickleKind::Global ||
      stack.front()->kind == PickleKind::Storage)
    return error("it ends with an unfinished value");
  return {};
}
