// A simple convolutional network on images of clothing.
//
// From: keras.io, "Simple MNIST convnet" (F. Chollet, 2015/2020): conv 32-pool-conv
// 64-pool-dropout 0.5-10, ReLU, Adam 0.001, batches of 128, cross entropy. Initialisers are
// Keras' defaults. Here on Fashion-MNIST.
// Scaled down: 8 and 16 channels instead of 32 and 64, 2,000 of the 60,000 images, 7 of 15
// epochs.

module @convnet_fashion_mnist attributes {
    dynfault.task = "classification", dynfault.family = "cnn", dynfault.margin = 0.4,
    dynfault.origin = "Keras simple MNIST convnet"} {
  dynfault.dataset @data {source = "fashion-mnist", train = 2000, validation = 1000,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 7, batch_size = 128, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @conv1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[8,1,3,3],f32>
  torch.global_slot @conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @conv2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,8,3,3],f32>
  torch.global_slot @conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[10,400],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32> {
    %int1 = torch.constant.int 1
    %list_1_1 = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %list_0_0 = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
    %int2 = torch.constant.int 2
    %list_2_2 = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
    %false = torch.constant.bool false
    %int-1 = torch.constant.int -1
    %training = torch.global_slot.get @training : !torch.bool
    %p50 = torch.constant.float 0.5
    %conv1.weight = torch.global_slot.get @conv1.weight : !torch.vtensor<[8,1,3,3],f32>
    %conv1.bias = torch.global_slot.get @conv1.bias : !torch.vtensor<[8],f32>
    %0 = torch.aten.conv2d %x, %conv1.weight, %conv1.bias, %list_1_1, %list_0_0, %list_1_1, %int1 {dynfault.site = "conv1/conv2d"} : !torch.vtensor<[?,1,28,28],f32>, !torch.vtensor<[8,1,3,3],f32>, !torch.vtensor<[8],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,26,26],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "conv1/relu"} : !torch.vtensor<[?,8,26,26],f32> -> !torch.vtensor<[?,8,26,26],f32>
    %2 = torch.aten.max_pool2d %1, %list_2_2, %list_2_2, %list_0_0, %list_1_1, %false {dynfault.site = "conv1/max_pool2d"} : !torch.vtensor<[?,8,26,26],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,8,13,13],f32>
    %conv2.weight = torch.global_slot.get @conv2.weight : !torch.vtensor<[16,8,3,3],f32>
    %conv2.bias = torch.global_slot.get @conv2.bias : !torch.vtensor<[16],f32>
    %3 = torch.aten.conv2d %2, %conv2.weight, %conv2.bias, %list_1_1, %list_0_0, %list_1_1, %int1 {dynfault.site = "conv2/conv2d"} : !torch.vtensor<[?,8,13,13],f32>, !torch.vtensor<[16,8,3,3],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,11,11],f32>
    %4 = torch.aten.relu %3 {dynfault.site = "conv2/relu"} : !torch.vtensor<[?,16,11,11],f32> -> !torch.vtensor<[?,16,11,11],f32>
    %5 = torch.aten.max_pool2d %4, %list_2_2, %list_2_2, %list_0_0, %list_1_1, %false {dynfault.site = "conv2/max_pool2d"} : !torch.vtensor<[?,16,11,11],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,16,5,5],f32>
    %6 = torch.aten.flatten.using_ints %5, %int1, %int-1 {dynfault.site = "flatten"} : !torch.vtensor<[?,16,5,5],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,400],f32>
    %7 = torch.aten.dropout %6, %p50, %training {dynfault.site = "flatten/dropout"} : !torch.vtensor<[?,400],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,400],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[10,400],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[10],f32>
    %8 = torch.aten.linear %7, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,400],f32>, !torch.vtensor<[10,400],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %8 : !torch.vtensor<[?,10],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,10],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %ignore = torch.constant.int -100
    %smoothing = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %mean, %ignore, %smoothing {dynfault.site = "loss"} : !torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1,28,28],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
