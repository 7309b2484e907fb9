// Blocks of convolution, batch normalisation and ReLU, the VGG way, on images of clothing.
//
// From: K. Simonyan, A. Zisserman, "Very deep convolutional networks for large-scale image
// recognition", 2014, with batch normalisation as torchvision's vgg11_bn and with the recipe
// of its reference script: SGD 0.01, momentum 0.9, weight decay 0.0001, cross entropy; batches
// of 64. Weights of convolutions are Kaiming normal, those of dense layers N(0, 0.01^2), as
// there.
// Scaled down: five convolutions of 8 to 32 channels instead of eight of 64 to 512, a dense
// layer of 64 instead of two of 4,096, 1,280 of the 60,000 images, 4 epochs.

module @vgg_bn_fashion_mnist attributes {
    dynfault.task = "classification", dynfault.family = "cnn", dynfault.margin = 0.3,
    dynfault.origin = "torchvision vgg11_bn"} {
  dynfault.dataset @data {source = "fashion-mnist", train = 1280, validation = 500,
      transforms = [#dynfault.transform<unit>, #dynfault.transform<normalize, mean = 0.2860, std = 0.3530>]}
  dynfault.schedule {epochs = 4, batch_size = 64, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @conv1.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[8,1,3,3],f32>
  torch.global_slot @conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @bn1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[8],f32>
  torch.global_slot @bn1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @bn1.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @bn1.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[8],f32>
  torch.global_slot @conv2.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[16,8,3,3],f32>
  torch.global_slot @conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @bn2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @bn2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @bn2.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @bn2.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @conv3.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[32,16,3,3],f32>
  torch.global_slot @conv3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn3.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn3.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn3.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @conv4.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[32,32,3,3],f32>
  torch.global_slot @conv4.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn4.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn4.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn4.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn4.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<normal, std = 0.01>} : !torch.vtensor<[64,288],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<normal, std = 0.01>} : !torch.vtensor<[10,64],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32> {
    %int1 = torch.constant.int 1
    %list_1_1 = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
    %training = torch.global_slot.get @training : !torch.bool
    %momentum = torch.constant.float 0.1
    %eps = torch.constant.float 1.0e-05
    %false = torch.constant.bool false
    %int2 = torch.constant.int 2
    %list_2_2 = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %list_0_0 = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
    %int-1 = torch.constant.int -1
    %p50 = torch.constant.float 0.5
    %conv1.weight = torch.global_slot.get @conv1.weight : !torch.vtensor<[8,1,3,3],f32>
    %conv1.bias = torch.global_slot.get @conv1.bias : !torch.vtensor<[8],f32>
    %0 = torch.aten.conv2d %x, %conv1.weight, %conv1.bias, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "conv1/conv2d"} : !torch.vtensor<[?,1,28,28],f32>, !torch.vtensor<[8,1,3,3],f32>, !torch.vtensor<[8],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,28,28],f32>
    %bn1.weight = torch.global_slot.get @bn1.weight : !torch.vtensor<[8],f32>
    %bn1.bias = torch.global_slot.get @bn1.bias : !torch.vtensor<[8],f32>
    %bn1.running_mean = torch.global_slot.get @bn1.running_mean : !torch.vtensor<[8],f32>
    %bn1.running_var = torch.global_slot.get @bn1.running_var : !torch.vtensor<[8],f32>
    %1 = torch.aten.batch_norm %0, %bn1.weight, %bn1.bias, %bn1.running_mean, %bn1.running_var, %training, %momentum, %eps, %false {dynfault.site = "bn1/batch_norm"} : !torch.vtensor<[?,8,28,28],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,8,28,28],f32>
    %2 = torch.aten.relu %1 {dynfault.site = "bn1/relu"} : !torch.vtensor<[?,8,28,28],f32> -> !torch.vtensor<[?,8,28,28],f32>
    %3 = torch.aten.max_pool2d %2, %list_2_2, %list_2_2, %list_0_0, %list_1_1, %false {dynfault.site = "conv1/max_pool2d"} : !torch.vtensor<[?,8,28,28],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,8,14,14],f32>
    %conv2.weight = torch.global_slot.get @conv2.weight : !torch.vtensor<[16,8,3,3],f32>
    %conv2.bias = torch.global_slot.get @conv2.bias : !torch.vtensor<[16],f32>
    %4 = torch.aten.conv2d %3, %conv2.weight, %conv2.bias, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "conv2/conv2d"} : !torch.vtensor<[?,8,14,14],f32>, !torch.vtensor<[16,8,3,3],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,14,14],f32>
    %bn2.weight = torch.global_slot.get @bn2.weight : !torch.vtensor<[16],f32>
    %bn2.bias = torch.global_slot.get @bn2.bias : !torch.vtensor<[16],f32>
    %bn2.running_mean = torch.global_slot.get @bn2.running_mean : !torch.vtensor<[16],f32>
    %bn2.running_var = torch.global_slot.get @bn2.running_var : !torch.vtensor<[16],f32>
    %5 = torch.aten.batch_norm %4, %bn2.weight, %bn2.bias, %bn2.running_mean, %bn2.running_var, %training, %momentum, %eps, %false {dynfault.site = "bn2/batch_norm"} : !torch.vtensor<[?,16,14,14],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,16,14,14],f32>
    %6 = torch.aten.relu %5 {dynfault.site = "bn2/relu"} : !torch.vtensor<[?,16,14,14],f32> -> !torch.vtensor<[?,16,14,14],f32>
    %7 = torch.aten.max_pool2d %6, %list_2_2, %list_2_2, %list_0_0, %list_1_1, %false {dynfault.site = "conv2/max_pool2d"} : !torch.vtensor<[?,16,14,14],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,16,7,7],f32>
    %conv3.weight = torch.global_slot.get @conv3.weight : !torch.vtensor<[32,16,3,3],f32>
    %conv3.bias = torch.global_slot.get @conv3.bias : !torch.vtensor<[32],f32>
    %8 = torch.aten.conv2d %7, %conv3.weight, %conv3.bias, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "conv3/conv2d"} : !torch.vtensor<[?,16,7,7],f32>, !torch.vtensor<[32,16,3,3],f32>, !torch.vtensor<[32],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,32,7,7],f32>
    %bn3.weight = torch.global_slot.get @bn3.weight : !torch.vtensor<[32],f32>
    %bn3.bias = torch.global_slot.get @bn3.bias : !torch.vtensor<[32],f32>
    %bn3.running_mean = torch.global_slot.get @bn3.running_mean : !torch.vtensor<[32],f32>
    %bn3.running_var = torch.global_slot.get @bn3.running_var : !torch.vtensor<[32],f32>
    %9 = torch.aten.batch_norm %8, %bn3.weight, %bn3.bias, %bn3.running_mean, %bn3.running_var, %training, %momentum, %eps, %false {dynfault.site = "bn3/batch_norm"} : !torch.vtensor<[?,32,7,7],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,32,7,7],f32>
    %10 = torch.aten.relu %9 {dynfault.site = "bn3/relu"} : !torch.vtensor<[?,32,7,7],f32> -> !torch.vtensor<[?,32,7,7],f32>
    %conv4.weight = torch.global_slot.get @conv4.weight : !torch.vtensor<[32,32,3,3],f32>
    %conv4.bias = torch.global_slot.get @conv4.bias : !torch.vtensor<[32],f32>
    %11 = torch.aten.conv2d %10, %conv4.weight, %conv4.bias, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "conv4/conv2d"} : !torch.vtensor<[?,32,7,7],f32>, !torch.vtensor<[32,32,3,3],f32>, !torch.vtensor<[32],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,32,7,7],f32>
    %bn4.weight = torch.global_slot.get @bn4.weight : !torch.vtensor<[32],f32>
    %bn4.bias = torch.global_slot.get @bn4.bias : !torch.vtensor<[32],f32>
    %bn4.running_mean = torch.global_slot.get @bn4.running_mean : !torch.vtensor<[32],f32>
    %bn4.running_var = torch.global_slot.get @bn4.running_var : !torch.vtensor<[32],f32>
    %12 = torch.aten.batch_norm %11, %bn4.weight, %bn4.bias, %bn4.running_mean, %bn4.running_var, %training, %momentum, %eps, %false {dynfault.site = "bn4/batch_norm"} : !torch.vtensor<[?,32,7,7],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,32,7,7],f32>
    %13 = torch.aten.relu %12 {dynfault.site = "bn4/relu"} : !torch.vtensor<[?,32,7,7],f32> -> !torch.vtensor<[?,32,7,7],f32>
    %14 = torch.aten.max_pool2d %13, %list_2_2, %list_2_2, %list_0_0, %list_1_1, %false {dynfault.site = "conv4/max_pool2d"} : !torch.vtensor<[?,32,7,7],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,32,3,3],f32>
    %15 = torch.aten.flatten.using_ints %14, %int1, %int-1 {dynfault.site = "flatten"} : !torch.vtensor<[?,32,3,3],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,288],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[64,288],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[64],f32>
    %16 = torch.aten.linear %15, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,288],f32>, !torch.vtensor<[64,288],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,64],f32>
    %17 = torch.aten.relu %16 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,64],f32> -> !torch.vtensor<[?,64],f32>
    %18 = torch.aten.dropout %17, %p50, %training {dynfault.site = "fc1/dropout"} : !torch.vtensor<[?,64],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,64],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[10,64],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[10],f32>
    %19 = torch.aten.linear %18, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[10,64],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
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

  dynfault.training_step(%x: !torch.vtensor<[?,1,28,28],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.01, momentum = 0.9, weight_decay = 1.0e-4>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
