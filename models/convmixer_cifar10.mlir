// Patches mixed by depthwise and pointwise convolutions, on colour photographs.
//
// From: keras.io, "Image classification with ConvMixer" (S. Paul, 2021; A. Trockman, J. Z.
// Kolter, "Patches are all you need?", 2022): patches, blocks of a depthwise 5x5 convolution
// with a residual connection and a pointwise one, GELU and then batch normalisation after
// each, global average; AdamW 0.001, weight decay 0.0001, batches of 128, cross entropy.
// Initialisers are Keras' defaults.
// Scaled down: patches of 4x4 instead of 2x2, 24 channels instead of 256, two blocks instead
// of eight, 1,280 of the 50,000 images, 8 epochs, and batch normalisation that follows faster
// (momentum 0.1 instead of 0.01).

module @convmixer_cifar10 attributes {
    dynfault.task = "classification", dynfault.family = "convmixer", dynfault.margin = 0.07,
    dynfault.origin = "Keras ConvMixer"} {
  dynfault.dataset @data {source = "cifar10", train = 1280, validation = 500,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 8, batch_size = 128, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @stem.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[24,3,4,4],f32>
  torch.global_slot @stem.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @stem.bn.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[24],f32>
  torch.global_slot @stem.bn.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @stem.bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @stem.bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[24],f32>
  torch.global_slot @block1.depthwise.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[24,1,5,5],f32>
  torch.global_slot @block1.depthwise.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block1.depthwise.bn.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[24],f32>
  torch.global_slot @block1.depthwise.bn.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block1.depthwise.bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block1.depthwise.bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[24],f32>
  torch.global_slot @block1.pointwise.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[24,24,1,1],f32>
  torch.global_slot @block1.pointwise.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block1.pointwise.bn.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[24],f32>
  torch.global_slot @block1.pointwise.bn.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block1.pointwise.bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block1.pointwise.bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.depthwise.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[24,1,5,5],f32>
  torch.global_slot @block2.depthwise.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.depthwise.bn.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.depthwise.bn.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.depthwise.bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.depthwise.bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.pointwise.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[24,24,1,1],f32>
  torch.global_slot @block2.pointwise.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.pointwise.bn.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.pointwise.bn.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.pointwise.bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.pointwise.bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[24],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[10,24],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,3,32,32],f32>) -> !torch.vtensor<[?,10],f32> {
    %int4 = torch.constant.int 4
    %list_4_4 = torch.prim.ListConstruct %int4, %int4 : (!torch.int, !torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %list_0_0 = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
    %int1 = torch.constant.int 1
    %list_1_1 = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
    %approximate = torch.constant.str "none"
    %training = torch.global_slot.get @training : !torch.bool
    %momentum = torch.constant.float 0.1
    %eps = torch.constant.float 0.001
    %false = torch.constant.bool false
    %int2 = torch.constant.int 2
    %list_2_2 = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
    %int24 = torch.constant.int 24
    %int-1 = torch.constant.int -1
    %stem.weight = torch.global_slot.get @stem.weight : !torch.vtensor<[24,3,4,4],f32>
    %stem.bias = torch.global_slot.get @stem.bias : !torch.vtensor<[24],f32>
    %0 = torch.aten.conv2d %x, %stem.weight, %stem.bias, %list_4_4, %list_0_0, %list_1_1, %int1 {dynfault.site = "stem/conv2d"} : !torch.vtensor<[?,3,32,32],f32>, !torch.vtensor<[24,3,4,4],f32>, !torch.vtensor<[24],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,24,8,8],f32>
    %1 = torch.aten.gelu %0, %approximate {dynfault.site = "stem/gelu"} : !torch.vtensor<[?,24,8,8],f32>, !torch.str -> !torch.vtensor<[?,24,8,8],f32>
    %stem.bn.weight = torch.global_slot.get @stem.bn.weight : !torch.vtensor<[24],f32>
    %stem.bn.bias = torch.global_slot.get @stem.bn.bias : !torch.vtensor<[24],f32>
    %stem.bn.running_mean = torch.global_slot.get @stem.bn.running_mean : !torch.vtensor<[24],f32>
    %stem.bn.running_var = torch.global_slot.get @stem.bn.running_var : !torch.vtensor<[24],f32>
    %2 = torch.aten.batch_norm %1, %stem.bn.weight, %stem.bn.bias, %stem.bn.running_mean, %stem.bn.running_var, %training, %momentum, %eps, %false {dynfault.site = "stem.bn/batch_norm"} : !torch.vtensor<[?,24,8,8],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,24,8,8],f32>
    %block1.depthwise.weight = torch.global_slot.get @block1.depthwise.weight : !torch.vtensor<[24,1,5,5],f32>
    %block1.depthwise.bias = torch.global_slot.get @block1.depthwise.bias : !torch.vtensor<[24],f32>
    %3 = torch.aten.conv2d %2, %block1.depthwise.weight, %block1.depthwise.bias, %list_1_1, %list_2_2, %list_1_1, %int24 {dynfault.site = "block1.depthwise/conv2d"} : !torch.vtensor<[?,24,8,8],f32>, !torch.vtensor<[24,1,5,5],f32>, !torch.vtensor<[24],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,24,8,8],f32>
    %4 = torch.aten.gelu %3, %approximate {dynfault.site = "block1.depthwise/gelu"} : !torch.vtensor<[?,24,8,8],f32>, !torch.str -> !torch.vtensor<[?,24,8,8],f32>
    %block1.depthwise.bn.weight = torch.global_slot.get @block1.depthwise.bn.weight : !torch.vtensor<[24],f32>
    %block1.depthwise.bn.bias = torch.global_slot.get @block1.depthwise.bn.bias : !torch.vtensor<[24],f32>
    %block1.depthwise.bn.running_mean = torch.global_slot.get @block1.depthwise.bn.running_mean : !torch.vtensor<[24],f32>
    %block1.depthwise.bn.running_var = torch.global_slot.get @block1.depthwise.bn.running_var : !torch.vtensor<[24],f32>
    %5 = torch.aten.batch_norm %4, %block1.depthwise.bn.weight, %block1.depthwise.bn.bias, %block1.depthwise.bn.running_mean, %block1.depthwise.bn.running_var, %training, %momentum, %eps, %false {dynfault.site = "block1.depthwise.bn/batch_norm"} : !torch.vtensor<[?,24,8,8],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,24,8,8],f32>
    %6 = torch.aten.add.Tensor %5, %2, %int1 {dynfault.site = "block1/residual"} : !torch.vtensor<[?,24,8,8],f32>, !torch.vtensor<[?,24,8,8],f32>, !torch.int -> !torch.vtensor<[?,24,8,8],f32>
    %block1.pointwise.weight = torch.global_slot.get @block1.pointwise.weight : !torch.vtensor<[24,24,1,1],f32>
    %block1.pointwise.bias = torch.global_slot.get @block1.pointwise.bias : !torch.vtensor<[24],f32>
    %7 = torch.aten.conv2d %6, %block1.pointwise.weight, %block1.pointwise.bias, %list_1_1, %list_0_0, %list_1_1, %int1 {dynfault.site = "block1.pointwise/conv2d"} : !torch.vtensor<[?,24,8,8],f32>, !torch.vtensor<[24,24,1,1],f32>, !torch.vtensor<[24],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,24,8,8],f32>
    %8 = torch.aten.gelu %7, %approximate {dynfault.site = "block1.pointwise/gelu"} : !torch.vtensor<[?,24,8,8],f32>, !torch.str -> !torch.vtensor<[?,24,8,8],f32>
    %block1.pointwise.bn.weight = torch.global_slot.get @block1.pointwise.bn.weight : !torch.vtensor<[24],f32>
    %block1.pointwise.bn.bias = torch.global_slot.get @block1.pointwise.bn.bias : !torch.vtensor<[24],f32>
    %block1.pointwise.bn.running_mean = torch.global_slot.get @block1.pointwise.bn.running_mean : !torch.vtensor<[24],f32>
    %block1.pointwise.bn.running_var = torch.global_slot.get @block1.pointwise.bn.running_var : !torch.vtensor<[24],f32>
    %9 = torch.aten.batch_norm %8, %block1.pointwise.bn.weight, %block1.pointwise.bn.bias, %block1.pointwise.bn.running_mean, %block1.pointwise.bn.running_var, %training, %momentum, %eps, %false {dynfault.site = "block1.pointwise.bn/batch_norm"} : !torch.vtensor<[?,24,8,8],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,24,8,8],f32>
    %block2.depthwise.weight = torch.global_slot.get @block2.depthwise.weight : !torch.vtensor<[24,1,5,5],f32>
    %block2.depthwise.bias = torch.global_slot.get @block2.depthwise.bias : !torch.vtensor<[24],f32>
    %10 = torch.aten.conv2d %9, %block2.depthwise.weight, %block2.depthwise.bias, %list_1_1, %list_2_2, %list_1_1, %int24 {dynfault.site = "block2.depthwise/conv2d"} : !torch.vtensor<[?,24,8,8],f32>, !torch.vtensor<[24,1,5,5],f32>, !torch.vtensor<[24],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,24,8,8],f32>
    %11 = torch.aten.gelu %10, %approximate {dynfault.site = "block2.depthwise/gelu"} : !torch.vtensor<[?,24,8,8],f32>, !torch.str -> !torch.vtensor<[?,24,8,8],f32>
    %block2.depthwise.bn.weight = torch.global_slot.get @block2.depthwise.bn.weight : !torch.vtensor<[24],f32>
    %block2.depthwise.bn.bias = torch.global_slot.get @block2.depthwise.bn.bias : !torch.vtensor<[24],f32>
    %block2.depthwise.bn.running_mean = torch.global_slot.get @block2.depthwise.bn.running_mean : !torch.vtensor<[24],f32>
    %block2.depthwise.bn.running_var = torch.global_slot.get @block2.depthwise.bn.running_var : !torch.vtensor<[24],f32>
    %12 = torch.aten.batch_norm %11, %block2.depthwise.bn.weight, %block2.depthwise.bn.bias, %block2.depthwise.bn.running_mean, %block2.depthwise.bn.running_var, %training, %momentum, %eps, %false {dynfault.site = "block2.depthwise.bn/batch_norm"} : !torch.vtensor<[?,24,8,8],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,24,8,8],f32>
    %13 = torch.aten.add.Tensor %12, %9, %int1 {dynfault.site = "block2/residual"} : !torch.vtensor<[?,24,8,8],f32>, !torch.vtensor<[?,24,8,8],f32>, !torch.int -> !torch.vtensor<[?,24,8,8],f32>
    %block2.pointwise.weight = torch.global_slot.get @block2.pointwise.weight : !torch.vtensor<[24,24,1,1],f32>
    %block2.pointwise.bias = torch.global_slot.get @block2.pointwise.bias : !torch.vtensor<[24],f32>
    %14 = torch.aten.conv2d %13, %block2.pointwise.weight, %block2.pointwise.bias, %list_1_1, %list_0_0, %list_1_1, %int1 {dynfault.site = "block2.pointwise/conv2d"} : !torch.vtensor<[?,24,8,8],f32>, !torch.vtensor<[24,24,1,1],f32>, !torch.vtensor<[24],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,24,8,8],f32>
    %15 = torch.aten.gelu %14, %approximate {dynfault.site = "block2.pointwise/gelu"} : !torch.vtensor<[?,24,8,8],f32>, !torch.str -> !torch.vtensor<[?,24,8,8],f32>
    %block2.pointwise.bn.weight = torch.global_slot.get @block2.pointwise.bn.weight : !torch.vtensor<[24],f32>
    %block2.pointwise.bn.bias = torch.global_slot.get @block2.pointwise.bn.bias : !torch.vtensor<[24],f32>
    %block2.pointwise.bn.running_mean = torch.global_slot.get @block2.pointwise.bn.running_mean : !torch.vtensor<[24],f32>
    %block2.pointwise.bn.running_var = torch.global_slot.get @block2.pointwise.bn.running_var : !torch.vtensor<[24],f32>
    %16 = torch.aten.batch_norm %15, %block2.pointwise.bn.weight, %block2.pointwise.bn.bias, %block2.pointwise.bn.running_mean, %block2.pointwise.bn.running_var, %training, %momentum, %eps, %false {dynfault.site = "block2.pointwise.bn/batch_norm"} : !torch.vtensor<[?,24,8,8],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,24,8,8],f32>
    %17 = torch.aten.adaptive_avg_pool2d %16, %list_1_1 {dynfault.site = "pool"} : !torch.vtensor<[?,24,8,8],f32>, !torch.list<int> -> !torch.vtensor<[?,24,1,1],f32>
    %18 = torch.aten.flatten.using_ints %17, %int1, %int-1 {dynfault.site = "pool/flatten"} : !torch.vtensor<[?,24,1,1],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,24],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[10,24],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[10],f32>
    %19 = torch.aten.linear %18, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,24],f32>, !torch.vtensor<[10,24],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %19 : !torch.vtensor<[?,10],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,10],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %ignore = torch.constant.int -100
    %smoothing = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %mean, %ignore, %smoothing {dynfault.site = "loss"} : !torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,3,32,32],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,3,32,32],f32>) -> !torch.vtensor<[?,10],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adamw, lr = 0.001, weight_decay = 1.0e-4>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
