// Convolutions of three widths over the words of a sentence: its sentiment.
//
// From: Kim, "Convolutional neural networks for sentence classification", 2014 (CNN-rand):
// word vectors uniform in +-0.25, 100 filters each of widths 3, 4 and 5 with ReLU, maximum
// over the sentence, dropout 0.5, softmax, Adadelta, batches of 50, on these same sentences.
// Scaled down: 32 numbers a word instead of 300, 16 filters of each width, 3,200 of 10,662
// sentences, their last 30 words; a penalty of the weights' squares for the bound of their
// norm.

module @text_cnn_polarity attributes {
    dynfault.task = "classification", dynfault.family = "text-cnn", dynfault.margin = 0.08,
    dynfault.origin = "Kim 2014, CNN for sentence classification"} {
  dynfault.dataset @data {source = "polarity", train = 3200, validation = 800}
  dynfault.schedule {epochs = 7, batch_size = 50, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @embedding.weight {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[5000,32],f32>
  torch.global_slot @conv3.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,32,3],f32>
  torch.global_slot @conv3.bias {dynfault.init = #dynfault.init<uniform, low = -0.10206207261596577, high = 0.10206207261596577>} : !torch.vtensor<[16],f32>
  torch.global_slot @conv4.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,32,4],f32>
  torch.global_slot @conv4.bias {dynfault.init = #dynfault.init<uniform, low = -0.08838834764831843, high = 0.08838834764831843>} : !torch.vtensor<[16],f32>
  torch.global_slot @conv5.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,32,5],f32>
  torch.global_slot @conv5.bias {dynfault.init = #dynfault.init<uniform, low = -0.07905694150420949, high = 0.07905694150420949>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[2,48],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<uniform, low = -0.14433756729740646, high = 0.14433756729740646>} : !torch.vtensor<[2],f32>

  func.func @forward(%x: !torch.vtensor<[?,30],si64>) -> !torch.vtensor<[?,2],f32> {
    %int-1 = torch.constant.int -1
    %false = torch.constant.bool false
    %int1 = torch.constant.int 1
    %int2 = torch.constant.int 2
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %list_0 = torch.prim.ListConstruct %int0 : (!torch.int) -> !torch.list<int>
    %list_2 = torch.prim.ListConstruct %int2 : (!torch.int) -> !torch.list<int>
    %training = torch.global_slot.get @training : !torch.bool
    %float0.5 = torch.constant.float 0.5

    %embedding.weight = torch.global_slot.get @embedding.weight : !torch.vtensor<[5000,32],f32>
    %0 = torch.aten.embedding %embedding.weight, %x, %int-1, %false, %false {dynfault.site = "embedding/embedding"} : !torch.vtensor<[5000,32],f32>, !torch.vtensor<[?,30],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[?,30,32],f32>
    %1 = torch.aten.transpose.int %0, %int1, %int2 {dynfault.site = "channels"} : !torch.vtensor<[?,30,32],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,32,30],f32>

    %conv3.weight = torch.global_slot.get @conv3.weight : !torch.vtensor<[16,32,3],f32>
    %conv3.bias = torch.global_slot.get @conv3.bias : !torch.vtensor<[16],f32>
    %2 = torch.aten.conv1d %1, %conv3.weight, %conv3.bias, %list_1, %list_0, %list_1, %int1 {dynfault.site = "conv3/conv1d"} : !torch.vtensor<[?,32,30],f32>, !torch.vtensor<[16,32,3],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,28],f32>
    %3 = torch.aten.relu %2 {dynfault.site = "conv3/relu"} : !torch.vtensor<[?,16,28],f32> -> !torch.vtensor<[?,16,28],f32>
    %4 = torch.aten.amax %3, %list_2, %false {dynfault.site = "conv3/amax"} : !torch.vtensor<[?,16,28],f32>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,16],f32>

    %conv4.weight = torch.global_slot.get @conv4.weight : !torch.vtensor<[16,32,4],f32>
    %conv4.bias = torch.global_slot.get @conv4.bias : !torch.vtensor<[16],f32>
    %5 = torch.aten.conv1d %1, %conv4.weight, %conv4.bias, %list_1, %list_0, %list_1, %int1 {dynfault.site = "conv4/conv1d"} : !torch.vtensor<[?,32,30],f32>, !torch.vtensor<[16,32,4],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,27],f32>
    %6 = torch.aten.relu %5 {dynfault.site = "conv4/relu"} : !torch.vtensor<[?,16,27],f32> -> !torch.vtensor<[?,16,27],f32>
    %7 = torch.aten.amax %6, %list_2, %false {dynfault.site = "conv4/amax"} : !torch.vtensor<[?,16,27],f32>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,16],f32>

    %conv5.weight = torch.global_slot.get @conv5.weight : !torch.vtensor<[16,32,5],f32>
    %conv5.bias = torch.global_slot.get @conv5.bias : !torch.vtensor<[16],f32>
    %8 = torch.aten.conv1d %1, %conv5.weight, %conv5.bias, %list_1, %list_0, %list_1, %int1 {dynfault.site = "conv5/conv1d"} : !torch.vtensor<[?,32,30],f32>, !torch.vtensor<[16,32,5],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,26],f32>
    %9 = torch.aten.relu %8 {dynfault.site = "conv5/relu"} : !torch.vtensor<[?,16,26],f32> -> !torch.vtensor<[?,16,26],f32>
    %10 = torch.aten.amax %9, %list_2, %false {dynfault.site = "conv5/amax"} : !torch.vtensor<[?,16,26],f32>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,16],f32>

    %11 = torch.prim.ListConstruct %4, %7, %10 : (!torch.vtensor<[?,16],f32>, !torch.vtensor<[?,16],f32>, !torch.vtensor<[?,16],f32>) -> !torch.list<vtensor>
    %12 = torch.aten.cat %11, %int1 {dynfault.site = "cat"} : !torch.list<vtensor>, !torch.int -> !torch.vtensor<[?,48],f32>
    %13 = torch.aten.dropout %12, %float0.5, %training {dynfault.site = "cat/dropout"} : !torch.vtensor<[?,48],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,48],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[2,48],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[2],f32>
    %14 = torch.aten.linear %13, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,48],f32>, !torch.vtensor<[2,48],f32>, !torch.vtensor<[2],f32> -> !torch.vtensor<[?,2],f32>
    return %14 : !torch.vtensor<[?,2],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,2],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %int-100 = torch.constant.int -100
    %float0.0 = torch.constant.float 0.0
    %float0.001 = torch.constant.float 0.001

    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %int1, %int-100, %float0.0 {dynfault.site = "loss"} : !torch.vtensor<[?,2],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[2,48],f32>
    %1 = torch.aten.square %fc.weight {dynfault.site = "penalty/square"} : !torch.vtensor<[2,48],f32> -> !torch.vtensor<[2,48],f32>
    %2 = torch.aten.sum %1, %none {dynfault.site = "penalty/sum"} : !torch.vtensor<[2,48],f32>, !torch.none -> !torch.vtensor<[],f32>
    %3 = torch.aten.mul.Scalar %2, %float0.001 {dynfault.site = "penalty/scale"} : !torch.vtensor<[],f32>, !torch.float -> !torch.vtensor<[],f32>
    %4 = torch.aten.add.Tensor %0, %3, %int1 {dynfault.site = "penalty/add"} : !torch.vtensor<[],f32>, !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %4 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,30],si64>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,30],si64>) -> !torch.vtensor<[?,2],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,2],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adadelta, lr = 1.0, rho = 0.95>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
