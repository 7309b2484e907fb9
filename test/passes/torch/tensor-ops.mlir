// Casts, copies and checks of tensors.

// RUN: dynfault-opt %s | FileCheck %s
// RUN: dynfault-opt %s | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --emit-bytecode | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --mlir-print-op-generic | dynfault-opt | FileCheck %s

// CHECK-LABEL: func.func @casts
func.func @casts(%x: !torch.tensor, %v: !torch.vtensor<[2],f32>, %none: !torch.none) {
  // CHECK-NEXT: torch.derefine %arg0 : !torch.tensor to !torch.optional<tensor>
  %0 = torch.derefine %x : !torch.tensor to !torch.optional<tensor>
  // CHECK-NEXT: torch.derefine %arg2 : !torch.none to !torch.optional<int>
  %1 = torch.derefine %none : !torch.none to !torch.optional<int>
  // CHECK-NEXT: torch.tensor_static_info_cast %arg0 : !torch.tensor to !torch.tensor<[2],f32>
  %2 = torch.tensor_static_info_cast %x : !torch.tensor to !torch.tensor<[2],f32>
  // CHECK-NEXT: torch.tensor_static_info_cast %arg1 : !torch.vtensor<[2],f32> to !torch.vtensor
  %3 = torch.tensor_static_info_cast %v : !torch.vtensor<[2],f32> to !torch.vtensor
  // The operand's type is the result's with the other semantics, and not printed.
  // CHECK-NEXT: %[[T:.*]] = torch.copy.to_tensor %arg1 : !torch.tensor<[2],f32>
  %4 = torch.copy.to_tensor %v : !torch.tensor<[2],f32>
  // CHECK-NEXT: torch.copy.to_vtensor %arg0 : !torch.vtensor
  %5 = torch.copy.to_vtensor %x : !torch.vtensor
  // CHECK-NEXT: torch.overwrite.tensor.contents %arg1 overwrites %[[T]] : !torch.vtensor<[2],f32>, !torch.tensor<[2],f32>
  torch.overwrite.tensor.contents %v overwrites %4 : !torch.vtensor<[2],f32>, !torch.tensor<[2],f32>
  // CHECK-NEXT: torch.prim.unchecked_cast %{{.*}} : !torch.optional<tensor> -> !torch.tensor
  %6 = torch.prim.unchecked_cast %0 : !torch.optional<tensor> -> !torch.tensor
  return
}

// CHECK-LABEL: func.func @assert
func.func @assert(%c: !torch.bool) {
  // CHECK-NEXT: torch.runtime.assert %arg0, "sizes must match"
  torch.runtime.assert %c, "sizes must match"
  return
}

// CHECK-LABEL: func.func @quantized
func.func @quantized(%w: !torch.tensor<[2,3],si8>, %b: !torch.tensor<[2],f32>, %scale: !torch.float, %zero: !torch.int) {
  // CHECK-NEXT: %[[Q:.*]] = torch.per_tensor_affine.create %arg0, %arg2, %arg3 : !torch.tensor<[2,3],si8>, !torch.float, !torch.int -> !torch.tensor<[2,3],!torch.qint8>
  %q = torch.per_tensor_affine.create %w, %scale, %zero : !torch.tensor<[2,3],si8>, !torch.float, !torch.int -> !torch.tensor<[2,3],!torch.qint8>
  // CHECK-NEXT: torch.linear_params.create %[[Q]], %arg1 : !torch.tensor<[2,3],!torch.qint8>, !torch.tensor<[2],f32>
  %0 = torch.linear_params.create %q, %b : !torch.tensor<[2,3],!torch.qint8>, !torch.tensor<[2],f32>
  // CHECK-NEXT: torch.linear_params.create %[[Q]] : !torch.tensor<[2,3],!torch.qint8>
  %1 = torch.linear_params.create %q : !torch.tensor<[2,3],!torch.qint8>
  return
}
