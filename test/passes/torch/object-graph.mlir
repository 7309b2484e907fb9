// Classes and objects as TorchScript's importer writes them.

// RUN: dynfault-opt %s | FileCheck %s
// RUN: dynfault-opt %s | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --emit-bytecode | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --mlir-print-op-generic | dynfault-opt | FileCheck %s

// CHECK: module attributes {torch.debug_module_name = "TestModule"} {
module attributes {torch.debug_module_name = "TestModule"} {
  // CHECK: func.func private @__torch__.TestModule.forward(%arg0: !torch.nn.Module<"__torch__.TestModule">, %arg1: !torch.tensor {torch.type_bound = !torch.vtensor<[2,3,?],f32>}) -> !torch.tensor
  func.func private @__torch__.TestModule.forward(%arg0: !torch.nn.Module<"__torch__.TestModule">,
      %arg1: !torch.tensor {torch.type_bound = !torch.vtensor<[2,3,?],f32>}) -> !torch.tensor {
    // CHECK-NEXT: %[[W:.*]] = torch.prim.GetAttr %arg0["weight"] : !torch.nn.Module<"__torch__.TestModule"> -> !torch.tensor
    %w = torch.prim.GetAttr %arg0["weight"] : !torch.nn.Module<"__torch__.TestModule"> -> !torch.tensor
    // CHECK-NEXT: torch.prim.SetAttr %arg0["weight"] = %[[W]] : !torch.nn.Module<"__torch__.TestModule">, !torch.tensor
    torch.prim.SetAttr %arg0["weight"] = %w : !torch.nn.Module<"__torch__.TestModule">, !torch.tensor
    // CHECK-NEXT: %[[R:.*]] = torch.prim.CallMethod %arg0["helper"] (%[[W]]) : !torch.nn.Module<"__torch__.TestModule">, (!torch.tensor) -> !torch.tensor
    %r = torch.prim.CallMethod %arg0["helper"] (%w) : !torch.nn.Module<"__torch__.TestModule">, (!torch.tensor) -> !torch.tensor
    // CHECK-NEXT: torch.prim.CallMethod %arg0["nothing"] () : !torch.nn.Module<"__torch__.TestModule">, () -> !torch.none
    %n = torch.prim.CallMethod %arg0["nothing"] () : !torch.nn.Module<"__torch__.TestModule">, () -> !torch.none
    return %r : !torch.tensor
  }
  func.func private @__torch__.TestModule.helper(%arg0: !torch.nn.Module<"__torch__.TestModule">, %arg1: !torch.tensor) -> !torch.tensor {
    return %arg1 : !torch.tensor
  }
  func.func private @__torch__.TestModule.nothing(!torch.nn.Module<"__torch__.TestModule">) -> !torch.none

  // CHECK: torch.class_type @__torch__.TestModule {
  // CHECK-NEXT: torch.attr private "training" : !torch.bool
  // CHECK-NEXT: torch.attr private "_is_full_backward_hook" : !torch.optional<bool>
  // CHECK-NEXT: torch.attr "weight" : !torch.tensor {dynfault.parameter}
  // CHECK-NEXT: torch.attr "count" : !torch.tensor {dynfault.buffer}
  // CHECK-NEXT: torch.attr "inner" : !torch.nn.Module<"__torch__.Inner">
  // CHECK-NEXT: torch.method "forward", @__torch__.TestModule.forward
  // CHECK-NEXT: torch.method private "helper", @__torch__.TestModule.helper
  // CHECK-NEXT: torch.method private "nothing", @__torch__.TestModule.nothing
  // CHECK-NEXT: }
  torch.class_type @__torch__.TestModule {
    torch.attr private "training" : !torch.bool
    torch.attr private "_is_full_backward_hook" : !torch.optional<bool>
    torch.attr "weight" : !torch.tensor {dynfault.parameter}
    torch.attr "count" : !torch.tensor {dynfault.buffer}
    torch.attr "inner" : !torch.nn.Module<"__torch__.Inner">
    torch.method "forward", @__torch__.TestModule.forward
    torch.method private "helper", @__torch__.TestModule.helper
    torch.method private "nothing", @__torch__.TestModule.nothing
  }
  // CHECK-NEXT: torch.class_type @__torch__.Inner {
  // CHECK-NEXT: }
  torch.class_type @__torch__.Inner {}

  // CHECK: %true = torch.constant.bool true
  %true = torch.constant.bool true
  %none = torch.constant.none
  // CHECK: torch.tensor.literal(dense<1.000000e+00> : tensor<1xf32>) {dynfault.requires_grad = true} : !torch.tensor
  %t = torch.tensor.literal(dense<1.0> : tensor<1xf32>) {dynfault.requires_grad = true} : !torch.tensor
  %u = torch.tensor.literal(dense<0> : tensor<si64>) {dynfault.requires_grad = false} : !torch.tensor<[],si64>
  // CHECK: %[[INNER:.*]] = torch.nn_module {
  // CHECK-NEXT: } : !torch.nn.Module<"__torch__.Inner">
  %inner = torch.nn_module {
  } : !torch.nn.Module<"__torch__.Inner">
  // CHECK-NEXT: %{{.*}} = torch.nn_module {
  // CHECK-NEXT: torch.slot "training", %true : !torch.bool
  // A slot may be more special than its attribute.
  // CHECK-NEXT: torch.slot "_is_full_backward_hook", %none : !torch.none
  // CHECK-NEXT: torch.slot "weight", %{{.*}} : !torch.tensor
  // CHECK-NEXT: torch.slot "count", %{{.*}} : !torch.tensor<[],si64>
  // CHECK-NEXT: torch.slot "inner", %[[INNER]] : !torch.nn.Module<"__torch__.Inner">
  // CHECK-NEXT: } : !torch.nn.Module<"__torch__.TestModule">
  %0 = torch.nn_module {
    torch.slot "training", %true : !torch.bool
    torch.slot "_is_full_backward_hook", %none : !torch.none
    torch.slot "weight", %t : !torch.tensor
    torch.slot "count", %u : !torch.tensor<[],si64>
    torch.slot "inner", %inner : !torch.nn.Module<"__torch__.Inner">
  } : !torch.nn.Module<"__torch__.TestModule">
}
