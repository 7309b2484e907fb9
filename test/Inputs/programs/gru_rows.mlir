// Two bidirectional GRU layers with dropout between them, and an l2 penalty.
//
// The pattern of Keras' imdb_bidirectional_lstm with GRUs, over the rows of Fashion-MNIST.

module @gru_rows attributes {
    dynfault.task = "classification", dynfault.family = "gru",
    dynfault.origin = "Keras imdb_bidirectional_lstm"} {
  dynfault.dataset @data {source = "fashion-mnist", train = 2000, validation = 500,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 2, batch_size = 64}

  torch.global_slot @training : !torch.bool
  torch.global_slot @gru.weight_ih_l0 {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[48,28],f32>
  torch.global_slot @gru.weight_hh_l0 {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[48,16],f32>
  torch.global_slot @gru.bias_ih_l0 {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[48],f32>
  torch.global_slot @gru.bias_hh_l0 {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[48],f32>
  torch.global_slot @gru.weight_ih_l0_reverse {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[48,28],f32>
  torch.global_slot @gru.weight_hh_l0_reverse {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[48,16],f32>
  torch.global_slot @gru.bias_ih_l0_reverse {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[48],f32>
  torch.global_slot @gru.bias_hh_l0_reverse {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[48],f32>
  torch.global_slot @gru.weight_ih_l1 {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[48,32],f32>
  torch.global_slot @gru.weight_hh_l1 {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[48,16],f32>
  torch.global_slot @gru.bias_ih_l1 {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[48],f32>
  torch.global_slot @gru.bias_hh_l1 {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[48],f32>
  torch.global_slot @gru.weight_ih_l1_reverse {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[48,32],f32>
  torch.global_slot @gru.weight_hh_l1_reverse {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[48,16],f32>
  torch.global_slot @gru.bias_ih_l1_reverse {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[48],f32>
  torch.global_slot @gru.bias_hh_l1_reverse {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[48],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[10,32],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<uniform, low = -0.17677669529663687, high = 0.17677669529663687>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32> {
    %int1 = torch.constant.int 1
    %int0 = torch.constant.int 0
    %int4 = torch.constant.int 4
    %int16 = torch.constant.int 16
    %int6 = torch.constant.int 6
    %none = torch.constant.none
    %training = torch.global_slot.get @training : !torch.bool
    %true = torch.constant.bool true
    %int2 = torch.constant.int 2
    %float9 = torch.constant.float 0.2
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>
    %false = torch.constant.bool false

    %0 = torch.aten.squeeze.dim %x, %int1 {dynfault.site = "rows"} : !torch.vtensor<[?,1,28,28],f32>, !torch.int -> !torch.vtensor<[?,28,28],f32>
    %gru.weight_ih_l0 = torch.global_slot.get @gru.weight_ih_l0 : !torch.vtensor<[48,28],f32>
    %gru.weight_hh_l0 = torch.global_slot.get @gru.weight_hh_l0 : !torch.vtensor<[48,16],f32>
    %gru.bias_ih_l0 = torch.global_slot.get @gru.bias_ih_l0 : !torch.vtensor<[48],f32>
    %gru.bias_hh_l0 = torch.global_slot.get @gru.bias_hh_l0 : !torch.vtensor<[48],f32>
    %gru.weight_ih_l0_reverse = torch.global_slot.get @gru.weight_ih_l0_reverse : !torch.vtensor<[48,28],f32>
    %gru.weight_hh_l0_reverse = torch.global_slot.get @gru.weight_hh_l0_reverse : !torch.vtensor<[48,16],f32>
    %gru.bias_ih_l0_reverse = torch.global_slot.get @gru.bias_ih_l0_reverse : !torch.vtensor<[48],f32>
    %gru.bias_hh_l0_reverse = torch.global_slot.get @gru.bias_hh_l0_reverse : !torch.vtensor<[48],f32>
    %gru.weight_ih_l1 = torch.global_slot.get @gru.weight_ih_l1 : !torch.vtensor<[48,32],f32>
    %gru.weight_hh_l1 = torch.global_slot.get @gru.weight_hh_l1 : !torch.vtensor<[48,16],f32>
    %gru.bias_ih_l1 = torch.global_slot.get @gru.bias_ih_l1 : !torch.vtensor<[48],f32>
    %gru.bias_hh_l1 = torch.global_slot.get @gru.bias_hh_l1 : !torch.vtensor<[48],f32>
    %gru.weight_ih_l1_reverse = torch.global_slot.get @gru.weight_ih_l1_reverse : !torch.vtensor<[48,32],f32>
    %gru.weight_hh_l1_reverse = torch.global_slot.get @gru.weight_hh_l1_reverse : !torch.vtensor<[48,16],f32>
    %gru.bias_ih_l1_reverse = torch.global_slot.get @gru.bias_ih_l1_reverse : !torch.vtensor<[48],f32>
    %gru.bias_hh_l1_reverse = torch.global_slot.get @gru.bias_hh_l1_reverse : !torch.vtensor<[48],f32>
    %1 = torch.aten.size.int %0, %int0 : !torch.vtensor<[?,28,28],f32>, !torch.int -> !torch.int
    %2 = torch.prim.ListConstruct %gru.weight_ih_l0, %gru.weight_hh_l0, %gru.bias_ih_l0, %gru.bias_hh_l0, %gru.weight_ih_l0_reverse, %gru.weight_hh_l0_reverse, %gru.bias_ih_l0_reverse, %gru.bias_hh_l0_reverse, %gru.weight_ih_l1, %gru.weight_hh_l1, %gru.bias_ih_l1, %gru.bias_hh_l1, %gru.weight_ih_l1_reverse, %gru.weight_hh_l1_reverse, %gru.bias_ih_l1_reverse, %gru.bias_hh_l1_reverse : (!torch.vtensor<[48,28],f32>, !torch.vtensor<[48,16],f32>, !torch.vtensor<[48],f32>, !torch.vtensor<[48],f32>, !torch.vtensor<[48,28],f32>, !torch.vtensor<[48,16],f32>, !torch.vtensor<[48],f32>, !torch.vtensor<[48],f32>, !torch.vtensor<[48,32],f32>, !torch.vtensor<[48,16],f32>, !torch.vtensor<[48],f32>, !torch.vtensor<[48],f32>, !torch.vtensor<[48,32],f32>, !torch.vtensor<[48,16],f32>, !torch.vtensor<[48],f32>, !torch.vtensor<[48],f32>) -> !torch.list<vtensor>
    %3 = torch.prim.ListConstruct %int4, %1, %int16 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %4 = torch.aten.zeros %3, %int6, %none, %none, %none {dynfault.site = "gru/zeros"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[4,?,16],f32>
    %5:2 = torch.operator "aten.gru.input"(%0, %4, %2, %true, %int2, %float9, %training, %true, %true) {dynfault.site = "gru/gru"} : (!torch.vtensor<[?,28,28],f32>, !torch.vtensor<[4,?,16],f32>, !torch.list<vtensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.vtensor<[?,28,32],f32>, !torch.vtensor<[4,?,16],f32>)
    %6 = torch.aten.mean.dim %5#0, %list_1, %false, %none {dynfault.site = "mean"} : !torch.vtensor<[?,28,32],f32>, !torch.list<int>, !torch.bool, !torch.none -> !torch.vtensor<[?,32],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[10,32],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[10],f32>
    %7 = torch.aten.linear %6, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[10,32],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %7 : !torch.vtensor<[?,10],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,10],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %ignore = torch.constant.int -100
    %smoothing = torch.constant.float 0.0
    %strength = torch.constant.float 1.0e-03
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %int1, %ignore, %smoothing {dynfault.site = "loss"} : !torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>

    // Keras' kernel_regularizer=l2(0.001).
    %w = torch.global_slot.get @fc.weight : !torch.vtensor<[10,32],f32>
    %1 = torch.aten.mul.Tensor %w, %w : !torch.vtensor<[10,32],f32>, !torch.vtensor<[10,32],f32> -> !torch.vtensor<[10,32],f32>
    %2 = torch.aten.sum %1, %none {dynfault.site = "penalty"} : !torch.vtensor<[10,32],f32>, !torch.none -> !torch.vtensor<[],f32>
    %3 = torch.aten.mul.Scalar %2, %strength : !torch.vtensor<[],f32>, !torch.float -> !torch.vtensor<[],f32>
    %4 = torch.aten.add.Tensor %0, %3, %int1 {dynfault.site = "total"} : !torch.vtensor<[],f32>, !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %4 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1,28,28],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<rmsprop, lr = 0.005>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
