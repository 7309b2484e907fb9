// gMLP: dense layers with a gate across the patches of an image.
//
// From: keras.io, "Image classification with modern MLP models" (Liu et al. 2021): patches
// projected to 256 numbers, blocks of normalisation, a GELU layer of twice the width, a gate
// (half of it, normalised, through a dense layer across patches with bias 1, times the other
// half), a dense layer back and a residual connection, dropout 0.2, mean over patches, AdamW
// 0.003 with weight decay 0.0001, batches of 128; CIFAR-10 for CIFAR-100. Initialisers are
// Keras' defaults.
// Scaled down: 16 patches of 8 x 8, 32 numbers, 2 blocks of 4, 2,560 of 50,000 images.

module @gmlp_cifar10 attributes {
    dynfault.task = "classification", dynfault.family = "mixer", dynfault.margin = 0.08,
    dynfault.origin = "keras.io gMLP"} {
  dynfault.dataset @data {source = "cifar10", train = 2560, validation = 1000,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 4, batch_size = 128, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @projection.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,192],f32>
  torch.global_slot @projection.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.norm.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.norm.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,32],f32>
  torch.global_slot @blocks.0.fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @blocks.0.gate.norm.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.gate.norm.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.gate.proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.0.gate.proj.bias {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @blocks.0.fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.norm.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.norm.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,32],f32>
  torch.global_slot @blocks.1.fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @blocks.1.gate.norm.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.gate.norm.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.1.gate.proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.1.gate.proj.bias {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.1.fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @blocks.1.fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[10,32],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,3,32,32],f32>) -> !torch.vtensor<[?,10],f32> {
    %int-1 = torch.constant.int -1
    %int3 = torch.constant.int 3
    %int4 = torch.constant.int 4
    %int8 = torch.constant.int 8
    %list_m1_3_4_8_4_8 = torch.prim.ListConstruct %int-1, %int3, %int4, %int8, %int4, %int8 : (!torch.int, !torch.int, !torch.int, !torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %int2 = torch.constant.int 2
    %int1 = torch.constant.int 1
    %int5 = torch.constant.int 5
    %list_0_2_4_1_3_5 = torch.prim.ListConstruct %int0, %int2, %int4, %int1, %int3, %int5 : (!torch.int, !torch.int, !torch.int, !torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %int16 = torch.constant.int 16
    %int192 = torch.constant.int 192
    %list_m1_16_192 = torch.prim.ListConstruct %int-1, %int16, %int192 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %training = torch.global_slot.get @training : !torch.bool
    %float0.2 = torch.constant.float 0.2
    %int32 = torch.constant.int 32
    %list_32 = torch.prim.ListConstruct %int32 : (!torch.int) -> !torch.list<int>
    %float1.0e-06 = torch.constant.float 1.0e-06
    %false = torch.constant.bool false
    %str_none = torch.constant.str "none"
    %int64 = torch.constant.int 64
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>
    %none = torch.constant.none

    // 4 x 4 patches of 8 x 8 pixels.
    %0 = torch.aten.view %x, %list_m1_3_4_8_4_8 {dynfault.site = "patches/view"} : !torch.vtensor<[?,3,32,32],f32>, !torch.list<int> -> !torch.vtensor<[?,3,4,8,4,8],f32>
    %1 = torch.aten.permute %0, %list_0_2_4_1_3_5 {dynfault.site = "patches/permute"} : !torch.vtensor<[?,3,4,8,4,8],f32>, !torch.list<int> -> !torch.vtensor<[?,4,4,3,8,8],f32>
    %2 = torch.aten.reshape %1, %list_m1_16_192 {dynfault.site = "patches/reshape"} : !torch.vtensor<[?,4,4,3,8,8],f32>, !torch.list<int> -> !torch.vtensor<[?,16,192],f32>
    %projection.weight = torch.global_slot.get @projection.weight : !torch.vtensor<[32,192],f32>
    %projection.bias = torch.global_slot.get @projection.bias : !torch.vtensor<[32],f32>
    %3 = torch.aten.linear %2, %projection.weight, %projection.bias {dynfault.site = "projection/linear"} : !torch.vtensor<[?,16,192],f32>, !torch.vtensor<[32,192],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %4 = torch.aten.dropout %3, %float0.2, %training {dynfault.site = "projection/dropout"} : !torch.vtensor<[?,16,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>

    // Block 1.
    %blocks.0.norm.weight = torch.global_slot.get @blocks.0.norm.weight : !torch.vtensor<[32],f32>
    %blocks.0.norm.bias = torch.global_slot.get @blocks.0.norm.bias : !torch.vtensor<[32],f32>
    %5 = torch.aten.layer_norm %4, %list_32, %blocks.0.norm.weight, %blocks.0.norm.bias, %float1.0e-06, %false {dynfault.site = "blocks.0.norm/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %blocks.0.fc1.weight = torch.global_slot.get @blocks.0.fc1.weight : !torch.vtensor<[64,32],f32>
    %blocks.0.fc1.bias = torch.global_slot.get @blocks.0.fc1.bias : !torch.vtensor<[64],f32>
    %6 = torch.aten.linear %5, %blocks.0.fc1.weight, %blocks.0.fc1.bias {dynfault.site = "blocks.0.fc1/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[64,32],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,16,64],f32>
    %7 = torch.aten.gelu %6, %str_none {dynfault.site = "blocks.0.fc1/gelu"} : !torch.vtensor<[?,16,64],f32>, !torch.str -> !torch.vtensor<[?,16,64],f32>
    %8 = torch.aten.dropout %7, %float0.2, %training {dynfault.site = "blocks.0.fc1/dropout"} : !torch.vtensor<[?,16,64],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,64],f32>
    %9 = torch.aten.slice.Tensor %8, %int2, %int0, %int32, %int1 {dynfault.site = "blocks.0/gate/content"} : !torch.vtensor<[?,16,64],f32>, !torch.int, !torch.int, !torch.int, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %10 = torch.aten.slice.Tensor %8, %int2, %int32, %int64, %int1 {dynfault.site = "blocks.0/gate/slice"} : !torch.vtensor<[?,16,64],f32>, !torch.int, !torch.int, !torch.int, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %blocks.0.gate.norm.weight = torch.global_slot.get @blocks.0.gate.norm.weight : !torch.vtensor<[32],f32>
    %blocks.0.gate.norm.bias = torch.global_slot.get @blocks.0.gate.norm.bias : !torch.vtensor<[32],f32>
    %11 = torch.aten.layer_norm %10, %list_32, %blocks.0.gate.norm.weight, %blocks.0.gate.norm.bias, %float1.0e-06, %false {dynfault.site = "blocks.0.gate.norm/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %12 = torch.aten.transpose.int %11, %int1, %int2 {dynfault.site = "blocks.0/gate/channels"} : !torch.vtensor<[?,16,32],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,32,16],f32>
    %blocks.0.gate.proj.weight = torch.global_slot.get @blocks.0.gate.proj.weight : !torch.vtensor<[16,16],f32>
    %blocks.0.gate.proj.bias = torch.global_slot.get @blocks.0.gate.proj.bias : !torch.vtensor<[16],f32>
    %13 = torch.aten.linear %12, %blocks.0.gate.proj.weight, %blocks.0.gate.proj.bias {dynfault.site = "blocks.0.gate.proj/linear"} : !torch.vtensor<[?,32,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,32,16],f32>
    %14 = torch.aten.transpose.int %13, %int1, %int2 {dynfault.site = "blocks.0/gate/patches"} : !torch.vtensor<[?,32,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %15 = torch.aten.mul.Tensor %9, %14 {dynfault.site = "blocks.0/gate/mul"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[?,16,32],f32> -> !torch.vtensor<[?,16,32],f32>
    %blocks.0.fc2.weight = torch.global_slot.get @blocks.0.fc2.weight : !torch.vtensor<[32,32],f32>
    %blocks.0.fc2.bias = torch.global_slot.get @blocks.0.fc2.bias : !torch.vtensor<[32],f32>
    %16 = torch.aten.linear %15, %blocks.0.fc2.weight, %blocks.0.fc2.bias {dynfault.site = "blocks.0.fc2/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %17 = torch.aten.add.Tensor %16, %4, %int1 {dynfault.site = "blocks.0/residual"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[?,16,32],f32>, !torch.int -> !torch.vtensor<[?,16,32],f32>

    // Block 2.
    %blocks.1.norm.weight = torch.global_slot.get @blocks.1.norm.weight : !torch.vtensor<[32],f32>
    %blocks.1.norm.bias = torch.global_slot.get @blocks.1.norm.bias : !torch.vtensor<[32],f32>
    %18 = torch.aten.layer_norm %17, %list_32, %blocks.1.norm.weight, %blocks.1.norm.bias, %float1.0e-06, %false {dynfault.site = "blocks.1.norm/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %blocks.1.fc1.weight = torch.global_slot.get @blocks.1.fc1.weight : !torch.vtensor<[64,32],f32>
    %blocks.1.fc1.bias = torch.global_slot.get @blocks.1.fc1.bias : !torch.vtensor<[64],f32>
    %19 = torch.aten.linear %18, %blocks.1.fc1.weight, %blocks.1.fc1.bias {dynfault.site = "blocks.1.fc1/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[64,32],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,16,64],f32>
    %20 = torch.aten.gelu %19, %str_none {dynfault.site = "blocks.1.fc1/gelu"} : !torch.vtensor<[?,16,64],f32>, !torch.str -> !torch.vtensor<[?,16,64],f32>
    %21 = torch.aten.dropout %20, %float0.2, %training {dynfault.site = "blocks.1.fc1/dropout"} : !torch.vtensor<[?,16,64],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,64],f32>
    %22 = torch.aten.slice.Tensor %21, %int2, %int0, %int32, %int1 {dynfault.site = "blocks.1/gate/content"} : !torch.vtensor<[?,16,64],f32>, !torch.int, !torch.int, !torch.int, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %23 = torch.aten.slice.Tensor %21, %int2, %int32, %int64, %int1 {dynfault.site = "blocks.1/gate/slice"} : !torch.vtensor<[?,16,64],f32>, !torch.int, !torch.int, !torch.int, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %blocks.1.gate.norm.weight = torch.global_slot.get @blocks.1.gate.norm.weight : !torch.vtensor<[32],f32>
    %blocks.1.gate.norm.bias = torch.global_slot.get @blocks.1.gate.norm.bias : !torch.vtensor<[32],f32>
    %24 = torch.aten.layer_norm %23, %list_32, %blocks.1.gate.norm.weight, %blocks.1.gate.norm.bias, %float1.0e-06, %false {dynfault.site = "blocks.1.gate.norm/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %25 = torch.aten.transpose.int %24, %int1, %int2 {dynfault.site = "blocks.1/gate/channels"} : !torch.vtensor<[?,16,32],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,32,16],f32>
    %blocks.1.gate.proj.weight = torch.global_slot.get @blocks.1.gate.proj.weight : !torch.vtensor<[16,16],f32>
    %blocks.1.gate.proj.bias = torch.global_slot.get @blocks.1.gate.proj.bias : !torch.vtensor<[16],f32>
    %26 = torch.aten.linear %25, %blocks.1.gate.proj.weight, %blocks.1.gate.proj.bias {dynfault.site = "blocks.1.gate.proj/linear"} : !torch.vtensor<[?,32,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,32,16],f32>
    %27 = torch.aten.transpose.int %26, %int1, %int2 {dynfault.site = "blocks.1/gate/patches"} : !torch.vtensor<[?,32,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %28 = torch.aten.mul.Tensor %22, %27 {dynfault.site = "blocks.1/gate/mul"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[?,16,32],f32> -> !torch.vtensor<[?,16,32],f32>
    %blocks.1.fc2.weight = torch.global_slot.get @blocks.1.fc2.weight : !torch.vtensor<[32,32],f32>
    %blocks.1.fc2.bias = torch.global_slot.get @blocks.1.fc2.bias : !torch.vtensor<[32],f32>
    %29 = torch.aten.linear %28, %blocks.1.fc2.weight, %blocks.1.fc2.bias {dynfault.site = "blocks.1.fc2/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %30 = torch.aten.add.Tensor %29, %17, %int1 {dynfault.site = "blocks.1/residual"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[?,16,32],f32>, !torch.int -> !torch.vtensor<[?,16,32],f32>

    // Mean over the patches.
    %31 = torch.aten.mean.dim %30, %list_1, %false, %none {dynfault.site = "pool/mean"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.bool, !torch.none -> !torch.vtensor<[?,32],f32>
    %32 = torch.aten.dropout %31, %float0.2, %training {dynfault.site = "pool/dropout"} : !torch.vtensor<[?,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,32],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[10,32],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[10],f32>
    %33 = torch.aten.linear %32, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[10,32],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %33 : !torch.vtensor<[?,10],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,10],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %int-100 = torch.constant.int -100
    %float0.0 = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %int1, %int-100, %float0.0 {dynfault.site = "loss"} : !torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,3,32,32],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,3,32,32],f32>) -> !torch.vtensor<[?,10],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adamw, lr = 0.003, weight_decay = 0.0001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
