// A convolution, two LSTMs and dense layers on eleven years of sunspots: the next year's.
//
// From: the course "Sequences, time series and prediction" (DeepLearning.AI): convolution with
// 60 filters of width 5 and ReLU that sees only the past, two LSTM layers of 60 units, dense
// 30 and 10 with ReLU, dense 1, Huber loss, SGD with momentum 0.9, windows of 60 months,
// batches of 100. Initialisers are Keras' defaults (zero for all biases).
// Scaled down: years instead of months, 16 filters and units, dense 16 and 10, batches of 32;
// the values are standardised, and the rate is 0.05 instead of 0.00001 of unscaled values. The
// margin is above what the last value as prediction reaches (R2 0.64).

module @conv_lstm_sunspots attributes {
    dynfault.task = "regression", dynfault.family = "cnn-lstm", dynfault.margin = 0.93,
    dynfault.origin = "DeepLearning.AI course on time series, sunspots"} {
  dynfault.dataset @data {source = "sunspots", train = 236, validation = 51,
      transforms = [#dynfault.transform<standardize>, #dynfault.transform<standardize_target>]}
  dynfault.schedule {epochs = 25, batch_size = 32, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @conv.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,1,5],f32>
  torch.global_slot @conv.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @lstm.weight_ih_l0 {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,16],f32>
  torch.global_slot @lstm.weight_hh_l0 {dynfault.init = #dynfault.init<orthogonal>} : !torch.vtensor<[64,16],f32>
  torch.global_slot @lstm.bias_ih_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @lstm.bias_hh_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @lstm.weight_ih_l1 {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,16],f32>
  torch.global_slot @lstm.weight_hh_l1 {dynfault.init = #dynfault.init<orthogonal>} : !torch.vtensor<[64,16],f32>
  torch.global_slot @lstm.bias_ih_l1 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @lstm.bias_hh_l1 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[10,16],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[10],f32>
  torch.global_slot @fc3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[1,10],f32>
  torch.global_slot @fc3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,11],f32>) -> !torch.vtensor<[?,1],f32> {
    %int4 = torch.constant.int 4
    %int0 = torch.constant.int 0
    %list_4_0 = torch.prim.ListConstruct %int4, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
    %float0.0 = torch.constant.float 0.0
    %int1 = torch.constant.int 1
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>
    %list_0 = torch.prim.ListConstruct %int0 : (!torch.int) -> !torch.list<int>
    %int2 = torch.constant.int 2
    %int16 = torch.constant.int 16
    %int6 = torch.constant.int 6
    %none = torch.constant.none
    %training = torch.global_slot.get @training : !torch.bool
    %true = torch.constant.bool true
    %false = torch.constant.bool false
    %int-1 = torch.constant.int -1

    // Four steps of padding in front, none behind.
    %0 = torch.aten.constant_pad_nd %x, %list_4_0, %float0.0 {dynfault.site = "conv/pad"} : !torch.vtensor<[?,1,11],f32>, !torch.list<int>, !torch.float -> !torch.vtensor<[?,1,15],f32>
    %conv.weight = torch.global_slot.get @conv.weight : !torch.vtensor<[16,1,5],f32>
    %conv.bias = torch.global_slot.get @conv.bias : !torch.vtensor<[16],f32>
    %1 = torch.aten.conv1d %0, %conv.weight, %conv.bias, %list_1, %list_0, %list_1, %int1 {dynfault.site = "conv/conv1d"} : !torch.vtensor<[?,1,15],f32>, !torch.vtensor<[16,1,5],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,11],f32>
    %2 = torch.aten.relu %1 {dynfault.site = "conv/relu"} : !torch.vtensor<[?,16,11],f32> -> !torch.vtensor<[?,16,11],f32>
    %3 = torch.aten.transpose.int %2, %int1, %int2 {dynfault.site = "steps"} : !torch.vtensor<[?,16,11],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,11,16],f32>
    %lstm.weight_ih_l0 = torch.global_slot.get @lstm.weight_ih_l0 : !torch.vtensor<[64,16],f32>
    %lstm.weight_hh_l0 = torch.global_slot.get @lstm.weight_hh_l0 : !torch.vtensor<[64,16],f32>
    %lstm.bias_ih_l0 = torch.global_slot.get @lstm.bias_ih_l0 : !torch.vtensor<[64],f32>
    %lstm.bias_hh_l0 = torch.global_slot.get @lstm.bias_hh_l0 : !torch.vtensor<[64],f32>
    %lstm.weight_ih_l1 = torch.global_slot.get @lstm.weight_ih_l1 : !torch.vtensor<[64,16],f32>
    %lstm.weight_hh_l1 = torch.global_slot.get @lstm.weight_hh_l1 : !torch.vtensor<[64,16],f32>
    %lstm.bias_ih_l1 = torch.global_slot.get @lstm.bias_ih_l1 : !torch.vtensor<[64],f32>
    %lstm.bias_hh_l1 = torch.global_slot.get @lstm.bias_hh_l1 : !torch.vtensor<[64],f32>
    %4 = torch.aten.size.int %3, %int0 : !torch.vtensor<[?,11,16],f32>, !torch.int -> !torch.int
    %5 = torch.prim.ListConstruct %int2, %4, %int16 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %6 = torch.aten.zeros %5, %int6, %none, %none, %none {dynfault.site = "lstm/zeros"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[2,?,16],f32>
    %7 = torch.aten.zeros %5, %int6, %none, %none, %none {dynfault.site = "lstm/zeros.1"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[2,?,16],f32>
    %8 = torch.prim.ListConstruct %lstm.weight_ih_l0, %lstm.weight_hh_l0, %lstm.bias_ih_l0, %lstm.bias_hh_l0, %lstm.weight_ih_l1, %lstm.weight_hh_l1, %lstm.bias_ih_l1, %lstm.bias_hh_l1 : (!torch.vtensor<[64,16],f32>, !torch.vtensor<[64,16],f32>, !torch.vtensor<[64],f32>, !torch.vtensor<[64],f32>, !torch.vtensor<[64,16],f32>, !torch.vtensor<[64,16],f32>, !torch.vtensor<[64],f32>, !torch.vtensor<[64],f32>) -> !torch.list<vtensor>
    %9 = torch.prim.ListConstruct %6, %7 : (!torch.vtensor<[2,?,16],f32>, !torch.vtensor<[2,?,16],f32>) -> !torch.list<vtensor>
    %10:3 = torch.operator "aten.lstm.input"(%3, %9, %8, %true, %int2, %float0.0, %training, %false, %true) {dynfault.site = "lstm/lstm"} : (!torch.vtensor<[?,11,16],f32>, !torch.list<vtensor>, !torch.list<vtensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.vtensor<[?,11,16],f32>, !torch.vtensor<[2,?,16],f32>, !torch.vtensor<[2,?,16],f32>)
    %11 = torch.aten.select.int %10#0, %int1, %int-1 {dynfault.site = "last"} : !torch.vtensor<[?,11,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,16],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[16,16],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[16],f32>
    %12 = torch.aten.linear %11, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16],f32>
    %13 = torch.aten.relu %12 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,16],f32> -> !torch.vtensor<[?,16],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[10,16],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[10],f32>
    %14 = torch.aten.linear %13, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[10,16],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    %15 = torch.aten.relu %14 {dynfault.site = "fc2/relu"} : !torch.vtensor<[?,10],f32> -> !torch.vtensor<[?,10],f32>
    %fc3.weight = torch.global_slot.get @fc3.weight : !torch.vtensor<[1,10],f32>
    %fc3.bias = torch.global_slot.get @fc3.bias : !torch.vtensor<[1],f32>
    %16 = torch.aten.linear %15, %fc3.weight, %fc3.bias {dynfault.site = "fc3/linear"} : !torch.vtensor<[?,10],f32>, !torch.vtensor<[1,10],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %16 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %int1 = torch.constant.int 1
    %float1.0 = torch.constant.float 1.0
    %0 = torch.aten.huber_loss %output, %target, %int1, %float1.0 {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1,11],f32>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,11],f32>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.05, momentum = 0.9>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
