// MLP-Mixer: dense layers over the patches of an image and over their channels, in turn.
//
// From: keras.io, "Image classification with modern MLP models" (Tolstikhin et al. 2021):
// patches projected to 256 numbers, blocks of normalisation, a GELU layer and a dense one
// across patches, the same across channels, both with residual connections and dropout 0.2,
// mean over patches, AdamW 0.005 with weight decay 0.0001, batches of 128. Initialisers are
// Keras' defaults.
// Scaled down: 16 patches of 7 x 7, 32 numbers, 2 blocks of 4, 2,560 of 60,000 images.

module @mlp_mixer_fashion_mnist attributes {
    dynfault.task = "classification", dynfault.family = "mixer", dynfault.margin = 0.3,
    dynfault.origin = "keras.io MLP-Mixer"} {
  dynfault.dataset @data {source = "fashion-mnist", train = 2560, validation = 1000,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 3, batch_size = 128, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @projection.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,49],f32>
  torch.global_slot @projection.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.norm1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.norm1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.tokens1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.0.tokens1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.tokens2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.0.tokens2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.norm2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.norm2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.channels1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @blocks.0.channels1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.channels2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @blocks.0.channels2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.norm1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.norm1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.tokens1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.1.tokens1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.1.tokens2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.1.tokens2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.1.norm2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.norm2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.channels1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @blocks.1.channels1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.channels2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @blocks.1.channels2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
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
    %training = torch.global_slot.get @training : !torch.bool
    %float0.2 = torch.constant.float 0.2
    %int32 = torch.constant.int 32
    %list_32 = torch.prim.ListConstruct %int32 : (!torch.int) -> !torch.list<int>
    %float1.0e-06 = torch.constant.float 1.0e-06
    %false = torch.constant.bool false
    %str_none = torch.constant.str "none"
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>
    %none = torch.constant.none

    // 4 x 4 patches of 7 x 7 pixels.
    %0 = torch.aten.view %x, %list_m1_1_4_7_4_7 {dynfault.site = "patches/view"} : !torch.vtensor<[?,1,28,28],f32>, !torch.list<int> -> !torch.vtensor<[?,1,4,7,4,7],f32>
    %1 = torch.aten.permute %0, %list_0_2_4_1_3_5 {dynfault.site = "patches/permute"} : !torch.vtensor<[?,1,4,7,4,7],f32>, !torch.list<int> -> !torch.vtensor<[?,4,4,1,7,7],f32>
    %2 = torch.aten.reshape %1, %list_m1_16_49 {dynfault.site = "patches/reshape"} : !torch.vtensor<[?,4,4,1,7,7],f32>, !torch.list<int> -> !torch.vtensor<[?,16,49],f32>
    %projection.weight = torch.global_slot.get @projection.weight : !torch.vtensor<[32,49],f32>
    %projection.bias = torch.global_slot.get @projection.bias : !torch.vtensor<[32],f32>
    %3 = torch.aten.linear %2, %projection.weight, %projection.bias {dynfault.site = "projection/linear"} : !torch.vtensor<[?,16,49],f32>, !torch.vtensor<[32,49],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %4 = torch.aten.dropout %3, %float0.2, %training {dynfault.site = "projection/dropout"} : !torch.vtensor<[?,16,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>

    // Block 1: across patches, then across channels.
    %blocks.0.norm1.weight = torch.global_slot.get @blocks.0.norm1.weight : !torch.vtensor<[32],f32>
    %blocks.0.norm1.bias = torch.global_slot.get @blocks.0.norm1.bias : !torch.vtensor<[32],f32>
    %5 = torch.aten.layer_norm %4, %list_32, %blocks.0.norm1.weight, %blocks.0.norm1.bias, %float1.0e-06, %false {dynfault.site = "blocks.0.norm1/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %6 = torch.aten.transpose.int %5, %int1, %int2 {dynfault.site = "blocks.0/channels"} : !torch.vtensor<[?,16,32],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,32,16],f32>
    %blocks.0.tokens1.weight = torch.global_slot.get @blocks.0.tokens1.weight : !torch.vtensor<[16,16],f32>
    %blocks.0.tokens1.bias = torch.global_slot.get @blocks.0.tokens1.bias : !torch.vtensor<[16],f32>
    %7 = torch.aten.linear %6, %blocks.0.tokens1.weight, %blocks.0.tokens1.bias {dynfault.site = "blocks.0.tokens1/linear"} : !torch.vtensor<[?,32,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,32,16],f32>
    %8 = torch.aten.gelu %7, %str_none {dynfault.site = "blocks.0.tokens1/gelu"} : !torch.vtensor<[?,32,16],f32>, !torch.str -> !torch.vtensor<[?,32,16],f32>
    %blocks.0.tokens2.weight = torch.global_slot.get @blocks.0.tokens2.weight : !torch.vtensor<[16,16],f32>
    %blocks.0.tokens2.bias = torch.global_slot.get @blocks.0.tokens2.bias : !torch.vtensor<[16],f32>
    %9 = torch.aten.linear %8, %blocks.0.tokens2.weight, %blocks.0.tokens2.bias {dynfault.site = "blocks.0.tokens2/linear"} : !torch.vtensor<[?,32,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,32,16],f32>
    %10 = torch.aten.dropout %9, %float0.2, %training {dynfault.site = "blocks.0.tokens2/dropout"} : !torch.vtensor<[?,32,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,32,16],f32>
    %11 = torch.aten.transpose.int %10, %int1, %int2 {dynfault.site = "blocks.0/patches"} : !torch.vtensor<[?,32,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %12 = torch.aten.add.Tensor %11, %4, %int1 {dynfault.site = "blocks.0/residual1"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[?,16,32],f32>, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %blocks.0.norm2.weight = torch.global_slot.get @blocks.0.norm2.weight : !torch.vtensor<[32],f32>
    %blocks.0.norm2.bias = torch.global_slot.get @blocks.0.norm2.bias : !torch.vtensor<[32],f32>
    %13 = torch.aten.layer_norm %12, %list_32, %blocks.0.norm2.weight, %blocks.0.norm2.bias, %float1.0e-06, %false {dynfault.site = "blocks.0.norm2/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %blocks.0.channels1.weight = torch.global_slot.get @blocks.0.channels1.weight : !torch.vtensor<[32,32],f32>
    %blocks.0.channels1.bias = torch.global_slot.get @blocks.0.channels1.bias : !torch.vtensor<[32],f32>
    %14 = torch.aten.linear %13, %blocks.0.channels1.weight, %blocks.0.channels1.bias {dynfault.site = "blocks.0.channels1/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %15 = torch.aten.gelu %14, %str_none {dynfault.site = "blocks.0.channels1/gelu"} : !torch.vtensor<[?,16,32],f32>, !torch.str -> !torch.vtensor<[?,16,32],f32>
    %blocks.0.channels2.weight = torch.global_slot.get @blocks.0.channels2.weight : !torch.vtensor<[32,32],f32>
    %blocks.0.channels2.bias = torch.global_slot.get @blocks.0.channels2.bias : !torch.vtensor<[32],f32>
    %16 = torch.aten.linear %15, %blocks.0.channels2.weight, %blocks.0.channels2.bias {dynfault.site = "blocks.0.channels2/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %17 = torch.aten.dropout %16, %float0.2, %training {dynfault.site = "blocks.0.channels2/dropout"} : !torch.vtensor<[?,16,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %18 = torch.aten.add.Tensor %17, %12, %int1 {dynfault.site = "blocks.0/residual2"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[?,16,32],f32>, !torch.int -> !torch.vtensor<[?,16,32],f32>

    // Block 2: across patches, then across channels.
    %blocks.1.norm1.weight = torch.global_slot.get @blocks.1.norm1.weight : !torch.vtensor<[32],f32>
    %blocks.1.norm1.bias = torch.global_slot.get @blocks.1.norm1.bias : !torch.vtensor<[32],f32>
    %19 = torch.aten.layer_norm %18, %list_32, %blocks.1.norm1.weight, %blocks.1.norm1.bias, %float1.0e-06, %false {dynfault.site = "blocks.1.norm1/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %20 = torch.aten.transpose.int %19, %int1, %int2 {dynfault.site = "blocks.1/channels"} : !torch.vtensor<[?,16,32],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,32,16],f32>
    %blocks.1.tokens1.weight = torch.global_slot.get @blocks.1.tokens1.weight : !torch.vtensor<[16,16],f32>
    %blocks.1.tokens1.bias = torch.global_slot.get @blocks.1.tokens1.bias : !torch.vtensor<[16],f32>
    %21 = torch.aten.linear %20, %blocks.1.tokens1.weight, %blocks.1.tokens1.bias {dynfault.site = "blocks.1.tokens1/linear"} : !torch.vtensor<[?,32,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,32,16],f32>
    %22 = torch.aten.gelu %21, %str_none {dynfault.site = "blocks.1.tokens1/gelu"} : !torch.vtensor<[?,32,16],f32>, !torch.str -> !torch.vtensor<[?,32,16],f32>
    %blocks.1.tokens2.weight = torch.global_slot.get @blocks.1.tokens2.weight : !torch.vtensor<[16,16],f32>
    %blocks.1.tokens2.bias = torch.global_slot.get @blocks.1.tokens2.bias : !torch.vtensor<[16],f32>
    %23 = torch.aten.linear %22, %blocks.1.tokens2.weight, %blocks.1.tokens2.bias {dynfault.site = "blocks.1.tokens2/linear"} : !torch.vtensor<[?,32,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,32,16],f32>
    %24 = torch.aten.dropout %23, %float0.2, %training {dynfault.site = "blocks.1.tokens2/dropout"} : !torch.vtensor<[?,32,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,32,16],f32>
    %25 = torch.aten.transpose.int %24, %int1, %int2 {dynfault.site = "blocks.1/patches"} : !torch.vtensor<[?,32,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %26 = torch.aten.add.Tensor %25, %18, %int1 {dynfault.site = "blocks.1/residual1"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[?,16,32],f32>, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %blocks.1.norm2.weight = torch.global_slot.get @blocks.1.norm2.weight : !torch.vtensor<[32],f32>
    %blocks.1.norm2.bias = torch.global_slot.get @blocks.1.norm2.bias : !torch.vtensor<[32],f32>
    %27 = torch.aten.layer_norm %26, %list_32, %blocks.1.norm2.weight, %blocks.1.norm2.bias, %float1.0e-06, %false {dynfault.site = "blocks.1.norm2/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %blocks.1.channels1.weight = torch.global_slot.get @blocks.1.channels1.weight : !torch.vtensor<[32,32],f32>
    %blocks.1.channels1.bias = torch.global_slot.get @blocks.1.channels1.bias : !torch.vtensor<[32],f32>
    %28 = torch.aten.linear %27, %blocks.1.channels1.weight, %blocks.1.channels1.bias {dynfault.site = "blocks.1.channels1/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %29 = torch.aten.gelu %28, %str_none {dynfault.site = "blocks.1.channels1/gelu"} : !torch.vtensor<[?,16,32],f32>, !torch.str -> !torch.vtensor<[?,16,32],f32>
    %blocks.1.channels2.weight = torch.global_slot.get @blocks.1.channels2.weight : !torch.vtensor<[32,32],f32>
    %blocks.1.channels2.bias = torch.global_slot.get @blocks.1.channels2.bias : !torch.vtensor<[32],f32>
    %30 = torch.aten.linear %29, %blocks.1.channels2.weight, %blocks.1.channels2.bias {dynfault.site = "blocks.1.channels2/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %31 = torch.aten.dropout %30, %float0.2, %training {dynfault.site = "blocks.1.channels2/dropout"} : !torch.vtensor<[?,16,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %32 = torch.aten.add.Tensor %31, %26, %int1 {dynfault.site = "blocks.1/residual2"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[?,16,32],f32>, !torch.int -> !torch.vtensor<[?,16,32],f32>

    // Mean over the patches.
    %33 = torch.aten.mean.dim %32, %list_1, %false, %none {dynfault.site = "pool/mean"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.bool, !torch.none -> !torch.vtensor<[?,32],f32>
    %34 = torch.aten.dropout %33, %float0.2, %training {dynfault.site = "pool/dropout"} : !torch.vtensor<[?,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,32],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[10,32],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[10],f32>
    %35 = torch.aten.linear %34, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[10,32],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %35 : !torch.vtensor<[?,10],f32>
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
    dynfault.optimizer_step #dynfault.optimizer<adamw, lr = 0.005, weight_decay = 0.0001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
