//===- TypeConversion.cpp - Types of both worlds --------------------------===//

#include "passes/torchscript/TypeConversion.h"

#include <torch/csrc/jit/frontend/resolver.h>
#include <torch/csrc/jit/frontend/script_type_parser.h>

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dynfault::torchscript;
namespace dialect = dynfault::torch;
namespace jit = ::torch::jit;
using jit::TypePtr;

std::optional<at::ScalarType> dynfault::torchscript::getScalarType(Type dtype) {
  if (!dtype)
    return std::nullopt;
  if (dtype.isF32())
    return at::kFloat;
  if (dtype.isF64())
    return at::kDouble;
  if (dtype.isF16())
    return at::kHalf;
  if (dtype.isBF16())
    return at::kBFloat16;
  if (dtype.isInteger(1))
    return at::kBool;
  // Tensor attributes of upstream dialects have integers without sign.
  if (dtype.isSignedInteger(64) || dtype.isSignlessInteger(64))
    return at::kLong;
  if (dtype.isSignedInteger(32) || dtype.isSignlessInteger(32))
    return at::kInt;
  if (dtype.isSignedInteger(16) || dtype.isSignlessInteger(16))
    return at::kShort;
  if (dtype.isSignedInteger(8) || dtype.isSignlessInteger(8))
    return at::kChar;
  if (dtype.isUnsignedInteger(8))
    return at::kByte;
  if (auto complex = dyn_cast<ComplexType>(dtype)) {
    if (complex.getElementType().isF32())
      return at::kComplexFloat;
    if (complex.getElementType().isF64())
      return at::kComplexDouble;
  }
  return std::nullopt;
}

Type dynfault::torchscript::getElementType(MLIRContext *context,
                                           at::ScalarType dtype) {
  Builder builder(context);
  auto integer = [&](unsigned width, bool isSigned) {
    return IntegerType::get(
        context, width, isSigned ? IntegerType::Signed : IntegerType::Unsigned);
  };
  switch (dtype) {
  case at::kFloat:
    return builder.getF32Type();
  case at::kDouble:
    return builder.getF64Type();
  case at::kHalf:
    return builder.getF16Type();
  case at::kBFloat16:
    return builder.getBF16Type();
  case at::kBool:
    return builder.getI1Type();
  case at::kLong:
    return integer(64, true);
  case at::kInt:
    return integer(32, true);
  case at::kShort:
    return integer(16, true);
  case at::kChar:
    return integer(8, true);
  case at::kByte:
    return integer(8, false);
  case at::kComplexFloat:
    return ComplexType::get(builder.getF32Type());
  case at::kComplexDouble:
    return ComplexType::get(builder.getF64Type());
  default:
    return {};
  }
}

Type dynfault::torchscript::convertType(MLIRContext *context,
                                        const TypePtr &type) {
  auto contained = [&](size_t i) {
    return convertType(context, type->containedTypes()[i]);
  };
  auto all = [&] {
    SmallVector<Type> types;
    for (const TypePtr &element : type->containedTypes())
      types.push_back(convertType(context, element));
    return types;
  };
  switch (type->kind()) {
  case c10::TypeKind::TensorType:
    return dialect::NonValueTensorType::get(context);
  case c10::TypeKind::IntType:
    return dialect::IntType::get(context);
  case c10::TypeKind::FloatType:
    return dialect::FloatType::get(context);
  case c10::TypeKind::BoolType:
    return dialect::BoolType::get(context);
  case c10::TypeKind::NoneType:
    return dialect::NoneType::get(context);
  case c10::TypeKind::StringType:
    return dialect::StringType::get(context);
  case c10::TypeKind::NumberType:
    return dialect::NumberType::get(context);
  case c10::TypeKind::DeviceObjType:
    return dialect::DeviceType::get(context);
  case c10::TypeKind::GeneratorType:
    return dialect::GeneratorType::get(context);
  case c10::TypeKind::ListType:
    return dialect::ListType::get(context, contained(0));
  case c10::TypeKind::OptionalType:
    return dialect::OptionalType::get(context, contained(0));
  case c10::TypeKind::DictType:
    return dialect::DictType::get(context, contained(0), contained(1));
  case c10::TypeKind::TupleType:
    return dialect::TupleType::get(context, all());
  case c10::TypeKind::UnionType:
    return dialect::UnionType::get(context, all());
  case c10::TypeKind::ClassType:
  case c10::TypeKind::InterfaceType:
    return dialect::NnModuleType::get(
        context, type->cast<c10::NamedType>()->name()->qualifiedName());
  default:
    return dialect::AnyType::get(context);
  }
}

/// Whether `convertType` keeps all that the type says.
static bool isExpressible(const TypePtr &type) {
  switch (type->kind()) {
  case c10::TypeKind::TensorType:
  case c10::TypeKind::IntType:
  case c10::TypeKind::FloatType:
  case c10::TypeKind::BoolType:
  case c10::TypeKind::NoneType:
  case c10::TypeKind::StringType:
  case c10::TypeKind::NumberType:
  case c10::TypeKind::DeviceObjType:
  case c10::TypeKind::GeneratorType:
  case c10::TypeKind::ClassType:
  case c10::TypeKind::InterfaceType:
  case c10::TypeKind::AnyType:
    return true;
  case c10::TypeKind::TupleType:
    if (type->expectRef<c10::TupleType>().schema())
      return false;
    [[fallthrough]];
  case c10::TypeKind::ListType:
  case c10::TypeKind::OptionalType:
  case c10::TypeKind::DictType:
  case c10::TypeKind::UnionType:
    return llvm::all_of(type->containedTypes(), isExpressible);
  default:
    return false;
  }
}

std::string dynfault::torchscript::getExactType(const TypePtr &type) {
  return isExpressible(type) ? std::string() : type->annotation_str();
}

namespace {
/// Finds named types in a compilation unit.
class UnitResolver : public jit::Resolver {
public:
  explicit UnitResolver(std::shared_ptr<jit::CompilationUnit> unit)
      : unit(std::move(unit)) {}

  std::shared_ptr<jit::SugaredValue>
  resolveValue(const std::string &, jit::GraphFunction &,
               const jit::SourceRange &) override {
    return nullptr;
  }
  TypePtr resolveType(const std::string &name,
                      const jit::SourceRange &) override {
    return unit->get_type(c10::QualifiedName(name));
  }

private:
  std::shared_ptr<jit::CompilationUnit> unit;
};
} // namespace

TypeReader::TypeReader(std::shared_ptr<jit::CompilationUnit> unit)
    : unit(unit), resolver(std::make_shared<UnitResolver>(unit)) {}

TypePtr TypeReader::parse(StringRef text) {
  try {
    return jit::ScriptTypeParser(resolver).parseType(text.str());
  } catch (const std::exception &) {
    return nullptr;
  }
}

TypePtr TypeReader::read(Type type, Attribute exact) {
  if (auto text = dyn_cast_or_null<StringAttr>(exact))
    if (!text.empty())
      return parse(text.getValue());
  if (dialect::getTensorInfo(type))
    return c10::TensorType::get();
  auto all = [&](ArrayRef<Type> types) -> std::optional<std::vector<TypePtr>> {
    std::vector<TypePtr> elements;
    for (Type element : types) {
      elements.push_back(read(element));
      if (!elements.back())
        return std::nullopt;
    }
    return elements;
  };
  return llvm::TypeSwitch<Type, TypePtr>(type)
      .Case([](dialect::IntType) { return c10::IntType::get(); })
      .Case([](dialect::FloatType) { return c10::FloatType::get(); })
      .Case([](dialect::BoolType) { return c10::BoolType::get(); })
      .Case([](dialect::NoneType) { return c10::NoneType::get(); })
      .Case([](dialect::StringType) { return c10::StringType::get(); })
      .Case([](dialect::NumberType) { return c10::NumberType::get(); })
      .Case([](dialect::AnyType) { return c10::AnyType::get(); })
      .Case([](dialect::DeviceType) { return c10::DeviceObjType::get(); })
      .Case([](dialect::GeneratorType) { return c10::GeneratorType::get(); })
      .Case([&](dialect::ListType list) -> TypePtr {
        TypePtr element = read(list.getContainedType());
        return element ? c10::ListType::create(element) : nullptr;
      })
      .Case([&](dialect::OptionalType optional) -> TypePtr {
        TypePtr element = read(optional.getContainedType());
        return element ? c10::OptionalType::create(element) : nullptr;
      })
      .Case([&](dialect::DictType dict) -> TypePtr {
        TypePtr key = read(dict.getKeyType());
        TypePtr value = read(dict.getValueType());
        return key && value ? c10::DictType::create(key, value) : nullptr;
      })
      .Case([&](dialect::TupleType tuple) -> TypePtr {
        auto elements = all(tuple.getContainedTypes());
        return elements ? c10::TupleType::create(*elements) : nullptr;
      })
      .Case([&](dialect::UnionType choice) -> TypePtr {
        auto elements = all(choice.getContainedTypes());
        return elements ? c10::UnionType::create(*elements) : nullptr;
      })
      .Case([&](dialect::NnModuleType object) -> TypePtr {
        return unit->get_type(c10::QualifiedName(object.getClassName().str()));
      })
      .Default([](Type) { return nullptr; });
}
