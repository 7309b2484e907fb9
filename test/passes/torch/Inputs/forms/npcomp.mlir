module attributes {torch.debug_module_name = "Old"} {
  torch.global_slot "private" @weight : !torch.tensor {
    %0 = torch.tensor.literal(opaque<"elided_large_const", "0xDEADBEEF"> : tensor<8x4xf32>) : !torch.tensor<[8,4],f32>
    torch.global_slot.init %0 : !torch.tensor<[8,4],f32>
  }
  func.func @forward(%arg0: !torch.vtensor<[?, 4],f32>, %arg1: !torch.list<!torch.int>) -> !torch.optional<!torch.vtensor<[?, 8],f32>> {
    %int0 = torch.constant.int 0
    %int9223372036854775807 = torch.constant.int 9223372036854775807
    %0 = torch.prim.Uninitialized : !torch.list<!torch.int>
    %1 = torch.aten.len.t %arg1 : !torch.list<!torch.int> -> !torch.int
    %2 = torch.prim.TupleConstruct %1, %arg0 : !torch.int, !torch.vtensor<[?, 4],f32> -> !torch.tuple<!torch.int, !torch.vtensor<[?, 4],f32>>
    %3:2 = torch.prim.TupleUnpack %2 : !torch.tuple<!torch.int, !torch.vtensor<[?, 4],f32>> -> !torch.int, !torch.vtensor<[?, 4],f32>
    %4 = torch.vtensor.literal(dense<0.000000e+00> : tensor<8x4xf32>) : !torch.vtensor<[8,4],f32>
    %none = torch.constant.none
    %5 = torch.aten.linear %3#1, %4, %none : !torch.vtensor<[?, 4],f32>, !torch.vtensor<[8,4],f32>, !torch.none -> !torch.vtensor<[?, 8],f32>
    %6 = torch.derefine %5 : !torch.vtensor<[?, 8],f32> to !torch.optional<!torch.vtensor<[?, 8],f32>>
    return %6 : !torch.optional<!torch.vtensor<[?, 8],f32>>
  }
}
