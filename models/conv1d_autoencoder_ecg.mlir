// A convolutional auto-encoder of pieces of an electrocardiogram, as anomaly detectors use it.
//
// From: keras.io, "Timeseries anomaly detection using an autoencoder": convolutions with 32
// and 16 filters of width 7 and stride 2, transposed ones with 16, 32 and 1 filters, dropout
// 0.2, squared error, Adam 0.001, batches of 128. Initialisers are Keras' defaults.
// Scaled down: a quarter of the filters, 12 epochs instead of 50, windows of 256 samples
// instead of 288.

module @conv1d_autoencoder_ecg attributes {
    dynfault.task = "regression", dynfault.family = "time-series-autoencoder", dynfault.margin = 0.5,
    dynfault.origin = "keras.io timeseries anomaly detection"} {
  dynfault.dataset @data {source = "ecg", train = 900, validation = 300,
      transforms = [#dynfault.transform<standardize>, #dynfault.transform<standardize_target>]}
  dynfault.schedule {epochs = 12, batch_size = 128, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @encoder.conv1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[8,1,7],f32>
  torch.global_slot @encoder.conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @encoder.conv2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[4,8,7],f32>
  torch.global_slot @encoder.conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[4],f32>
  torch.global_slot @decoder.conv1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[4,4,7],f32>
  torch.global_slot @decoder.conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[4],f32>
  torch.global_slot @decoder.conv2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[4,8,7],f32>
  torch.global_slot @decoder.conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @decoder.conv3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[8,1,7],f32>
  torch.global_slot @decoder.conv3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,256],f32>) -> !torch.vtensor<[?,256],f32> {
    %int1 = torch.constant.int 1
    %int2 = torch.constant.int 2
    %list_2 = torch.prim.ListConstruct %int2 : (!torch.int) -> !torch.list<int>
    %int3 = torch.constant.int 3
    %list_3 = torch.prim.ListConstruct %int3 : (!torch.int) -> !torch.list<int>
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>
    %training = torch.global_slot.get @training : !torch.bool
    %float0.2 = torch.constant.float 0.2
    %int0 = torch.constant.int 0
    %list_0 = torch.prim.ListConstruct %int0 : (!torch.int) -> !torch.list<int>

    %0 = torch.aten.unsqueeze %x, %int1 {dynfault.site = "channel"} : !torch.vtensor<[?,256],f32>, !torch.int -> !torch.vtensor<[?,1,256],f32>

    // Encoder: 256 samples to 64 steps of 4 channels.
    %encoder.conv1.weight = torch.global_slot.get @encoder.conv1.weight : !torch.vtensor<[8,1,7],f32>
    %encoder.conv1.bias = torch.global_slot.get @encoder.conv1.bias : !torch.vtensor<[8],f32>
    %1 = torch.aten.conv1d %0, %encoder.conv1.weight, %encoder.conv1.bias, %list_2, %list_3, %list_1, %int1 {dynfault.site = "encoder.conv1/conv1d"} : !torch.vtensor<[?,1,256],f32>, !torch.vtensor<[8,1,7],f32>, !torch.vtensor<[8],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,128],f32>
    %2 = torch.aten.relu %1 {dynfault.site = "encoder.conv1/relu"} : !torch.vtensor<[?,8,128],f32> -> !torch.vtensor<[?,8,128],f32>
    %3 = torch.aten.dropout %2, %float0.2, %training {dynfault.site = "encoder/dropout"} : !torch.vtensor<[?,8,128],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,8,128],f32>
    %encoder.conv2.weight = torch.global_slot.get @encoder.conv2.weight : !torch.vtensor<[4,8,7],f32>
    %encoder.conv2.bias = torch.global_slot.get @encoder.conv2.bias : !torch.vtensor<[4],f32>
    %4 = torch.aten.conv1d %3, %encoder.conv2.weight, %encoder.conv2.bias, %list_2, %list_3, %list_1, %int1 {dynfault.site = "encoder.conv2/conv1d"} : !torch.vtensor<[?,8,128],f32>, !torch.vtensor<[4,8,7],f32>, !torch.vtensor<[4],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,4,64],f32>
    %5 = torch.aten.relu %4 {dynfault.site = "encoder.conv2/relu"} : !torch.vtensor<[?,4,64],f32> -> !torch.vtensor<[?,4,64],f32>

    // Decoder.
    %decoder.conv1.weight = torch.global_slot.get @decoder.conv1.weight : !torch.vtensor<[4,4,7],f32>
    %decoder.conv1.bias = torch.global_slot.get @decoder.conv1.bias : !torch.vtensor<[4],f32>
    %6 = torch.aten.conv_transpose1d %5, %decoder.conv1.weight, %decoder.conv1.bias, %list_2, %list_3, %list_1, %int1, %list_1 {dynfault.site = "decoder.conv1/conv_transpose1d"} : !torch.vtensor<[?,4,64],f32>, !torch.vtensor<[4,4,7],f32>, !torch.vtensor<[4],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int, !torch.list<int> -> !torch.vtensor<[?,4,128],f32>
    %7 = torch.aten.relu %6 {dynfault.site = "decoder.conv1/relu"} : !torch.vtensor<[?,4,128],f32> -> !torch.vtensor<[?,4,128],f32>
    %8 = torch.aten.dropout %7, %float0.2, %training {dynfault.site = "decoder/dropout"} : !torch.vtensor<[?,4,128],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,4,128],f32>
    %decoder.conv2.weight = torch.global_slot.get @decoder.conv2.weight : !torch.vtensor<[4,8,7],f32>
    %decoder.conv2.bias = torch.global_slot.get @decoder.conv2.bias : !torch.vtensor<[8],f32>
    %9 = torch.aten.conv_transpose1d %8, %decoder.conv2.weight, %decoder.conv2.bias, %list_2, %list_3, %list_1, %int1, %list_1 {dynfault.site = "decoder.conv2/conv_transpose1d"} : !torch.vtensor<[?,4,128],f32>, !torch.vtensor<[4,8,7],f32>, !torch.vtensor<[8],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int, !torch.list<int> -> !torch.vtensor<[?,8,256],f32>
    %10 = torch.aten.relu %9 {dynfault.site = "decoder.conv2/relu"} : !torch.vtensor<[?,8,256],f32> -> !torch.vtensor<[?,8,256],f32>
    %decoder.conv3.weight = torch.global_slot.get @decoder.conv3.weight : !torch.vtensor<[8,1,7],f32>
    %decoder.conv3.bias = torch.global_slot.get @decoder.conv3.bias : !torch.vtensor<[1],f32>
    %11 = torch.aten.conv_transpose1d %10, %decoder.conv3.weight, %decoder.conv3.bias, %list_1, %list_3, %list_0, %int1, %list_1 {dynfault.site = "decoder.conv3/conv_transpose1d"} : !torch.vtensor<[?,8,256],f32>, !torch.vtensor<[8,1,7],f32>, !torch.vtensor<[1],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int, !torch.list<int> -> !torch.vtensor<[?,1,256],f32>
    %12 = torch.aten.squeeze.dim %11, %int1 {dynfault.site = "signal"} : !torch.vtensor<[?,1,256],f32>, !torch.int -> !torch.vtensor<[?,256],f32>
    return %12 : !torch.vtensor<[?,256],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,256],f32>, %target: !torch.vtensor<[?,256],f32>) -> !torch.vtensor<[],f32> {
    %int1 = torch.constant.int 1
    %0 = torch.aten.mse_loss %output, %target, %int1 {dynfault.site = "loss"} : !torch.vtensor<[?,256],f32>, !torch.vtensor<[?,256],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,256],f32>, %target: !torch.vtensor<[?,256],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,256],f32>) -> !torch.vtensor<[?,256],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,256],f32>, !torch.vtensor<[?,256],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
