// A graph attention network that tells the tendency of books by which are bought together.
//
// From: pytorch/examples gat (Velickovic et al., "Graph attention networks", 2018): 8 heads of
// 8 numbers, ELU, one output head, LeakyReLU 0.2, dropout 0.6 on inputs and attention, Adam
// 0.005 with weight decay 5e-4, the whole graph in each step, 8 known nodes of each class. The
// nodes have no features: each is a unit vector, so the first layer's weight holds a row for
// each.
// Scaled down: 60 epochs of 300.

module @gat_political_books attributes {
    dynfault.task = "classification", dynfault.family = "graph", dynfault.margin = 0.2,
    dynfault.origin = "pytorch/examples gat"} {
  dynfault.dataset @data {source = "political-books", train = 1, validation = 1}
  dynfault.schedule {epochs = 80, batch_size = 1, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @conv1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[105,64],f32>
  torch.global_slot @conv1.source {dynfault.init = #dynfault.init<uniform, low = -0.8165, high = 0.8165>} : !torch.vtensor<[1,8,8,1],f32>
  torch.global_slot @conv1.target {dynfault.init = #dynfault.init<uniform, low = -0.8165, high = 0.8165>} : !torch.vtensor<[1,8,8,1],f32>
  torch.global_slot @conv2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[3,64],f32>
  torch.global_slot @conv2.source {dynfault.init = #dynfault.init<uniform, low = -1.2247, high = 1.2247>} : !torch.vtensor<[1,1,3,1],f32>
  torch.global_slot @conv2.target {dynfault.init = #dynfault.init<uniform, low = -1.2247, high = 1.2247>} : !torch.vtensor<[1,1,3,1],f32>

  func.func @forward(%x: !torch.vtensor<[?,105,105],f32>) -> !torch.vtensor<[?,3,105],f32> {
    %int0 = torch.constant.int 0
    %int1 = torch.constant.int 1
    %int105 = torch.constant.int 105
    %int6 = torch.constant.int 6
    %none = torch.constant.none
    %training = torch.global_slot.get @training : !torch.bool
    %float0.6 = torch.constant.float 0.6
    %int64 = torch.constant.int 64
    %list_1_105_64 = torch.prim.ListConstruct %int1, %int105, %int64 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %false = torch.constant.bool false
    %int-1 = torch.constant.int -1
    %int8 = torch.constant.int 8
    %list_m1_105_8_8 = torch.prim.ListConstruct %int-1, %int105, %int8, %int8 : (!torch.int, !torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %int2 = torch.constant.int 2
    %int3 = torch.constant.int 3
    %float0.2 = torch.constant.float 0.2
    %float-inf = torch.constant.float 0xFFF0000000000000
    %list_m1_105_64 = torch.prim.ListConstruct %int-1, %int105, %int64 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %list_m1_105_1_3 = torch.prim.ListConstruct %int-1, %int105, %int1, %int3 : (!torch.int, !torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %list_m1_105_3 = torch.prim.ListConstruct %int-1, %int105, %int3 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>

    // No attention where there is no link.
    %0 = torch.aten.eq.Scalar %x, %int0 {dynfault.site = "links/eq"} : !torch.vtensor<[?,105,105],f32>, !torch.int -> !torch.vtensor<[?,105,105],i1>
    %1 = torch.aten.unsqueeze %0, %int1 {dynfault.site = "links/unsqueeze"} : !torch.vtensor<[?,105,105],i1>, !torch.int -> !torch.vtensor<[?,1,105,105],i1>

    // Unit vectors times the weight, after dropout of the vectors.
    %2 = torch.aten.eye %int105, %int6, %none, %none, %none {dynfault.site = "features/eye"} : !torch.int, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[105,105],f32>
    %3 = torch.aten.dropout %2, %float0.6, %training {dynfault.site = "features/dropout"} : !torch.vtensor<[105,105],f32>, !torch.float, !torch.bool -> !torch.vtensor<[105,105],f32>
    %conv1.weight = torch.global_slot.get @conv1.weight : !torch.vtensor<[105,64],f32>
    %4 = torch.aten.matmul %3, %conv1.weight {dynfault.site = "conv1/matmul"} : !torch.vtensor<[105,105],f32>, !torch.vtensor<[105,64],f32> -> !torch.vtensor<[105,64],f32>
    %5 = torch.aten.unsqueeze %4, %int0 {dynfault.site = "conv1/unsqueeze"} : !torch.vtensor<[105,64],f32>, !torch.int -> !torch.vtensor<[1,105,64],f32>
    %6 = torch.aten.expand %5, %list_1_105_64, %false {dynfault.site = "conv1/expand"} : !torch.vtensor<[1,105,64],f32>, !torch.list<int>, !torch.bool -> !torch.vtensor<[1,105,64],f32>

    // Eight heads of eight numbers.
    %7 = torch.aten.view %6, %list_m1_105_8_8 {dynfault.site = "conv1/view"} : !torch.vtensor<[1,105,64],f32>, !torch.list<int> -> !torch.vtensor<[1,105,8,8],f32>
    %8 = torch.aten.transpose.int %7, %int1, %int2 {dynfault.site = "conv1/heads"} : !torch.vtensor<[1,105,8,8],f32>, !torch.int, !torch.int -> !torch.vtensor<[1,8,105,8],f32>
    %conv1.source = torch.global_slot.get @conv1.source : !torch.vtensor<[1,8,8,1],f32>
    %9 = torch.aten.matmul %8, %conv1.source {dynfault.site = "conv1/source"} : !torch.vtensor<[1,8,105,8],f32>, !torch.vtensor<[1,8,8,1],f32> -> !torch.vtensor<[1,8,105,1],f32>
    %conv1.target = torch.global_slot.get @conv1.target : !torch.vtensor<[1,8,8,1],f32>
    %10 = torch.aten.matmul %8, %conv1.target {dynfault.site = "conv1/target"} : !torch.vtensor<[1,8,105,8],f32>, !torch.vtensor<[1,8,8,1],f32> -> !torch.vtensor<[1,8,105,1],f32>
    %11 = torch.aten.transpose.int %10, %int2, %int3 {dynfault.site = "conv1/target/transpose"} : !torch.vtensor<[1,8,105,1],f32>, !torch.int, !torch.int -> !torch.vtensor<[1,8,1,105],f32>
    %12 = torch.aten.add.Tensor %9, %11, %int1 {dynfault.site = "conv1/scores"} : !torch.vtensor<[1,8,105,1],f32>, !torch.vtensor<[1,8,1,105],f32>, !torch.int -> !torch.vtensor<[1,8,105,105],f32>
    %13 = torch.aten.leaky_relu %12, %float0.2 {dynfault.site = "conv1/leaky_relu"} : !torch.vtensor<[1,8,105,105],f32>, !torch.float -> !torch.vtensor<[1,8,105,105],f32>
    %14 = torch.aten.masked_fill.Scalar %13, %1, %float-inf {dynfault.site = "conv1/mask"} : !torch.vtensor<[1,8,105,105],f32>, !torch.vtensor<[?,1,105,105],i1>, !torch.float -> !torch.vtensor<[?,8,105,105],f32>
    %15 = torch.aten.softmax.int %14, %int-1, %none {dynfault.site = "conv1/softmax"} : !torch.vtensor<[?,8,105,105],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,8,105,105],f32>
    %16 = torch.aten.dropout %15, %float0.6, %training {dynfault.site = "conv1/attention/dropout"} : !torch.vtensor<[?,8,105,105],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,8,105,105],f32>
    %17 = torch.aten.matmul %16, %8 {dynfault.site = "conv1/context"} : !torch.vtensor<[?,8,105,105],f32>, !torch.vtensor<[1,8,105,8],f32> -> !torch.vtensor<[?,8,105,8],f32>
    %18 = torch.aten.transpose.int %17, %int1, %int2 {dynfault.site = "conv1/merge"} : !torch.vtensor<[?,8,105,8],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,105,8,8],f32>
    %19 = torch.aten.reshape %18, %list_m1_105_64 {dynfault.site = "conv1/concat"} : !torch.vtensor<[?,105,8,8],f32>, !torch.list<int> -> !torch.vtensor<[?,105,64],f32>
    %20 = torch.aten.elu %19, %int1, %int1, %int1 {dynfault.site = "conv1/elu"} : !torch.vtensor<[?,105,64],f32>, !torch.int, !torch.int, !torch.int -> !torch.vtensor<[?,105,64],f32>
    %21 = torch.aten.dropout %20, %float0.6, %training {dynfault.site = "conv1/dropout"} : !torch.vtensor<[?,105,64],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,105,64],f32>
    %conv2.weight = torch.global_slot.get @conv2.weight : !torch.vtensor<[3,64],f32>
    %22 = torch.aten.linear %21, %conv2.weight, %none {dynfault.site = "conv2/linear"} : !torch.vtensor<[?,105,64],f32>, !torch.vtensor<[3,64],f32>, !torch.none -> !torch.vtensor<[?,105,3],f32>

    // One head, a number for each class.
    %23 = torch.aten.view %22, %list_m1_105_1_3 {dynfault.site = "conv2/view"} : !torch.vtensor<[?,105,3],f32>, !torch.list<int> -> !torch.vtensor<[?,105,1,3],f32>
    %24 = torch.aten.transpose.int %23, %int1, %int2 {dynfault.site = "conv2/heads"} : !torch.vtensor<[?,105,1,3],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,1,105,3],f32>
    %conv2.source = torch.global_slot.get @conv2.source : !torch.vtensor<[1,1,3,1],f32>
    %25 = torch.aten.matmul %24, %conv2.source {dynfault.site = "conv2/source"} : !torch.vtensor<[?,1,105,3],f32>, !torch.vtensor<[1,1,3,1],f32> -> !torch.vtensor<[?,1,105,1],f32>
    %conv2.target = torch.global_slot.get @conv2.target : !torch.vtensor<[1,1,3,1],f32>
    %26 = torch.aten.matmul %24, %conv2.target {dynfault.site = "conv2/target"} : !torch.vtensor<[?,1,105,3],f32>, !torch.vtensor<[1,1,3,1],f32> -> !torch.vtensor<[?,1,105,1],f32>
    %27 = torch.aten.transpose.int %26, %int2, %int3 {dynfault.site = "conv2/target/transpose"} : !torch.vtensor<[?,1,105,1],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,1,1,105],f32>
    %28 = torch.aten.add.Tensor %25, %27, %int1 {dynfault.site = "conv2/scores"} : !torch.vtensor<[?,1,105,1],f32>, !torch.vtensor<[?,1,1,105],f32>, !torch.int -> !torch.vtensor<[?,1,105,105],f32>
    %29 = torch.aten.leaky_relu %28, %float0.2 {dynfault.site = "conv2/leaky_relu"} : !torch.vtensor<[?,1,105,105],f32>, !torch.float -> !torch.vtensor<[?,1,105,105],f32>
    %30 = torch.aten.masked_fill.Scalar %29, %1, %float-inf {dynfault.site = "conv2/mask"} : !torch.vtensor<[?,1,105,105],f32>, !torch.vtensor<[?,1,105,105],i1>, !torch.float -> !torch.vtensor<[?,1,105,105],f32>
    %31 = torch.aten.softmax.int %30, %int-1, %none {dynfault.site = "conv2/softmax"} : !torch.vtensor<[?,1,105,105],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,1,105,105],f32>
    %32 = torch.aten.dropout %31, %float0.6, %training {dynfault.site = "conv2/attention/dropout"} : !torch.vtensor<[?,1,105,105],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,1,105,105],f32>
    %33 = torch.aten.matmul %32, %24 {dynfault.site = "conv2/context"} : !torch.vtensor<[?,1,105,105],f32>, !torch.vtensor<[?,1,105,3],f32> -> !torch.vtensor<[?,1,105,3],f32>
    %34 = torch.aten.transpose.int %33, %int1, %int2 {dynfault.site = "conv2/merge"} : !torch.vtensor<[?,1,105,3],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,105,1,3],f32>
    %35 = torch.aten.reshape %34, %list_m1_105_3 {dynfault.site = "conv2/concat"} : !torch.vtensor<[?,105,1,3],f32>, !torch.list<int> -> !torch.vtensor<[?,105,3],f32>
    %36 = torch.aten.log_softmax.int %35, %int2, %none {dynfault.site = "output/log_softmax"} : !torch.vtensor<[?,105,3],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,105,3],f32>
    %37 = torch.aten.transpose.int %36, %int1, %int2 {dynfault.site = "output/transpose"} : !torch.vtensor<[?,105,3],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,3,105],f32>
    return %37 : !torch.vtensor<[?,3,105],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,3,105],f32>, %target: !torch.vtensor<[?,105],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %int-100 = torch.constant.int -100
    %0 = torch.operator "aten.nll_loss_nd"(%output, %target, %none, %int1, %int-100) {dynfault.site = "loss"} : (!torch.vtensor<[?,3,105],f32>, !torch.vtensor<[?,105],si64>, !torch.none, !torch.int, !torch.int) -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,105,105],f32>, %target: !torch.vtensor<[?,105],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,105,105],f32>) -> !torch.vtensor<[?,3,105],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,3,105],f32>, !torch.vtensor<[?,105],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.005, weight_decay = 0.0005>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
