// A recurrent network of rectified units that begins as the identity, over a digit's rows.
//
// From: Keras' mnist_irnn (Le, Jaitly, Hinton, "A simple way to initialize recurrent networks
// of rectified linear units", 2015): 100 units, weights N(0, 0.001^2), recurrent weights the
// identity, ReLU, dense 10, softmax, RMSprop with gradients clipped at norm 1, batches of 32.
// Scaled down: 32 units; a row instead of a pixel at a time (28 steps instead of 784); 320
// updates of 0.001 instead of 375,000 of 0.000001, the same way in all.

module @irnn_mnist attributes {
    dynfault.task = "classification", dynfault.family = "rnn", dynfault.margin = 0.3,
    dynfault.origin = "Keras mnist_irnn"} {
  dynfault.dataset @data {source = "mnist", train = 2560, validation = 1000,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 4, batch_size = 32, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @rnn.weight_ih_l0 {dynfault.init = #dynfault.init<normal, std = 0.001>} : !torch.vtensor<[32,28],f32>
  torch.global_slot @rnn.weight_hh_l0 {dynfault.init = #dynfault.init<identity>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @rnn.bias_ih_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @rnn.bias_hh_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[10,32],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[10],f32>

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

    // 28 rows of 28 pixels are the sequence.
    %0 = torch.aten.squeeze.dim %x, %int1 {dynfault.site = "rows"} : !torch.vtensor<[?,1,28,28],f32>, !torch.int -> !torch.vtensor<[?,28,28],f32>
    %rnn.weight_ih_l0 = torch.global_slot.get @rnn.weight_ih_l0 : !torch.vtensor<[32,28],f32>
    %rnn.weight_hh_l0 = torch.global_slot.get @rnn.weight_hh_l0 : !torch.vtensor<[32,32],f32>
    %rnn.bias_ih_l0 = torch.global_slot.get @rnn.bias_ih_l0 : !torch.vtensor<[32],f32>
    %rnn.bias_hh_l0 = torch.global_slot.get @rnn.bias_hh_l0 : !torch.vtensor<[32],f32>
    %1 = torch.aten.size.int %0, %int0 : !torch.vtensor<[?,28,28],f32>, !torch.int -> !torch.int
    %2 = torch.prim.ListConstruct %int1, %1, %int32 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %3 = torch.aten.zeros %2, %int6, %none, %none, %none {dynfault.site = "rnn/zeros"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[1,?,32],f32>
    %4 = torch.prim.ListConstruct %rnn.weight_ih_l0, %rnn.weight_hh_l0, %rnn.bias_ih_l0, %rnn.bias_hh_l0 : (!torch.vtensor<[32,28],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>) -> !torch.list<vtensor>
    %5:2 = torch.operator "aten.rnn_relu.input"(%0, %3, %4, %true, %int1, %float0.0, %training, %false, %true) {dynfault.site = "rnn/rnn_relu"} : (!torch.vtensor<[?,28,28],f32>, !torch.vtensor<[1,?,32],f32>, !torch.list<vtensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.vtensor<[?,28,32],f32>, !torch.vtensor<[1,?,32],f32>)
    %6 = torch.aten.select.int %5#0, %int1, %int-1 {dynfault.site = "last"} : !torch.vtensor<[?,28,32],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,32],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[10,32],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[10],f32>
    %7 = torch.aten.linear %6, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[10,32],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %7 : !torch.vtensor<[?,10],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,10],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %int-100 = torch.constant.int -100
    %float0.0 = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %int1, %int-100, %float0.0 {dynfault.site = "loss"} : !torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1,28,28],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.clip_grad_norm {max_norm = 1.0}
    dynfault.optimizer_step #dynfault.optimizer<rmsprop, lr = 0.001, alpha = 0.9, eps = 1.0e-7>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
