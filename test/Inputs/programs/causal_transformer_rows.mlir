// One pre-norm transformer block with causal attention, over the rows of an image.
//
// The pattern of Keras' miniature GPT (two heads, learned positions), with 16 features, on
// Fashion-MNIST. The mask is filled in, the scores are scaled after the product.

module @causal_transformer_rows attributes {
    dynfault.task = "classification", dynfault.family = "transformer",
    dynfault.origin = "Keras miniature GPT"} {
  dynfault.dataset @data {source = "fashion-mnist", train = 2000, validation = 500,
      transforms = [#dynfault.transform<unit>]}
  dynfault.schedule {epochs = 2, batch_size = 64}

  torch.global_slot @training : !torch.bool
  torch.global_slot @embed.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,28],f32>
  torch.global_slot @embed.bias {dynfault.init = #dynfault.init<uniform, low = -0.1889822365046136, high = 0.1889822365046136>} : !torch.vtensor<[16],f32>
  torch.global_slot @positions {dynfault.init = #dynfault.init<normal, std = 0.02>} : !torch.vtensor<[1,28,16],f32>
  torch.global_slot @norm1.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @norm1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @attention.q.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @attention.q.bias {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[16],f32>
  torch.global_slot @attention.k.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @attention.k.bias {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[16],f32>
  torch.global_slot @attention.v.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @attention.v.bias {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[16],f32>
  torch.global_slot @attention.out.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,16],f32>
  torch.global_slot @attention.out.bias {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[16],f32>
  torch.global_slot @norm2.weight {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[16],f32>
  torch.global_slot @norm2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[32,16],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[16,32],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<uniform, low = -0.17677669529663687, high = 0.17677669529663687>} : !torch.vtensor<[16],f32>
  torch.global_slot @head.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[10,16],f32>
  torch.global_slot @head.bias {dynfault.init = #dynfault.init<uniform, low = -0.25, high = 0.25>} : !torch.vtensor<[10],f32>

  func.func @forward(%x: !torch.vtensor<[?,1,28,28],f32>) -> !torch.vtensor<[?,10],f32> {
    %int1 = torch.constant.int 1
    %int16 = torch.constant.int 16
    %list_16 = torch.prim.ListConstruct %int16 : (!torch.int) -> !torch.list<int>
    %float3 = torch.constant.float 1.0e-05
    %false = torch.constant.bool false
    %int-1 = torch.constant.int -1
    %int28 = torch.constant.int 28
    %int2 = torch.constant.int 2
    %int8 = torch.constant.int 8
    %list_m1_28_2_8 = torch.prim.ListConstruct %int-1, %int28, %int2, %int8 : (!torch.int, !torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %int-2 = torch.constant.int -2
    %float11 = torch.constant.float 0.35355339059327373
    %list_28_28 = torch.prim.ListConstruct %int28, %int28 : (!torch.int, !torch.int) -> !torch.list<int>
    %int11 = torch.constant.int 11
    %none = torch.constant.none
    %float15 = torch.constant.float 0xFFF0000000000000
    %training = torch.global_slot.get @training : !torch.bool
    %float17 = torch.constant.float 0.1
    %list_m1_28_16 = torch.prim.ListConstruct %int-1, %int28, %int16 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %str_none = torch.constant.str "none"

    %0 = torch.aten.squeeze.dim %x, %int1 {dynfault.site = "rows"} : !torch.vtensor<[?,1,28,28],f32>, !torch.int -> !torch.vtensor<[?,28,28],f32>
    %embed.weight = torch.global_slot.get @embed.weight : !torch.vtensor<[16,28],f32>
    %embed.bias = torch.global_slot.get @embed.bias : !torch.vtensor<[16],f32>
    %1 = torch.aten.linear %0, %embed.weight, %embed.bias {dynfault.site = "embed/linear"} : !torch.vtensor<[?,28,28],f32>, !torch.vtensor<[16,28],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,28,16],f32>
    %positions = torch.global_slot.get @positions : !torch.vtensor<[1,28,16],f32>
    %2 = torch.aten.add.Tensor %1, %positions, %int1 {dynfault.site = "positions/add"} : !torch.vtensor<[?,28,16],f32>, !torch.vtensor<[1,28,16],f32>, !torch.int -> !torch.vtensor<[?,28,16],f32>
    %norm1.weight = torch.global_slot.get @norm1.weight : !torch.vtensor<[16],f32>
    %norm1.bias = torch.global_slot.get @norm1.bias : !torch.vtensor<[16],f32>
    %3 = torch.aten.layer_norm %2, %list_16, %norm1.weight, %norm1.bias, %float3, %false {dynfault.site = "norm1/layer_norm"} : !torch.vtensor<[?,28,16],f32>, !torch.list<int>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,28,16],f32>
    %attention.q.weight = torch.global_slot.get @attention.q.weight : !torch.vtensor<[16,16],f32>
    %attention.q.bias = torch.global_slot.get @attention.q.bias : !torch.vtensor<[16],f32>
    %4 = torch.aten.linear %3, %attention.q.weight, %attention.q.bias {dynfault.site = "attention.q/linear"} : !torch.vtensor<[?,28,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,28,16],f32>
    %attention.k.weight = torch.global_slot.get @attention.k.weight : !torch.vtensor<[16,16],f32>
    %attention.k.bias = torch.global_slot.get @attention.k.bias : !torch.vtensor<[16],f32>
    %5 = torch.aten.linear %3, %attention.k.weight, %attention.k.bias {dynfault.site = "attention.k/linear"} : !torch.vtensor<[?,28,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,28,16],f32>
    %attention.v.weight = torch.global_slot.get @attention.v.weight : !torch.vtensor<[16,16],f32>
    %attention.v.bias = torch.global_slot.get @attention.v.bias : !torch.vtensor<[16],f32>
    %6 = torch.aten.linear %3, %attention.v.weight, %attention.v.bias {dynfault.site = "attention.v/linear"} : !torch.vtensor<[?,28,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,28,16],f32>
    %7 = torch.aten.view %4, %list_m1_28_2_8 {dynfault.site = "attention/q/view"} : !torch.vtensor<[?,28,16],f32>, !torch.list<int> -> !torch.vtensor<[?,28,2,8],f32>
    %8 = torch.aten.transpose.int %7, %int1, %int2 {dynfault.site = "attention/q/transpose"} : !torch.vtensor<[?,28,2,8],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,28,8],f32>
    %9 = torch.aten.view %5, %list_m1_28_2_8 {dynfault.site = "attention/k/view"} : !torch.vtensor<[?,28,16],f32>, !torch.list<int> -> !torch.vtensor<[?,28,2,8],f32>
    %10 = torch.aten.transpose.int %9, %int1, %int2 {dynfault.site = "attention/k/transpose"} : !torch.vtensor<[?,28,2,8],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,28,8],f32>
    %11 = torch.aten.view %6, %list_m1_28_2_8 {dynfault.site = "attention/v/view"} : !torch.vtensor<[?,28,16],f32>, !torch.list<int> -> !torch.vtensor<[?,28,2,8],f32>
    %12 = torch.aten.transpose.int %11, %int1, %int2 {dynfault.site = "attention/v/transpose"} : !torch.vtensor<[?,28,2,8],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,28,8],f32>
    %13 = torch.aten.transpose.int %10, %int-2, %int-1 {dynfault.site = "attention/k/t"} : !torch.vtensor<[?,2,28,8],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,8,28],f32>
    %14 = torch.aten.matmul %8, %13 {dynfault.site = "attention/scores"} : !torch.vtensor<[?,2,28,8],f32>, !torch.vtensor<[?,2,8,28],f32> -> !torch.vtensor<[?,2,28,28],f32>
    %15 = torch.aten.mul.Scalar %14, %float11 {dynfault.site = "attention/scale"} : !torch.vtensor<[?,2,28,28],f32>, !torch.float -> !torch.vtensor<[?,2,28,28],f32>
    // Position t sees positions up to t: masked are those above the diagonal.
    %16 = torch.aten.ones %list_28_28, %int11, %none, %none, %none {dynfault.site = "attention/ones"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[28,28],i1>
    %17 = torch.aten.triu %16, %int1 {dynfault.site = "attention/causal"} : !torch.vtensor<[28,28],i1>, !torch.int -> !torch.vtensor<[28,28],i1>
    %18 = torch.aten.masked_fill.Scalar %15, %17, %float15 {dynfault.site = "attention/masked_fill"} : !torch.vtensor<[?,2,28,28],f32>, !torch.vtensor<[28,28],i1>, !torch.float -> !torch.vtensor<[?,2,28,28],f32>
    %19 = torch.aten.softmax.int %18, %int-1, %none {dynfault.site = "attention/softmax"} : !torch.vtensor<[?,2,28,28],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,2,28,28],f32>
    %20 = torch.aten.dropout %19, %float17, %training {dynfault.site = "attention/dropout"} : !torch.vtensor<[?,2,28,28],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,2,28,28],f32>
    %21 = torch.aten.matmul %20, %12 {dynfault.site = "attention/values"} : !torch.vtensor<[?,2,28,28],f32>, !torch.vtensor<[?,2,28,8],f32> -> !torch.vtensor<[?,2,28,8],f32>
    %22 = torch.aten.transpose.int %21, %int1, %int2 {dynfault.site = "attention/merge/transpose"} : !torch.vtensor<[?,2,28,8],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,28,2,8],f32>
    %23 = torch.aten.reshape %22, %list_m1_28_16 {dynfault.site = "attention/merge/reshape"} : !torch.vtensor<[?,28,2,8],f32>, !torch.list<int> -> !torch.vtensor<[?,28,16],f32>
    %attention.out.weight = torch.global_slot.get @attention.out.weight : !torch.vtensor<[16,16],f32>
    %attention.out.bias = torch.global_slot.get @attention.out.bias : !torch.vtensor<[16],f32>
    %24 = torch.aten.linear %23, %attention.out.weight, %attention.out.bias {dynfault.site = "attention.out/linear"} : !torch.vtensor<[?,28,16],f32>, !torch.vtensor<[16,16],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,28,16],f32>
    %25 = torch.aten.add.Tensor %2, %24, %int1 {dynfault.site = "attention/residual"} : !torch.vtensor<[?,28,16],f32>, !torch.vtensor<[?,28,16],f32>, !torch.int -> !torch.vtensor<[?,28,16],f32>
    %norm2.weight = torch.global_slot.get @norm2.weight : !torch.vtensor<[16],f32>
    %norm2.bias = torch.global_slot.get @norm2.bias : !torch.vtensor<[16],f32>
    %26 = torch.aten.layer_norm %25, %list_16, %norm2.weight, %norm2.bias, %float3, %false {dynfault.site = "norm2/layer_norm"} : !torch.vtensor<[?,28,16],f32>, !torch.list<int>, !torch.vtensor<[16],f32>, !torch.vtensor<[16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,28,16],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[32,16],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[32],f32>
    %27 = torch.aten.linear %26, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,28,16],f32>, !torch.vtensor<[32,16],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,28,32],f32>
    %28 = torch.aten.gelu %27, %str_none {dynfault.site = "fc1/gelu"} : !torch.vtensor<[?,28,32],f32>, !torch.str -> !torch.vtensor<[?,28,32],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[16,32],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[16],f32>
    %29 = torch.aten.linear %28, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,28,32],f32>, !torch.vtensor<[16,32],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,28,16],f32>
    %30 = torch.aten.add.Tensor %25, %29, %int1 {dynfault.site = "fc2/residual"} : !torch.vtensor<[?,28,16],f32>, !torch.vtensor<[?,28,16],f32>, !torch.int -> !torch.vtensor<[?,28,16],f32>
    %31 = torch.aten.select.int %30, %int1, %int-1 {dynfault.site = "last"} : !torch.vtensor<[?,28,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,16],f32>
    %head.weight = torch.global_slot.get @head.weight : !torch.vtensor<[10,16],f32>
    %head.bias = torch.global_slot.get @head.bias : !torch.vtensor<[10],f32>
    %32 = torch.aten.linear %31, %head.weight, %head.bias {dynfault.site = "head/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[10,16],f32>, !torch.vtensor<[10],f32> -> !torch.vtensor<[?,10],f32>
    return %32 : !torch.vtensor<[?,10],f32>
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
    dynfault.optimizer_step #dynfault.optimizer<adamw, lr = 0.001, weight_decay = 1.0e-4>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
