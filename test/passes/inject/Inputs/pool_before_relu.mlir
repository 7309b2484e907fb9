// A convolution whose rectifier stands behind its pooling.
torch.global_slot @conv.weight {dynfault.init = #dynfault.init<kaiming_uniform>} : !torch.vtensor<[4,1,3,3],f32>
func.func @forward(%x: !torch.vtensor<[?,1,8,8],f32>) -> !torch.vtensor<[?,4,3,3],f32> {
  %none = torch.constant.none
  %false = torch.constant.bool false
  %int0 = torch.constant.int 0
  %int1 = torch.constant.int 1
  %int2 = torch.constant.int 2
  %zeros = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
  %ones = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
  %twos = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
  %w = torch.global_slot.get @conv.weight : !torch.vtensor<[4,1,3,3],f32>
  %0 = torch.aten.conv2d %x, %w, %none, %ones, %zeros, %ones, %int1 : !torch.vtensor<[?,1,8,8],f32>, !torch.vtensor<[4,1,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,4,6,6],f32>
  %1 = torch.aten.max_pool2d %0, %twos, %twos, %zeros, %ones, %false : !torch.vtensor<[?,4,6,6],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,4,3,3],f32>
  %2 = torch.aten.relu %1 : !torch.vtensor<[?,4,3,3],f32> -> !torch.vtensor<[?,4,3,3],f32>
  return %2 : !torch.vtensor<[?,4,3,3],f32>
}
