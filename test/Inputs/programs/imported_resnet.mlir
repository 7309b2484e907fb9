// The residual network as an importer of TorchScript brings it in: tensors without value
// semantics and without shapes, in-place operations, and a trace's forms of convolution and
// linear layer.

module @imported_resnet attributes {
    dynfault.task = "classification", dynfault.family = "resnet",
    dynfault.origin = "torchvision BasicBlock"} {
  dynfault.dataset @data {source = "fashion-mnist", train = 2000, validation = 500,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 2, batch_size = 64}

  torch.global_slot @training : !torch.bool
  torch.global_slot @stem.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.tensor<[8,1,3,3],f32>
  torch.global_slot @stem.bn.weight {dynfault.init = #dynfault.init<ones>} : !torch.tensor<[8],f32>
  torch.global_slot @stem.bn.bias {dynfault.init = #dynfault.init<zeros>} : !torch.tensor<[8],f32>
  torch.global_slot @stem.bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.tensor<[8],f32>
  torch.global_slot @stem.bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.tensor<[8],f32>
  torch.global_slot @block1.conv1.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.tensor<[8,8,3,3],f32>
  torch.global_slot @block1.bn1.weight {dynfault.init = #dynfault.init<ones>} : !torch.tensor<[8],f32>
  torch.global_slot @block1.bn1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.tensor<[8],f32>
  torch.global_slot @block1.bn1.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.tensor<[8],f32>
  torch.global_slot @block1.bn1.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.tensor<[8],f32>
  torch.global_slot @block1.conv2.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.tensor<[8,8,3,3],f32>
  torch.global_slot @block1.bn2.weight {dynfault.init = #dynfault.init<ones>} : !torch.tensor<[8],f32>
  torch.global_slot @block1.bn2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.tensor<[8],f32>
  torch.global_slot @block1.bn2.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.tensor<[8],f32>
  torch.global_slot @block1.bn2.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.tensor<[8],f32>
  torch.global_slot @block2.conv1.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.tensor<[16,8,3,3],f32>
  torch.global_slot @block2.bn1.weight {dynfault.init = #dynfault.init<ones>} : !torch.tensor<[16],f32>
  torch.global_slot @block2.bn1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.tensor<[16],f32>
  torch.global_slot @block2.bn1.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.tensor<[16],f32>
  torch.global_slot @block2.bn1.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.tensor<[16],f32>
  torch.global_slot @block2.conv2.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.tensor<[16,16,3,3],f32>
  torch.global_slot @block2.bn2.weight {dynfault.init = #dynfault.init<ones>} : !torch.tensor<[16],f32>
  torch.global_slot @block2.bn2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.tensor<[16],f32>
  torch.global_slot @block2.bn2.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.tensor<[16],f32>
  torch.global_slot @block2.bn2.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.tensor<[16],f32>
  torch.global_slot @block2.downsample.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.tensor<[16,8,1,1],f32>
  torch.global_slot @block2.downsample.bn.weight {dynfault.init = #dynfault.init<ones>} : !torch.tensor<[16],f32>
  torch.global_slot @block2.downsample.bn.bias {dynfault.init = #dynfault.init<zeros>} : !torch.tensor<[16],f32>
  torch.global_slot @block2.downsample.bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.tensor<[16],f32>
  torch.global_slot @block2.downsample.bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.tensor<[16],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.tensor<[10,16],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.tensor<[10],f32>

  func.func @forward(%x: !torch.tensor<[?,1,28,28],f32>) -> !torch.tensor {
    %none = torch.constant.none
    %int2 = torch.constant.int 2
    %list_2_2 = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
    %int1 = torch.constant.int 1
    %list_1_1 = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
    %false = torch.constant.bool false
    %int0 = torch.constant.int 0
    %list_0_0 = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
    %true = torch.constant.bool true
    %training = torch.global_slot.get @training : !torch.bool
    %float10 = torch.constant.float 0.1
    %float11 = torch.constant.float 1.0e-05
    %int-1 = torch.constant.int -1

    %stem.weight = torch.global_slot.get @stem.weight : !torch.tensor<[8,1,3,3],f32>
    %0 = torch.aten._convolution %x, %stem.weight, %none, %list_2_2, %list_1_1, %list_1_1, %false, %list_0_0, %int1, %false, %false, %true, %true {dynfault.site = "stem/_convolution"} : !torch.tensor<[?,1,28,28],f32>, !torch.tensor<[8,1,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool, !torch.list<int>, !torch.int, !torch.bool, !torch.bool, !torch.bool, !torch.bool -> !torch.tensor
    %stem.bn.weight = torch.global_slot.get @stem.bn.weight : !torch.tensor<[8],f32>
    %stem.bn.bias = torch.global_slot.get @stem.bn.bias : !torch.tensor<[8],f32>
    %stem.bn.running_mean = torch.global_slot.get @stem.bn.running_mean : !torch.tensor<[8],f32>
    %stem.bn.running_var = torch.global_slot.get @stem.bn.running_var : !torch.tensor<[8],f32>
    %1 = torch.aten.batch_norm %0, %stem.bn.weight, %stem.bn.bias, %stem.bn.running_mean, %stem.bn.running_var, %training, %float10, %float11, %false {dynfault.site = "stem.bn/batch_norm"} : !torch.tensor, !torch.tensor<[8],f32>, !torch.tensor<[8],f32>, !torch.tensor<[8],f32>, !torch.tensor<[8],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.tensor
    %2 = torch.aten.relu_ %1 {dynfault.site = "stem.bn/relu"} : !torch.tensor -> !torch.tensor
    %block1.conv1.weight = torch.global_slot.get @block1.conv1.weight : !torch.tensor<[8,8,3,3],f32>
    %3 = torch.aten._convolution %2, %block1.conv1.weight, %none, %list_1_1, %list_1_1, %list_1_1, %false, %list_0_0, %int1, %false, %false, %true, %true {dynfault.site = "block1.conv1/_convolution"} : !torch.tensor, !torch.tensor<[8,8,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool, !torch.list<int>, !torch.int, !torch.bool, !torch.bool, !torch.bool, !torch.bool -> !torch.tensor
    %block1.bn1.weight = torch.global_slot.get @block1.bn1.weight : !torch.tensor<[8],f32>
    %block1.bn1.bias = torch.global_slot.get @block1.bn1.bias : !torch.tensor<[8],f32>
    %block1.bn1.running_mean = torch.global_slot.get @block1.bn1.running_mean : !torch.tensor<[8],f32>
    %block1.bn1.running_var = torch.global_slot.get @block1.bn1.running_var : !torch.tensor<[8],f32>
    %4 = torch.aten.batch_norm %3, %block1.bn1.weight, %block1.bn1.bias, %block1.bn1.running_mean, %block1.bn1.running_var, %training, %float10, %float11, %false {dynfault.site = "block1.bn1/batch_norm"} : !torch.tensor, !torch.tensor<[8],f32>, !torch.tensor<[8],f32>, !torch.tensor<[8],f32>, !torch.tensor<[8],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.tensor
    %5 = torch.aten.relu_ %4 {dynfault.site = "block1/relu1"} : !torch.tensor -> !torch.tensor
    %block1.conv2.weight = torch.global_slot.get @block1.conv2.weight : !torch.tensor<[8,8,3,3],f32>
    %6 = torch.aten._convolution %5, %block1.conv2.weight, %none, %list_1_1, %list_1_1, %list_1_1, %false, %list_0_0, %int1, %false, %false, %true, %true {dynfault.site = "block1.conv2/_convolution"} : !torch.tensor, !torch.tensor<[8,8,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool, !torch.list<int>, !torch.int, !torch.bool, !torch.bool, !torch.bool, !torch.bool -> !torch.tensor
    %block1.bn2.weight = torch.global_slot.get @block1.bn2.weight : !torch.tensor<[8],f32>
    %block1.bn2.bias = torch.global_slot.get @block1.bn2.bias : !torch.tensor<[8],f32>
    %block1.bn2.running_mean = torch.global_slot.get @block1.bn2.running_mean : !torch.tensor<[8],f32>
    %block1.bn2.running_var = torch.global_slot.get @block1.bn2.running_var : !torch.tensor<[8],f32>
    %7 = torch.aten.batch_norm %6, %block1.bn2.weight, %block1.bn2.bias, %block1.bn2.running_mean, %block1.bn2.running_var, %training, %float10, %float11, %false {dynfault.site = "block1.bn2/batch_norm"} : !torch.tensor, !torch.tensor<[8],f32>, !torch.tensor<[8],f32>, !torch.tensor<[8],f32>, !torch.tensor<[8],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.tensor
    %8 = torch.aten.add_.Tensor %7, %2, %int1 {dynfault.site = "block1/add"} : !torch.tensor, !torch.tensor, !torch.int -> !torch.tensor
    %9 = torch.aten.relu_ %8 {dynfault.site = "block1/relu2"} : !torch.tensor -> !torch.tensor
    %block2.conv1.weight = torch.global_slot.get @block2.conv1.weight : !torch.tensor<[16,8,3,3],f32>
    %10 = torch.aten._convolution %9, %block2.conv1.weight, %none, %list_2_2, %list_1_1, %list_1_1, %false, %list_0_0, %int1, %false, %false, %true, %true {dynfault.site = "block2.conv1/_convolution"} : !torch.tensor, !torch.tensor<[16,8,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool, !torch.list<int>, !torch.int, !torch.bool, !torch.bool, !torch.bool, !torch.bool -> !torch.tensor
    %block2.bn1.weight = torch.global_slot.get @block2.bn1.weight : !torch.tensor<[16],f32>
    %block2.bn1.bias = torch.global_slot.get @block2.bn1.bias : !torch.tensor<[16],f32>
    %block2.bn1.running_mean = torch.global_slot.get @block2.bn1.running_mean : !torch.tensor<[16],f32>
    %block2.bn1.running_var = torch.global_slot.get @block2.bn1.running_var : !torch.tensor<[16],f32>
    %11 = torch.aten.batch_norm %10, %block2.bn1.weight, %block2.bn1.bias, %block2.bn1.running_mean, %block2.bn1.running_var, %training, %float10, %float11, %false {dynfault.site = "block2.bn1/batch_norm"} : !torch.tensor, !torch.tensor<[16],f32>, !torch.tensor<[16],f32>, !torch.tensor<[16],f32>, !torch.tensor<[16],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.tensor
    %12 = torch.aten.relu_ %11 {dynfault.site = "block2/relu1"} : !torch.tensor -> !torch.tensor
    %block2.conv2.weight = torch.global_slot.get @block2.conv2.weight : !torch.tensor<[16,16,3,3],f32>
    %13 = torch.aten._convolution %12, %block2.conv2.weight, %none, %list_1_1, %list_1_1, %list_1_1, %false, %list_0_0, %int1, %false, %false, %true, %true {dynfault.site = "block2.conv2/_convolution"} : !torch.tensor, !torch.tensor<[16,16,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool, !torch.list<int>, !torch.int, !torch.bool, !torch.bool, !torch.bool, !torch.bool -> !torch.tensor
    %block2.bn2.weight = torch.global_slot.get @block2.bn2.weight : !torch.tensor<[16],f32>
    %block2.bn2.bias = torch.global_slot.get @block2.bn2.bias : !torch.tensor<[16],f32>
    %block2.bn2.running_mean = torch.global_slot.get @block2.bn2.running_mean : !torch.tensor<[16],f32>
    %block2.bn2.running_var = torch.global_slot.get @block2.bn2.running_var : !torch.tensor<[16],f32>
    %14 = torch.aten.batch_norm %13, %block2.bn2.weight, %block2.bn2.bias, %block2.bn2.running_mean, %block2.bn2.running_var, %training, %float10, %float11, %false {dynfault.site = "block2.bn2/batch_norm"} : !torch.tensor, !torch.tensor<[16],f32>, !torch.tensor<[16],f32>, !torch.tensor<[16],f32>, !torch.tensor<[16],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.tensor
    %block2.downsample.weight = torch.global_slot.get @block2.downsample.weight : !torch.tensor<[16,8,1,1],f32>
    %15 = torch.aten._convolution %9, %block2.downsample.weight, %none, %list_2_2, %list_0_0, %list_1_1, %false, %list_0_0, %int1, %false, %false, %true, %true {dynfault.site = "block2.downsample/_convolution"} : !torch.tensor, !torch.tensor<[16,8,1,1],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool, !torch.list<int>, !torch.int, !torch.bool, !torch.bool, !torch.bool, !torch.bool -> !torch.tensor
    %block2.downsample.bn.weight = torch.global_slot.get @block2.downsample.bn.weight : !torch.tensor<[16],f32>
    %block2.downsample.bn.bias = torch.global_slot.get @block2.downsample.bn.bias : !torch.tensor<[16],f32>
    %block2.downsample.bn.running_mean = torch.global_slot.get @block2.downsample.bn.running_mean : !torch.tensor<[16],f32>
    %block2.downsample.bn.running_var = torch.global_slot.get @block2.downsample.bn.running_var : !torch.tensor<[16],f32>
    %16 = torch.aten.batch_norm %15, %block2.downsample.bn.weight, %block2.downsample.bn.bias, %block2.downsample.bn.running_mean, %block2.downsample.bn.running_var, %training, %float10, %float11, %false {dynfault.site = "block2.downsample.bn/batch_norm"} : !torch.tensor, !torch.tensor<[16],f32>, !torch.tensor<[16],f32>, !torch.tensor<[16],f32>, !torch.tensor<[16],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.tensor
    %17 = torch.aten.add_.Tensor %14, %16, %int1 {dynfault.site = "block2/add"} : !torch.tensor, !torch.tensor, !torch.int -> !torch.tensor
    %18 = torch.aten.relu_ %17 {dynfault.site = "block2/relu2"} : !torch.tensor -> !torch.tensor
    %19 = torch.aten.adaptive_avg_pool2d %18, %list_1_1 {dynfault.site = "pool"} : !torch.tensor, !torch.list<int> -> !torch.tensor
    %20 = torch.aten.flatten.using_ints %19, %int1, %int-1 {dynfault.site = "flatten"} : !torch.tensor, !torch.int, !torch.int -> !torch.tensor
    %fc.weight = torch.global_slot.get @fc.weight : !torch.tensor<[10,16],f32>
    %21 = torch.aten.t %fc.weight {dynfault.site = "fc/t"} : !torch.tensor<[10,16],f32> -> !torch.tensor
    %fc.bias = torch.global_slot.get @fc.bias : !torch.tensor<[10],f32>
    %22 = torch.aten.addmm %fc.bias, %20, %21, %int1, %int1 {dynfault.site = "fc/addmm"} : !torch.tensor<[10],f32>, !torch.tensor, !torch.tensor, !torch.int, !torch.int -> !torch.tensor
    return %22 : !torch.tensor
  }

  func.func @loss(%output: !torch.tensor, %target: !torch.tensor<[?],si64>) -> !torch.tensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %ignore = torch.constant.int -100
    %smoothing = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %mean, %ignore, %smoothing {dynfault.site = "loss"} : !torch.tensor, !torch.tensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.tensor<[],f32>
    return %0 : !torch.tensor<[],f32>
  }

  dynfault.training_step(%x: !torch.tensor<[?,1,28,28],f32>, %target: !torch.tensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.tensor<[?,1,28,28],f32>) -> !torch.tensor
    %loss = func.call @loss(%output, %target) : (!torch.tensor, !torch.tensor<[?],si64>) -> !torch.tensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.tensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.05, momentum = 0.9>
    dynfault.yield %loss : !torch.tensor<[],f32>
  }
}
