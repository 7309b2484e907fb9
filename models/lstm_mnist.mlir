// An LSTM over the rows of a digit, batch normalisation and two dense layers.
//
// From: pytorch/examples mnist_rnn: LSTM 28-64, batch normalisation, dropout 0.25, dense 32
// with ReLU, dropout 0.5, dense 10, log-softmax, Adadelta 0.1 that loses 30% in each epoch,
// batches of 64. Initialisers are PyTorch's defaults.
// Scaled down: 32 units instead of 64, 2,500 of 60,000 digits and 5 of 14 epochs, so that a
// run takes about a second on one core; for so few updates Adadelta begins at 1.0, its
// default, as pytorch/examples mnist does.

module @lstm_mnist attributes {
    dynfault.task = "classification", dynfault.family = "lstm", dynfault.margin = 0.3,
    dynfault.origin = "pytorch/examples mnist_rnn"} {
  dynfault.dataset @data {source = "mnist", train = 2500, validation = 1000,
      transforms = [#dynfault.transform<unit>, #dynfault.transform<normalize, mean = 0.1307, std = 0.3081>]}
  dynfault.schedule {epochs = 5, batch_size = 64, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @rnn.weight_ih_l0 {dynfault.init = #dynfault.init<uniform, low = -0.17677669529663687, high = 0.17677669529663687>} : !torch.vtensor<[128,28],f32>
  torch.global_slot @rnn.weight_hh_l0 {dynfault.init = #dynfault.init<uniform, low = -0.17677669529663687, high = 0.17677669529663687>} : !torch.vtensor<[128,32],f32>
  torch.global_slot @rnn.bias_ih_l0 {dynfault.init = #dynfault.init<uniform, low = -0.17677669529663687, high = 0.17677669529663687>} : !torch.vtensor<[128],f32>
  torch.global_slot @rnn.bias_hh_l0 {dynfault.init = #dynfault.init<uniform, low = -0.17677669529663687, high = 0.17677669529663687>} : !torch.vtensor<[128],f32>
  torch.global_slot @batchnorm.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @batchnorm.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @batchnorm.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @batchnorm.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<uniform, low = -0.17677669529663687, high = 0.17677669529663687>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[10,32],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<uniform, low = -0.17677669529663687, high = 0.17677669529663687>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32> {
    %int1 = torch.constant.int 1
    %int0 = torch.constant.int 0
    %int32 = torch.constant.int 32
    %int6 = torch.constant.int 6
    %none = torch.constant.none
    %training = torch.global_slot.get @training : !torch.bool
    %true = torch.constant.bool true
    %float0.0 = torch.constant.float 0.0
    %false = torch.constant.bool false
    %int-1 = torch.constant.int -1
    %float0.1 = torch.constant.float 0.1
    %float1.0e-05 = torch.constant.float 1.0e-05
    %float0.25 = torch.constant.float 0.25
    %float0.5 = torch.constant.float 0.5

    // 28 rows of 28 pixels are the sequence.
    %0 = torch.aten.squeeze.dim %x, %int1 {dynfault.site = "rows"} : !torch.vtensor<[?,1,28,28],f32>, !torch.int -> !torch.vtensor<[?,28,28],f32>
    %rnn.weight_ih_l0 = torch.global_slot.get @rnn.weight_ih_l0 : !torch.vtensor<[128,28],f32>
    %rnn.weight_hh_l0 = torch.global_slot.get @rnn.weight_hh_l0 : !torch.vtensor<[128,32],f32>
    %rnn.bias_ih_l0 = torch.global_slot.get @rnn.bias_ih_l0 : !torch.vtensor<[128],f32>
    %rnn.bias_hh_l0 = torch.global_slot.get @rnn.bias_hh_l0 : !torch.vtensor<[128],f32>
    %1 = torch.aten.size.int %0, %int0 : !torch.vtensor<[?,28,28],f32>, !torch.int -> !torch.int
    %2 = torch.prim.ListConstruct %int1, %1, %int32 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %3 = torch.aten.zeros %2, %int6, %none, %none, %none {dynfault.site = "rnn/zeros"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,32],f32>
    %4 = torch.aten.zeros %2, %int6, %none, %none, %none {dynfault.site = "rnn/zeros.1"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,32],f32>
    %5 = torch.prim.ListConstruct %rnn.weight_ih_l0, %rnn.weight_hh_l0, %rnn.bias_ih_l0, %rnn.bias_hh_l0 : (!torch.vtensor<[128,28],f32>, !torch.vtensor<[128,32],f32>, !torch.vtensor<[128],f32>, !torch.vtensor<[128],f32>) -> !torch.list<vtensor>
    %6 = torch.prim.ListConstruct %3, %4 : (!torch.vtensor<[1,?,32],f32>, !torch.vtensor<[1,?,32],f32>) -> !torch.list<vtensor>
    %7:3 = torch.operator "aten.lstm.input"(%0, %6, %5, %true, %int1, %float0.0, %training, %false, %true) {dynfault.site = "rnn/lstm"} : (!torch.vtensor<[?,28,28],f32>, !torch.list<vtensor>, !torch.list<vtensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.vtensor<[?,28,32],f32>, !torch.vtensor<[1,?,32],f32>, !torch.vtensor<[1,?,32],f32>)
    %8 = torch.aten.select.int %7#0, %int1, %int-1 {dynfault.site = "last"} : !torch.vtensor<[?,28,32],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,32],f32>

    %batchnorm.weight = torch.global_slot.get @batchnorm.weight : !torch.vtensor<[32],f32>
    %batchnorm.bias = torch.global_slot.get @batchnorm.bias : !torch.vtensor<[32],f32>
    %batchnorm.running_mean = torch.global_slot.get @batchnorm.running_mean : !torch.vtensor<[32],f32>
    %batchnorm.running_var = torch.global_slot.get @batchnorm.running_var : !torch.vtensor<[32],f32>
    %9 = torch.aten.batch_norm %8, %batchnorm.weight, %batchnorm.bias, %batchnorm.running_mean, %batchnorm.running_var, %training, %float0.1, %float1.0e-05, %false {dynfault.site = "batchnorm/batch_norm"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,32],f32>
    %10 = torch.aten.dropout %9, %float0.25, %training {dynfault.site = "dropout1"} : !torch.vtensor<[?,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,32],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[32,32],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[32],f32>
    %11 = torch.aten.linear %10, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,32],f32>
    %12 = torch.aten.relu %11 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,32],f32> -> !torch.vtensor<[?,32],f32>
    %13 = torch.aten.dropout %12, %float0.5, %training {dynfault.site = "dropout2"} : !torch.vtensor<[?,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,32],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[10,32],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[10],f32>
    %14 = torch.aten.linear %13, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[10,32],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    %15 = torch.aten.log_softmax.int %14, %int1, %none {dynfault.site = "output/log_softmax"} : !torch.vtensor<[?,10],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,10],f32>
    return %15 : !torch.vtensor<[?,10],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,10],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %int-100 = torch.constant.int -100
    %0 = torch.operator "aten.nll_loss_nd"(%output, %target, %none, %int1, %int-100) {dynfault.site = "loss"} : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int) -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1,28,28],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adadelta, lr = 1.0>
        {lr_schedule = #dynfault.lr_schedule<step, step_size = 1, gamma = 0.7>}
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
