// Neural collaborative filtering: a perceptron on the vectors of a user and of a film.
//
// From: He et al., "Neural collaborative filtering", 2017 (the MLP of its Keras programs):
// vectors of 32 numbers, dense 32, 16 and 8 with ReLU, a logit, binary cross entropy, Adam
// 0.001, batches of 256, vectors N(0, 0.01^2); here of ratings scaled to 0..1 instead of
// whether there is one.
// Scaled down: 30,000 of the 51,824 ratings whose user and film have 30 at least, 4 of 100
// epochs.

module @ncf_movielens attributes {
    dynfault.task = "regression", dynfault.family = "recommender", dynfault.margin = 0.05,
    dynfault.origin = "He et al. 2017, neural collaborative filtering"} {
  dynfault.dataset @data {source = "movielens-30-core", train = 30000, validation = 5000}
  dynfault.schedule {epochs = 4, batch_size = 256, shuffle = true}

  torch.global_slot @user.weight {dynfault.init = #dynfault.init<normal, std = 0.01>} : !torch.vtensor<[452,32],f32>
  torch.global_slot @item.weight {dynfault.init = #dynfault.init<normal, std = 0.01>} : !torch.vtensor<[779,32],f32>
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[32,64],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[32],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,32],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @fc3.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[8,16],f32>
  torch.global_slot @fc3.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[8],f32>
  torch.global_slot @fc4.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[1,8],f32>
  torch.global_slot @fc4.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,2],si64>) -> !torch.vtensor<[?],f32> {
    %int1 = torch.constant.int 1
    %int0 = torch.constant.int 0
    %int-1 = torch.constant.int -1
    %false = torch.constant.bool false
    %0 = torch.aten.select.int %x, %int1, %int0 {dynfault.site = "user/select"} : !torch.vtensor<[?,2],si64>, !torch.int, !torch.int -> !torch.vtensor<[?],si64>
    %1 = torch.aten.select.int %x, %int1, %int1 {dynfault.site = "item/select"} : !torch.vtensor<[?,2],si64>, !torch.int, !torch.int -> !torch.vtensor<[?],si64>
    %user.weight = torch.global_slot.get @user.weight : !torch.vtensor<[452,32],f32>
    %2 = torch.aten.embedding %user.weight, %0, %int-1, %false, %false {dynfault.site = "user/embedding"} : !torch.vtensor<[452,32],f32>, !torch.vtensor<[?],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[?,32],f32>
    %item.weight = torch.global_slot.get @item.weight : !torch.vtensor<[779,32],f32>
    %3 = torch.aten.embedding %item.weight, %1, %int-1, %false, %false {dynfault.site = "item/embedding"} : !torch.vtensor<[779,32],f32>, !torch.vtensor<[?],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[?,32],f32>
    %4 = torch.prim.ListConstruct %2, %3 : (!torch.vtensor<[?,32],f32>, !torch.vtensor<[?,32],f32>) -> !torch.list<vtensor>
    %5 = torch.aten.cat %4, %int1 {dynfault.site = "cat"} : !torch.list<vtensor>, !torch.int -> !torch.vtensor<[?,64],f32>
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[32,64],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[32],f32>
    %6 = torch.aten.linear %5, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,64],f32>, !torch.vtensor<[32,64],f32>, !torch.vtensor<[32],f32> -> !torch.vtensor<[?,32],f32>
    %7 = torch.aten.relu %6 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,32],f32> -> !torch.vtensor<[?,32],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[16,32],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[16],f32>
    %8 = torch.aten.linear %7, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[16,32],f32>, !torch.vtensor<[16],f32> -> !torch.vtensor<[?,16],f32>
    %9 = torch.aten.relu %8 {dynfault.site = "fc2/relu"} : !torch.vtensor<[?,16],f32> -> !torch.vtensor<[?,16],f32>
    %fc3.weight = torch.global_slot.get @fc3.weight : !torch.vtensor<[8,16],f32>
    %fc3.bias = torch.global_slot.get @fc3.bias : !torch.vtensor<[8],f32>
    %10 = torch.aten.linear %9, %fc3.weight, %fc3.bias {dynfault.site = "fc3/linear"} : !torch.vtensor<[?,16],f32>, !torch.vtensor<[8,16],f32>, !torch.vtensor<[8],f32> -> !torch.vtensor<[?,8],f32>
    %11 = torch.aten.relu %10 {dynfault.site = "fc3/relu"} : !torch.vtensor<[?,8],f32> -> !torch.vtensor<[?,8],f32>
    %fc4.weight = torch.global_slot.get @fc4.weight : !torch.vtensor<[1,8],f32>
    %fc4.bias = torch.global_slot.get @fc4.bias : !torch.vtensor<[1],f32>
    %12 = torch.aten.linear %11, %fc4.weight, %fc4.bias {dynfault.site = "fc4/linear"} : !torch.vtensor<[?,8],f32>, !torch.vtensor<[1,8],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    %13 = torch.aten.squeeze.dim %12, %int1 {dynfault.site = "fc4/squeeze"} : !torch.vtensor<[?,1],f32>, !torch.int -> !torch.vtensor<[?],f32>
    %14 = torch.aten.sigmoid %13 {dynfault.site = "output/sigmoid"} : !torch.vtensor<[?],f32> -> !torch.vtensor<[?],f32>
    return %14 : !torch.vtensor<[?],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?],f32>, %target: !torch.vtensor<[?],f32>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %0 = torch.aten.binary_cross_entropy %output, %target, %none, %int1 {dynfault.site = "loss"} : !torch.vtensor<[?],f32>, !torch.vtensor<[?],f32>, !torch.none, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
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
