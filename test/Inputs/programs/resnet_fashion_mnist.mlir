// A residual network with one identity block and one projecting block.
//
// The pattern of Keras' cifar10_resnet (v1) and torchvision's BasicBlock, with 8 and 16
// filters, on Fashion-MNIST.

module @resnet_fashion_mnist attributes {
    dynfault.task = "classification", dynfault.family = "resnet",
    dynfault.origin = "Keras cifar10_resnet v1"} {
  dynfault.dataset @data {source = "fashion-mnist", train = 2000, validation = 500,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 2, batch_size = 64}

  torch.global_slot @training : !torch.bool
  torch.global_slot @stem.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[8,1,3,3],f32>
  torch.global_slot @stem.bn.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[8],f32>
  torch.global_slot @stem.bn.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @stem.bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @stem.bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[8],f32>
  torch.global_slot @block1.conv1.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[8,8,3,3],f32>
  torch.global_slot @block1.bn1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[8],f32>
  torch.global_slot @block1.bn1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @block1.bn1.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @block1.bn1.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[8],f32>
  torch.global_slot @block1.conv2.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[8,8,3,3],f32>
  torch.global_slot @block1.bn2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[8],f32>
  torch.global_slot @block1.bn2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @block1.bn2.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @block1.bn2.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[8],f32>
  torch.global_slot @block2.conv1.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,8,3,3],f32>
  torch.global_slot @block2.bn1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @block2.bn1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block2.bn1.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block2.bn1.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @block2.conv2.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,16,3,3],f32>
  torch.global_slot @block2.bn2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @block2.bn2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block2.bn2.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block2.bn2.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @block2.downsample.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,8,1,1],f32>
  torch.global_slot @block2.downsample.bn.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @block2.downsample.bn.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block2.downsample.bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block2.downsample.bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[10,16],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32> {
    %none = torch.constant.none
    %int2 = torch.constant.int 2
    %list_2_2 = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
    %int1 = torch.constant.int 1
    %list_1_1 = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
    %training = torch.global_slot.get @training : !torch.bool
    %float6 = torch.constant.float 0.1
    %float7 = torch.constant.float 1.0e-05
    %false = torch.constant.bool false
    %int0 = torch.constant.int 0
    %list_0_0 = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
    %int-1 = torch.constant.int -1

    %stem.weight = torch.global_slot.get @stem.weight : !torch.vtensor<[8,1,3,3],f32>
    %0 = torch.aten.conv2d %x, %stem.weight, %none, %list_2_2, %list_1_1, %list_1_1, %int1 {dynfault.site = "stem/conv2d"} : !torch.vtensor<[?,1,28,28],f32>, !torch.vtensor<[8,1,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,14,14],f32>
    %stem.bn.weight = torch.global_slot.get @stem.bn.weight : !torch.vtensor<[8],f32>
    %stem.bn.bias = torch.global_slot.get @stem.bn.bias : !torch.vtensor<[8],f32>
    %stem.bn.running_mean = torch.global_slot.get @stem.bn.running_mean : !torch.vtensor<[8],f32>
    %stem.bn.running_var = torch.global_slot.get @stem.bn.running_var : !torch.vtensor<[8],f32>
    %1 = torch.aten.batch_norm %0, %stem.bn.weight, %stem.bn.bias, %stem.bn.running_mean, %stem.bn.running_var, %training, %float6, %float7, %false {dynfault.site = "stem.bn/batch_norm"} : !torch.vtensor<[?,8,14,14],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,8,14,14],f32>
    %2 = torch.aten.relu %1 {dynfault.site = "stem.bn/relu"} : !torch.vtensor<[?,8,14,14],f32> -> !torch.vtensor<[?,8,14,14],f32>
    %block1.conv1.weight = torch.global_slot.get @block1.conv1.weight : !torch.vtensor<[8,8,3,3],f32>
    %3 = torch.aten.conv2d %2, %block1.conv1.weight, %none, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "block1.conv1/conv2d"} : !torch.vtensor<[?,8,14,14],f32>, !torch.vtensor<[8,8,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,14,14],f32>
    %block1.bn1.weight = torch.global_slot.get @block1.bn1.weight : !torch.vtensor<[8],f32>
    %block1.bn1.bias = torch.global_slot.get @block1.bn1.bias : !torch.vtensor<[8],f32>
    %block1.bn1.running_mean = torch.global_slot.get @block1.bn1.running_mean : !torch.vtensor<[8],f32>
    %block1.bn1.running_var = torch.global_slot.get @block1.bn1.running_var : !torch.vtensor<[8],f32>
    %4 = torch.aten.batch_norm %3, %block1.bn1.weight, %block1.bn1.bias, %block1.bn1.running_mean, %block1.bn1.running_var, %training, %float6, %float7, %false {dynfault.site = "block1.bn1/batch_norm"} : !torch.vtensor<[?,8,14,14],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,8,14,14],f32>
    %5 = torch.aten.relu %4 {dynfault.site = "block1/relu1"} : !torch.vtensor<[?,8,14,14],f32> -> !torch.vtensor<[?,8,14,14],f32>
    %block1.conv2.weight = torch.global_slot.get @block1.conv2.weight : !torch.vtensor<[8,8,3,3],f32>
    %6 = torch.aten.conv2d %5, %block1.conv2.weight, %none, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "block1.conv2/conv2d"} : !torch.vtensor<[?,8,14,14],f32>, !torch.vtensor<[8,8,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,14,14],f32>
    %block1.bn2.weight = torch.global_slot.get @block1.bn2.weight : !torch.vtensor<[8],f32>
    %block1.bn2.bias = torch.global_slot.get @block1.bn2.bias : !torch.vtensor<[8],f32>
    %block1.bn2.running_mean = torch.global_slot.get @block1.bn2.running_mean : !torch.vtensor<[8],f32>
    %block1.bn2.running_var = torch.global_slot.get @block1.bn2.running_var : !torch.vtensor<[8],f32>
    %7 = torch.aten.batch_norm %6, %block1.bn2.weight, %block1.bn2.bias, %block1.bn2.running_mean, %block1.bn2.running_var, %training, %float6, %float7, %false {dynfault.site = "block1.bn2/batch_norm"} : !torch.vtensor<[?,8,14,14],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.vtensor<[8],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,8,14,14],f32>
    %8 = torch.aten.add.Tensor %7, %2, %int1 {dynfault.site = "block1/add"} : !torch.vtensor<[?,8,14,14],f32>, !torch.vtensor<[?,8,14,14],f32>, !torch.int -> !torch.vtensor<[?,8,14,14],f32>
    %9 = torch.aten.relu %8 {dynfault.site = "block1/relu2"} : !torch.vtensor<[?,8,14,14],f32> -> !torch.vtensor<[?,8,14,14],f32>
    %block2.conv1.weight = torch.global_slot.get @block2.conv1.weight : !torch.vtensor<[16,8,3,3],f32>
    %10 = torch.aten.conv2d %9, %block2.conv1.weight, %none, %list_2_2, %list_1_1, %list_1_1, %int1 {dynfault.site = "block2.conv1/conv2d"} : !torch.vtensor<[?,8,14,14],f32>, !torch.vtensor<[16,8,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,7,7],f32>
    %block2.bn1.weight = torch.global_slot.get @block2.bn1.weight : !torch.vtensor<[16],f32>
    %block2.bn1.bias = torch.global_slot.get @block2.bn1.bias : !torch.vtensor<[16],f32>
    %block2.bn1.running_mean = torch.global_slot.get @block2.bn1.running_mean : !torch.vtensor<[16],f32>
    %block2.bn1.running_var = torch.global_slot.get @block2.bn1.running_var : !torch.vtensor<[16],f32>
    %11 = torch.aten.batch_norm %10, %block2.bn1.weight, %block2.bn1.bias, %block2.bn1.running_mean, %block2.bn1.running_var, %training, %float6, %float7, %false {dynfault.site = "block2.bn1/batch_norm"} : !torch.vtensor<[?,16,7,7],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,16,7,7],f32>
    %12 = torch.aten.relu %11 {dynfault.site = "block2/relu1"} : !torch.vtensor<[?,16,7,7],f32> -> !torch.vtensor<[?,16,7,7],f32>
    %block2.conv2.weight = torch.global_slot.get @block2.conv2.weight : !torch.vtensor<[16,16,3,3],f32>
    %13 = torch.aten.conv2d %12, %block2.conv2.weight, %none, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "block2.conv2/conv2d"} : !torch.vtensor<[?,16,7,7],f32>, !torch.vtensor<[16,16,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,7,7],f32>
    %block2.bn2.weight = torch.global_slot.get @block2.bn2.weight : !torch.vtensor<[16],f32>
    %block2.bn2.bias = torch.global_slot.get @block2.bn2.bias : !torch.vtensor<[16],f32>
    %block2.bn2.running_mean = torch.global_slot.get @block2.bn2.running_mean : !torch.vtensor<[16],f32>
    %block2.bn2.running_var = torch.global_slot.get @block2.bn2.running_var : !torch.vtensor<[16],f32>
    %14 = torch.aten.batch_norm %13, %block2.bn2.weight, %block2.bn2.bias, %block2.bn2.running_mean, %block2.bn2.running_var, %training, %float6, %float7, %false {dynfault.site = "block2.bn2/batch_norm"} : !torch.vtensor<[?,16,7,7],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,16,7,7],f32>
    %block2.downsample.weight = torch.global_slot.get @block2.downsample.weight : !torch.vtensor<[16,8,1,1],f32>
    %15 = torch.aten.conv2d %9, %block2.downsample.weight, %none, %list_2_2, %list_0_0, %list_1_1, %int1 {dynfault.site = "block2.downsample/conv2d"} : !torch.vtensor<[?,8,14,14],f32>, !torch.vtensor<[16,8,1,1],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,7,7],f32>
    %block2.downsample.bn.weight = torch.global_slot.get @block2.downsample.bn.weight : !torch.vtensor<[16],f32>
    %block2.downsample.bn.bias = torch.global_slot.get @block2.downsample.bn.bias : !torch.vtensor<[16],f32>
    %block2.downsample.bn.running_mean = torch.global_slot.get @block2.downsample.bn.running_mean : !torch.vtensor<[16],f32>
    %block2.downsample.bn.running_var = torch.global_slot.get @block2.downsample.bn.running_var : !torch.vtensor<[16],f32>
    %16 = torch.aten.batch_norm %15, %block2.downsample.bn.weight, %block2.downsample.bn.bias, %block2.downsample.bn.running_mean, %block2.downsample.bn.running_var, %training, %float6, %float7, %false {dynfault.site = "block2.downsample.bn/batch_norm"} : !torch.vtensor<[?,16,7,7],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,16,7,7],f32>
    %17 = torch.aten.add.Tensor %14, %16, %int1 {dynfault.site = "block2/add"} : !torch.vtensor<[?,16,7,7],f32>, !torch.vtensor<[?,16,7,7],f32>, !torch.int -> !torch.vtensor<[?,16,7,7],f32>
    %18 = torch.aten.relu %17 {dynfault.site = "block2/relu2"} : !torch.vtensor<[?,16,7,7],f32> -> !torch.vtensor<[?,16,7,7],f32>
    %19 = torch.aten.adaptive_avg_pool2d %18, %list_1_1 {dynfault.site = "pool"} : !torch.vtensor<[?,16,7,7],f32>, !torch.list<int> -> !torch.vtensor<[?,16,1,1],f32>
    %20 = torch.aten.flatten.using_ints %19, %int1, %int-1 {dynfault.site = "flatten"} : !torch.vtensor<[?,16,1,1],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,16],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[10,16],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[10],f32>
    %21 = torch.aten.linear %20, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[10,16],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %21 : !torch.vtensor<[?,10],f32>
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
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.05, momentum = 0.9, weight_decay = 1.0e-4> {lr_schedule = #dynfault.lr_schedule<multistep, milestones = [1], gamma = 0.1>}
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
