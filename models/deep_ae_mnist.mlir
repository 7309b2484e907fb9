// A deep auto-encoder of dense layers on handwritten digits.
//
// From: the Keras blog, "Building autoencoders in Keras" (F. Chollet, 2016), the deep one:
// 784-128-64-32-64-128-784, ReLU, sigmoid at the end, binary cross entropy of the grey values,
// Adam 0.001, batches of 256. Initialisers are Keras' defaults.
// Scaled down: 3,000 of the 60,000 images, 15 of 100 epochs.

module @deep_ae_mnist attributes {
    dynfault.task = "regression", dynfault.family = "auto-encoder", dynfault.margin = 0.15,
    dynfault.origin = "Keras blog, Building autoencoders in Keras"} {
  dynfault.dataset @data {source = "mnist-autoencoder", train = 3000, validation = 500,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 15, batch_size = 256, shuffle = true}

  torch.global_slot @encoder.fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[128,784],f32>
  torch.global_slot @encoder.fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[128],f32>
  torch.global_slot @encoder.fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,128],f32>
  torch.global_slot @encoder.fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @encoder.fc3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,64],f32>
  torch.global_slot @encoder.fc3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @decoder.fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,32],f32>
  torch.global_slot @decoder.fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @decoder.fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[128,64],f32>
  torch.global_slot @decoder.fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[128],f32>
  torch.global_slot @decoder.fc3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[784,128],f32>
  torch.global_slot @decoder.fc3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[784],f32>

  func.func @forward(%x: !torch.vtensor<[?,784],f32>) -> !torch.vtensor<[?,784],f32> {
    %encoder.fc1.weight = torch.global_slot.get @encoder.fc1.weight : !torch.vtensor<[128,784],f32>
    %encoder.fc1.bias = torch.global_slot.get @encoder.fc1.bias : !torch.vtensor<[128],f32>
    %0 = torch.aten.linear %x, %encoder.fc1.weight, %encoder.fc1.bias {dynfault.site = "encoder.fc1/linear"} : !torch.vtensor<[?,784],f32>, !torch.vtensor<[128,784],f32>, !torch.vtensor<[128],f32> -> !torch.vtensor<[?,128],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "encoder.fc1/relu"} : !torch.vtensor<[?,128],f32> -> !torch.vtensor<[?,128],f32>
    %encoder.fc2.weight = torch.global_slot.get @encoder.fc2.weight : !torch.vtensor<[64,128],f32>
    %encoder.fc2.bias = torch.global_slot.get @encoder.fc2.bias : !torch.vtensor<[64],f32>
    %2 = torch.aten.linear %1, %encoder.fc2.weight, %encoder.fc2.bias {dynfault.site = "encoder.fc2/linear"} : !torch.vtensor<[?,128],f32>, !torch.vtensor<[64,128],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,64],f32>
    %3 = torch.aten.relu %2 {dynfault.site = "encoder.fc2/relu"} : !torch.vtensor<[?,64],f32> -> !torch.vtensor<[?,64],f32>
    %encoder.fc3.weight = torch.global_slot.get @encoder.fc3.weight : !torch.vtensor<[32,64],f32>
    %encoder.fc3.bias = torch.global_slot.get @encoder.fc3.bias : !torch.vtensor<[32],f32>
    %4 = torch.aten.linear %3, %encoder.fc3.weight, %encoder.fc3.bias {dynfault.site = "encoder.fc3/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[32,64],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,32],f32>
    %5 = torch.aten.relu %4 {dynfault.site = "encoder.fc3/relu"} : !torch.vtensor<[?,32],f32> -> !torch.vtensor<[?,32],f32>
    %decoder.fc1.weight = torch.global_slot.get @decoder.fc1.weight : !torch.vtensor<[64,32],f32>
    %decoder.fc1.bias = torch.global_slot.get @decoder.fc1.bias : !torch.vtensor<[64],f32>
    %6 = torch.aten.linear %5, %decoder.fc1.weight, %decoder.fc1.bias {dynfault.site = "decoder.fc1/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[64,32],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,64],f32>
    %7 = torch.aten.relu %6 {dynfault.site = "decoder.fc1/relu"} : !torch.vtensor<[?,64],f32> -> !torch.vtensor<[?,64],f32>
    %decoder.fc2.weight = torch.global_slot.get @decoder.fc2.weight : !torch.vtensor<[128,64],f32>
    %decoder.fc2.bias = torch.global_slot.get @decoder.fc2.bias : !torch.vtensor<[128],f32>
    %8 = torch.aten.linear %7, %decoder.fc2.weight, %decoder.fc2.bias {dynfault.site = "decoder.fc2/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[128,64],f32>, !torch.vtensor<[128],f32> -> !torch.vtensor<[?,128],f32>
    %9 = torch.aten.relu %8 {dynfault.site = "decoder.fc2/relu"} : !torch.vtensor<[?,128],f32> -> !torch.vtensor<[?,128],f32>
    %decoder.fc3.weight = torch.global_slot.get @decoder.fc3.weight : !torch.vtensor<[784,128],f32>
    %decoder.fc3.bias = torch.global_slot.get @decoder.fc3.bias : !torch.vtensor<[784],f32>
    %10 = torch.aten.linear %9, %decoder.fc3.weight, %decoder.fc3.bias {dynfault.site = "decoder.fc3/linear"} : !torch.vtensor<[?,128],f32>, !torch.vtensor<[784,128],f32>, !torch.vtensor<[784],f32> -> !torch.vtensor<[?,784],f32>
    %11 = torch.aten.sigmoid %10 {dynfault.site = "decoder.fc3/sigmoid"} : !torch.vtensor<[?,784],f32> -> !torch.vtensor<[?,784],f32>
    return %11 : !torch.vtensor<[?,784],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,784],f32>, %target: !torch.vtensor<[?,784],f32>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %0 = torch.aten.binary_cross_entropy %output, %target, %none, %mean {dynfault.site = "loss"} : !torch.vtensor<[?,784],f32>, !torch.vtensor<[?,784],f32>, !torch.none, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,784],f32>, %target: !torch.vtensor<[?,784],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,784],f32>) -> !torch.vtensor<[?,784],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,784],f32>, !torch.vtensor<[?,784],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
