// Global slots: parameters, buffers and flags.

// RUN: dynfault-opt %s | FileCheck %s
// RUN: dynfault-opt %s | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --emit-bytecode | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --mlir-print-op-generic | dynfault-opt | FileCheck %s

// CHECK: torch.global_slot @layer1.0.weight : !torch.vtensor<[2],f32>
torch.global_slot @layer1.0.weight : !torch.vtensor<[2],f32>
// CHECK-NEXT: torch.global_slot "private" @training {note = "flag"} : !torch.bool
torch.global_slot "private" @training {note = "flag"} : !torch.bool

// CHECK-LABEL: func.func @uses
func.func @uses() {
  // A value is named after its slot.
  // CHECK-NEXT: %layer1.0.weight = torch.global_slot.get @layer1.0.weight : !torch.vtensor<[2],f32>
  %0 = torch.global_slot.get @layer1.0.weight : !torch.vtensor<[2],f32>
  // A use of a tensor may be typed otherwise than its bound.
  // CHECK-NEXT: torch.global_slot.get @layer1.0.weight : !torch.tensor
  %1 = torch.global_slot.get @layer1.0.weight : !torch.tensor
  // CHECK-NEXT: torch.global_slot.set @layer1.0.weight = %layer1.0.weight : !torch.vtensor<[2],f32>
  torch.global_slot.set @layer1.0.weight = %0 : !torch.vtensor<[2],f32>
  // CHECK-NEXT: %training = torch.global_slot.get @training : !torch.bool
  %2 = torch.global_slot.get @training : !torch.bool
  return
}

// Attributes of importers on modules, functions and arguments are kept.
// CHECK-LABEL: func.func @annotated
// CHECK-SAME: (%arg0: !torch.tensor {torch.type_bound = !torch.vtensor<[2,3,?],f32>})
// CHECK-SAME: attributes {torch.assume_strict_symbolic_shapes, torch.onnx_meta.ir_version = 8 : si64}
func.func @annotated(%x: !torch.tensor {torch.type_bound = !torch.vtensor<[2,3,?],f32>}) attributes {torch.onnx_meta.ir_version = 8 : si64, torch.assume_strict_symbolic_shapes} {
  return
}

// CHECK: module @inner attributes {torch.debug_module_name = "ResNet"}
module @inner attributes {torch.debug_module_name = "ResNet"} {
}
