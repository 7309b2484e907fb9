// Six SELU layers with alpha dropout that find splice junctions in DNA.
//
// From: keras examples, reuters_mlp_relu_vs_selu.py (G. Klambauer et al., "Self-normalizing
// neural networks", 2017): six dense layers of 16, SELU, alpha dropout 0.1, LeCun normal
// initialisers, SGD 0.01 without momentum, batches of 16, cross entropy. Here on the UCI gene
// sequences instead of Reuters' words.
// Scaled down: nothing but the epochs (14).

module @selu_gene attributes {
    dynfault.task = "classification", dynfault.family = "mlp", dynfault.margin = 0.2,
    dynfault.origin = "Keras reuters_mlp_relu_vs_selu"} {
  dynfault.dataset @data {source = "gene", train = 2000, validation = 1000,
      transforms = [#dynfault.transform<standardize>]}
  dynfault.schedule {epochs = 14, batch_size = 16, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<lecun_normal>} : !torch.vtensor<[16,120],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<lecun_normal>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc3.weight {dynfault.init = #dynfault.init<lecun_normal>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @fc3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc4.weight {dynfault.init = #dynfault.init<lecun_normal>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @fc4.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc5.weight {dynfault.init = #dynfault.init<lecun_normal>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @fc5.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc6.weight {dynfault.init = #dynfault.init<lecun_normal>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @fc6.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc7.weight {dynfault.init = #dynfault.init<lecun_normal>} : !torch.vtensor<[3,16],f32>
  torch.global_slot @fc7.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[3],f32>

  func.func @forward(%x: !torch.vtensor<[?,120],f32>) -> !torch.vtensor<[?,3],f32> {
    %training = torch.global_slot.get @training : !torch.bool
    %p10 = torch.constant.float 0.1
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[16,120],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[16],f32>
    %0 = torch.aten.linear %x, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,120],f32>, !torch.vtensor<[16,120],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16],f32>
    %1 = torch.aten.selu %0 {dynfault.site = "fc1/selu"} : !torch.vtensor<[?,16],f32> -> !torch.vtensor<[?,16],f32>
    %2 = torch.aten.alpha_dropout %1, %p10, %training {dynfault.site = "fc1/alpha_dropout"} : !torch.vtensor<[?,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[16,16],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[16],f32>
    %3 = torch.aten.linear %2, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16],f32>
    %4 = torch.aten.selu %3 {dynfault.site = "fc2/selu"} : !torch.vtensor<[?,16],f32> -> !torch.vtensor<[?,16],f32>
    %5 = torch.aten.alpha_dropout %4, %p10, %training {dynfault.site = "fc2/alpha_dropout"} : !torch.vtensor<[?,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16],f32>
    %fc3.weight = torch.global_slot.get @fc3.weight : !torch.vtensor<[16,16],f32>
    %fc3.bias = torch.global_slot.get @fc3.bias : !torch.vtensor<[16],f32>
    %6 = torch.aten.linear %5, %fc3.weight, %fc3.bias {dynfault.site = "fc3/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16],f32>
    %7 = torch.aten.selu %6 {dynfault.site = "fc3/selu"} : !torch.vtensor<[?,16],f32> -> !torch.vtensor<[?,16],f32>
    %8 = torch.aten.alpha_dropout %7, %p10, %training {dynfault.site = "fc3/alpha_dropout"} : !torch.vtensor<[?,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16],f32>
    %fc4.weight = torch.global_slot.get @fc4.weight : !torch.vtensor<[16,16],f32>
    %fc4.bias = torch.global_slot.get @fc4.bias : !torch.vtensor<[16],f32>
    %9 = torch.aten.linear %8, %fc4.weight, %fc4.bias {dynfault.site = "fc4/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16],f32>
    %10 = torch.aten.selu %9 {dynfault.site = "fc4/selu"} : !torch.vtensor<[?,16],f32> -> !torch.vtensor<[?,16],f32>
    %11 = torch.aten.alpha_dropout %10, %p10, %training {dynfault.site = "fc4/alpha_dropout"} : !torch.vtensor<[?,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16],f32>
    %fc5.weight = torch.global_slot.get @fc5.weight : !torch.vtensor<[16,16],f32>
    %fc5.bias = torch.global_slot.get @fc5.bias : !torch.vtensor<[16],f32>
    %12 = torch.aten.linear %11, %fc5.weight, %fc5.bias {dynfault.site = "fc5/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16],f32>
    %13 = torch.aten.selu %12 {dynfault.site = "fc5/selu"} : !torch.vtensor<[?,16],f32> -> !torch.vtensor<[?,16],f32>
    %14 = torch.aten.alpha_dropout %13, %p10, %training {dynfault.site = "fc5/alpha_dropout"} : !torch.vtensor<[?,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16],f32>
    %fc6.weight = torch.global_slot.get @fc6.weight : !torch.vtensor<[16,16],f32>
    %fc6.bias = torch.global_slot.get @fc6.bias : !torch.vtensor<[16],f32>
    %15 = torch.aten.linear %14, %fc6.weight, %fc6.bias {dynfault.site = "fc6/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16],f32>
    %16 = torch.aten.selu %15 {dynfault.site = "fc6/selu"} : !torch.vtensor<[?,16],f32> -> !torch.vtensor<[?,16],f32>
    %17 = torch.aten.alpha_dropout %16, %p10, %training {dynfault.site = "fc6/alpha_dropout"} : !torch.vtensor<[?,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16],f32>
    %fc7.weight = torch.global_slot.get @fc7.weight : !torch.vtensor<[3,16],f32>
    %fc7.bias = torch.global_slot.get @fc7.bias : !torch.vtensor<[3],f32>
    %18 = torch.aten.linear %17, %fc7.weight, %fc7.bias {dynfault.site = "fc7/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[3,16],f32>, !torch.vtensor<[3],f32> -> !torch.vtensor<[?,3],f32>
    return %18 : !torch.vtensor<[?,3],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,3],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %ignore = torch.constant.int -100
    %smoothing = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %mean, %ignore, %smoothing {dynfault.site = "loss"} : !torch.vtensor<[?,3],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,120],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,120],f32>) -> !torch.vtensor<[?,3],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,3],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.01>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
