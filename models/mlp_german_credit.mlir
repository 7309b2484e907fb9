// A multi-layer perceptron that tells good customers of a bank from bad ones.
//
// From: Stack Overflow question 47724077 (DeepLocalize benchmark): in-21-2, SGD, batches of
// 100, cross entropy of two scores. Chosen here: tanh, a rate of 0.01, standardized inputs,
// Keras' default initialisers, and German credit (UCI), whose categories are unit vectors.
// Scaled down: nothing but the epochs (150).

module @mlp_german_credit attributes {
    dynfault.task = "classification", dynfault.family = "mlp", dynfault.margin = 0.02,
    dynfault.origin = "Stack Overflow 47724077 (DeepLocalize benchmark)"} {
  dynfault.dataset @data {source = "german-credit", train = 700, validation = 300,
      transforms = [#dynfault.transform<standardize>]}
  dynfault.schedule {epochs = 150, batch_size = 100, shuffle = true}

  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[21,63],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[21],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[2,21],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[2],f32>

  func.func @forward(%x: !torch.vtensor<[?,63],f32>) -> !torch.vtensor<[?,2],f32> {
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[21,63],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[21],f32>
    %0 = torch.aten.linear %x, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,63],f32>, !torch.vtensor<[21,63],f32>, !torch.vtensor<[21],f32> -> !torch.vtensor<[?,21],f32>
    %1 = torch.aten.tanh %0 {dynfault.site = "fc1/tanh"} : !torch.vtensor<[?,21],f32> -> !torch.vtensor<[?,21],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[2,21],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[2],f32>
    %2 = torch.aten.linear %1, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,21],f32>, !torch.vtensor<[2,21],f32>, !torch.vtensor<[2],f32> -> !torch.vtensor<[?,2],f32>
    return %2 : !torch.vtensor<[?,2],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,2],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %ignore = torch.constant.int -100
    %smoothing = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %mean, %ignore, %smoothing {dynfault.site = "loss"} : !torch.vtensor<[?,2],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,63],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,63],f32>) -> !torch.vtensor<[?,2],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,2],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.01>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
