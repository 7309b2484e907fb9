// A multi-layer perceptron with dropout that reads handwritten digits.
//
// From: keras examples, mnist_mlp.py: 784-512-512-10, ReLU, dropout 0.2, RMSprop 0.001,
// batches of 128, cross entropy. Keras' RMSprop has a decay of 0.9 and an epsilon of 1e-7;
// initialisers are Keras' defaults.
// Scaled down: hidden layers of 128 instead of 512, 4,000 of the 60,000 images, 6 epochs.

module @mlp_mnist attributes {
    dynfault.task = "classification", dynfault.family = "mlp", dynfault.margin = 0.6,
    dynfault.origin = "Keras mnist_mlp"} {
  dynfault.dataset @data {source = "mnist", train = 4000, validation = 1000,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 6, batch_size = 128, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[128,784],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[128],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[128,128],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[128],f32>
  torch.global_slot @fc3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[10,128],f32>
  torch.global_slot @fc3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,784],f32>) -> !torch.vtensor<[?,10],f32> {
    %training = torch.global_slot.get @training : !torch.bool
    %p20 = torch.constant.float 0.2
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[128,784],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[128],f32>
    %0 = torch.aten.linear %x, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,784],f32>, !torch.vtensor<[128,784],f32>, !torch.vtensor<[128],f32> -> !torch.vtensor<[?,128],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,128],f32> -> !torch.vtensor<[?,128],f32>
    %2 = torch.aten.dropout %1, %p20, %training {dynfault.site = "fc1/dropout"} : !torch.vtensor<[?,128],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,128],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[128,128],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[128],f32>
    %3 = torch.aten.linear %2, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,128],f32>, !torch.vtensor<[128,128],f32>, !torch.vtensor<[128],f32> -> !torch.vtensor<[?,128],f32>
    %4 = torch.aten.relu %3 {dynfault.site = "fc2/relu"} : !torch.vtensor<[?,128],f32> -> !torch.vtensor<[?,128],f32>
    %5 = torch.aten.dropout %4, %p20, %training {dynfault.site = "fc2/dropout"} : !torch.vtensor<[?,128],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,128],f32>
    %fc3.weight = torch.global_slot.get @fc3.weight : !torch.vtensor<[10,128],f32>
    %fc3.bias = torch.global_slot.get @fc3.bias : !torch.vtensor<[10],f32>
    %6 = torch.aten.linear %5, %fc3.weight, %fc3.bias {dynfault.site = "fc3/linear"} : !torch.vtensor<[?,128],f32>, !torch.vtensor<[10,128],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %6 : !torch.vtensor<[?,10],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,10],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %ignore = torch.constant.int -100
    %smoothing = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %mean, %ignore, %smoothing {dynfault.site = "loss"} : !torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,784],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,784],f32>) -> !torch.vtensor<[?,10],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<rmsprop, lr = 0.001, alpha = 0.9, eps = 1.0e-07>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
