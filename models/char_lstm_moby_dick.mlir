// An LSTM that writes a novel: the next character after a window of the text.
//
// From: Keras' lstm_text_generation, on Moby Dick: characters as unit vectors, LSTM 128,
// dense, softmax, RMSprop 0.01, batches of 128. Initialisers are Keras' defaults (zero for all
// biases).
// Scaled down: 32 units, windows of 20 instead of 40 characters, 10,000 of 393,860 windows in
// 2 epochs.

module @char_lstm_moby_dick attributes {
    dynfault.task = "classification", dynfault.family = "lstm-language-model", dynfault.margin = 0.08,
    dynfault.origin = "Keras lstm_text_generation"} {
  dynfault.dataset @data {source = "moby-dick", train = 10000, validation = 1500}
  dynfault.schedule {epochs = 2, batch_size = 128, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @lstm.weight_ih_l0 {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[128,64],f32>
  torch.global_slot @lstm.weight_hh_l0 {dynfault.init = #dynfault.init<orthogonal>} : !torch.vtensor<[128,32],f32>
  torch.global_slot @lstm.bias_ih_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[128],f32>
  torch.global_slot @lstm.bias_hh_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[128],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,32],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>

  func.func @forward(%x: !torch.vtensor<[?,20],si64>) -> !torch.vtensor<[?,64],f32> {
    %int64 = torch.constant.int 64
    %int6 = torch.constant.int 6
    %false = torch.constant.bool false
    %none = torch.constant.none
    %int0 = torch.constant.int 0
    %int1 = torch.constant.int 1
    %int32 = torch.constant.int 32
    %training = torch.global_slot.get @training : !torch.bool
    %true = torch.constant.bool true
    %float0.0 = torch.constant.float 0.0
    %int-1 = torch.constant.int -1

    %0 = torch.aten.one_hot %x, %int64 {dynfault.site = "characters/one_hot"} : !torch.vtensor<[?,20],si64>, !torch.int -> !torch.vtensor<[?,20,64],si64>
    %1 = torch.aten.to.dtype %0, %int6, %false, %false, %none {dynfault.site = "characters/to"} : !torch.vtensor<[?,20,64],si64>, !torch.int, !torch.bool, !torch.bool, !torch.none -> !torch.vtensor<[?,20,64],f32>
    %lstm.weight_ih_l0 = torch.global_slot.get @lstm.weight_ih_l0 : !torch.vtensor<[128,64],f32>
    %lstm.weight_hh_l0 = torch.global_slot.get @lstm.weight_hh_l0 : !torch.vtensor<[128,32],f32>
    %lstm.bias_ih_l0 = torch.global_slot.get @lstm.bias_ih_l0 : !torch.vtensor<[128],f32>
    %lstm.bias_hh_l0 = torch.global_slot.get @lstm.bias_hh_l0 : !torch.vtensor<[128],f32>
    %2 = torch.aten.size.int %1, %int0 : !torch.vtensor<[?,20,64],f32>, !torch.int -> !torch.int
    %3 = torch.prim.ListConstruct %int1, %2, %int32 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %4 = torch.aten.zeros %3, %int6, %none, %none, %none {dynfault.site = "lstm/zeros"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,32],f32>
    %5 = torch.aten.zeros %3, %int6, %none, %none, %none {dynfault.site = "lstm/zeros.1"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,32],f32>
    %6 = torch.prim.ListConstruct %lstm.weight_ih_l0, %lstm.weight_hh_l0, %lstm.bias_ih_l0, %lstm.bias_hh_l0 : (!torch.vtensor<[128,64],f32>, !torch.vtensor<[128,32],f32>, !torch.vtensor<[128],f32>, !torch.vtensor<[128],f32>) -> !torch.list<vtensor>
    %7 = torch.prim.ListConstruct %4, %5 : (!torch.vtensor<[1,?,32],f32>, !torch.vtensor<[1,?,32],f32>) -> !torch.list<vtensor>
    %8:3 = torch.operator "aten.lstm.input"(%1, %7, %6, %true, %int1, %float0.0, %training, %false, %true) {dynfault.site = "lstm/lstm"} : (!torch.vtensor<[?,20,64],f32>, !torch.list<vtensor>, !torch.list<vtensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.vtensor<[?,20,32],f32>, !torch.vtensor<[1,?,32],f32>, !torch.vtensor<[1,?,32],f32>)
    %9 = torch.aten.select.int %8#0, %int1, %int-1 {dynfault.site = "last"} : !torch.vtensor<[?,20,32],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,32],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[64,32],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[64],f32>
    %10 = torch.aten.linear %9, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[64,32],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,64],f32>
    return %10 : !torch.vtensor<[?,64],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,64],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %int-100 = torch.constant.int -100
    %float0.0 = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %int1, %int-100, %float0.0 {dynfault.site = "loss"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,20],si64>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,20],si64>) -> !torch.vtensor<[?,64],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,64],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<rmsprop, lr = 0.01, alpha = 0.9, eps = 1.0e-7>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
