//===- TorchTypes.cpp - Types of the torch dialect ------------------------===//
//
// Inside another torch type the prefix is dropped (`!torch.list<int>`); dumps
// of 2021 keep it (`!torch.list<!torch.int>`). Both are read, the first form is
// printed.
//
//===----------------------------------------------------------------------===//

#include "passes/torch/TorchTypes.h"
#include "passes/torch/TorchDialect.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dynfault::torch;

static ParseResult parseNestedType(AsmParser &parser, Type &result);
static void printNestedType(AsmPrinter &printer, Type type);

#define GET_TYPEDEF_CLASSES
#include "passes/torch/TorchTypes.cpp.inc"

//===----------------------------------------------------------------------===//
// Nested types
//===----------------------------------------------------------------------===//

static ParseResult parseNestedType(AsmParser &parser, Type &result) {
  SMLoc loc = parser.getCurrentLocation();
  // Only a prefix tells MLIR's own parser from this one: `tensor` is also the
  // start of a builtin type.
  if (*loc.getPointer() == '!')
    return parser.parseType(result);
  StringRef mnemonic;
  OptionalParseResult parsed = generatedTypeParser(parser, &mnemonic, result);
  if (parsed.has_value())
    return *parsed;
  return parser.emitError(loc)
         << "'" << mnemonic << "' is not a type of the torch dialect";
}

static void printNestedType(AsmPrinter &printer, Type type) {
  if (failed(generatedTypePrinter(type, printer)))
    printer << type;
}

static ParseResult parseNestedTypes(AsmParser &parser,
                                    SmallVectorImpl<Type> &types) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater, [&] {
    return parseNestedType(parser, types.emplace_back());
  });
}

static void printNestedTypes(AsmPrinter &printer, ArrayRef<Type> types) {
  printer << '<';
  llvm::interleaveComma(types, printer,
                        [&](Type type) { printNestedType(printer, type); });
  printer << '>';
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

template <typename TensorT>
static Type parseTensor(AsmParser &parser) {
  MLIRContext *context = parser.getContext();
  if (failed(parser.parseOptionalLess()))
    return TensorT::get(context);

  bool hasSizes = false;
  SmallVector<int64_t> sizes;
  if (failed(parser.parseOptionalStar())) {
    hasSizes = true;
    auto parseSize = [&]() -> ParseResult {
      int64_t &size = sizes.emplace_back(ShapedType::kDynamic);
      if (succeeded(parser.parseOptionalQuestion()))
        return success();
      SMLoc loc = parser.getCurrentLocation();
      if (parser.parseInteger(size))
        return failure();
      if (size < 0)
        return parser.emitError(loc, "a tensor's size must not be negative; "
                                     "write '?' where it is unknown");
      return success();
    };
    if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseSize))
      return {};
  }
  if (parser.parseComma())
    return {};

  Type dtype;
  if (failed(parser.parseOptionalKeyword("unk")) && parser.parseType(dtype))
    return {};
  Attribute sparsity;
  if (succeeded(parser.parseOptionalComma()) && parser.parseAttribute(sparsity))
    return {};
  if (parser.parseGreater())
    return {};
  return TensorT::get(context, hasSizes, sizes, dtype, sparsity);
}

template <typename TensorT>
static void printTensor(TensorT type, AsmPrinter &printer) {
  if (!type.getHasSizes() && !type.getDtype() && !type.getSparsity())
    return;
  printer << '<';
  if (type.getHasSizes()) {
    printer << '[';
    llvm::interleave(
        type.getSizes(), printer,
        [&](int64_t size) {
          if (ShapedType::isDynamic(size))
            printer << '?';
          else
            printer << size;
        },
        ",");
    printer << ']';
  } else {
    printer << '*';
  }
  printer << ',';
  if (type.getDtype())
    printer << type.getDtype();
  else
    printer << "unk";
  if (type.getSparsity())
    printer << ',' << type.getSparsity();
  printer << '>';
}

Type NonValueTensorType::parse(AsmParser &parser) {
  return parseTensor<NonValueTensorType>(parser);
}
void NonValueTensorType::print(AsmPrinter &printer) const {
  printTensor(*this, printer);
}
Type ValueTensorType::parse(AsmParser &parser) {
  return parseTensor<ValueTensorType>(parser);
}
void ValueTensorType::print(AsmPrinter &printer) const {
  printTensor(*this, printer);
}

bool TensorInfo::isStatic() const {
  return sizes && llvm::none_of(*sizes, ShapedType::isDynamic);
}

std::optional<TensorInfo> dynfault::torch::getTensorInfo(Type type) {
  auto info = [](auto tensor, bool valueSemantics) {
    TensorInfo result{std::nullopt, tensor.getDtype(), valueSemantics};
    if (tensor.getHasSizes())
      result.sizes = tensor.getSizes();
    return result;
  };
  if (auto tensor = dyn_cast<ValueTensorType>(type))
    return info(tensor, true);
  if (auto tensor = dyn_cast<NonValueTensorType>(type))
    return info(tensor, false);
  return std::nullopt;
}

Type dynfault::torch::withValueSemantics(Type type) {
  if (auto tensor = dyn_cast<NonValueTensorType>(type))
    return ValueTensorType::get(type.getContext(), tensor.getHasSizes(),
                                tensor.getSizes(), tensor.getDtype(),
                                tensor.getSparsity());
  return type;
}

Type dynfault::torch::withoutValueSemantics(Type type) {
  if (auto tensor = dyn_cast<ValueTensorType>(type))
    return NonValueTensorType::get(type.getContext(), tensor.getHasSizes(),
                                   tensor.getSizes(), tensor.getDtype(),
                                   tensor.getSparsity());
  return type;
}

//===----------------------------------------------------------------------===//
// Subtypes
//===----------------------------------------------------------------------===//

/// Whether `type` says nothing about a tensor that `subtype` does not say.
static bool forgetsOnly(const TensorInfo &subtype, const TensorInfo &type) {
  if (subtype.valueSemantics != type.valueSemantics ||
      (type.dtype && type.dtype != subtype.dtype))
    return false;
  if (!type.sizes)
    return true;
  if (!subtype.sizes || subtype.sizes->size() != type.sizes->size())
    return false;
  return llvm::all_of(llvm::zip_equal(*subtype.sizes, *type.sizes),
                      [](auto sizes) {
                        auto [from, to] = sizes;
                        return ShapedType::isDynamic(to) || from == to;
                      });
}

/// The rule of both predicates; they differ in `areTensorsRelated` alone.
static bool isSubtype(Type subtype, Type type,
                      function_ref<bool(const TensorInfo &, const TensorInfo &)>
                          areTensorsRelated) {
  auto recurse = [&](Type from, Type to) {
    return isSubtype(from, to, areTensorsRelated);
  };
  if (subtype == type || isa<AnyType>(type))
    return true;
  if (auto parts = dyn_cast<UnionType>(subtype))
    return llvm::all_of(parts.getContainedTypes(),
                        [&](Type part) { return recurse(part, type); });
  if (isa<NumberType>(type))
    return isa<IntType, dynfault::torch::FloatType>(subtype);
  if (auto optional = dyn_cast<OptionalType>(type)) {
    if (auto other = dyn_cast<OptionalType>(subtype))
      return recurse(other.getContainedType(), optional.getContainedType());
    return isa<dynfault::torch::NoneType>(subtype) ||
           recurse(subtype, optional.getContainedType());
  }
  if (auto parts = dyn_cast<UnionType>(type))
    return llvm::any_of(parts.getContainedTypes(),
                        [&](Type part) { return recurse(subtype, part); });
  if (auto tuple = dyn_cast<dynfault::torch::TupleType>(type)) {
    auto other = dyn_cast<dynfault::torch::TupleType>(subtype);
    if (!other ||
        other.getContainedTypes().size() != tuple.getContainedTypes().size())
      return false;
    return llvm::all_of(
        llvm::zip_equal(other.getContainedTypes(), tuple.getContainedTypes()),
        [&](auto pair) {
          return recurse(std::get<0>(pair), std::get<1>(pair));
        });
  }
  std::optional<TensorInfo> from = getTensorInfo(subtype);
  std::optional<TensorInfo> to = getTensorInfo(type);
  return from && to && areTensorsRelated(*from, *to);
}

bool dynfault::torch::isValidSubtype(Type subtype, Type type) {
  return isSubtype(subtype, type, forgetsOnly);
}

/// Equal but for what is known about the tensors in them.
static bool differInTensorsOnly(Type a, Type b) {
  if (a == b || (getTensorInfo(a) && getTensorInfo(b)))
    return true;
  if (a.getTypeID() != b.getTypeID())
    return false;
  SmallVector<Type> aParts, bParts;
  a.walkImmediateSubElements([](Attribute) {},
                             [&](Type part) { aParts.push_back(part); });
  b.walkImmediateSubElements([](Attribute) {},
                             [&](Type part) { bParts.push_back(part); });
  return !aParts.empty() && aParts.size() == bParts.size() &&
         llvm::all_of(llvm::zip_equal(aParts, bParts), [](auto pair) {
           return differInTensorsOnly(std::get<0>(pair), std::get<1>(pair));
         });
}

bool dynfault::torch::isAssignable(Type type, Type expected) {
  return isSubtype(
             type, expected,
             [](const TensorInfo &, const TensorInfo &) { return true; }) ||
         differInTensorsOnly(type, expected);
}

//===----------------------------------------------------------------------===//
// Containers
//===----------------------------------------------------------------------===//

template <typename ContainerT>
static Type parseContainer(AsmParser &parser) {
  Type contained;
  if (parser.parseLess() || parseNestedType(parser, contained) ||
      parser.parseGreater())
    return {};
  return ContainerT::get(parser.getContext(), contained);
}

template <typename SequenceT>
static Type parseSequence(AsmParser &parser) {
  SmallVector<Type> contained;
  if (parseNestedTypes(parser, contained))
    return {};
  return SequenceT::get(parser.getContext(), contained);
}

Type ListType::parse(AsmParser &parser) {
  return parseContainer<ListType>(parser);
}
void ListType::print(AsmPrinter &printer) const {
  printNestedTypes(printer, getContainedType());
}
Type OptionalType::parse(AsmParser &parser) {
  return parseContainer<OptionalType>(parser);
}
void OptionalType::print(AsmPrinter &printer) const {
  printNestedTypes(printer, getContainedType());
}
Type dynfault::torch::TupleType::parse(AsmParser &parser) {
  return parseSequence<dynfault::torch::TupleType>(parser);
}
void dynfault::torch::TupleType::print(AsmPrinter &printer) const {
  printNestedTypes(printer, getContainedTypes());
}
Type UnionType::parse(AsmParser &parser) {
  return parseSequence<UnionType>(parser);
}
void UnionType::print(AsmPrinter &printer) const {
  printNestedTypes(printer, getContainedTypes());
}

Type DictType::parse(AsmParser &parser) {
  Type key, value;
  if (parser.parseLess() || parseNestedType(parser, key) ||
      parser.parseComma() || parseNestedType(parser, value) ||
      parser.parseGreater())
    return {};
  return DictType::get(parser.getContext(), key, value);
}
void DictType::print(AsmPrinter &printer) const {
  printNestedTypes(printer, {getKeyType(), getValueType()});
}

Type NnModuleType::parse(AsmParser &parser) {
  std::string name;
  if (parser.parseLess() || parser.parseString(&name) || parser.parseGreater())
    return {};
  return NnModuleType::get(parser.getContext(), name);
}
void NnModuleType::print(AsmPrinter &printer) const {
  printer << '<';
  printer.printString(getClassName());
  printer << '>';
}

//===----------------------------------------------------------------------===//
// Dialect hooks
//===----------------------------------------------------------------------===//

void TorchDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "passes/torch/TorchTypes.cpp.inc"
      >();
}

Type TorchDialect::parseType(DialectAsmParser &parser) const {
  Type type;
  if (parseNestedType(parser, type))
    return {};
  return type;
}

void TorchDialect::printType(Type type, DialectAsmPrinter &printer) const {
  printNestedType(printer, type);
}
