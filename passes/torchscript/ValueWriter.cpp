//===- ValueWriter.cpp - Operations become TorchScript values -------------===//

#include "passes/torchscript/ValueWriter.h"
#include "passes/program/Weights.h"

#include <ATen/core/Dict.h>

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dynfault::torchscript;
namespace dialect = dynfault::torch;
namespace jit = ::torch::jit;
using jit::IValue;

jit::TypePtr dynfault::torchscript::readResultType(TypeReader &types,
                                                   Operation *op) {
  return types.read(op->getResult(0).getType(), op->getAttr(kType));
}

FailureOr<at::Tensor>
dynfault::torchscript::readLiteral(Operation *op, ElementsAttr elements) {
  ShapedType type = elements.getShapedType();
  auto info = dialect::getTensorInfo(op->getResult(0).getType());
  auto dtype = info ? getScalarType(info->dtype) : std::nullopt;
  if (!dtype)
    dtype = getScalarType(type.getElementType());
  if (!dtype)
    return op->emitError() << "LibTorch has no tensors of "
                           << type.getElementType();
  SmallVector<char> storage;
  auto raw = dynfault::program::getRawElements(op, elements, storage);
  if (failed(raw))
    return failure();
  at::IntArrayRef sizes(type.getShape().data(), type.getShape().size());
  if (raw->size() != type.getNumElements() * c10::elementSize(*dtype))
    return op->emitError() << "the literal's values of type "
                           << type.getElementType()
                           << " do not have the size of its result's";
  at::Tensor tensor;
  bool isAligned =
      reinterpret_cast<uintptr_t>(raw->data()) % c10::elementSize(*dtype) == 0;
  if (raw->data() != storage.data() && isAligned && !raw->empty()) {
    tensor = at::from_blob(const_cast<char *>(raw->data()), sizes,
                           at::TensorOptions().dtype(*dtype));
  } else {
    tensor = at::empty(sizes, *dtype);
    std::memcpy(tensor.data_ptr(), raw->data(), raw->size());
  }
  return tensor;
}

/// Copies the elements of a contiguous tensor to where `to` shows them. Unlike
/// copy_, it can write to a tensor that shows one element in several places.
static void scatter(const at::Tensor &from, const at::Tensor &to) {
  size_t bytes = from.element_size();
  auto *source = static_cast<const char *>(from.data_ptr());
  auto *target = static_cast<char *>(to.data_ptr());
  SmallVector<int64_t> index(from.dim(), 0);
  for (int64_t i = 0; i < from.numel(); ++i, source += bytes) {
    int64_t place = 0;
    for (int64_t d = 0; d < from.dim(); ++d)
      place += index[d] * to.stride(d);
    std::memcpy(target + place * bytes, source, bytes);
    for (int64_t d = from.dim() - 1; d >= 0 && ++index[d] == from.size(d); --d)
      index[d] = 0;
  }
}

FailureOr<IValue> ValueWriter::makeTensor(Operation *op,
                                          ElementsAttr elements) {
  auto literal = readLiteral(op, elements);
  if (failed(literal))
    return failure();
  at::Tensor tensor = *literal;
  if (auto view = op->getAttrOfType<DictionaryAttr>("dynfault.view")) {
    int64_t size = view.getAs<IntegerAttr>("size").getInt();
    int64_t offset = view.getAs<IntegerAttr>("offset").getInt();
    ArrayRef<int64_t> strides =
        view.getAs<DenseI64ArrayAttr>("strides").asArrayRef();
    int64_t last = offset;
    bool isInside = strides.size() == static_cast<size_t>(tensor.dim()) &&
                    offset >= 0 && size >= 0;
    for (size_t i = 0; isInside && i < strides.size(); ++i) {
      int64_t reach = 0;
      isInside = strides[i] >= 0 &&
                 !llvm::MulOverflow(std::max<int64_t>(tensor.size(i) - 1, 0),
                                    strides[i], reach) &&
                 !llvm::AddOverflow(last, reach, last);
    }
    if (!isInside ||
        (tensor.numel() &&
         last >= size / static_cast<int64_t>(tensor.element_size())))
      return op->emitOpError("'dynfault.view' reaches outside of its storage");
    at::Tensor &storage =
        storages[view.getAs<StringAttr>("storage").getValue()];
    if (!storage.defined())
      storage = at::zeros({size}, at::kByte);
    if (static_cast<int64_t>(storage.nbytes()) != size)
      return op->emitOpError("'dynfault.view' gives its storage another size "
                             "than the literals before");
    at::Tensor shown = at::empty({0}, tensor.options());
    shown.set_(storage.storage(), offset, tensor.sizes(),
               at::IntArrayRef(strides.data(), strides.size()));
    scatter(tensor, shown);
    tensor = shown;
  }
  if (auto requiresGrad = op->getAttrOfType<BoolAttr>("dynfault.requires_grad"))
    if (requiresGrad.getValue())
      tensor.set_requires_grad(true);
  return IValue(tensor);
}

FailureOr<IValue> ValueWriter::makeObject(dialect::NnModuleOp op) {
  auto type = readResultType(types, op);
  auto classType = type ? type->cast<c10::ClassType>() : nullptr;
  if (!classType)
    return op.emitOpError()
           << "is of the class '" << op.getType().getClassName()
           << "', which is no class of objects";
  auto object = c10::ivalue::Object::create(
      c10::StrongTypePtr(classType->compilation_unit()
                             ? std::const_pointer_cast<jit::CompilationUnit>(
                                   classType->compilation_unit())
                             : nullptr,
                         classType),
      classType->numAttributes());
  for (auto [i, slot] :
       llvm::enumerate(op.getRegion().getOps<dialect::SlotOp>()))
    object->setSlot(i, lookup(slot.getValue()));
  return IValue(object);
}

FailureOr<IValue> ValueWriter::makeContainer(Operation *op) {
  jit::TypePtr type = readResultType(types, op);
  if (!type)
    return op->emitOpError("makes a value of a type that TorchScript has not");
  if (auto construct = dyn_cast<dialect::PrimDictConstructOp>(op)) {
    c10::impl::GenericDict dict(type->containedTypes()[0],
                                type->containedTypes()[1]);
    for (auto [key, value] :
         llvm::zip_equal(construct.getKeys(), construct.getValues()))
      dict.insert_or_assign(lookup(key), lookup(value));
    return IValue(dict);
  }
  std::vector<IValue> elements;
  for (Value operand : op->getOperands())
    elements.push_back(lookup(operand));
  if (isa<dialect::PrimListConstructOp>(op)) {
    c10::impl::GenericList list(type->containedTypes()[0]);
    for (const IValue &element : elements)
      list.push_back(element);
    return IValue(list);
  }
  auto tuple = type->expect<c10::TupleType>();
  return IValue(
      tuple->schema()
          ? c10::ivalue::Tuple::createNamed(std::move(elements), tuple)
          : c10::ivalue::Tuple::create(std::move(elements)));
}

std::optional<IValue>
dynfault::torchscript::toIValue(Attribute value, const jit::TypePtr &type) {
  switch (type->kind()) {
  case c10::TypeKind::OptionalType:
    if (isa<UnitAttr>(value))
      return IValue();
    return toIValue(value, type->containedTypes()[0]);
  case c10::TypeKind::NoneType:
    return IValue();
  case c10::TypeKind::BoolType:
    if (auto flag = dyn_cast<BoolAttr>(value))
      return IValue(flag.getValue());
    return std::nullopt;
  case c10::TypeKind::IntType:
    if (auto number = dyn_cast<IntegerAttr>(value))
      return IValue(number.getInt());
    return std::nullopt;
  case c10::TypeKind::FloatType:
    if (auto number = dyn_cast<FloatAttr>(value))
      return IValue(number.getValueAsDouble());
    return std::nullopt;
  case c10::TypeKind::NumberType:
    if (auto number = dyn_cast<FloatAttr>(value))
      return IValue(number.getValueAsDouble());
    if (auto number = dyn_cast<IntegerAttr>(value))
      return IValue(number.getInt());
    return std::nullopt;
  case c10::TypeKind::StringType:
    if (auto text = dyn_cast<StringAttr>(value))
      return IValue(text.getValue().str());
    return std::nullopt;
  case c10::TypeKind::DeviceObjType:
    if (auto text = dyn_cast<StringAttr>(value))
      return IValue(c10::Device(text.getValue().str()));
    return std::nullopt;
  case c10::TypeKind::ComplexType:
    if (auto parts = dyn_cast<ArrayAttr>(value); parts && parts.size() == 2)
      return IValue(
          c10::complex<double>(cast<FloatAttr>(parts[0]).getValueAsDouble(),
                               cast<FloatAttr>(parts[1]).getValueAsDouble()));
    return std::nullopt;
  case c10::TypeKind::EnumType: {
    auto enumType = type->expect<c10::EnumType>();
    auto name = dyn_cast<StringAttr>(value);
    for (const auto &[known, held] : enumType->enumNamesValues())
      if (name && known == name.getValue())
        return IValue(c10::make_intrusive<c10::ivalue::EnumHolder>(
            enumType, known, held));
    return std::nullopt;
  }
  case c10::TypeKind::ListType:
  case c10::TypeKind::TupleType: {
    auto array = dyn_cast<ArrayAttr>(value);
    bool isTuple = type->kind() == c10::TypeKind::TupleType;
    if (!array || (isTuple && array.size() != type->containedTypes().size()))
      return std::nullopt;
    std::vector<IValue> elements;
    for (auto [i, attribute] : llvm::enumerate(array)) {
      auto element =
          toIValue(attribute, type->containedTypes()[isTuple ? i : 0]);
      if (!element)
        return std::nullopt;
      elements.push_back(*element);
    }
    if (isTuple)
      return IValue(c10::ivalue::Tuple::create(std::move(elements)));
    c10::impl::GenericList list(type->containedTypes()[0]);
    for (const IValue &element : elements)
      list.push_back(element);
    return IValue(list);
  }
  default:
    return std::nullopt;
  }
}

FailureOr<IValue> ValueWriter::evaluate(Operation *op) {
  using Result = FailureOr<IValue>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](dialect::ConstantNoneOp) -> Result { return IValue(); })
      .Case([&](dialect::ConstantBoolOp c) -> Result {
        return IValue(c.getValue());
      })
      .Case([&](dialect::ConstantIntOp c) -> Result {
        return IValue(static_cast<int64_t>(c.getValueAttr().getInt()));
      })
      .Case([&](dialect::ConstantFloatOp c) -> Result {
        return IValue(c.getValueAttr().getValueAsDouble());
      })
      .Case([&](dialect::ConstantStrOp c) -> Result {
        return IValue(c.getValue().str());
      })
      .Case([&](dialect::ConstantDeviceOp c) -> Result {
        return IValue(c10::Device(c.getValue().str()));
      })
      .Case([&](dialect::NonValueTensorLiteralOp l) {
        return makeTensor(l, l.getValue());
      })
      .Case([&](dialect::ValueTensorLiteralOp l) {
        return makeTensor(l, l.getValue());
      })
      .Case([&](dialect::NnModuleOp o) { return makeObject(o); })
      .Case<dialect::PrimListConstructOp, dialect::PrimTupleConstructOp,
            dialect::PrimDictConstructOp>(
          [&](Operation *container) { return makeContainer(container); })
      // Subtyping is implicit in TorchScript.
      .Case<dialect::DerefineOp, dialect::TensorStaticInfoCastOp,
            dialect::CopyToNonValueTensorOp, dialect::CopyToValueTensorOp>(
          [&](Operation *cast) -> Result {
            return lookup(cast->getOperand(0));
          })
      .Default([&](Operation *) -> Result {
        jit::TypePtr type = op->getNumResults() == 1 ? readResultType(types, op)
                                                     : jit::TypePtr();
        if (dialect::getTorchName(op) == "prim.Constant" && type)
          if (auto value = toIValue(op->getAttr("dynfault.value"), type))
            return *value;
        return op->emitError() << "'" << op->getName()
                               << "' makes no value that an archive can store";
      });
}

LogicalResult ValueWriter::write(Operation *op) {
  auto value = evaluate(op);
  if (failed(value))
    return failure();
  values[op->getResult(0)] = *value;
  return success();
}
