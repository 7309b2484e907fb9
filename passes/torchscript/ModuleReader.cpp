//===- ModuleReader.cpp - A TorchScript module becomes IR -----------------===//
//
// Objects are read by identity: a weight or a submodule that stands in two
// places becomes one SSA value that is used twice.
//
//===----------------------------------------------------------------------===//

#include "passes/torchscript/ModuleReader.h"

#include <ATen/core/Dict.h>

#include "mlir/IR/AsmState.h"

using namespace mlir;
using namespace dynfault::torchscript;
namespace dialect = dynfault::torch;
namespace jit = ::torch::jit;
using jit::IValue;

/// Tensors up to this size stand in the text; the names of larger ones do.
static constexpr size_t kInlineBytes = 64;

ModuleReader::ModuleReader(ModuleOp module, StringRef fileName)
    : module(module), builder(module.getBodyRegion()),
      fileLoc(FileLineColLoc::get(module.getContext(), fileName, 0, 0)) {}

Location ModuleReader::at(StringRef path) {
  return NameLoc::get(builder.getStringAttr(path), fileLoc);
}

FailureOr<Value> ModuleReader::refuse(Location loc, StringRef name,
                                      const Twine &type) {
  return emitError(loc) << "'" << name << "' is of type " << type.str()
                        << ", which cannot be expressed in the torch dialect; "
                           "remove it from the module";
}

Attribute ModuleReader::toAttribute(const IValue &value) {
  if (value.isNone())
    return builder.getUnitAttr();
  if (value.isBool())
    return builder.getBoolAttr(value.toBool());
  if (value.isInt())
    return builder.getI64IntegerAttr(value.toInt());
  if (value.isDouble())
    return builder.getF64FloatAttr(value.toDouble());
  if (value.isString())
    return builder.getStringAttr(value.toStringRef());
  if (value.isDevice())
    return builder.getStringAttr(value.toDevice().str());
  auto all = [&](auto &&elements) -> Attribute {
    SmallVector<Attribute> attributes;
    for (const IValue &element : elements) {
      attributes.push_back(toAttribute(element));
      if (!attributes.back())
        return {};
    }
    return builder.getArrayAttr(attributes);
  };
  if (value.isList())
    return all(value.toList().vec());
  if (value.isTuple())
    return all(value.toTupleRef().elements());
  if (value.isComplexDouble()) {
    auto number = value.toComplexDouble();
    return builder.getArrayAttr({builder.getF64FloatAttr(number.real()),
                                 builder.getF64FloatAttr(number.imag())});
  }
  if (value.isEnum())
    return builder.getStringAttr(value.toEnumHolder()->name());
  return {};
}

void ModuleReader::collectTensors(const IValue &value) {
  SmallVector<IValue> worklist{value};
  while (!worklist.empty()) {
    IValue next = worklist.pop_back_val();
    if (!next.isPtrType() || !visited.insert(next.internalToPointer()).second)
      continue;
    if (next.isTensor()) {
      const at::Tensor &tensor = next.toTensor();
      if (tensor.defined() && tensor.has_storage())
        ++storageUses[tensor.storage().unsafeGetStorageImpl()];
    } else if (next.isObject()) {
      llvm::append_range(worklist, next.toObjectRef().slots());
    } else if (next.isTuple()) {
      llvm::append_range(worklist, next.toTupleRef().elements());
    } else if (next.isList()) {
      llvm::append_range(worklist, next.toList().vec());
    } else if (next.isGenericDict()) {
      for (const auto &entry : next.toGenericDict())
        worklist.push_back(entry.value());
    }
  }
}

FailureOr<Value> ModuleReader::readTensor(OpBuilder &builder, Location loc,
                                          const at::Tensor &tensor,
                                          StringRef name) {
  Type element = dynfault::torchscript::getElementType(builder.getContext(),
                                                       tensor.scalar_type());
  if (!tensor.defined() || tensor.is_quantized() ||
      tensor.layout() != at::kStrided || !tensor.device().is_cpu() || !element)
    return refuse(loc, name,
                  !tensor.defined() ? std::string("undefined tensor")
                                    : "tensor of " + tensor.toString());
  auto type = RankedTensorType::get(
      ArrayRef(tensor.sizes().data(), tensor.sizes().size()), element);
  at::Tensor values = tensor.detach().resolve_conj().resolve_neg().contiguous();
  ArrayRef<char> bytes(static_cast<const char *>(values.data_ptr()),
                       values.nbytes());
  ElementsAttr elements;
  if (element.isInteger(1) && bytes.size() <= kInlineBytes)
    elements = DenseElementsAttr::get(
        type,
        ArrayRef(reinterpret_cast<const bool *>(bytes.data()), bytes.size()));
  else if (bytes.size() <= kInlineBytes)
    elements = DenseElementsAttr::getFromRawBuffer(type, bytes);
  else
    // A view: the tensor lives as long as the resource.
    elements = DenseResourceElementsAttr::get(
        type, name,
        UnmanagedAsmResourceBlob::allocateWithAlign(
            bytes, values.itemsize(),
            [values](void *, size_t, size_t) mutable { values.reset(); }));
  auto literal = builder.create<dialect::NonValueTensorLiteralOp>(
      loc,
      dialect::NonValueTensorType::get(builder.getContext(), type.getShape(),
                                       element),
      elements);
  if (tensor.requires_grad())
    literal->setAttr("dynfault.requires_grad", builder.getBoolAttr(true));

  // Strides matter to operations on the storage, and so do tensors that share
  // it.
  const void *storage = tensor.storage().unsafeGetStorageImpl();
  bool isShared = storageUses.lookup(storage) > 1;
  if (isShared || !tensor.is_contiguous()) {
    std::string &storageName = storageNames[storage];
    if (storageName.empty())
      storageName = name.str();
    literal->setAttr(
        "dynfault.view",
        builder.getDictionaryAttr(
            {builder.getNamedAttr(
                 "offset", builder.getI64IntegerAttr(tensor.storage_offset())),
             builder.getNamedAttr(
                 "size", builder.getI64IntegerAttr(tensor.storage().nbytes())),
             builder.getNamedAttr("storage",
                                  builder.getStringAttr(storageName)),
             builder.getNamedAttr(
                 "strides",
                 builder.getDenseI64ArrayAttr(ArrayRef(
                     tensor.strides().data(), tensor.strides().size())))}));
  }
  return literal.getResult();
}

FailureOr<Value> ModuleReader::makeConstant(OpBuilder &builder, Location loc,
                                            const IValue &value,
                                            StringRef name) {
  MLIRContext *context = builder.getContext();
  if (value.isNone())
    return builder
        .create<dialect::ConstantNoneOp>(loc, dialect::NoneType::get(context))
        .getResult();
  if (value.isBool())
    return builder
        .create<dialect::ConstantBoolOp>(loc, dialect::BoolType::get(context),
                                         value.toBool())
        .getResult();
  if (value.isInt())
    return builder
        .create<dialect::ConstantIntOp>(loc, dialect::IntType::get(context),
                                        value.toInt())
        .getResult();
  if (value.isDouble())
    return builder
        .create<dialect::ConstantFloatOp>(loc, dialect::FloatType::get(context),
                                          APFloat(value.toDouble()))
        .getResult();
  if (value.isString())
    return builder
        .create<dialect::ConstantStrOp>(loc, dialect::StringType::get(context),
                                        value.toStringRef())
        .getResult();
  if (value.isDevice())
    return builder
        .create<dialect::ConstantDeviceOp>(
            loc, dialect::DeviceType::get(context), value.toDevice().str())
        .getResult();
  if (value.isTensor())
    return readTensor(builder, loc, value.toTensor(), name);

  jit::TypePtr type = value.type();
  if (value.isTuple() || value.isList()) {
    SmallVector<Value> elements;
    auto items = value.isTuple() ? value.toTupleRef().elements().vec()
                                 : value.toList().vec();
    Type result = convert(type);
    for (const IValue &item : items) {
      auto element = makeConstant(builder, loc, item, name);
      if (failed(element))
        return failure();
      elements.push_back(*element);
    }
    Operation *op;
    if (value.isTuple()) {
      op = builder.create<dialect::PrimTupleConstructOp>(loc, result, elements);
    } else {
      for (Value &element : elements)
        element = castTo(builder, loc, element,
                         cast<dialect::ListType>(result).getContainedType());
      op = builder.create<dialect::PrimListConstructOp>(loc, result, elements);
    }
    setExactTypes(op, {type});
    return op->getResult(0);
  }
  if (value.isComplexDouble() || value.isEnum()) {
    auto op = builder.create<dialect::OperatorOp>(
        loc, TypeRange{dialect::AnyType::get(context)},
        builder.getStringAttr("prim.Constant"), ValueRange(),
        /*regionsCount=*/0);
    convert(type);
    op->setAttr("dynfault.value", toAttribute(value));
    setExactTypes(op, {type});
    return op.getResult(0);
  }
  return refuse(loc, name, type->str());
}

FailureOr<Value> ModuleReader::readObject(const IValue &value,
                                          const std::string &path) {
  auto object = value.toObject();
  auto type = object->type();
  std::string name = type->name()->qualifiedName();
  if (StringRef(name).starts_with("__torch__.torch.classes."))
    return refuse(at(path), path, name);
  convert(type);
  SmallVector<Value> slots;
  for (size_t i = 0; i < type->numAttributes(); ++i) {
    std::string attribute = type->getAttributeName(i);
    auto slot = readValue(object->getSlot(i), type->getAttribute(i),
                          path.empty() ? attribute : path + "." + attribute);
    if (failed(slot))
      return failure();
    slots.push_back(*slot);
  }
  OperationState state(at(path), dialect::NnModuleOp::getOperationName());
  state.addTypes(dialect::NnModuleType::get(builder.getContext(), name));
  Block *block = new Block();
  state.addRegion()->push_back(block);
  Operation *op = builder.create(state);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(block);
  for (auto [i, slot] : llvm::enumerate(slots))
    builder.create<dialect::SlotOp>(op->getLoc(), type->getAttributeName(i),
                                    slot);
  builder.create<dialect::NnModuleTerminatorOp>(op->getLoc());
  return op->getResult(0);
}

FailureOr<Value> ModuleReader::readValue(const IValue &value,
                                         const jit::TypePtr &type,
                                         const std::string &path) {
  bool hasIdentity = value.isTensor() || value.isObject() || value.isList() ||
                     value.isGenericDict();
  if (!hasIdentity && !value.isTuple()) {
    std::string key;
    if (value.isNone() || value.isBool() || value.isInt() || value.isDouble() ||
        value.isString()) {
      llvm::raw_string_ostream(key)
          << value.tagKind() << ' ' << toAttribute(value);
      if (Value known = scalars.lookup(key))
        return known;
    }
    auto constant = makeConstant(builder, fileLoc, value, path);
    if (succeeded(constant) && !key.empty())
      scalars[key] = *constant;
    return constant;
  }
  const void *identity = hasIdentity ? value.internalToPointer() : nullptr;
  if (identity) {
    auto [known, isNew] = identities.try_emplace(identity, Value());
    if (!isNew && !known->second)
      return emitError(at(path))
             << "'" << path
             << "' holds itself, and the torch dialect has no cycles";
    if (!isNew)
      return known->second;
  }
  auto remember = [&](FailureOr<Value> result) {
    if (succeeded(result) && identity)
      identities[identity] = *result;
    return result;
  };
  if (value.isTensor())
    return remember(readTensor(builder, at(path), value.toTensor(), path));
  if (value.isObject())
    return remember(readObject(value, path));

  // The value's own type, since `type` may be wider (Optional, Any).
  jit::TypePtr own = value.type();
  Type result = convert(own);
  SmallVector<Value> elements, keys;
  auto add = [&](const IValue &item, size_t i, const jit::TypePtr &expected,
                 SmallVector<Value> &to) {
    auto element = readValue(item, expected, path + "." + std::to_string(i));
    if (failed(element))
      return failure();
    to.push_back(castTo(builder, fileLoc, *element, convert(expected)));
    return success();
  };
  Operation *op;
  if (value.isGenericDict()) {
    auto dict = value.toGenericDict();
    size_t i = 0;
    for (const auto &entry : dict) {
      if (failed(add(entry.key(), i, dict.keyType(), keys)) ||
          failed(add(entry.value(), i, dict.valueType(), elements)))
        return failure();
      ++i;
    }
    op = builder.create<dialect::PrimDictConstructOp>(fileLoc, result, keys,
                                                      elements);
  } else if (value.isTuple()) {
    for (auto [i, item] : llvm::enumerate(value.toTupleRef().elements()))
      if (failed(add(item, i, own->containedTypes()[i], elements)))
        return failure();
    op = builder.create<dialect::PrimTupleConstructOp>(fileLoc, result,
                                                       elements);
  } else {
    for (auto [i, item] : llvm::enumerate(value.toList().vec()))
      if (failed(add(item, i, own->containedTypes()[0], elements)))
        return failure();
    op =
        builder.create<dialect::PrimListConstructOp>(fileLoc, result, elements);
  }
  setExactTypes(op, {own});
  return remember(op->getResult(0));
}

LogicalResult ModuleReader::read(const jit::Module &root) {
  collectTensors(root._ivalue());
  auto name = root.type()->name()->name();
  module->setAttr("torch.debug_module_name", builder.getStringAttr(name));
  builder.setInsertionPointToEnd(module.getBody());
  if (failed(readValue(root._ivalue(), root.type(), "")))
    return failure();

  // Classes name functions and functions name classes, so each may lengthen the
  // other's queue.
  builder.setInsertionPointToStart(module.getBody());
  Operation *firstValue = &module.getBody()->front();
  builder.setInsertionPoint(firstValue);
  size_t nextType = 0, nextFunction = 0;
  while (true) {
    if (nextType < typeQueue.size()) {
      c10::NamedTypePtr type = typeQueue[nextType++];
      if (failed(readClass(type)))
        return failure();
      continue;
    }
    if (nextFunction == functions.size())
      return success();
    auto [function, symbol] = *(functions.begin() + nextFunction++);
    if (failed(readFunction(*function, symbol)))
      return failure();
  }
}
