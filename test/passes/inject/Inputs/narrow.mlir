// Three neurons.
torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<kaiming_uniform>} : !torch.vtensor<[3,4],f32>
torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<kaiming_uniform>} : !torch.vtensor<[2,3],f32>
func.func @forward(%x: !torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,2],f32> {
  %none = torch.constant.none
  %w = torch.global_slot.get @fc1.weight : !torch.vtensor<[3,4],f32>
  %v = torch.global_slot.get @fc2.weight : !torch.vtensor<[2,3],f32>
  %0 = torch.aten.linear %x, %w, %none : !torch.vtensor<[?,4],f32>, !torch.vtensor<[3,4],f32>, !torch.none -> !torch.vtensor<[?,3],f32>
  %1 = torch.aten.relu %0 : !torch.vtensor<[?,3],f32> -> !torch.vtensor<[?,3],f32>
  %2 = torch.aten.linear %1, %v, %none : !torch.vtensor<[?,3],f32>, !torch.vtensor<[2,3],f32>, !torch.none -> !torch.vtensor<[?,2],f32>
  return %2 : !torch.vtensor<[?,2],f32>
}
