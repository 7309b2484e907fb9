// LSTM over the rows of an image, batch normalisation, dropout, NLL loss.
//
// The pattern of pytorch/examples mnist_rnn on Fashion-MNIST, with 32 units and Adam.

module @lstm_rows attributes {
    dynfault.task = "classification", dynfault.family = "lstm",
    dynfault.origin = "pytorch/examples mnist_rnn"} {
  dynfault.dataset @data {source = "fashion-mnist", train = 2000, validation = 500,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 2, batch_size = 64}

  torch.global_slot @training : !torch.bool
  torch.global_slot @lstm.weight_ih_l0 {dynfault.init = #dynfault.init<uniform, low = -0.17677669529663687, high = 0.17677669529663687>} : !torch.vtensor<[128,28],f32>
  torch.global_slot @lstm.weight_hh_l0 {dynfault.init = #dynfault.init<uniform, low = -0.17677669529663687, high = 0.17677669529663687>} : !torch.vtensor<[128,32],f32>
  torch.global_slot @lstm.bias_ih_l0 {dynfault.init = #dynfault.init<uniform, low = -0.17677669529663687, high = 0.17677669529663687>} : !torch.vtensor<[128],f32>
  torch.global_slot @lstm.bias_hh_l0 {dynfault.init = #dynfault.init<uniform, low = -0.17677669529663687, high = 0.17677669529663687>} : !torch.vtensor<[128],f32>
  torch.global_slot @bn.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[24,32],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<uniform, low = -0.17677669529663687, high = 0.17677669529663687>} : !torch.vtensor<[24],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[10,24],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<uniform, low = -0.20412414523193154, high = 0.20412414523193154>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32> {
    %int1 = torch.constant.int 1
    %int0 = torch.constant.int 0
    %int32 = torch.constant.int 32
    %int6 = torch.constant.int 6
    %none = torch.constant.none
    %training = torch.global_slot.get @training : !torch.bool
    %true = torch.constant.bool true
    %float7 = torch.constant.float 0.0
    %false = torch.constant.bool false
    %int-1 = torch.constant.int -1
    %float10 = torch.constant.float 0.1
    %float11 = torch.constant.float 1.0e-05
    %float12 = torch.constant.float 0.25

    // 28 rows of 28 pixels are the sequence.
    %0 = torch.aten.squeeze.dim %x, %int1 {dynfault.site = "rows"} : !torch.vtensor<[?,1,28,28],f32>, !torch.int -> !torch.vtensor<[?,28,28],f32>
    %lstm.weight_ih_l0 = torch.global_slot.get @lstm.weight_ih_l0 : !torch.vtensor<[128,28],f32>
    %lstm.weight_hh_l0 = torch.global_slot.get @lstm.weight_hh_l0 : !torch.vtensor<[128,32],f32>
    %lstm.bias_ih_l0 = torch.global_slot.get @lstm.bias_ih_l0 : !torch.vtensor<[128],f32>
    %lstm.bias_hh_l0 = torch.global_slot.get @lstm.bias_hh_l0 : !torch.vtensor<[128],f32>
    %1 = torch.aten.size.int %0, %int0 : !torch.vtensor<[?,28,28],f32>, !torch.int -> !torch.int
    %2 = torch.prim.ListConstruct %lstm.weight_ih_l0, %lstm.weight_hh_l0, %lstm.bias_ih_l0, %lstm.bias_hh_l0 : (!torch.vtensor<[128,28],f32>, !torch.vtensor<[128,32],f32>, !torch.vtensor<[128],f32>, !torch.vtensor<[128],f32>) -> !torch.list<vtensor>
    %3 = torch.prim.ListConstruct %int1, %1, %int32 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %4 = torch.aten.zeros %3, %int6, %none, %none, %none {dynfault.site = "lstm/zeros"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,32],f32>
    %5 = torch.aten.zeros %3, %int6, %none, %none, %none {dynfault.site = "lstm/zeros.1"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,32],f32>
    %6 = torch.prim.ListConstruct %4, %5 : (!torch.vtensor<[1,?,32],f32>, !torch.vtensor<[1,?,32],f32>) -> !torch.list<vtensor>
    %7:3 = torch.operator "aten.lstm.input"(%0, %6, %2, %true, %int1, %float7, %training, %false, %true) {dynfault.site = "lstm/lstm"} : (!torch.vtensor<[?,28,28],f32>, !torch.list<vtensor>, !torch.list<vtensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.vtensor<[?,28,32],f32>, !torch.vtensor<[1,?,32],f32>, !torch.vtensor<[1,?,32],f32>)
    %8 = torch.aten.select.int %7#0, %int1, %int-1 {dynfault.site = "last"} : !torch.vtensor<[?,28,32],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,32],f32>
    %bn.weight = torch.global_slot.get @bn.weight : !torch.vtensor<[32],f32>
    %bn.bias = torch.global_slot.get @bn.bias : !torch.vtensor<[32],f32>
    %bn.running_mean = torch.global_slot.get @bn.running_mean : !torch.vtensor<[32],f32>
    %bn.running_var = torch.global_slot.get @bn.running_var : !torch.vtensor<[32],f32>
    %9 = torch.aten.batch_norm %8, %bn.weight, %bn.bias, %bn.running_mean, %bn.running_var, %training, %float10, %float11, %false {dynfault.site = "bn/batch_norm"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,32],f32>
    %10 = torch.aten.dropout %9, %float12, %training {dynfault.site = "bn/dropout"} : !torch.vtensor<[?,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,32],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[24,32],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[24],f32>
    %11 = torch.aten.linear %10, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[24,32],f32>, !torch.vtensor<[24],f32> -> !torch.vtensor<[?,24],f32>
    %12 = torch.aten.relu %11 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,24],f32> -> !torch.vtensor<[?,24],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[10,24],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[10],f32>
    %13 = torch.aten.linear %12, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,24],f32>, !torch.vtensor<[10,24],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    %14 = torch.aten.log_softmax.int %13, %int1, %none {dynfault.site = "output/log_softmax"} : !torch.vtensor<[?,10],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,10],f32>
    return %14 : !torch.vtensor<[?,10],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,10],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %ignore = torch.constant.int -100
    %0 = torch.operator "aten.nll_loss_nd"(%output, %target, %none, %mean, %ignore) {dynfault.site = "loss"} : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int) -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1,28,28],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
