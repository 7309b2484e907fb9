// A convolutional variational auto-encoder with two latent values, on images of clothing.
//
// From: keras examples, variational_autoencoder_deconv.py: conv 32-conv 64 (stride 2), dense
// 16, two latent values, dense, transposed convolutions 64-32 (stride 2) and 1, ReLU, sigmoid
// at the end, binary cross entropy summed over an image plus Kullback-Leibler divergence,
// RMSprop 0.001, batches of 128. Keras' RMSprop has a decay of 0.9 and an epsilon of 1e-7;
// initialisers are Keras' defaults. The output holds the image, and behind it the mean and the
// logarithm of the variance for the loss. Here on Fashion-MNIST.
// Scaled down: 6 and 12 channels instead of 32 and 64, 1,280 of the 60,000 images, 8 of 30
// epochs, and a rate of 0.005 so that so few steps suffice.

module @conv_vae_fashion_mnist attributes {
    dynfault.task = "regression", dynfault.family = "vae", dynfault.margin = 0.1,
    dynfault.origin = "Keras variational_autoencoder_deconv"} {
  dynfault.dataset @data {source = "fashion-mnist-autoencoder", train = 1280, validation = 500,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 8, batch_size = 128, shuffle = true}

  torch.global_slot @encoder.conv1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[6,1,3,3],f32>
  torch.global_slot @encoder.conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[6],f32>
  torch.global_slot @encoder.conv2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[12,6,3,3],f32>
  torch.global_slot @encoder.conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[12],f32>
  torch.global_slot @encoder.fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,588],f32>
  torch.global_slot @encoder.fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @encoder.mu.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[2,16],f32>
  torch.global_slot @encoder.mu.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[2],f32>
  torch.global_slot @encoder.logvar.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[2,16],f32>
  torch.global_slot @encoder.logvar.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[2],f32>
  torch.global_slot @decoder.fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[588,2],f32>
  torch.global_slot @decoder.fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[588],f32>
  torch.global_slot @decoder.conv1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[12,12,3,3],f32>
  torch.global_slot @decoder.conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[12],f32>
  torch.global_slot @decoder.conv2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[12,6,3,3],f32>
  torch.global_slot @decoder.conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[6],f32>
  torch.global_slot @decoder.conv3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[6,1,3,3],f32>
  torch.global_slot @decoder.conv3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,788],f32> {
    %int2 = torch.constant.int 2
    %list_2_2 = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
    %int1 = torch.constant.int 1
    %list_1_1 = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
    %int-1 = torch.constant.int -1
    %none = torch.constant.none
    %half = torch.constant.float 0.5
    %int12 = torch.constant.int 12
    %int7 = torch.constant.int 7
    %list_m1_12_7_7 = torch.prim.ListConstruct %int-1, %int12, %int7, %int7 : (!torch.int, !torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %list_0_0 = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
    %encoder.conv1.weight = torch.global_slot.get @encoder.conv1.weight : !torch.vtensor<[6,1,3,3],f32>
    %encoder.conv1.bias = torch.global_slot.get @encoder.conv1.bias : !torch.vtensor<[6],f32>
    %0 = torch.aten.conv2d %x, %encoder.conv1.weight, %encoder.conv1.bias, %list_2_2, %list_1_1, %list_1_1, %int1 {dynfault.site = "encoder.conv1/conv2d"} : !torch.vtensor<[?,1,28,28],f32>, !torch.vtensor<[6,1,3,3],f32>, !torch.vtensor<[6],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,6,14,14],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "encoder.conv1/relu"} : !torch.vtensor<[?,6,14,14],f32> -> !torch.vtensor<[?,6,14,14],f32>
    %encoder.conv2.weight = torch.global_slot.get @encoder.conv2.weight : !torch.vtensor<[12,6,3,3],f32>
    %encoder.conv2.bias = torch.global_slot.get @encoder.conv2.bias : !torch.vtensor<[12],f32>
    %2 = torch.aten.conv2d %1, %encoder.conv2.weight, %encoder.conv2.bias, %list_2_2, %list_1_1, %list_1_1, %int1 {dynfault.site = "encoder.conv2/conv2d"} : !torch.vtensor<[?,6,14,14],f32>, !torch.vtensor<[12,6,3,3],f32>, !torch.vtensor<[12],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,12,7,7],f32>
    %3 = torch.aten.relu %2 {dynfault.site = "encoder.conv2/relu"} : !torch.vtensor<[?,12,7,7],f32> -> !torch.vtensor<[?,12,7,7],f32>
    %4 = torch.aten.flatten.using_ints %3, %int1, %int-1 {dynfault.site = "encoder/flatten"} : !torch.vtensor<[?,12,7,7],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,588],f32>
    %encoder.fc.weight = torch.global_slot.get @encoder.fc.weight : !torch.vtensor<[16,588],f32>
    %encoder.fc.bias = torch.global_slot.get @encoder.fc.bias : !torch.vtensor<[16],f32>
    %5 = torch.aten.linear %4, %encoder.fc.weight, %encoder.fc.bias {dynfault.site = "encoder.fc/linear"} : !torch.vtensor<[?,588],f32>, !torch.vtensor<[16,588],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16],f32>
    %6 = torch.aten.relu %5 {dynfault.site = "encoder.fc/relu"} : !torch.vtensor<[?,16],f32> -> !torch.vtensor<[?,16],f32>
    %encoder.mu.weight = torch.global_slot.get @encoder.mu.weight : !torch.vtensor<[2,16],f32>
    %encoder.mu.bias = torch.global_slot.get @encoder.mu.bias : !torch.vtensor<[2],f32>
    %7 = torch.aten.linear %6, %encoder.mu.weight, %encoder.mu.bias {dynfault.site = "encoder.mu/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[2,16],f32>, !torch.vtensor<[2],f32> -> !torch.vtensor<[?,2],f32>
    %encoder.logvar.weight = torch.global_slot.get @encoder.logvar.weight : !torch.vtensor<[2,16],f32>
    %encoder.logvar.bias = torch.global_slot.get @encoder.logvar.bias : !torch.vtensor<[2],f32>
    %8 = torch.aten.linear %6, %encoder.logvar.weight, %encoder.logvar.bias {dynfault.site = "encoder.logvar/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[2,16],f32>, !torch.vtensor<[2],f32> -> !torch.vtensor<[?,2],f32>
    %9 = torch.aten.mul.Scalar %8, %half {dynfault.site = "sample/half"} : !torch.vtensor<[?,2],f32>, !torch.float -> !torch.vtensor<[?,2],f32>
    %10 = torch.aten.exp %9 {dynfault.site = "sample/std"} : !torch.vtensor<[?,2],f32> -> !torch.vtensor<[?,2],f32>
    %11 = torch.aten.randn_like %10, %none, %none, %none, %none, %none {dynfault.site = "sample/noise"} : !torch.vtensor<[?,2],f32>, !torch.none, !torch.none, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[?,2],f32>
    %12 = torch.aten.mul.Tensor %11, %10 {dynfault.site = "sample/scale"} : !torch.vtensor<[?,2],f32>, !torch.vtensor<[?,2],f32> -> !torch.vtensor<[?,2],f32>
    %13 = torch.aten.add.Tensor %7, %12, %int1 {dynfault.site = "sample/add"} : !torch.vtensor<[?,2],f32>, !torch.vtensor<[?,2],f32>, !torch.int -> !torch.vtensor<[?,2],f32>
    %decoder.fc.weight = torch.global_slot.get @decoder.fc.weight : !torch.vtensor<[588,2],f32>
    %decoder.fc.bias = torch.global_slot.get @decoder.fc.bias : !torch.vtensor<[588],f32>
    %14 = torch.aten.linear %13, %decoder.fc.weight, %decoder.fc.bias {dynfault.site = "decoder.fc/linear"} : !torch.vtensor<[?,2],f32>, !torch.vtensor<[588,2],f32>, !torch.vtensor<[588],f32> -> !torch.vtensor<[?,588],f32>
    %15 = torch.aten.relu %14 {dynfault.site = "decoder.fc/relu"} : !torch.vtensor<[?,588],f32> -> !torch.vtensor<[?,588],f32>
    %16 = torch.aten.view %15, %list_m1_12_7_7 {dynfault.site = "decoder/view"} : !torch.vtensor<[?,588],f32>, !torch.list<int> -> !torch.vtensor<[?,12,7,7],f32>
    %decoder.conv1.weight = torch.global_slot.get @decoder.conv1.weight : !torch.vtensor<[12,12,3,3],f32>
    %decoder.conv1.bias = torch.global_slot.get @decoder.conv1.bias : !torch.vtensor<[12],f32>
    %17 = torch.aten.conv_transpose2d.input %16, %decoder.conv1.weight, %decoder.conv1.bias, %list_2_2, %list_1_1, %list_1_1, %int1, %list_1_1 {dynfault.site = "decoder.conv1/conv_transpose2d"} : !torch.vtensor<[?,12,7,7],f32>, !torch.vtensor<[12,12,3,3],f32>, !torch.vtensor<[12],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int, !torch.list<int> -> !torch.vtensor<[?,12,14,14],f32>
    %18 = torch.aten.relu %17 {dynfault.site = "decoder.conv1/relu"} : !torch.vtensor<[?,12,14,14],f32> -> !torch.vtensor<[?,12,14,14],f32>
    %decoder.conv2.weight = torch.global_slot.get @decoder.conv2.weight : !torch.vtensor<[12,6,3,3],f32>
    %decoder.conv2.bias = torch.global_slot.get @decoder.conv2.bias : !torch.vtensor<[6],f32>
    %19 = torch.aten.conv_transpose2d.input %18, %decoder.conv2.weight, %decoder.conv2.bias, %list_2_2, %list_1_1, %list_1_1, %int1, %list_1_1 {dynfault.site = "decoder.conv2/conv_transpose2d"} : !torch.vtensor<[?,12,14,14],f32>, !torch.vtensor<[12,6,3,3],f32>, !torch.vtensor<[6],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int, !torch.list<int> -> !torch.vtensor<[?,6,28,28],f32>
    %20 = torch.aten.relu %19 {dynfault.site = "decoder.conv2/relu"} : !torch.vtensor<[?,6,28,28],f32> -> !torch.vtensor<[?,6,28,28],f32>
    %decoder.conv3.weight = torch.global_slot.get @decoder.conv3.weight : !torch.vtensor<[6,1,3,3],f32>
    %decoder.conv3.bias = torch.global_slot.get @decoder.conv3.bias : !torch.vtensor<[1],f32>
    %21 = torch.aten.conv_transpose2d.input %20, %decoder.conv3.weight, %decoder.conv3.bias, %list_1_1, %list_1_1, %list_0_0, %int1, %list_1_1 {dynfault.site = "decoder.conv3/conv_transpose2d"} : !torch.vtensor<[?,6,28,28],f32>, !torch.vtensor<[6,1,3,3],f32>, !torch.vtensor<[1],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int, !torch.list<int> -> !torch.vtensor<[?,1,28,28],f32>
    %22 = torch.aten.sigmoid %21 {dynfault.site = "decoder.conv3/sigmoid"} : !torch.vtensor<[?,1,28,28],f32> -> !torch.vtensor<[?,1,28,28],f32>
    %23 = torch.aten.flatten.using_ints %22, %int1, %int-1 {dynfault.site = "decoder/flatten"} : !torch.vtensor<[?,1,28,28],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,784],f32>
    %24 = torch.prim.ListConstruct %23, %7, %8 : (!torch.vtensor<[?,784],f32>, !torch.vtensor<[?,2],f32>, !torch.vtensor<[?,2],f32>) -> !torch.list<vtensor>
    %25 = torch.aten.cat %24, %int1 {dynfault.site = "output"} : !torch.list<vtensor>, !torch.int -> !torch.vtensor<[?,788],f32>
    return %25 : !torch.vtensor<[?,788],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,788],f32>, %target: !torch.vtensor<[?,784],f32>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %sum = torch.constant.int 2
    %int0 = torch.constant.int 0
    %int784 = torch.constant.int 784
    %int786 = torch.constant.int 786
    %int788 = torch.constant.int 788
    %minus_half = torch.constant.float -0.5

    %0 = torch.aten.slice.Tensor %output, %int1, %int0, %int784, %int1 {dynfault.site = "loss/reconstruction"} : !torch.vtensor<[?,788],f32>, !torch.int, !torch.int, !torch.int, !torch.int -> !torch.vtensor<[?,784],f32>
    %1 = torch.aten.binary_cross_entropy %0, %target, %none, %sum {dynfault.site = "loss"} : !torch.vtensor<[?,784],f32>, !torch.vtensor<[?,784],f32>, !torch.none, !torch.int -> !torch.vtensor<[],f32>
    %2 = torch.aten.slice.Tensor %output, %int1, %int784, %int786, %int1 {dynfault.site = "loss/mu"} : !torch.vtensor<[?,788],f32>, !torch.int, !torch.int, !torch.int, !torch.int -> !torch.vtensor<[?,2],f32>
    %3 = torch.aten.slice.Tensor %output, %int1, %int786, %int788, %int1 {dynfault.site = "loss/logvar"} : !torch.vtensor<[?,788],f32>, !torch.int, !torch.int, !torch.int, !torch.int -> !torch.vtensor<[?,2],f32>

    // The Kullback-Leibler divergence from N(0, 1): -0.5 sum(1 + logvar - mu^2 - exp(logvar)).
    %4 = torch.aten.add.Scalar %3, %int1, %int1 {dynfault.site = "kl/one"} : !torch.vtensor<[?,2],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2],f32>
    %5 = torch.aten.square %2 {dynfault.site = "kl/square"} : !torch.vtensor<[?,2],f32> -> !torch.vtensor<[?,2],f32>
    %6 = torch.aten.sub.Tensor %4, %5, %int1 {dynfault.site = "kl/mean"} : !torch.vtensor<[?,2],f32>, !torch.vtensor<[?,2],f32>, !torch.int -> !torch.vtensor<[?,2],f32>
    %7 = torch.aten.exp %3 {dynfault.site = "kl/exp"} : !torch.vtensor<[?,2],f32> -> !torch.vtensor<[?,2],f32>
    %8 = torch.aten.sub.Tensor %6, %7, %int1 {dynfault.site = "kl/variance"} : !torch.vtensor<[?,2],f32>, !torch.vtensor<[?,2],f32>, !torch.int -> !torch.vtensor<[?,2],f32>
    %9 = torch.aten.sum %8, %none {dynfault.site = "kl/sum"} : !torch.vtensor<[?,2],f32>, !torch.none -> !torch.vtensor<[],f32>
    %10 = torch.aten.mul.Scalar %9, %minus_half {dynfault.site = "kl/scale"} : !torch.vtensor<[],f32>, !torch.float -> !torch.vtensor<[],f32>
    %11 = torch.aten.add.Tensor %1, %10, %int1 {dynfault.site = "loss/add"} : !torch.vtensor<[],f32>, !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    %12 = torch.aten.size.int %target, %int0 : !torch.vtensor<[?,784],f32>, !torch.int -> !torch.int
    %13 = torch.aten.div.Scalar %11, %12 {dynfault.site = "loss/mean"} : !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %13 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1,28,28],f32>, %target: !torch.vtensor<[?,784],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,788],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,788],f32>, !torch.vtensor<[?,784],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<rmsprop, lr = 0.005, alpha = 0.9, eps = 1.0e-07>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
