// An LSTM over a day's temperatures: the one twelve hours later.
//
// From: keras.io, "Timeseries forecasting for weather prediction": an LSTM of 32 units and a
// dense layer, Adam 0.001, batches of 256, squared error, normalised values, twelve hours
// ahead. Initialisers are Keras' defaults (zero for all biases).
// Scaled down: 24 hourly values of one quantity instead of 120 of seven, 5,120 of 6,972
// windows, 24 units instead of 32, 9 epochs of 10. The mean of the training part, most of a
// year, is far from that of autumn, so the margin is large (to R2 0.35; the last value as
// prediction reaches 0.20).

module @lstm_seattle_temperatures attributes {
    dynfault.task = "regression", dynfault.family = "lstm", dynfault.margin = 6.58,
    dynfault.origin = "keras.io timeseries forecasting for weather prediction"} {
  dynfault.dataset @data {source = "seattle-temperatures-12-hours", train = 5120, validation = 1500,
      transforms = [#dynfault.transform<standardize>, #dynfault.transform<standardize_target>]}
  dynfault.schedule {epochs = 9, batch_size = 256, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @lstm.weight_ih_l0 {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[96,1],f32>
  torch.global_slot @lstm.weight_hh_l0 {dynfault.init = #dynfault.init<orthogonal>} : !torch.vtensor<[96,24],f32>
  torch.global_slot @lstm.bias_ih_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[96],f32>
  torch.global_slot @lstm.bias_hh_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[96],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[1,24],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,24,1],f32>) -> !torch.vtensor<[?,1],f32> {
    %int0 = torch.constant.int 0
    %int1 = torch.constant.int 1
    %int24 = torch.constant.int 24
    %int6 = torch.constant.int 6
    %none = torch.constant.none
    %training = torch.global_slot.get @training : !torch.bool
    %true = torch.constant.bool true
    %float0.0 = torch.constant.float 0.0
    %false = torch.constant.bool false
    %int-1 = torch.constant.int -1

    %lstm.weight_ih_l0 = torch.global_slot.get @lstm.weight_ih_l0 : !torch.vtensor<[96,1],f32>
    %lstm.weight_hh_l0 = torch.global_slot.get @lstm.weight_hh_l0 : !torch.vtensor<[96,24],f32>
    %lstm.bias_ih_l0 = torch.global_slot.get @lstm.bias_ih_l0 : !torch.vtensor<[96],f32>
    %lstm.bias_hh_l0 = torch.global_slot.get @lstm.bias_hh_l0 : !torch.vtensor<[96],f32>
    %0 = torch.aten.size.int %x, %int0 : !torch.vtensor<[?,24,1],f32>, !torch.int -> !torch.int
    %1 = torch.prim.ListConstruct %int1, %0, %int24 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %2 = torch.aten.zeros %1, %int6, %none, %none, %none {dynfault.site = "lstm/zeros"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,24],f32>
    %3 = torch.aten.zeros %1, %int6, %none, %none, %none {dynfault.site = "lstm/zeros.1"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,24],f32>
    %4 = torch.prim.ListConstruct %lstm.weight_ih_l0, %lstm.weight_hh_l0, %lstm.bias_ih_l0, %lstm.bias_hh_l0 : (!torch.vtensor<[96,1],f32>, !torch.vtensor<[96,24],f32>, !torch.vtensor<[96],f32>, !torch.vtensor<[96],f32>) -> !torch.list<vtensor>
    %5 = torch.prim.ListConstruct %2, %3 : (!torch.vtensor<[1,?,24],f32>, !torch.vtensor<[1,?,24],f32>) -> !torch.list<vtensor>
    %6:3 = torch.operator "aten.lstm.input"(%x, %5, %4, %true, %int1, %float0.0, %training, %false, %true) {dynfault.site = "lstm/lstm"} : (!torch.vtensor<[?,24,1],f32>, !torch.list<vtensor>, !torch.list<vtensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.vtensor<[?,24,24],f32>, !torch.vtensor<[1,?,24],f32>, !torch.vtensor<[1,?,24],f32>)
    %7 = torch.aten.select.int %6#0, %int1, %int-1 {dynfault.site = "last"} : !torch.vtensor<[?,24,24],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,24],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[1,24],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[1],f32>
    %8 = torch.aten.linear %7, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,24],f32>, !torch.vtensor<[1,24],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %8 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %int1 = torch.constant.int 1
    %0 = torch.aten.mse_loss %output, %target, %int1 {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,24,1],f32>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,24,1],f32>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
