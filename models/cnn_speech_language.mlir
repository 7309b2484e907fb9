// A convolutional network on the spectrogram of a spoken prompt: its language.
//
// From: TensorFlow's tutorial "Simple audio recognition": the spectrogram made smaller and
// normalised, convolutions with 32 and 64 filters of 3 x 3 and ReLU, pooling, dropout 0.25,
// dense 128, dropout 0.5, softmax, Adam 0.001, batches of 64. Initialisers are Keras'
// defaults.
// Scaled down: 20 x 30 means of 2 x 2 mel energies instead of 32 x 32, 8 and 12 filters, dense
// 48, 1,600 of 6,053 clips.

module @cnn_speech_language attributes {
    dynfault.task = "classification", dynfault.family = "audio-cnn", dynfault.margin = 0.15,
    dynfault.origin = "TensorFlow tutorial simple audio recognition"} {
  dynfault.dataset @data {source = "speech-language", train = 1600, validation = 800,
      transforms = [#dynfault.transform<standardize>]}
  dynfault.schedule {epochs = 4, batch_size = 64, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @conv1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[8,1,3,3],f32>
  torch.global_slot @conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @conv2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[12,8,3,3],f32>
  torch.global_slot @conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[12],f32>
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[48,1248],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[48],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[5,48],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,40,61],f32>) -> !torch.vtensor<[?,5],f32> {
    %int2 = torch.constant.int 2
    %list_2_2 = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %list_0_0 = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
    %false = torch.constant.bool false
    %true = torch.constant.bool true
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %list_1_1 = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
    %training = torch.global_slot.get @training : !torch.bool
    %float0.25 = torch.constant.float 0.25
    %int-1 = torch.constant.int -1
    %float0.5 = torch.constant.float 0.5

    %0 = torch.aten.avg_pool2d %x, %list_2_2, %list_2_2, %list_0_0, %false, %true, %none {dynfault.site = "resize/avg_pool2d"} : !torch.vtensor<[?,1,40,61],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool, !torch.bool, !torch.none -> !torch.vtensor<[?,1,20,30],f32>
    %conv1.weight = torch.global_slot.get @conv1.weight : !torch.vtensor<[8,1,3,3],f32>
    %conv1.bias = torch.global_slot.get @conv1.bias : !torch.vtensor<[8],f32>
    %1 = torch.aten.conv2d %0, %conv1.weight, %conv1.bias, %list_1_1, %list_0_0, %list_1_1, %int1 {dynfault.site = "conv1/conv2d"} : !torch.vtensor<[?,1,20,30],f32>, !torch.vtensor<[8,1,3,3],f32>, !torch.vtensor<[8],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,8,18,28],f32>
    %2 = torch.aten.relu %1 {dynfault.site = "conv1/relu"} : !torch.vtensor<[?,8,18,28],f32> -> !torch.vtensor<[?,8,18,28],f32>
    %conv2.weight = torch.global_slot.get @conv2.weight : !torch.vtensor<[12,8,3,3],f32>
    %conv2.bias = torch.global_slot.get @conv2.bias : !torch.vtensor<[12],f32>
    %3 = torch.aten.conv2d %2, %conv2.weight, %conv2.bias, %list_1_1, %list_0_0, %list_1_1, %int1 {dynfault.site = "conv2/conv2d"} : !torch.vtensor<[?,8,18,28],f32>, !torch.vtensor<[12,8,3,3],f32>, !torch.vtensor<[12],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,12,16,26],f32>
    %4 = torch.aten.relu %3 {dynfault.site = "conv2/relu"} : !torch.vtensor<[?,12,16,26],f32> -> !torch.vtensor<[?,12,16,26],f32>
    %5 = torch.aten.max_pool2d %4, %list_2_2, %list_2_2, %list_0_0, %list_1_1, %false {dynfault.site = "conv2/max_pool2d"} : !torch.vtensor<[?,12,16,26],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,12,8,13],f32>
    %6 = torch.aten.dropout %5, %float0.25, %training {dynfault.site = "conv2/dropout"} : !torch.vtensor<[?,12,8,13],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,12,8,13],f32>

    %7 = torch.aten.flatten.using_ints %6, %int1, %int-1 {dynfault.site = "flatten"} : !torch.vtensor<[?,12,8,13],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,1248],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[48,1248],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[48],f32>
    %8 = torch.aten.linear %7, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,1248],f32>, !torch.vtensor<[48,1248],f32>, !torch.vtensor<[48],f32> -> !torch.vtensor<[?,48],f32>
    %9 = torch.aten.relu %8 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,48],f32> -> !torch.vtensor<[?,48],f32>
    %10 = torch.aten.dropout %9, %float0.5, %training {dynfault.site = "fc1/dropout"} : !torch.vtensor<[?,48],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,48],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[5,48],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[5],f32>
    %11 = torch.aten.linear %10, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,48],f32>, !torch.vtensor<[5,48],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    return %11 : !torch.vtensor<[?,5],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,5],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %int-100 = torch.constant.int -100
    %float0.0 = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %int1, %int-100, %float0.0 {dynfault.site = "loss"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1,40,61],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,40,61],f32>) -> !torch.vtensor<[?,5],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,5],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
