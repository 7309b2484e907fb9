// Sub-pixel convolution that doubles an image's size: super resolution.
//
// From: pytorch/examples, super_resolution (W. Shi et al., "Real-time single image and video
// super-resolution using an efficient sub-pixel convolutional neural network", 2016): conv 5x5
// 64, 3x3 64, 3x3 32, 3x3 of four channels that are shuffled into pixels, ReLU, orthogonal
// initialisers, Adam 0.001 as its instructions run it, squared error; batches of 64.
// Scaled down: 16, 16 and 8 channels, 1,500 images of clothing of 14x14 instead of crops of
// 128x128 of the Berkeley photographs, 5 epochs.

module @espcn_fashion_mnist attributes {
    dynfault.task = "regression", dynfault.family = "super-resolution", dynfault.margin = 0.5,
    dynfault.origin = "pytorch/examples, super_resolution (ESPCN)"} {
  dynfault.dataset @data {source = "fashion-mnist-super-resolution", train = 1500, validation = 500,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 5, batch_size = 64, shuffle = true}

  torch.global_slot @conv1.weight {dynfault.init = #dynfault.init<orthogonal, gain = 1.4142135623730951>} : !torch.vtensor<[16,1,5,5],f32>
  torch.global_slot @conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @conv2.weight {dynfault.init = #dynfault.init<orthogonal, gain = 1.4142135623730951>} : !torch.vtensor<[16,16,3,3],f32>
  torch.global_slot @conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @conv3.weight {dynfault.init = #dynfault.init<orthogonal, gain = 1.4142135623730951>} : !torch.vtensor<[8,16,3,3],f32>
  torch.global_slot @conv3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @conv4.weight {dynfault.init = #dynfault.init<orthogonal>} : !torch.vtensor<[4,8,3,3],f32>
  torch.global_slot @conv4.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[4],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,14,14],f32>) -> !torch.vtensor<[?,1,28,28],f32> {
    %int1 = torch.constant.int 1
    %list_1_1 = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
    %int2 = torch.constant.int 2
    %list_2_2 = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
    %conv1.weight = torch.global_slot.get @conv1.weight : !torch.vtensor<[16,1,5,5],f32>
    %conv1.bias = torch.global_slot.get @conv1.bias : !torch.vtensor<[16],f32>
    %0 = torch.aten.conv2d %x, %conv1.weight, %conv1.bias, %list_1_1, %list_2_2, %list_1_1, %int1 {dynfault.site = "conv1/conv2d"} : !torch.vtensor<[?,1,14,14],f32>, !torch.vtensor<[16,1,5,5],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,14,14],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "conv1/relu"} : !torch.vtensor<[?,16,14,14],f32> -> !torch.vtensor<[?,16,14,14],f32>
    %conv2.weight = torch.global_slot.get @conv2.weight : !torch.vtensor<[16,16,3,3],f32>
    %conv2.bias = torch.global_slot.get @conv2.bias : !torch.vtensor<[16],f32>
    %2 = torch.aten.conv2d %1, %conv2.weight, %conv2.bias, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "conv2/conv2d"} : !torch.vtensor<[?,16,14,14],f32>, !torch.vtensor<[16,16,3,3],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,14,14],f32>
    %3 = torch.aten.relu %2 {dynfault.site = "conv2/relu"} : !torch.vtensor<[?,16,14,14],f32> -> !torch.vtensor<[?,16,14,14],f32>
    %conv3.weight = torch.global_slot.get @conv3.weight : !torch.vtensor<[8,16,3,3],f32>
    %conv3.bias = torch.global_slot.get @conv3.bias : !torch.vtensor<[8],f32>
    %4 = torch.aten.conv2d %3, %conv3.weight, %conv3.bias, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "conv3/conv2d"} : !torch.vtensor<[?,16,14,14],f32>, !torch.vtensor<[8,16,3,3],f32>, !torch.vtensor<[8],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,14,14],f32>
    %5 = torch.aten.relu %4 {dynfault.site = "conv3/relu"} : !torch.vtensor<[?,8,14,14],f32> -> !torch.vtensor<[?,8,14,14],f32>
    %conv4.weight = torch.global_slot.get @conv4.weight : !torch.vtensor<[4,8,3,3],f32>
    %conv4.bias = torch.global_slot.get @conv4.bias : !torch.vtensor<[4],f32>
    %6 = torch.aten.conv2d %5, %conv4.weight, %conv4.bias, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "conv4/conv2d"} : !torch.vtensor<[?,8,14,14],f32>, !torch.vtensor<[4,8,3,3],f32>, !torch.vtensor<[4],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,4,14,14],f32>
    %7 = torch.aten.pixel_shuffle %6, %int2 {dynfault.site = "pixel_shuffle"} : !torch.vtensor<[?,4,14,14],f32>, !torch.int -> !torch.vtensor<[?,1,28,28],f32>
    return %7 : !torch.vtensor<[?,1,28,28],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1,28,28],f32>, %target: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[],f32> {
    %mean = torch.constant.int 1
    %0 = torch.aten.mse_loss %output, %target, %mean {dynfault.site = "loss"} : !torch.vtensor<[?,1,28,28],f32>, !torch.vtensor<[?,1,28,28],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1,14,14],f32>, %target: !torch.vtensor<[?,1,28,28],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,14,14],f32>) -> !torch.vtensor<[?,1,28,28],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1,28,28],f32>, !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
