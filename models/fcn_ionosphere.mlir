// A fully convolutional network over time: good or bad radar returns from the ionosphere.
//
// From: keras.io, "Timeseries classification from scratch" (Wang, Yan, Oates, "Time series
// classification from scratch with deep neural networks", 2017): three times convolution (64
// filters of width 3), batch normalisation and ReLU, mean over time, softmax; Adam 0.001,
// batches of 32. Initialisers are Keras' defaults.
// Scaled down: 32 filters instead of 64, 20 epochs instead of 500, and running statistics that
// follow ten times as fast (0.1) for so few steps; 17 pulses, complex numbers in two channels,
// instead of 500 samples in one.

module @fcn_ionosphere attributes {
    dynfault.task = "classification", dynfault.family = "time-series-cnn", dynfault.margin = 0.1,
    dynfault.origin = "keras.io timeseries classification from scratch"} {
  dynfault.dataset @data {source = "ionosphere", train = 250, validation = 100}
  dynfault.schedule {epochs = 20, batch_size = 32, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @conv1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,2,3],f32>
  torch.global_slot @conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn1.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn1.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @conv2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,32,3],f32>
  torch.global_slot @conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn2.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn2.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @conv3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,32,3],f32>
  torch.global_slot @conv3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn3.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn3.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn3.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[2,32],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[2],f32>

  func.func @forward(%x: !torch.vtensor<[?,34],f32>) -> !torch.vtensor<[?,2],f32> {
    %int-1 = torch.constant.int -1
    %int17 = torch.constant.int 17
    %int2 = torch.constant.int 2
    %list_m1_17_2 = torch.prim.ListConstruct %int-1, %int17, %int2 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %int1 = torch.constant.int 1
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>
    %training = torch.global_slot.get @training : !torch.bool
    %float0.1 = torch.constant.float 0.1
    %float0.001 = torch.constant.float 0.001
    %false = torch.constant.bool false
    %list_2 = torch.prim.ListConstruct %int2 : (!torch.int) -> !torch.list<int>
    %none = torch.constant.none

    // 17 pulses, the real and the imaginary part of each.
    %0 = torch.aten.view %x, %list_m1_17_2 {dynfault.site = "pulses/view"} : !torch.vtensor<[?,34],f32>, !torch.list<int> -> !torch.vtensor<[?,17,2],f32>
    %1 = torch.aten.transpose.int %0, %int1, %int2 {dynfault.site = "pulses/transpose"} : !torch.vtensor<[?,17,2],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,17],f32>

    %conv1.weight = torch.global_slot.get @conv1.weight : !torch.vtensor<[32,2,3],f32>
    %conv1.bias = torch.global_slot.get @conv1.bias : !torch.vtensor<[32],f32>
    %2 = torch.aten.conv1d %1, %conv1.weight, %conv1.bias, %list_1, %list_1, %list_1, %int1 {dynfault.site = "conv1/conv1d"} : !torch.vtensor<[?,2,17],f32>, !torch.vtensor<[32,2,3],f32>, !torch.vtensor<[32],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,32,17],f32>
    %bn1.weight = torch.global_slot.get @bn1.weight : !torch.vtensor<[32],f32>
    %bn1.bias = torch.global_slot.get @bn1.bias : !torch.vtensor<[32],f32>
    %bn1.running_mean = torch.global_slot.get @bn1.running_mean : !torch.vtensor<[32],f32>
    %bn1.running_var = torch.global_slot.get @bn1.running_var : !torch.vtensor<[32],f32>
    %3 = torch.aten.batch_norm %2, %bn1.weight, %bn1.bias, %bn1.running_mean, %bn1.running_var, %training, %float0.1, %float0.001, %false {dynfault.site = "bn1/batch_norm"} : !torch.vtensor<[?,32,17],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,32,17],f32>
    %4 = torch.aten.relu %3 {dynfault.site = "conv1/relu"} : !torch.vtensor<[?,32,17],f32> -> !torch.vtensor<[?,32,17],f32>

    %conv2.weight = torch.global_slot.get @conv2.weight : !torch.vtensor<[32,32,3],f32>
    %conv2.bias = torch.global_slot.get @conv2.bias : !torch.vtensor<[32],f32>
    %5 = torch.aten.conv1d %4, %conv2.weight, %conv2.bias, %list_1, %list_1, %list_1, %int1 {dynfault.site = "conv2/conv1d"} : !torch.vtensor<[?,32,17],f32>, !torch.vtensor<[32,32,3],f32>, !torch.vtensor<[32],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,32,17],f32>
    %bn2.weight = torch.global_slot.get @bn2.weight : !torch.vtensor<[32],f32>
    %bn2.bias = torch.global_slot.get @bn2.bias : !torch.vtensor<[32],f32>
    %bn2.running_mean = torch.global_slot.get @bn2.running_mean : !torch.vtensor<[32],f32>
    %bn2.running_var = torch.global_slot.get @bn2.running_var : !torch.vtensor<[32],f32>
    %6 = torch.aten.batch_norm %5, %bn2.weight, %bn2.bias, %bn2.running_mean, %bn2.running_var, %training, %float0.1, %float0.001, %false {dynfault.site = "bn2/batch_norm"} : !torch.vtensor<[?,32,17],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,32,17],f32>
    %7 = torch.aten.relu %6 {dynfault.site = "conv2/relu"} : !torch.vtensor<[?,32,17],f32> -> !torch.vtensor<[?,32,17],f32>

    %conv3.weight = torch.global_slot.get @conv3.weight : !torch.vtensor<[32,32,3],f32>
    %conv3.bias = torch.global_slot.get @conv3.bias : !torch.vtensor<[32],f32>
    %8 = torch.aten.conv1d %7, %conv3.weight, %conv3.bias, %list_1, %list_1, %list_1, %int1 {dynfault.site = "conv3/conv1d"} : !torch.vtensor<[?,32,17],f32>, !torch.vtensor<[32,32,3],f32>, !torch.vtensor<[32],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,32,17],f32>
    %bn3.weight = torch.global_slot.get @bn3.weight : !torch.vtensor<[32],f32>
    %bn3.bias = torch.global_slot.get @bn3.bias : !torch.vtensor<[32],f32>
    %bn3.running_mean = torch.global_slot.get @bn3.running_mean : !torch.vtensor<[32],f32>
    %bn3.running_var = torch.global_slot.get @bn3.running_var : !torch.vtensor<[32],f32>
    %9 = torch.aten.batch_norm %8, %bn3.weight, %bn3.bias, %bn3.running_mean, %bn3.running_var, %training, %float0.1, %float0.001, %false {dynfault.site = "bn3/batch_norm"} : !torch.vtensor<[?,32,17],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,32,17],f32>
    %10 = torch.aten.relu %9 {dynfault.site = "conv3/relu"} : !torch.vtensor<[?,32,17],f32> -> !torch.vtensor<[?,32,17],f32>

    %11 = torch.aten.mean.dim %10, %list_2, %false, %none {dynfault.site = "pool/mean"} : !torch.vtensor<[?,32,17],f32>, !torch.list<int>, !torch.bool, !torch.none -> !torch.vtensor<[?,32],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[2,32],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[2],f32>
    %12 = torch.aten.linear %11, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[2,32],f32>, !torch.vtensor<[2],f32> -> !torch.vtensor<[?,2],f32>
    return %12 : !torch.vtensor<[?,2],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,2],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %int-100 = torch.constant.int -100
    %float0.0 = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %int1, %int-100, %float0.0 {dynfault.site = "loss"} : !torch.vtensor<[?,2],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,34],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,34],f32>) -> !torch.vtensor<[?,2],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,2],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
