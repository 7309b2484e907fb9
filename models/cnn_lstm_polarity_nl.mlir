// A convolution and an LSTM over the words of a Dutch book review: its sentiment.
//
// From: Keras' imdb_cnn_lstm, on Dutch reviews: vectors of 128 numbers, dropout 0.25,
// convolution with 64 filters of width 5 and ReLU, pooling by 4, LSTM 70, one logit, Adam
// 0.001, batches of 30, binary cross entropy. Initialisers are Keras' defaults (zero for all
// biases).
// Scaled down: 32 numbers, 32 filters, 32 units; 2,400 reviews in 3 epochs instead of 25,000
// in 2.

module @cnn_lstm_polarity_nl attributes {
    dynfault.task = "classification", dynfault.family = "cnn-lstm", dynfault.margin = 0.1,
    dynfault.origin = "Keras imdb_cnn_lstm"} {
  dynfault.dataset @data {source = "polarity-nl", train = 2400, validation = 600}
  dynfault.schedule {epochs = 3, batch_size = 30, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @embedding.weight {dynfault.init = #dynfault.init<uniform, low = -0.05, high = 0.05>} : !torch.vtensor<[5000,32],f32>
  torch.global_slot @conv.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,32,5],f32>
  torch.global_slot @conv.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @lstm.weight_ih_l0 {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[128,32],f32>
  torch.global_slot @lstm.weight_hh_l0 {dynfault.init = #dynfault.init<orthogonal>} : !torch.vtensor<[128,32],f32>
  torch.global_slot @lstm.bias_ih_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[128],f32>
  torch.global_slot @lstm.bias_hh_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[128],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[1,32],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,80],si64>) -> !torch.vtensor<[?,1],f32> {
    %int-1 = torch.constant.int -1
    %false = torch.constant.bool false
    %training = torch.global_slot.get @training : !torch.bool
    %float0.25 = torch.constant.float 0.25
    %int1 = torch.constant.int 1
    %int2 = torch.constant.int 2
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %list_0 = torch.prim.ListConstruct %int0 : (!torch.int) -> !torch.list<int>
    %int4 = torch.constant.int 4
    %list_4 = torch.prim.ListConstruct %int4 : (!torch.int) -> !torch.list<int>
    %int32 = torch.constant.int 32
    %int6 = torch.constant.int 6
    %none = torch.constant.none
    %true = torch.constant.bool true
    %float0.0 = torch.constant.float 0.0

    %embedding.weight = torch.global_slot.get @embedding.weight : !torch.vtensor<[5000,32],f32>
    %0 = torch.aten.embedding %embedding.weight, %x, %int-1, %false, %false {dynfault.site = "embedding/embedding"} : !torch.vtensor<[5000,32],f32>, !torch.vtensor<[?,80],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[?,80,32],f32>
    %1 = torch.aten.dropout %0, %float0.25, %training {dynfault.site = "embedding/dropout"} : !torch.vtensor<[?,80,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,80,32],f32>
    %2 = torch.aten.transpose.int %1, %int1, %int2 {dynfault.site = "channels"} : !torch.vtensor<[?,80,32],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,32,80],f32>
    %conv.weight = torch.global_slot.get @conv.weight : !torch.vtensor<[32,32,5],f32>
    %conv.bias = torch.global_slot.get @conv.bias : !torch.vtensor<[32],f32>
    %3 = torch.aten.conv1d %2, %conv.weight, %conv.bias, %list_1, %list_0, %list_1, %int1 {dynfault.site = "conv/conv1d"} : !torch.vtensor<[?,32,80],f32>, !torch.vtensor<[32,32,5],f32>, !torch.vtensor<[32],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,32,76],f32>
    %4 = torch.aten.relu %3 {dynfault.site = "conv/relu"} : !torch.vtensor<[?,32,76],f32> -> !torch.vtensor<[?,32,76],f32>
    %5 = torch.aten.max_pool1d %4, %list_4, %list_4, %list_0, %list_1, %false {dynfault.site = "conv/max_pool1d"} : !torch.vtensor<[?,32,76],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,32,19],f32>
    %6 = torch.aten.transpose.int %5, %int1, %int2 {dynfault.site = "steps"} : !torch.vtensor<[?,32,19],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,19,32],f32>

    %lstm.weight_ih_l0 = torch.global_slot.get @lstm.weight_ih_l0 : !torch.vtensor<[128,32],f32>
    %lstm.weight_hh_l0 = torch.global_slot.get @lstm.weight_hh_l0 : !torch.vtensor<[128,32],f32>
    %lstm.bias_ih_l0 = torch.global_slot.get @lstm.bias_ih_l0 : !torch.vtensor<[128],f32>
    %lstm.bias_hh_l0 = torch.global_slot.get @lstm.bias_hh_l0 : !torch.vtensor<[128],f32>
    %7 = torch.aten.size.int %6, %int0 : !torch.vtensor<[?,19,32],f32>, !torch.int -> !torch.int
    %8 = torch.prim.ListConstruct %int1, %7, %int32 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %9 = torch.aten.zeros %8, %int6, %none, %none, %none {dynfault.site = "lstm/zeros"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,32],f32>
    %10 = torch.aten.zeros %8, %int6, %none, %none, %none {dynfault.site = "lstm/zeros.1"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,32],f32>
    %11 = torch.prim.ListConstruct %lstm.weight_ih_l0, %lstm.weight_hh_l0, %lstm.bias_ih_l0, %lstm.bias_hh_l0 : (!torch.vtensor<[128,32],f32>, !torch.vtensor<[128,32],f32>, !torch.vtensor<[128],f32>, !torch.vtensor<[128],f32>) -> !torch.list<vtensor>
    %12 = torch.prim.ListConstruct %9, %10 : (!torch.vtensor<[1,?,32],f32>, !torch.vtensor<[1,?,32],f32>) -> !torch.list<vtensor>
    %13:3 = torch.operator "aten.lstm.input"(%6, %12, %11, %true, %int1, %float0.0, %training, %false, %true) {dynfault.site = "lstm/lstm"} : (!torch.vtensor<[?,19,32],f32>, !torch.list<vtensor>, !torch.list<vtensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.vtensor<[?,19,32],f32>, !torch.vtensor<[1,?,32],f32>, !torch.vtensor<[1,?,32],f32>)
    %14 = torch.aten.select.int %13#0, %int1, %int-1 {dynfault.site = "last"} : !torch.vtensor<[?,19,32],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,32],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[1,32],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[1],f32>
    %15 = torch.aten.linear %14, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[1,32],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %15 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %0 = torch.aten.binary_cross_entropy_with_logits %output, %target, %none, %none, %int1 {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.none, !torch.none, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,80],si64>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,80],si64>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
