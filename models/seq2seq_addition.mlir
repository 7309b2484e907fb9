// An LSTM reads a sum of two numbers and another one writes the result, digit by digit.
//
// From: keras.io, "Sequence to sequence learning for performing number addition": characters
// as unit vectors, question backwards, an LSTM of 128 units as encoder, its last state
// repeated for each digit of the answer, an LSTM of 128 units as decoder, dense, softmax, Adam
// 0.001, batches of 32. Initialisers are Keras' defaults (zero for all biases).
// Scaled down: 64 units, numbers of two digits instead of three, 2,000 of 45,000 sums, 12
// epochs of 30.

module @seq2seq_addition attributes {
    dynfault.task = "classification", dynfault.family = "seq2seq", dynfault.margin = 0.1,
    dynfault.origin = "keras.io addition_rnn"} {
  dynfault.dataset @data {source = "addition-2-digits", train = 2000, validation = 500}
  dynfault.schedule {epochs = 12, batch_size = 32, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @encoder.weight_ih_l0 {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[256,12],f32>
  torch.global_slot @encoder.weight_hh_l0 {dynfault.init = #dynfault.init<orthogonal>} : !torch.vtensor<[256,64],f32>
  torch.global_slot @encoder.bias_ih_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[256],f32>
  torch.global_slot @encoder.bias_hh_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[256],f32>
  torch.global_slot @decoder.weight_ih_l0 {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[256,64],f32>
  torch.global_slot @decoder.weight_hh_l0 {dynfault.init = #dynfault.init<orthogonal>} : !torch.vtensor<[256,64],f32>
  torch.global_slot @decoder.bias_ih_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[256],f32>
  torch.global_slot @decoder.bias_hh_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[256],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[12,64],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[12],f32>

  func.func @forward(%x: !torch.vtensor<[?,5],si64>) -> !torch.vtensor<[?,12,3],f32> {
    %int12 = torch.constant.int 12
    %int6 = torch.constant.int 6
    %false = torch.constant.bool false
    %none = torch.constant.none
    %int0 = torch.constant.int 0
    %int1 = torch.constant.int 1
    %int64 = torch.constant.int 64
    %training = torch.global_slot.get @training : !torch.bool
    %true = torch.constant.bool true
    %float0.0 = torch.constant.float 0.0
    %int-1 = torch.constant.int -1
    %int3 = torch.constant.int 3
    %list_m1_3_m1 = torch.prim.ListConstruct %int-1, %int3, %int-1 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %int2 = torch.constant.int 2

    %0 = torch.aten.one_hot %x, %int12 {dynfault.site = "characters/one_hot"} : !torch.vtensor<[?,5],si64>, !torch.int -> !torch.vtensor<[?,5,12],si64>
    %1 = torch.aten.to.dtype %0, %int6, %false, %false, %none {dynfault.site = "characters/to"} : !torch.vtensor<[?,5,12],si64>, !torch.int, !torch.bool, !torch.bool, !torch.none -> !torch.vtensor<[?,5,12],f32>
    %encoder.weight_ih_l0 = torch.global_slot.get @encoder.weight_ih_l0 : !torch.vtensor<[256,12],f32>
    %encoder.weight_hh_l0 = torch.global_slot.get @encoder.weight_hh_l0 : !torch.vtensor<[256,64],f32>
    %encoder.bias_ih_l0 = torch.global_slot.get @encoder.bias_ih_l0 : !torch.vtensor<[256],f32>
    %encoder.bias_hh_l0 = torch.global_slot.get @encoder.bias_hh_l0 : !torch.vtensor<[256],f32>
    %2 = torch.aten.size.int %1, %int0 : !torch.vtensor<[?,5,12],f32>, !torch.int -> !torch.int
    %3 = torch.prim.ListConstruct %int1, %2, %int64 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %4 = torch.aten.zeros %3, %int6, %none, %none, %none {dynfault.site = "encoder/zeros"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,64],f32>
    %5 = torch.aten.zeros %3, %int6, %none, %none, %none {dynfault.site = "encoder/zeros.1"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,64],f32>
    %6 = torch.prim.ListConstruct %encoder.weight_ih_l0, %encoder.weight_hh_l0, %encoder.bias_ih_l0, %encoder.bias_hh_l0 : (!torch.vtensor<[256,12],f32>, !torch.vtensor<[256,64],f32>, !torch.vtensor<[256],f32>, !torch.vtensor<[256],f32>) -> !torch.list<vtensor>
    %7 = torch.prim.ListConstruct %4, %5 : (!torch.vtensor<[1,?,64],f32>, !torch.vtensor<[1,?,64],f32>) -> !torch.list<vtensor>
    %8:3 = torch.operator "aten.lstm.input"(%1, %7, %6, %true, %int1, %float0.0, %training, %false, %true) {dynfault.site = "encoder/lstm"} : (!torch.vtensor<[?,5,12],f32>, !torch.list<vtensor>, !torch.list<vtensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.vtensor<[?,5,64],f32>, !torch.vtensor<[1,?,64],f32>, !torch.vtensor<[1,?,64],f32>)
    %9 = torch.aten.select.int %8#0, %int1, %int-1 {dynfault.site = "encoder/last"} : !torch.vtensor<[?,5,64],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,64],f32>

    // The question as a whole, once for each digit of the answer.
    %10 = torch.aten.unsqueeze %9, %int1 {dynfault.site = "repeat/unsqueeze"} : !torch.vtensor<[?,64],f32>, !torch.int -> !torch.vtensor<[?,1,64],f32>
    %11 = torch.aten.expand %10, %list_m1_3_m1, %false {dynfault.site = "repeat/expand"} : !torch.vtensor<[?,1,64],f32>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,3,64],f32>
    %decoder.weight_ih_l0 = torch.global_slot.get @decoder.weight_ih_l0 : !torch.vtensor<[256,64],f32>
    %decoder.weight_hh_l0 = torch.global_slot.get @decoder.weight_hh_l0 : !torch.vtensor<[256,64],f32>
    %decoder.bias_ih_l0 = torch.global_slot.get @decoder.bias_ih_l0 : !torch.vtensor<[256],f32>
    %decoder.bias_hh_l0 = torch.global_slot.get @decoder.bias_hh_l0 : !torch.vtensor<[256],f32>
    %12 = torch.aten.size.int %11, %int0 : !torch.vtensor<[?,3,64],f32>, !torch.int -> !torch.int
    %13 = torch.prim.ListConstruct %int1, %12, %int64 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %14 = torch.aten.zeros %13, %int6, %none, %none, %none {dynfault.site = "decoder/zeros"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,64],f32>
    %15 = torch.aten.zeros %13, %int6, %none, %none, %none {dynfault.site = "decoder/zeros.1"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,64],f32>
    %16 = torch.prim.ListConstruct %decoder.weight_ih_l0, %decoder.weight_hh_l0, %decoder.bias_ih_l0, %decoder.bias_hh_l0 : (!torch.vtensor<[256,64],f32>, !torch.vtensor<[256,64],f32>, !torch.vtensor<[256],f32>, !torch.vtensor<[256],f32>) -> !torch.list<vtensor>
    %17 = torch.prim.ListConstruct %14, %15 : (!torch.vtensor<[1,?,64],f32>, !torch.vtensor<[1,?,64],f32>) -> !torch.list<vtensor>
    %18:3 = torch.operator "aten.lstm.input"(%11, %17, %16, %true, %int1, %float0.0, %training, %false, %true) {dynfault.site = "decoder/lstm"} : (!torch.vtensor<[?,3,64],f32>, !torch.list<vtensor>, !torch.list<vtensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.vtensor<[?,3,64],f32>, !torch.vtensor<[1,?,64],f32>, !torch.vtensor<[1,?,64],f32>)
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[12,64],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[12],f32>
    %19 = torch.aten.linear %18#0, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,3,64],f32>, !torch.vtensor<[12,64],f32>, !torch.vtensor<[12],f32> -> !torch.vtensor<[?,3,12],f32>
    %20 = torch.aten.transpose.int %19, %int1, %int2 {dynfault.site = "scores"} : !torch.vtensor<[?,3,12],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,12,3],f32>
    return %20 : !torch.vtensor<[?,12,3],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,12,3],f32>, %target: !torch.vtensor<[?,3],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %int-100 = torch.constant.int -100
    %float0.0 = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %int1, %int-100, %float0.0 {dynfault.site = "loss"} : !torch.vtensor<[?,12,3],f32>, !torch.vtensor<[?,3],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,5],si64>, %target: !torch.vtensor<[?,3],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,5],si64>) -> !torch.vtensor<[?,12,3],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,12,3],f32>, !torch.vtensor<[?,3],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
