// Two convolutions without pooling between them that read handwritten digits.
//
// From: pytorch/examples, mnist/main.py: conv 32-conv 64-pool-dropout 0.25-128-dropout 0.5-10,
// ReLU, negative log-likelihood, Adadelta with a rate of 1.0 that is multiplied by 0.7 after
// each epoch (StepLR), batches of 64. Initialisers are PyTorch's defaults.
// Scaled down: 8, 16 and 32 channels and units instead of 32, 64 and 128, 1,280 of the 60,000
// images, 5 of 14 epochs.

module @cnn_mnist attributes {
    dynfault.task = "classification", dynfault.family = "cnn", dynfault.margin = 0.6,
    dynfault.origin = "pytorch/examples, mnist"} {
  dynfault.dataset @data {source = "mnist", train = 1280, validation = 1000,
      transforms = [#dynfault.transform<unit>, #dynfault.transform<normalize, mean = 0.1307, std = 0.3081>]}
  dynfault.schedule {epochs = 5, batch_size = 64, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @conv1.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[8,1,3,3],f32>
  torch.global_slot @conv1.bias {dynfault.init = #dynfault.init<uniform, low = -0.3333333333333333, high = 0.3333333333333333>} : !torch.vtensor<[8],f32>
  torch.global_slot @conv2.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,8,3,3],f32>
  torch.global_slot @conv2.bias {dynfault.init = #dynfault.init<uniform, low = -0.11785113019775793, high = 0.11785113019775793>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[32,2304],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<uniform, low = -0.020833333333333332, high = 0.020833333333333332>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[10,32],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<uniform, low = -0.17677669529663687, high = 0.17677669529663687>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32> {
    %int1 = torch.constant.int 1
    %list_1_1 = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %list_0_0 = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
    %int2 = torch.constant.int 2
    %list_2_2 = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
    %false = torch.constant.bool false
    %training = torch.global_slot.get @training : !torch.bool
    %p25 = torch.constant.float 0.25
    %int-1 = torch.constant.int -1
    %p50 = torch.constant.float 0.5
    %none = torch.constant.none
    %conv1.weight = torch.global_slot.get @conv1.weight : !torch.vtensor<[8,1,3,3],f32>
    %conv1.bias = torch.global_slot.get @conv1.bias : !torch.vtensor<[8],f32>
    %0 = torch.aten.conv2d %x, %conv1.weight, %conv1.bias, %list_1_1, %list_0_0, %list_1_1, %int1 {dynfault.site = "conv1/conv2d"} : !torch.vtensor<[?,1,28,28],f32>, !torch.vtensor<[8,1,3,3],f32>, !torch.vtensor<[8],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,26,26],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "conv1/relu"} : !torch.vtensor<[?,8,26,26],f32> -> !torch.vtensor<[?,8,26,26],f32>
    %conv2.weight = torch.global_slot.get @conv2.weight : !torch.vtensor<[16,8,3,3],f32>
    %conv2.bias = torch.global_slot.get @conv2.bias : !torch.vtensor<[16],f32>
    %2 = torch.aten.conv2d %1, %conv2.weight, %conv2.bias, %list_1_1, %list_0_0, %list_1_1, %int1 {dynfault.site = "conv2/conv2d"} : !torch.vtensor<[?,8,26,26],f32>, !torch.vtensor<[16,8,3,3],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,24,24],f32>
    %3 = torch.aten.relu %2 {dynfault.site = "conv2/relu"} : !torch.vtensor<[?,16,24,24],f32> -> !torch.vtensor<[?,16,24,24],f32>
    %4 = torch.aten.max_pool2d %3, %list_2_2, %list_2_2, %list_0_0, %list_1_1, %false {dynfault.site = "conv2/max_pool2d"} : !torch.vtensor<[?,16,24,24],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,16,12,12],f32>
    %5 = torch.aten.dropout %4, %p25, %training {dynfault.site = "conv2/dropout"} : !torch.vtensor<[?,16,12,12],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,12,12],f32>
    %6 = torch.aten.flatten.using_ints %5, %int1, %int-1 {dynfault.site = "flatten"} : !torch.vtensor<[?,16,12,12],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2304],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[32,2304],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[32],f32>
    %7 = torch.aten.linear %6, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,2304],f32>, !torch.vtensor<[32,2304],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,32],f32>
    %8 = torch.aten.relu %7 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,32],f32> -> !torch.vtensor<[?,32],f32>
    %9 = torch.aten.dropout %8, %p50, %training {dynfault.site = "fc1/dropout"} : !torch.vtensor<[?,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,32],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[10,32],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[10],f32>
    %10 = torch.aten.linear %9, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[10,32],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    %11 = torch.aten.log_softmax.int %10, %int1, %none {dynfault.site = "log_softmax"} : !torch.vtensor<[?,10],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,10],f32>
    return %11 : !torch.vtensor<[?,10],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,10],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %ignore = torch.constant.int -100
    %0 = torch.aten.nll_loss_nd %output, %target, %none, %mean, %ignore {dynfault.site = "loss"} : !torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1,28,28],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adadelta, lr = 1.0> {lr_schedule = #dynfault.lr_schedule<step, step_size = 1, gamma = 0.7>}
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
