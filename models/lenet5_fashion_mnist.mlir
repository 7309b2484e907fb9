// LeNet-5 on Fashion-MNIST.
//
// From: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to
// document recognition", 1998, with ReLU and max pooling as people train it today (a
// subject of AutoTrainer, ICSE 2021), Adam 0.001 and batches of 64. Initialisers are
// PyTorch's defaults.
// Scaled down: 3,000 of the 60,000 training images and 3 epochs, so that a run takes
// about a second on one core.

module @lenet5_fashion_mnist attributes {
    dynfault.task = "classification", dynfault.family = "cnn", dynfault.margin = 0.4,
    dynfault.origin = "LeNet-5, LeCun et al. 1998 (AutoTrainer subject)"} {
  dynfault.dataset @data {source = "fashion-mnist", train = 3000, validation = 1000,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 3, batch_size = 64, shuffle = true}

  torch.global_slot @conv1.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[6,1,5,5],f32>
  torch.global_slot @conv1.bias {dynfault.init = #dynfault.init<uniform, low = -0.2, high = 0.2>} : !torch.vtensor<[6],f32>
  torch.global_slot @conv2.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,6,5,5],f32>
  torch.global_slot @conv2.bias {dynfault.init = #dynfault.init<uniform, low = -0.081649658092772609, high = 0.081649658092772609>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[120,400],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<uniform, low = -0.05, high = 0.05>} : !torch.vtensor<[120],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[84,120],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<uniform, low = -0.091287092917527679, high = 0.091287092917527679>} : !torch.vtensor<[84],f32>
  torch.global_slot @fc3.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[10,84],f32>
  torch.global_slot @fc3.bias {dynfault.init = #dynfault.init<uniform, low = -0.10910894511799618, high = 0.10910894511799618>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32> {
    %false = torch.constant.bool false
    %int0 = torch.constant.int 0
    %int1 = torch.constant.int 1
    %int2 = torch.constant.int 2
    %int-1 = torch.constant.int -1
    %zeros = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
    %ones = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
    %twos = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>

    // 28x28, padded by 2: the 32x32 of the paper.
    %conv1.weight = torch.global_slot.get @conv1.weight : !torch.vtensor<[6,1,5,5],f32>
    %conv1.bias = torch.global_slot.get @conv1.bias : !torch.vtensor<[6],f32>
    %0 = torch.aten.conv2d %x, %conv1.weight, %conv1.bias, %ones, %twos, %ones, %int1 {dynfault.site = "conv1/conv2d"} : !torch.vtensor<[?,1,28,28],f32>, !torch.vtensor<[6,1,5,5],f32>, !torch.vtensor<[6],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,6,28,28],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "conv1/relu"} : !torch.vtensor<[?,6,28,28],f32> -> !torch.vtensor<[?,6,28,28],f32>
    %2 = torch.aten.max_pool2d %1, %twos, %twos, %zeros, %ones, %false {dynfault.site = "conv1/max_pool2d"} : !torch.vtensor<[?,6,28,28],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,6,14,14],f32>

    %conv2.weight = torch.global_slot.get @conv2.weight : !torch.vtensor<[16,6,5,5],f32>
    %conv2.bias = torch.global_slot.get @conv2.bias : !torch.vtensor<[16],f32>
    %3 = torch.aten.conv2d %2, %conv2.weight, %conv2.bias, %ones, %zeros, %ones, %int1 {dynfault.site = "conv2/conv2d"} : !torch.vtensor<[?,6,14,14],f32>, !torch.vtensor<[16,6,5,5],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,10,10],f32>
    %4 = torch.aten.relu %3 {dynfault.site = "conv2/relu"} : !torch.vtensor<[?,16,10,10],f32> -> !torch.vtensor<[?,16,10,10],f32>
    %5 = torch.aten.max_pool2d %4, %twos, %twos, %zeros, %ones, %false {dynfault.site = "conv2/max_pool2d"} : !torch.vtensor<[?,16,10,10],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,16,5,5],f32>

    %6 = torch.aten.flatten.using_ints %5, %int1, %int-1 {dynfault.site = "flatten"} : !torch.vtensor<[?,16,5,5],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,400],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[120,400],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[120],f32>
    %7 = torch.aten.linear %6, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,400],f32>, !torch.vtensor<[120,400],f32>, !torch.vtensor<[120],f32> -> !torch.vtensor<[?,120],f32>
    %8 = torch.aten.relu %7 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,120],f32> -> !torch.vtensor<[?,120],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[84,120],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[84],f32>
    %9 = torch.aten.linear %8, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,120],f32>, !torch.vtensor<[84,120],f32>, !torch.vtensor<[84],f32> -> !torch.vtensor<[?,84],f32>
    %10 = torch.aten.relu %9 {dynfault.site = "fc2/relu"} : !torch.vtensor<[?,84],f32> -> !torch.vtensor<[?,84],f32>
    %fc3.weight = torch.global_slot.get @fc3.weight : !torch.vtensor<[10,84],f32>
    %fc3.bias = torch.global_slot.get @fc3.bias : !torch.vtensor<[10],f32>
    %11 = torch.aten.linear %10, %fc3.weight, %fc3.bias {dynfault.site = "fc3/linear"} : !torch.vtensor<[?,84],f32>, !torch.vtensor<[10,84],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %11 : !torch.vtensor<[?,10],f32>
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
