// A transformer over the columns of a table: the party of a member of congress from 16 votes.
//
// From: keras.io, "Structured data learning with TabTransformer" (Huang et al. 2020), on UCI's
// votes, all of whose columns are categories: a vector of 16 numbers for each value of each
// column and one for the column, 3 post-norm blocks with 4 heads and GELU layers, dropout 0.2,
// then SELU layers of twice and once the features' number with batch normalisation and dropout
// 0.2, one logit, AdamW 0.001 with weight decay 0.0001, batches of 265, 15 epochs.
// Initialisers are Keras' defaults.
// Scaled down: 4 numbers in each head instead of 16, 2 blocks, 20 epochs of 300 rows instead
// of 15 of 32,561.

module @tabtransformer_vote attributes {
    dynfault.task = "classification", dynfault.family = "transformer", dynfault.margin = 0.15,
    dynfault.origin = "keras.io TabTransformer"} {
  dynfault.dataset @data {source = "vote", train = 300, validation = 130}
  dynfault.schedule {epochs = 20, batch_size = 265, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @values.weight {dynfault.init = #dynfault.init<uniform, low = -0.05, high = 0.05>} : !torch.vtensor<[64,16],f32>
  torch.global_slot @columns.weight {dynfault.init = #dynfault.init<uniform, low = -0.05, high = 0.05>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.0.attention.q_proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.0.attention.q_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.attention.k_proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.0.attention.k_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.attention.v_proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.0.attention.v_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.attention.out_proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.0.attention.out_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.norm1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.norm1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.0.fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.0.fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.norm2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.0.norm2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.1.attention.q_proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.1.attention.q_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.1.attention.k_proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.1.attention.k_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.1.attention.v_proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.1.attention.v_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.1.attention.out_proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.1.attention.out_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.1.norm1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.1.norm1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.1.fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.1.fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.1.fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @blocks.1.fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.1.norm2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @blocks.1.norm2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @head1.norm.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[256],f32>
  torch.global_slot @head1.norm.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[256],f32>
  torch.global_slot @head1.norm.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[256],f32>
  torch.global_slot @head1.norm.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[256],f32>
  torch.global_slot @head1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[64,256],f32>
  torch.global_slot @head1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @head2.norm.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[64],f32>
  torch.global_slot @head2.norm.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @head2.norm.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[64],f32>
  torch.global_slot @head2.norm.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[64],f32>
  torch.global_slot @head2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,64],f32>
  torch.global_slot @head2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[1,32],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,32],f32>) -> !torch.vtensor<[?,1],f32> {
    %int-1 = torch.constant.int -1
    %int16 = torch.constant.int 16
    %int2 = torch.constant.int 2
    %list_m1_16_2 = torch.prim.ListConstruct %int-1, %int16, %int2 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %float0.5 = torch.constant.float 0.5
    %int4 = torch.constant.int 4
    %false = torch.constant.bool false
    %none = torch.constant.none
    %int0 = torch.constant.int 0
    %int1 = torch.constant.int 1
    %int64 = torch.constant.int 64
    %list_m1_16_4_4 = torch.prim.ListConstruct %int-1, %int16, %int4, %int4 : (!torch.int, !torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %int3 = torch.constant.int 3
    %float2.0 = torch.constant.float 2.0
    %list_m1_16_16 = torch.prim.ListConstruct %int-1, %int16, %int16 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %training = torch.global_slot.get @training : !torch.bool
    %float0.2 = torch.constant.float 0.2
    %list_16 = torch.prim.ListConstruct %int16 : (!torch.int) -> !torch.list<int>
    %float1.0e-06 = torch.constant.float 1.0e-06
    %str_none = torch.constant.str "none"
    %float0.1 = torch.constant.float 0.1
    %float0.001 = torch.constant.float 0.001

    // Each vote is (yes, no): 0 for none, 1 for yes, 2 for no, 3 for both; 4 values in each
    // column.
    %0 = torch.aten.view %x, %list_m1_16_2 {dynfault.site = "votes/view"} : !torch.vtensor<[?,32],f32>, !torch.list<int> -> !torch.vtensor<[?,16,2],f32>
    %1 = torch.aten.gt.Scalar %0, %float0.5 {dynfault.site = "votes/gt"} : !torch.vtensor<[?,16,2],f32>, !torch.float -> !torch.vtensor<[?,16,2],i1>
    %2 = torch.aten.to.dtype %1, %int4, %false, %false, %none {dynfault.site = "votes/to"} : !torch.vtensor<[?,16,2],i1>, !torch.int, !torch.bool, !torch.bool, !torch.none -> !torch.vtensor<[?,16,2],si64>
    %3 = torch.aten.select.int %2, %int2, %int0 {dynfault.site = "votes/yes"} : !torch.vtensor<[?,16,2],si64>, !torch.int, !torch.int -> !torch.vtensor<[?,16],si64>
    %4 = torch.aten.select.int %2, %int2, %int1 {dynfault.site = "votes/no"} : !torch.vtensor<[?,16,2],si64>, !torch.int, !torch.int -> !torch.vtensor<[?,16],si64>
    %5 = torch.aten.add.Tensor %3, %4, %int2 {dynfault.site = "votes/add"} : !torch.vtensor<[?,16],si64>, !torch.vtensor<[?,16],si64>, !torch.int -> !torch.vtensor<[?,16],si64>
    %6 = torch.aten.arange.start_step %int0, %int64, %int4, %int4, %none, %none, %none {dynfault.site = "columns/arange"} : !torch.int, !torch.int, !torch.int, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[16],si64>
    %7 = torch.aten.add.Tensor %5, %6, %int1 {dynfault.site = "columns/add"} : !torch.vtensor<[?,16],si64>, !torch.vtensor<[16],si64>, !torch.int -> !torch.vtensor<[?,16],si64>
    %values.weight = torch.global_slot.get @values.weight : !torch.vtensor<[64,16],f32>
    %8 = torch.aten.embedding %values.weight, %7, %int-1, %false, %false {dynfault.site = "values/embedding"} : !torch.vtensor<[64,16],f32>, !torch.vtensor<[?,16],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[?,16,16],f32>
    %9 = torch.aten.arange %int16, %int4, %none, %none, %none {dynfault.site = "columns/arange.1"} : !torch.int, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[16],si64>
    %columns.weight = torch.global_slot.get @columns.weight : !torch.vtensor<[16,16],f32>
    %10 = torch.aten.embedding %columns.weight, %9, %int-1, %false, %false {dynfault.site = "columns/embedding"} : !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[16,16],f32>
    %11 = torch.aten.add.Tensor %8, %10, %int1 {dynfault.site = "columns/add.1"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.int -> !torch.vtensor<[?,16,16],f32>

    // Block 1.
    %blocks.0.attention.q_proj.weight = torch.global_slot.get @blocks.0.attention.q_proj.weight : !torch.vtensor<[16,16],f32>
    %blocks.0.attention.q_proj.bias = torch.global_slot.get @blocks.0.attention.q_proj.bias : !torch.vtensor<[16],f32>
    %12 = torch.aten.linear %11, %blocks.0.attention.q_proj.weight, %blocks.0.attention.q_proj.bias {dynfault.site = "blocks.0.attention.q_proj/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %13 = torch.aten.view %12, %list_m1_16_4_4 {dynfault.site = "blocks.0.attention/q/view"} : !torch.vtensor<[?,16,16],f32>, !torch.list<int> -> !torch.vtensor<[?,16,4,4],f32>
    %14 = torch.aten.transpose.int %13, %int1, %int2 {dynfault.site = "blocks.0.attention/q/transpose"} : !torch.vtensor<[?,16,4,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,4,16,4],f32>
    %blocks.0.attention.k_proj.weight = torch.global_slot.get @blocks.0.attention.k_proj.weight : !torch.vtensor<[16,16],f32>
    %blocks.0.attention.k_proj.bias = torch.global_slot.get @blocks.0.attention.k_proj.bias : !torch.vtensor<[16],f32>
    %15 = torch.aten.linear %11, %blocks.0.attention.k_proj.weight, %blocks.0.attention.k_proj.bias {dynfault.site = "blocks.0.attention.k_proj/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %16 = torch.aten.view %15, %list_m1_16_4_4 {dynfault.site = "blocks.0.attention/k/view"} : !torch.vtensor<[?,16,16],f32>, !torch.list<int> -> !torch.vtensor<[?,16,4,4],f32>
    %17 = torch.aten.transpose.int %16, %int1, %int2 {dynfault.site = "blocks.0.attention/k/transpose"} : !torch.vtensor<[?,16,4,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,4,16,4],f32>
    %blocks.0.attention.v_proj.weight = torch.global_slot.get @blocks.0.attention.v_proj.weight : !torch.vtensor<[16,16],f32>
    %blocks.0.attention.v_proj.bias = torch.global_slot.get @blocks.0.attention.v_proj.bias : !torch.vtensor<[16],f32>
    %18 = torch.aten.linear %11, %blocks.0.attention.v_proj.weight, %blocks.0.attention.v_proj.bias {dynfault.site = "blocks.0.attention.v_proj/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %19 = torch.aten.view %18, %list_m1_16_4_4 {dynfault.site = "blocks.0.attention/v/view"} : !torch.vtensor<[?,16,16],f32>, !torch.list<int> -> !torch.vtensor<[?,16,4,4],f32>
    %20 = torch.aten.transpose.int %19, %int1, %int2 {dynfault.site = "blocks.0.attention/v/transpose"} : !torch.vtensor<[?,16,4,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,4,16,4],f32>
    %21 = torch.aten.transpose.int %17, %int2, %int3 {dynfault.site = "blocks.0.attention/k/transpose.1"} : !torch.vtensor<[?,4,16,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,4,4,16],f32>
    %22 = torch.aten.matmul %14, %21 {dynfault.site = "blocks.0.attention/scores"} : !torch.vtensor<[?,4,16,4],f32>, !torch.vtensor<[?,4,4,16],f32> -> !torch.vtensor<[?,4,16,16],f32>
    %23 = torch.aten.div.Scalar %22, %float2.0 {dynfault.site = "blocks.0.attention/scale"} : !torch.vtensor<[?,4,16,16],f32>, !torch.float -> !torch.vtensor<[?,4,16,16],f32>
    %24 = torch.aten.softmax.int %23, %int-1, %none {dynfault.site = "blocks.0.attention/softmax"} : !torch.vtensor<[?,4,16,16],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,4,16,16],f32>
    %25 = torch.aten.matmul %24, %20 {dynfault.site = "blocks.0.attention/context"} : !torch.vtensor<[?,4,16,16],f32>, !torch.vtensor<[?,4,16,4],f32> -> !torch.vtensor<[?,4,16,4],f32>
    %26 = torch.aten.transpose.int %25, %int1, %int2 {dynfault.site = "blocks.0.attention/merge/transpose"} : !torch.vtensor<[?,4,16,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,16,4,4],f32>
    %27 = torch.aten.reshape %26, %list_m1_16_16 {dynfault.site = "blocks.0.attention/merge/reshape"} : !torch.vtensor<[?,16,4,4],f32>, !torch.list<int> -> !torch.vtensor<[?,16,16],f32>
    %blocks.0.attention.out_proj.weight = torch.global_slot.get @blocks.0.attention.out_proj.weight : !torch.vtensor<[16,16],f32>
    %blocks.0.attention.out_proj.bias = torch.global_slot.get @blocks.0.attention.out_proj.bias : !torch.vtensor<[16],f32>
    %28 = torch.aten.linear %27, %blocks.0.attention.out_proj.weight, %blocks.0.attention.out_proj.bias {dynfault.site = "blocks.0.attention.out_proj/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %29 = torch.aten.dropout %28, %float0.2, %training {dynfault.site = "blocks.0.attention/dropout1"} : !torch.vtensor<[?,16,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,16],f32>
    %30 = torch.aten.add.Tensor %11, %29, %int1 {dynfault.site = "blocks.0/residual1"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[?,16,16],f32>, !torch.int -> !torch.vtensor<[?,16,16],f32>
    %blocks.0.norm1.weight = torch.global_slot.get @blocks.0.norm1.weight : !torch.vtensor<[16],f32>
    %blocks.0.norm1.bias = torch.global_slot.get @blocks.0.norm1.bias : !torch.vtensor<[16],f32>
    %31 = torch.aten.layer_norm %30, %list_16, %blocks.0.norm1.weight, %blocks.0.norm1.bias, %float1.0e-06, %false {dynfault.site = "blocks.0.norm1/layer_norm"} : !torch.vtensor<[?,16,16],f32>, !torch.list<int>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,16],f32>
    %blocks.0.fc1.weight = torch.global_slot.get @blocks.0.fc1.weight : !torch.vtensor<[16,16],f32>
    %blocks.0.fc1.bias = torch.global_slot.get @blocks.0.fc1.bias : !torch.vtensor<[16],f32>
    %32 = torch.aten.linear %31, %blocks.0.fc1.weight, %blocks.0.fc1.bias {dynfault.site = "blocks.0.fc1/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %33 = torch.aten.gelu %32, %str_none {dynfault.site = "blocks.0.fc1/gelu"} : !torch.vtensor<[?,16,16],f32>, !torch.str -> !torch.vtensor<[?,16,16],f32>
    %blocks.0.fc2.weight = torch.global_slot.get @blocks.0.fc2.weight : !torch.vtensor<[16,16],f32>
    %blocks.0.fc2.bias = torch.global_slot.get @blocks.0.fc2.bias : !torch.vtensor<[16],f32>
    %34 = torch.aten.linear %33, %blocks.0.fc2.weight, %blocks.0.fc2.bias {dynfault.site = "blocks.0.fc2/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %35 = torch.aten.dropout %34, %float0.2, %training {dynfault.site = "blocks.0.fc2/dropout"} : !torch.vtensor<[?,16,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,16],f32>
    %36 = torch.aten.add.Tensor %31, %35, %int1 {dynfault.site = "blocks.0/residual2"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[?,16,16],f32>, !torch.int -> !torch.vtensor<[?,16,16],f32>
    %blocks.0.norm2.weight = torch.global_slot.get @blocks.0.norm2.weight : !torch.vtensor<[16],f32>
    %blocks.0.norm2.bias = torch.global_slot.get @blocks.0.norm2.bias : !torch.vtensor<[16],f32>
    %37 = torch.aten.layer_norm %36, %list_16, %blocks.0.norm2.weight, %blocks.0.norm2.bias, %float1.0e-06, %false {dynfault.site = "blocks.0.norm2/layer_norm"} : !torch.vtensor<[?,16,16],f32>, !torch.list<int>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,16],f32>

    // Block 2.
    %blocks.1.attention.q_proj.weight = torch.global_slot.get @blocks.1.attention.q_proj.weight : !torch.vtensor<[16,16],f32>
    %blocks.1.attention.q_proj.bias = torch.global_slot.get @blocks.1.attention.q_proj.bias : !torch.vtensor<[16],f32>
    %38 = torch.aten.linear %37, %blocks.1.attention.q_proj.weight, %blocks.1.attention.q_proj.bias {dynfault.site = "blocks.1.attention.q_proj/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %39 = torch.aten.view %38, %list_m1_16_4_4 {dynfault.site = "blocks.1.attention/q/view"} : !torch.vtensor<[?,16,16],f32>, !torch.list<int> -> !torch.vtensor<[?,16,4,4],f32>
    %40 = torch.aten.transpose.int %39, %int1, %int2 {dynfault.site = "blocks.1.attention/q/transpose"} : !torch.vtensor<[?,16,4,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,4,16,4],f32>
    %blocks.1.attention.k_proj.weight = torch.global_slot.get @blocks.1.attention.k_proj.weight : !torch.vtensor<[16,16],f32>
    %blocks.1.attention.k_proj.bias = torch.global_slot.get @blocks.1.attention.k_proj.bias : !torch.vtensor<[16],f32>
    %41 = torch.aten.linear %37, %blocks.1.attention.k_proj.weight, %blocks.1.attention.k_proj.bias {dynfault.site = "blocks.1.attention.k_proj/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %42 = torch.aten.view %41, %list_m1_16_4_4 {dynfault.site = "blocks.1.attention/k/view"} : !torch.vtensor<[?,16,16],f32>, !torch.list<int> -> !torch.vtensor<[?,16,4,4],f32>
    %43 = torch.aten.transpose.int %42, %int1, %int2 {dynfault.site = "blocks.1.attention/k/transpose"} : !torch.vtensor<[?,16,4,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,4,16,4],f32>
    %blocks.1.attention.v_proj.weight = torch.global_slot.get @blocks.1.attention.v_proj.weight : !torch.vtensor<[16,16],f32>
    %blocks.1.attention.v_proj.bias = torch.global_slot.get @blocks.1.attention.v_proj.bias : !torch.vtensor<[16],f32>
    %44 = torch.aten.linear %37, %blocks.1.attention.v_proj.weight, %blocks.1.attention.v_proj.bias {dynfault.site = "blocks.1.attention.v_proj/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %45 = torch.aten.view %44, %list_m1_16_4_4 {dynfault.site = "blocks.1.attention/v/view"} : !torch.vtensor<[?,16,16],f32>, !torch.list<int> -> !torch.vtensor<[?,16,4,4],f32>
    %46 = torch.aten.transpose.int %45, %int1, %int2 {dynfault.site = "blocks.1.attention/v/transpose"} : !torch.vtensor<[?,16,4,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,4,16,4],f32>
    %47 = torch.aten.transpose.int %43, %int2, %int3 {dynfault.site = "blocks.1.attention/k/transpose.1"} : !torch.vtensor<[?,4,16,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,4,4,16],f32>
    %48 = torch.aten.matmul %40, %47 {dynfault.site = "blocks.1.attention/scores"} : !torch.vtensor<[?,4,16,4],f32>, !torch.vtensor<[?,4,4,16],f32> -> !torch.vtensor<[?,4,16,16],f32>
    %49 = torch.aten.div.Scalar %48, %float2.0 {dynfault.site = "blocks.1.attention/scale"} : !torch.vtensor<[?,4,16,16],f32>, !torch.float -> !torch.vtensor<[?,4,16,16],f32>
    %50 = torch.aten.softmax.int %49, %int-1, %none {dynfault.site = "blocks.1.attention/softmax"} : !torch.vtensor<[?,4,16,16],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,4,16,16],f32>
    %51 = torch.aten.matmul %50, %46 {dynfault.site = "blocks.1.attention/context"} : !torch.vtensor<[?,4,16,16],f32>, !torch.vtensor<[?,4,16,4],f32> -> !torch.vtensor<[?,4,16,4],f32>
    %52 = torch.aten.transpose.int %51, %int1, %int2 {dynfault.site = "blocks.1.attention/merge/transpose"} : !torch.vtensor<[?,4,16,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,16,4,4],f32>
    %53 = torch.aten.reshape %52, %list_m1_16_16 {dynfault.site = "blocks.1.attention/merge/reshape"} : !torch.vtensor<[?,16,4,4],f32>, !torch.list<int> -> !torch.vtensor<[?,16,16],f32>
    %blocks.1.attention.out_proj.weight = torch.global_slot.get @blocks.1.attention.out_proj.weight : !torch.vtensor<[16,16],f32>
    %blocks.1.attention.out_proj.bias = torch.global_slot.get @blocks.1.attention.out_proj.bias : !torch.vtensor<[16],f32>
    %54 = torch.aten.linear %53, %blocks.1.attention.out_proj.weight, %blocks.1.attention.out_proj.bias {dynfault.site = "blocks.1.attention.out_proj/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %55 = torch.aten.dropout %54, %float0.2, %training {dynfault.site = "blocks.1.attention/dropout1"} : !torch.vtensor<[?,16,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,16],f32>
    %56 = torch.aten.add.Tensor %37, %55, %int1 {dynfault.site = "blocks.1/residual1"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[?,16,16],f32>, !torch.int -> !torch.vtensor<[?,16,16],f32>
    %blocks.1.norm1.weight = torch.global_slot.get @blocks.1.norm1.weight : !torch.vtensor<[16],f32>
    %blocks.1.norm1.bias = torch.global_slot.get @blocks.1.norm1.bias : !torch.vtensor<[16],f32>
    %57 = torch.aten.layer_norm %56, %list_16, %blocks.1.norm1.weight, %blocks.1.norm1.bias, %float1.0e-06, %false {dynfault.site = "blocks.1.norm1/layer_norm"} : !torch.vtensor<[?,16,16],f32>, !torch.list<int>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,16],f32>
    %blocks.1.fc1.weight = torch.global_slot.get @blocks.1.fc1.weight : !torch.vtensor<[16,16],f32>
    %blocks.1.fc1.bias = torch.global_slot.get @blocks.1.fc1.bias : !torch.vtensor<[16],f32>
    %58 = torch.aten.linear %57, %blocks.1.fc1.weight, %blocks.1.fc1.bias {dynfault.site = "blocks.1.fc1/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %59 = torch.aten.gelu %58, %str_none {dynfault.site = "blocks.1.fc1/gelu"} : !torch.vtensor<[?,16,16],f32>, !torch.str -> !torch.vtensor<[?,16,16],f32>
    %blocks.1.fc2.weight = torch.global_slot.get @blocks.1.fc2.weight : !torch.vtensor<[16,16],f32>
    %blocks.1.fc2.bias = torch.global_slot.get @blocks.1.fc2.bias : !torch.vtensor<[16],f32>
    %60 = torch.aten.linear %59, %blocks.1.fc2.weight, %blocks.1.fc2.bias {dynfault.site = "blocks.1.fc2/linear"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16,16],f32>
    %61 = torch.aten.dropout %60, %float0.2, %training {dynfault.site = "blocks.1.fc2/dropout"} : !torch.vtensor<[?,16,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,16],f32>
    %62 = torch.aten.add.Tensor %57, %61, %int1 {dynfault.site = "blocks.1/residual2"} : !torch.vtensor<[?,16,16],f32>, !torch.vtensor<[?,16,16],f32>, !torch.int -> !torch.vtensor<[?,16,16],f32>
    %blocks.1.norm2.weight = torch.global_slot.get @blocks.1.norm2.weight : !torch.vtensor<[16],f32>
    %blocks.1.norm2.bias = torch.global_slot.get @blocks.1.norm2.bias : !torch.vtensor<[16],f32>
    %63 = torch.aten.layer_norm %62, %list_16, %blocks.1.norm2.weight, %blocks.1.norm2.bias, %float1.0e-06, %false {dynfault.site = "blocks.1.norm2/layer_norm"} : !torch.vtensor<[?,16,16],f32>, !torch.list<int>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16,16],f32>

    // Head.
    %64 = torch.aten.flatten.using_ints %63, %int1, %int-1 {dynfault.site = "flatten"} : !torch.vtensor<[?,16,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,256],f32>
    %head1.norm.weight = torch.global_slot.get @head1.norm.weight : !torch.vtensor<[256],f32>
    %head1.norm.bias = torch.global_slot.get @head1.norm.bias : !torch.vtensor<[256],f32>
    %head1.norm.running_mean = torch.global_slot.get @head1.norm.running_mean : !torch.vtensor<[256],f32>
    %head1.norm.running_var = torch.global_slot.get @head1.norm.running_var : !torch.vtensor<[256],f32>
    %65 = torch.aten.batch_norm %64, %head1.norm.weight, %head1.norm.bias, %head1.norm.running_mean, %head1.norm.running_var, %training, %float0.1, %float0.001, %false {dynfault.site = "head1.norm/batch_norm"} : !torch.vtensor<[?,256],f32>, !torch.vtensor<[256],f32>, !torch.vtensor<[256],f32>, !torch.vtensor<[256],f32>, !torch.vtensor<[256],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,256],f32>
    %head1.weight = torch.global_slot.get @head1.weight : !torch.vtensor<[64,256],f32>
    %head1.bias = torch.global_slot.get @head1.bias : !torch.vtensor<[64],f32>
    %66 = torch.aten.linear %65, %head1.weight, %head1.bias {dynfault.site = "head1/linear"} : !torch.vtensor<[?,256],f32>, !torch.vtensor<[64,256],f32>, !torch.vtensor<[64],f32> -> !torch.vtensor<[?,64],f32>
    %67 = torch.aten.selu %66 {dynfault.site = "head1/selu"} : !torch.vtensor<[?,64],f32> -> !torch.vtensor<[?,64],f32>
    %68 = torch.aten.dropout %67, %float0.2, %training {dynfault.site = "head1/dropout"} : !torch.vtensor<[?,64],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,64],f32>
    %head2.norm.weight = torch.global_slot.get @head2.norm.weight : !torch.vtensor<[64],f32>
    %head2.norm.bias = torch.global_slot.get @head2.norm.bias : !torch.vtensor<[64],f32>
    %head2.norm.running_mean = torch.global_slot.get @head2.norm.running_mean : !torch.vtensor<[64],f32>
    %head2.norm.running_var = torch.global_slot.get @head2.norm.running_var : !torch.vtensor<[64],f32>
    %69 = torch.aten.batch_norm %68, %head2.norm.weight, %head2.norm.bias, %head2.norm.running_mean, %head2.norm.running_var, %training, %float0.1, %float0.001, %false {dynfault.site = "head2.norm/batch_norm"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[64],f32>, !torch.vtensor<[64],f32>, !torch.vtensor<[64],f32>, !torch.vtensor<[64],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.vtensor<[?,64],f32>
    %head2.weight = torch.global_slot.get @head2.weight : !torch.vtensor<[32,64],f32>
    %head2.bias = torch.global_slot.get @head2.bias : !torch.vtensor<[32],f32>
    %70 = torch.aten.linear %69, %head2.weight, %head2.bias {dynfault.site = "head2/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[32,64],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,32],f32>
    %71 = torch.aten.selu %70 {dynfault.site = "head2/selu"} : !torch.vtensor<[?,32],f32> -> !torch.vtensor<[?,32],f32>
    %72 = torch.aten.dropout %71, %float0.2, %training {dynfault.site = "head2/dropout"} : !torch.vtensor<[?,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,32],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[1,32],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[1],f32>
    %73 = torch.aten.linear %72, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[1,32],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %73 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %0 = torch.aten.binary_cross_entropy_with_logits %output, %target, %none, %none, %int1 {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.none, !torch.none, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,32],f32>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,32],f32>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adamw, lr = 0.001, weight_decay = 0.0001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
