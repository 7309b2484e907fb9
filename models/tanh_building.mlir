// A stack of tanh layers with a linear output that tells a building's use of energy.
//
// From: the house-price networks of the DeepLocalize benchmark (Stack Overflow questions on
// Keras regressors that use tanh throughout): tanh, linear output, Adam, batches of 32,
// squared error. Initialisers are Keras' defaults. Chosen here: layers of 64, 64 and 32, and
// the Building data (Proben1), use of energy, hot and cold water from time and weather.
// Scaled down: 3,000 of the 4,208 hours and 8 epochs.

module @tanh_building attributes {
    dynfault.task = "regression", dynfault.family = "mlp-regression", dynfault.margin = 0.4,
    dynfault.origin = "House-price networks of the DeepLocalize benchmark"} {
  dynfault.dataset @data {source = "building", train = 3000, validation = 1000,
      transforms = [#dynfault.transform<standardize>, #dynfault.transform<standardize_target>]}
  dynfault.schedule {epochs = 8, batch_size = 32, shuffle = true}

  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,14],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,64],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @fc3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,64],f32>
  torch.global_slot @fc3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc4.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[3,32],f32>
  torch.global_slot @fc4.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[3],f32>

  func.func @forward(%x: !torch.vtensor<[?,14],f32>) -> !torch.vtensor<[?,3],f32> {
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[64,14],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[64],f32>
    %0 = torch.aten.linear %x, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,14],f32>, !torch.vtensor<[64,14],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,64],f32>
    %1 = torch.aten.tanh %0 {dynfault.site = "fc1/tanh"} : !torch.vtensor<[?,64],f32> -> !torch.vtensor<[?,64],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[64,64],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[64],f32>
    %2 = torch.aten.linear %1, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[64,64],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,64],f32>
    %3 = torch.aten.tanh %2 {dynfault.site = "fc2/tanh"} : !torch.vtensor<[?,64],f32> -> !torch.vtensor<[?,64],f32>
    %fc3.weight = torch.global_slot.get @fc3.weight : !torch.vtensor<[32,64],f32>
    %fc3.bias = torch.global_slot.get @fc3.bias : !torch.vtensor<[32],f32>
    %4 = torch.aten.linear %3, %fc3.weight, %fc3.bias {dynfault.site = "fc3/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[32,64],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,32],f32>
    %5 = torch.aten.tanh %4 {dynfault.site = "fc3/tanh"} : !torch.vtensor<[?,32],f32> -> !torch.vtensor<[?,32],f32>
    %fc4.weight = torch.global_slot.get @fc4.weight : !torch.vtensor<[3,32],f32>
    %fc4.bias = torch.global_slot.get @fc4.bias : !torch.vtensor<[3],f32>
    %6 = torch.aten.linear %5, %fc4.weight, %fc4.bias {dynfault.site = "fc4/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[3,32],f32>, !torch.vtensor<[3],f32> -> !torch.vtensor<[?,3],f32>
    return %6 : !torch.vtensor<[?,3],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,3],f32>, %target: !torch.vtensor<[?,3],f32>) -> !torch.vtensor<[],f32> {
    %mean = torch.constant.int 1
    %0 = torch.aten.mse_loss %output, %target, %mean {dynfault.site = "loss"} : !torch.vtensor<[?,3],f32>, !torch.vtensor<[?,3],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,14],f32>, %target: !torch.vtensor<[?,3],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,14],f32>) -> !torch.vtensor<[?,3],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,3],f32>, !torch.vtensor<[?,3],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
