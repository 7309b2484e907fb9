// A variational auto-encoder of dense layers on handwritten digits.
//
// From: pytorch/examples, vae/main.py (D. P. Kingma, M. Welling, "Auto-encoding variational
// Bayes", 2013): 784-400-20 latent values-400-784, ReLU, sigmoid at the end, binary cross
// entropy plus Kullback-Leibler divergence, both summed over the batch, Adam 0.001, batches of
// 128. Initialisers are PyTorch's defaults. The output holds the image, and behind it the mean
// and the logarithm of the variance for the loss.
// Scaled down: 128 units instead of 400, 3,000 of the 60,000 images, 8 of 10 epochs.

module @vae_mnist attributes {
    dynfault.task = "regression", dynfault.family = "vae", dynfault.margin = 0.1,
    dynfault.origin = "pytorch/examples, vae"} {
  dynfault.dataset @data {source = "mnist-autoencoder", train = 3000, validation = 500,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 8, batch_size = 128, shuffle = true}

  torch.global_slot @encoder.fc.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[128,784],f32>
  torch.global_slot @encoder.fc.bias {dynfault.init = #dynfault.init<uniform, low = -0.03571428571428571, high = 0.03571428571428571>} : !torch.vtensor<[128],f32>
  torch.global_slot @encoder.mu.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[20,128],f32>
  torch.global_slot @encoder.mu.bias {dynfault.init = #dynfault.init<uniform, low = -0.08838834764831843, high = 0.08838834764831843>} : !torch.vtensor<[20],f32>
  torch.global_slot @encoder.logvar.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[20,128],f32>
  torch.global_slot @encoder.logvar.bias {dynfault.init = #dynfault.init<uniform, low = -0.08838834764831843, high = 0.08838834764831843>} : !torch.vtensor<[20],f32>
  torch.global_slot @decoder.fc1.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[128,20],f32>
  torch.global_slot @decoder.fc1.bias {dynfault.init = #dynfault.init<uniform, low = -0.22360679774997896, high = 0.22360679774997896>} : !torch.vtensor<[128],f32>
  torch.global_slot @decoder.fc2.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[784,128],f32>
  torch.global_slot @decoder.fc2.bias {dynfault.init = #dynfault.init<uniform, low = -0.08838834764831843, high = 0.08838834764831843>} : !torch.vtensor<[784],f32>

  func.func @forward(%x: !torch.vtensor<[?,784],f32>) -> !torch.vtensor<[?,824],f32> {
    %none = torch.constant.none
    %half = torch.constant.float 0.5
    %int1 = torch.constant.int 1
    %encoder.fc.weight = torch.global_slot.get @encoder.fc.weight : !torch.vtensor<[128,784],f32>
    %encoder.fc.bias = torch.global_slot.get @encoder.fc.bias : !torch.vtensor<[128],f32>
    %0 = torch.aten.linear %x, %encoder.fc.weight, %encoder.fc.bias {dynfault.site = "encoder.fc/linear"} : !torch.vtensor<[?,784],f32>, !torch.vtensor<[128,784],f32>, !torch.vtensor<[128],f32> -> !torch.vtensor<[?,128],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "encoder.fc/relu"} : !torch.vtensor<[?,128],f32> -> !torch.vtensor<[?,128],f32>
    %encoder.mu.weight = torch.global_slot.get @encoder.mu.weight : !torch.vtensor<[20,128],f32>
    %encoder.mu.bias = torch.global_slot.get @encoder.mu.bias : !torch.vtensor<[20],f32>
    %2 = torch.aten.linear %1, %encoder.mu.weight, %encoder.mu.bias {dynfault.site = "encoder.mu/linear"} : !torch.vtensor<[?,128],f32>, !torch.vtensor<[20,128],f32>, !torch.vtensor<[20],f32> -> !torch.vtensor<[?,20],f32>
    %encoder.logvar.weight = torch.global_slot.get @encoder.logvar.weight : !torch.vtensor<[20,128],f32>
    %encoder.logvar.bias = torch.global_slot.get @encoder.logvar.bias : !torch.vtensor<[20],f32>
    %3 = torch.aten.linear %1, %encoder.logvar.weight, %encoder.logvar.bias {dynfault.site = "encoder.logvar/linear"} : !torch.vtensor<[?,128],f32>, !torch.vtensor<[20,128],f32>, !torch.vtensor<[20],f32> -> !torch.vtensor<[?,20],f32>
    %4 = torch.aten.mul.Scalar %3, %half {dynfault.site = "sample/half"} : !torch.vtensor<[?,20],f32>, !torch.float -> !torch.vtensor<[?,20],f32>
    %5 = torch.aten.exp %4 {dynfault.site = "sample/std"} : !torch.vtensor<[?,20],f32> -> !torch.vtensor<[?,20],f32>
    %6 = torch.aten.randn_like %5, %none, %none, %none, %none, %none {dynfault.site = "sample/noise"} : !torch.vtensor<[?,20],f32>, !torch.none, !torch.none, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[?,20],f32>
    %7 = torch.aten.mul.Tensor %6, %5 {dynfault.site = "sample/scale"} : !torch.vtensor<[?,20],f32>, !torch.vtensor<[?,20],f32> -> !torch.vtensor<[?,20],f32>
    %8 = torch.aten.add.Tensor %2, %7, %int1 {dynfault.site = "sample/add"} : !torch.vtensor<[?,20],f32>, !torch.vtensor<[?,20],f32>, !torch.int -> !torch.vtensor<[?,20],f32>
    %decoder.fc1.weight = torch.global_slot.get @decoder.fc1.weight : !torch.vtensor<[128,20],f32>
    %decoder.fc1.bias = torch.global_slot.get @decoder.fc1.bias : !torch.vtensor<[128],f32>
    %9 = torch.aten.linear %8, %decoder.fc1.weight, %decoder.fc1.bias {dynfault.site = "decoder.fc1/linear"} : !torch.vtensor<[?,20],f32>, !torch.vtensor<[128,20],f32>, !torch.vtensor<[128],f32> -> !torch.vtensor<[?,128],f32>
    %10 = torch.aten.relu %9 {dynfault.site = "decoder.fc1/relu"} : !torch.vtensor<[?,128],f32> -> !torch.vtensor<[?,128],f32>
    %decoder.fc2.weight = torch.global_slot.get @decoder.fc2.weight : !torch.vtensor<[784,128],f32>
    %decoder.fc2.bias = torch.global_slot.get @decoder.fc2.bias : !torch.vtensor<[784],f32>
    %11 = torch.aten.linear %10, %decoder.fc2.weight, %decoder.fc2.bias {dynfault.site = "decoder.fc2/linear"} : !torch.vtensor<[?,128],f32>, !torch.vtensor<[784,128],f32>, !torch.vtensor<[784],f32> -> !torch.vtensor<[?,784],f32>
    %12 = torch.aten.sigmoid %11 {dynfault.site = "decoder.fc2/sigmoid"} : !torch.vtensor<[?,784],f32> -> !torch.vtensor<[?,784],f32>
    %13 = torch.prim.ListConstruct %12, %2, %3 : (!torch.vtensor<[?,784],f32>, !torch.vtensor<[?,20],f32>, !torch.vtensor<[?,20],f32>) -> !torch.list<vtensor>
    %14 = torch.aten.cat %13, %int1 {dynfault.site = "output"} : !torch.list<vtensor>, !torch.int -> !torch.vtensor<[?,824],f32>
    return %14 : !torch.vtensor<[?,824],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,824],f32>, %target: !torch.vtensor<[?,784],f32>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %sum = torch.constant.int 2
    %int0 = torch.constant.int 0
    %int784 = torch.constant.int 784
    %int804 = torch.constant.int 804
    %int824 = torch.constant.int 824
    %minus_half = torch.constant.float -0.5

    %0 = torch.aten.slice.Tensor %output, %int1, %int0, %int784, %int1 {dynfault.site = "loss/reconstruction"} : !torch.vtensor<[?,824],f32>, !torch.int, !torch.int, !torch.int, !torch.int -> !torch.vtensor<[?,784],f32>
    %1 = torch.aten.binary_cross_entropy %0, %target, %none, %sum {dynfault.site = "loss"} : !torch.vtensor<[?,784],f32>, !torch.vtensor<[?,784],f32>, !torch.none, !torch.int -> !torch.vtensor<[],f32>
    %2 = torch.aten.slice.Tensor %output, %int1, %int784, %int804, %int1 {dynfault.site = "loss/mu"} : !torch.vtensor<[?,824],f32>, !torch.int, !torch.int, !torch.int, !torch.int -> !torch.vtensor<[?,20],f32>
    %3 = torch.aten.slice.Tensor %output, %int1, %int804, %int824, %int1 {dynfault.site = "loss/logvar"} : !torch.vtensor<[?,824],f32>, !torch.int, !torch.int, !torch.int, !torch.int -> !torch.vtensor<[?,20],f32>

    // The Kullback-Leibler divergence from N(0, 1): -0.5 sum(1 + logvar - mu^2 - exp(logvar)).
    %4 = torch.aten.add.Scalar %3, %int1, %int1 {dynfault.site = "kl/one"} : !torch.vtensor<[?,20],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,20],f32>
    %5 = torch.aten.square %2 {dynfault.site = "kl/square"} : !torch.vtensor<[?,20],f32> -> !torch.vtensor<[?,20],f32>
    %6 = torch.aten.sub.Tensor %4, %5, %int1 {dynfault.site = "kl/mean"} : !torch.vtensor<[?,20],f32>, !torch.vtensor<[?,20],f32>, !torch.int -> !torch.vtensor<[?,20],f32>
    %7 = torch.aten.exp %3 {dynfault.site = "kl/exp"} : !torch.vtensor<[?,20],f32> -> !torch.vtensor<[?,20],f32>
    %8 = torch.aten.sub.Tensor %6, %7, %int1 {dynfault.site = "kl/variance"} : !torch.vtensor<[?,20],f32>, !torch.vtensor<[?,20],f32>, !torch.int -> !torch.vtensor<[?,20],f32>
    %9 = torch.aten.sum %8, %none {dynfault.site = "kl/sum"} : !torch.vtensor<[?,20],f32>, !torch.none -> !torch.vtensor<[],f32>
    %10 = torch.aten.mul.Scalar %9, %minus_half {dynfault.site = "kl/scale"} : !torch.vtensor<[],f32>, !torch.float -> !torch.vtensor<[],f32>
    %11 = torch.aten.add.Tensor %1, %10, %int1 {dynfault.site = "loss/add"} : !torch.vtensor<[],f32>, !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %11 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,784],f32>, %target: !torch.vtensor<[?,784],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,784],f32>) -> !torch.vtensor<[?,824],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,824],f32>, !torch.vtensor<[?,784],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
