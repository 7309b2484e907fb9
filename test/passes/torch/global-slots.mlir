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

// The first values of all slots,
// CHECK: module @initializer {
module @initializer {
  // CHECK-NEXT: torch.global_slot "private" @m.weight : !torch.tensor
  torch.global_slot "private" @m.weight : !torch.tensor
  // CHECK-NEXT: torch.global_slot @training : !torch.bool
  torch.global_slot @training : !torch.bool
  // CHECK-NEXT: torch.global_slot.module_initializer {
  // CHECK-NEXT:   %{{.*}} = torch.tensor.literal
  // CHECK-NEXT:   %true = torch.constant.bool true
  // CHECK-NEXT:   torch.initialize.global_slots [
  // CHECK-NEXT:     @m.weight(%{{.*}} : !torch.tensor<[1],f32>)
  // CHECK-NEXT:     @training(%true : !torch.bool)
  // CHECK-NEXT:   ]
  // CHECK-NEXT: }
  torch.global_slot.module_initializer {
    %0 = torch.tensor.literal(dense<1.0> : tensor<1xf32>) : !torch.tensor<[1],f32>
    %true = torch.constant.bool true
    torch.initialize.global_slots [
      @m.weight(%0 : !torch.tensor<[1],f32>)
      @training(%true : !torch.bool)
    ]
  }
}

// of none,
// CHECK: torch.global_slot.module_initializer {
// CHECK-NEXT:   torch.initialize.global_slots [
// CHECK-NEXT:   ]
// CHECK-NEXT: }
torch.global_slot.module_initializer {
  torch.initialize.global_slots [
  ]
}

// and of one, as dumps of 2021 have it.
// CHECK: torch.global_slot @old : !torch.int {
// CHECK-NEXT:   %int3 = torch.constant.int 3
// CHECK-NEXT:   torch.global_slot.init %int3 : !torch.int
// CHECK-NEXT: }
torch.global_slot @old : !torch.int {
  %int3 = torch.constant.int 3
  torch.global_slot.init %int3 : !torch.int
}
