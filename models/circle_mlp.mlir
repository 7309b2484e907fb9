// Two rings in the plane, told apart by a deep and narrow network: binary classification.
//
// From: J. Brownlee, "How to fix vanishing gradients using the rectified linear activation
// function", 2019, the deeper of its networks, which the Circle subject of AutoTrainer (X.
// Zhang et al., ICSE 2021) goes back to: five layers of five, ReLU, He uniform initialisers,
// SGD 0.01 with momentum 0.9, batches of 32, binary cross entropy, rings with noise 0.1.
// Scaled down: 60 of 500 epochs.

module @circle_mlp attributes {
    dynfault.task = "classification", dynfault.family = "mlp", dynfault.margin = 0.1,
    dynfault.origin = "Two-circles network, Brownlee 2019 (AutoTrainer's Circle)"} {
  dynfault.dataset @data {source = "circles", train = 700, validation = 300}
  dynfault.schedule {epochs = 60, batch_size = 32, shuffle = true}

  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<kaiming_uniform>} : !torch.vtensor<[5,2],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<kaiming_uniform>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc3.weight {dynfault.init = #dynfault.init<kaiming_uniform>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc4.weight {dynfault.init = #dynfault.init<kaiming_uniform>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc4.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc5.weight {dynfault.init = #dynfault.init<kaiming_uniform>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc5.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc6.weight {dynfault.init = #dynfault.init<kaiming_uniform>} : !torch.vtensor<[1,5],f32>
  torch.global_slot @fc6.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,2],f32>) -> !torch.vtensor<[?,1],f32> {
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[5,2],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[5],f32>
    %0 = torch.aten.linear %x, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,2],f32>, !torch.vtensor<[5,2],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[5,5],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[5],f32>
    %2 = torch.aten.linear %1, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %3 = torch.aten.relu %2 {dynfault.site = "fc2/relu"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc3.weight = torch.global_slot.get @fc3.weight : !torch.vtensor<[5,5],f32>
    %fc3.bias = torch.global_slot.get @fc3.bias : !torch.vtensor<[5],f32>
    %4 = torch.aten.linear %3, %fc3.weight, %fc3.bias {dynfault.site = "fc3/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %5 = torch.aten.relu %4 {dynfault.site = "fc3/relu"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc4.weight = torch.global_slot.get @fc4.weight : !torch.vtensor<[5,5],f32>
    %fc4.bias = torch.global_slot.get @fc4.bias : !torch.vtensor<[5],f32>
    %6 = torch.aten.linear %5, %fc4.weight, %fc4.bias {dynfault.site = "fc4/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %7 = torch.aten.relu %6 {dynfault.site = "fc4/relu"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc5.weight = torch.global_slot.get @fc5.weight : !torch.vtensor<[5,5],f32>
    %fc5.bias = torch.global_slot.get @fc5.bias : !torch.vtensor<[5],f32>
    %8 = torch.aten.linear %7, %fc5.weight, %fc5.bias {dynfault.site = "fc5/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %9 = torch.aten.relu %8 {dynfault.site = "fc5/relu"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc6.weight = torch.global_slot.get @fc6.weight : !torch.vtensor<[1,5],f32>
    %fc6.bias = torch.global_slot.get @fc6.bias : !torch.vtensor<[1],f32>
    %10 = torch.aten.linear %9, %fc6.weight, %fc6.bias {dynfault.site = "fc6/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[1,5],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %10 : !torch.vtensor<[?,1],f32>
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
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.01, momentum = 0.9>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
