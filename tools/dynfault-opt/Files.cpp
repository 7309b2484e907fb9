//===- Files.cpp - Archives and weights around mlir-opt's passes ----------===//

#include "Files.h"

#include "passes/program/ProgramDialect.h"
#include "passes/program/Weights.h"
#include "passes/torch/TorchDialect.h"
#include "passes/torchscript/Plugin.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace dynfault;

namespace {
/// A pass of the driver's own: it has a name in --mlir-timing, but none on the
/// command line.
template <typename PassT>
class FilePass : public PassWrapper<PassT, OperationPass<ModuleOp>> {
public:
  StringRef getDescription() const override { return PassT::kName; }
  StringRef getName() const override { return PassT::kName; }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<func::FuncDialect, torch::TorchDialect,
                    program::DynfaultDialect>();
  }

protected:
  LogicalResult loadLibraries(ArrayRef<std::string> libraries) {
    for (const std::string &library : libraries)
      if (failed(torchscript::loadOperatorLibrary(
              UnknownLoc::get(&this->getContext()), library)))
        return failure();
    return success();
  }
};

struct ReadArchivePass : FilePass<ReadArchivePass> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ReadArchivePass)
  static constexpr StringLiteral kName = "ReadArchive";
  std::shared_ptr<llvm::MemoryBuffer> archive;
  std::string fileName;
  std::vector<std::string> libraries;

  void runOnOperation() override {
    if (failed(loadLibraries(libraries)) ||
        failed(torchscript::readArchive(*archive, fileName, getOperation())))
      signalPassFailure();
  }
};

struct PipelinePass : FilePass<PipelinePass> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PipelinePass)
  static constexpr StringLiteral kName = "Pipeline";
  OpPassManager pipeline;

  void getDependentDialects(DialectRegistry &registry) const override {
    pipeline.getDependentDialects(registry);
  }
  void runOnOperation() override {
    if (failed(runPipeline(pipeline, getOperation())))
      signalPassFailure();
  }
};

struct PlaceWeightsPass : FilePass<PlaceWeightsPass> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PlaceWeightsPass)
  static constexpr StringLiteral kName = "PlaceWeights";
  std::string output;
  std::optional<WeightsPlace> place;

  LogicalResult placeWeights() {
    if (!place)
      return success();
    switch (*place) {
    case WeightsPlace::Inline:
      return program::inlineWeights(getOperation());
    case WeightsPlace::Initialiser:
      // Parameters have none any more; buffers keep theirs.
      if (output == "-")
        return program::inlineWeights(getOperation());
      [[fallthrough]];
    case WeightsPlace::External: {
      llvm::SmallString<256> path(output);
      llvm::sys::path::replace_extension(path, "safetensors");
      return program::externalizeWeights(getOperation(), path);
    }
    }
    llvm_unreachable("a place without a rule");
  }

  void runOnOperation() override {
    StringRef folder = llvm::sys::path::parent_path(output);
    // The references that are there already, before new ones come.
    program::moveReferences(getOperation(), folder);
    getContext().getLoadedDialect<program::DynfaultDialect>()->weightsFolder =
        folder.str();
    if (failed(placeWeights()))
      signalPassFailure();
  }
};

struct ConsumePass : FilePass<ConsumePass> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ConsumePass)
  static constexpr StringLiteral kName = "WriteOutput";
  std::function<LogicalResult(ModuleOp)> consume;
  std::vector<std::string> libraries;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(loadLibraries(libraries)) || failed(consume(module)))
      return signalPassFailure();
    module.getBody()->dropAllReferences();
    module.getBody()->clear();
    module->setAttrs(DictionaryAttr::get(&getContext()));
  }
};
} // namespace

std::unique_ptr<Pass>
createReadArchivePass(std::shared_ptr<llvm::MemoryBuffer> archive,
                      std::string fileName,
                      std::vector<std::string> operatorLibraries) {
  auto pass = std::make_unique<ReadArchivePass>();
  pass->archive = std::move(archive);
  pass->fileName = std::move(fileName);
  pass->libraries = std::move(operatorLibraries);
  return pass;
}

std::unique_ptr<Pass> createPipelinePass(OpPassManager pipeline) {
  auto pass = std::make_unique<PipelinePass>();
  pass->pipeline = std::move(pipeline);
  return pass;
}

std::unique_ptr<Pass>
createPlaceWeightsPass(std::string output, std::optional<WeightsPlace> place) {
  auto pass = std::make_unique<PlaceWeightsPass>();
  pass->output = std::move(output);
  pass->place = place;
  return pass;
}

std::unique_ptr<Pass>
createConsumePass(std::function<LogicalResult(ModuleOp)> consume,
                  std::vector<std::string> operatorLibraries) {
  auto pass = std::make_unique<ConsumePass>();
  pass->consume = std::move(consume);
  pass->libraries = std::move(operatorLibraries);
  return pass;
}
