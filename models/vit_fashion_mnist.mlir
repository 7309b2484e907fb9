// A vision transformer on patches of an image.
//
// From: keras.io, "Image classification with Vision Transformer" (Dosovitskiy et al. 2021):
// patches projected to 64 numbers plus learned positions, pre-norm blocks of attention with 4
// heads (dropout 0.1) and GELU layers, then normalisation, flattening and GELU layers with
// dropout 0.5, AdamW 0.001 with weight decay 0.0001, batches of 256. Initialisers are Keras'
// defaults.
// Scaled down: 16 patches of 7 x 7, 16 numbers, 1 block of 8, a head of 128 and 64 instead of
// 2,048 and 1,024 units, 2,560 of 60,000 images.

module @vit_fashion_mnist attributes {
    dynfault.task = "classification", dynfault.family = "transformer", dynfault.margin = 0.2,
    dynfault.origin = "keras.io image classification with vision transformer"} {
  dynfault.dataset @data {source = "fashion-mnist", train = 2560, validation = 1000,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 5, batch_size = 256, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @projection.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,49],f32>
  torch.global_slot @projection.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @positions.weight {dynfault.init = #dynfault.init<uniform, low = -0.05, high = 0.05>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.0.norm1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.norm1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.attention.q_proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.0.attention.q_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.attention.k_proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.0.attention.k_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.attention.v_proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.0.attention.v_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.attention.out_proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.0.attention.out_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.norm2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.norm2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,16],f32>
  torch.global_slot @blocks.0.fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @blocks.0.fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,32],f32>
  torch.global_slot @blocks.0.fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @norm.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @norm.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @head1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[128,256],f32>
  torch.global_slot @head1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[128],f32>
  torch.global_slot @head2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,128],f32>
  torch.global_slot @head2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[10,64],f32>
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
    %list_16 = torch.prim.ListConstruct %int16 : (!torch.int) -> !torch.list<int>
    %float1.0e-06 = torch.constant.float 1.0e-06
    %list_m1_16_4_4 = torch.prim.ListConstruct %int-1, %int16, %int4, %int4 : (!torch.int, !torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %float2.0 = torch.constant.float 2.0
    %training = torch.global_slot.get @training : !torch.bool
    %float0.1 = torch.constant.float 0.1
    %list_m1_16_16 = torch.prim.ListConstruct %int-1, %int16, %int16 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %str_none = torch.constant.str "none"
    %float0.5 = torch.constant.float 0.5

    // 4 x 4 patches of 7 x 7 pixels.
    %0 = torch.aten.view %x, %list_m1_1_4_7_4_7 {dynfault.site = "patches/view"} : !torch.vtensor<[?,1,28,28],f32>, !torch.list<int> -> !torch.vtensor<[?,1,4,7,4,7],f32>
    %1 = torch.aten.permute %0, %list_0_2_4_1_3_5 {dynfault.site = "patches/permute"} : !torch.vtensor<[?,1,4,7,4,7],f32>, !torch.list<int> -> !torch.vtensor<[?,4,4,1,7,7],f32>
    %2 = torch.aten.reshape %1, %list_m1_16_49 {dynfault.site = "patches/reshape"} : !torch.vtensor<[?,4,4,1,7,7],f32>, !torch.list<int> -> !torch.vtensor<[?,16,49],f32>
    %projection.weight = torch.global_slot.get @projection.weight : !torch.vtensor<[16,49],f32>
    %projection.bias = torch.global_slot.get @projection.bias : !torch.vtensor<[16],f32>
    %3 = torch.aten.linear %2, %projection.weight, %projection.bias {dynfault.site = "projection/linear"} : !torch.vtensor<[?,16,49],f32>, !torch.vtensor<[16,49],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %4 = torch.aten.arange %int16, %int4, %none, %none, %none {dynfault.site = "positions/arange"} : !torch.int, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[16],si64>
    %positions.weight = torch.global_slot.get @positions.weight : !torch.vtensor<[16,16],f32>
    %5 = torch.aten.embedding %positions.weight, %4, %int-1, %false, %false {dynfault.site = "positions/embedding"} : !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[16,16],f32>
    %6 = torch.aten.add.Tensor %3, %5, %int1 {dynfault.site = "positions/add"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.int -> !torch.vtensor<[?,16,16],f32>

    // The block.
    %blocks.0.norm1.weight = torch.global_slot.get @blocks.0.norm1.weight : !torch.vtensor<[16],f32>
    %blocks.0.norm1.bias = torch.global_slot.get @blocks.0.norm1.bias : !torch.vtensor<[16],f32>
    %7 = torch.aten.layer_norm %6, %list_16, %blocks.0.norm1.weight, %blocks.0.norm1.bias, %float1.0e-06, %false {dynfault.site = "blocks.0.norm1/layer_norm"} : !torch.vtensor<[?,16,16],f32>, !torch.list<int>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,16],f32>
    %blocks.0.attention.q_proj.weight = torch.global_slot.get @blocks.0.attention.q_proj.weight : !torch.vtensor<[16,16],f32>
    %blocks.0.attention.q_proj.bias = torch.global_slot.get @blocks.0.attention.q_proj.bias : !torch.vtensor<[16],f32>
    %8 = torch.aten.linear %7, %blocks.0.attention.q_proj.weight, %blocks.0.attention.q_proj.bias {dynfault.site = "blocks.0.attention.q_proj/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %9 = torch.aten.view %8, %list_m1_16_4_4 {dynfault.site = "blocks.0.attention/q/view"} : !torch.vtensor<[?,16,16],f32>, !torch.list<int> -> !torch.vtensor<[?,16,4,4],f32>
    %10 = torch.aten.transpose.int %9, %int1, %int2 {dynfault.site = "blocks.0.attention/q/transpose"} : !torch.vtensor<[?,16,4,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,4,16,4],f32>
    %blocks.0.attention.k_proj.weight = torch.global_slot.get @blocks.0.attention.k_proj.weight : !torch.vtensor<[16,16],f32>
    %blocks.0.attention.k_proj.bias = torch.global_slot.get @blocks.0.attention.k_proj.bias : !torch.vtensor<[16],f32>
    %11 = torch.aten.linear %7, %blocks.0.attention.k_proj.weight, %blocks.0.attention.k_proj.bias {dynfault.site = "blocks.0.attention.k_proj/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %12 = torch.aten.view %11, %list_m1_16_4_4 {dynfault.site = "blocks.0.attention/k/view"} : !torch.vtensor<[?,16,16],f32>, !torch.list<int> -> !torch.vtensor<[?,16,4,4],f32>
    %13 = torch.aten.transpose.int %12, %int1, %int2 {dynfault.site = "blocks.0.attention/k/transpose"} : !torch.vtensor<[?,16,4,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,4,16,4],f32>
    %blocks.0.attention.v_proj.weight = torch.global_slot.get @blocks.0.attention.v_proj.weight : !torch.vtensor<[16,16],f32>
    %blocks.0.attention.v_proj.bias = torch.global_slot.get @blocks.0.attention.v_proj.bias : !torch.vtensor<[16],f32>
    %14 = torch.aten.linear %7, %blocks.0.attention.v_proj.weight, %blocks.0.attention.v_proj.bias {dynfault.site = "blocks.0.attention.v_proj/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %15 = torch.aten.view %14, %list_m1_16_4_4 {dynfault.site = "blocks.0.attention/v/view"} : !torch.vtensor<[?,16,16],f32>, !torch.list<int> -> !torch.vtensor<[?,16,4,4],f32>
    %16 = torch.aten.transpose.int %15, %int1, %int2 {dynfault.site = "blocks.0.attention/v/transpose"} : !torch.vtensor<[?,16,4,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,4,16,4],f32>
    %17 = torch.aten.transpose.int %13, %int2, %int3 {dynfault.site = "blocks.0.attention/k/transpose.1"} : !torch.vtensor<[?,4,16,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,4,4,16],f32>
    %18 = torch.aten.matmul %10, %17 {dynfault.site = "blocks.0.attention/scores"} : !torch.vtensor<[?,4,16,4],f32>, !torch.vtensor<[?,4,4,16],f32> -> !torch.vtensor<[?,4,16,16],f32>
    %19 = torch.aten.div.Scalar %18, %float2.0 {dynfault.site = "blocks.0.attention/scale"} : !torch.vtensor<[?,4,16,16],f32>, !torch.float -> !torch.vtensor<[?,4,16,16],f32>
    %20 = torch.aten.softmax.int %19, %int-1, %none {dynfault.site = "blocks.0.attention/softmax"} : !torch.vtensor<[?,4,16,16],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,4,16,16],f32>
    %21 = torch.aten.dropout %20, %float0.1, %training {dynfault.site = "blocks.0.attention/dropout"} : !torch.vtensor<[?,4,16,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,4,16,16],f32>
    %22 = torch.aten.matmul %21, %16 {dynfault.site = "blocks.0.attention/context"} : !torch.vtensor<[?,4,16,16],f32>, !torch.vtensor<[?,4,16,4],f32> -> !torch.vtensor<[?,4,16,4],f32>
    %23 = torch.aten.transpose.int %22, %int1, %int2 {dynfault.site = "blocks.0.attention/merge/transpose"} : !torch.vtensor<[?,4,16,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,16,4,4],f32>
    %24 = torch.aten.reshape %23, %list_m1_16_16 {dynfault.site = "blocks.0.attention/merge/reshape"} : !torch.vtensor<[?,16,4,4],f32>, !torch.list<int> -> !torch.vtensor<[?,16,16],f32>
    %blocks.0.attention.out_proj.weight = torch.global_slot.get @blocks.0.attention.out_proj.weight : !torch.vtensor<[16,16],f32>
    %blocks.0.attention.out_proj.bias = torch.global_slot.get @blocks.0.attention.out_proj.bias : !torch.vtensor<[16],f32>
    %25 = torch.aten.linear %24, %blocks.0.attention.out_proj.weight, %blocks.0.attention.out_proj.bias {dynfault.site = "blocks.0.attention.out_proj/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %26 = torch.aten.add.Tensor %25, %6, %int1 {dynfault.site = "blocks.0/residual1"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[?,16,16],f32>, !torch.int -> !torch.vtensor<[?,16,16],f32>
    %blocks.0.norm2.weight = torch.global_slot.get @blocks.0.norm2.weight : !torch.vtensor<[16],f32>
    %blocks.0.norm2.bias = torch.global_slot.get @blocks.0.norm2.bias : !torch.vtensor<[16],f32>
    %27 = torch.aten.layer_norm %26, %list_16, %blocks.0.norm2.weight, %blocks.0.norm2.bias, %float1.0e-06, %false {dynfault.site = "blocks.0.norm2/layer_norm"} : !torch.vtensor<[?,16,16],f32>, !torch.list<int>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,16],f32>
    %blocks.0.fc1.weight = torch.global_slot.get @blocks.0.fc1.weight : !torch.vtensor<[32,16],f32>
    %blocks.0.fc1.bias = torch.global_slot.get @blocks.0.fc1.bias : !torch.vtensor<[32],f32>
    %28 = torch.aten.linear %27, %blocks.0.fc1.weight, %blocks.0.fc1.bias {dynfault.site = "blocks.0.fc1/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[32,16],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %29 = torch.aten.gelu %28, %str_none {dynfault.site = "blocks.0.fc1/gelu"} : !torch.vtensor<[?,16,32],f32>, !torch.str -> !torch.vtensor<[?,16,32],f32>
    %30 = torch.aten.dropout %29, %float0.1, %training {dynfault.site = "blocks.0.fc1/dropout"} : !torch.vtensor<[?,16,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %blocks.0.fc2.weight = torch.global_slot.get @blocks.0.fc2.weight : !torch.vtensor<[16,32],f32>
    %blocks.0.fc2.bias = torch.global_slot.get @blocks.0.fc2.bias : !torch.vtensor<[16],f32>
    %31 = torch.aten.linear %30, %blocks.0.fc2.weight, %blocks.0.fc2.bias {dynfault.site = "blocks.0.fc2/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[16,32],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %32 = torch.aten.gelu %31, %str_none {dynfault.site = "blocks.0.fc2/gelu"} : !torch.vtensor<[?,16,16],f32>, !torch.str -> !torch.vtensor<[?,16,16],f32>
    %33 = torch.aten.dropout %32, %float0.1, %training {dynfault.site = "blocks.0.fc2/dropout"} : !torch.vtensor<[?,16,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,16],f32>
    %34 = torch.aten.add.Tensor %33, %26, %int1 {dynfault.site = "blocks.0/residual2"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[?,16,16],f32>, !torch.int -> !torch.vtensor<[?,16,16],f32>

    // Head.
    %norm.weight = torch.global_slot.get @norm.weight : !torch.vtensor<[16],f32>
    %norm.bias = torch.global_slot.get @norm.bias : !torch.vtensor<[16],f32>
    %35 = torch.aten.layer_norm %34, %list_16, %norm.weight, %norm.bias, %float1.0e-06, %false {dynfault.site = "norm/layer_norm"} : !torch.vtensor<[?,16,16],f32>, !torch.list<int>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,16],f32>
    %36 = torch.aten.flatten.using_ints %35, %int1, %int-1 {dynfault.site = "flatten"} : !torch.vtensor<[?,16,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,256],f32>
    %37 = torch.aten.dropout %36, %float0.5, %training {dynfault.site = "flatten/dropout"} : !torch.vtensor<[?,256],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,256],f32>
    %head1.weight = torch.global_slot.get @head1.weight : !torch.vtensor<[128,256],f32>
    %head1.bias = torch.global_slot.get @head1.bias : !torch.vtensor<[128],f32>
    %38 = torch.aten.linear %37, %head1.weight, %head1.bias {dynfault.site = "head1/linear"} : !torch.vtensor<[?,256],f32>, !torch.vtensor<[128,256],f32>, !torch.vtensor<[128],f32> -> !torch.vtensor<[?,128],f32>
    %39 = torch.aten.gelu %38, %str_none {dynfault.site = "head1/gelu"} : !torch.vtensor<[?,128],f32>, !torch.str -> !torch.vtensor<[?,128],f32>
    %40 = torch.aten.dropout %39, %float0.5, %training {dynfault.site = "head1/dropout"} : !torch.vtensor<[?,128],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,128],f32>
    %head2.weight = torch.global_slot.get @head2.weight : !torch.vtensor<[64,128],f32>
    %head2.bias = torch.global_slot.get @head2.bias : !torch.vtensor<[64],f32>
    %41 = torch.aten.linear %40, %head2.weight, %head2.bias {dynfault.site = "head2/linear"} : !torch.vtensor<[?,128],f32>, !torch.vtensor<[64,128],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,64],f32>
    %42 = torch.aten.gelu %41, %str_none {dynfault.site = "head2/gelu"} : !torch.vtensor<[?,64],f32>, !torch.str -> !torch.vtensor<[?,64],f32>
    %43 = torch.aten.dropout %42, %float0.5, %training {dynfault.site = "head2/dropout"} : !torch.vtensor<[?,64],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,64],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[10,64],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[10],f32>
    %44 = torch.aten.linear %43, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[10,64],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %44 : !torch.vtensor<[?,10],f32>
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
