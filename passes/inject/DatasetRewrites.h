//===- DatasetRewrites.h - What faults of the data share --------*- C++ -*-===//
//
// A fault of the data is a rewrite of the recipe, `dynfault.dataset`'s
// transforms. The runtime carries the recipe out (runtime/data/Transforms.h).
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_INJECT_DATASETREWRITES_H
#define DYNFAULT_PASSES_INJECT_DATASETREWRITES_H

#include "passes/inject/FaultOperator.h"

namespace dynfault::inject {

/// The data set, under its symbol's name.
llvm::SmallVector<FaultSite> findDataset(const program::Program &program);

/// The same where there are rows to choose from: not the one row of a whole
/// graph.
llvm::SmallVector<FaultSite> findRows(const program::Program &program);

/// The same where each row has one class (or any numbers): not the rows of a
/// program that tells a class for each of several places, of a text say.
llvm::SmallVector<FaultSite> findClassedRows(const program::Program &program);

/// The data set of a program whose inputs are floating-point numbers (or of
/// unknown type), and not indices of words.
llvm::SmallVector<FaultSite> findFloatDataset(const program::Program &program);

/// The values that one row of the input has, or 0 where it is not known.
int64_t getInputWidth(const FaultSite &site);

using Recipe = llvm::SmallVector<program::TransformAttr>;
Recipe getRecipe(program::DatasetOp dataset);
void setRecipe(program::DatasetOp dataset,
               llvm::ArrayRef<program::TransformAttr> recipe);

/// `#dynfault.transform<kind, name = value, ...>`.
program::TransformAttr
makeTransform(mlir::MLIRContext *context, llvm::StringRef kind,
              llvm::ArrayRef<mlir::NamedAttribute> parameters = {});

/// Appends `kind` with the fault's `share` and `seed`.
void appendShareTransform(program::DatasetOp dataset, llvm::StringRef kind,
                          const FaultArguments &arguments, uint64_t seed,
                          FaultRecord &record);

/// `[#dynfault.transform<...>, ...]`, for records.
std::string describe(llvm::ArrayRef<program::TransformAttr> recipe);

} // namespace dynfault::inject

#endif // DYNFAULT_PASSES_INJECT_DATASETREWRITES_H
