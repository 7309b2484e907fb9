//===- Files.h - Archives and weights around mlir-opt's passes --*- C++ -*-===//
//
// mlir-opt's driver parses text and prints text. What else dynfault-opt reads
// and writes is done by passes before the first and after the last one, so that
// there is one module in one context, and every option of mlir-opt keeps its
// meaning.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_TOOLS_DYNFAULTOPT_FILES_H
#define DYNFAULT_TOOLS_DYNFAULTOPT_FILES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/MemoryBuffer.h"

/// Where the values of literals go in a module that is written as MLIR.
enum class WeightsPlace { External, Inline, Initialiser };

/// Reads the archive into the module, which is empty. The passes that follow
/// find its tensors as resources.
std::unique_ptr<mlir::Pass>
createReadArchivePass(std::shared_ptr<llvm::MemoryBuffer> archive,
                      std::string fileName,
                      std::vector<std::string> operatorLibraries);

/// Runs a pipeline as one pass, so that something can come before it.
std::unique_ptr<mlir::Pass> createPipelinePass(mlir::OpPassManager pipeline);

/// Prepares the module for being written to `output` ("-" is standard output)
/// as MLIR: its weights are where `place` says. Without a place they stay where
/// they are.
std::unique_ptr<mlir::Pass>
createPlaceWeightsPass(std::string output, std::optional<WeightsPlace> place);

/// Hands the module to `consume` and then empties it, so that the driver has
/// nothing to print.
std::unique_ptr<mlir::Pass>
createConsumePass(std::function<mlir::LogicalResult(mlir::ModuleOp)> consume,
                  std::vector<std::string> operatorLibraries = {});

#endif // DYNFAULT_TOOLS_DYNFAULTOPT_FILES_H
