//===- Globalize.cpp - Objects become slots and functions -----------------===//
//
// TorchScript resolves attributes and methods through objects at run time, and
// objects of one class share one function. A fault at `layer1.0/relu` must not
// reach `layer2.0/relu`, so this pass runs the object part of the program at
// compile time (partial evaluation): it walks each public method of the root
// object with a map from values to known objects, and expands every call.
//
//===----------------------------------------------------------------------===//

#include "passes/prepare/Fold.h"
#include "passes/prepare/Passes.h"
#include "passes/program/Sites.h"
#include "passes/torch/TorchBuilder.h"
#include "passes/torch/TorchOps.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::prepare;

namespace dynfault::prepare {
#define GEN_PASS_DEF_GLOBALIZE
#include "passes/prepare/Passes.h.inc"
} // namespace dynfault::prepare

namespace {

/// One attribute of one object.
struct Slot {
  std::string name;
  torch::AttrOp attribute;
  /// The initial value, at module level.
  Value value;
  SmallVector<std::string> aliases;
  bool isRead = false, isWritten = false;
};

/// What is known while one function body is expanded: its values, and those
/// among them that are objects or functions.
struct Environment {
  IRMapping values;
  DenseMap<Value, torch::NnModuleOp> objects;
  DenseMap<Value, func::FuncOp> functions;
  /// Path of the object whose method this is; a function that is no method
  /// runs for its caller.
  StringRef scope;
  /// The call that this body is expanded for.
  std::optional<Location> call;
};

class Globalizer {
public:
  explicit Globalizer(ModuleOp module)
      : module(module), symbols(module), builder(module.getContext()) {}

  LogicalResult run();

private:
  FailureOr<torch::NnModuleOp> findRoot();
  /// Names the object and everything below it.
  void nameObjects(torch::NnModuleOp object, const std::string &path);
  void nameSlot(torch::NnModuleOp object, torch::SlotOp slot,
                torch::AttrOp attribute, const std::string &name);
  torch::ClassTypeOp getClass(torch::NnModuleOp object);

  LogicalResult expandMethod(torch::MethodOp method, torch::NnModuleOp root);
  /// Clones the operations of `block` but its terminator to the builder's
  /// place; `results` are the terminator's operands.
  LogicalResult expandBlock(Block &block, Environment &environment,
                            SmallVectorImpl<Value> &results);
  LogicalResult expandOp(Operation *op, Environment &environment);
  LogicalResult expandGetAttr(torch::PrimGetAttrOp op,
                              Environment &environment);
  LogicalResult expandSetAttr(torch::PrimSetAttrOp op,
                              Environment &environment);
  LogicalResult expandCallMethod(torch::PrimCallMethodOp op,
                                 Environment &environment);
  /// Expands the body of `callee` for the operands, values of `caller`, and
  /// maps the results of `call`.
  LogicalResult expandCall(Operation *call, func::FuncOp callee,
                           ValueRange operands, Environment &caller,
                           StringRef scope);
  LogicalResult cloneOp(Operation *op, Environment &environment);
  /// The object's slot of that name, reported at `op` where it has none.
  FailureOr<Slot *> getSlot(Operation *op, torch::NnModuleOp object,
                            StringAttr attribute);
  Location nameLocation(Operation *op, const Environment &environment);

  void createSlots();
  void eraseObjectGraph();

  ModuleOp module;
  SymbolTable symbols;
  OpBuilder builder;
  /// Where new functions and slots go until everything has succeeded.
  OwningOpRef<ModuleOp> result;
  DenseMap<torch::NnModuleOp, std::string> paths;
  llvm::MapVector<std::pair<Operation *, StringAttr>, size_t> slotOf;
  SmallVector<Slot> slots;
  /// The slot of a tensor, for attributes that share one.
  DenseMap<Value, size_t> slotOfTensor;
  /// Functions being expanded, outermost first.
  llvm::SetVector<Operation *> callStack;
};
} // namespace

FailureOr<torch::NnModuleOp> Globalizer::findRoot() {
  torch::NnModuleOp root;
  for (auto object : module.getOps<torch::NnModuleOp>()) {
    if (llvm::any_of(object->getUsers(), [](Operation *user) {
          return isa<torch::SlotOp>(user) ||
                 isa<torch::PrimListConstructOp>(user);
        }))
      continue;
    if (root) {
      InFlightDiagnostic diagnostic = object.emitOpError(
          "is a second root object; keep one object that no slot holds");
      diagnostic.attachNote(root.getLoc()) << "the first one is here";
      return failure();
    }
    root = object;
  }
  return root;
}

torch::ClassTypeOp Globalizer::getClass(torch::NnModuleOp object) {
  return symbols.lookup<torch::ClassTypeOp>(object.getType().getClassName());
}

/// Whether values of this type are objects or hold some.
static bool holdsObjects(Type type) {
  return type.walk([](torch::NnModuleType) { return WalkResult::interrupt(); })
      .wasInterrupted();
}

void Globalizer::nameObjects(torch::NnModuleOp object,
                             const std::string &path) {
  torch::ClassTypeOp type = getClass(object);
  paths.try_emplace(object, path);
  auto join = [&](StringRef name) {
    return path.empty() ? name.str() : path + "." + name.str();
  };
  SmallVector<std::pair<torch::NnModuleOp, StringRef>> children;
  for (auto [slot, attribute] : llvm::zip_equal(object.getOps<torch::SlotOp>(),
                                                type.getOps<torch::AttrOp>())) {
    if (auto child = slot.getValue().getDefiningOp<torch::NnModuleOp>())
      children.emplace_back(child, slot.getName());
    else if (!holdsObjects(attribute.getType()))
      nameSlot(object, slot, attribute, join(slot.getName()));
  }
  // As in a state_dict: an object's own state, then that of its children.
  for (auto [child, name] : children)
    nameObjects(child, join(name));
}

void Globalizer::nameSlot(torch::NnModuleOp object, torch::SlotOp slot,
                          torch::AttrOp attribute, const std::string &name) {
  auto key = std::make_pair(object.getOperation(), slot.getNameAttr());
  if (auto known = slotOf.find(key); known != slotOf.end()) {
    // The object itself has two paths.
    slots[known->second].aliases.push_back(name);
    return;
  }
  size_t index = slots.size();
  Value tensor = stripCasts(slot.getValue());
  if (torch::getTensorInfo(tensor.getType())) {
    auto [known, isNew] = slotOfTensor.try_emplace(tensor, index);
    if (!isNew) {
      slotOf[key] = known->second;
      slots[known->second].aliases.push_back(name);
      return;
    }
  }
  slotOf[key] = index;
  slots.push_back({name, attribute, slot.getValue(), {}, false});
}

//===----------------------------------------------------------------------===//
// Expanding methods
//===----------------------------------------------------------------------===//

Location Globalizer::nameLocation(Operation *op,
                                  const Environment &environment) {
  Location place = op->getLoc();
  while (auto named = dyn_cast<NameLoc>(place))
    place = named.getChildLoc();
  if (environment.call)
    place = CallSiteLoc::get(place, *environment.call);
  if (!program::computesOnTensors(op))
    return place;
  std::string name = program::getShortName(op).str();
  if (!environment.scope.empty())
    name = (environment.scope + "/" + name).str();
  return NameLoc::get(builder.getStringAttr(name), place);
}

FailureOr<Slot *> Globalizer::getSlot(Operation *op, torch::NnModuleOp object,
                                      StringAttr attribute) {
  auto slot = slotOf.find({object.getOperation(), attribute});
  if (slot != slotOf.end())
    return &slots[slot->second];
  InFlightDiagnostic diagnostic =
      op->emitOpError() << "uses the attribute '" << attribute.getValue()
                        << "', which holds several objects; only objects that "
                           "are attributes themselves can be followed";
  diagnostic.attachNote(object.getLoc()) << "the object is here";
  return failure();
}

LogicalResult Globalizer::expandGetAttr(torch::PrimGetAttrOp op,
                                        Environment &environment) {
  torch::NnModuleOp object = environment.objects.lookup(op.getReceiver());
  if (!object)
    return op.emitOpError("reads an object that is not known at compile time");
  for (auto slot : object.getOps<torch::SlotOp>())
    if (slot.getName() == op.getName())
      if (auto child = slot.getValue().getDefiningOp<torch::NnModuleOp>()) {
        environment.objects[op.getResult()] = child;
        return success();
      }
  FailureOr<Slot *> slot = getSlot(op, object, op.getNameAttr());
  if (failed(slot))
    return failure();
  (*slot)->isRead = true;
  auto get = builder.create<torch::GlobalSlotGetOp>(
      nameLocation(op, environment), op.getType(), (*slot)->name);
  environment.values.map(op.getResult(), get.getResult());
  return success();
}

LogicalResult Globalizer::expandSetAttr(torch::PrimSetAttrOp op,
                                        Environment &environment) {
  torch::NnModuleOp object = environment.objects.lookup(op.getReceiver());
  if (!object)
    return op.emitOpError("writes an object that is not known at compile time");
  FailureOr<Slot *> slot = getSlot(op, object, op.getNameAttr());
  if (failed(slot))
    return failure();
  (*slot)->isWritten = true;
  builder.create<torch::GlobalSlotSetOp>(
      nameLocation(op, environment), (*slot)->name,
      environment.values.lookup(op.getValue()));
  return success();
}

LogicalResult Globalizer::expandCall(Operation *call, func::FuncOp callee,
                                     ValueRange operands, Environment &caller,
                                     StringRef scope) {
  if (callee.isExternal())
    return call->emitOpError()
           << "calls '" << callee.getName() << "', which has no body";
  if (!callStack.insert(callee)) {
    InFlightDiagnostic diagnostic =
        call->emitOpError() << "calls '" << callee.getName()
                            << "' recursively, which cannot be expanded";
    diagnostic.attachNote(callee.getLoc()) << "the function is here";
    return failure();
  }
  Environment environment;
  environment.scope = scope;
  environment.call = nameLocation(call, caller);
  for (auto [argument, operand] :
       llvm::zip_equal(callee.getArguments(), operands)) {
    if (auto object = caller.objects.lookup(operand))
      environment.objects[argument] = object;
    else if (auto function = caller.functions.lookup(operand))
      environment.functions[argument] = function;
    else
      environment.values.map(argument, caller.values.lookup(operand));
  }
  SmallVector<Value> results;
  if (failed(expandBlock(callee.getBody().front(), environment, results)))
    return failure();
  callStack.pop_back();
  caller.values.map(call->getResults(), results);
  return success();
}

LogicalResult Globalizer::expandCallMethod(torch::PrimCallMethodOp op,
                                           Environment &environment) {
  torch::NnModuleOp object = environment.objects.lookup(op.getReceiver());
  if (!object)
    return op.emitOpError(
        "calls a method of an object that is not known at compile time");
  torch::ClassTypeOp type = getClass(object);
  for (auto method : type.getOps<torch::MethodOp>()) {
    if (method.getName() != op.getName())
      continue;
    auto callee = symbols.lookup<func::FuncOp>(method.getFunction());
    SmallVector<Value> operands{op.getReceiver()};
    llvm::append_range(operands, op.getMethodOperands());
    return expandCall(op, callee, operands, environment, paths[object]);
  }
  InFlightDiagnostic diagnostic =
      op.emitOpError() << "calls the method '" << op.getName()
                       << "', which the object's class does not have";
  diagnostic.attachNote(type.getLoc()) << "the class is here";
  return failure();
}

LogicalResult Globalizer::cloneOp(Operation *op, Environment &environment) {
  for (Value operand : op->getOperands())
    if (!environment.values.contains(operand))
      return op->emitOpError("uses an object or a function as a value, which "
                             "global slots cannot express");
  Operation *clone = op->cloneWithoutRegions(environment.values);
  clone->setLoc(nameLocation(op, environment));
  builder.insert(clone);
  for (auto [from, to] : llvm::zip_equal(op->getRegions(), clone->getRegions()))
    for (Block &block : from) {
      OpBuilder::InsertionGuard guard(builder);
      Block *copy = builder.createBlock(
          &to, to.end(), block.getArgumentTypes(),
          SmallVector<Location>(block.getNumArguments(), clone->getLoc()));
      environment.values.map(block.getArguments(), copy->getArguments());
      SmallVector<Value> results;
      if (failed(expandBlock(block, environment, results)))
        return failure();
      if (block.empty() || !block.back().hasTrait<OpTrait::IsTerminator>())
        continue;
      Operation *terminator =
          block.back().cloneWithoutRegions(environment.values);
      builder.insert(terminator);
    }
  return success();
}

LogicalResult Globalizer::expandOp(Operation *op, Environment &environment) {
  if (auto get = dyn_cast<torch::PrimGetAttrOp>(op))
    return expandGetAttr(get, environment);
  if (auto set = dyn_cast<torch::PrimSetAttrOp>(op))
    return expandSetAttr(set, environment);
  if (auto call = dyn_cast<torch::PrimCallMethodOp>(op))
    return expandCallMethod(call, environment);
  if (auto call = dyn_cast<func::CallOp>(op))
    return expandCall(op, symbols.lookup<func::FuncOp>(call.getCallee()),
                      call.getOperands(), environment, environment.scope);
  if (auto constant = dyn_cast<func::ConstantOp>(op)) {
    environment.functions[constant.getResult()] =
        symbols.lookup<func::FuncOp>(constant.getValue());
    return success();
  }
  if (auto call = dyn_cast<func::CallIndirectOp>(op))
    if (func::FuncOp callee = environment.functions.lookup(call.getCallee()))
      return expandCall(op, callee, call.getCalleeOperands(), environment,
                        environment.scope);

  // An object is never None.
  StringRef name = torch::getTorchName(op);
  if ((name == "aten.__is__" || name == "aten.__isnot__") &&
      llvm::any_of(op->getOperands(), [&](Value operand) {
        return environment.objects.contains(operand);
      })) {
    Value known = torch::TorchBuilder(builder, op->getLoc())
                      .constant(name == "aten.__isnot__");
    environment.values.map(op->getResult(0), known);
    return success();
  }
  // Widening or narrowing the type of an object says nothing new.
  if (op->getNumOperands() == 1 && op->getNumResults() == 1)
    if (auto object = environment.objects.lookup(op->getOperand(0))) {
      environment.objects[op->getResult(0)] = object;
      return success();
    }
  return cloneOp(op, environment);
}

LogicalResult Globalizer::expandBlock(Block &block, Environment &environment,
                                      SmallVectorImpl<Value> &results) {
  for (Operation &op : block) {
    if (!op.hasTrait<OpTrait::IsTerminator>()) {
      if (failed(expandOp(&op, environment)))
        return failure();
      continue;
    }
    for (Value operand : op.getOperands()) {
      Value result = environment.values.lookupOrNull(operand);
      if (!result)
        return op.emitOpError("yields an object, which global slots cannot "
                              "express");
      results.push_back(result);
    }
  }
  return success();
}

LogicalResult Globalizer::expandMethod(torch::MethodOp method,
                                       torch::NnModuleOp root) {
  auto function = symbols.lookup<func::FuncOp>(method.getFunction());
  if (function.isExternal())
    return method.emitOpError()
           << "is '" << function.getName() << "', which has no body";
  auto type = function.getFunctionType();
  builder.setInsertionPointToEnd(result->getBody());
  auto expanded = builder.create<func::FuncOp>(
      function.getLoc(), method.getName(),
      builder.getFunctionType(type.getInputs().drop_front(),
                              type.getResults()));
  // The arguments' bounds and names stay.
  for (unsigned i = 1; i < function.getNumArguments(); ++i)
    if (DictionaryAttr attributes = function.getArgAttrDict(i))
      expanded.setArgAttrs(i - 1, attributes);
  Block *body = expanded.addEntryBlock();
  builder.setInsertionPointToEnd(body);

  Environment environment;
  environment.objects[function.getArgument(0)] = root;
  environment.values.map(function.getArguments().drop_front(),
                         body->getArguments());
  callStack.insert(function);
  SmallVector<Value> results;
  if (failed(expandBlock(function.getBody().front(), environment, results)))
    return failure();
  callStack.pop_back();
  builder.create<func::ReturnOp>(function.getLoc(), results);
  return success();
}

//===----------------------------------------------------------------------===//
// Slots
//===----------------------------------------------------------------------===//

/// The type of a literal, `!torch.tensor<[64,3,7,7],f32>`, or null.
static Type getLiteralType(Value value) {
  Operation *op = value.getDefiningOp();
  if (!isa_and_nonnull<torch::ValueTensorLiteralOp,
                       torch::NonValueTensorLiteralOp>(op))
    return {};
  auto elements = op->getAttrOfType<ElementsAttr>("value");
  ShapedType type = elements.getShapedType();
  return torch::NonValueTensorType::get(value.getContext(), type.getShape(),
                                        type.getElementType());
}

/// The operations at module level that `values` are made of, in their order.
static llvm::SetVector<Operation *> getProducers(ArrayRef<Value> values) {
  llvm::SetVector<Operation *> producers;
  SmallVector<Value> worklist(values);
  while (!worklist.empty()) {
    Operation *op = worklist.pop_back_val().getDefiningOp();
    if (op && producers.insert(op))
      llvm::append_range(worklist, op->getOperands());
  }
  auto ordered = producers.takeVector();
  llvm::sort(ordered,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return llvm::SetVector<Operation *>(ordered.begin(), ordered.end());
}

/// Gives a reader of the slot the slot's more precise type. Operations with a
/// fixed signature still see the type that they were written for.
static void refineType(torch::GlobalSlotGetOp get, Type type) {
  Type declared = get.getType();
  if (declared == type)
    return;
  get.getResult().setType(type);
  SmallVector<OpOperand *> fixed;
  for (OpOperand &use : get->getUses())
    if (use.getOwner()->isRegistered() &&
        !isa<torch::OperatorOp, torch::PrimListConstructOp, torch::DerefineOp>(
            use.getOwner()))
      fixed.push_back(&use);
  if (fixed.empty())
    return;
  OpBuilder builder(get->getContext());
  builder.setInsertionPointAfter(get);
  Value cast =
      isa<torch::OptionalType>(declared)
          ? builder.create<torch::DerefineOp>(get.getLoc(), declared, get)
                .getResult()
          : builder.create<torch::TensorStaticInfoCastOp>(get.getLoc(),
                                                          declared, get);
  for (OpOperand *use : fixed)
    use->set(cast);
}

void Globalizer::createSlots() {
  // Flags and numbers that nothing reads say nothing about the model.
  auto isNeeded = [](Slot &slot) {
    return slot.isRead || slot.isWritten ||
           torch::getTensorInfo(stripCasts(slot.value).getType());
  };
  llvm::StringMap<Type> types;
  SmallVector<Attribute> names;
  SmallVector<Value> values;
  builder.setInsertionPointToStart(result->getBody());
  for (Slot &slot : slots) {
    if (!isNeeded(slot))
      continue;
    Type type = slot.attribute.getType();
    // A bias is an optional tensor, and this one is known to be there.
    auto optional = dyn_cast<torch::OptionalType>(type);
    if (torch::getTensorInfo(optional ? optional.getContainedType() : type) &&
        !slot.isWritten)
      if (Type literal = getLiteralType(stripCasts(slot.value))) {
        type = literal;
        slot.value = stripCasts(slot.value);
      }
    types[slot.name] = type;
    auto global = builder.create<torch::GlobalSlotOp>(slot.attribute.getLoc(),
                                                      slot.name, type);
    bool isTensor = torch::getTensorInfo(type).has_value();
    if (slot.attribute->hasAttr("dynfault.buffer"))
      global->setAttr("dynfault.buffer", builder.getUnitAttr());
    else if (isTensor && !slot.attribute->hasAttr("dynfault.parameter"))
      global->setAttr("dynfault.attribute", builder.getUnitAttr());
    auto requiresGrad = slot.value.getDefiningOp()->getAttrOfType<BoolAttr>(
        "dynfault.requires_grad");
    if (isTensor && requiresGrad && !requiresGrad.getValue() &&
        slot.attribute->hasAttr("dynfault.parameter"))
      global->setAttr("dynfault.requires_grad", requiresGrad);
    if (!slot.aliases.empty()) {
      SmallVector<StringRef> aliases(slot.aliases.begin(), slot.aliases.end());
      global->setAttr("dynfault.aliases", builder.getStrArrayAttr(aliases));
    }
    names.push_back(FlatSymbolRefAttr::get(global.getSymNameAttr()));
    values.push_back(slot.value);
  }
  if (names.empty())
    return;

  auto initializer =
      builder.create<torch::GlobalSlotModuleInitializerOp>(module.getLoc());
  builder.createBlock(&initializer.getRegion());
  IRMapping mapping;
  for (Operation *producer : getProducers(values))
    builder.clone(*producer, mapping);
  for (Value &value : values)
    value = mapping.lookup(value);
  builder.create<torch::InitializeGlobalSlotsOp>(
      module.getLoc(), builder.getArrayAttr(names), values);

  result->walk([&](torch::GlobalSlotGetOp get) {
    refineType(get, types.lookup(get.getSlot()));
  });
}

void Globalizer::eraseObjectGraph() {
  // Users stand below what they use.
  for (Operation &op : llvm::make_early_inc_range(
           llvm::reverse(module.getBody()->getOperations()))) {
    bool isTorch = op.getName().getDialectNamespace() == "torch";
    auto function = dyn_cast<func::FuncOp>(op);
    if ((isTorch && op.use_empty()) || (function && function.isPrivate()))
      op.erase();
  }
}

LogicalResult Globalizer::run() {
  FailureOr<torch::NnModuleOp> root = findRoot();
  if (failed(root))
    return failure();
  nameObjects(*root, "");
  result = ModuleOp::create(module.getLoc());
  // TorchScript lists every compiled method. Those that another one calls are
  // part of that one.
  llvm::StringSet<> called;
  module.walk([&](torch::PrimCallMethodOp call) {
    if (call.getReceiver().getType() == root->getType())
      called.insert(call.getName());
  });
  for (auto method : getClass(*root).getOps<torch::MethodOp>()) {
    bool isEntry =
        method.getName() == "forward" || !called.contains(method.getName());
    if (!method.getIsPrivate() && isEntry &&
        failed(expandMethod(method, *root)))
      return failure();
  }
  createSlots();
  eraseObjectGraph();
  Block *body = module.getBody();
  body->getOperations().splice(body->begin(),
                               result->getBody()->getOperations());
  return success();
}

bool dynfault::prepare::isObjectGraph(ModuleOp module) {
  return !module.getOps<torch::NnModuleOp>().empty();
}

LogicalResult dynfault::prepare::globalize(ModuleOp module) {
  return isObjectGraph(module) ? Globalizer(module).run() : success();
}

namespace {
struct GlobalizePass
    : public dynfault::prepare::impl::GlobalizeBase<GlobalizePass> {
  void runOnOperation() override {
    if (failed(globalize(getOperation())))
      signalPassFailure();
  }
};
} // namespace
