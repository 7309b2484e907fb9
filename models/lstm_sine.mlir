// Two layers of LSTM follow sine waves: each value to the next.
//
// From: pytorch/examples time_sequence_prediction: two LSTM cells of 51 units one after the
// other and a dense layer, squared error, the whole data in each step; Adam with rate 0.01
// instead of L-BFGS with 0.8. Initialisers are PyTorch's defaults.
// Scaled down: 24 units, 39 of 999 steps of waves whose period is half as long. The margin is
// above what the last value as prediction reaches (R2 0.990).

module @lstm_sine attributes {
    dynfault.task = "regression", dynfault.family = "lstm", dynfault.margin = 1.244,
    dynfault.origin = "pytorch/examples time_sequence_prediction"} {
  dynfault.dataset @data {source = "sine", train = 70, validation = 30}
  dynfault.schedule {epochs = 80, batch_size = 70, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @lstm.weight_ih_l0 {dynfault.init = #dynfault.init<uniform, low = -0.20412414523193154, high = 0.20412414523193154>} : !torch.vtensor<[96,1],f32>
  torch.global_slot @lstm.weight_hh_l0 {dynfault.init = #dynfault.init<uniform, low = -0.20412414523193154, high = 0.20412414523193154>} : !torch.vtensor<[96,24],f32>
  torch.global_slot @lstm.bias_ih_l0 {dynfault.init = #dynfault.init<uniform, low = -0.20412414523193154, high = 0.20412414523193154>} : !torch.vtensor<[96],f32>
  torch.global_slot @lstm.bias_hh_l0 {dynfault.init = #dynfault.init<uniform, low = -0.20412414523193154, high = 0.20412414523193154>} : !torch.vtensor<[96],f32>
  torch.global_slot @lstm.weight_ih_l1 {dynfault.init = #dynfault.init<uniform, low = -0.20412414523193154, high = 0.20412414523193154>} : !torch.vtensor<[96,24],f32>
  torch.global_slot @lstm.weight_hh_l1 {dynfault.init = #dynfault.init<uniform, low = -0.20412414523193154, high = 0.20412414523193154>} : !torch.vtensor<[96,24],f32>
  torch.global_slot @lstm.bias_ih_l1 {dynfault.init = #dynfault.init<uniform, low = -0.20412414523193154, high = 0.20412414523193154>} : !torch.vtensor<[96],f32>
  torch.global_slot @lstm.bias_hh_l1 {dynfault.init = #dynfault.init<uniform, low = -0.20412414523193154, high = 0.20412414523193154>} : !torch.vtensor<[96],f32>
  torch.global_slot @linear.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[1,24],f32>
  torch.global_slot @linear.bias {dynfault.init = #dynfault.init<uniform, low = -0.20412414523193154, high = 0.20412414523193154>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,39],f32>) -> !torch.vtensor<[?,39],f32> {
    %int2 = torch.constant.int 2
    %int0 = torch.constant.int 0
    %int24 = torch.constant.int 24
    %int6 = torch.constant.int 6
    %none = torch.constant.none
    %training = torch.global_slot.get @training : !torch.bool
    %true = torch.constant.bool true
    %float0.0 = torch.constant.float 0.0
    %false = torch.constant.bool false

    %0 = torch.aten.unsqueeze %x, %int2 {dynfault.site = "values"} : !torch.vtensor<[?,39],f32>, !torch.int -> !torch.vtensor<[?,39,1],f32>
    %lstm.weight_ih_l0 = torch.global_slot.get @lstm.weight_ih_l0 : !torch.vtensor<[96,1],f32>
    %lstm.weight_hh_l0 = torch.global_slot.get @lstm.weight_hh_l0 : !torch.vtensor<[96,24],f32>
    %lstm.bias_ih_l0 = torch.global_slot.get @lstm.bias_ih_l0 : !torch.vtensor<[96],f32>
    %lstm.bias_hh_l0 = torch.global_slot.get @lstm.bias_hh_l0 : !torch.vtensor<[96],f32>
    %lstm.weight_ih_l1 = torch.global_slot.get @lstm.weight_ih_l1 : !torch.vtensor<[96,24],f32>
    %lstm.weight_hh_l1 = torch.global_slot.get @lstm.weight_hh_l1 : !torch.vtensor<[96,24],f32>
    %lstm.bias_ih_l1 = torch.global_slot.get @lstm.bias_ih_l1 : !torch.vtensor<[96],f32>
    %lstm.bias_hh_l1 = torch.global_slot.get @lstm.bias_hh_l1 : !torch.vtensor<[96],f32>
    %1 = torch.aten.size.int %0, %int0 : !torch.vtensor<[?,39,1],f32>, !torch.int -> !torch.int
    %2 = torch.prim.ListConstruct %int2, %1, %int24 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %3 = torch.aten.zeros %2, %int6, %none, %none, %none {dynfault.site = "lstm/zeros"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[2,?,24],f32>
    %4 = torch.aten.zeros %2, %int6, %none, %none, %none {dynfault.site = "lstm/zeros.1"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[2,?,24],f32>
    %5 = torch.prim.ListConstruct %lstm.weight_ih_l0, %lstm.weight_hh_l0, %lstm.bias_ih_l0, %lstm.bias_hh_l0, %lstm.weight_ih_l1, %lstm.weight_hh_l1, %lstm.bias_ih_l1, %lstm.bias_hh_l1 : (!torch.vtensor<[96,1],f32>, !torch.vtensor<[96,24],f32>, !torch.vtensor<[96],f32>, !torch.vtensor<[96],f32>, !torch.vtensor<[96,24],f32>, !torch.vtensor<[96,24],f32>, !torch.vtensor<[96],f32>, !torch.vtensor<[96],f32>) -> !torch.list<vtensor>
    %6 = torch.prim.ListConstruct %3, %4 : (!torch.vtensor<[2,?,24],f32>, !torch.vtensor<[2,?,24],f32>) -> !torch.list<vtensor>
    %7:3 = torch.operator "aten.lstm.input"(%0, %6, %5, %true, %int2, %float0.0, %training, %false, %true) {dynfault.site = "lstm/lstm"} : (!torch.vtensor<[?,39,1],f32>, !torch.list<vtensor>, !torch.list<vtensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.vtensor<[?,39,24],f32>, !torch.vtensor<[2,?,24],f32>, !torch.vtensor<[2,?,24],f32>)
    %linear.weight = torch.global_slot.get @linear.weight : !torch.vtensor<[1,24],f32>
    %linear.bias = torch.global_slot.get @linear.bias : !torch.vtensor<[1],f32>
    %8 = torch.aten.linear %7#0, %linear.weight, %linear.bias {dynfault.site = "linear/linear"} : !torch.vtensor<[?,39,24],f32>, !torch.vtensor<[1,24],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,39,1],f32>
    %9 = torch.aten.squeeze.dim %8, %int2 {dynfault.site = "output"} : !torch.vtensor<[?,39,1],f32>, !torch.int -> !torch.vtensor<[?,39],f32>
    return %9 : !torch.vtensor<[?,39],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,39],f32>, %target: !torch.vtensor<[?,39],f32>) -> !torch.vtensor<[],f32> {
    %int1 = torch.constant.int 1
    %0 = torch.aten.mse_loss %output, %target, %int1 {dynfault.site = "loss"} : !torch.vtensor<[?,39],f32>, !torch.vtensor<[?,39],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,39],f32>, %target: !torch.vtensor<[?,39],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,39],f32>) -> !torch.vtensor<[?,39],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,39],f32>, !torch.vtensor<[?,39],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.01>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
