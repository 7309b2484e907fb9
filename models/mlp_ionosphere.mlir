// One hidden layer that tells good radar returns from bad ones: binary classification.
//
// From: Stack Overflow question 48493755, the baseline of J. Brownlee's tutorial on binary
// classification of sonar returns: in-60-1, ReLU, Adam 0.001, batches of 5, binary cross
// entropy, weights from N(0, 0.05^2) as in Keras 1, standardized inputs. Here on the UCI
// Ionosphere returns, 34 measures.
// Scaled down: nothing but the epochs (12).

module @mlp_ionosphere attributes {
    dynfault.task = "classification", dynfault.family = "mlp", dynfault.margin = 0.15,
    dynfault.origin = "Stack Overflow 48493755, Keras sonar tutorial"} {
  dynfault.dataset @data {source = "ionosphere", train = 251, validation = 100,
      transforms = [#dynfault.transform<standardize>]}
  dynfault.schedule {epochs = 12, batch_size = 5, shuffle = true}

  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<normal, std = 0.05>} : !torch.vtensor<[60,34],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[60],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<normal, std = 0.05>} : !torch.vtensor<[1,60],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,34],f32>) -> !torch.vtensor<[?,1],f32> {
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[60,34],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[60],f32>
    %0 = torch.aten.linear %x, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,34],f32>, !torch.vtensor<[60,34],f32>, !torch.vtensor<[60],f32> -> !torch.vtensor<[?,60],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,60],f32> -> !torch.vtensor<[?,60],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[1,60],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[1],f32>
    %2 = torch.aten.linear %1, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,60],f32>, !torch.vtensor<[1,60],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %2 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %0 = torch.aten.binary_cross_entropy_with_logits %output, %target, %none, %none, %mean {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.none, !torch.none, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,34],f32>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,34],f32>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
