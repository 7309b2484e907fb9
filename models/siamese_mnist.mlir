// A siamese network that tells whether two digits are the same.
//
// From: keras examples, mnist_siamese.py (R. Hadsell, S. Chopra, Y. LeCun, "Dimensionality
// reduction by learning an invariant mapping", 2006): both images go through the same
// 784-128-128-128, ReLU, dropout 0.1; the Euclidean distance of what comes out is below a half
// for a pair of one digit. Contrastive loss with margin 1, RMSprop 0.001, batches of 128.
// Keras' RMSprop has a decay of 0.9 and an epsilon of 1e-7; initialisers are Keras' defaults.
// The score is a half minus the distance, so that above 0 means one digit.
// Scaled down: 64 units instead of 128, 4,000 pairs instead of 108,400, 8 of 20 epochs.

module @siamese_mnist attributes {
    dynfault.task = "classification", dynfault.family = "siamese", dynfault.margin = 0.15,
    dynfault.origin = "Keras mnist_siamese"} {
  dynfault.dataset @data {source = "mnist-pairs", train = 4000, validation = 1000,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 8, batch_size = 128, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,784],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,64],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @fc3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,64],f32>
  torch.global_slot @fc3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>

  func.func @forward(%x: !torch.vtensor<[?,2,28,28],f32>) -> !torch.vtensor<[?,1],f32> {
    %int-1 = torch.constant.int -1
    %training = torch.global_slot.get @training : !torch.bool
    %p10 = torch.constant.float 0.1
    %int2 = torch.constant.int 2
    %int1 = torch.constant.int 1
    %int0 = torch.constant.int 0
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>
    %true = torch.constant.bool true
    %none = torch.constant.none
    %eps = torch.constant.float 1.0e-7
    %half = torch.constant.float 0.5

    // Both images of each pair go through the same layers.
    %0 = torch.aten.flatten.using_ints %x, %int2, %int-1 {dynfault.site = "flatten"} : !torch.vtensor<[?,2,28,28],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,784],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[64,784],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[64],f32>
    %1 = torch.aten.linear %0, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,2,784],f32>, !torch.vtensor<[64,784],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,2,64],f32>
    %2 = torch.aten.relu %1 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,2,64],f32> -> !torch.vtensor<[?,2,64],f32>
    %3 = torch.aten.dropout %2, %p10, %training {dynfault.site = "fc1/dropout"} : !torch.vtensor<[?,2,64],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,2,64],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[64,64],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[64],f32>
    %4 = torch.aten.linear %3, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,2,64],f32>, !torch.vtensor<[64,64],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,2,64],f32>
    %5 = torch.aten.relu %4 {dynfault.site = "fc2/relu"} : !torch.vtensor<[?,2,64],f32> -> !torch.vtensor<[?,2,64],f32>
    %6 = torch.aten.dropout %5, %p10, %training {dynfault.site = "fc2/dropout"} : !torch.vtensor<[?,2,64],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,2,64],f32>
    %fc3.weight = torch.global_slot.get @fc3.weight : !torch.vtensor<[64,64],f32>
    %fc3.bias = torch.global_slot.get @fc3.bias : !torch.vtensor<[64],f32>
    %7 = torch.aten.linear %6, %fc3.weight, %fc3.bias {dynfault.site = "fc3/linear"} : !torch.vtensor<[?,2,64],f32>, !torch.vtensor<[64,64],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,2,64],f32>
    %8 = torch.aten.relu %7 {dynfault.site = "fc3/relu"} : !torch.vtensor<[?,2,64],f32> -> !torch.vtensor<[?,2,64],f32>
    %10 = torch.aten.select.int %8, %int1, %int0 {dynfault.site = "twins/first"} : !torch.vtensor<[?,2,64],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,64],f32>
    %11 = torch.aten.select.int %8, %int1, %int1 {dynfault.site = "twins/second"} : !torch.vtensor<[?,2,64],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,64],f32>
    %12 = torch.aten.sub.Tensor %10, %11, %int1 {dynfault.site = "distance/sub"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[?,64],f32>, !torch.int -> !torch.vtensor<[?,64],f32>
    %13 = torch.aten.square %12 {dynfault.site = "distance/square"} : !torch.vtensor<[?,64],f32> -> !torch.vtensor<[?,64],f32>
    %14 = torch.aten.sum.dim_IntList %13, %list_1, %true, %none {dynfault.site = "distance/sum"} : !torch.vtensor<[?,64],f32>, !torch.list<int>, !torch.bool, !torch.none -> !torch.vtensor<[?,1],f32>
    %15 = torch.aten.clamp_min %14, %eps {dynfault.site = "distance/clamp"} : !torch.vtensor<[?,1],f32>, !torch.float -> !torch.vtensor<[?,1],f32>
    %16 = torch.aten.sqrt %15 {dynfault.site = "distance/sqrt"} : !torch.vtensor<[?,1],f32> -> !torch.vtensor<[?,1],f32>
    %17 = torch.aten.rsub.Scalar %16, %half, %int1 {dynfault.site = "score"} : !torch.vtensor<[?,1],f32>, !torch.float, !torch.int -> !torch.vtensor<[?,1],f32>
    return %17 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %half = torch.constant.float 0.5
    %margin = torch.constant.float 1.0
    %int1 = torch.constant.int 1
    %zero = torch.constant.float 0.0
    %one = torch.constant.float 1.0
    %none = torch.constant.none

    // Pairs of one digit: the squared distance; others: how much it is below the margin, squared.
    %0 = torch.aten.rsub.Scalar %output, %half, %int1 {dynfault.site = "loss/distance"} : !torch.vtensor<[?,1],f32>, !torch.float, !torch.int -> !torch.vtensor<[?,1],f32>
    %1 = torch.aten.square %0 {dynfault.site = "loss/near"} : !torch.vtensor<[?,1],f32> -> !torch.vtensor<[?,1],f32>
    %2 = torch.aten.mul.Tensor %1, %target {dynfault.site = "loss/same"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32> -> !torch.vtensor<[?,1],f32>
    %3 = torch.aten.rsub.Scalar %0, %margin, %int1 {dynfault.site = "loss/margin"} : !torch.vtensor<[?,1],f32>, !torch.float, !torch.int -> !torch.vtensor<[?,1],f32>
    %4 = torch.aten.clamp_min %3, %zero {dynfault.site = "loss/clamp"} : !torch.vtensor<[?,1],f32>, !torch.float -> !torch.vtensor<[?,1],f32>
    %5 = torch.aten.square %4 {dynfault.site = "loss/far"} : !torch.vtensor<[?,1],f32> -> !torch.vtensor<[?,1],f32>
    %6 = torch.aten.rsub.Scalar %target, %one, %int1 {dynfault.site = "loss/other"} : !torch.vtensor<[?,1],f32>, !torch.float, !torch.int -> !torch.vtensor<[?,1],f32>
    %7 = torch.aten.mul.Tensor %5, %6 {dynfault.site = "loss/different"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32> -> !torch.vtensor<[?,1],f32>
    %8 = torch.aten.add.Tensor %2, %7, %int1 {dynfault.site = "loss/add"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.int -> !torch.vtensor<[?,1],f32>
    %9 = torch.aten.mean %8, %none {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.none -> !torch.vtensor<[],f32>
    return %9 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,2,28,28],f32>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,2,28,28],f32>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<rmsprop, lr = 0.001, alpha = 0.9, eps = 1.0e-07>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
