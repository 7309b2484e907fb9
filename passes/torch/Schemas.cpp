//===- Schemas.cpp - Operator schemas of PyTorch --------------------------===//

#include "passes/torch/Schemas.h"
#include "passes/torch/TorchTypes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace dynfault::torch;

#include "passes/torch/Schemas.inc"

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

ArrayRef<llvm::StringLiteral> dynfault::torch::getSchemaVersions() {
  return kVersions;
}

std::string Schema::getVersionNames() const {
  std::string names = "PyTorch ";
  bool isFirst = true;
  for (auto [index, version] : llvm::enumerate(kVersions)) {
    if (!(versions >> index & 1))
      continue;
    if (!isFirst)
      names += " and ";
    names += version;
    isFirst = false;
  }
  return names;
}

/// The line of the table that `position` is in: `3 aten::relu(...) -> Tensor`.
static StringRef getLine(size_t position) {
  size_t begin = kSchemas.rfind('\n', position);
  begin = begin == StringRef::npos ? 0 : begin + 1;
  return kSchemas.slice(begin, kSchemas.find('\n', position));
}

/// `aten::relu` of such a line.
static StringRef getLineName(StringRef line) {
  StringRef schema = line.drop_front(2);
  return schema.take_front(schema.find('('));
}

SmallVector<Schema, 2> dynfault::torch::findSchemas(StringRef name) {
  auto [space, rest] = name.split('.');
  std::string key = (space + "::" + rest).str();

  // Finds the first line whose name is not below the key. The table is text, so
  // what is halved are positions, each of which belongs to the line around it.
  size_t low = 0, high = kSchemas.size();
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    // A line's end belongs to the line.
    StringRef line = getLine(kSchemas[middle] == '\n' ? middle - 1 : middle);
    size_t begin = line.begin() - kSchemas.begin();
    if (getLineName(line) < key)
      low = begin + line.size() + 1;
    else
      high = begin;
  }
  SmallVector<Schema, 2> schemas;
  while (low < kSchemas.size()) {
    StringRef line = getLine(low);
    if (getLineName(line) != key)
      break;
    schemas.push_back(
        {static_cast<unsigned>(line.front() - '0'), line.drop_front(2)});
    low += line.size() + 1;
  }
  return schemas;
}

//===----------------------------------------------------------------------===//
// Signatures
//===----------------------------------------------------------------------===//

/// Cuts `text` at the commas that stand in no bracket and no string.
static void splitAtCommas(StringRef text, function_ref<void(StringRef)> visit) {
  unsigned depth = 0;
  bool isInString = false;
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"')
      isInString = !isInString;
    if (isInString)
      continue;
    if (c == '(' || c == '[')
      ++depth;
    else if (c == ')' || c == ']')
      --depth;
    else if (c == ',' && depth == 0) {
      visit(text.slice(begin, i).trim());
      begin = i + 1;
    }
  }
  if (StringRef last = text.drop_front(begin).trim(); !last.empty())
    visit(last);
}

/// The index after the bracket that closes the one at `open`.
static size_t findEnd(StringRef text, size_t open) {
  unsigned depth = 0;
  for (size_t i = open; i < text.size(); ++i) {
    if (text[i] == '(')
      ++depth;
    else if (text[i] == ')' && --depth == 0)
      return i + 1;
  }
  return text.size();
}

/// `Tensor? weight=None`; of results, `Tensor output` or `Tensor`.
static SchemaArgument parseArgument(StringRef text) {
  SchemaArgument argument;
  // The type ends at the first space outside of brackets: `Dict(str, int) x`,
  // `Tensor(a -> *)[] x`.
  size_t end = 0;
  while (end < text.size() && text[end] != ' ')
    end = text[end] == '(' ? findEnd(text, end) : end + 1;
  argument.type = text.take_front(end);
  auto [name, value] = text.drop_front(end).trim().split('=');
  argument.name = name;
  argument.hasDefault = text.drop_front(end).contains('=');
  return argument;
}

Signature dynfault::torch::parseSignature(StringRef schema) {
  Signature signature;
  size_t open = schema.find('(');
  size_t end = findEnd(schema, open);
  splitAtCommas(schema.slice(open + 1, end - 1), [&](StringRef text) {
    if (text == "...")
      signature.isVariadic = true;
    else if (text != "*") // What follows is given by name in Python.
      signature.arguments.push_back(parseArgument(text));
  });

  StringRef results = schema.drop_front(end);
  results.consume_front(" -> ");
  // Several are in brackets, and so is none.
  if (results.starts_with("(") && findEnd(results, 0) == results.size())
    results = results.drop_front().drop_back();
  splitAtCommas(results, [&](StringRef text) {
    if (text == "...")
      signature.returnsAnything = true;
    else
      signature.results.push_back(parseArgument(text));
  });
  return signature;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// Takes the alias annotation off: `Tensor` of `Tensor(a!)`, `Tensor(a -> *)`.
/// The brackets of tuples and dictionaries hold no lone letter.
static StringRef dropAlias(StringRef type) {
  size_t open = type.ends_with(")") ? type.rfind('(') : StringRef::npos;
  if (open == StringRef::npos || open == 0)
    return type;
  StringRef set = type.drop_front(open + 1);
  bool isAlias = llvm::isLower(set[0]) && StringRef("!)| ").contains(set[1]);
  return isAlias ? type.take_front(open) : type;
}

static bool isOneOf(StringRef type, ArrayRef<StringRef> names) {
  return llvm::is_contained(names, type);
}

bool dynfault::torch::isOfSchemaType(Type type, StringRef schemaType) {
  // Nothing is known about it, so nothing is wrong with it.
  if (isa<AnyType>(type))
    return true;
  // An annotation of the whole stands behind it: `Tensor[](a!)`.
  schemaType = dropAlias(schemaType);

  if (schemaType.consume_back("?")) {
    if (isa<dynfault::torch::NoneType>(type))
      return true;
    if (auto optional = dyn_cast<OptionalType>(type))
      type = optional.getContainedType();
    return isOfSchemaType(type, schemaType);
  }
  if (schemaType.ends_with("]")) {
    auto list = dyn_cast<ListType>(type);
    return list && isOfSchemaType(list.getContainedType(),
                                  schemaType.take_front(schemaType.rfind('[')));
  }
  if (schemaType.starts_with("(") && schemaType.ends_with(")")) {
    auto tuple = dyn_cast<dynfault::torch::TupleType>(type);
    if (!tuple)
      return false;
    size_t index = 0;
    bool matches = true;
    splitAtCommas(schemaType.drop_front().drop_back(), [&](StringRef element) {
      matches = matches && index < tuple.getContainedTypes().size() &&
                isOfSchemaType(tuple.getContainedTypes()[index], element);
      ++index;
    });
    return matches && index == tuple.getContainedTypes().size();
  }
  if (schemaType.starts_with("Dict("))
    return isa<DictType>(type);

  if (schemaType == "Tensor")
    return getTensorInfo(type).has_value();
  if (isOneOf(schemaType, {"int", "SymInt", "ScalarType", "Layout",
                           "MemoryFormat", "QScheme"}))
    return isa<IntType>(type);
  if (isOneOf(schemaType, {"float", "SymFloat"}))
    return isa<dynfault::torch::FloatType>(type);
  if (isOneOf(schemaType, {"bool", "SymBool"}))
    return isa<BoolType>(type);
  if (isOneOf(schemaType, {"Scalar", "number"}))
    return isa<IntType, dynfault::torch::FloatType, BoolType, NumberType>(type);
  if (isOneOf(schemaType, {"str", "Dimname"}))
    return isa<StringType>(type);
  if (schemaType == "Device")
    return isa<DeviceType>(type);
  if (schemaType == "Generator")
    return isa<GeneratorType>(type);
  if (schemaType == "NoneType")
    return isa<dynfault::torch::NoneType>(type);
  return true;
}
