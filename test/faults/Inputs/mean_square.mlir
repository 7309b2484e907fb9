// A model that only multiplies its input by a parameter that stays one, and a loss that
// is the mean square of that: the training loss shows what reaches the training step.
module attributes {dynfault.task = "regression", dynfault.family = "mlp", dynfault.origin = "a test"} {
  dynfault.dataset @data {source = "parabola", train = 600, validation = 200,
    transforms = [#dynfault.transform<standardize>]}
  dynfault.schedule {epochs = 8, batch_size = 32, shuffle = true}
  torch.global_slot @scale {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[1],f32>
  func.func @forward(%x: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[?,1],f32> {
    %scale = torch.global_slot.get @scale : !torch.vtensor<[1],f32>
    %0 = torch.aten.mul.Tensor %x, %scale {dynfault.site = "mul"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %0 : !torch.vtensor<[?,1],f32>
  }
  func.func @loss(%out: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %0 = torch.aten.square %out {dynfault.site = "square"} : !torch.vtensor<[?,1],f32> -> !torch.vtensor<[?,1],f32>
    %1 = torch.aten.mean %0, %none {dynfault.site = "mean"} : !torch.vtensor<[?,1],f32>, !torch.none -> !torch.vtensor<[],f32>
    return %1 : !torch.vtensor<[],f32>
  }
  dynfault.training_step(%x: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1],f32>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.0>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
