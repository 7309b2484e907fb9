// One post-norm transformer encoder block with an added mask, over the rows of an image.
//
// The pattern of torch.nn.TransformerEncoderLayer and of Keras' text classification with a
// transformer, with 16 features and four heads, on Fashion-MNIST.

module @transformer_encoder_rows attributes {
    dynfault.task = "classification", dynfault.family = "transformer",
    dynfault.origin = "Keras text classification with transformer"} {
  dynfault.dataset @data {source = "fashion-mnist", train = 2000, validation = 500,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 2, batch_size = 64}

  torch.global_slot @training : !torch.bool
  torch.global_slot @embed.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,28],f32>
  torch.global_slot @embed.bias {dynfault.init = #dynfault.init<uniform, low = -0.1889822365046136, high = 0.1889822365046136>} : !torch.vtensor<[16],f32>
  torch.global_slot @positions.weight {dynfault.init = #dynfault.init<normal, std = 1.0>} : !torch.vtensor<[28,16],f32>
  torch.global_slot @attention.q.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @attention.q.bias {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[16],f32>
  torch.global_slot @attention.k.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @attention.k.bias {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[16],f32>
  torch.global_slot @attention.v.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @attention.v.bias {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[16],f32>
  torch.global_slot @attention.out.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @attention.out.bias {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[16],f32>
  torch.global_slot @norm1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @norm1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[32,16],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,32],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<uniform, low = -0.17677669529663687, high = 0.17677669529663687>} : !torch.vtensor<[16],f32>
  torch.global_slot @norm2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @norm2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @head.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[10,16],f32>
  torch.global_slot @head.bias {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32> {
    %int1 = torch.constant.int 1
    %int28 = torch.constant.int 28
    %int4 = torch.constant.int 4
    %none = torch.constant.none
    %int-1 = torch.constant.int -1
    %false = torch.constant.bool false
    %list_m1_28_4_4 = torch.prim.ListConstruct %int-1, %int28, %int4, %int4 : (!torch.int, !torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %int2 = torch.constant.int 2
    %float8 = torch.constant.float 2.0
    %int-2 = torch.constant.int -2
    %list_28_28 = torch.prim.ListConstruct %int28, %int28 : (!torch.int, !torch.int) -> !torch.list<int>
    %float11 = torch.constant.float 0xFFF0000000000000
    %int6 = torch.constant.int 6
    %training = torch.global_slot.get @training : !torch.bool
    %float14 = torch.constant.float 0.1
    %int16 = torch.constant.int 16
    %list_m1_28_16 = torch.prim.ListConstruct %int-1, %int28, %int16 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %list_16 = torch.prim.ListConstruct %int16 : (!torch.int) -> !torch.list<int>
    %float18 = torch.constant.float 1.0e-05
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>

    %0 = torch.aten.squeeze.dim %x, %int1 {dynfault.site = "rows"} : !torch.vtensor<[?,1,28,28],f32>, !torch.int -> !torch.vtensor<[?,28,28],f32>
    %embed.weight = torch.global_slot.get @embed.weight : !torch.vtensor<[16,28],f32>
    %embed.bias = torch.global_slot.get @embed.bias : !torch.vtensor<[16],f32>
    %1 = torch.aten.linear %0, %embed.weight, %embed.bias {dynfault.site = "embed/linear"} : !torch.vtensor<[?,28,28],f32>, !torch.vtensor<[16,28],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,28,16],f32>
    // Learned positions, looked up by number.
    %2 = torch.aten.arange %int28, %int4, %none, %none, %none {dynfault.site = "positions/arange"} : !torch.int, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[28],si64>
    %positions.weight = torch.global_slot.get @positions.weight : !torch.vtensor<[28,16],f32>
    %3 = torch.aten.embedding %positions.weight, %2, %int-1, %false, %false {dynfault.site = "positions/embedding"} : !torch.vtensor<[28,16],f32>, !torch.vtensor<[28],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[28,16],f32>
    %4 = torch.aten.add.Tensor %1, %3, %int1 {dynfault.site = "positions/add"} : !torch.vtensor<[?,28,16],f32>, !torch.vtensor<[28,16],f32>, !torch.int -> !torch.vtensor<[?,28,16],f32>
    %attention.q.weight = torch.global_slot.get @attention.q.weight : !torch.vtensor<[16,16],f32>
    %attention.q.bias = torch.global_slot.get @attention.q.bias : !torch.vtensor<[16],f32>
    %5 = torch.aten.linear %4, %attention.q.weight, %attention.q.bias {dynfault.site = "attention.q/linear"} : !torch.vtensor<[?,28,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,28,16],f32>
    %attention.k.weight = torch.global_slot.get @attention.k.weight : !torch.vtensor<[16,16],f32>
    %attention.k.bias = torch.global_slot.get @attention.k.bias : !torch.vtensor<[16],f32>
    %6 = torch.aten.linear %4, %attention.k.weight, %attention.k.bias {dynfault.site = "attention.k/linear"} : !torch.vtensor<[?,28,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,28,16],f32>
    %attention.v.weight = torch.global_slot.get @attention.v.weight : !torch.vtensor<[16,16],f32>
    %attention.v.bias = torch.global_slot.get @attention.v.bias : !torch.vtensor<[16],f32>
    %7 = torch.aten.linear %4, %attention.v.weight, %attention.v.bias {dynfault.site = "attention.v/linear"} : !torch.vtensor<[?,28,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,28,16],f32>
    %8 = torch.aten.view %5, %list_m1_28_4_4 {dynfault.site = "attention/q/view"} : !torch.vtensor<[?,28,16],f32>, !torch.list<int> -> !torch.vtensor<[?,28,4,4],f32>
    %9 = torch.aten.transpose.int %8, %int1, %int2 {dynfault.site = "attention/q/transpose"} : !torch.vtensor<[?,28,4,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,4,28,4],f32>
    %10 = torch.aten.view %6, %list_m1_28_4_4 {dynfault.site = "attention/k/view"} : !torch.vtensor<[?,28,16],f32>, !torch.list<int> -> !torch.vtensor<[?,28,4,4],f32>
    %11 = torch.aten.transpose.int %10, %int1, %int2 {dynfault.site = "attention/k/transpose"} : !torch.vtensor<[?,28,4,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,4,28,4],f32>
    %12 = torch.aten.view %7, %list_m1_28_4_4 {dynfault.site = "attention/v/view"} : !torch.vtensor<[?,28,16],f32>, !torch.list<int> -> !torch.vtensor<[?,28,4,4],f32>
    %13 = torch.aten.transpose.int %12, %int1, %int2 {dynfault.site = "attention/v/transpose"} : !torch.vtensor<[?,28,4,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,4,28,4],f32>
    // Queries are divided by the root of their size before the product, as torch.nn.MultiheadAttention does.
    %14 = torch.aten.div.Scalar %9, %float8 {dynfault.site = "attention/scale"} : !torch.vtensor<[?,4,28,4],f32>, !torch.float -> !torch.vtensor<[?,4,28,4],f32>
    %15 = torch.aten.transpose.int %11, %int-2, %int-1 {dynfault.site = "attention/k/t"} : !torch.vtensor<[?,4,28,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,4,4,28],f32>
    %16 = torch.aten.matmul %14, %15 {dynfault.site = "attention/scores"} : !torch.vtensor<[?,4,28,4],f32>, !torch.vtensor<[?,4,4,28],f32> -> !torch.vtensor<[?,4,28,28],f32>
    %17 = torch.aten.full %list_28_28, %float11, %int6, %none, %none, %none {dynfault.site = "attention/full"} : !torch.list<int>, !torch.float, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[28,28],f32>
    %18 = torch.aten.triu %17, %int1 {dynfault.site = "attention/mask"} : !torch.vtensor<[28,28],f32>, !torch.int -> !torch.vtensor<[28,28],f32>
    %19 = torch.aten.add.Tensor %16, %18, %int1 {dynfault.site = "attention/add_mask"} : !torch.vtensor<[?,4,28,28],f32>, !torch.vtensor<[28,28],f32>, !torch.int -> !torch.vtensor<[?,4,28,28],f32>
    %20 = torch.aten.softmax.int %19, %int-1, %none {dynfault.site = "attention/softmax"} : !torch.vtensor<[?,4,28,28],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,4,28,28],f32>
    %21 = torch.aten.dropout %20, %float14, %training {dynfault.site = "attention/dropout"} : !torch.vtensor<[?,4,28,28],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,4,28,28],f32>
    %22 = torch.aten.matmul %21, %13 {dynfault.site = "attention/values"} : !torch.vtensor<[?,4,28,28],f32>, !torch.vtensor<[?,4,28,4],f32> -> !torch.vtensor<[?,4,28,4],f32>
    %23 = torch.aten.transpose.int %22, %int1, %int2 {dynfault.site = "attention/merge/transpose"} : !torch.vtensor<[?,4,28,4],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,28,4,4],f32>
    %24 = torch.aten.reshape %23, %list_m1_28_16 {dynfault.site = "attention/merge/reshape"} : !torch.vtensor<[?,28,4,4],f32>, !torch.list<int> -> !torch.vtensor<[?,28,16],f32>
    %attention.out.weight = torch.global_slot.get @attention.out.weight : !torch.vtensor<[16,16],f32>
    %attention.out.bias = torch.global_slot.get @attention.out.bias : !torch.vtensor<[16],f32>
    %25 = torch.aten.linear %24, %attention.out.weight, %attention.out.bias {dynfault.site = "attention.out/linear"} : !torch.vtensor<[?,28,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,28,16],f32>
    %26 = torch.aten.add.Tensor %25, %4, %int1 {dynfault.site = "attention/residual"} : !torch.vtensor<[?,28,16],f32>, !torch.vtensor<[?,28,16],f32>, !torch.int -> !torch.vtensor<[?,28,16],f32>
    %norm1.weight = torch.global_slot.get @norm1.weight : !torch.vtensor<[16],f32>
    %norm1.bias = torch.global_slot.get @norm1.bias : !torch.vtensor<[16],f32>
    %27 = torch.aten.layer_norm %26, %list_16, %norm1.weight, %norm1.bias, %float18, %false {dynfault.site = "norm1/layer_norm"} : !torch.vtensor<[?,28,16],f32>, !torch.list<int>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,28,16],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[32,16],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[32],f32>
    %28 = torch.aten.linear %27, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,28,16],f32>, !torch.vtensor<[32,16],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,28,32],f32>
    %29 = torch.aten.relu %28 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,28,32],f32> -> !torch.vtensor<[?,28,32],f32>
    %30 = torch.aten.dropout %29, %float14, %training {dynfault.site = "fc1/dropout"} : !torch.vtensor<[?,28,32],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,28,32],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[16,32],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[16],f32>
    %31 = torch.aten.linear %30, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,28,32],f32>, !torch.vtensor<[16,32],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,28,16],f32>
    %32 = torch.aten.add.Tensor %27, %31, %int1 {dynfault.site = "fc2/residual"} : !torch.vtensor<[?,28,16],f32>, !torch.vtensor<[?,28,16],f32>, !torch.int -> !torch.vtensor<[?,28,16],f32>
    %norm2.weight = torch.global_slot.get @norm2.weight : !torch.vtensor<[16],f32>
    %norm2.bias = torch.global_slot.get @norm2.bias : !torch.vtensor<[16],f32>
    %33 = torch.aten.layer_norm %32, %list_16, %norm2.weight, %norm2.bias, %float18, %false {dynfault.site = "norm2/layer_norm"} : !torch.vtensor<[?,28,16],f32>, !torch.list<int>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,28,16],f32>
    %34 = torch.aten.mean.dim %33, %list_1, %false, %none {dynfault.site = "mean"} : !torch.vtensor<[?,28,16],f32>, !torch.list<int>, !torch.bool, !torch.none -> !torch.vtensor<[?,16],f32>
    %head.weight = torch.global_slot.get @head.weight : !torch.vtensor<[10,16],f32>
    %head.bias = torch.global_slot.get @head.bias : !torch.vtensor<[10],f32>
    %35 = torch.aten.linear %34, %head.weight, %head.bias {dynfault.site = "head/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[10,16],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %35 : !torch.vtensor<[?,10],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,10],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %ignore = torch.constant.int -100
    %smoothing = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %mean, %ignore, %smoothing {dynfault.site = "loss"} : !torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1,28,28],f32>, %target: !torch.vtensor<[?],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,10],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001> {lr_schedule = #dynfault.lr_schedule<cosine, t_max = 30, warmup = 5, per_batch = true>}
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
