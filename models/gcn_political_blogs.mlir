// A graph convolutional network that tells liberal from conservative blogs by their links.
//
// From: pytorch/examples gcn (Kipf, Welling, "Semi-supervised classification with graph
// convolutional networks", 2017): two layers, 16 hidden units, dropout 0.5, Adam 0.01 with
// weight decay 5e-4, the whole graph in each step, 200 epochs, 20 known nodes of each class.
// The nodes have no features, so each has a row of its own in the first layer's weight (the
// feature matrix is the identity). Initialisers are the example's: Kaiming normal weights,
// zero bias.
// Scaled down: nothing but the epochs (60).

module @gcn_political_blogs attributes {
    dynfault.task = "classification", dynfault.family = "graph", dynfault.margin = 0.25,
    dynfault.origin = "pytorch/examples gcn"} {
  dynfault.dataset @data {source = "political-blogs", train = 1, validation = 1}
  dynfault.schedule {epochs = 60, batch_size = 1, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @conv1.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[1222,16],f32>
  torch.global_slot @conv1.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @conv2.weight {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[16,2],f32>
  torch.global_slot @conv2.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[2],f32>

  func.func @forward(%x: !torch.vtensor<[?,1222,1222],f32>) -> !torch.vtensor<[?,2,1222],f32> {
    %int1 = torch.constant.int 1
    %training = torch.global_slot.get @training : !torch.bool
    %float0.5 = torch.constant.float 0.5
    %int2 = torch.constant.int 2
    %none = torch.constant.none

    // %x is the normalised adjacency; times the identity's product with the weight.
    %conv1.weight = torch.global_slot.get @conv1.weight : !torch.vtensor<[1222,16],f32>
    %0 = torch.aten.matmul %x, %conv1.weight {dynfault.site = "conv1/matmul"} : !torch.vtensor<[?,1222,1222],f32>, !torch.vtensor<[1222,16],f32> -> !torch.vtensor<[?,1222,16],f32>
    %conv1.bias = torch.global_slot.get @conv1.bias : !torch.vtensor<[16],f32>
    %1 = torch.aten.add.Tensor %0, %conv1.bias, %int1 {dynfault.site = "conv1/add"} : !torch.vtensor<[?,1222,16],f32>, !torch.vtensor<[16],f32>, !torch.int -> !torch.vtensor<[?,1222,16],f32>
    %2 = torch.aten.relu %1 {dynfault.site = "conv1/relu"} : !torch.vtensor<[?,1222,16],f32> -> !torch.vtensor<[?,1222,16],f32>
    %3 = torch.aten.dropout %2, %float0.5, %training {dynfault.site = "conv1/dropout"} : !torch.vtensor<[?,1222,16],f32>, !torch.float, !torch.bool -> !torch.vtensor<[?,1222,16],f32>

    %conv2.weight = torch.global_slot.get @conv2.weight : !torch.vtensor<[16,2],f32>
    %4 = torch.aten.matmul %3, %conv2.weight {dynfault.site = "conv2/matmul"} : !torch.vtensor<[?,1222,16],f32>, !torch.vtensor<[16,2],f32> -> !torch.vtensor<[?,1222,2],f32>
    %5 = torch.aten.matmul %x, %4 {dynfault.site = "conv2/propagate"} : !torch.vtensor<[?,1222,1222],f32>, !torch.vtensor<[?,1222,2],f32> -> !torch.vtensor<[?,1222,2],f32>
    %conv2.bias = torch.global_slot.get @conv2.bias : !torch.vtensor<[2],f32>
    %6 = torch.aten.add.Tensor %5, %conv2.bias, %int1 {dynfault.site = "conv2/add"} : !torch.vtensor<[?,1222,2],f32>, !torch.vtensor<[2],f32>, !torch.int -> !torch.vtensor<[?,1222,2],f32>
    %7 = torch.aten.log_softmax.int %6, %int2, %none {dynfault.site = "output/log_softmax"} : !torch.vtensor<[?,1222,2],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,1222,2],f32>
    %8 = torch.aten.transpose.int %7, %int1, %int2 {dynfault.site = "output/transpose"} : !torch.vtensor<[?,1222,2],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,2,1222],f32>
    return %8 : !torch.vtensor<[?,2,1222],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,2,1222],f32>, %target: !torch.vtensor<[?,1222],si64>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %int-100 = torch.constant.int -100
    %0 = torch.operator "aten.nll_loss_nd"(%output, %target, %none, %int1, %int-100) {dynfault.site = "loss"} : (!torch.vtensor<[?,2,1222],f32>, !torch.vtensor<[?,1222],si64>, !torch.none, !torch.int, !torch.int) -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,1222,1222],f32>, %target: !torch.vtensor<[?,1222],si64>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,1222,1222],f32>) -> !torch.vtensor<[?,2,1222],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,2,1222],f32>, !torch.vtensor<[?,1222],si64>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.01, weight_decay = 0.0005>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
