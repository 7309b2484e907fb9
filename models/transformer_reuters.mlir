// A transformer block over the words of a news report: its topic.
//
// From: keras.io, "Text classification with Transformer", on Reuters: vectors of 32 numbers
// for words and positions, one post-norm block with 2 heads of 32 and 32 ReLU units, dropout
// 0.1, mean over the words, dense 20, Adam 0.001, batches of 32, cross entropy. Initialisers
// are Keras' defaults.
// Scaled down: 2,000 reports, the first 40 of 200 words of each, one head of 16.

module @transformer_reuters attributes {
    dynfault.task = "classification", dynfault.family = "transformer", dynfault.margin = 0.15,
    dynfault.origin = "keras.io text classification with transformer"} {
  dynfault.dataset @data {source = "reuters", train = 1600, validation = 800}
  dynfault.schedule {epochs = 4, batch_size = 32, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @tokens.weight {dynfault.init = #dynfault.init<uniform, low = -0.05, high = 0.05>} : !torch.vtensor<[10000,16],f32>
  torch.global_slot @positions.weight {dynfault.init = #dynfault.init<uniform, low = -0.05, high = 0.05>} : !torch.vtensor<[40,16],f32>
  torch.global_slot @block.attention.q_proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,16],f32>
  torch.global_slot @block.attention.q_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @block.attention.k_proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,16],f32>
  torch.global_slot @block.attention.k_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @block.attention.v_proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,16],f32>
  torch.global_slot @block.attention.v_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @block.attention.out_proj.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,32],f32>
  torch.global_slot @block.attention.out_proj.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block.norm1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @block.norm1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block.fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,16],f32>
  torch.global_slot @block.fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @block.fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,32],f32>
  torch.global_slot @block.fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @block.norm2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @block.norm2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[20,16],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[20],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[10,20],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,40],si64>) -> !torch.vtensor<[?,10],f32> {
    %int-1 = torch.constant.int -1
    %false = torch.constant.bool false
    %int40 = torch.constant.int 40
    %int4 = torch.constant.int 4
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %int2 = torch.constant.int 2
    %int16 = torch.constant.int 16
    %list_m1_40_2_16 = torch.prim.ListConstruct %int-1, %int40, %int2, %int16 : (!torch.int, !torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %int3 = torch.constant.int 3
    %float4.0 = torch.constant.float 4.0
    %int32 = torch.constant.int 32
    %list_m1_40_32 = torch.prim.ListConstruct %int-1, %int40, %int32 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %training = torch.global_slot.get @training : !torch.bool
    %float0.1 = torch.constant.float 0.1
    %list_16 = torch.prim.ListConstruct %int16 : (!torch.int) -> !torch.list<int>
    %float1.0e-06 = torch.constant.float 1.0e-06
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>

    %tokens.weight = torch.global_slot.get @tokens.weight : !torch.vtensor<[10000,16],f32>
    %0 = torch.aten.embedding %tokens.weight, %x, %int-1, %false, %false {dynfault.site = "tokens/embedding"} : !torch.vtensor<[10000,16],f32>, !torch.vtensor<[?,40],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[?,40,16],f32>
    %1 = torch.aten.arange %int40, %int4, %none, %none, %none {dynfault.site = "positions/arange"} : !torch.int, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[40],si64>
    %positions.weight = torch.global_slot.get @positions.weight : !torch.vtensor<[40,16],f32>
    %2 = torch.aten.embedding %positions.weight, %1, %int-1, %false, %false {dynfault.site = "positions/embedding"} : !torch.vtensor<[40,16],f32>, !torch.vtensor<[40],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[40,16],f32>
    %3 = torch.aten.add.Tensor %0, %2, %int1 {dynfault.site = "positions/add"} : !torch.vtensor<[?,40,16],f32>, !torch.vtensor<[40,16],f32>, !torch.int -> !torch.vtensor<[?,40,16],f32>

    %block.attention.q_proj.weight = torch.global_slot.get @block.attention.q_proj.weight : !torch.vtensor<[32,16],f32>
    %block.attention.q_proj.bias = torch.global_slot.get @block.attention.q_proj.bias : !torch.vtensor<[32],f32>
    %4 = torch.aten.linear %3, %block.attention.q_proj.weight, %block.attention.q_proj.bias {dynfault.site = "block.attention.q_proj/linear"} : !torch.vtensor<[?,40,16],f32>, !torch.vtensor<[32,16],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,40,32],f32>
    %5 = torch.aten.view %4, %list_m1_40_2_16 {dynfault.site = "block.attention/q/view"} : !torch.vtensor<[?,40,32],f32>, !torch.list<int> -> !torch.vtensor<[?,40,2,16],f32>
    %6 = torch.aten.transpose.int %5, %int1, %int2 {dynfault.site = "block.attention/q/transpose"} : !torch.vtensor<[?,40,2,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,40,16],f32>
    %block.attention.k_proj.weight = torch.global_slot.get @block.attention.k_proj.weight : !torch.vtensor<[32,16],f32>
    %block.attention.k_proj.bias = torch.global_slot.get @block.attention.k_proj.bias : !torch.vtensor<[32],f32>
    %7 = torch.aten.linear %3, %block.attention.k_proj.weight, %block.attention.k_proj.bias {dynfault.site = "block.attention.k_proj/linear"} : !torch.vtensor<[?,40,16],f32>, !torch.vtensor<[32,16],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,40,32],f32>
    %8 = torch.aten.view %7, %list_m1_40_2_16 {dynfault.site = "block.attention/k/view"} : !torch.vtensor<[?,40,32],f32>, !torch.list<int> -> !torch.vtensor<[?,40,2,16],f32>
    %9 = torch.aten.transpose.int %8, %int1, %int2 {dynfault.site = "block.attention/k/transpose"} : !torch.vtensor<[?,40,2,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,40,16],f32>
    %block.attention.v_proj.weight = torch.global_slot.get @block.attention.v_proj.weight : !torch.vtensor<[32,16],f32>
    %block.attention.v_proj.bias = torch.global_slot.get @block.attention.v_proj.bias : !torch.vtensor<[32],f32>
    %10 = torch.aten.linear %3, %block.attention.v_proj.weight, %block.attention.v_proj.bias {dynfault.site = "block.attention.v_proj/linear"} : !torch.vtensor<[?,40,16],f32>, !torch.vtensor<[32,16],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,40,32],f32>
    %11 = torch.aten.view %10, %list_m1_40_2_16 {dynfault.site = "block.attention/v/view"} : !torch.vtensor<[?,40,32],f32>, !torch.list<int> -> !torch.vtensor<[?,40,2,16],f32>
    %12 = torch.aten.transpose.int %11, %int1, %int2 {dynfault.site = "block.attention/v/transpose"} : !torch.vtensor<[?,40,2,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,40,16],f32>
    %13 = torch.aten.transpose.int %9, %int2, %int3 {dynfault.site = "block.attention/k/transpose.1"} : !torch.vtensor<[?,2,40,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,16,40],f32>
    %14 = torch.aten.matmul %6, %13 {dynfault.site = "block.attention/scores"} : !torch.vtensor<[?,2,40,16],f32>, !torch.vtensor<[?,2,16,40],f32> -> !torch.vtensor<[?,2,40,40],f32>
    %15 = torch.aten.div.Scalar %14, %float4.0 {dynfault.site = "block.attention/scale"} : !torch.vtensor<[?,2,40,40],f32>, !torch.float -> !torch.vtensor<[?,2,40,40],f32>
    %16 = torch.aten.softmax.int %15, %int-1, %none {dynfault.site = "block.attention/softmax"} : !torch.vtensor<[?,2,40,40],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,2,40,40],f32>
    %17 = torch.aten.matmul %16, %12 {dynfault.site = "block.attention/context"} : !torch.vtensor<[?,2,40,40],f32>, !torch.vtensor<[?,2,40,16],f32> -> !torch.vtensor<[?,2,40,16],f32>
    %18 = torch.aten.transpose.int %17, %int1, %int2 {dynfault.site = "block.attention/merge/transpose"} : !torch.vtensor<[?,2,40,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,40,2,16],f32>
    %19 = torch.aten.reshape %18, %list_m1_40_32 {dynfault.site = "block.attention/merge/reshape"} : !torch.vtensor<[?,40,2,16],f32>, !torch.list<int> -> !torch.vtensor<[?,40,32],f32>
    %block.attention.out_proj.weight = torch.global_slot.get @block.attention.out_proj.weight : !torch.vtensor<[16,32],f32>
    %block.attention.out_proj.bias = torch.global_slot.get @block.attention.out_proj.bias : !torch.vtensor<[16],f32>
    %20 = torch.aten.linear %19, %block.attention.out_proj.weight, %block.attention.out_proj.bias {dynfault.site = "block.attention.out_proj/linear"} : !torch.vtensor<[?,40,32],f32>, !torch.vtensor<[16,32],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,40,16],f32>
    %21 = torch.aten.dropout %20, %float0.1, %training {dynfault.site = "block.attention/dropout1"} : !torch.vtensor<[?,40,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,40,16],f32>
    %22 = torch.aten.add.Tensor %3, %21, %int1 {dynfault.site = "block/residual1"} : !torch.vtensor<[?,40,16],f32>, !torch.vtensor<[?,40,16],f32>, !torch.int -> !torch.vtensor<[?,40,16],f32>
    %block.norm1.weight = torch.global_slot.get @block.norm1.weight : !torch.vtensor<[16],f32>
    %block.norm1.bias = torch.global_slot.get @block.norm1.bias : !torch.vtensor<[16],f32>
    %23 = torch.aten.layer_norm %22, %list_16, %block.norm1.weight, %block.norm1.bias, %float1.0e-06, %false {dynfault.site = "block.norm1/layer_norm"} : !torch.vtensor<[?,40,16],f32>, !torch.list<int>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,40,16],f32>
    %block.fc1.weight = torch.global_slot.get @block.fc1.weight : !torch.vtensor<[32,16],f32>
    %block.fc1.bias = torch.global_slot.get @block.fc1.bias : !torch.vtensor<[32],f32>
    %24 = torch.aten.linear %23, %block.fc1.weight, %block.fc1.bias {dynfault.site = "block.fc1/linear"} : !torch.vtensor<[?,40,16],f32>, !torch.vtensor<[32,16],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,40,32],f32>
    %25 = torch.aten.relu %24 {dynfault.site = "block.fc1/relu"} : !torch.vtensor<[?,40,32],f32> -> !torch.vtensor<[?,40,32],f32>
    %block.fc2.weight = torch.global_slot.get @block.fc2.weight : !torch.vtensor<[16,32],f32>
    %block.fc2.bias = torch.global_slot.get @block.fc2.bias : !torch.vtensor<[16],f32>
    %26 = torch.aten.linear %25, %block.fc2.weight, %block.fc2.bias {dynfault.site = "block.fc2/linear"} : !torch.vtensor<[?,40,32],f32>, !torch.vtensor<[16,32],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,40,16],f32>
    %27 = torch.aten.dropout %26, %float0.1, %training {dynfault.site = "block.fc2/dropout"} : !torch.vtensor<[?,40,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,40,16],f32>
    %28 = torch.aten.add.Tensor %23, %27, %int1 {dynfault.site = "block/residual2"} : !torch.vtensor<[?,40,16],f32>, !torch.vtensor<[?,40,16],f32>, !torch.int -> !torch.vtensor<[?,40,16],f32>
    %block.norm2.weight = torch.global_slot.get @block.norm2.weight : !torch.vtensor<[16],f32>
    %block.norm2.bias = torch.global_slot.get @block.norm2.bias : !torch.vtensor<[16],f32>
    %29 = torch.aten.layer_norm %28, %list_16, %block.norm2.weight, %block.norm2.bias, %float1.0e-06, %false {dynfault.site = "block.norm2/layer_norm"} : !torch.vtensor<[?,40,16],f32>, !torch.list<int>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,40,16],f32>

    %30 = torch.aten.mean.dim %29, %list_1, %false, %none {dynfault.site = "pool/mean"} : !torch.vtensor<[?,40,16],f32>, !torch.list<int>, !torch.bool, !torch.none -> !torch.vtensor<[?,16],f32>
    %31 = torch.aten.dropout %30, %float0.1, %training {dynfault.site = "pool/dropout"} : !torch.vtensor<[?,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,16],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[20,16],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[20],f32>
    %32 = torch.aten.linear %31, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[20,16],f32>, !torch.vtensor<[20],f32> -> !torch.vtensor<[?,20],f32>
    %33 = torch.aten.relu %32 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,20],f32> -> !torch.vtensor<[?,20],f32>
    %34 = torch.aten.dropout %33, %float0.1, %training {dynfault.site = "fc1/dropout"} : !torch.vtensor<[?,20],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,20],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[10,20],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[10],f32>
    %35 = torch.aten.linear %34, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,20],f32>, !torch.vtensor<[10,20],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
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

  dynfault.training_step(%x: !torch.vtensor<[?,40],si64>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,40],si64>) -> !torch.vtensor<[?,10],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
