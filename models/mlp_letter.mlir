// A multi-layer perceptron that reads printed capital letters: 26 classes.
//
// From: the usual Keras classifier on UCI Letter Recognition (16-128-64-26, ReLU, Adam 0.001,
// batches of 64, cross entropy). Initialisers are Keras' defaults.
// Scaled down: 6,000 of the 20,000 letters and 8 epochs.

module @mlp_letter attributes {
    dynfault.task = "classification", dynfault.family = "mlp", dynfault.margin = 0.5,
    dynfault.origin = "Keras classifier on UCI Letter Recognition"} {
  dynfault.dataset @data {source = "letter", train = 6000, validation = 2000,
      transforms = [#dynfault.transform<standardize>]}
  dynfault.schedule {epochs = 8, batch_size = 64, shuffle = true}

  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[128,16],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[128],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,128],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @fc3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[26,64],f32>
  torch.global_slot @fc3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[26],f32>

  func.func @forward(%x: !torch.vtensor<[?,16],f32>) -> !torch.vtensor<[?,26],f32> {
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[128,16],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[128],f32>
    %0 = torch.aten.linear %x, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[128,16],f32>, !torch.vtensor<[128],f32> -> !torch.vtensor<[?,128],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,128],f32> -> !torch.vtensor<[?,128],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[64,128],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[64],f32>
    %2 = torch.aten.linear %1, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,128],f32>, !torch.vtensor<[64,128],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,64],f32>
    %3 = torch.aten.relu %2 {dynfault.site = "fc2/relu"} : !torch.vtensor<[?,64],f32> -> !torch.vtensor<[?,64],f32>
    %fc3.weight = torch.global_slot.get @fc3.weight : !torch.vtensor<[26,64],f32>
    %fc3.bias = torch.global_slot.get @fc3.bias : !torch.vtensor<[26],f32>
    %4 = torch.aten.linear %3, %fc3.weight, %fc3.bias {dynfault.site = "fc3/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[26,64],f32>, !torch.vtensor<[26],f32> -> !torch.vtensor<[?,26],f32>
    return %4 : !torch.vtensor<[?,26],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,26],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %ignore = torch.constant.int -100
    %smoothing = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %mean, %ignore, %smoothing {dynfault.site = "loss"} : !torch.vtensor<[?,26],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,16],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,16],f32>) -> !torch.vtensor<[?,26],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,26],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
