// A linear model of the powers of x: regression of a polynomial of degree 4.
//
// From: pytorch/examples, regression/main.py: one linear layer on x, x^2, x^3 and x^4 with x ~
// N(0, 1), batches of 32, smooth L1 loss, gradient descent with a rate of 0.1. Initialisers
// are PyTorch's defaults.
// Scaled down: 320 batches of 2,000 rows in all, where the original draws new rows for each
// batch until the loss is below 0.001; the target is standardized.

module @polynomial_regression attributes {
    dynfault.task = "regression", dynfault.family = "linear", dynfault.margin = 0.4,
    dynfault.origin = "pytorch/examples, regression"} {
  dynfault.dataset @data {source = "polynomial", train = 1280, validation = 500,
      transforms = [#dynfault.transform<standardize>, #dynfault.transform<standardize_target>]}
  dynfault.schedule {epochs = 8, batch_size = 32, shuffle = true}

  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[1,4],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<uniform, low = -0.5, high = 0.5>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,1],f32> {
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[1,4],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[1],f32>
    %0 = torch.aten.linear %x, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,4],f32>, !torch.vtensor<[1,4],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %0 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %mean = torch.constant.int 1
    %beta = torch.constant.float 1.0
    %0 = torch.aten.smooth_l1_loss %output, %target, %mean, %beta {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
