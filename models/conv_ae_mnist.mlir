// A convolutional auto-encoder with pooling on handwritten digits.
//
// From: keras.io, "Convolutional autoencoder for image denoising" (S. L. Valdarrama, 2021),
// its first training, on clean images: conv 32-pool-conv 32-pool, transposed convolutions
// 32-32 (stride 2), conv 1, ReLU, sigmoid at the end, binary cross entropy of the grey values,
// Adam 0.001, batches of 128. Initialisers are Keras' defaults.
// Scaled down: 6 channels instead of 32, 640 of the 60,000 images, 10 of 50 epochs, and a rate
// of 0.01 so that so few steps suffice.

module @conv_ae_mnist attributes {
    dynfault.task = "regression", dynfault.family = "auto-encoder", dynfault.margin = 0.15,
    dynfault.origin = "Keras convolutional autoencoder"} {
  dynfault.dataset @data {source = "mnist-autoencoder", train = 640, validation = 300,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 10, batch_size = 128, shuffle = true}

  torch.global_slot @encoder.conv1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[6,1,3,3],f32>
  torch.global_slot @encoder.conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[6],f32>
  torch.global_slot @encoder.conv2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[6,6,3,3],f32>
  torch.global_slot @encoder.conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[6],f32>
  torch.global_slot @decoder.conv1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[6,6,3,3],f32>
  torch.global_slot @decoder.conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[6],f32>
  torch.global_slot @decoder.conv2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[6,6,3,3],f32>
  torch.global_slot @decoder.conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[6],f32>
  torch.global_slot @decoder.conv3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[1,6,3,3],f32>
  torch.global_slot @decoder.conv3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,1,28,28],f32> {
    %int1 = torch.constant.int 1
    %list_1_1 = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
    %int2 = torch.constant.int 2
    %list_2_2 = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %list_0_0 = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
    %false = torch.constant.bool false
    %encoder.conv1.weight = torch.global_slot.get @encoder.conv1.weight : !torch.vtensor<[6,1,3,3],f32>
    %encoder.conv1.bias = torch.global_slot.get @encoder.conv1.bias : !torch.vtensor<[6],f32>
    %0 = torch.aten.conv2d %x, %encoder.conv1.weight, %encoder.conv1.bias, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "encoder.conv1/conv2d"} : !torch.vtensor<[?,1,28,28],f32>, !torch.vtensor<[6,1,3,3],f32>, !torch.vtensor<[6],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,6,28,28],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "encoder.conv1/relu"} : !torch.vtensor<[?,6,28,28],f32> -> !torch.vtensor<[?,6,28,28],f32>
    %2 = torch.aten.max_pool2d %1, %list_2_2, %list_2_2, %list_0_0, %list_1_1, %false {dynfault.site = "encoder.conv1/max_pool2d"} : !torch.vtensor<[?,6,28,28],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,6,14,14],f32>
    %encoder.conv2.weight = torch.global_slot.get @encoder.conv2.weight : !torch.vtensor<[6,6,3,3],f32>
    %encoder.conv2.bias = torch.global_slot.get @encoder.conv2.bias : !torch.vtensor<[6],f32>
    %3 = torch.aten.conv2d %2, %encoder.conv2.weight, %encoder.conv2.bias, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "encoder.conv2/conv2d"} : !torch.vtensor<[?,6,14,14],f32>, !torch.vtensor<[6,6,3,3],f32>, !torch.vtensor<[6],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,6,14,14],f32>
    %4 = torch.aten.relu %3 {dynfault.site = "encoder.conv2/relu"} : !torch.vtensor<[?,6,14,14],f32> -> !torch.vtensor<[?,6,14,14],f32>
    %5 = torch.aten.max_pool2d %4, %list_2_2, %list_2_2, %list_0_0, %list_1_1, %false {dynfault.site = "encoder.conv2/max_pool2d"} : !torch.vtensor<[?,6,14,14],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,6,7,7],f32>
    %decoder.conv1.weight = torch.global_slot.get @decoder.conv1.weight : !torch.vtensor<[6,6,3,3],f32>
    %decoder.conv1.bias = torch.global_slot.get @decoder.conv1.bias : !torch.vtensor<[6],f32>
    %6 = torch.aten.conv_transpose2d.input %5, %decoder.conv1.weight, %decoder.conv1.bias, %list_2_2, %list_1_1, %list_1_1, %int1, %list_1_1 {dynfault.site = "decoder.conv1/conv_transpose2d"} : !torch.vtensor<[?,6,7,7],f32>, !torch.vtensor<[6,6,3,3],f32>, !torch.vtensor<[6],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int, !torch.list<int> -> !torch.vtensor<[?,6,14,14],f32>
    %7 = torch.aten.relu %6 {dynfault.site = "decoder.conv1/relu"} : !torch.vtensor<[?,6,14,14],f32> -> !torch.vtensor<[?,6,14,14],f32>
    %decoder.conv2.weight = torch.global_slot.get @decoder.conv2.weight : !torch.vtensor<[6,6,3,3],f32>
    %decoder.conv2.bias = torch.global_slot.get @decoder.conv2.bias : !torch.vtensor<[6],f32>
    %8 = torch.aten.conv_transpose2d.input %7, %decoder.conv2.weight, %decoder.conv2.bias, %list_2_2, %list_1_1, %list_1_1, %int1, %list_1_1 {dynfault.site = "decoder.conv2/conv_transpose2d"} : !torch.vtensor<[?,6,14,14],f32>, !torch.vtensor<[6,6,3,3],f32>, !torch.vtensor<[6],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int, !torch.list<int> -> !torch.vtensor<[?,6,28,28],f32>
    %9 = torch.aten.relu %8 {dynfault.site = "decoder.conv2/relu"} : !torch.vtensor<[?,6,28,28],f32> -> !torch.vtensor<[?,6,28,28],f32>
    %decoder.conv3.weight = torch.global_slot.get @decoder.conv3.weight : !torch.vtensor<[1,6,3,3],f32>
    %decoder.conv3.bias = torch.global_slot.get @decoder.conv3.bias : !torch.vtensor<[1],f32>
    %10 = torch.aten.conv2d %9, %decoder.conv3.weight, %decoder.conv3.bias, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "decoder.conv3/conv2d"} : !torch.vtensor<[?,6,28,28],f32>, !torch.vtensor<[1,6,3,3],f32>, !torch.vtensor<[1],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,1,28,28],f32>
    %11 = torch.aten.sigmoid %10 {dynfault.site = "decoder.conv3/sigmoid"} : !torch.vtensor<[?,1,28,28],f32> -> !torch.vtensor<[?,1,28,28],f32>
    return %11 : !torch.vtensor<[?,1,28,28],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1,28,28],f32>, %target: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %0 = torch.aten.binary_cross_entropy %output, %target, %none, %mean {dynfault.site = "loss"} : !torch.vtensor<[?,1,28,28],f32>, !torch.vtensor<[?,1,28,28],f32>, !torch.none, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1,28,28],f32>, %target: !torch.vtensor<[?,1,28,28],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,1,28,28],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1,28,28],f32>, !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.01>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
