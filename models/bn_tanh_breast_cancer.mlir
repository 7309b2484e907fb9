// Batch normalisation, two tanh layers with dropout.
//
// From: Stack Overflow question 34673164 (DeepLocalize benchmark): BN, 64-64 tanh, dropout
// 0.5, SGD 0.1 with Nesterov momentum 0.9, batches of 16, binary cross entropy; its batch
// normalisation has Keras' momentum 0.99 and epsilon 0.001. Here on UCI breast cancer.
// Scaled down: nothing but the epochs (20).

module @bn_tanh_breast_cancer attributes {
    dynfault.task = "classification", dynfault.family = "mlp", dynfault.margin = 0.2,
    dynfault.origin = "Stack Overflow 34673164 (DeepLocalize benchmark)"} {
  dynfault.dataset @data {source = "breast-cancer", train = 400, validation = 169,
      transforms = [#dynfault.transform<standardize>]}
  dynfault.schedule {epochs = 20, batch_size = 16, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @bn.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[30],f32>
  torch.global_slot @bn.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[30],f32>
  torch.global_slot @bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[30],f32>
  torch.global_slot @bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[30],f32>
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,30],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,64],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @fc3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[1,64],f32>
  torch.global_slot @fc3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,30],f32>) -> !torch.vtensor<[?,1],f32> {
    %training = torch.global_slot.get @training : !torch.bool
    %momentum = torch.constant.float 0.01
    %eps = torch.constant.float 1.0e-3
    %false = torch.constant.bool false
    %p = torch.constant.float 0.5
    %bn.weight = torch.global_slot.get @bn.weight : !torch.vtensor<[30],f32>
    %bn.bias = torch.global_slot.get @bn.bias : !torch.vtensor<[30],f32>
    %bn.running_mean = torch.global_slot.get @bn.running_mean : !torch.vtensor<[30],f32>
    %bn.running_var = torch.global_slot.get @bn.running_var : !torch.vtensor<[30],f32>
    %0 = torch.aten.batch_norm %x, %bn.weight, %bn.bias, %bn.running_mean, %bn.running_var, %training, %momentum, %eps, %false {dynfault.site = "bn/batch_norm"} : !torch.vtensor<[?,30],f32>, !torch.vtensor<[30],f32>, !torch.vtensor<[30],f32>, !torch.vtensor<[30],f32>, !torch.vtensor<[30],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,30],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[64,30],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[64],f32>
    %1 = torch.aten.linear %0, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,30],f32>, !torch.vtensor<[64,30],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,64],f32>
    %2 = torch.aten.tanh %1 {dynfault.site = "fc1/tanh"} : !torch.vtensor<[?,64],f32> -> !torch.vtensor<[?,64],f32>
    %3 = torch.aten.dropout %2, %p, %training {dynfault.site = "fc1/dropout"} : !torch.vtensor<[?,64],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,64],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[64,64],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[64],f32>
    %4 = torch.aten.linear %3, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[64,64],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,64],f32>
    %5 = torch.aten.tanh %4 {dynfault.site = "fc2/tanh"} : !torch.vtensor<[?,64],f32> -> !torch.vtensor<[?,64],f32>
    %6 = torch.aten.dropout %5, %p, %training {dynfault.site = "fc2/dropout"} : !torch.vtensor<[?,64],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,64],f32>
    %fc3.weight = torch.global_slot.get @fc3.weight : !torch.vtensor<[1,64],f32>
    %fc3.bias = torch.global_slot.get @fc3.bias : !torch.vtensor<[1],f32>
    %7 = torch.aten.linear %6, %fc3.weight, %fc3.bias {dynfault.site = "fc3/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[1,64],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %7 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %0 = torch.aten.binary_cross_entropy_with_logits %output, %target, %none, %none, %mean {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.none, !torch.none, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,30],f32>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,30],f32>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1, momentum = 0.9, nesterov = true>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
