// Three wide layers on imbalanced classes, the rare one weighted: binary classification.
//
// From: keras.io, "Imbalanced classification: credit card fraud detection" (F. Chollet, 2019):
// 256-256-256-1, ReLU, dropout 0.3 after the second and third layer, Adam 0.01, batches of
// 2,048, and classes weighted by the inverse of their frequency. Initialisers are Keras'
// defaults. Here on UCI Thyroid, of whose patients 7% are ill: the weight of an ill one
// against a healthy one is 12.5.
// Scaled down: 64 units instead of 256, 5,000 rows instead of 284,807, 40 epochs.

module @imbalanced_thyroid attributes {
    dynfault.task = "classification", dynfault.family = "mlp", dynfault.margin = 0.02,
    dynfault.origin = "Keras imbalanced classification (credit card fraud)"} {
  dynfault.dataset @data {source = "thyroid-abnormal", train = 5000, validation = 2000,
      transforms = [#dynfault.transform<standardize>]}
  dynfault.schedule {epochs = 40, batch_size = 2048, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,21],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,64],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @fc3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,64],f32>
  torch.global_slot @fc3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @fc4.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[1,64],f32>
  torch.global_slot @fc4.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,21],f32>) -> !torch.vtensor<[?,1],f32> {
    %training = torch.global_slot.get @training : !torch.bool
    %p30 = torch.constant.float 0.3
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[64,21],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[64],f32>
    %0 = torch.aten.linear %x, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,21],f32>, !torch.vtensor<[64,21],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,64],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,64],f32> -> !torch.vtensor<[?,64],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[64,64],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[64],f32>
    %2 = torch.aten.linear %1, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[64,64],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,64],f32>
    %3 = torch.aten.relu %2 {dynfault.site = "fc2/relu"} : !torch.vtensor<[?,64],f32> -> !torch.vtensor<[?,64],f32>
    %4 = torch.aten.dropout %3, %p30, %training {dynfault.site = "fc2/dropout"} : !torch.vtensor<[?,64],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,64],f32>
    %fc3.weight = torch.global_slot.get @fc3.weight : !torch.vtensor<[64,64],f32>
    %fc3.bias = torch.global_slot.get @fc3.bias : !torch.vtensor<[64],f32>
    %5 = torch.aten.linear %4, %fc3.weight, %fc3.bias {dynfault.site = "fc3/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[64,64],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,64],f32>
    %6 = torch.aten.relu %5 {dynfault.site = "fc3/relu"} : !torch.vtensor<[?,64],f32> -> !torch.vtensor<[?,64],f32>
    %7 = torch.aten.dropout %6, %p30, %training {dynfault.site = "fc3/dropout"} : !torch.vtensor<[?,64],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,64],f32>
    %fc4.weight = torch.global_slot.get @fc4.weight : !torch.vtensor<[1,64],f32>
    %fc4.bias = torch.global_slot.get @fc4.bias : !torch.vtensor<[1],f32>
    %8 = torch.aten.linear %7, %fc4.weight, %fc4.bias {dynfault.site = "fc4/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[1,64],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %8 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %weight = torch.vtensor.literal(dense<12.5> : tensor<1xf32>) : !torch.vtensor<[1],f32>
    %0 = torch.aten.binary_cross_entropy_with_logits %output, %target, %none, %weight, %mean {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.none, !torch.vtensor<[1],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,21],f32>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,21],f32>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.01>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
