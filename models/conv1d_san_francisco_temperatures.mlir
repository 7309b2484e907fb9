// A convolution over a day's temperatures: the next hour's.
//
// From: TensorFlow's tutorial "Time series forecasting" (the convolutional model): 32 filters
// with ReLU, dense 32 with ReLU, dense 1, Adam 0.001, batches of 32, squared error, normalised
// values. Initialisers are Keras' defaults. The filters here are 6 hours wide instead of 3 and
// the rest of the day goes into the dense layer.
// Scaled down: 16 filters, 3,200 of 6,983 windows, 4 epochs of 20. The margin is above what
// the last value as prediction reaches (R2 0.955).

module @conv1d_san_francisco_temperatures attributes {
    dynfault.task = "regression", dynfault.family = "time-series-cnn", dynfault.margin = 1.71,
    dynfault.origin = "TensorFlow tutorial time series forecasting"} {
  dynfault.dataset @data {source = "san-francisco-temperatures", train = 3200, validation = 1200,
      transforms = [#dynfault.transform<standardize>, #dynfault.transform<standardize_target>]}
  dynfault.schedule {epochs = 4, batch_size = 32, shuffle = true}

  torch.global_slot @conv.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,1,6],f32>
  torch.global_slot @conv.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,304],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[1,32],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,24],f32>) -> !torch.vtensor<[?,1],f32> {
    %int1 = torch.constant.int 1
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %list_0 = torch.prim.ListConstruct %int0 : (!torch.int) -> !torch.list<int>
    %int-1 = torch.constant.int -1

    %conv.weight = torch.global_slot.get @conv.weight : !torch.vtensor<[16,1,6],f32>
    %conv.bias = torch.global_slot.get @conv.bias : !torch.vtensor<[16],f32>
    %0 = torch.aten.conv1d %x, %conv.weight, %conv.bias, %list_1, %list_0, %list_1, %int1 {dynfault.site = "conv/conv1d"} : !torch.vtensor<[?,1,24],f32>, !torch.vtensor<[16,1,6],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,19],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "conv/relu"} : !torch.vtensor<[?,16,19],f32> -> !torch.vtensor<[?,16,19],f32>
    %2 = torch.aten.flatten.using_ints %1, %int1, %int-1 {dynfault.site = "flatten"} : !torch.vtensor<[?,16,19],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,304],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[32,304],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[32],f32>
    %3 = torch.aten.linear %2, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,304],f32>, !torch.vtensor<[32,304],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,32],f32>
    %4 = torch.aten.relu %3 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,32],f32> -> !torch.vtensor<[?,32],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[1,32],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[1],f32>
    %5 = torch.aten.linear %4, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[1,32],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %5 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %int1 = torch.constant.int 1
    %0 = torch.aten.mse_loss %output, %target, %int1 {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1,24],f32>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,24],f32>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
