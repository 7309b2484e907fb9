// A multi-layer perceptron that fits a noisy parabola: regression.
//
// From: Stack Overflow question 48934338 (DeepLocalize benchmark): 1-50-30-1, ReLU, SGD,
// batches of 32, squared error, y = x^2 plus noise. Initialisers are Keras' defaults.
// Scaled down: 40 epochs, at a rate of 0.01 instead of 0.001 so that they suffice.

module @mlp_parabola attributes {
    dynfault.task = "regression", dynfault.family = "mlp-regression", dynfault.margin = 0.4,
    dynfault.origin = "Stack Overflow 48934338 (DeepLocalize benchmark)"} {
  dynfault.dataset @data {source = "parabola", train = 700, validation = 300,
      transforms = [#dynfault.transform<standardize_target>]}
  dynfault.schedule {epochs = 40, batch_size = 32, shuffle = true}

  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[50,1],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[50],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[30,50],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[30],f32>
  torch.global_slot @fc3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[1,30],f32>
  torch.global_slot @fc3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[?,1],f32> {
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[50,1],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[50],f32>
    %0 = torch.aten.linear %x, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[50,1],f32>, !torch.vtensor<[50],f32> -> !torch.vtensor<[?,50],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,50],f32> -> !torch.vtensor<[?,50],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[30,50],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[30],f32>
    %2 = torch.aten.linear %1, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,50],f32>, !torch.vtensor<[30,50],f32>, !torch.vtensor<[30],f32> -> !torch.vtensor<[?,30],f32>
    %3 = torch.aten.relu %2 {dynfault.site = "fc2/relu"} : !torch.vtensor<[?,30],f32> -> !torch.vtensor<[?,30],f32>
    %fc3.weight = torch.global_slot.get @fc3.weight : !torch.vtensor<[1,30],f32>
    %fc3.bias = torch.global_slot.get @fc3.bias : !torch.vtensor<[1],f32>
    %4 = torch.aten.linear %3, %fc3.weight, %fc3.bias {dynfault.site = "fc3/linear"} : !torch.vtensor<[?,30],f32>, !torch.vtensor<[1,30],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %4 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %mean = torch.constant.int 1
    %0 = torch.aten.mse_loss %output, %target, %mean {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1],f32>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.01>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
