// An LSTM over the words of a film review: its sentiment.
//
// From: Keras' imdb_lstm: vectors of 128 numbers, LSTM 128, one logit, Adam 0.001, batches of
// 32, binary cross entropy. Keras' dropout of 0.2 on the LSTM's inputs stands between the two.
// Initialisers are Keras' defaults (zero for all biases).
// Scaled down: 32 numbers and units, 2,500 of 25,000 reviews, the last 30 of 80 words of each,
// the 5,000 most frequent words instead of 20,000, 3 epochs of 15.

module @lstm_imdb attributes {
    dynfault.task = "classification", dynfault.family = "lstm", dynfault.margin = 0.1,
    dynfault.origin = "Keras imdb_lstm"} {
  dynfault.dataset @data {source = "imdb-5000-words", train = 2500, validation = 1000}
  dynfault.schedule {epochs = 3, batch_size = 32, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @embedding.weight {dynfault.init = #dynfault.init<uniform, low = -0.05, high = 0.05>} : !torch.vtensor<[5000,32],f32>
  torch.global_slot @lstm.weight_ih_l0 {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[128,32],f32>
  torch.global_slot @lstm.weight_hh_l0 {dynfault.init = #dynfault.init<orthogonal>} : !torch.vtensor<[128,32],f32>
  torch.global_slot @lstm.bias_ih_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[128],f32>
  torch.global_slot @lstm.bias_hh_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[128],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[1,32],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,30],si64>) -> !torch.vtensor<[?,1],f32> {
    %int-1 = torch.constant.int -1
    %false = torch.constant.bool false
    %training = torch.global_slot.get @training : !torch.bool
    %float0.2 = torch.constant.float 0.2
    %int0 = torch.constant.int 0
    %int1 = torch.constant.int 1
    %int32 = torch.constant.int 32
    %int6 = torch.constant.int 6
    %none = torch.constant.none
    %true = torch.constant.bool true
    %float0.0 = torch.constant.float 0.0

    %embedding.weight = torch.global_slot.get @embedding.weight : !torch.vtensor<[5000,32],f32>
    %0 = torch.aten.embedding %embedding.weight, %x, %int-1, %false, %false {dynfault.site = "embedding/embedding"} : !torch.vtensor<[5000,32],f32>, !torch.vtensor<[?,30],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[?,30,32],f32>
    %1 = torch.aten.dropout %0, %float0.2, %training {dynfault.site = "embedding/dropout"} : !torch.vtensor<[?,30,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,30,32],f32>
    %lstm.weight_ih_l0 = torch.global_slot.get @lstm.weight_ih_l0 : !torch.vtensor<[128,32],f32>
    %lstm.weight_hh_l0 = torch.global_slot.get @lstm.weight_hh_l0 : !torch.vtensor<[128,32],f32>
    %lstm.bias_ih_l0 = torch.global_slot.get @lstm.bias_ih_l0 : !torch.vtensor<[128],f32>
    %lstm.bias_hh_l0 = torch.global_slot.get @lstm.bias_hh_l0 : !torch.vtensor<[128],f32>
    %2 = torch.aten.size.int %1, %int0 : !torch.vtensor<[?,30,32],f32>, !torch.int -> !torch.int
    %3 = torch.prim.ListConstruct %int1, %2, %int32 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %4 = torch.aten.zeros %3, %int6, %none, %none, %none {dynfault.site = "lstm/zeros"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,32],f32>
    %5 = torch.aten.zeros %3, %int6, %none, %none, %none {dynfault.site = "lstm/zeros.1"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,32],f32>
    %6 = torch.prim.ListConstruct %lstm.weight_ih_l0, %lstm.weight_hh_l0, %lstm.bias_ih_l0, %lstm.bias_hh_l0 : (!torch.vtensor<[128,32],f32>, !torch.vtensor<[128,32],f32>, !torch.vtensor<[128],f32>, !torch.vtensor<[128],f32>) -> !torch.list<vtensor>
    %7 = torch.prim.ListConstruct %4, %5 : (!torch.vtensor<[1,?,32],f32>, !torch.vtensor<[1,?,32],f32>) -> !torch.list<vtensor>
    %8:3 = torch.operator "aten.lstm.input"(%1, %7, %6, %true, %int1, %float0.0, %training, %false, %true) {dynfault.site = "lstm/lstm"} : (!torch.vtensor<[?,30,32],f32>, !torch.list<vtensor>, !torch.list<vtensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.vtensor<[?,30,32],f32>, !torch.vtensor<[1,?,32],f32>, !torch.vtensor<[1,?,32],f32>)
    %9 = torch.aten.select.int %8#0, %int1, %int-1 {dynfault.site = "last"} : !torch.vtensor<[?,30,32],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,32],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[1,32],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[1],f32>
    %10 = torch.aten.linear %9, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[1,32],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %10 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %0 = torch.aten.binary_cross_entropy_with_logits %output, %target, %none, %none, %int1 {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.none, !torch.none, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,30],si64>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,30],si64>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
