module attributes {torch.debug_module_name = "Encoder"} {
  torch.global_slot.module_initializer {
    %0 = torch.tensor.literal(dense<[[1.000000e+00, -5.000000e-01], [0.000000e+00, 3.40282347E+38]]> : tensor<2x2xf32>) : !torch.tensor<[2,2],f32>
    %true = torch.constant.bool true
    %1 = torch.prim.ListConstruct %0, %0 : (!torch.tensor<[2,2],f32>, !torch.tensor<[2,2],f32>) -> !torch.list<tensor>
    torch.initialize.global_slots [
      @training(%true : !torch.bool)
      @encoder.weight(%0 : !torch.tensor<[2,2],f32>)
      @encoder.states(%1 : !torch.list<tensor>)
    ]
  }
  torch.global_slot "private" @training : !torch.bool
  torch.global_slot @encoder.weight : !torch.tensor
  torch.global_slot "private" @encoder.states : !torch.list<tensor>
  func.func @forward(%arg0: !torch.vtensor<[?,2],f32>) -> !torch.vtensor {
    %0 = torch.global_slot.get @encoder.weight : !torch.tensor
    %1 = torch.copy.to_vtensor %0 : !torch.vtensor
    %2 = torch.tensor_static_info_cast %1 : !torch.vtensor to !torch.vtensor<[2,2],f32>
    %3 = torch.aten.mm %arg0, %2 : !torch.vtensor<[?,2],f32>, !torch.vtensor<[2,2],f32> -> !torch.vtensor<[?,2],f32>
    %4 = torch.shape.calculate {
      %6 = torch.aten.tanh %3 : !torch.vtensor<[?,2],f32> -> !torch.vtensor<[?,2],f32>
      torch.shape.calculate.yield %6 : !torch.vtensor<[?,2],f32>
    } shapes {
      %int0 = torch.constant.int 0
      %int2 = torch.constant.int 2
      %7 = torch.aten.size.int %3, %int0 : !torch.vtensor<[?,2],f32>, !torch.int -> !torch.int
      %8 = torch.prim.ListConstruct %7, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
      torch.shape.calculate.yield.shapes %8 : !torch.list<int>
    } : !torch.vtensor<[?,2],f32>
    %5 = torch.tensor_static_info_cast %4 : !torch.vtensor<[?,2],f32> to !torch.vtensor
    %9 = torch.copy.to_tensor %1 : !torch.tensor
    torch.overwrite.tensor.contents %1 overwrites %9 : !torch.vtensor, !torch.tensor
    torch.global_slot.set @encoder.weight = %9 : !torch.tensor
    return %5 : !torch.vtensor
  }
}
