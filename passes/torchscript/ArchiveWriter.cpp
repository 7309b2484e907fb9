//===- ArchiveWriter.cpp - Writes an instrumented archive -----------------===//
//
// Entry point of the plug-in. Exceptions of LibTorch end here, as one error at
// the module.
//
//===----------------------------------------------------------------------===//

#include "passes/program/ProgramDialect.h"
#include "passes/program/ProgramJson.h"
#include "passes/program/Safetensors.h"
#include "passes/torchscript/ObjectWriter.h"
#include "passes/torchscript/StepWriter.h"
#include "passes/torchscript/ValueWriter.h"

#include <torch/custom_class.h>
#include <torch/script.h>

#include "llvm/Support/FileSystem.h"
#include <dlfcn.h>
#include <fstream>
#include <unistd.h>

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torchscript;
namespace jit = ::torch::jit;

/// Loads the library that registers the `dynfault::` operators, as Python's
/// `torch.ops.load_library` does.
static LogicalResult loadOperators(ModuleOp module, StringRef folder) {
  std::string path = (folder + "/libdynfault-ops.so").str();
  if (dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL))
    return success();
  return module.emitError()
         << "cannot load the operator library: " << dlerror();
}

static jit::IValue makeRecorder(const c10::ClassTypePtr &type) {
  auto object =
      c10::ivalue::Object::create(c10::StrongTypePtr(nullptr, type), 1);
  jit::Stack stack{jit::IValue(object)};
  type->getMethod("__init__").run(stack);
  return object;
}

namespace {
class ArchiveWriter {
public:
  explicit ArchiveWriter(ModuleOp module)
      : program(module), writer(module.getName().value_or("program")),
        types(writer.getRoot()._ivalue()->compilation_unit()) {}

  LogicalResult write(StringRef path);

private:
  LogicalResult verifyNames();
  /// Runs the module initialiser.
  LogicalResult readInitialValues();
  LogicalResult addSlots();
  LogicalResult addAliases();
  LogicalResult addSlot(dynfault::torch::GlobalSlotOp slot, StringRef name,
                        const jit::IValue &value);
  LogicalResult addOptimizerState();
  LogicalResult addFunction(func::FuncOp function);
  LogicalResult writeProgram();
  LogicalResult save(StringRef path, const jit::Module &root,
                     const jit::ExtraFilesMap &extraFiles);
  bool hasProbes();

  program::Program program;
  ModuleWriter writer;
  TypeReader types;
  /// By the names of slots.
  llvm::StringMap<jit::IValue> initialValues;
};
} // namespace

bool ArchiveWriter::hasProbes() {
  return program.getModule()
      .walk([](program::ProbeOpInterface) { return WalkResult::interrupt(); })
      .wasInterrupted();
}

/// TorchScript's source is Python's: a name that Python reserves could be
/// written but not read back.
static bool isReservedWord(StringRef word) {
  static constexpr StringLiteral kWords[] = {
      "and",      "as",     "assert", "async",    "await", "break",  "class",
      "continue", "def",    "del",    "elif",     "else",  "except", "False",
      "finally",  "for",    "from",   "global",   "if",    "import", "in",
      "is",       "lambda", "None",   "nonlocal", "not",   "or",     "pass",
      "raise",    "return", "True",   "try",      "while", "with",   "yield"};
  return llvm::is_contained(kWords, word);
}

LogicalResult ArchiveWriter::verifyNames() {
  static constexpr StringLiteral kOwn[] = {
      kTraining,          kStepsDone,         kOptimizerSteps, kOptimizer,
      kRecorder,          kLearningRate,      kStepsPerEpoch,  "training_step",
      "reset_parameters", "learning_rate_now"};
  ModuleOp module = program.getModule();
  for (Operation &op : *module.getBody()) {
    auto symbol = dyn_cast<SymbolOpInterface>(op);
    if (!symbol || !isa<func::FuncOp, dynfault::torch::GlobalSlotOp>(op))
      continue;
    StringRef name = symbol.getName();
    auto slot = dyn_cast<dynfault::torch::GlobalSlotOp>(op);
    if (slot && name == kTraining &&
        isa<dynfault::torch::BoolType>(slot.getTypeBound()))
      continue;
    SmallVector<StringRef> parts;
    name.split(parts, '.');
    for (StringRef part : parts)
      if (part.empty() || isReservedWord(part))
        return op.emitOpError()
               << "has the name '" << name << "', but '" << part
               << "' cannot be a name in TorchScript; rename it";
    if (llvm::is_contained(kOwn, parts.front()))
      return op.emitOpError()
             << "has the name '" << name << "', but an archive has a '"
             << parts.front() << "' of its own; rename it";
    if (slot && module.lookupSymbol<func::FuncOp>(parts.front()))
      return op.emitOpError()
             << "has the name '" << name << "', but the function '"
             << parts.front() << "' becomes a method of that name; rename one";
  }
  return success();
}

LogicalResult ArchiveWriter::readInitialValues() {
  ModuleOp module = program.getModule();
  ValueWriter values(types);
  for (auto initializer :
       module.getOps<dynfault::torch::GlobalSlotModuleInitializerOp>()) {
    Block &block = initializer.getInitializer().front();
    for (Operation &op : block.without_terminator())
      if (failed(values.write(&op)))
        return failure();
    auto last =
        cast<dynfault::torch::InitializeGlobalSlotsOp>(block.getTerminator());
    for (auto [name, value] :
         llvm::zip_equal(last.getSlotSymNames(), last.getInitialValues()))
      initialValues[cast<FlatSymbolRefAttr>(name).getValue()] =
          values.lookup(value);
  }
  for (auto slot : module.getOps<dynfault::torch::GlobalSlotOp>()) {
    if (slot.getInitializer().empty())
      continue;
    Block &block = slot.getInitializer().front().front();
    for (Operation &op : block.without_terminator())
      if (failed(values.write(&op)))
        return failure();
    initialValues[slot.getSymName()] =
        values.lookup(block.getTerminator()->getOperand(0));
  }
  return success();
}

LogicalResult ArchiveWriter::addSlot(dynfault::torch::GlobalSlotOp slot,
                                     StringRef name, const jit::IValue &value) {
  auto bound = slot.getTypeBound();
  jit::TypePtr type = types.read(bound, slot->getAttr(kType));
  if (!type)
    return slot.emitOpError()
           << "of type " << bound << " cannot be written to an archive";
  std::string error;
  if (value.isTensor() && !slot->hasAttr("dynfault.attribute")) {
    at::Tensor tensor = value.toTensor();
    bool isBuffer = slot->hasAttr("dynfault.buffer") ||
                    !(tensor.is_floating_point() || tensor.is_complex());
    auto requiresGrad = slot->getAttrOfType<BoolAttr>("dynfault.requires_grad");
    bool isTrained = requiresGrad ? requiresGrad.getValue() : !isBuffer;
    if (isTrained != tensor.requires_grad())
      tensor.set_requires_grad(isTrained);
    error = writer.addTensor(name, tensor, isBuffer);
  } else {
    error = writer.addValue(name, type, value);
  }
  if (!error.empty())
    return slot.emitOpError() << error;
  return success();
}

/// The further paths of a tensor that several attributes hold. They come after
/// all first ones, so that submodules keep their order.
LogicalResult ArchiveWriter::addAliases() {
  for (auto slot :
       program.getModule().getOps<dynfault::torch::GlobalSlotOp>()) {
    auto aliases = slot->getAttrOfType<ArrayAttr>("dynfault.aliases");
    auto initial = initialValues.find(slot.getSymName());
    if (!aliases || initial == initialValues.end() ||
        slot->hasAttr("dynfault.init"))
      continue;
    for (auto alias : aliases.getAsRange<StringAttr>())
      if (failed(addSlot(slot, alias.getValue(), initial->second)))
        return failure();
  }
  return success();
}

LogicalResult ArchiveWriter::addSlots() {
  ModuleOp module = program.getModule();
  if (failed(readInitialValues()))
    return failure();
  for (auto slot : module.getOps<dynfault::torch::GlobalSlotOp>()) {
    StringRef name = slot.getSymName();
    auto initial = initialValues.find(name);
    // Each module's training flag is PyTorch's own.
    auto [scope, leaf] = name.rsplit('.');
    if (leaf.empty())
      std::swap(scope, leaf);
    if (leaf == kTraining &&
        isa<dynfault::torch::BoolType>(slot.getTypeBound())) {
      bool isTraining =
          initial == initialValues.end() || initial->second.toBool();
      if (std::string error = writer.setTraining(scope, isTraining);
          !error.empty())
        return slot.emitOpError() << error;
      continue;
    }
    if (initial != initialValues.end() && !slot->hasAttr("dynfault.init")) {
      if (failed(addSlot(slot, name, initial->second)))
        return failure();
      continue;
    }
    auto info = dynfault::torch::getTensorInfo(slot.getTypeBound());
    auto dtype = info ? getScalarType(info->dtype) : std::nullopt;
    if (!info || !info->isStatic() || !dtype)
      return slot.emitOpError()
             << "of type " << slot.getTypeBound()
             << " cannot be written to an archive; slots are tensors of static "
                "shape and known dtype, and the flag '@training : !torch.bool'";
    if (!slot->hasAttr("dynfault.init"))
      return slot.emitOpError("has no initialiser; add {dynfault.init = "
                              "#dynfault.init<...>}");
    std::string error = writer.addTensor(
        name, at::IntArrayRef(info->sizes->data(), info->sizes->size()), *dtype,
        /*isBuffer=*/!program::isParameter(slot));
    if (!error.empty())
      return slot.emitOpError() << error;
  }
  return addAliases();
}

LogicalResult ArchiveWriter::addOptimizerState() {
  program::OptimizerStepOp update = program.getOptimizerStep();
  for (StringRef state : getStateBuffers(program))
    for (auto slot : program.getParameters()) {
      auto info = dynfault::torch::getTensorInfo(slot.getTypeBound());
      std::string error = writer.addTensor(
          (kOptimizer + "." + state + "." + slot.getSymName()).str(),
          at::IntArrayRef(info->sizes->data(), info->sizes->size()),
          *getScalarType(info->dtype), /*isBuffer=*/true);
      if (!error.empty())
        return slot.emitOpError() << error;
    }
  writer.addAttribute(kStepsDone, c10::IntType::get(), static_cast<int64_t>(0));
  c10::List<int64_t> noSteps;
  for (auto slot : program.getParameters())
    if (!update.isFrozen(slot.getSymName()))
      noSteps.push_back(0);
  writer.addAttribute(kOptimizerSteps, c10::ListType::ofInts(), noSteps);
  writer.addAttribute(kLearningRate, c10::FloatType::get(),
                      update.getOptimizer().getNumber("lr"));
  int64_t rows = program.getDataset().getTrain();
  int64_t batch = program.getSchedule().getBatchSize();
  writer.addAttribute(kStepsPerEpoch, c10::IntType::get(),
                      (rows + batch - 1) / batch);
  return success();
}

LogicalResult ArchiveWriter::addFunction(func::FuncOp function) {
  if (function.isExternal())
    return success();
  if (!llvm::hasSingleElement(function.getBody()))
    return function.emitOpError("has several blocks; TorchScript has no "
                                "branches between blocks");
  std::vector<std::string> names;
  if (function == program.getLoss())
    names = {"output", "target"};
  else if (function.getNumArguments() == 1)
    names = {"input"};
  auto schema = readSchema(function, function.getName(), types,
                           writer.getRoot().type(), names);
  if (failed(schema))
    return failure();
  FunctionWriter functionWriter(writer, program);
  for (BlockArgument argument : function.getArguments()) {
    const c10::Argument &described =
        schema->arguments()[argument.getArgNumber() + 1];
    functionWriter.addInput(argument, described.name(), described.type());
  }
  if (function == program.getForward() && hasProbes() &&
      failed(functionWriter.writeForwardBegin(function)))
    return failure();
  Block &block = function.getBody().front();
  if (failed(functionWriter.writeBlock(block)))
    return failure();
  functionWriter.finish(*schema, block.getTerminator()->getOperands());
  return success();
}

LogicalResult ArchiveWriter::save(StringRef path, const jit::Module &root,
                                  const jit::ExtraFilesMap &extraFiles) {
  ModuleOp module = program.getModule();
  SmallString<256> temporary;
  int descriptor;
  if (std::error_code error = llvm::sys::fs::createUniqueFile(
          path + ".%%%%%%.tmp", descriptor, temporary, llvm::sys::fs::OF_None))
    return module.emitError()
           << "cannot write '" << path << "': " << error.message()
           << "; give a file in a folder that exists and may be written";
  ::close(descriptor);
  try {
    // Saved to a stream: to a file, LibTorch would put its temporary name into
    // the archive, and the same program would not give the same bytes.
    std::ofstream stream(temporary.c_str(), std::ios::binary);
    root.save(stream, extraFiles);
    stream.close();
    if (!stream)
      throw std::runtime_error("the disk is full or the file is not writable");
    // Written values are not needed beside those that are read now.
    auto *dialect =
        module->getContext()->getLoadedDialect<program::DynfaultDialect>();
    for (auto &file : dialect->weightsFiles)
      file.getValue()->releasePages();
    // Some graphs can be written but not read, e.g. recursive calls.
    jit::load(temporary.c_str());
  } catch (...) {
    llvm::sys::fs::remove(temporary);
    throw;
  }
  if (std::error_code error = llvm::sys::fs::rename(temporary, path)) {
    llvm::sys::fs::remove(temporary);
    return module.emitError()
           << "cannot write '" << path << "': " << error.message();
  }
  return success();
}

LogicalResult ArchiveWriter::writeProgram() {
  ModuleOp module = program.getModule();
  bool isTrainable = program.getTrainingStep() != nullptr;
  if ((isTrainable && failed(program.verifyTrainable())) ||
      failed(verifyNames()) || failed(addSlots()) ||
      (isTrainable && failed(addOptimizerState())))
    return failure();
  bool probed = hasProbes();
  if (probed) {
    auto type =
        ::torch::getCustomClass("__torch__.torch.classes.dynfault.Recorder");
    if (!type)
      return module.emitError("the operator library has no class Recorder");
    writer.addAttribute(kRecorder, type, makeRecorder(type));
  }
  for (auto function : module.getOps<func::FuncOp>())
    if (failed(addFunction(function)))
      return failure();
  if (!isTrainable)
    return success();
  if (failed(StepWriter(writer, program)
                 .writeStep(program.getTrainingStep(), probed)) ||
      failed(writeLearningRate(writer, program)) ||
      failed(writeResetParameters(writer, program)))
    return failure();
  // The file holds definite parameters even before anybody resets them.
  at::manual_seed(0);
  writer.getRoot().run_method("reset_parameters");
  return success();
}

LogicalResult ArchiveWriter::write(StringRef path) {
  if (isObjectGraph(program.getModule())) {
    auto root = ObjectWriter(program.getModule()).write();
    return failed(root) ? failure() : save(path, *root, {});
  }
  if (failed(writeProgram()))
    return failure();
  jit::ExtraFilesMap extraFiles;
  if (program.getTrainingStep())
    extraFiles["program.json"] = program::toJson(program);
  return save(path, writer.getRoot(), extraFiles);
}

extern "C" bool dynfaultWriteArchive(Operation *op, const char *path,
                                     const char *libraryFolder) {
  auto module = cast<ModuleOp>(op);
  try {
    return succeeded(loadOperators(module, libraryFolder)) &&
           succeeded(ArchiveWriter(module).write(path));
  } catch (const c10::Error &error) {
    StringRef what = error.what_without_backtrace();
    module.emitError() << "LibTorch refused to write '" << path << "': "
                       << what.take_until([](char c) { return c == '\n'; });
  } catch (const std::exception &error) {
    // The interpreter's errors and the parser's have many lines.
    StringRef what = StringRef(error.what()).ltrim();
    module.emitError() << "cannot write '" << path << "': "
                       << what.take_until([](char c) { return c == '\n'; });
  }
  return false;
}
