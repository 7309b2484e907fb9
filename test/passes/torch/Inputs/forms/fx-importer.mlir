module {
  func.func @main(%arg0: !torch.vtensor<[?,3,32,32],f32>, %arg1: !torch.vtensor<[?],si64>) -> (!torch.vtensor<[?,10],f32>, !torch.vtensor<[],f32>) attributes {torch.assume_strict_symbolic_shapes} {
    %0 = torch.symbolic_int "s0" {min_val = 2, max_val = 9223372036854775806} : !torch.int
    torch.bind_symbolic_shape %arg0, [%0], affine_map<()[s0] -> (s0, 3, 32, 32)> : !torch.vtensor<[?,3,32,32],f32>
    torch.bind_symbolic_shape %arg1, [%0], affine_map<()[s0] -> (s0)> : !torch.vtensor<[?],si64>
    %1 = torch.vtensor.literal(dense_resource<torch_tensor_8_3_3_3_torch.float32> : tensor<8x3x3x3xf32>) : !torch.vtensor<[8,3,3,3],f32>
    %2 = torch.vtensor.literal(dense<0.000000e+00> : tensor<8xf32>) : !torch.vtensor<[8],f32>
    %int1 = torch.constant.int 1
    %int1_0 = torch.constant.int 1
    %3 = torch.prim.ListConstruct %int1, %int1_0 : (!torch.int, !torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %4 = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
    %5 = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
    %false = torch.constant.bool false
    %6 = torch.prim.ListConstruct  : () -> !torch.list<int>
    %7 = torch.aten.convolution %arg0, %1, %2, %3, %4, %5, %false, %6, %int1 : !torch.vtensor<[?,3,32,32],f32>, !torch.vtensor<[8,3,3,3],f32>, !torch.vtensor<[8],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,30,30],f32>
    torch.bind_symbolic_shape %7, [%0], affine_map<()[s0] -> (s0, 8, 30, 30)> : !torch.vtensor<[?,8,30,30],f32>
    %8 = torch.aten.relu %7 : !torch.vtensor<[?,8,30,30],f32> -> !torch.vtensor<[?,8,30,30],f32>
    %int2 = torch.constant.int 2
    %int3 = torch.constant.int 3
    %9 = torch.prim.ListConstruct %int2, %int3 : (!torch.int, !torch.int) -> !torch.list<int>
    %none = torch.constant.none
    %10 = torch.aten.mean.dim %8, %9, %false, %none : !torch.vtensor<[?,8,30,30],f32>, !torch.list<int>, !torch.bool, !torch.none -> !torch.vtensor<[?,8],f32>
    %11 = torch.vtensor.literal(dense<1.250000e-01> : tensor<10x8xf32>) : !torch.vtensor<[10,8],f32>
    %12 = torch.aten.linear %10, %11, %none : !torch.vtensor<[?,8],f32>, !torch.vtensor<[10,8],f32>, !torch.none -> !torch.vtensor<[?,10],f32>
    %13 = torch.aten.log_softmax.int %12, %int1, %none : !torch.vtensor<[?,10],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,10],f32>
    %int-100 = torch.constant.int -100
    %14:2 = torch.aten.nll_loss_forward %13, %arg1, %none, %int1, %int-100 : !torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int -> !torch.vtensor<[],f32>, !torch.vtensor<[],f32>
    %15 = torch.operator "torch.aten._to_sparse"(%14#0, %none, %none, %none) : (!torch.vtensor<[],f32>, !torch.none, !torch.none, !torch.none) -> !torch.vtensor<[],f32>
    return %12, %14#0 : !torch.vtensor<[?,10],f32>, !torch.vtensor<[],f32>
  }
}

{-#
  dialect_resources: {
    builtin: {
      torch_tensor_8_3_3_3_torch.float32: "0x04000000000000BF0000E0BE0000C0BE0000A0BE000080BE000040BE000000BE000080BD000000000000803D0000003E0000403E0000803E0000A03E0000C03E0000E03E0000003F000000BF0000E0BE0000C0BE0000A0BE000080BE000040BE000000BE000080BD000000000000803D0000003E0000403E0000803E0000A03E0000C03E0000E03E0000003F000000BF0000E0BE0000C0BE0000A0BE000080BE000040BE000000BE000080BD000000000000803D0000003E0000403E0000803E0000A03E0000C03E0000E03E0000003F000000BF0000E0BE0000C0BE0000A0BE000080BE000040BE000000BE000080BD000000000000803D0000003E0000403E0000803E0000A03E0000C03E0000E03E0000003F000000BF0000E0BE0000C0BE0000A0BE000080BE000040BE000000BE000080BD000000000000803D0000003E0000403E0000803E0000A03E0000C03E0000E03E0000003F000000BF0000E0BE0000C0BE0000A0BE000080BE000040BE000000BE000080BD000000000000803D0000003E0000403E0000803E0000A03E0000C03E0000E03E0000003F000000BF0000E0BE0000C0BE0000A0BE000080BE000040BE000000BE000080BD000000000000803D0000003E0000403E0000803E0000A03E0000C03E0000E03E0000003F000000BF0000E0BE0000C0BE0000A0BE000080BE000040BE000000BE000080BD000000000000803D0000003E0000403E0000803E0000A03E0000C03E0000E03E0000003F000000BF0000E0BE0000C0BE0000A0BE000080BE000040BE000000BE000080BD000000000000803D0000003E0000403E0000803E0000A03E0000C03E0000E03E0000003F000000BF0000E0BE0000C0BE0000A0BE000080BE000040BE000000BE000080BD000000000000803D0000003E0000403E0000803E0000A03E0000C03E0000E03E0000003F000000BF0000E0BE0000C0BE0000A0BE000080BE000040BE000000BE000080BD000000000000803D0000003E0000403E0000803E0000A03E0000C03E0000E03E0000003F000000BF0000E0BE0000C0BE0000A0BE000080BE000040BE000000BE000080BD000000000000803D0000003E0000403E0000803E0000A03E0000C03E0000E03E0000003F000000BF0000E0BE0000C0BE0000A0BE000080BE000040BE000000BE000080BD000000000000803D0000003E0000403E"
    }
  }
#-}
