// A convolution and two layers of gated units read a molecule's formula: its polar surface.
//
// From: SMILES2vec (Goh, Hodas, Siegel, Vishnu, 2017): vectors of 50 numbers, convolution with
// 192 filters of width 3, two GRUs in both directions of 224 and 384 units, dense on the last
// state, Adam 0.001, batches of 32.
// Scaled down: 16 numbers, 16 filters, 16 units in each direction, 960 molecules, the last 28
// of their characters.

module @cnn_gru_molecules attributes {
    dynfault.task = "regression", dynfault.family = "cnn-gru", dynfault.margin = 0.3,
    dynfault.origin = "SMILES2vec, Goh et al. 2017"} {
  dynfault.dataset @data {source = "molecules", train = 960, validation = 800,
      transforms = [#dynfault.transform<standardize_target>]}
  dynfault.schedule {epochs = 3, batch_size = 32, shuffle = true}

  torch.global_slot @training : !torch.bool
  torch.global_slot @embedding.weight {dynfault.init = #dynfault.init<uniform, low = -0.05, high = 0.05>} : !torch.vtensor<[64,16],f32>
  torch.global_slot @conv.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[16,16,3],f32>
  torch.global_slot @conv.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[16],f32>
  torch.global_slot @gru.weight_ih_l0 {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[48,16],f32>
  torch.global_slot @gru.weight_hh_l0 {dynfault.init = #dynfault.init<orthogonal>} : !torch.vtensor<[48,16],f32>
  torch.global_slot @gru.bias_ih_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[48],f32>
  torch.global_slot @gru.bias_hh_l0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[48],f32>
  torch.global_slot @gru.weight_ih_l0_reverse {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[48,16],f32>
  torch.global_slot @gru.weight_hh_l0_reverse {dynfault.init = #dynfault.init<orthogonal>} : !torch.vtensor<[48,16],f32>
  torch.global_slot @gru.bias_ih_l0_reverse {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[48],f32>
  torch.global_slot @gru.bias_hh_l0_reverse {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[48],f32>
  torch.global_slot @gru.weight_ih_l1 {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[48,32],f32>
  torch.global_slot @gru.weight_hh_l1 {dynfault.init = #dynfault.init<orthogonal>} : !torch.vtensor<[48,16],f32>
  torch.global_slot @gru.bias_ih_l1 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[48],f32>
  torch.global_slot @gru.bias_hh_l1 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[48],f32>
  torch.global_slot @gru.weight_ih_l1_reverse {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[48,32],f32>
  torch.global_slot @gru.weight_hh_l1_reverse {dynfault.init = #dynfault.init<orthogonal>} : !torch.vtensor<[48,16],f32>
  torch.global_slot @gru.bias_ih_l1_reverse {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[48],f32>
  torch.global_slot @gru.bias_hh_l1_reverse {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[48],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[1,32],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,28],si64>) -> !torch.vtensor<[?,1],f32> {
    %int-1 = torch.constant.int -1
    %false = torch.constant.bool false
    %int1 = torch.constant.int 1
    %int2 = torch.constant.int 2
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>
    %int0 = torch.constant.int 0
    %list_0 = torch.prim.ListConstruct %int0 : (!torch.int) -> !torch.list<int>
    %int4 = torch.constant.int 4
    %int16 = torch.constant.int 16
    %int6 = torch.constant.int 6
    %none = torch.constant.none
    %training = torch.global_slot.get @training : !torch.bool
    %true = torch.constant.bool true
    %float0.0 = torch.constant.float 0.0
    %list_1_0_2 = torch.prim.ListConstruct %int1, %int0, %int2 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %int32 = torch.constant.int 32
    %list_m1_32 = torch.prim.ListConstruct %int-1, %int32 : (!torch.int, !torch.int) -> !torch.list<int>

    %embedding.weight = torch.global_slot.get @embedding.weight : !torch.vtensor<[64,16],f32>
    %0 = torch.aten.embedding %embedding.weight, %x, %int-1, %false, %false {dynfault.site = "embedding/embedding"} : !torch.vtensor<[64,16],f32>, !torch.vtensor<[?,28],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[?,28,16],f32>
    %1 = torch.aten.transpose.int %0, %int1, %int2 {dynfault.site = "channels"} : !torch.vtensor<[?,28,16],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,16,28],f32>
    %conv.weight = torch.global_slot.get @conv.weight : !torch.vtensor<[16,16,3],f32>
    %conv.bias = torch.global_slot.get @conv.bias : !torch.vtensor<[16],f32>
    %2 = torch.aten.conv1d %1, %conv.weight, %conv.bias, %list_1, %list_0, %list_1, %int1 {dynfault.site = "conv/conv1d"} : !torch.vtensor<[?,16,28],f32>, !torch.vtensor<[16,16,3],f32>, !torch.vtensor<[16],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,16,26],f32>
    %3 = torch.aten.relu %2 {dynfault.site = "conv/relu"} : !torch.vtensor<[?,16,26],f32> -> !torch.vtensor<[?,16,26],f32>
    %4 = torch.aten.transpose.int %3, %int1, %int2 {dynfault.site = "steps"} : !torch.vtensor<[?,16,26],f32>, !torch.int, !torch.int -> !torch.vtensor<[?,26,16],f32>

    %gru.weight_ih_l0 = torch.global_slot.get @gru.weight_ih_l0 : !torch.vtensor<[48,16],f32>
    %gru.weight_hh_l0 = torch.global_slot.get @gru.weight_hh_l0 : !torch.vtensor<[48,16],f32>
    %gru.bias_ih_l0 = torch.global_slot.get @gru.bias_ih_l0 : !torch.vtensor<[48],f32>
    %gru.bias_hh_l0 = torch.global_slot.get @gru.bias_hh_l0 : !torch.vtensor<[48],f32>
    %gru.weight_ih_l0_reverse = torch.global_slot.get @gru.weight_ih_l0_reverse : !torch.vtensor<[48,16],f32>
    %gru.weight_hh_l0_reverse = torch.global_slot.get @gru.weight_hh_l0_reverse : !torch.vtensor<[48,16],f32>
    %gru.bias_ih_l0_reverse = torch.global_slot.get @gru.bias_ih_l0_reverse : !torch.vtensor<[48],f32>
    %gru.bias_hh_l0_reverse = torch.global_slot.get @gru.bias_hh_l0_reverse : !torch.vtensor<[48],f32>
    %gru.weight_ih_l1 = torch.global_slot.get @gru.weight_ih_l1 : !torch.vtensor<[48,32],f32>
    %gru.weight_hh_l1 = torch.global_slot.get @gru.weight_hh_l1 : !torch.vtensor<[48,16],f32>
    %gru.bias_ih_l1 = torch.global_slot.get @gru.bias_ih_l1 : !torch.vtensor<[48],f32>
    %gru.bias_hh_l1 = torch.global_slot.get @gru.bias_hh_l1 : !torch.vtensor<[48],f32>
    %gru.weight_ih_l1_reverse = torch.global_slot.get @gru.weight_ih_l1_reverse : !torch.vtensor<[48,32],f32>
    %gru.weight_hh_l1_reverse = torch.global_slot.get @gru.weight_hh_l1_reverse : !torch.vtensor<[48,16],f32>
    %gru.bias_ih_l1_reverse = torch.global_slot.get @gru.bias_ih_l1_reverse : !torch.vtensor<[48],f32>
    %gru.bias_hh_l1_reverse = torch.global_slot.get @gru.bias_hh_l1_reverse : !torch.vtensor<[48],f32>
    %5 = torch.aten.size.int %4, %int0 : !torch.vtensor<[?,26,16],f32>, !torch.int -> !torch.int
    %6 = torch.prim.ListConstruct %int4, %5, %int16 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
    %7 = torch.aten.zeros %6, %int6, %none, %none, %none {dynfault.site = "gru/zeros"} : !torch.list<int>, !torch.int, !torch.none, !torch.none, !torch.none -> !torch.vtensor<[4,?,16],f32>
    %8 = torch.prim.ListConstruct %gru.weight_ih_l0, %gru.weight_hh_l0, %gru.bias_ih_l0, %gru.bias_hh_l0, %gru.weight_ih_l0_reverse, %gru.weight_hh_l0_reverse, %gru.bias_ih_l0_reverse, %gru.bias_hh_l0_reverse, %gru.weight_ih_l1, %gru.weight_hh_l1, %gru.bias_ih_l1, %gru.bias_hh_l1, %gru.weight_ih_l1_reverse, %gru.weight_hh_l1_reverse, %gru.bias_ih_l1_reverse, %gru.bias_hh_l1_reverse : (!torch.vtensor<[48,16],f32>, !torch.vtensor<[48,16],f32>, !torch.vtensor<[48],f32>, !torch.vtensor<[48],f32>, !torch.vtensor<[48,16],f32>, !torch.vtensor<[48,16],f32>, !torch.vtensor<[48],f32>, !torch.vtensor<[48],f32>, !torch.vtensor<[48,32],f32>, !torch.vtensor<[48,16],f32>, !torch.vtensor<[48],f32>, !torch.vtensor<[48],f32>, !torch.vtensor<[48,32],f32>, !torch.vtensor<[48,16],f32>, !torch.vtensor<[48],f32>, !torch.vtensor<[48],f32>) -> !torch.list<vtensor>
    %9:2 = torch.operator "aten.gru.input"(%4, %7, %8, %true, %int2, %float0.0, %training, %true, %true) {dynfault.site = "gru/gru"} : (!torch.vtensor<[?,26,16],f32>, !torch.vtensor<[4,?,16],f32>, !torch.list<vtensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.vtensor<[?,26,32],f32>, !torch.vtensor<[4,?,16],f32>)

    // The last state of each direction of the second layer.
    %10 = torch.aten.slice.Tensor %9#1, %int0, %int2, %int4, %int1 {dynfault.site = "last/slice"} : !torch.vtensor<[4,?,16],f32>, !torch.int, !torch.int, !torch.int, !torch.int -> !torch.vtensor<[2,?,16],f32>
    %11 = torch.aten.permute %10, %list_1_0_2 {dynfault.site = "last/permute"} : !torch.vtensor<[2,?,16],f32>, !torch.list<int> -> !torch.vtensor<[?,2,16],f32>
    %12 = torch.aten.reshape %11, %list_m1_32 {dynfault.site = "last/reshape"} : !torch.vtensor<[?,2,16],f32>, !torch.list<int> -> !torch.vtensor<[?,32],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[1,32],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[1],f32>
    %13 = torch.aten.linear %12, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,32],f32>, !torch.vtensor<[1,32],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %13 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %int1 = torch.constant.int 1
    %0 = torch.aten.mse_loss %output, %target, %int1 {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,28],si64>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,28],si64>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
