//===- TorchOpBase.td - What all torch operations share -----*- tablegen -*-===//

#ifndef DYNFAULT_TORCH_OP_BASE
#define DYNFAULT_TORCH_OP_BASE

include "TorchTypes.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Torch_Op<string mnemonic, list<Trait> traits = []>
    : Op<Torch_Dialect, mnemonic, traits>;

def AnyTorchTensor
    : Type<CPred<"::dynfault::torch::getTensorInfo($_self).has_value()">,
           "torch tensor (!torch.tensor or !torch.vtensor)">;

def NameResults : DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>;
def UsesSymbols : DeclareOpInterfaceMethods<SymbolUserOpInterface>;

#endif // DYNFAULT_TORCH_OP_BASE
