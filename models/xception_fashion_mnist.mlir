// Depthwise separable convolutions with residual connections, on images of clothing.
//
// From: keras.io, "Image classification from scratch" (F. Chollet, 2020), a small Xception: a
// convolution of stride 2, blocks of two separable convolutions and a pooling beside a strided
// 1x1 convolution, one more separable convolution, global average, dropout 0.25; batch
// normalisation throughout, Adam 0.001, batches of 32, cross entropy. Initialisers are Keras'
// defaults.
// Scaled down: 8, 16, 24 and 32 channels instead of 128 to 1,024, two blocks instead of four,
// batches of 64, 1,280 of the 60,000 images of Fashion-MNIST instead of cats and dogs, 4
// epochs, and batch normalisation that follows faster (momentum 0.1 instead of 0.01).

module @xception_fashion_mnist attributes {
    dynfault.task = "classification", dynfault.family = "xception", dynfault.margin = 0.25,
    dynfault.origin = "Keras image classification from scratch (Xception)"} {
  dynfault.dataset @data {source = "fashion-mnist", train = 1280, validation = 500,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 4, batch_size = 64, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @conv1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[8,1,3,3],f32>
  torch.global_slot @conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @bn1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[8],f32>
  torch.global_slot @bn1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @bn1.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @bn1.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[8],f32>
  torch.global_slot @block1.sep1.depthwise.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[8,1,3,3],f32>
  torch.global_slot @block1.sep1.pointwise.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,8,1,1],f32>
  torch.global_slot @block1.sep1.pointwise.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block1.sep1.bn.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @block1.sep1.bn.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block1.sep1.bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block1.sep1.bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @block1.sep2.depthwise.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,1,3,3],f32>
  torch.global_slot @block1.sep2.pointwise.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16,1,1],f32>
  torch.global_slot @block1.sep2.pointwise.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block1.sep2.bn.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @block1.sep2.bn.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block1.sep2.bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block1.sep2.bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @block1.shortcut.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,8,1,1],f32>
  torch.global_slot @block1.shortcut.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block2.sep1.depthwise.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,1,3,3],f32>
  torch.global_slot @block2.sep1.pointwise.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[24,16,1,1],f32>
  torch.global_slot @block2.sep1.pointwise.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.sep1.bn.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.sep1.bn.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.sep1.bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.sep1.bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.sep2.depthwise.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[24,1,3,3],f32>
  torch.global_slot @block2.sep2.pointwise.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[24,24,1,1],f32>
  torch.global_slot @block2.sep2.pointwise.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.sep2.bn.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.sep2.bn.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.sep2.bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.sep2.bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.shortcut.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[24,16,1,1],f32>
  torch.global_slot @block2.shortcut.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @sep3.depthwise.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[24,1,3,3],f32>
  torch.global_slot @sep3.pointwise.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,24,1,1],f32>
  torch.global_slot @sep3.pointwise.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @sep3.bn.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @sep3.bn.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @sep3.bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @sep3.bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[10,32],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32> {
    %int2 = torch.constant.int 2
    %list_2_2 = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
    %int1 = torch.constant.int 1
    %list_1_1 = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
    %training = torch.global_slot.get @training : !torch.bool
    %momentum = torch.constant.float 0.1
    %eps = torch.constant.float 0.001
    %false = torch.constant.bool false
    %none = torch.constant.none
    %int8 = torch.constant.int 8
    %int0 = torch.constant.int 0
    %list_0_0 = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
    %int16 = torch.constant.int 16
    %int3 = torch.constant.int 3
    %list_3_3 = torch.prim.ListConstruct %int3, %int3 : (!torch.int, !torch.int) -> !torch.list<int>
    %int24 = torch.constant.int 24
    %int-1 = torch.constant.int -1
    %p25 = torch.constant.float 0.25
    %conv1.weight = torch.global_slot.get @conv1.weight : !torch.vtensor<[8,1,3,3],f32>
    %conv1.bias = torch.global_slot.get @conv1.bias : !torch.vtensor<[8],f32>
    %0 = torch.aten.conv2d %x, %conv1.weight, %conv1.bias, %list_2_2, %list_1_1, %list_1_1, %int1 {dynfault.site = "conv1/conv2d"} : !torch.vtensor<[?,1,28,28],f32>, !torch.vtensor<[8,1,3,3],f32>, !torch.vtensor<[8],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,14,14],f32>
    %bn1.weight = torch.global_slot.get @bn1.weight : !torch.vtensor<[8],f32>
    %bn1.bias = torch.global_slot.get @bn1.bias : !torch.vtensor<[8],f32>
    %bn1.running_mean = torch.global_slot.get @bn1.running_mean : !torch.vtensor<[8],f32>
    %bn1.running_var = torch.global_slot.get @bn1.running_var : !torch.vtensor<[8],f32>
    %1 = torch.aten.batch_norm %0, %bn1.weight, %bn1.bias, %bn1.running_mean, %bn1.running_var, %training, %momentum, %eps, %false {dynfault.site = "bn1/batch_norm"} : !torch.vtensor<[?,8,14,14],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,8,14,14],f32>
    %2 = torch.aten.relu %1 {dynfault.site = "bn1/relu"} : !torch.vtensor<[?,8,14,14],f32> -> !torch.vtensor<[?,8,14,14],f32>
    %3 = torch.aten.relu %2 {dynfault.site = "block1/in/relu"} : !torch.vtensor<[?,8,14,14],f32> -> !torch.vtensor<[?,8,14,14],f32>
    %block1.sep1.depthwise.weight = torch.global_slot.get @block1.sep1.depthwise.weight : !torch.vtensor<[8,1,3,3],f32>
    %4 = torch.aten.conv2d %3, %block1.sep1.depthwise.weight, %none, %list_1_1, %list_1_1, %list_1_1, %int8 {dynfault.site = "block1.sep1.depthwise/conv2d"} : !torch.vtensor<[?,8,14,14],f32>, !torch.vtensor<[8,1,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,14,14],f32>
    %block1.sep1.pointwise.weight = torch.global_slot.get @block1.sep1.pointwise.weight : !torch.vtensor<[16,8,1,1],f32>
    %block1.sep1.pointwise.bias = torch.global_slot.get @block1.sep1.pointwise.bias : !torch.vtensor<[16],f32>
    %5 = torch.aten.conv2d %4, %block1.sep1.pointwise.weight, %block1.sep1.pointwise.bias, %list_1_1, %list_0_0, %list_1_1, %int1 {dynfault.site = "block1.sep1.pointwise/conv2d"} : !torch.vtensor<[?,8,14,14],f32>, !torch.vtensor<[16,8,1,1],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,14,14],f32>
    %block1.sep1.bn.weight = torch.global_slot.get @block1.sep1.bn.weight : !torch.vtensor<[16],f32>
    %block1.sep1.bn.bias = torch.global_slot.get @block1.sep1.bn.bias : !torch.vtensor<[16],f32>
    %block1.sep1.bn.running_mean = torch.global_slot.get @block1.sep1.bn.running_mean : !torch.vtensor<[16],f32>
    %block1.sep1.bn.running_var = torch.global_slot.get @block1.sep1.bn.running_var : !torch.vtensor<[16],f32>
    %6 = torch.aten.batch_norm %5, %block1.sep1.bn.weight, %block1.sep1.bn.bias, %block1.sep1.bn.running_mean, %block1.sep1.bn.running_var, %training, %momentum, %eps, %false {dynfault.site = "block1.sep1.bn/batch_norm"} : !torch.vtensor<[?,16,14,14],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,16,14,14],f32>
    %7 = torch.aten.relu %6 {dynfault.site = "block1.sep1/relu"} : !torch.vtensor<[?,16,14,14],f32> -> !torch.vtensor<[?,16,14,14],f32>
    %block1.sep2.depthwise.weight = torch.global_slot.get @block1.sep2.depthwise.weight : !torch.vtensor<[16,1,3,3],f32>
    %8 = torch.aten.conv2d %7, %block1.sep2.depthwise.weight, %none, %list_1_1, %list_1_1, %list_1_1, %int16 {dynfault.site = "block1.sep2.depthwise/conv2d"} : !torch.vtensor<[?,16,14,14],f32>, !torch.vtensor<[16,1,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,14,14],f32>
    %block1.sep2.pointwise.weight = torch.global_slot.get @block1.sep2.pointwise.weight : !torch.vtensor<[16,16,1,1],f32>
    %block1.sep2.pointwise.bias = torch.global_slot.get @block1.sep2.pointwise.bias : !torch.vtensor<[16],f32>
    %9 = torch.aten.conv2d %8, %block1.sep2.pointwise.weight, %block1.sep2.pointwise.bias, %list_1_1, %list_0_0, %list_1_1, %int1 {dynfault.site = "block1.sep2.pointwise/conv2d"} : !torch.vtensor<[?,16,14,14],f32>, !torch.vtensor<[16,16,1,1],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,14,14],f32>
    %block1.sep2.bn.weight = torch.global_slot.get @block1.sep2.bn.weight : !torch.vtensor<[16],f32>
    %block1.sep2.bn.bias = torch.global_slot.get @block1.sep2.bn.bias : !torch.vtensor<[16],f32>
    %block1.sep2.bn.running_mean = torch.global_slot.get @block1.sep2.bn.running_mean : !torch.vtensor<[16],f32>
    %block1.sep2.bn.running_var = torch.global_slot.get @block1.sep2.bn.running_var : !torch.vtensor<[16],f32>
    %10 = torch.aten.batch_norm %9, %block1.sep2.bn.weight, %block1.sep2.bn.bias, %block1.sep2.bn.running_mean, %block1.sep2.bn.running_var, %training, %momentum, %eps, %false {dynfault.site = "block1.sep2.bn/batch_norm"} : !torch.vtensor<[?,16,14,14],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,16,14,14],f32>
    %11 = torch.aten.max_pool2d %10, %list_3_3, %list_2_2, %list_1_1, %list_1_1, %false {dynfault.site = "block1/max_pool2d"} : !torch.vtensor<[?,16,14,14],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,16,7,7],f32>
    %block1.shortcut.weight = torch.global_slot.get @block1.shortcut.weight : !torch.vtensor<[16,8,1,1],f32>
    %block1.shortcut.bias = torch.global_slot.get @block1.shortcut.bias : !torch.vtensor<[16],f32>
    %12 = torch.aten.conv2d %2, %block1.shortcut.weight, %block1.shortcut.bias, %list_2_2, %list_0_0, %list_1_1, %int1 {dynfault.site = "block1.shortcut/conv2d"} : !torch.vtensor<[?,8,14,14],f32>, !torch.vtensor<[16,8,1,1],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,7,7],f32>
    %13 = torch.aten.add.Tensor %11, %12, %int1 {dynfault.site = "block1/add"} : !torch.vtensor<[?,16,7,7],f32>, !torch.vtensor<[?,16,7,7],f32>, !torch.int -> !torch.vtensor<[?,16,7,7],f32>
    %14 = torch.aten.relu %13 {dynfault.site = "block2/in/relu"} : !torch.vtensor<[?,16,7,7],f32> -> !torch.vtensor<[?,16,7,7],f32>
    %block2.sep1.depthwise.weight = torch.global_slot.get @block2.sep1.depthwise.weight : !torch.vtensor<[16,1,3,3],f32>
    %15 = torch.aten.conv2d %14, %block2.sep1.depthwise.weight, %none, %list_1_1, %list_1_1, %list_1_1, %int16 {dynfault.site = "block2.sep1.depthwise/conv2d"} : !torch.vtensor<[?,16,7,7],f32>, !torch.vtensor<[16,1,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,7,7],f32>
    %block2.sep1.pointwise.weight = torch.global_slot.get @block2.sep1.pointwise.weight : !torch.vtensor<[24,16,1,1],f32>
    %block2.sep1.pointwise.bias = torch.global_slot.get @block2.sep1.pointwise.bias : !torch.vtensor<[24],f32>
    %16 = torch.aten.conv2d %15, %block2.sep1.pointwise.weight, %block2.sep1.pointwise.bias, %list_1_1, %list_0_0, %list_1_1, %int1 {dynfault.site = "block2.sep1.pointwise/conv2d"} : !torch.vtensor<[?,16,7,7],f32>, !torch.vtensor<[24,16,1,1],f32>, !torch.vtensor<[24],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,24,7,7],f32>
    %block2.sep1.bn.weight = torch.global_slot.get @block2.sep1.bn.weight : !torch.vtensor<[24],f32>
    %block2.sep1.bn.bias = torch.global_slot.get @block2.sep1.bn.bias : !torch.vtensor<[24],f32>
    %block2.sep1.bn.running_mean = torch.global_slot.get @block2.sep1.bn.running_mean : !torch.vtensor<[24],f32>
    %block2.sep1.bn.running_var = torch.global_slot.get @block2.sep1.bn.running_var : !torch.vtensor<[24],f32>
    %17 = torch.aten.batch_norm %16, %block2.sep1.bn.weight, %block2.sep1.bn.bias, %block2.sep1.bn.running_mean, %block2.sep1.bn.running_var, %training, %momentum, %eps, %false {dynfault.site = "block2.sep1.bn/batch_norm"} : !torch.vtensor<[?,24,7,7],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,24,7,7],f32>
    %18 = torch.aten.relu %17 {dynfault.site = "block2.sep1/relu"} : !torch.vtensor<[?,24,7,7],f32> -> !torch.vtensor<[?,24,7,7],f32>
    %block2.sep2.depthwise.weight = torch.global_slot.get @block2.sep2.depthwise.weight : !torch.vtensor<[24,1,3,3],f32>
    %19 = torch.aten.conv2d %18, %block2.sep2.depthwise.weight, %none, %list_1_1, %list_1_1, %list_1_1, %int24 {dynfault.site = "block2.sep2.depthwise/conv2d"} : !torch.vtensor<[?,24,7,7],f32>, !torch.vtensor<[24,1,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,24,7,7],f32>
    %block2.sep2.pointwise.weight = torch.global_slot.get @block2.sep2.pointwise.weight : !torch.vtensor<[24,24,1,1],f32>
    %block2.sep2.pointwise.bias = torch.global_slot.get @block2.sep2.pointwise.bias : !torch.vtensor<[24],f32>
    %20 = torch.aten.conv2d %19, %block2.sep2.pointwise.weight, %block2.sep2.pointwise.bias, %list_1_1, %list_0_0, %list_1_1, %int1 {dynfault.site = "block2.sep2.pointwise/conv2d"} : !torch.vtensor<[?,24,7,7],f32>, !torch.vtensor<[24,24,1,1],f32>, !torch.vtensor<[24],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,24,7,7],f32>
    %block2.sep2.bn.weight = torch.global_slot.get @block2.sep2.bn.weight : !torch.vtensor<[24],f32>
    %block2.sep2.bn.bias = torch.global_slot.get @block2.sep2.bn.bias : !torch.vtensor<[24],f32>
    %block2.sep2.bn.running_mean = torch.global_slot.get @block2.sep2.bn.running_mean : !torch.vtensor<[24],f32>
    %block2.sep2.bn.running_var = torch.global_slot.get @block2.sep2.bn.running_var : !torch.vtensor<[24],f32>
    %21 = torch.aten.batch_norm %20, %block2.sep2.bn.weight, %block2.sep2.bn.bias, %block2.sep2.bn.running_mean, %block2.sep2.bn.running_var, %training, %momentum, %eps, %false {dynfault.site = "block2.sep2.bn/batch_norm"} : !torch.vtensor<[?,24,7,7],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.vtensor<[24],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,24,7,7],f32>
    %22 = torch.aten.max_pool2d %21, %list_3_3, %list_2_2, %list_1_1, %list_1_1, %false {dynfault.site = "block2/max_pool2d"} : !torch.vtensor<[?,24,7,7],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,24,4,4],f32>
    %block2.shortcut.weight = torch.global_slot.get @block2.shortcut.weight : !torch.vtensor<[24,16,1,1],f32>
    %block2.shortcut.bias = torch.global_slot.get @block2.shortcut.bias : !torch.vtensor<[24],f32>
    %23 = torch.aten.conv2d %13, %block2.shortcut.weight, %block2.shortcut.bias, %list_2_2, %list_0_0, %list_1_1, %int1 {dynfault.site = "block2.shortcut/conv2d"} : !torch.vtensor<[?,16,7,7],f32>, !torch.vtensor<[24,16,1,1],f32>, !torch.vtensor<[24],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,24,4,4],f32>
    %24 = torch.aten.add.Tensor %22, %23, %int1 {dynfault.site = "block2/add"} : !torch.vtensor<[?,24,4,4],f32>, !torch.vtensor<[?,24,4,4],f32>, !torch.int -> !torch.vtensor<[?,24,4,4],f32>
    %sep3.depthwise.weight = torch.global_slot.get @sep3.depthwise.weight : !torch.vtensor<[24,1,3,3],f32>
    %25 = torch.aten.conv2d %24, %sep3.depthwise.weight, %none, %list_1_1, %list_1_1, %list_1_1, %int24 {dynfault.site = "sep3.depthwise/conv2d"} : !torch.vtensor<[?,24,4,4],f32>, !torch.vtensor<[24,1,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,24,4,4],f32>
    %sep3.pointwise.weight = torch.global_slot.get @sep3.pointwise.weight : !torch.vtensor<[32,24,1,1],f32>
    %sep3.pointwise.bias = torch.global_slot.get @sep3.pointwise.bias : !torch.vtensor<[32],f32>
    %26 = torch.aten.conv2d %25, %sep3.pointwise.weight, %sep3.pointwise.bias, %list_1_1, %list_0_0, %list_1_1, %int1 {dynfault.site = "sep3.pointwise/conv2d"} : !torch.vtensor<[?,24,4,4],f32>, !torch.vtensor<[32,24,1,1],f32>, !torch.vtensor<[32],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,32,4,4],f32>
    %sep3.bn.weight = torch.global_slot.get @sep3.bn.weight : !torch.vtensor<[32],f32>
    %sep3.bn.bias = torch.global_slot.get @sep3.bn.bias : !torch.vtensor<[32],f32>
    %sep3.bn.running_mean = torch.global_slot.get @sep3.bn.running_mean : !torch.vtensor<[32],f32>
    %sep3.bn.running_var = torch.global_slot.get @sep3.bn.running_var : !torch.vtensor<[32],f32>
    %27 = torch.aten.batch_norm %26, %sep3.bn.weight, %sep3.bn.bias, %sep3.bn.running_mean, %sep3.bn.running_var, %training, %momentum, %eps, %false {dynfault.site = "sep3.bn/batch_norm"} : !torch.vtensor<[?,32,4,4],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,32,4,4],f32>
    %28 = torch.aten.relu %27 {dynfault.site = "sep3/relu"} : !torch.vtensor<[?,32,4,4],f32> -> !torch.vtensor<[?,32,4,4],f32>
    %29 = torch.aten.adaptive_avg_pool2d %28, %list_1_1 {dynfault.site = "pool"} : !torch.vtensor<[?,32,4,4],f32>, !torch.list<int> -> !torch.vtensor<[?,32,1,1],f32>
    %30 = torch.aten.flatten.using_ints %29, %int1, %int-1 {dynfault.site = "pool/flatten"} : !torch.vtensor<[?,32,1,1],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,32],f32>
    %31 = torch.aten.dropout %30, %p25, %training {dynfault.site = "pool/dropout"} : !torch.vtensor<[?,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,32],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[10,32],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[10],f32>
    %32 = torch.aten.linear %31, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[10,32],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %32 : !torch.vtensor<[?,10],f32>
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
