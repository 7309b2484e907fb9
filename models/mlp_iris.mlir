// The smallest network: four hidden units that tell three kinds of iris.
//
// From: Stack Overflow question 51930566 (DeepLocalize benchmark): 4-4-3, ReLU, Adam, batches
// of 5, cross entropy. Initialisers are Keras' defaults; the inputs are standardized.
// Scaled down: 40 epochs, at a rate of 0.005 instead of Adam's default so that they suffice.

module @mlp_iris attributes {
    dynfault.task = "classification", dynfault.family = "mlp", dynfault.margin = 0.2,
    dynfault.origin = "Stack Overflow 51930566 (DeepLocalize benchmark)"} {
  dynfault.dataset @data {source = "iris", train = 105, validation = 45,
      transforms = [#dynfault.transform<standardize>]}
  dynfault.schedule {epochs = 40, batch_size = 5, shuffle = true}

  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[4,4],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[4],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[3,4],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[3],f32>

  func.func @forward(%x: !torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,3],f32> {
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[4,4],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[4],f32>
    %0 = torch.aten.linear %x, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,4],f32>, !torch.vtensor<[4,4],f32>, !torch.vtensor<[4],f32> -> !torch.vtensor<[?,4],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[?,4],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[3,4],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[3],f32>
    %2 = torch.aten.linear %1, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,4],f32>, !torch.vtensor<[3,4],f32>, !torch.vtensor<[3],f32> -> !torch.vtensor<[?,3],f32>
    return %2 : !torch.vtensor<[?,3],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,3],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %ignore = torch.constant.int -100
    %smoothing = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %mean, %ignore, %smoothing {dynfault.site = "loss"} : !torch.vtensor<[?,3],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,3],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,3],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.005>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
