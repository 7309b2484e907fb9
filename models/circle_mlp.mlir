// Two rings in the plane, told apart by nine narrow layers: binary classification.
//
// From: the Circle subject of AutoTrainer (X. Zhang et al., ICSE 2021): dense layers of five,
// ReLU, one output, Adam 0.001, batches of 32, binary cross entropy. He normal initialisers as
// in the repaired version of the subject, so that so deep and narrow a net trains at all. It
// has batch normalisation after each second layer, which is the repair that AutoTrainer
// chooses.
// Scaled down: nothing but the epochs (30).

module @circle_mlp attributes {
    dynfault.task = "classification", dynfault.family = "mlp", dynfault.margin = 0.1,
    dynfault.origin = "Circle, AutoTrainer (Zhang et al. 2021)"} {
  dynfault.dataset @data {source = "circles", train = 700, validation = 300}
  dynfault.schedule {epochs = 30, batch_size = 32, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[5,2],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @bn2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[5],f32>
  torch.global_slot @bn2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @bn2.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @bn2.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc3.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc4.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc4.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @bn4.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[5],f32>
  torch.global_slot @bn4.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @bn4.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @bn4.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc5.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc5.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc6.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc6.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @bn6.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[5],f32>
  torch.global_slot @bn6.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @bn6.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @bn6.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc7.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc7.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc8.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc8.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @bn8.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[5],f32>
  torch.global_slot @bn8.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @bn8.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @bn8.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc9.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[1,5],f32>
  torch.global_slot @fc9.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,2],f32>) -> !torch.vtensor<[?,1],f32> {
    %training = torch.global_slot.get @training : !torch.bool
    %momentum = torch.constant.float 0.01
    %eps = torch.constant.float 0.001
    %false = torch.constant.bool false
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[5,2],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[5],f32>
    %0 = torch.aten.linear %x, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,2],f32>, !torch.vtensor<[5,2],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[5,5],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[5],f32>
    %2 = torch.aten.linear %1, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %bn2.weight = torch.global_slot.get @bn2.weight : !torch.vtensor<[5],f32>
    %bn2.bias = torch.global_slot.get @bn2.bias : !torch.vtensor<[5],f32>
    %bn2.running_mean = torch.global_slot.get @bn2.running_mean : !torch.vtensor<[5],f32>
    %bn2.running_var = torch.global_slot.get @bn2.running_var : !torch.vtensor<[5],f32>
    %3 = torch.aten.batch_norm %2, %bn2.weight, %bn2.bias, %bn2.running_mean, %bn2.running_var, %training, %momentum, %eps, %false {dynfault.site = "bn2/batch_norm"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5],f32>, !torch.vtensor<[5],f32>, !torch.vtensor<[5],f32>, !torch.vtensor<[5],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,5],f32>
    %4 = torch.aten.relu %3 {dynfault.site = "fc2/relu"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc3.weight = torch.global_slot.get @fc3.weight : !torch.vtensor<[5,5],f32>
    %fc3.bias = torch.global_slot.get @fc3.bias : !torch.vtensor<[5],f32>
    %5 = torch.aten.linear %4, %fc3.weight, %fc3.bias {dynfault.site = "fc3/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %6 = torch.aten.relu %5 {dynfault.site = "fc3/relu"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc4.weight = torch.global_slot.get @fc4.weight : !torch.vtensor<[5,5],f32>
    %fc4.bias = torch.global_slot.get @fc4.bias : !torch.vtensor<[5],f32>
    %7 = torch.aten.linear %6, %fc4.weight, %fc4.bias {dynfault.site = "fc4/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %bn4.weight = torch.global_slot.get @bn4.weight : !torch.vtensor<[5],f32>
    %bn4.bias = torch.global_slot.get @bn4.bias : !torch.vtensor<[5],f32>
    %bn4.running_mean = torch.global_slot.get @bn4.running_mean : !torch.vtensor<[5],f32>
    %bn4.running_var = torch.global_slot.get @bn4.running_var : !torch.vtensor<[5],f32>
    %8 = torch.aten.batch_norm %7, %bn4.weight, %bn4.bias, %bn4.running_mean, %bn4.running_var, %training, %momentum, %eps, %false {dynfault.site = "bn4/batch_norm"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5],f32>, !torch.vtensor<[5],f32>, !torch.vtensor<[5],f32>, !torch.vtensor<[5],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,5],f32>
    %9 = torch.aten.relu %8 {dynfault.site = "fc4/relu"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc5.weight = torch.global_slot.get @fc5.weight : !torch.vtensor<[5,5],f32>
    %fc5.bias = torch.global_slot.get @fc5.bias : !torch.vtensor<[5],f32>
    %10 = torch.aten.linear %9, %fc5.weight, %fc5.bias {dynfault.site = "fc5/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %11 = torch.aten.relu %10 {dynfault.site = "fc5/relu"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc6.weight = torch.global_slot.get @fc6.weight : !torch.vtensor<[5,5],f32>
    %fc6.bias = torch.global_slot.get @fc6.bias : !torch.vtensor<[5],f32>
    %12 = torch.aten.linear %11, %fc6.weight, %fc6.bias {dynfault.site = "fc6/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %bn6.weight = torch.global_slot.get @bn6.weight : !torch.vtensor<[5],f32>
    %bn6.bias = torch.global_slot.get @bn6.bias : !torch.vtensor<[5],f32>
    %bn6.running_mean = torch.global_slot.get @bn6.running_mean : !torch.vtensor<[5],f32>
    %bn6.running_var = torch.global_slot.get @bn6.running_var : !torch.vtensor<[5],f32>
    %13 = torch.aten.batch_norm %12, %bn6.weight, %bn6.bias, %bn6.running_mean, %bn6.running_var, %training, %momentum, %eps, %false {dynfault.site = "bn6/batch_norm"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5],f32>, !torch.vtensor<[5],f32>, !torch.vtensor<[5],f32>, !torch.vtensor<[5],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,5],f32>
    %14 = torch.aten.relu %13 {dynfault.site = "fc6/relu"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc7.weight = torch.global_slot.get @fc7.weight : !torch.vtensor<[5,5],f32>
    %fc7.bias = torch.global_slot.get @fc7.bias : !torch.vtensor<[5],f32>
    %15 = torch.aten.linear %14, %fc7.weight, %fc7.bias {dynfault.site = "fc7/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %16 = torch.aten.relu %15 {dynfault.site = "fc7/relu"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc8.weight = torch.global_slot.get @fc8.weight : !torch.vtensor<[5,5],f32>
    %fc8.bias = torch.global_slot.get @fc8.bias : !torch.vtensor<[5],f32>
    %17 = torch.aten.linear %16, %fc8.weight, %fc8.bias {dynfault.site = "fc8/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %bn8.weight = torch.global_slot.get @bn8.weight : !torch.vtensor<[5],f32>
    %bn8.bias = torch.global_slot.get @bn8.bias : !torch.vtensor<[5],f32>
    %bn8.running_mean = torch.global_slot.get @bn8.running_mean : !torch.vtensor<[5],f32>
    %bn8.running_var = torch.global_slot.get @bn8.running_var : !torch.vtensor<[5],f32>
    %18 = torch.aten.batch_norm %17, %bn8.weight, %bn8.bias, %bn8.running_mean, %bn8.running_var, %training, %momentum, %eps, %false {dynfault.site = "bn8/batch_norm"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5],f32>, !torch.vtensor<[5],f32>, !torch.vtensor<[5],f32>, !torch.vtensor<[5],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,5],f32>
    %19 = torch.aten.relu %18 {dynfault.site = "fc8/relu"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc9.weight = torch.global_slot.get @fc9.weight : !torch.vtensor<[1,5],f32>
    %fc9.bias = torch.global_slot.get @fc9.bias : !torch.vtensor<[1],f32>
    %20 = torch.aten.linear %19, %fc9.weight, %fc9.bias {dynfault.site = "fc9/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[1,5],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %20 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %0 = torch.aten.binary_cross_entropy_with_logits %output, %target, %none, %none, %mean {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.none, !torch.none, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,2],f32>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,2],f32>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
