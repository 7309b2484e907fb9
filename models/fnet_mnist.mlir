// FNet: a Fourier transform over the patches and channels of an image instead of attention.
//
// From: keras.io, "Image classification with modern MLP models" (Lee-Thorp et al. 2021):
// patches projected to 256 numbers plus learned positions, blocks of the real part of a
// Fourier transform in both dimensions and of two dense layers with GELU and dropout 0.2, each
// with a residual connection and then normalisation, mean over patches, AdamW 0.001 with
// weight decay 0.0001, batches of 128. Initialisers are Keras' defaults.
// Scaled down: 16 patches of 7 x 7, 32 numbers, 2 blocks of 4, 3,840 of 60,000 digits.

module @fnet_mnist attributes {
    dynfault.task = "classification", dynfault.family = "mixer", dynfault.margin = 0.25,
    dynfault.origin = "keras.io FNet"} {
  dynfault.dataset @data {source = "mnist", train = 3840, validation = 1000,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 3, batch_size = 128, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @projection.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,49],f32>
  torch.global_slot @projection.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @positions.weight {dynfault.init = #dynfault.init<uniform, low = -0.05, high = 0.05>} : !torch.vtensor<[16,32],f32>
  torch.global_slot @blocks.0.norm1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.norm1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @blocks.0.fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @blocks.0.fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.norm2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.norm2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.norm1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.norm1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @blocks.1.fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @blocks.1.fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.norm2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.norm2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[10,32],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32> {
    %int-1 = torch.constant.int -1
    %int1 = torch.constant.int 1
    %int4 = torch.constant.int 4
    %int7 = torch.constant.int 7
    %list_m1_1_4_7_4_7 = torch.prim.ListConstruct %int-1, %int1, %int4, %int7, %int4, %int7 : (!torch.int, !torch.int, !torch.int, !torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %int2 = torch.constant.int 2
    %int3 = torch.constant.int 3
    %int5 = torch.constant.int 5
    %list_0_2_4_1_3_5 = torch.prim.ListConstruct %int0, %int2, %int4, %int1, %int3, %int5 : (!torch.int, !torch.int, !torch.int, !torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %int16 = torch.constant.int 16
    %int49 = torch.constant.int 49
    %list_m1_16_49 = torch.prim.ListConstruct %int-1, %int16, %int49 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %none = torch.constant.none
    %false = torch.constant.bool false
    %int-2 = torch.constant.int -2
    %list_m2_m1 = torch.prim.ListConstruct %int-2, %int-1 : (!torch.int, !torch.int) -> !torch.list<int>
    %int32 = torch.constant.int 32
    %list_32 = torch.prim.ListConstruct %int32 : (!torch.int) -> !torch.list<int>
    %float1.0e-06 = torch.constant.float 1.0e-06
    %str_none = torch.constant.str "none"
    %training = torch.global_slot.get @training : !torch.bool
    %float0.2 = torch.constant.float 0.2
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>

    // 4 x 4 patches of 7 x 7 pixels.
    %0 = torch.aten.view %x, %list_m1_1_4_7_4_7 {dynfault.site = "patches/view"} : !torch.vtensor<[?,1,28,28],f32>, !torch.list<int> -> !torch.vtensor<[?,1,4,7,4,7],f32>
    %1 = torch.aten.permute %0, %list_0_2_4_1_3_5 {dynfault.site = "patches/permute"} : !torch.vtensor<[?,1,4,7,4,7],f32>, !torch.list<int> -> !torch.vtensor<[?,4,4,1,7,7],f32>
    %2 = torch.aten.reshape %1, %list_m1_16_49 {dynfault.site = "patches/reshape"} : !torch.vtensor<[?,4,4,1,7,7],f32>, !torch.list<int> -> !torch.vtensor<[?,16,49],f32>
    %projection.weight = torch.global_slot.get @projection.weight : !torch.vtensor<[32,49],f32>
    %projection.bias = torch.global_slot.get @projection.bias : !torch.vtensor<[32],f32>
    %3 = torch.aten.linear %2, %projection.weight, %projection.bias {dynfault.site = "projection/linear"} : !torch.vtensor<[?,16,49],f32>, !torch.vtensor<[32,49],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %4 = torch.aten.arange %int16, %int4, %none, %none, %none {dynfault.site = "positions/arange"} : !torch.int, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[16],si64>
    %positions.weight = torch.global_slot.get @positions.weight : !torch.vtensor<[16,32],f32>
    %5 = torch.aten.embedding %positions.weight, %4, %int-1, %false, %false {dynfault.site = "positions/embedding"} : !torch.vtensor<[16,32],f32>, !torch.vtensor<[16],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[16,32],f32>
    %6 = torch.aten.add.Tensor %3, %5, %int1 {dynfault.site = "positions/add"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[16,32],f32>, !torch.int -> !torch.vtensor<[?,16,32],f32>

    // Block 1.
    %7 = torch.aten.fft_fft2 %6, %none, %list_m2_m1, %none {dynfault.site = "blocks.0/fft2"} : !torch.vtensor<[?,16,32],f32>, !torch.none, !torch.list<int>, !torch.none -> !torch.vtensor<[?,16,32],complex<f32>>
    %8 = torch.aten.real %7 {dynfault.site = "blocks.0/real"} : !torch.vtensor<[?,16,32],complex<f32>> -> !torch.vtensor<[?,16,32],f32>
    %9 = torch.aten.add.Tensor %8, %6, %int1 {dynfault.site = "blocks.0/residual1"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[?,16,32],f32>, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %blocks.0.norm1.weight = torch.global_slot.get @blocks.0.norm1.weight : !torch.vtensor<[32],f32>
    %blocks.0.norm1.bias = torch.global_slot.get @blocks.0.norm1.bias : !torch.vtensor<[32],f32>
    %10 = torch.aten.layer_norm %9, %list_32, %blocks.0.norm1.weight, %blocks.0.norm1.bias, %float1.0e-06, %false {dynfault.site = "blocks.0.norm1/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %blocks.0.fc1.weight = torch.global_slot.get @blocks.0.fc1.weight : !torch.vtensor<[32,32],f32>
    %blocks.0.fc1.bias = torch.global_slot.get @blocks.0.fc1.bias : !torch.vtensor<[32],f32>
    %11 = torch.aten.linear %10, %blocks.0.fc1.weight, %blocks.0.fc1.bias {dynfault.site = "blocks.0.fc1/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %12 = torch.aten.gelu %11, %str_none {dynfault.site = "blocks.0.fc1/gelu"} : !torch.vtensor<[?,16,32],f32>, !torch.str -> !torch.vtensor<[?,16,32],f32>
    %13 = torch.aten.dropout %12, %float0.2, %training {dynfault.site = "blocks.0.fc1/dropout"} : !torch.vtensor<[?,16,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %blocks.0.fc2.weight = torch.global_slot.get @blocks.0.fc2.weight : !torch.vtensor<[32,32],f32>
    %blocks.0.fc2.bias = torch.global_slot.get @blocks.0.fc2.bias : !torch.vtensor<[32],f32>
    %14 = torch.aten.linear %13, %blocks.0.fc2.weight, %blocks.0.fc2.bias {dynfault.site = "blocks.0.fc2/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %15 = torch.aten.add.Tensor %14, %10, %int1 {dynfault.site = "blocks.0/residual2"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[?,16,32],f32>, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %blocks.0.norm2.weight = torch.global_slot.get @blocks.0.norm2.weight : !torch.vtensor<[32],f32>
    %blocks.0.norm2.bias = torch.global_slot.get @blocks.0.norm2.bias : !torch.vtensor<[32],f32>
    %16 = torch.aten.layer_norm %15, %list_32, %blocks.0.norm2.weight, %blocks.0.norm2.bias, %float1.0e-06, %false {dynfault.site = "blocks.0.norm2/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>

    // Block 2.
    %17 = torch.aten.fft_fft2 %16, %none, %list_m2_m1, %none {dynfault.site = "blocks.1/fft2"} : !torch.vtensor<[?,16,32],f32>, !torch.none, !torch.list<int>, !torch.none -> !torch.vtensor<[?,16,32],complex<f32>>
    %18 = torch.aten.real %17 {dynfault.site = "blocks.1/real"} : !torch.vtensor<[?,16,32],complex<f32>> -> !torch.vtensor<[?,16,32],f32>
    %19 = torch.aten.add.Tensor %18, %16, %int1 {dynfault.site = "blocks.1/residual1"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[?,16,32],f32>, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %blocks.1.norm1.weight = torch.global_slot.get @blocks.1.norm1.weight : !torch.vtensor<[32],f32>
    %blocks.1.norm1.bias = torch.global_slot.get @blocks.1.norm1.bias : !torch.vtensor<[32],f32>
    %20 = torch.aten.layer_norm %19, %list_32, %blocks.1.norm1.weight, %blocks.1.norm1.bias, %float1.0e-06, %false {dynfault.site = "blocks.1.norm1/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %blocks.1.fc1.weight = torch.global_slot.get @blocks.1.fc1.weight : !torch.vtensor<[32,32],f32>
    %blocks.1.fc1.bias = torch.global_slot.get @blocks.1.fc1.bias : !torch.vtensor<[32],f32>
    %21 = torch.aten.linear %20, %blocks.1.fc1.weight, %blocks.1.fc1.bias {dynfault.site = "blocks.1.fc1/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %22 = torch.aten.gelu %21, %str_none {dynfault.site = "blocks.1.fc1/gelu"} : !torch.vtensor<[?,16,32],f32>, !torch.str -> !torch.vtensor<[?,16,32],f32>
    %23 = torch.aten.dropout %22, %float0.2, %training {dynfault.site = "blocks.1.fc1/dropout"} : !torch.vtensor<[?,16,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %blocks.1.fc2.weight = torch.global_slot.get @blocks.1.fc2.weight : !torch.vtensor<[32,32],f32>
    %blocks.1.fc2.bias = torch.global_slot.get @blocks.1.fc2.bias : !torch.vtensor<[32],f32>
    %24 = torch.aten.linear %23, %blocks.1.fc2.weight, %blocks.1.fc2.bias {dynfault.site = "blocks.1.fc2/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %25 = torch.aten.add.Tensor %24, %20, %int1 {dynfault.site = "blocks.1/residual2"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[?,16,32],f32>, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %blocks.1.norm2.weight = torch.global_slot.get @blocks.1.norm2.weight : !torch.vtensor<[32],f32>
    %blocks.1.norm2.bias = torch.global_slot.get @blocks.1.norm2.bias : !torch.vtensor<[32],f32>
    %26 = torch.aten.layer_norm %25, %list_32, %blocks.1.norm2.weight, %blocks.1.norm2.bias, %float1.0e-06, %false {dynfault.site = "blocks.1.norm2/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>

    // Mean over the patches.
    %27 = torch.aten.mean.dim %26, %list_1, %false, %none {dynfault.site = "pool/mean"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.bool, !torch.none -> !torch.vtensor<[?,32],f32>
    %28 = torch.aten.dropout %27, %float0.2, %training {dynfault.site = "pool/dropout"} : !torch.vtensor<[?,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,32],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[10,32],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[10],f32>
    %29 = torch.aten.linear %28, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[10,32],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %29 : !torch.vtensor<[?,10],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,10],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %int-100 = torch.constant.int -100
    %float0.0 = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %int1, %int-100, %float0.0 {dynfault.site = "loss"} : !torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1,28,28],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adamw, lr = 0.001, weight_decay = 0.0001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
