// Convolutions in one dimension, one of them depthwise, over the rows of an image.
//
// The pattern of Keras' time series classification with a fully convolutional net, with a
// depthwise separable layer and pooling, on Fashion-MNIST: rows are channels.

module @conv1d_rows attributes {
    dynfault.task = "classification", dynfault.family = "conv1d",
    dynfault.origin = "Keras timeseries classification"} {
  dynfault.dataset @data {source = "fashion-mnist", train = 2000, validation = 500,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 2, batch_size = 64}

  torch.global_slot @training : !torch.bool
  torch.global_slot @conv1.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,28,7],f32>
  torch.global_slot @conv1.bias {dynfault.init = #dynfault.init<uniform, low = -0.071428571428571425, high = 0.071428571428571425>} : !torch.vtensor<[16],f32>
  torch.global_slot @bn1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @bn1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @bn1.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @bn1.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @conv2.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,1,3],f32>
  torch.global_slot @conv2.bias {dynfault.init = #dynfault.init<uniform, low = -0.57735026918962584, high = 0.57735026918962584>} : !torch.vtensor<[16],f32>
  torch.global_slot @conv3.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[24,16,1],f32>
  torch.global_slot @conv3.bias {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[24],f32>
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[32,168],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[10,32],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<uniform, low = -0.17677669529663687, high = 0.17677669529663687>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32> {
    %int1 = torch.constant.int 1
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>
    %int3 = torch.constant.int 3
    %list_3 = torch.prim.ListConstruct %int3 : (!torch.int) -> !torch.list<int>
    %training = torch.global_slot.get @training : !torch.bool
    %float5 = torch.constant.float 0.1
    %float6 = torch.constant.float 1.0e-05
    %false = torch.constant.bool false
    %int2 = torch.constant.int 2
    %list_2 = torch.prim.ListConstruct %int2 : (!torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %list_0 = torch.prim.ListConstruct %int0 : (!torch.int) -> !torch.list<int>
    %int16 = torch.constant.int 16
    %true = torch.constant.bool true
    %int-1 = torch.constant.int -1
    %int168 = torch.constant.int 168
    %list_m1_168 = torch.prim.ListConstruct %int-1, %int168 : (!torch.int, !torch.int) -> !torch.list<int>
    %none = torch.constant.none

    %0 = torch.aten.squeeze.dim %x, %int1 {dynfault.site = "rows"} : !torch.vtensor<[?,1,28,28],f32>, !torch.int -> !torch.vtensor<[?,28,28],f32>
    %conv1.weight = torch.global_slot.get @conv1.weight : !torch.vtensor<[16,28,7],f32>
    %conv1.bias = torch.global_slot.get @conv1.bias : !torch.vtensor<[16],f32>
    %1 = torch.aten.conv1d %0, %conv1.weight, %conv1.bias, %list_1, %list_3, %list_1, %int1 {dynfault.site = "conv1/conv1d"} : !torch.vtensor<[?,28,28],f32>, !torch.vtensor<[16,28,7],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,28],f32>
    %bn1.weight = torch.global_slot.get @bn1.weight : !torch.vtensor<[16],f32>
    %bn1.bias = torch.global_slot.get @bn1.bias : !torch.vtensor<[16],f32>
    %bn1.running_mean = torch.global_slot.get @bn1.running_mean : !torch.vtensor<[16],f32>
    %bn1.running_var = torch.global_slot.get @bn1.running_var : !torch.vtensor<[16],f32>
    %2 = torch.aten.batch_norm %1, %bn1.weight, %bn1.bias, %bn1.running_mean, %bn1.running_var, %training, %float5, %float6, %false {dynfault.site = "bn1/batch_norm"} : !torch.vtensor<[?,16,28],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,16,28],f32>
    %3 = torch.aten.relu %2 {dynfault.site = "conv1/relu"} : !torch.vtensor<[?,16,28],f32> -> !torch.vtensor<[?,16,28],f32>
    %4 = torch.aten.max_pool1d %3, %list_2, %list_2, %list_0, %list_1, %false {dynfault.site = "conv1/max_pool1d"} : !torch.vtensor<[?,16,28],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,16,14],f32>
    %conv2.weight = torch.global_slot.get @conv2.weight : !torch.vtensor<[16,1,3],f32>
    %conv2.bias = torch.global_slot.get @conv2.bias : !torch.vtensor<[16],f32>
    %5 = torch.aten.conv1d %4, %conv2.weight, %conv2.bias, %list_1, %list_1, %list_1, %int16 {dynfault.site = "conv2/conv1d"} : !torch.vtensor<[?,16,14],f32>, !torch.vtensor<[16,1,3],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,14],f32>
    %conv3.weight = torch.global_slot.get @conv3.weight : !torch.vtensor<[24,16,1],f32>
    %conv3.bias = torch.global_slot.get @conv3.bias : !torch.vtensor<[24],f32>
    %6 = torch.aten.conv1d %5, %conv3.weight, %conv3.bias, %list_1, %list_0, %list_1, %int1 {dynfault.site = "conv3/conv1d"} : !torch.vtensor<[?,16,14],f32>, !torch.vtensor<[24,16,1],f32>, !torch.vtensor<[24],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,24,14],f32>
    %7 = torch.aten.relu %6 {dynfault.site = "conv3/relu"} : !torch.vtensor<[?,24,14],f32> -> !torch.vtensor<[?,24,14],f32>
    %8 = torch.aten.avg_pool1d %7, %list_2, %list_2, %list_0, %false, %true {dynfault.site = "conv3/avg_pool1d"} : !torch.vtensor<[?,24,14],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool, !torch.bool -> !torch.vtensor<[?,24,7],f32>
    %9 = torch.aten.view %8, %list_m1_168 {dynfault.site = "flatten"} : !torch.vtensor<[?,24,7],f32>, !torch.list<int> -> !torch.vtensor<[?,168],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[32,168],f32>
    %10 = torch.aten.linear %9, %fc1.weight, %none {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,168],f32>, !torch.vtensor<[32,168],f32>, !torch.none -> !torch.vtensor<[?,32],f32>
    %11 = torch.aten.tanh %10 {dynfault.site = "fc1/tanh"} : !torch.vtensor<[?,32],f32> -> !torch.vtensor<[?,32],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[10,32],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[10],f32>
    %12 = torch.aten.linear %11, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[10,32],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %12 : !torch.vtensor<[?,10],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,10],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %ignore = torch.constant.int -100
    %smoothing = torch.constant.float 0.0
    %strength = torch.constant.float 5.0e-04
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %int1, %ignore, %smoothing {dynfault.site = "loss"} : !torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>

    // Keras' kernel_regularizer=l2(0.0005).
    %w = torch.global_slot.get @fc1.weight : !torch.vtensor<[32,168],f32>
    %1 = torch.aten.mul.Tensor %w, %w : !torch.vtensor<[32,168],f32>, !torch.vtensor<[32,168],f32> -> !torch.vtensor<[32,168],f32>
    %2 = torch.aten.sum %1, %none {dynfault.site = "penalty"} : !torch.vtensor<[32,168],f32>, !torch.none -> !torch.vtensor<[],f32>
    %3 = torch.aten.mul.Scalar %2, %strength : !torch.vtensor<[],f32>, !torch.float -> !torch.vtensor<[],f32>
    %4 = torch.aten.add.Tensor %0, %3, %int1 {dynfault.site = "total"} : !torch.vtensor<[],f32>, !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %4 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1,28,28],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001> {lr_schedule = #dynfault.lr_schedule<exponential, gamma = 0.9, warmup = 1>}
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
