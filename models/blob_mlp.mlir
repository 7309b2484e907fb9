// Three clouds of points in the plane: eight narrow layers.
//
// From: the Blob subject of AutoTrainer (X. Zhang et al., ICSE 2021): narrow dense layers of
// five, three scores, SGD, batches of 32, cross entropy. Initialisers are Keras' defaults.
// Chosen here: eight layers, tanh, a rate of 0.01 and momentum 0.9.
// Scaled down: nothing but the epochs (20).

module @blob_mlp attributes {
    dynfault.task = "classification", dynfault.family = "mlp", dynfault.margin = 0.3,
    dynfault.origin = "Blob, AutoTrainer (Zhang et al. 2021)"} {
  dynfault.dataset @data {source = "blobs", train = 700, validation = 300}
  dynfault.schedule {epochs = 20, batch_size = 32, shuffle = true}

  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[5,2],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc4.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc4.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc5.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc5.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc6.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc6.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc7.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc7.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc8.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[5,5],f32>
  torch.global_slot @fc8.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>
  torch.global_slot @fc9.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[3,5],f32>
  torch.global_slot @fc9.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[3],f32>

  func.func @forward(%x: !torch.vtensor<[?,2],f32>) -> !torch.vtensor<[?,3],f32> {
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[5,2],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[5],f32>
    %0 = torch.aten.linear %x, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,2],f32>, !torch.vtensor<[5,2],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %1 = torch.aten.tanh %0 {dynfault.site = "fc1/tanh"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[5,5],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[5],f32>
    %2 = torch.aten.linear %1, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %3 = torch.aten.tanh %2 {dynfault.site = "fc2/tanh"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc3.weight = torch.global_slot.get @fc3.weight : !torch.vtensor<[5,5],f32>
    %fc3.bias = torch.global_slot.get @fc3.bias : !torch.vtensor<[5],f32>
    %4 = torch.aten.linear %3, %fc3.weight, %fc3.bias {dynfault.site = "fc3/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %5 = torch.aten.tanh %4 {dynfault.site = "fc3/tanh"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc4.weight = torch.global_slot.get @fc4.weight : !torch.vtensor<[5,5],f32>
    %fc4.bias = torch.global_slot.get @fc4.bias : !torch.vtensor<[5],f32>
    %6 = torch.aten.linear %5, %fc4.weight, %fc4.bias {dynfault.site = "fc4/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %7 = torch.aten.tanh %6 {dynfault.site = "fc4/tanh"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc5.weight = torch.global_slot.get @fc5.weight : !torch.vtensor<[5,5],f32>
    %fc5.bias = torch.global_slot.get @fc5.bias : !torch.vtensor<[5],f32>
    %8 = torch.aten.linear %7, %fc5.weight, %fc5.bias {dynfault.site = "fc5/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %9 = torch.aten.tanh %8 {dynfault.site = "fc5/tanh"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc6.weight = torch.global_slot.get @fc6.weight : !torch.vtensor<[5,5],f32>
    %fc6.bias = torch.global_slot.get @fc6.bias : !torch.vtensor<[5],f32>
    %10 = torch.aten.linear %9, %fc6.weight, %fc6.bias {dynfault.site = "fc6/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %11 = torch.aten.tanh %10 {dynfault.site = "fc6/tanh"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc7.weight = torch.global_slot.get @fc7.weight : !torch.vtensor<[5,5],f32>
    %fc7.bias = torch.global_slot.get @fc7.bias : !torch.vtensor<[5],f32>
    %12 = torch.aten.linear %11, %fc7.weight, %fc7.bias {dynfault.site = "fc7/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %13 = torch.aten.tanh %12 {dynfault.site = "fc7/tanh"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc8.weight = torch.global_slot.get @fc8.weight : !torch.vtensor<[5,5],f32>
    %fc8.bias = torch.global_slot.get @fc8.bias : !torch.vtensor<[5],f32>
    %14 = torch.aten.linear %13, %fc8.weight, %fc8.bias {dynfault.site = "fc8/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    %15 = torch.aten.tanh %14 {dynfault.site = "fc8/tanh"} : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
    %fc9.weight = torch.global_slot.get @fc9.weight : !torch.vtensor<[3,5],f32>
    %fc9.bias = torch.global_slot.get @fc9.bias : !torch.vtensor<[3],f32>
    %16 = torch.aten.linear %15, %fc9.weight, %fc9.bias {dynfault.site = "fc9/linear"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[3,5],f32>, !torch.vtensor<[3],f32> -> !torch.vtensor<[?,3],f32>
    return %16 : !torch.vtensor<[?,3],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,3],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %ignore = torch.constant.int -100
    %smoothing = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %mean, %ignore, %smoothing {dynfault.site = "loss"} : !torch.vtensor<[?,3],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,2],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,2],f32>) -> !torch.vtensor<[?,3],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,3],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.01, momentum = 0.9>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
