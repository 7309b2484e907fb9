// A residual network over time that tells the language of a spoken prompt.
//
// From: keras.io, "Speaker recognition" (a subject of DeepCrime, ISSTA 2021): residual blocks
// of convolutions of width 3 with ReLU and a projecting skip, pooling by 2 after each, 16, 32,
// 64, 128 and 128 filters, two dense layers, softmax, Adam 0.001, batches of 128. Initialisers
// are Keras' defaults.
// Scaled down: 40 mel bands x 61 pieces instead of 8,000 frequencies, two blocks of 16 and 24
// filters, dense 64 and 32 instead of 256 and 128, 2,560 of 6,053 clips.

module @resnet1d_speech_language attributes {
    dynfault.task = "classification", dynfault.family = "audio-cnn", dynfault.margin = 0.15,
    dynfault.origin = "keras.io speaker recognition (DeepCrime subject)"} {
  dynfault.dataset @data {source = "speech-language", train = 2560, validation = 800,
      transforms = [#dynfault.transform<standardize>]}
  dynfault.schedule {epochs = 4, batch_size = 128, shuffle = true}

  torch.global_slot @block1.skip.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,40,1],f32>
  torch.global_slot @block1.skip.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block1.conv1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,40,3],f32>
  torch.global_slot @block1.conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block1.conv2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16,3],f32>
  torch.global_slot @block1.conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block2.skip.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[24,16,1],f32>
  torch.global_slot @block2.skip.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.conv1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[24,16,3],f32>
  torch.global_slot @block2.conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @block2.conv2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[24,24,3],f32>
  torch.global_slot @block2.conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[24],f32>
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,120],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,64],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[5,32],f32>
  torch.global_slot @fc3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[5],f32>

  func.func @forward(%x: !torch.vtensor<[?,40,61],f32>) -> !torch.vtensor<[?,5],f32> {
    %int1 = torch.constant.int 1
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %list_0 = torch.prim.ListConstruct %int0 : (!torch.int) -> !torch.list<int>
    %int2 = torch.constant.int 2
    %list_2 = torch.prim.ListConstruct %int2 : (!torch.int) -> !torch.list<int>
    %false = torch.constant.bool false
    %int3 = torch.constant.int 3
    %list_3 = torch.prim.ListConstruct %int3 : (!torch.int) -> !torch.list<int>
    %true = torch.constant.bool true
    %int-1 = torch.constant.int -1

    // Block 1.
    %block1.skip.weight = torch.global_slot.get @block1.skip.weight : !torch.vtensor<[16,40,1],f32>
    %block1.skip.bias = torch.global_slot.get @block1.skip.bias : !torch.vtensor<[16],f32>
    %0 = torch.aten.conv1d %x, %block1.skip.weight, %block1.skip.bias, %list_1, %list_0, %list_1, %int1 {dynfault.site = "block1.skip/conv1d"} : !torch.vtensor<[?,40,61],f32>, !torch.vtensor<[16,40,1],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,61],f32>
    %block1.conv1.weight = torch.global_slot.get @block1.conv1.weight : !torch.vtensor<[16,40,3],f32>
    %block1.conv1.bias = torch.global_slot.get @block1.conv1.bias : !torch.vtensor<[16],f32>
    %1 = torch.aten.conv1d %x, %block1.conv1.weight, %block1.conv1.bias, %list_1, %list_1, %list_1, %int1 {dynfault.site = "block1.conv1/conv1d"} : !torch.vtensor<[?,40,61],f32>, !torch.vtensor<[16,40,3],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,61],f32>
    %2 = torch.aten.relu %1 {dynfault.site = "block1.conv1/relu"} : !torch.vtensor<[?,16,61],f32> -> !torch.vtensor<[?,16,61],f32>
    %block1.conv2.weight = torch.global_slot.get @block1.conv2.weight : !torch.vtensor<[16,16,3],f32>
    %block1.conv2.bias = torch.global_slot.get @block1.conv2.bias : !torch.vtensor<[16],f32>
    %3 = torch.aten.conv1d %2, %block1.conv2.weight, %block1.conv2.bias, %list_1, %list_1, %list_1, %int1 {dynfault.site = "block1.conv2/conv1d"} : !torch.vtensor<[?,16,61],f32>, !torch.vtensor<[16,16,3],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,61],f32>
    %4 = torch.aten.add.Tensor %3, %0, %int1 {dynfault.site = "block1/add"} : !torch.vtensor<[?,16,61],f32>, !torch.vtensor<[?,16,61],f32>, !torch.int -> !torch.vtensor<[?,16,61],f32>
    %5 = torch.aten.relu %4 {dynfault.site = "block1/relu"} : !torch.vtensor<[?,16,61],f32> -> !torch.vtensor<[?,16,61],f32>
    %6 = torch.aten.max_pool1d %5, %list_2, %list_2, %list_0, %list_1, %false {dynfault.site = "block1/max_pool1d"} : !torch.vtensor<[?,16,61],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,16,30],f32>

    // Block 2.
    %block2.skip.weight = torch.global_slot.get @block2.skip.weight : !torch.vtensor<[24,16,1],f32>
    %block2.skip.bias = torch.global_slot.get @block2.skip.bias : !torch.vtensor<[24],f32>
    %7 = torch.aten.conv1d %6, %block2.skip.weight, %block2.skip.bias, %list_1, %list_0, %list_1, %int1 {dynfault.site = "block2.skip/conv1d"} : !torch.vtensor<[?,16,30],f32>, !torch.vtensor<[24,16,1],f32>, !torch.vtensor<[24],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,24,30],f32>
    %block2.conv1.weight = torch.global_slot.get @block2.conv1.weight : !torch.vtensor<[24,16,3],f32>
    %block2.conv1.bias = torch.global_slot.get @block2.conv1.bias : !torch.vtensor<[24],f32>
    %8 = torch.aten.conv1d %6, %block2.conv1.weight, %block2.conv1.bias, %list_1, %list_1, %list_1, %int1 {dynfault.site = "block2.conv1/conv1d"} : !torch.vtensor<[?,16,30],f32>, !torch.vtensor<[24,16,3],f32>, !torch.vtensor<[24],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,24,30],f32>
    %9 = torch.aten.relu %8 {dynfault.site = "block2.conv1/relu"} : !torch.vtensor<[?,24,30],f32> -> !torch.vtensor<[?,24,30],f32>
    %block2.conv2.weight = torch.global_slot.get @block2.conv2.weight : !torch.vtensor<[24,24,3],f32>
    %block2.conv2.bias = torch.global_slot.get @block2.conv2.bias : !torch.vtensor<[24],f32>
    %10 = torch.aten.conv1d %9, %block2.conv2.weight, %block2.conv2.bias, %list_1, %list_1, %list_1, %int1 {dynfault.site = "block2.conv2/conv1d"} : !torch.vtensor<[?,24,30],f32>, !torch.vtensor<[24,24,3],f32>, !torch.vtensor<[24],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,24,30],f32>
    %11 = torch.aten.add.Tensor %10, %7, %int1 {dynfault.site = "block2/add"} : !torch.vtensor<[?,24,30],f32>, !torch.vtensor<[?,24,30],f32>, !torch.int -> !torch.vtensor<[?,24,30],f32>
    %12 = torch.aten.relu %11 {dynfault.site = "block2/relu"} : !torch.vtensor<[?,24,30],f32> -> !torch.vtensor<[?,24,30],f32>
    %13 = torch.aten.max_pool1d %12, %list_2, %list_2, %list_0, %list_1, %false {dynfault.site = "block2/max_pool1d"} : !torch.vtensor<[?,24,30],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,24,15],f32>

    // Head.
    %14 = torch.aten.avg_pool1d %13, %list_3, %list_3, %list_0, %false, %true {dynfault.site = "pool"} : !torch.vtensor<[?,24,15],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool, !torch.bool -> !torch.vtensor<[?,24,5],f32>
    %15 = torch.aten.flatten.using_ints %14, %int1, %int-1 {dynfault.site = "flatten"} : !torch.vtensor<[?,24,5],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,120],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[64,120],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[64],f32>
    %16 = torch.aten.linear %15, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,120],f32>, !torch.vtensor<[64,120],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,64],f32>
    %17 = torch.aten.relu %16 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,64],f32> -> !torch.vtensor<[?,64],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[32,64],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[32],f32>
    %18 = torch.aten.linear %17, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[32,64],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,32],f32>
    %19 = torch.aten.relu %18 {dynfault.site = "fc2/relu"} : !torch.vtensor<[?,32],f32> -> !torch.vtensor<[?,32],f32>
    %fc3.weight = torch.global_slot.get @fc3.weight : !torch.vtensor<[5,32],f32>
    %fc3.bias = torch.global_slot.get @fc3.bias : !torch.vtensor<[5],f32>
    %20 = torch.aten.linear %19, %fc3.weight, %fc3.bias {dynfault.site = "fc3/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[5,32],f32>, !torch.vtensor<[5],f32> -> !torch.vtensor<[?,5],f32>
    return %20 : !torch.vtensor<[?,5],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,5],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %int-100 = torch.constant.int -100
    %float0.0 = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %int1, %int-100, %float0.0 {dynfault.site = "loss"} : !torch.vtensor<[?,5],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,40,61],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,40,61],f32>) -> !torch.vtensor<[?,5],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,5],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
