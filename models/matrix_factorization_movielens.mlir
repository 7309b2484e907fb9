// Collaborative filtering: what a user gives a film, from a vector and a bias of each.
//
// From: keras.io, "Collaborative filtering for movie recommendations" (a subject of DeepCrime,
// ISSTA 2021, too): vectors of 50 numbers, their product plus both biases, a sigmoid, binary
// cross entropy of ratings scaled to 0..1, an L2 penalty of 1e-6 on the vectors, Adam 0.001,
// batches of 64, 5 epochs. The vectors' standard deviations are those of Keras' he_normal.
// (The published program adds the products of the whole batch up; here each row has its own,
// as it says.)
// Scaled down: 30,000 of the 51,824 ratings whose user and film have 30 at least.

module @matrix_factorization_movielens attributes {
    dynfault.task = "regression", dynfault.family = "recommender", dynfault.margin = 0.05,
    dynfault.origin = "keras.io collaborative filtering (DeepCrime subject)"} {
  dynfault.dataset @data {source = "movielens-30-core", train = 30000, validation = 5000}
  dynfault.schedule {epochs = 5, batch_size = 64, shuffle = true}

  torch.global_slot @user.weight {dynfault.init = #dynfault.init<truncated_normal, std = 0.0665>} : !torch.vtensor<[452,50],f32>
  torch.global_slot @item.weight {dynfault.init = #dynfault.init<truncated_normal, std = 0.0507>} : !torch.vtensor<[779,50],f32>
  torch.global_slot @user_bias.weight {dynfault.init = #dynfault.init<uniform, low = -0.05, high = 0.05>} : !torch.vtensor<[452,1],f32>
  torch.global_slot @item_bias.weight {dynfault.init = #dynfault.init<uniform, low = -0.05, high = 0.05>} : !torch.vtensor<[779,1],f32>

  func.func @forward(%x: !torch.vtensor<[?,2],si64>) -> !torch.vtensor<[?],f32> {
    %int1 = torch.constant.int 1
    %int0 = torch.constant.int 0
    %int-1 = torch.constant.int -1
    %false = torch.constant.bool false
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>
    %none = torch.constant.none

    %0 = torch.aten.select.int %x, %int1, %int0 {dynfault.site = "user/select"} : !torch.vtensor<[?,2],si64>, !torch.int, !torch.int -> !torch.vtensor<[?],si64>
    %1 = torch.aten.select.int %x, %int1, %int1 {dynfault.site = "item/select"} : !torch.vtensor<[?,2],si64>, !torch.int, !torch.int -> !torch.vtensor<[?],si64>

    %user.weight = torch.global_slot.get @user.weight : !torch.vtensor<[452,50],f32>
    %2 = torch.aten.embedding %user.weight, %0, %int-1, %false, %false {dynfault.site = "user/embedding"} : !torch.vtensor<[452,50],f32>, !torch.vtensor<[?],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[?,50],f32>
    %item.weight = torch.global_slot.get @item.weight : !torch.vtensor<[779,50],f32>
    %3 = torch.aten.embedding %item.weight, %1, %int-1, %false, %false {dynfault.site = "item/embedding"} : !torch.vtensor<[779,50],f32>, !torch.vtensor<[?],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[?,50],f32>
    %user_bias.weight = torch.global_slot.get @user_bias.weight : !torch.vtensor<[452,1],f32>
    %4 = torch.aten.embedding %user_bias.weight, %0, %int-1, %false, %false {dynfault.site = "user_bias/embedding"} : !torch.vtensor<[452,1],f32>, !torch.vtensor<[?],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[?,1],f32>
    %5 = torch.aten.squeeze.dim %4, %int1 {dynfault.site = "user_bias/squeeze"} : !torch.vtensor<[?,1],f32>, !torch.int -> !torch.vtensor<[?],f32>
    %item_bias.weight = torch.global_slot.get @item_bias.weight : !torch.vtensor<[779,1],f32>
    %6 = torch.aten.embedding %item_bias.weight, %1, %int-1, %false, %false {dynfault.site = "item_bias/embedding"} : !torch.vtensor<[779,1],f32>, !torch.vtensor<[?],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[?,1],f32>
    %7 = torch.aten.squeeze.dim %6, %int1 {dynfault.site = "item_bias/squeeze"} : !torch.vtensor<[?,1],f32>, !torch.int -> !torch.vtensor<[?],f32>

    %8 = torch.aten.mul.Tensor %2, %3 {dynfault.site = "match/mul"} : !torch.vtensor<[?,50],f32>, !torch.vtensor<[?,50],f32> -> !torch.vtensor<[?,50],f32>
    %9 = torch.aten.sum.dim_IntList %8, %list_1, %false, %none {dynfault.site = "match/sum"} : !torch.vtensor<[?,50],f32>, !torch.list<int>, !torch.bool, !torch.none -> !torch.vtensor<[?],f32>
    %10 = torch.aten.add.Tensor %9, %5, %int1 {dynfault.site = "match/add_user"} : !torch.vtensor<[?],f32>, !torch.vtensor<[?],f32>, !torch.int -> !torch.vtensor<[?],f32>
    %11 = torch.aten.add.Tensor %10, %7, %int1 {dynfault.site = "match/add_item"} : !torch.vtensor<[?],f32>, !torch.vtensor<[?],f32>, !torch.int -> !torch.vtensor<[?],f32>
    %12 = torch.aten.sigmoid %11 {dynfault.site = "output/sigmoid"} : !torch.vtensor<[?],f32> -> !torch.vtensor<[?],f32>
    return %12 : !torch.vtensor<[?],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?],f32>, %target: !torch.vtensor<[?],f32>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %float1.0e-06 = torch.constant.float 1.0e-06
    %0 = torch.aten.binary_cross_entropy %output, %target, %none, %int1 {dynfault.site = "loss"} : !torch.vtensor<[?],f32>, !torch.vtensor<[?],f32>, !torch.none, !torch.int -> !torch.vtensor<[],f32>
    %user.weight = torch.global_slot.get @user.weight : !torch.vtensor<[452,50],f32>
    %1 = torch.aten.square %user.weight {dynfault.site = "penalty/user/square"} : !torch.vtensor<[452,50],f32> -> !torch.vtensor<[452,50],f32>
    %2 = torch.aten.sum %1, %none {dynfault.site = "penalty/user/sum"} : !torch.vtensor<[452,50],f32>, !torch.none -> !torch.vtensor<[],f32>
    %3 = torch.aten.mul.Scalar %2, %float1.0e-06 {dynfault.site = "penalty/user/scale"} : !torch.vtensor<[],f32>, !torch.float -> !torch.vtensor<[],f32>
    %4 = torch.aten.add.Tensor %0, %3, %int1 {dynfault.site = "penalty/user/add"} : !torch.vtensor<[],f32>, !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    %item.weight = torch.global_slot.get @item.weight : !torch.vtensor<[779,50],f32>
    %5 = torch.aten.square %item.weight {dynfault.site = "penalty/item/square"} : !torch.vtensor<[779,50],f32> -> !torch.vtensor<[779,50],f32>
    %6 = torch.aten.sum %5, %none {dynfault.site = "penalty/item/sum"} : !torch.vtensor<[779,50],f32>, !torch.none -> !torch.vtensor<[],f32>
    %7 = torch.aten.mul.Scalar %6, %float1.0e-06 {dynfault.site = "penalty/item/scale"} : !torch.vtensor<[],f32>, !torch.float -> !torch.vtensor<[],f32>
    %8 = torch.aten.add.Tensor %4, %7, %int1 {dynfault.site = "penalty/item/add"} : !torch.vtensor<[],f32>, !torch.vtensor<[],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %8 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,2],si64>, %target: !torch.vtensor<[?],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,2],si64>) -> !torch.vtensor<[?],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?],f32>, !torch.vtensor<[?],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
