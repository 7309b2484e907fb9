// An LSTM in both directions over the words of a mail: spam or not.
//
// From: Keras' imdb_bidirectional_lstm, on mails: vectors of 128 numbers, LSTM 64 in each
// direction, dropout 0.5, one logit, Adam 0.001, batches of 32, binary cross entropy.
// Initialisers are Keras' defaults (zero for all biases).
// Scaled down: 24 numbers and 16 units in each direction, 2,000 mails, the first 40 of 100
// words of each, 2 epochs of 4.

module @bilstm_spam_mails attributes {
    dynfault.task = "classification", dynfault.family = "lstm", dynfault.margin = 0.1,
    dynfault.origin = "Keras imdb_bidirectional_lstm"} {
  dynfault.dataset @data {source = "spam-mails", train = 2000, validation = 1000}
  dynfault.schedule {epochs = 2, batch_size = 32, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @embedding.weight {dynfault.init = #dynfault.init<uniform, low = -0.05, high = 0.05>} : !torch.vtensor<[10000,24],f32>
  torch.global_slot @lstm.weight_ih_l0 {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,24],f32>
  torch.global_slot @lstm.weight_hh_l0 {dynfault.init = #dynfault.init<orthogonal>} : !torch.vtensor<[64,16],f32>
  torch.global_slot @lstm.bias_ih_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @lstm.bias_hh_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @lstm.weight_ih_l0_reverse {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,24],f32>
  torch.global_slot @lstm.weight_hh_l0_reverse {dynfault.init = #dynfault.init<orthogonal>} : !torch.vtensor<[64,16],f32>
  torch.global_slot @lstm.bias_ih_l0_reverse {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @lstm.bias_hh_l0_reverse {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[1,32],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,40],si64>) -> !torch.vtensor<[?,1],f32> {
    %int-1 = torch.constant.int -1
    %false = torch.constant.bool false
    %int0 = torch.constant.int 0
    %int2 = torch.constant.int 2
    %int16 = torch.constant.int 16
    %int6 = torch.constant.int 6
    %none = torch.constant.none
    %training = torch.global_slot.get @training : !torch.bool
    %true = torch.constant.bool true
    %int1 = torch.constant.int 1
    %float0.0 = torch.constant.float 0.0
    %list_1_0_2 = torch.prim.ListConstruct %int1, %int0, %int2 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %int32 = torch.constant.int 32
    %list_m1_32 = torch.prim.ListConstruct %int-1, %int32 : (!torch.int, !torch.int) -> !torch.list<int>
    %float0.5 = torch.constant.float 0.5

    %embedding.weight = torch.global_slot.get @embedding.weight : !torch.vtensor<[10000,24],f32>
    %0 = torch.aten.embedding %embedding.weight, %x, %int-1, %false, %false {dynfault.site = "embedding/embedding"} : !torch.vtensor<[10000,24],f32>, !torch.vtensor<[?,40],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[?,40,24],f32>
    %lstm.weight_ih_l0 = torch.global_slot.get @lstm.weight_ih_l0 : !torch.vtensor<[64,24],f32>
    %lstm.weight_hh_l0 = torch.global_slot.get @lstm.weight_hh_l0 : !torch.vtensor<[64,16],f32>
    %lstm.bias_ih_l0 = torch.global_slot.get @lstm.bias_ih_l0 : !torch.vtensor<[64],f32>
    %lstm.bias_hh_l0 = torch.global_slot.get @lstm.bias_hh_l0 : !torch.vtensor<[64],f32>
    %lstm.weight_ih_l0_reverse = torch.global_slot.get @lstm.weight_ih_l0_reverse : !torch.vtensor<[64,24],f32>
    %lstm.weight_hh_l0_reverse = torch.global_slot.get @lstm.weight_hh_l0_reverse : !torch.vtensor<[64,16],f32>
    %lstm.bias_ih_l0_reverse = torch.global_slot.get @lstm.bias_ih_l0_reverse : !torch.vtensor<[64],f32>
    %lstm.bias_hh_l0_reverse = torch.global_slot.get @lstm.bias_hh_l0_reverse : !torch.vtensor<[64],f32>
    %1 = torch.aten.size.int %0, %int0 : !torch.vtensor<[?,40,24],f32>, !torch.int -> !torch.int
    %2 = torch.prim.ListConstruct %int2, %1, %int16 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %3 = torch.aten.zeros %2, %int6, %none, %none, %none {dynfault.site = "lstm/zeros"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[2,?,16],f32>
    %4 = torch.aten.zeros %2, %int6, %none, %none, %none {dynfault.site = "lstm/zeros.1"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[2,?,16],f32>
    %5 = torch.prim.ListConstruct %lstm.weight_ih_l0, %lstm.weight_hh_l0, %lstm.bias_ih_l0, %lstm.bias_hh_l0, %lstm.weight_ih_l0_reverse, %lstm.weight_hh_l0_reverse, %lstm.bias_ih_l0_reverse, %lstm.bias_hh_l0_reverse : (!torch.vtensor<[64,24],f32>, !torch.vtensor<[64,16],f32>, !torch.vtensor<[64],f32>, !torch.vtensor<[64],f32>, !torch.vtensor<[64,24],f32>, !torch.vtensor<[64,16],f32>, !torch.vtensor<[64],f32>, !torch.vtensor<[64],f32>) -> !torch.list<vtensor>
    %6 = torch.prim.ListConstruct %3, %4 : (!torch.vtensor<[2,?,16],f32>, !torch.vtensor<[2,?,16],f32>) -> !torch.list<vtensor>
    %7:3 = torch.operator "aten.lstm.input"(%0, %6, %5, %true, %int1, %float0.0, %training, %true, %true) {dynfault.site = "lstm/lstm"} : (!torch.vtensor<[?,40,24],f32>, !torch.list<vtensor>, !torch.list<vtensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.vtensor<[?,40,32],f32>, !torch.vtensor<[2,?,16],f32>, !torch.vtensor<[2,?,16],f32>)

    // The last state of each direction.
    %8 = torch.aten.permute %7#1, %list_1_0_2 {dynfault.site = "last/permute"} : !torch.vtensor<[2,?,16],f32>, !torch.list<int> -> !torch.vtensor<[?,2,16],f32>
    %9 = torch.aten.reshape %8, %list_m1_32 {dynfault.site = "last/reshape"} : !torch.vtensor<[?,2,16],f32>, !torch.list<int> -> !torch.vtensor<[?,32],f32>
    %10 = torch.aten.dropout %9, %float0.5, %training {dynfault.site = "lstm/dropout"} : !torch.vtensor<[?,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,32],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[1,32],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[1],f32>
    %11 = torch.aten.linear %10, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[1,32],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %11 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %0 = torch.aten.binary_cross_entropy_with_logits %output, %target, %none, %none, %int1 {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.none, !torch.none, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,40],si64>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,40],si64>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
