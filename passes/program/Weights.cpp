//===- Weights.cpp - Where the values of literals are ---------------------===//

#include "passes/program/Weights.h"
#include "passes/program/ProgramDialect.h"
#include "passes/program/Safetensors.h"
#include "passes/torch/TorchOps.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/Path.h"

#include <filesystem>

using namespace mlir;
using namespace dynfault;
using namespace dynfault::program;

/// The mapped file that an attribute names, or null after an error at `op`.
static SafetensorsFile *openFile(Operation *op, ExternalAttr external) {
  auto *dialect = op->getContext()->getLoadedDialect<DynfaultDialect>();
  llvm::SmallString<256> path(external.getFile());
  llvm::sys::fs::make_absolute(dialect->weightsFolder, path);
  auto &file = dialect->weightsFiles[path];
  if (!file) {
    auto opened = SafetensorsFile::open(path);
    if (!opened) {
      op->emitError() << llvm::toString(opened.takeError());
      return nullptr;
    }
    file = std::move(*opened);
  }
  return file.get();
}

static FailureOr<MutableArrayRef<char>> getExternal(Operation *op,
                                                    ExternalAttr external) {
  SafetensorsFile *file = openFile(op, external);
  if (!file)
    return failure();
  auto values = file->find(external.getTensor(), external.getType());
  if (!values)
    return op->emitError() << llvm::toString(values.takeError());
  return *values;
}

FailureOr<ArrayRef<char>>
program::getRawElements(Operation *op, ElementsAttr elements,
                        SmallVectorImpl<char> &storage) {
  ShapedType type = elements.getShapedType();
  uint64_t itemBytes = getElementBytes(type.getElementType());
  if (!type.hasStaticShape() || !itemBytes)
    return op->emitError() << "a literal of type " << type
                           << " has no values that PyTorch could hold";
  uint64_t bytes = itemBytes * type.getNumElements();
  if (auto external = dyn_cast<ExternalAttr>(elements)) {
    auto values = getExternal(op, external);
    if (failed(values))
      return failure();
    return ArrayRef<char>(*values);
  }
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return op->emitError()
             << "the literal's values ('" << resource.getRawHandle().getKey()
             << "') are not in this file; write it without eliding them";
    if (blob->getData().size() != bytes)
      return op->emitError()
             << "the literal's values ('" << resource.getRawHandle().getKey()
             << "') have " << blob->getData().size() << " bytes, but " << type
             << " needs " << bytes;
    return blob->getData();
  }
  auto dense = dyn_cast<DenseIntOrFPElementsAttr>(elements);
  if (!dense)
    return op->emitError("the literal's values are not in this file");
  if (type.getElementType().isInteger(1)) {
    // MLIR packs eight of them into a byte.
    for (bool value : dense.getValues<bool>())
      storage.push_back(value);
    return ArrayRef<char>(storage.data(), storage.size());
  }
  ArrayRef<char> raw = dense.getRawData();
  if (!dense.isSplat())
    return raw;
  storage.reserve(bytes);
  for (int64_t i = 0; i < type.getNumElements(); ++i)
    storage.append(raw.begin(), raw.begin() + itemBytes);
  return ArrayRef<char>(storage.data(), storage.size());
}

/// Calls `visit` with each literal and its values' attribute.
template <typename AttrT>
static LogicalResult
walkLiterals(ModuleOp module,
             llvm::function_ref<LogicalResult(Operation *, AttrT)> visit) {
  return failure(module
                     .walk([&](Operation *op) -> WalkResult {
                       if (!isa<torch::ValueTensorLiteralOp,
                                torch::NonValueTensorLiteralOp>(op))
                         return WalkResult::advance();
                       auto values = op->getAttrOfType<AttrT>("value");
                       return values ? visit(op, values) : success();
                     })
                     .wasInterrupted());
}

LogicalResult program::externalizeWeights(ModuleOp module, StringRef path) {
  // Literals of one resource share it in the file, too.
  llvm::MapVector<StringRef, NamedTensor> tensors;
  auto collect = [&](Operation *op, DenseResourceElementsAttr resource) {
    SmallVector<char> unused;
    auto values = getRawElements(op, resource, unused);
    if (failed(values))
      return failure();
    if (getSafetensorsDtype(resource.getType().getElementType()).empty())
      return LogicalResult(op->emitError()
                           << "safetensors files cannot hold "
                           << resource.getType().getElementType()
                           << "; use --weights=inline");
    StringRef key = resource.getRawHandle().getKey();
    tensors.try_emplace(key,
                        NamedTensor{key.str(), resource.getType(), *values});
    return success();
  };
  if (failed(walkLiterals<DenseResourceElementsAttr>(module, collect)))
    return failure();
  if (tensors.empty())
    return success();
  SmallVector<NamedTensor> all;
  for (auto &[key, tensor] : tensors)
    all.push_back(tensor);
  if (llvm::Error error = writeSafetensors(path, all))
    return module.emitError()
           << "cannot write the weights file "
           << llvm::toString(std::move(error))
           << "; give a file in a folder that exists and may be written";
  StringRef name = llvm::sys::path::filename(path);
  return walkLiterals<DenseResourceElementsAttr>(
      module, [&](Operation *op, DenseResourceElementsAttr resource) {
        op->setAttr("value",
                    ExternalAttr::get(module.getContext(), resource.getType(),
                                      name, resource.getRawHandle().getKey()));
        return success();
      });
}

LogicalResult program::inlineWeights(ModuleOp module) {
  return walkLiterals<ExternalAttr>(
      module, [&](Operation *op, ExternalAttr external) -> LogicalResult {
        auto values = getExternal(op, external);
        if (failed(values))
          return failure();
        // The mapped file lives as long as the context.
        op->setAttr(
            "value",
            DenseResourceElementsAttr::get(
                external.getType(), external.getTensor(),
                UnmanagedAsmResourceBlob::allocateWithAlign(
                    *values,
                    getElementBytes(external.getType().getElementType()))));
        return success();
      });
}

void program::moveReferences(ModuleOp module, StringRef folder) {
  auto *dialect = module.getContext()->getLoadedDialect<DynfaultDialect>();
  if (!dialect)
    return;
  auto absolute = [](StringRef path) {
    return std::filesystem::absolute(path.empty() ? "." : path.str())
        .lexically_normal();
  };
  auto from = absolute(dialect->weightsFolder), to = absolute(folder);
  if (from == to)
    return;
  (void)walkLiterals<ExternalAttr>(module, [&](Operation *op,
                                               ExternalAttr external) {
    std::filesystem::path file(external.getFile().str());
    if (file.is_relative())
      op->setAttr("value", ExternalAttr::get(
                               module.getContext(), external.getType(),
                               (from / file).lexically_relative(to).string(),
                               external.getTensor()));
    return success();
  });
}
