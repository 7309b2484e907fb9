// A small GPT that writes a novel: each next character, given those before it.
//
// From: minGPT, chargpt, on Moby Dick (Radford et al. 2019): pre-norm blocks with causal
// attention and GELU layers of four times the width, dropout 0.1, weights N(0, 0.02^2), AdamW
// (beta2 0.95, weight decay 0.1), gradients clipped at norm 1, batches of 64.
// Scaled down: 2 blocks of 6, 2 heads of 6, 32 numbers instead of 192, windows of 16 instead
// of 128 characters, and for 120 updates a rate of 0.005 instead of 0.0005.

module @gpt_moby_dick attributes {
    dynfault.task = "classification", dynfault.family = "transformer-language-model", dynfault.margin = 0.04,
    dynfault.origin = "minGPT chargpt"} {
  dynfault.dataset @data {source = "moby-dick-every", train = 3840, validation = 500}
  dynfault.schedule {epochs = 2, batch_size = 64, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @wte.weight {dynfault.init = #dynfault.init<normal, std = 0.02>} : !torch.vtensor<[64,32],f32>
  torch.global_slot @wpe.weight {dynfault.init = #dynfault.init<normal, std = 0.02>} : !torch.vtensor<[16,32],f32>
  torch.global_slot @h.0.ln_1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.0.ln_1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.0.attn.q_proj.weight {dynfault.init = #dynfault.init<normal, std = 0.02>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @h.0.attn.q_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.0.attn.k_proj.weight {dynfault.init = #dynfault.init<normal, std = 0.02>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @h.0.attn.k_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.0.attn.v_proj.weight {dynfault.init = #dynfault.init<normal, std = 0.02>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @h.0.attn.v_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.0.attn.out_proj.weight {dynfault.init = #dynfault.init<normal, std = 0.02>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @h.0.attn.out_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.0.ln_2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.0.ln_2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.0.mlp.c_fc.weight {dynfault.init = #dynfault.init<normal, std = 0.02>} : !torch.vtensor<[128,32],f32>
  torch.global_slot @h.0.mlp.c_fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[128],f32>
  torch.global_slot @h.0.mlp.c_proj.weight {dynfault.init = #dynfault.init<normal, std = 0.02>} : !torch.vtensor<[32,128],f32>
  torch.global_slot @h.0.mlp.c_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.1.ln_1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.1.ln_1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.1.attn.q_proj.weight {dynfault.init = #dynfault.init<normal, std = 0.02>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @h.1.attn.q_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.1.attn.k_proj.weight {dynfault.init = #dynfault.init<normal, std = 0.02>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @h.1.attn.k_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.1.attn.v_proj.weight {dynfault.init = #dynfault.init<normal, std = 0.02>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @h.1.attn.v_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.1.attn.out_proj.weight {dynfault.init = #dynfault.init<normal, std = 0.02>} : !torch.vtensor<[32,32],f32>
  torch.global_slot @h.1.attn.out_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.1.ln_2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.1.ln_2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @h.1.mlp.c_fc.weight {dynfault.init = #dynfault.init<normal, std = 0.02>} : !torch.vtensor<[128,32],f32>
  torch.global_slot @h.1.mlp.c_fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[128],f32>
  torch.global_slot @h.1.mlp.c_proj.weight {dynfault.init = #dynfault.init<normal, std = 0.02>} : !torch.vtensor<[32,128],f32>
  torch.global_slot @h.1.mlp.c_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @ln_f.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[32],f32>
  torch.global_slot @ln_f.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @lm_head.weight {dynfault.init = #dynfault.init<normal, std = 0.02>} : !torch.vtensor<[64,32],f32>

  func.func @forward(%x: !torch.vtensor<[?,16],si64>) -> !torch.vtensor<[?,64,16],f32> {
    %int-1 = torch.constant.int -1
    %false = torch.constant.bool false
    %int16 = torch.constant.int 16
    %int4 = torch.constant.int 4
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %training = torch.global_slot.get @training : !torch.bool
    %float0.1 = torch.constant.float 0.1
    %int32 = torch.constant.int 32
    %list_32 = torch.prim.ListConstruct %int32 : (!torch.int) -> !torch.list<int>
    %float1.0e-05 = torch.constant.float 1.0e-05
    %int2 = torch.constant.int 2
    %list_m1_16_2_16 = torch.prim.ListConstruct %int-1, %int16, %int2, %int16 : (!torch.int, !torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %int3 = torch.constant.int 3
    %float4.0 = torch.constant.float 4.0
    %list_16_16 = torch.prim.ListConstruct %int16, %int16 : (!torch.int, !torch.int) -> !torch.list<int>
    %int11 = torch.constant.int 11
    %float-inf = torch.constant.float 0xFFF0000000000000
    %list_m1_16_32 = torch.prim.ListConstruct %int-1, %int16, %int32 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %str_none = torch.constant.str "none"

    %wte.weight = torch.global_slot.get @wte.weight : !torch.vtensor<[64,32],f32>
    %0 = torch.aten.embedding %wte.weight, %x, %int-1, %false, %false {dynfault.site = "wte/embedding"} : !torch.vtensor<[64,32],f32>, !torch.vtensor<[?,16],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %1 = torch.aten.arange %int16, %int4, %none, %none, %none {dynfault.site = "wpe/arange"} : !torch.int, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[16],si64>
    %wpe.weight = torch.global_slot.get @wpe.weight : !torch.vtensor<[16,32],f32>
    %2 = torch.aten.embedding %wpe.weight, %1, %int-1, %false, %false {dynfault.site = "wpe/embedding"} : !torch.vtensor<[16,32],f32>, !torch.vtensor<[16],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[16,32],f32>
    %3 = torch.aten.add.Tensor %0, %2, %int1 {dynfault.site = "wpe/add"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[16,32],f32>, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %4 = torch.aten.dropout %3, %float0.1, %training {dynfault.site = "drop/dropout"} : !torch.vtensor<[?,16,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>

    // Block 1.
    %h.0.ln_1.weight = torch.global_slot.get @h.0.ln_1.weight : !torch.vtensor<[32],f32>
    %h.0.ln_1.bias = torch.global_slot.get @h.0.ln_1.bias : !torch.vtensor<[32],f32>
    %5 = torch.aten.layer_norm %4, %list_32, %h.0.ln_1.weight, %h.0.ln_1.bias, %float1.0e-05, %false {dynfault.site = "h.0.ln_1/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %h.0.attn.q_proj.weight = torch.global_slot.get @h.0.attn.q_proj.weight : !torch.vtensor<[32,32],f32>
    %h.0.attn.q_proj.bias = torch.global_slot.get @h.0.attn.q_proj.bias : !torch.vtensor<[32],f32>
    %6 = torch.aten.linear %5, %h.0.attn.q_proj.weight, %h.0.attn.q_proj.bias {dynfault.site = "h.0.attn.q_proj/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %7 = torch.aten.view %6, %list_m1_16_2_16 {dynfault.site = "h.0.attn/q/view"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int> -> !torch.vtensor<[?,16,2,16],f32>
    %8 = torch.aten.transpose.int %7, %int1, %int2 {dynfault.site = "h.0.attn/q/transpose"} : !torch.vtensor<[?,16,2,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,16,16],f32>
    %h.0.attn.k_proj.weight = torch.global_slot.get @h.0.attn.k_proj.weight : !torch.vtensor<[32,32],f32>
    %h.0.attn.k_proj.bias = torch.global_slot.get @h.0.attn.k_proj.bias : !torch.vtensor<[32],f32>
    %9 = torch.aten.linear %5, %h.0.attn.k_proj.weight, %h.0.attn.k_proj.bias {dynfault.site = "h.0.attn.k_proj/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %10 = torch.aten.view %9, %list_m1_16_2_16 {dynfault.site = "h.0.attn/k/view"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int> -> !torch.vtensor<[?,16,2,16],f32>
    %11 = torch.aten.transpose.int %10, %int1, %int2 {dynfault.site = "h.0.attn/k/transpose"} : !torch.vtensor<[?,16,2,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,16,16],f32>
    %h.0.attn.v_proj.weight = torch.global_slot.get @h.0.attn.v_proj.weight : !torch.vtensor<[32,32],f32>
    %h.0.attn.v_proj.bias = torch.global_slot.get @h.0.attn.v_proj.bias : !torch.vtensor<[32],f32>
    %12 = torch.aten.linear %5, %h.0.attn.v_proj.weight, %h.0.attn.v_proj.bias {dynfault.site = "h.0.attn.v_proj/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %13 = torch.aten.view %12, %list_m1_16_2_16 {dynfault.site = "h.0.attn/v/view"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int> -> !torch.vtensor<[?,16,2,16],f32>
    %14 = torch.aten.transpose.int %13, %int1, %int2 {dynfault.site = "h.0.attn/v/transpose"} : !torch.vtensor<[?,16,2,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,16,16],f32>
    %15 = torch.aten.transpose.int %11, %int2, %int3 {dynfault.site = "h.0.attn/k/transpose.1"} : !torch.vtensor<[?,2,16,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,16,16],f32>
    %16 = torch.aten.matmul %8, %15 {dynfault.site = "h.0.attn/scores"} : !torch.vtensor<[?,2,16,16],f32>, !torch.vtensor<[?,2,16,16],f32> -> !torch.vtensor<[?,2,16,16],f32>
    %17 = torch.aten.div.Scalar %16, %float4.0 {dynfault.site = "h.0.attn/scale"} : !torch.vtensor<[?,2,16,16],f32>, !torch.float -> !torch.vtensor<[?,2,16,16],f32>
    %18 = torch.aten.ones %list_16_16, %int11, %none, %none, %none {dynfault.site = "h.0.attn/mask/ones"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[16,16],i1>
    %19 = torch.aten.triu %18, %int1 {dynfault.site = "h.0.attn/mask/triu"} : !torch.vtensor<[16,16],i1>, !torch.int -> !torch.vtensor<[16,16],i1>
    %20 = torch.aten.masked_fill.Scalar %17, %19, %float-inf {dynfault.site = "h.0.attn/mask"} : !torch.vtensor<[?,2,16,16],f32>, !torch.vtensor<[16,16],i1>, !torch.float -> !torch.vtensor<[?,2,16,16],f32>
    %21 = torch.aten.softmax.int %20, %int-1, %none {dynfault.site = "h.0.attn/softmax"} : !torch.vtensor<[?,2,16,16],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,2,16,16],f32>
    %22 = torch.aten.dropout %21, %float0.1, %training {dynfault.site = "h.0.attn/dropout"} : !torch.vtensor<[?,2,16,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,2,16,16],f32>
    %23 = torch.aten.matmul %22, %14 {dynfault.site = "h.0.attn/context"} : !torch.vtensor<[?,2,16,16],f32>, !torch.vtensor<[?,2,16,16],f32> -> !torch.vtensor<[?,2,16,16],f32>
    %24 = torch.aten.transpose.int %23, %int1, %int2 {dynfault.site = "h.0.attn/merge/transpose"} : !torch.vtensor<[?,2,16,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,16,2,16],f32>
    %25 = torch.aten.reshape %24, %list_m1_16_32 {dynfault.site = "h.0.attn/merge/reshape"} : !torch.vtensor<[?,16,2,16],f32>, !torch.list<int> -> !torch.vtensor<[?,16,32],f32>
    %h.0.attn.out_proj.weight = torch.global_slot.get @h.0.attn.out_proj.weight : !torch.vtensor<[32,32],f32>
    %h.0.attn.out_proj.bias = torch.global_slot.get @h.0.attn.out_proj.bias : !torch.vtensor<[32],f32>
    %26 = torch.aten.linear %25, %h.0.attn.out_proj.weight, %h.0.attn.out_proj.bias {dynfault.site = "h.0.attn.out_proj/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %27 = torch.aten.dropout %26, %float0.1, %training {dynfault.site = "h.0.attn/resid_dropout"} : !torch.vtensor<[?,16,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %28 = torch.aten.add.Tensor %4, %27, %int1 {dynfault.site = "h.0/residual1"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[?,16,32],f32>, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %h.0.ln_2.weight = torch.global_slot.get @h.0.ln_2.weight : !torch.vtensor<[32],f32>
    %h.0.ln_2.bias = torch.global_slot.get @h.0.ln_2.bias : !torch.vtensor<[32],f32>
    %29 = torch.aten.layer_norm %28, %list_32, %h.0.ln_2.weight, %h.0.ln_2.bias, %float1.0e-05, %false {dynfault.site = "h.0.ln_2/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %h.0.mlp.c_fc.weight = torch.global_slot.get @h.0.mlp.c_fc.weight : !torch.vtensor<[128,32],f32>
    %h.0.mlp.c_fc.bias = torch.global_slot.get @h.0.mlp.c_fc.bias : !torch.vtensor<[128],f32>
    %30 = torch.aten.linear %29, %h.0.mlp.c_fc.weight, %h.0.mlp.c_fc.bias {dynfault.site = "h.0.mlp.c_fc/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[128,32],f32>, !torch.vtensor<[128],f32> -> !torch.vtensor<[?,16,128],f32>
    %31 = torch.aten.gelu %30, %str_none {dynfault.site = "h.0.mlp/gelu"} : !torch.vtensor<[?,16,128],f32>, !torch.str -> !torch.vtensor<[?,16,128],f32>
    %h.0.mlp.c_proj.weight = torch.global_slot.get @h.0.mlp.c_proj.weight : !torch.vtensor<[32,128],f32>
    %h.0.mlp.c_proj.bias = torch.global_slot.get @h.0.mlp.c_proj.bias : !torch.vtensor<[32],f32>
    %32 = torch.aten.linear %31, %h.0.mlp.c_proj.weight, %h.0.mlp.c_proj.bias {dynfault.site = "h.0.mlp.c_proj/linear"} : !torch.vtensor<[?,16,128],f32>, !torch.vtensor<[32,128],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %33 = torch.aten.dropout %32, %float0.1, %training {dynfault.site = "h.0.mlp/dropout"} : !torch.vtensor<[?,16,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %34 = torch.aten.add.Tensor %28, %33, %int1 {dynfault.site = "h.0/residual2"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[?,16,32],f32>, !torch.int -> !torch.vtensor<[?,16,32],f32>

    // Block 2.
    %h.1.ln_1.weight = torch.global_slot.get @h.1.ln_1.weight : !torch.vtensor<[32],f32>
    %h.1.ln_1.bias = torch.global_slot.get @h.1.ln_1.bias : !torch.vtensor<[32],f32>
    %35 = torch.aten.layer_norm %34, %list_32, %h.1.ln_1.weight, %h.1.ln_1.bias, %float1.0e-05, %false {dynfault.site = "h.1.ln_1/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %h.1.attn.q_proj.weight = torch.global_slot.get @h.1.attn.q_proj.weight : !torch.vtensor<[32,32],f32>
    %h.1.attn.q_proj.bias = torch.global_slot.get @h.1.attn.q_proj.bias : !torch.vtensor<[32],f32>
    %36 = torch.aten.linear %35, %h.1.attn.q_proj.weight, %h.1.attn.q_proj.bias {dynfault.site = "h.1.attn.q_proj/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %37 = torch.aten.view %36, %list_m1_16_2_16 {dynfault.site = "h.1.attn/q/view"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int> -> !torch.vtensor<[?,16,2,16],f32>
    %38 = torch.aten.transpose.int %37, %int1, %int2 {dynfault.site = "h.1.attn/q/transpose"} : !torch.vtensor<[?,16,2,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,16,16],f32>
    %h.1.attn.k_proj.weight = torch.global_slot.get @h.1.attn.k_proj.weight : !torch.vtensor<[32,32],f32>
    %h.1.attn.k_proj.bias = torch.global_slot.get @h.1.attn.k_proj.bias : !torch.vtensor<[32],f32>
    %39 = torch.aten.linear %35, %h.1.attn.k_proj.weight, %h.1.attn.k_proj.bias {dynfault.site = "h.1.attn.k_proj/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %40 = torch.aten.view %39, %list_m1_16_2_16 {dynfault.site = "h.1.attn/k/view"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int> -> !torch.vtensor<[?,16,2,16],f32>
    %41 = torch.aten.transpose.int %40, %int1, %int2 {dynfault.site = "h.1.attn/k/transpose"} : !torch.vtensor<[?,16,2,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,16,16],f32>
    %h.1.attn.v_proj.weight = torch.global_slot.get @h.1.attn.v_proj.weight : !torch.vtensor<[32,32],f32>
    %h.1.attn.v_proj.bias = torch.global_slot.get @h.1.attn.v_proj.bias : !torch.vtensor<[32],f32>
    %42 = torch.aten.linear %35, %h.1.attn.v_proj.weight, %h.1.attn.v_proj.bias {dynfault.site = "h.1.attn.v_proj/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %43 = torch.aten.view %42, %list_m1_16_2_16 {dynfault.site = "h.1.attn/v/view"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int> -> !torch.vtensor<[?,16,2,16],f32>
    %44 = torch.aten.transpose.int %43, %int1, %int2 {dynfault.site = "h.1.attn/v/transpose"} : !torch.vtensor<[?,16,2,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,16,16],f32>
    %45 = torch.aten.transpose.int %41, %int2, %int3 {dynfault.site = "h.1.attn/k/transpose.1"} : !torch.vtensor<[?,2,16,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,16,16],f32>
    %46 = torch.aten.matmul %38, %45 {dynfault.site = "h.1.attn/scores"} : !torch.vtensor<[?,2,16,16],f32>, !torch.vtensor<[?,2,16,16],f32> -> !torch.vtensor<[?,2,16,16],f32>
    %47 = torch.aten.div.Scalar %46, %float4.0 {dynfault.site = "h.1.attn/scale"} : !torch.vtensor<[?,2,16,16],f32>, !torch.float -> !torch.vtensor<[?,2,16,16],f32>
    %48 = torch.aten.ones %list_16_16, %int11, %none, %none, %none {dynfault.site = "h.1.attn/mask/ones"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[16,16],i1>
    %49 = torch.aten.triu %48, %int1 {dynfault.site = "h.1.attn/mask/triu"} : !torch.vtensor<[16,16],i1>, !torch.int -> !torch.vtensor<[16,16],i1>
    %50 = torch.aten.masked_fill.Scalar %47, %49, %float-inf {dynfault.site = "h.1.attn/mask"} : !torch.vtensor<[?,2,16,16],f32>, !torch.vtensor<[16,16],i1>, !torch.float -> !torch.vtensor<[?,2,16,16],f32>
    %51 = torch.aten.softmax.int %50, %int-1, %none {dynfault.site = "h.1.attn/softmax"} : !torch.vtensor<[?,2,16,16],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,2,16,16],f32>
    %52 = torch.aten.dropout %51, %float0.1, %training {dynfault.site = "h.1.attn/dropout"} : !torch.vtensor<[?,2,16,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,2,16,16],f32>
    %53 = torch.aten.matmul %52, %44 {dynfault.site = "h.1.attn/context"} : !torch.vtensor<[?,2,16,16],f32>, !torch.vtensor<[?,2,16,16],f32> -> !torch.vtensor<[?,2,16,16],f32>
    %54 = torch.aten.transpose.int %53, %int1, %int2 {dynfault.site = "h.1.attn/merge/transpose"} : !torch.vtensor<[?,2,16,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,16,2,16],f32>
    %55 = torch.aten.reshape %54, %list_m1_16_32 {dynfault.site = "h.1.attn/merge/reshape"} : !torch.vtensor<[?,16,2,16],f32>, !torch.list<int> -> !torch.vtensor<[?,16,32],f32>
    %h.1.attn.out_proj.weight = torch.global_slot.get @h.1.attn.out_proj.weight : !torch.vtensor<[32,32],f32>
    %h.1.attn.out_proj.bias = torch.global_slot.get @h.1.attn.out_proj.bias : !torch.vtensor<[32],f32>
    %56 = torch.aten.linear %55, %h.1.attn.out_proj.weight, %h.1.attn.out_proj.bias {dynfault.site = "h.1.attn.out_proj/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[32,32],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %57 = torch.aten.dropout %56, %float0.1, %training {dynfault.site = "h.1.attn/resid_dropout"} : !torch.vtensor<[?,16,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %58 = torch.aten.add.Tensor %34, %57, %int1 {dynfault.site = "h.1/residual1"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[?,16,32],f32>, !torch.int -> !torch.vtensor<[?,16,32],f32>
    %h.1.ln_2.weight = torch.global_slot.get @h.1.ln_2.weight : !torch.vtensor<[32],f32>
    %h.1.ln_2.bias = torch.global_slot.get @h.1.ln_2.bias : !torch.vtensor<[32],f32>
    %59 = torch.aten.layer_norm %58, %list_32, %h.1.ln_2.weight, %h.1.ln_2.bias, %float1.0e-05, %false {dynfault.site = "h.1.ln_2/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %h.1.mlp.c_fc.weight = torch.global_slot.get @h.1.mlp.c_fc.weight : !torch.vtensor<[128,32],f32>
    %h.1.mlp.c_fc.bias = torch.global_slot.get @h.1.mlp.c_fc.bias : !torch.vtensor<[128],f32>
    %60 = torch.aten.linear %59, %h.1.mlp.c_fc.weight, %h.1.mlp.c_fc.bias {dynfault.site = "h.1.mlp.c_fc/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[128,32],f32>, !torch.vtensor<[128],f32> -> !torch.vtensor<[?,16,128],f32>
    %61 = torch.aten.gelu %60, %str_none {dynfault.site = "h.1.mlp/gelu"} : !torch.vtensor<[?,16,128],f32>, !torch.str -> !torch.vtensor<[?,16,128],f32>
    %h.1.mlp.c_proj.weight = torch.global_slot.get @h.1.mlp.c_proj.weight : !torch.vtensor<[32,128],f32>
    %h.1.mlp.c_proj.bias = torch.global_slot.get @h.1.mlp.c_proj.bias : !torch.vtensor<[32],f32>
    %62 = torch.aten.linear %61, %h.1.mlp.c_proj.weight, %h.1.mlp.c_proj.bias {dynfault.site = "h.1.mlp.c_proj/linear"} : !torch.vtensor<[?,16,128],f32>, !torch.vtensor<[32,128],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,16,32],f32>
    %63 = torch.aten.dropout %62, %float0.1, %training {dynfault.site = "h.1.mlp/dropout"} : !torch.vtensor<[?,16,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %64 = torch.aten.add.Tensor %58, %63, %int1 {dynfault.site = "h.1/residual2"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[?,16,32],f32>, !torch.int -> !torch.vtensor<[?,16,32],f32>

    %ln_f.weight = torch.global_slot.get @ln_f.weight : !torch.vtensor<[32],f32>
    %ln_f.bias = torch.global_slot.get @ln_f.bias : !torch.vtensor<[32],f32>
    %65 = torch.aten.layer_norm %64, %list_32, %ln_f.weight, %ln_f.bias, %float1.0e-05, %false {dynfault.site = "ln_f/layer_norm"} : !torch.vtensor<[?,16,32],f32>, !torch.list<int>, !torch.vtensor<[32],f32>, !torch.vtensor<[32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,32],f32>
    %lm_head.weight = torch.global_slot.get @lm_head.weight : !torch.vtensor<[64,32],f32>
    %66 = torch.aten.linear %65, %lm_head.weight, %none {dynfault.site = "lm_head/linear"} : !torch.vtensor<[?,16,32],f32>, !torch.vtensor<[64,32],f32>, !torch.none -> !torch.vtensor<[?,16,64],f32>
    %67 = torch.aten.transpose.int %66, %int1, %int2 {dynfault.site = "scores"} : !torch.vtensor<[?,16,64],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,64,16],f32>
    return %67 : !torch.vtensor<[?,64,16],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,64,16],f32>, %target: !torch.vtensor<[?,16],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %int-100 = torch.constant.int -100
    %float0.0 = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %int1, %int-100, %float0.0 {dynfault.site = "loss"} : !torch.vtensor<[?,64,16],f32>, !torch.vtensor<[?,16],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,16],si64>, %target: !torch.vtensor<[?,16],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,16],si64>) -> !torch.vtensor<[?,64,16],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,64,16],f32>, !torch.vtensor<[?,16],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.clip_grad_norm {max_norm = 1.0}
    dynfault.optimizer_step #dynfault.optimizer<adamw, lr = 0.005, beta2 = 0.95, weight_decay = 0.1>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
