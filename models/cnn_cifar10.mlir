// Four convolutions with dropout on colour photographs.
//
// From: keras examples, cifar10_cnn.py: conv 32-conv 32-pool-dropout 0.25-conv 64-conv
// 64-pool-dropout 0.25-512-dropout 0.5-10, ReLU, RMSprop with a rate of 0.0001, batches of 32,
// cross entropy. Keras' RMSprop has a decay of 0.9 and an epsilon of 1e-7; initialisers are
// Keras' defaults.
// Scaled down: 8, 16 and 64 channels and units instead of 32, 64 and 512, 1,280 of the 50,000
// images, 5 epochs, no shifted and mirrored images, and a rate of 0.002 so that so few steps
// suffice.

module @cnn_cifar10 attributes {
    dynfault.task = "classification", dynfault.family = "cnn", dynfault.margin = 0.05,
    dynfault.origin = "Keras cifar10_cnn"} {
  dynfault.dataset @data {source = "cifar10", train = 1280, validation = 500,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 5, batch_size = 32, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @conv1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[8,3,3,3],f32>
  torch.global_slot @conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @conv2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[8,8,3,3],f32>
  torch.global_slot @conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @conv3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,8,3,3],f32>
  torch.global_slot @conv3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @conv4.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16,3,3],f32>
  torch.global_slot @conv4.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,576],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[10,64],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,3,32,32],f32>) -> !torch.vtensor<[?,10],f32> {
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
    %conv1.weight = torch.global_slot.get @conv1.weight : !torch.vtensor<[8,3,3,3],f32>
    %conv1.bias = torch.global_slot.get @conv1.bias : !torch.vtensor<[8],f32>
    %0 = torch.aten.conv2d %x, %conv1.weight, %conv1.bias, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "conv1/conv2d"} : !torch.vtensor<[?,3,32,32],f32>, !torch.vtensor<[8,3,3,3],f32>, !torch.vtensor<[8],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,32,32],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "conv1/relu"} : !torch.vtensor<[?,8,32,32],f32> -> !torch.vtensor<[?,8,32,32],f32>
    %conv2.weight = torch.global_slot.get @conv2.weight : !torch.vtensor<[8,8,3,3],f32>
    %conv2.bias = torch.global_slot.get @conv2.bias : !torch.vtensor<[8],f32>
    %2 = torch.aten.conv2d %1, %conv2.weight, %conv2.bias, %list_1_1, %list_0_0, %list_1_1, %int1 {dynfault.site = "conv2/conv2d"} : !torch.vtensor<[?,8,32,32],f32>, !torch.vtensor<[8,8,3,3],f32>, !torch.vtensor<[8],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,30,30],f32>
    %3 = torch.aten.relu %2 {dynfault.site = "conv2/relu"} : !torch.vtensor<[?,8,30,30],f32> -> !torch.vtensor<[?,8,30,30],f32>
    %4 = torch.aten.max_pool2d %3, %list_2_2, %list_2_2, %list_0_0, %list_1_1, %false {dynfault.site = "conv2/max_pool2d"} : !torch.vtensor<[?,8,30,30],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,8,15,15],f32>
    %5 = torch.aten.dropout %4, %p25, %training {dynfault.site = "conv2/dropout"} : !torch.vtensor<[?,8,15,15],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,8,15,15],f32>
    %conv3.weight = torch.global_slot.get @conv3.weight : !torch.vtensor<[16,8,3,3],f32>
    %conv3.bias = torch.global_slot.get @conv3.bias : !torch.vtensor<[16],f32>
    %6 = torch.aten.conv2d %5, %conv3.weight, %conv3.bias, %list_1_1, %list_1_1, %list_1_1, %int1 {dynfault.site = "conv3/conv2d"} : !torch.vtensor<[?,8,15,15],f32>, !torch.vtensor<[16,8,3,3],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,15,15],f32>
    %7 = torch.aten.relu %6 {dynfault.site = "conv3/relu"} : !torch.vtensor<[?,16,15,15],f32> -> !torch.vtensor<[?,16,15,15],f32>
    %conv4.weight = torch.global_slot.get @conv4.weight : !torch.vtensor<[16,16,3,3],f32>
    %conv4.bias = torch.global_slot.get @conv4.bias : !torch.vtensor<[16],f32>
    %8 = torch.aten.conv2d %7, %conv4.weight, %conv4.bias, %list_1_1, %list_0_0, %list_1_1, %int1 {dynfault.site = "conv4/conv2d"} : !torch.vtensor<[?,16,15,15],f32>, !torch.vtensor<[16,16,3,3],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,13,13],f32>
    %9 = torch.aten.relu %8 {dynfault.site = "conv4/relu"} : !torch.vtensor<[?,16,13,13],f32> -> !torch.vtensor<[?,16,13,13],f32>
    %10 = torch.aten.max_pool2d %9, %list_2_2, %list_2_2, %list_0_0, %list_1_1, %false {dynfault.site = "conv4/max_pool2d"} : !torch.vtensor<[?,16,13,13],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,16,6,6],f32>
    %11 = torch.aten.dropout %10, %p25, %training {dynfault.site = "conv4/dropout"} : !torch.vtensor<[?,16,6,6],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,6,6],f32>
    %12 = torch.aten.flatten.using_ints %11, %int1, %int-1 {dynfault.site = "flatten"} : !torch.vtensor<[?,16,6,6],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,576],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[64,576],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[64],f32>
    %13 = torch.aten.linear %12, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,576],f32>, !torch.vtensor<[64,576],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,64],f32>
    %14 = torch.aten.relu %13 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,64],f32> -> !torch.vtensor<[?,64],f32>
    %15 = torch.aten.dropout %14, %p50, %training {dynfault.site = "fc1/dropout"} : !torch.vtensor<[?,64],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,64],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[10,64],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[10],f32>
    %16 = torch.aten.linear %15, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[10,64],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %16 : !torch.vtensor<[?,10],f32>
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
    dynfault.optimizer_step #dynfault.optimizer<rmsprop, lr = 0.002, alpha = 0.9, eps = 1.0e-07>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
