// A plain recurrent network over the letters of a first name: of a woman or of a man.
//
// From: PyTorch's tutorial "NLP from scratch: classifying names with a character-level RNN":
// letters as unit vectors, a tanh RNN of 128 units, dense, log-softmax, negative log
// likelihood, SGD 0.15, batches of 64, gradients clipped at norm 3. Initialisers are PyTorch's
// defaults.
// Scaled down: 64 units, 3,000 names, 6 epochs of 27; two classes instead of 18.

module @rnn_first_names attributes {
    dynfault.task = "classification", dynfault.family = "rnn", dynfault.margin = 0.1,
    dynfault.origin = "PyTorch tutorial char_rnn_classification"} {
  dynfault.dataset @data {source = "first-names", train = 3000, validation = 1000}
  dynfault.schedule {epochs = 6, batch_size = 64, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @rnn.weight_ih_l0 {dynfault.init = #dynfault.init<uniform, low = -0.125, high = 0.125>} : !torch.vtensor<[64,32],f32>
  torch.global_slot @rnn.weight_hh_l0 {dynfault.init = #dynfault.init<uniform, low = -0.125, high = 0.125>} : !torch.vtensor<[64,64],f32>
  torch.global_slot @rnn.bias_ih_l0 {dynfault.init = #dynfault.init<uniform, low = -0.125, high = 0.125>} : !torch.vtensor<[64],f32>
  torch.global_slot @rnn.bias_hh_l0 {dynfault.init = #dynfault.init<uniform, low = -0.125, high = 0.125>} : !torch.vtensor<[64],f32>
  torch.global_slot @h2o.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[2,64],f32>
  torch.global_slot @h2o.bias {dynfault.init = #dynfault.init<uniform, low = -0.125, high = 0.125>} : !torch.vtensor<[2],f32>

  func.func @forward(%x: !torch.vtensor<[?,12],si64>) -> !torch.vtensor<[?,2],f32> {
    %int32 = torch.constant.int 32
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

    %0 = torch.aten.one_hot %x, %int32 {dynfault.site = "letters/one_hot"} : !torch.vtensor<[?,12],si64>, !torch.int -> !torch.vtensor<[?,12,32],si64>
    %1 = torch.aten.to.dtype %0, %int6, %false, %false, %none {dynfault.site = "letters/to"} : !torch.vtensor<[?,12,32],si64>, !torch.int, !torch.bool, !torch.bool, !torch.none -> !torch.vtensor<[?,12,32],f32>
    %rnn.weight_ih_l0 = torch.global_slot.get @rnn.weight_ih_l0 : !torch.vtensor<[64,32],f32>
    %rnn.weight_hh_l0 = torch.global_slot.get @rnn.weight_hh_l0 : !torch.vtensor<[64,64],f32>
    %rnn.bias_ih_l0 = torch.global_slot.get @rnn.bias_ih_l0 : !torch.vtensor<[64],f32>
    %rnn.bias_hh_l0 = torch.global_slot.get @rnn.bias_hh_l0 : !torch.vtensor<[64],f32>
    %2 = torch.aten.size.int %1, %int0 : !torch.vtensor<[?,12,32],f32>, !torch.int -> !torch.int
    %3 = torch.prim.ListConstruct %int1, %2, %int64 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %4 = torch.aten.zeros %3, %int6, %none, %none, %none {dynfault.site = "rnn/zeros"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,64],f32>
    %5 = torch.prim.ListConstruct %rnn.weight_ih_l0, %rnn.weight_hh_l0, %rnn.bias_ih_l0, %rnn.bias_hh_l0 : (!torch.vtensor<[64,32],f32>, !torch.vtensor<[64,64],f32>, !torch.vtensor<[64],f32>, !torch.vtensor<[64],f32>) -> !torch.list<vtensor>
    %6:2 = torch.operator "aten.rnn_tanh.input"(%1, %4, %5, %true, %int1, %float0.0, %training, %false, %true) {dynfault.site = "rnn/rnn_tanh"} : (!torch.vtensor<[?,12,32],f32>, !torch.vtensor<[1,?,64],f32>, !torch.list<vtensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.vtensor<[?,12,64],f32>, !torch.vtensor<[1,?,64],f32>)
    %7 = torch.aten.select.int %6#0, %int1, %int-1 {dynfault.site = "last"} : !torch.vtensor<[?,12,64],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,64],f32>
    %h2o.weight = torch.global_slot.get @h2o.weight : !torch.vtensor<[2,64],f32>
    %h2o.bias = torch.global_slot.get @h2o.bias : !torch.vtensor<[2],f32>
    %8 = torch.aten.linear %7, %h2o.weight, %h2o.bias {dynfault.site = "h2o/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[2,64],f32>, !torch.vtensor<[2],f32> -> !torch.vtensor<[?,2],f32>
    %9 = torch.aten.log_softmax.int %8, %int1, %none {dynfault.site = "output/log_softmax"} : !torch.vtensor<[?,2],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,2],f32>
    return %9 : !torch.vtensor<[?,2],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,2],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %int-100 = torch.constant.int -100
    %0 = torch.operator "aten.nll_loss_nd"(%output, %target, %none, %int1, %int-100) {dynfault.site = "loss"} : (!torch.vtensor<[?,2],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int) -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,12],si64>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,12],si64>) -> !torch.vtensor<[?,2],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,2],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.clip_grad_norm {max_norm = 3.0}
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.15>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
