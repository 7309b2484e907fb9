// Attention as one operation, and as torch.nn.MultiheadAttention with an additive mask.
torch.global_slot @mask : !torch.vtensor<[5,5],f32>
func.func @forward(%x: !torch.vtensor<[?,5,16],f32>) -> !torch.vtensor<[?,5,16],f32> {
  %none = torch.constant.none
  %true = torch.constant.bool true
  %p = torch.constant.float 0.0
  %int1 = torch.constant.int 1
  %int2 = torch.constant.int 2
  %int-1 = torch.constant.int -1
  %size = torch.constant.float 4.0
  %0 = torch.aten.scaled_dot_product_attention %x, %x, %x, %none, %p, %true, %none {dynfault.site = "fused"} : !torch.vtensor<[?,5,16],f32>, !torch.vtensor<[?,5,16],f32>, !torch.vtensor<[?,5,16],f32>, !torch.none, !torch.float, !torch.bool, !torch.none -> !torch.vtensor<[?,5,16],f32>
  %m = torch.global_slot.get @mask : !torch.vtensor<[5,5],f32>
  %1 = torch.aten.div.Scalar %0, %size : !torch.vtensor<[?,5,16],f32>, !torch.float -> !torch.vtensor<[?,5,16],f32>
  %2 = torch.aten.transpose.int %0, %int1, %int2 : !torch.vtensor<[?,5,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,16,5],f32>
  %3 = torch.aten.baddbmm %m, %1, %2, %int1, %int1 {dynfault.site = "mha/scores"} : !torch.vtensor<[5,5],f32>, !torch.vtensor<[?,5,16],f32>, !torch.vtensor<[?,16,5],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,5,5],f32>
  %4 = torch.aten.softmax.int %3, %int-1, %none {dynfault.site = "mha"} : !torch.vtensor<[?,5,5],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,5,5],f32>
  %5 = torch.aten.bmm %4, %0 : !torch.vtensor<[?,5,5],f32>, !torch.vtensor<[?,5,16],f32> -> !torch.vtensor<[?,5,16],f32>
  return %5 : !torch.vtensor<[?,5,16],f32>
}
