// A convolutional auto-encoder that takes noise out of images of clothing.
//
// From: keras examples, mnist_denoising_autoencoder.py: conv 32-conv 64 (stride 2), 16 latent
// values, dense, transposed convolutions 64-32 (stride 2) and 1, ReLU, sigmoid at the end,
// squared error, Adam 0.001, batches of 128; the noise is N(0.5, 0.5^2), cut off at 0 and 1.
// Initialisers are Keras' defaults. Here on Fashion-MNIST.
// Scaled down: 4 and 8 channels instead of 32 and 64, 1,280 of the 60,000 images, 12 of 30
// epochs, and a rate of 0.005 so that so few steps suffice.

module @denoising_ae_fashion_mnist attributes {
    dynfault.task = "regression", dynfault.family = "auto-encoder", dynfault.margin = 0.1,
    dynfault.origin = "Keras mnist_denoising_autoencoder"} {
  dynfault.dataset @data {source = "fashion-mnist-denoising", train = 1280, validation = 500,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 12, batch_size = 128, shuffle = true}

  torch.global_slot @encoder.conv1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[4,1,3,3],f32>
  torch.global_slot @encoder.conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[4],f32>
  torch.global_slot @encoder.conv2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[8,4,3,3],f32>
  torch.global_slot @encoder.conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @latent.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,392],f32>
  torch.global_slot @latent.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @decoder.fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[392,16],f32>
  torch.global_slot @decoder.fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[392],f32>
  torch.global_slot @decoder.conv1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[8,8,3,3],f32>
  torch.global_slot @decoder.conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @decoder.conv2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[8,4,3,3],f32>
  torch.global_slot @decoder.conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[4],f32>
  torch.global_slot @decoder.conv3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[4,1,3,3],f32>
  torch.global_slot @decoder.conv3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,1,28,28],f32> {
    %int2 = torch.constant.int 2
    %list_2_2 = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
    %int1 = torch.constant.int 1
    %list_1_1 = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
    %int-1 = torch.constant.int -1
    %int8 = torch.constant.int 8
    %int7 = torch.constant.int 7
    %list_m1_8_7_7 = torch.prim.ListConstruct %int-1, %int8, %int7, %int7 : (!torch.int, !torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %list_0_0 = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
    %encoder.conv1.weight = torch.global_slot.get @encoder.conv1.weight : !torch.vtensor<[4,1,3,3],f32>
    %encoder.conv1.bias = torch.global_slot.get @encoder.conv1.bias : !torch.vtensor<[4],f32>
    %0 = torch.aten.conv2d %x, %encoder.conv1.weight, %encoder.conv1.bias, %list_2_2, %list_1_1, %list_1_1, %int1 {dynfault.site = "encoder.conv1/conv2d"} : !torch.vtensor<[?,1,28,28],f32>, !torch.vtensor<[4,1,3,3],f32>, !torch.vtensor<[4],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,4,14,14],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "encoder.conv1/relu"} : !torch.vtensor<[?,4,14,14],f32> -> !torch.vtensor<[?,4,14,14],f32>
    %encoder.conv2.weight = torch.global_slot.get @encoder.conv2.weight : !torch.vtensor<[8,4,3,3],f32>
    %encoder.conv2.bias = torch.global_slot.get @encoder.conv2.bias : !torch.vtensor<[8],f32>
    %2 = torch.aten.conv2d %1, %encoder.conv2.weight, %encoder.conv2.bias, %list_2_2, %list_1_1, %list_1_1, %int1 {dynfault.site = "encoder.conv2/conv2d"} : !torch.vtensor<[?,4,14,14],f32>, !torch.vtensor<[8,4,3,3],f32>, !torch.vtensor<[8],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,7,7],f32>
    %3 = torch.aten.relu %2 {dynfault.site = "encoder.conv2/relu"} : !torch.vtensor<[?,8,7,7],f32> -> !torch.vtensor<[?,8,7,7],f32>
    %4 = torch.aten.flatten.using_ints %3, %int1, %int-1 {dynfault.site = "encoder/flatten"} : !torch.vtensor<[?,8,7,7],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,392],f32>
    %latent.weight = torch.global_slot.get @latent.weight : !torch.vtensor<[16,392],f32>
    %latent.bias = torch.global_slot.get @latent.bias : !torch.vtensor<[16],f32>
    %5 = torch.aten.linear %4, %latent.weight, %latent.bias {dynfault.site = "latent/linear"} : !torch.vtensor<[?,392],f32>, !torch.vtensor<[16,392],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16],f32>
    %decoder.fc.weight = torch.global_slot.get @decoder.fc.weight : !torch.vtensor<[392,16],f32>
    %decoder.fc.bias = torch.global_slot.get @decoder.fc.bias : !torch.vtensor<[392],f32>
    %6 = torch.aten.linear %5, %decoder.fc.weight, %decoder.fc.bias {dynfault.site = "decoder.fc/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[392,16],f32>, !torch.vtensor<[392],f32> -> !torch.vtensor<[?,392],f32>
    %7 = torch.aten.view %6, %list_m1_8_7_7 {dynfault.site = "decoder/view"} : !torch.vtensor<[?,392],f32>, !torch.list<int> -> !torch.vtensor<[?,8,7,7],f32>
    %decoder.conv1.weight = torch.global_slot.get @decoder.conv1.weight : !torch.vtensor<[8,8,3,3],f32>
    %decoder.conv1.bias = torch.global_slot.get @decoder.conv1.bias : !torch.vtensor<[8],f32>
    %8 = torch.aten.conv_transpose2d.input %7, %decoder.conv1.weight, %decoder.conv1.bias, %list_2_2, %list_1_1, %list_1_1, %int1, %list_1_1 {dynfault.site = "decoder.conv1/conv_transpose2d"} : !torch.vtensor<[?,8,7,7],f32>, !torch.vtensor<[8,8,3,3],f32>, !torch.vtensor<[8],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int, !torch.list<int> -> !torch.vtensor<[?,8,14,14],f32>
    %9 = torch.aten.relu %8 {dynfault.site = "decoder.conv1/relu"} : !torch.vtensor<[?,8,14,14],f32> -> !torch.vtensor<[?,8,14,14],f32>
    %decoder.conv2.weight = torch.global_slot.get @decoder.conv2.weight : !torch.vtensor<[8,4,3,3],f32>
    %decoder.conv2.bias = torch.global_slot.get @decoder.conv2.bias : !torch.vtensor<[4],f32>
    %10 = torch.aten.conv_transpose2d.input %9, %decoder.conv2.weight, %decoder.conv2.bias, %list_2_2, %list_1_1, %list_1_1, %int1, %list_1_1 {dynfault.site = "decoder.conv2/conv_transpose2d"} : !torch.vtensor<[?,8,14,14],f32>, !torch.vtensor<[8,4,3,3],f32>, !torch.vtensor<[4],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int, !torch.list<int> -> !torch.vtensor<[?,4,28,28],f32>
    %11 = torch.aten.relu %10 {dynfault.site = "decoder.conv2/relu"} : !torch.vtensor<[?,4,28,28],f32> -> !torch.vtensor<[?,4,28,28],f32>
    %decoder.conv3.weight = torch.global_slot.get @decoder.conv3.weight : !torch.vtensor<[4,1,3,3],f32>
    %decoder.conv3.bias = torch.global_slot.get @decoder.conv3.bias : !torch.vtensor<[1],f32>
    %12 = torch.aten.conv_transpose2d.input %11, %decoder.conv3.weight, %decoder.conv3.bias, %list_1_1, %list_1_1, %list_0_0, %int1, %list_1_1 {dynfault.site = "decoder.conv3/conv_transpose2d"} : !torch.vtensor<[?,4,28,28],f32>, !torch.vtensor<[4,1,3,3],f32>, !torch.vtensor<[1],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int, !torch.list<int> -> !torch.vtensor<[?,1,28,28],f32>
    %13 = torch.aten.sigmoid %12 {dynfault.site = "decoder.conv3/sigmoid"} : !torch.vtensor<[?,1,28,28],f32> -> !torch.vtensor<[?,1,28,28],f32>
    return %13 : !torch.vtensor<[?,1,28,28],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1,28,28],f32>, %target: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[],f32> {
    %mean = torch.constant.int 1
    %0 = torch.aten.mse_loss %output, %target, %mean {dynfault.site = "loss"} : !torch.vtensor<[?,1,28,28],f32>, !torch.vtensor<[?,1,28,28],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1,28,28],f32>, %target: !torch.vtensor<[?,1,28,28],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,1,28,28],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1,28,28],f32>, !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.005>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
