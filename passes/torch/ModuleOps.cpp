//===- ModuleOps.cpp - Classes and objects of nn.Module -------------------===//

#include "passes/torch/TorchOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

//===----------------------------------------------------------------------===//
// Classes
//===----------------------------------------------------------------------===//

template <typename MemberT>
static MemberT findMember(ClassTypeOp classType, StringAttr name) {
  for (auto member : classType.getRegion().getOps<MemberT>())
    if (member.getNameAttr() == name)
      return member;
  return {};
}

AttrOp ClassTypeOp::findAttr(StringAttr name) {
  return findMember<AttrOp>(*this, name);
}
MethodOp ClassTypeOp::findMethod(StringAttr name) {
  return findMember<MethodOp>(*this, name);
}

LogicalResult ClassTypeOp::verify() {
  llvm::DenseMap<StringAttr, Operation *> members;
  for (Operation &op : getRegion().front()) {
    if (isa<ClassTypeTerminatorOp>(op))
      continue;
    if (!isa<AttrOp, MethodOp>(op)) {
      InFlightDiagnostic diagnostic = emitOpError(
          "holds something other than 'torch.attr' and 'torch.method'");
      diagnostic.attachNote(op.getLoc()) << "it is here";
      return diagnostic;
    }
    auto name = op.getAttrOfType<StringAttr>("name");
    if (!name)
      continue; // The member's own verifier says so.
    auto [entry, isNew] = members.try_emplace(name, &op);
    if (isNew)
      continue;
    InFlightDiagnostic diagnostic = op.emitOpError()
                                    << "'" << name.getValue()
                                    << "' stands twice in its class";
    diagnostic.attachNote(entry->second->getLoc()) << "the other one is here";
    return diagnostic;
  }
  return success();
}

LogicalResult MethodOp::verifySymbolUses(SymbolTableCollection &tables) {
  auto function =
      tables.lookupNearestSymbolFrom<func::FuncOp>(*this, getFunctionAttr());
  if (!function)
    return emitOpError() << "'" << getName() << "' names " << getFunctionAttr()
                         << ", which is no function of this module";
  StringRef className = cast<ClassTypeOp>((*this)->getParentOp()).getSymName();
  auto inputs = function.getArgumentTypes();
  auto self =
      inputs.empty() ? NnModuleType() : dyn_cast<NnModuleType>(inputs.front());
  if (self && self.getClassName() == className)
    return success();
  InFlightDiagnostic diagnostic =
      emitOpError() << "'" << getName()
                    << "' needs a function whose first argument is the object, "
                       "of type "
                    << NnModuleType::get(getContext(), className);
  diagnostic.attachNote(function.getLoc()) << "the function is here";
  return diagnostic;
}

//===----------------------------------------------------------------------===//
// Objects
//===----------------------------------------------------------------------===//

LogicalResult NnModuleOp::verify() {
  for (Operation &op : getRegion().front()) {
    if (isa<SlotOp, NnModuleTerminatorOp>(op))
      continue;
    InFlightDiagnostic diagnostic =
        emitOpError("holds something other than 'torch.slot'");
    diagnostic.attachNote(op.getLoc()) << "it is here";
    return diagnostic;
  }
  return success();
}

/// The class that `op` names, or null.
static ClassTypeOp lookupClass(Operation *op, NnModuleType type,
                               SymbolTableCollection &tables) {
  return tables.lookupNearestSymbolFrom<ClassTypeOp>(
      op, StringAttr::get(op->getContext(), type.getClassName()));
}

/// Whether an attribute of the type `expected` can hold an object: an interface
/// holds objects of any class that has its methods, which TorchScript checks.
static bool isInterface(Operation *op, Type expected,
                        SymbolTableCollection &tables) {
  auto type = dyn_cast<NnModuleType>(expected);
  ClassTypeOp classType = type ? lookupClass(op, type, tables) : ClassTypeOp();
  auto kind = classType ? classType->getAttrOfType<StringAttr>("dynfault.kind")
                        : StringAttr();
  return kind && kind.getValue().ends_with("interface");
}

LogicalResult NnModuleOp::verifySymbolUses(SymbolTableCollection &tables) {
  ClassTypeOp classType = lookupClass(*this, getType(), tables);
  if (!classType)
    return emitOpError() << "is of the class '" << getType().getClassName()
                         << "', which this module does not have; declare it "
                            "with 'torch.class_type @"
                         << getType().getClassName() << " { ... }'";
  auto attrs = llvm::to_vector(classType.getRegion().getOps<AttrOp>());
  auto slots = llvm::to_vector(getRegion().getOps<SlotOp>());
  for (auto [attr, slot] : llvm::zip(attrs, slots)) {
    Type type = slot.getValue().getType();
    if (attr.getNameAttr() == slot.getNameAttr() &&
        (isAssignable(type, attr.getType()) ||
         (isa<NnModuleType>(type) &&
          isInterface(*this, attr.getType(), tables))))
      continue;
    InFlightDiagnostic diagnostic = slot.emitOpError();
    if (attr.getNameAttr() != slot.getNameAttr())
      diagnostic << "'" << slot.getName()
                 << "' stands where the class has the attribute '"
                 << attr.getName()
                 << "'; slots must have the names and the order of the "
                    "attributes";
    else
      diagnostic << "'" << slot.getName() << "' has a value of type " << type
                 << ", but the attribute's type is " << attr.getType();
    diagnostic.attachNote(attr.getLoc()) << "the attribute is declared here";
    return diagnostic;
  }
  if (attrs.size() == slots.size())
    return success();
  InFlightDiagnostic diagnostic =
      emitOpError() << "has " << slots.size() << " slots, but its class has "
                    << attrs.size() << " attributes";
  if (slots.size() > attrs.size())
    diagnostic.attachNote(slots[attrs.size()].getLoc())
        << "this slot has no attribute";
  else
    diagnostic.attachNote(attrs[slots.size()].getLoc())
        << "this attribute has no slot";
  return diagnostic;
}

//===----------------------------------------------------------------------===//
// Uses
//===----------------------------------------------------------------------===//

/// The attribute that `op` reads or writes with type `type` must be one of the
/// receiver's class. A module may use objects of classes that it does not
/// declare; there is nothing to compare then.
template <typename OpT>
static LogicalResult verifyAttrUse(OpT op, Type type,
                                   SymbolTableCollection &tables) {
  ClassTypeOp classType = lookupClass(op, op.getReceiver().getType(), tables);
  if (!classType)
    return success();
  AttrOp attr = classType.findAttr(op.getNameAttr());
  if (!attr) {
    InFlightDiagnostic diagnostic = op.emitOpError()
                                    << "'" << op.getName()
                                    << "' is no attribute of the class '"
                                    << classType.getSymName() << "'";
    diagnostic.attachNote(classType.getLoc()) << "the class is declared here";
    return diagnostic;
  }
  if (isAssignable(type, attr.getType()) || isAssignable(attr.getType(), type))
    return success();
  InFlightDiagnostic diagnostic =
      op.emitOpError() << "uses '" << op.getName() << "' as " << type
                       << ", but the attribute's type is " << attr.getType();
  diagnostic.attachNote(attr.getLoc()) << "the attribute is declared here";
  return diagnostic;
}

LogicalResult PrimGetAttrOp::verifySymbolUses(SymbolTableCollection &tables) {
  return verifyAttrUse(*this, getType(), tables);
}
LogicalResult PrimSetAttrOp::verifySymbolUses(SymbolTableCollection &tables) {
  return verifyAttrUse(*this, getValue().getType(), tables);
}

LogicalResult
PrimCallMethodOp::verifySymbolUses(SymbolTableCollection &tables) {
  ClassTypeOp classType = lookupClass(*this, getReceiver().getType(), tables);
  if (!classType)
    return success();
  MethodOp method = classType.findMethod(getNameAttr());
  if (!method) {
    InFlightDiagnostic diagnostic =
        emitOpError() << "'" << getName() << "' is no method of the class '"
                      << classType.getSymName() << "'";
    diagnostic.attachNote(classType.getLoc()) << "the class is declared here";
    return diagnostic;
  }
  auto function = tables.lookupNearestSymbolFrom<func::FuncOp>(
      method, method.getFunctionAttr());
  // The method's own verifier speaks of a function that is missing or wrong.
  if (!function || function.getNumArguments() == 0)
    return success();
  auto report = [&]() {
    InFlightDiagnostic diagnostic = emitOpError();
    diagnostic.attachNote(function.getLoc()) << "the method's function is here";
    return diagnostic;
  };
  TypeRange inputs = TypeRange(function.getArgumentTypes()).drop_front();
  TypeRange given = getMethodOperands().getTypes();
  if (inputs.size() != given.size())
    return report() << "'" << getName() << "' takes " << inputs.size()
                    << " operands after the object, got " << given.size();
  for (auto [index, type, input] : llvm::enumerate(given, inputs))
    if (!isAssignable(type, input))
      return report() << "operand #" << index << " of '" << getName()
                      << "' has type " << type << ", expected " << input;
  if (function.getNumResults() != 1 ||
      !isAssignable(function.getResultTypes().front(), getType()))
    return report() << "'" << getName() << "' does not return " << getType();
  return success();
}
