//===- TorchOps.td - Structural operations of the torch dialect -*- tablegen -*-//
//
// One file per kind of operation; this one lists them for the generators.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_TORCH_OPS
#define DYNFAULT_TORCH_OPS

include "ConstantOps.td"
include "ContainerOps.td"
include "ControlFlowOps.td"
include "GlobalSlotOps.td"
include "ModuleOps.td"
include "PrimOps.td"
include "ShapeOps.td"
include "TensorOps.td"

#endif // DYNFAULT_TORCH_OPS
