//===- ProgramBase.td - The dynfault dialect ----------------*- tablegen -*-===//
//
// What a DL program has beside its model: data, parameters with initialisers,
// the training step with its optimizer, the schedule, and probes.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PROGRAM_BASE
#define DYNFAULT_PROGRAM_BASE

include "mlir/IR/OpBase.td"

def Dynfault_Dialect : Dialect {
  let name = "dynfault";
  let cppNamespace = "::dynfault::program";
  let summary = "Deep learning programs: data, training step, schedule, probes";
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let dependentDialects = ["::mlir::func::FuncDialect",
                           "::dynfault::torch::TorchDialect"];
  let extraClassDeclaration = [{
    /// Registers all attributes; called by initialize().
    void registerAttributes();

    /// The folder where relative paths of `#dynfault.external` start; empty for
    /// the working directory.
    std::string weightsFolder;
    /// Weights files in use, by their absolute paths. Only code that runs on the
    /// whole module uses them, one thread at a time.
    llvm::StringMap<std::shared_ptr<SafetensorsFile>> weightsFiles;
  }];
}

#endif // DYNFAULT_PROGRAM_BASE
