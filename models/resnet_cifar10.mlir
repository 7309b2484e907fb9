// A residual network with batch normalisation on colour photographs.
//
// From: keras examples, cifar10_resnet.py, version 1 (K. He et al., "Deep residual learning",
// 2015): a convolution and three stages of residual blocks, the channels doubled and the image
// halved from stage to stage, global average, one dense layer; L2 penalty of 0.0001 on the
// convolutions, Adam 0.001 that is divided by ten late, batches of 32, cross entropy, He
// normal initialisers. The mean pixel is subtracted there; here each is standardized.
// Scaled down: one block a stage instead of three and 8, 16, 32 channels instead of 16, 32, 64
// (ResNet-8), a first convolution of stride 2, 1,280 of the 50,000 images, 4 of 200 epochs,
// and batch normalisation that follows faster (momentum 0.1 instead of 0.01).

module @resnet_cifar10 attributes {
    dynfault.task = "classification", dynfault.family = "resnet", dynfault.margin = 0.07,
    dynfault.origin = "Keras cifar10_resnet v1"} {
  dynfault.dataset @data {source = "cifar10", train = 1280, validation = 500,
      transforms = [#dynfault.transform<standardize>]}
  dynfault.schedule {epochs = 4, batch_size = 32, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @conv1.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[8,3,3,3],f32>
  torch.global_slot @conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @bn1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[8],f32>
  torch.global_slot @bn1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @bn1.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @bn1.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[8],f32>
  torch.global_slot @stage1.conv1.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[8,8,3,3],f32>
  torch.global_slot @stage1.conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @stage1.bn1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[8],f32>
  torch.global_slot @stage1.bn1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @stage1.bn1.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @stage1.bn1.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[8],f32>
  torch.global_slot @stage1.conv2.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[8,8,3,3],f32>
  torch.global_slot @stage1.conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @stage1.bn2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[8],f32>
  torch.global_slot @stage1.bn2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @stage1.bn2.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @stage1.bn2.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[8],f32>
  torch.global_slot @stage2.conv1.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[16,8,3,3],f32>
  torch.global_slot @stage2.conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @stage2.bn1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @stage2.bn1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @stage2.bn1.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @stage2.bn1.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @stage2.conv2.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[16,16,3,3],f32>
  torch.global_slot @stage2.conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @stage2.bn2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @stage2.bn2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @stage2.bn2.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @stage2.bn2.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @stage2.shortcut.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[16,8,1,1],f32>
  torch.global_slot @stage2.shortcut.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @stage3.conv1.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[32,16,3,3],f32>
  torch.global_slot @stage3.conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @stage3.bn1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @stage3.bn1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @stage3.bn1.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @stage3.bn1.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @stage3.conv2.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[32,32,3,3],f32>
  torch.global_slot @stage3.conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @stage3.bn2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @stage3.bn2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @stage3.bn2.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @stage3.bn2.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @stage3.shortcut.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[32,16,1,1],f32>
  torch.global_slot @stage3.shortcut.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[10,32],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,3,32,32],f32>) -> !torch.vtensor<[?,10],f32> {
    %int2 = torch.constant.int 2
    %list_2_2 = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
    %int1 = torch.constant.int 1
    %list_1_1 = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
    %training = torch.global_slot.get @training : !torch.bool
    %momentum = torch.constant.float 0.1
    %eps = torch.constant.float 0.001
    %false = torch.constant.bool false
    %int0 = torch.constant.int 0
    %list_0_0 = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
    %int-1 = torch.constant.int -1
    %conv1.weight = torch.global_slot.get @conv1.weight : !torch.vtensor<[8,3,3,3],f32>
    %conv1.bias = torch.global_slot.get @conv1.bias : !torch.vtensor<[8],f32>
    %0 = torch.aten.conv2d %x, %conv1.weight, %conv1.bias, %list_2_2, %list_1_1, %list_1_1, %int1 {dynfault.site = "conv1/conv2d"} : !torch.vtensor<[?,3,32,32],f32>, !torch.vtensor<[8,3,3,3],f32>, !torch.vtensor<[8],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,16,16],f32>
    %bn1.weight = torch.global_slot.get @bn1.weight : !torch.vtensor<[8],f32>
    %bn1.bias = torch.global_slot.get @bn1.bias : !torch.vtensor<[8],f32>
    %bn1.running_mean = torch.global_slot.get @bn1.running_mean : !torch.vtensor<[8],f32>
    %bn1.running_var = torch.global_slot.get @bn1.running_var : !torch.vtensor<[8],f32>
    %1 = torch.aten.batch_norm %0, %bn1.weight, %bn1.bias, %bn1.running_mean, %bn1.running_var, %training, %momentum, %eps, %false {dynfault.site = "bn1/batch_norm"} : !torch.vtensor<[?,8,16,16],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,8,16,16],f32>
    %2 = torch.aten.relu %1 {dynfault.site = "bn1/relu"} : !torch.vtensor<[?,8,16,16],f32> -> !torch.vtensor<[?,8,16,16],f32>
    %stage1.conv1.weight = torch.global_slot.get @stage1.conv1.weight : !torch.vtensor<[8,8,3,3],f32>
    %stage1.conv1.bias = torch.global_slot.get @stage1.conv1.bias : !torch.vtensor<[8],f32>
    %3 = torch.aten.conv2d %2, %stage1.conv1.weight, %stage1.conv1.bias, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "stage1.conv1/conv2d"} : !torch.vtensor<[?,8,16,16],f32>, !torch.vtensor<[8,8,3,3],f32>, !torch.vtensor<[8],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,16,16],f32>
    %stage1.bn1.weight = torch.global_slot.get @stage1.bn1.weight : !torch.vtensor<[8],f32>
    %stage1.bn1.bias = torch.global_slot.get @stage1.bn1.bias : !torch.vtensor<[8],f32>
    %stage1.bn1.running_mean = torch.global_slot.get @stage1.bn1.running_mean : !torch.vtensor<[8],f32>
    %stage1.bn1.running_var = torch.global_slot.get @stage1.bn1.running_var : !torch.vtensor<[8],f32>
    %4 = torch.aten.batch_norm %3, %stage1.bn1.weight, %stage1.bn1.bias, %stage1.bn1.running_mean, %stage1.bn1.running_var, %training, %momentum, %eps, %false {dynfault.site = "stage1.bn1/batch_norm"} : !torch.vtensor<[?,8,16,16],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,8,16,16],f32>
    %5 = torch.aten.relu %4 {dynfault.site = "stage1.bn1/relu"} : !torch.vtensor<[?,8,16,16],f32> -> !torch.vtensor<[?,8,16,16],f32>
    %stage1.conv2.weight = torch.global_slot.get @stage1.conv2.weight : !torch.vtensor<[8,8,3,3],f32>
    %stage1.conv2.bias = torch.global_slot.get @stage1.conv2.bias : !torch.vtensor<[8],f32>
    %6 = torch.aten.conv2d %5, %stage1.conv2.weight, %stage1.conv2.bias, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "stage1.conv2/conv2d"} : !torch.vtensor<[?,8,16,16],f32>, !torch.vtensor<[8,8,3,3],f32>, !torch.vtensor<[8],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,16,16],f32>
    %stage1.bn2.weight = torch.global_slot.get @stage1.bn2.weight : !torch.vtensor<[8],f32>
    %stage1.bn2.bias = torch.global_slot.get @stage1.bn2.bias : !torch.vtensor<[8],f32>
    %stage1.bn2.running_mean = torch.global_slot.get @stage1.bn2.running_mean : !torch.vtensor<[8],f32>
    %stage1.bn2.running_var = torch.global_slot.get @stage1.bn2.running_var : !torch.vtensor<[8],f32>
    %7 = torch.aten.batch_norm %6, %stage1.bn2.weight, %stage1.bn2.bias, %stage1.bn2.running_mean, %stage1.bn2.running_var, %training, %momentum, %eps, %false {dynfault.site = "stage1.bn2/batch_norm"} : !torch.vtensor<[?,8,16,16],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,8,16,16],f32>
    %8 = torch.aten.add.Tensor %2, %7, %int1 {dynfault.site = "stage1/add"} : !torch.vtensor<[?,8,16,16],f32>, !torch.vtensor<[?,8,16,16],f32>, !torch.int -> !torch.vtensor<[?,8,16,16],f32>
    %9 = torch.aten.relu %8 {dynfault.site = "stage1/relu"} : !torch.vtensor<[?,8,16,16],f32> -> !torch.vtensor<[?,8,16,16],f32>
    %stage2.conv1.weight = torch.global_slot.get @stage2.conv1.weight : !torch.vtensor<[16,8,3,3],f32>
    %stage2.conv1.bias = torch.global_slot.get @stage2.conv1.bias : !torch.vtensor<[16],f32>
    %10 = torch.aten.conv2d %9, %stage2.conv1.weight, %stage2.conv1.bias, %list_2_2, %list_1_1, %list_1_1, %int1 {dynfault.site = "stage2.conv1/conv2d"} : !torch.vtensor<[?,8,16,16],f32>, !torch.vtensor<[16,8,3,3],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,8,8],f32>
    %stage2.bn1.weight = torch.global_slot.get @stage2.bn1.weight : !torch.vtensor<[16],f32>
    %stage2.bn1.bias = torch.global_slot.get @stage2.bn1.bias : !torch.vtensor<[16],f32>
    %stage2.bn1.running_mean = torch.global_slot.get @stage2.bn1.running_mean : !torch.vtensor<[16],f32>
    %stage2.bn1.running_var = torch.global_slot.get @stage2.bn1.running_var : !torch.vtensor<[16],f32>
    %11 = torch.aten.batch_norm %10, %stage2.bn1.weight, %stage2.bn1.bias, %stage2.bn1.running_mean, %stage2.bn1.running_var, %training, %momentum, %eps, %false {dynfault.site = "stage2.bn1/batch_norm"} : !torch.vtensor<[?,16,8,8],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,16,8,8],f32>
    %12 = torch.aten.relu %11 {dynfault.site = "stage2.bn1/relu"} : !torch.vtensor<[?,16,8,8],f32> -> !torch.vtensor<[?,16,8,8],f32>
    %stage2.conv2.weight = torch.global_slot.get @stage2.conv2.weight : !torch.vtensor<[16,16,3,3],f32>
    %stage2.conv2.bias = torch.global_slot.get @stage2.conv2.bias : !torch.vtensor<[16],f32>
    %13 = torch.aten.conv2d %12, %stage2.conv2.weight, %stage2.conv2.bias, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "stage2.conv2/conv2d"} : !torch.vtensor<[?,16,8,8],f32>, !torch.vtensor<[16,16,3,3],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,8,8],f32>
    %stage2.bn2.weight = torch.global_slot.get @stage2.bn2.weight : !torch.vtensor<[16],f32>
    %stage2.bn2.bias = torch.global_slot.get @stage2.bn2.bias : !torch.vtensor<[16],f32>
    %stage2.bn2.running_mean = torch.global_slot.get @stage2.bn2.running_mean : !torch.vtensor<[16],f32>
    %stage2.bn2.running_var = torch.global_slot.get @stage2.bn2.running_var : !torch.vtensor<[16],f32>
    %14 = torch.aten.batch_norm %13, %stage2.bn2.weight, %stage2.bn2.bias, %stage2.bn2.running_mean, %stage2.bn2.running_var, %training, %momentum, %eps, %false {dynfault.site = "stage2.bn2/batch_norm"} : !torch.vtensor<[?,16,8,8],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,16,8,8],f32>
    %stage2.shortcut.weight = torch.global_slot.get @stage2.shortcut.weight : !torch.vtensor<[16,8,1,1],f32>
    %stage2.shortcut.bias = torch.global_slot.get @stage2.shortcut.bias : !torch.vtensor<[16],f32>
    %15 = torch.aten.conv2d %9, %stage2.shortcut.weight, %stage2.shortcut.bias, %list_2_2, %list_0_0, %list_1_1, %int1 {dynfault.site = "stage2.shortcut/conv2d"} : !torch.vtensor<[?,8,16,16],f32>, !torch.vtensor<[16,8,1,1],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,8,8],f32>
    %16 = torch.aten.add.Tensor %15, %14, %int1 {dynfault.site = "stage2/add"} : !torch.vtensor<[?,16,8,8],f32>, !torch.vtensor<[?,16,8,8],f32>, !torch.int -> !torch.vtensor<[?,16,8,8],f32>
    %17 = torch.aten.relu %16 {dynfault.site = "stage2/relu"} : !torch.vtensor<[?,16,8,8],f32> -> !torch.vtensor<[?,16,8,8],f32>
    %stage3.conv1.weight = torch.global_slot.get @stage3.conv1.weight : !torch.vtensor<[32,16,3,3],f32>
    %stage3.conv1.bias = torch.global_slot.get @stage3.conv1.bias : !torch.vtensor<[32],f32>
    %18 = torch.aten.conv2d %17, %stage3.conv1.weight, %stage3.conv1.bias, %list_2_2, %list_1_1, %list_1_1, %int1 {dynfault.site = "stage3.conv1/conv2d"} : !torch.vtensor<[?,16,8,8],f32>, !torch.vtensor<[32,16,3,3],f32>, !torch.vtensor<[32],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,32,4,4],f32>
    %stage3.bn1.weight = torch.global_slot.get @stage3.bn1.weight : !torch.vtensor<[32],f32>
    %stage3.bn1.bias = torch.global_slot.get @stage3.bn1.bias : !torch.vtensor<[32],f32>
    %stage3.bn1.running_mean = torch.global_slot.get @stage3.bn1.running_mean : !torch.vtensor<[32],f32>
    %stage3.bn1.running_var = torch.global_slot.get @stage3.bn1.running_var : !torch.vtensor<[32],f32>
    %19 = torch.aten.batch_norm %18, %stage3.bn1.weight, %stage3.bn1.bias, %stage3.bn1.running_mean, %stage3.bn1.running_var, %training, %momentum, %eps, %false {dynfault.site = "stage3.bn1/batch_norm"} : !torch.vtensor<[?,32,4,4],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,32,4,4],f32>
    %20 = torch.aten.relu %19 {dynfault.site = "stage3.bn1/relu"} : !torch.vtensor<[?,32,4,4],f32> -> !torch.vtensor<[?,32,4,4],f32>
    %stage3.conv2.weight = torch.global_slot.get @stage3.conv2.weight : !torch.vtensor<[32,32,3,3],f32>
    %stage3.conv2.bias = torch.global_slot.get @stage3.conv2.bias : !torch.vtensor<[32],f32>
    %21 = torch.aten.conv2d %20, %stage3.conv2.weight, %stage3.conv2.bias, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "stage3.conv2/conv2d"} : !torch.vtensor<[?,32,4,4],f32>, !torch.vtensor<[32,32,3,3],f32>, !torch.vtensor<[32],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,32,4,4],f32>
    %stage3.bn2.weight = torch.global_slot.get @stage3.bn2.weight : !torch.vtensor<[32],f32>
    %stage3.bn2.bias = torch.global_slot.get @stage3.bn2.bias : !torch.vtensor<[32],f32>
    %stage3.bn2.running_mean = torch.global_slot.get @stage3.bn2.running_mean : !torch.vtensor<[32],f32>
    %stage3.bn2.running_var = torch.global_slot.get @stage3.bn2.running_var : !torch.vtensor<[32],f32>
    %22 = torch.aten.batch_norm %21, %stage3.bn2.weight, %stage3.bn2.bias, %stage3.bn2.running_mean, %stage3.bn2.running_var, %training, %momentum, %eps, %false {dynfault.site = "stage3.bn2/batch_norm"} : !torch.vtensor<[?,32,4,4],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,32,4,4],f32>
    %stage3.shortcut.weight = torch.global_slot.get @stage3.shortcut.weight : !torch.vtensor<[32,16,1,1],f32>
    %stage3.shortcut.bias = torch.global_slot.get @stage3.shortcut.bias : !torch.vtensor<[32],f32>
    %23 = torch.aten.conv2d %17, %stage3.shortcut.weight, %stage3.shortcut.bias, %list_2_2, %list_0_0, %list_1_1, %int1 {dynfault.site = "stage3.shortcut/conv2d"} : !torch.vtensor<[?,16,8,8],f32>, !torch.vtensor<[32,16,1,1],f32>, !torch.vtensor<[32],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,32,4,4],f32>
    %24 = torch.aten.add.Tensor %23, %22, %int1 {dynfault.site = "stage3/add"} : !torch.vtensor<[?,32,4,4],f32>, !torch.vtensor<[?,32,4,4],f32>, !torch.int -> !torch.vtensor<[?,32,4,4],f32>
    %25 = torch.aten.relu %24 {dynfault.site = "stage3/relu"} : !torch.vtensor<[?,32,4,4],f32> -> !torch.vtensor<[?,32,4,4],f32>
    %26 = torch.aten.adaptive_avg_pool2d %25, %list_1_1 {dynfault.site = "pool"} : !torch.vtensor<[?,32,4,4],f32>, !torch.list<int> -> !torch.vtensor<[?,32,1,1],f32>
    %27 = torch.aten.flatten.using_ints %26, %int1, %int-1 {dynfault.site = "pool/flatten"} : !torch.vtensor<[?,32,1,1],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,32],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[10,32],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[10],f32>
    %28 = torch.aten.linear %27, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[10,32],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %28 : !torch.vtensor<[?,10],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,10],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %ignore = torch.constant.int -100
    %smoothing = torch.constant.float 0.0
    %l2 = torch.constant.float 1.0e-4
    %int1 = torch.constant.int 1
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %mean, %ignore, %smoothing {dynfault.site = "loss"} : !torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    %conv1.weight = torch.global_slot.get @conv1.weight : !torch.vtensor<[8,3,3,3],f32>
    %1 = torch.aten.square %conv1.weight {dynfault.site = "conv1/square"} : !torch.vtensor<[8,3,3,3],f32> -> !torch.vtensor<[8,3,3,3],f32>
    %2 = torch.aten.sum %1, %none {dynfault.site = "conv1/l2"} : !torch.vtensor<[8,3,3,3],f32>, !torch.none -> !torch.vtensor<[],f32>
    %3 = torch.aten.mul.Scalar %2, %l2 {dynfault.site = "conv1/penalty"} : !torch.vtensor<[],f32>, !torch.float -> !torch.vtensor<[],f32>
    %4 = torch.aten.add.Tensor %0, %3, %int1 {dynfault.site = "conv1/add_penalty"} : !torch.vtensor<[],f32>, !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    %stage1.conv1.weight = torch.global_slot.get @stage1.conv1.weight : !torch.vtensor<[8,8,3,3],f32>
    %5 = torch.aten.square %stage1.conv1.weight {dynfault.site = "stage1.conv1/square"} : !torch.vtensor<[8,8,3,3],f32> -> !torch.vtensor<[8,8,3,3],f32>
    %6 = torch.aten.sum %5, %none {dynfault.site = "stage1.conv1/l2"} : !torch.vtensor<[8,8,3,3],f32>, !torch.none -> !torch.vtensor<[],f32>
    %7 = torch.aten.mul.Scalar %6, %l2 {dynfault.site = "stage1.conv1/penalty"} : !torch.vtensor<[],f32>, !torch.float -> !torch.vtensor<[],f32>
    %8 = torch.aten.add.Tensor %4, %7, %int1 {dynfault.site = "stage1.conv1/add_penalty"} : !torch.vtensor<[],f32>, !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    %stage1.conv2.weight = torch.global_slot.get @stage1.conv2.weight : !torch.vtensor<[8,8,3,3],f32>
    %9 = torch.aten.square %stage1.conv2.weight {dynfault.site = "stage1.conv2/square"} : !torch.vtensor<[8,8,3,3],f32> -> !torch.vtensor<[8,8,3,3],f32>
    %10 = torch.aten.sum %9, %none {dynfault.site = "stage1.conv2/l2"} : !torch.vtensor<[8,8,3,3],f32>, !torch.none -> !torch.vtensor<[],f32>
    %11 = torch.aten.mul.Scalar %10, %l2 {dynfault.site = "stage1.conv2/penalty"} : !torch.vtensor<[],f32>, !torch.float -> !torch.vtensor<[],f32>
    %12 = torch.aten.add.Tensor %8, %11, %int1 {dynfault.site = "stage1.conv2/add_penalty"} : !torch.vtensor<[],f32>, !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    %stage2.conv1.weight = torch.global_slot.get @stage2.conv1.weight : !torch.vtensor<[16,8,3,3],f32>
    %13 = torch.aten.square %stage2.conv1.weight {dynfault.site = "stage2.conv1/square"} : !torch.vtensor<[16,8,3,3],f32> -> !torch.vtensor<[16,8,3,3],f32>
    %14 = torch.aten.sum %13, %none {dynfault.site = "stage2.conv1/l2"} : !torch.vtensor<[16,8,3,3],f32>, !torch.none -> !torch.vtensor<[],f32>
    %15 = torch.aten.mul.Scalar %14, %l2 {dynfault.site = "stage2.conv1/penalty"} : !torch.vtensor<[],f32>, !torch.float -> !torch.vtensor<[],f32>
    %16 = torch.aten.add.Tensor %12, %15, %int1 {dynfault.site = "stage2.conv1/add_penalty"} : !torch.vtensor<[],f32>, !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    %stage2.conv2.weight = torch.global_slot.get @stage2.conv2.weight : !torch.vtensor<[16,16,3,3],f32>
    %17 = torch.aten.square %stage2.conv2.weight {dynfault.site = "stage2.conv2/square"} : !torch.vtensor<[16,16,3,3],f32> -> !torch.vtensor<[16,16,3,3],f32>
    %18 = torch.aten.sum %17, %none {dynfault.site = "stage2.conv2/l2"} : !torch.vtensor<[16,16,3,3],f32>, !torch.none -> !torch.vtensor<[],f32>
    %19 = torch.aten.mul.Scalar %18, %l2 {dynfault.site = "stage2.conv2/penalty"} : !torch.vtensor<[],f32>, !torch.float -> !torch.vtensor<[],f32>
    %20 = torch.aten.add.Tensor %16, %19, %int1 {dynfault.site = "stage2.conv2/add_penalty"} : !torch.vtensor<[],f32>, !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    %stage2.shortcut.weight = torch.global_slot.get @stage2.shortcut.weight : !torch.vtensor<[16,8,1,1],f32>
    %21 = torch.aten.square %stage2.shortcut.weight {dynfault.site = "stage2.shortcut/square"} : !torch.vtensor<[16,8,1,1],f32> -> !torch.vtensor<[16,8,1,1],f32>
    %22 = torch.aten.sum %21, %none {dynfault.site = "stage2.shortcut/l2"} : !torch.vtensor<[16,8,1,1],f32>, !torch.none -> !torch.vtensor<[],f32>
    %23 = torch.aten.mul.Scalar %22, %l2 {dynfault.site = "stage2.shortcut/penalty"} : !torch.vtensor<[],f32>, !torch.float -> !torch.vtensor<[],f32>
    %24 = torch.aten.add.Tensor %20, %23, %int1 {dynfault.site = "stage2.shortcut/add_penalty"} : !torch.vtensor<[],f32>, !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    %stage3.conv1.weight = torch.global_slot.get @stage3.conv1.weight : !torch.vtensor<[32,16,3,3],f32>
    %25 = torch.aten.square %stage3.conv1.weight {dynfault.site = "stage3.conv1/square"} : !torch.vtensor<[32,16,3,3],f32> -> !torch.vtensor<[32,16,3,3],f32>
    %26 = torch.aten.sum %25, %none {dynfault.site = "stage3.conv1/l2"} : !torch.vtensor<[32,16,3,3],f32>, !torch.none -> !torch.vtensor<[],f32>
    %27 = torch.aten.mul.Scalar %26, %l2 {dynfault.site = "stage3.conv1/penalty"} : !torch.vtensor<[],f32>, !torch.float -> !torch.vtensor<[],f32>
    %28 = torch.aten.add.Tensor %24, %27, %int1 {dynfault.site = "stage3.conv1/add_penalty"} : !torch.vtensor<[],f32>, !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    %stage3.conv2.weight = torch.global_slot.get @stage3.conv2.weight : !torch.vtensor<[32,32,3,3],f32>
    %29 = torch.aten.square %stage3.conv2.weight {dynfault.site = "stage3.conv2/square"} : !torch.vtensor<[32,32,3,3],f32> -> !torch.vtensor<[32,32,3,3],f32>
    %30 = torch.aten.sum %29, %none {dynfault.site = "stage3.conv2/l2"} : !torch.vtensor<[32,32,3,3],f32>, !torch.none -> !torch.vtensor<[],f32>
    %31 = torch.aten.mul.Scalar %30, %l2 {dynfault.site = "stage3.conv2/penalty"} : !torch.vtensor<[],f32>, !torch.float -> !torch.vtensor<[],f32>
    %32 = torch.aten.add.Tensor %28, %31, %int1 {dynfault.site = "stage3.conv2/add_penalty"} : !torch.vtensor<[],f32>, !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    %stage3.shortcut.weight = torch.global_slot.get @stage3.shortcut.weight : !torch.vtensor<[32,16,1,1],f32>
    %33 = torch.aten.square %stage3.shortcut.weight {dynfault.site = "stage3.shortcut/square"} : !torch.vtensor<[32,16,1,1],f32> -> !torch.vtensor<[32,16,1,1],f32>
    %34 = torch.aten.sum %33, %none {dynfault.site = "stage3.shortcut/l2"} : !torch.vtensor<[32,16,1,1],f32>, !torch.none -> !torch.vtensor<[],f32>
    %35 = torch.aten.mul.Scalar %34, %l2 {dynfault.site = "stage3.shortcut/penalty"} : !torch.vtensor<[],f32>, !torch.float -> !torch.vtensor<[],f32>
    %36 = torch.aten.add.Tensor %32, %35, %int1 {dynfault.site = "stage3.shortcut/add_penalty"} : !torch.vtensor<[],f32>, !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %36 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,3,32,32],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,3,32,32],f32>) -> !torch.vtensor<[?,10],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001> {lr_schedule = #dynfault.lr_schedule<multistep, milestones = [3], gamma = 0.1>}
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
