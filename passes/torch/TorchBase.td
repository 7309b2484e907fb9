//===- TorchBase.td - The torch dialect ---------------------*- tablegen -*-===//
//
// The `torch` dialect, text-compatible with llvm/torch-mlir (facts:
// docs/torch-dialect.md). Only structural operations are declared here; the
// several hundred generated `torch.aten.*` operations share one syntax and go
// through the dialect's generic hook (GenericOps.cpp).
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_TORCH_BASE
#define DYNFAULT_TORCH_BASE

include "mlir/IR/OpBase.td"

def Torch_Dialect : Dialect {
  let name = "torch";
  let cppNamespace = "::dynfault::torch";
  let summary = "PyTorch programs, text-compatible with torch-mlir";
  let useDefaultTypePrinterParser = 0;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let extraClassDeclaration = [{
    /// Registers all types; called by initialize().
    void registerTypes();

    mlir::Type parseType(mlir::DialectAsmParser &parser) const override;
    void printType(mlir::Type type,
                   mlir::DialectAsmPrinter &printer) const override;

    /// Parses the default syntax of every torch operation that has no
    /// declaration of its own.
    std::optional<ParseOpHook>
    getParseOperationHook(llvm::StringRef opName) const override;
    llvm::unique_function<void(mlir::Operation *, mlir::OpAsmPrinter &)>
    getOperationPrinter(mlir::Operation *op) const override;
  }];
}

#endif // DYNFAULT_TORCH_BASE
