// A multi-layer perceptron that tells the progression of diabetes: regression.
//
// From: the usual regressor on scikit-learn's diabetes data (10-50-30-1, ReLU, SGD 0.001,
// batches of 32, squared error), as in Stack Overflow questions on networks that do not learn
// without scaling. Initialisers are PyTorch's defaults; inputs and target are standardized.
// Scaled down: nothing but the epochs (120).

module @mlp_diabetes attributes {
    dynfault.task = "regression", dynfault.family = "mlp-regression", dynfault.margin = 0.25,
    dynfault.origin = "PyTorch regressor on scikit-learn's diabetes data"} {
  dynfault.dataset @data {source = "diabetes", train = 310, validation = 132,
      transforms = [#dynfault.transform<standardize>, #dynfault.transform<standardize_target>]}
  dynfault.schedule {epochs = 120, batch_size = 32, shuffle = true}

  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[50,10],f32>
  torch.global_slot @fc1.bias {dynfault.init = #dynfault.init<uniform, low = -0.31622776601683794, high = 0.31622776601683794>} : !torch.vtensor<[50],f32>
  torch.global_slot @fc2.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[30,50],f32>
  torch.global_slot @fc2.bias {dynfault.init = #dynfault.init<uniform, low = -0.1414213562373095, high = 0.1414213562373095>} : !torch.vtensor<[30],f32>
  torch.global_slot @fc3.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[1,30],f32>
  torch.global_slot @fc3.bias {dynfault.init = #dynfault.init<uniform, low = -0.18257418583505536, high = 0.18257418583505536>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,10],f32>) -> !torch.vtensor<[?,1],f32> {
    %fc1.weight = torch.global_slot.get @fc1.weight : !torch.vtensor<[50,10],f32>
    %fc1.bias = torch.global_slot.get @fc1.bias : !torch.vtensor<[50],f32>
    %0 = torch.aten.linear %x, %fc1.weight, %fc1.bias {dynfault.site = "fc1/linear"} : !torch.vtensor<[?,10],f32>, !torch.vtensor<[50,10],f32>, !torch.vtensor<[50],f32> -> !torch.vtensor<[?,50],f32>
    %1 = torch.aten.relu %0 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,50],f32> -> !torch.vtensor<[?,50],f32>
    %fc2.weight = torch.global_slot.get @fc2.weight : !torch.vtensor<[30,50],f32>
    %fc2.bias = torch.global_slot.get @fc2.bias : !torch.vtensor<[30],f32>
    %2 = torch.aten.linear %1, %fc2.weight, %fc2.bias {dynfault.site = "fc2/linear"} : !torch.vtensor<[?,50],f32>, !torch.vtensor<[30,50],f32>, !torch.vtensor<[30],f32> -> !torch.vtensor<[?,30],f32>
    %3 = torch.aten.relu %2 {dynfault.site = "fc2/relu"} : !torch.vtensor<[?,30],f32> -> !torch.vtensor<[?,30],f32>
    %fc3.weight = torch.global_slot.get @fc3.weight : !torch.vtensor<[1,30],f32>
    %fc3.bias = torch.global_slot.get @fc3.bias : !torch.vtensor<[1],f32>
    %4 = torch.aten.linear %3, %fc3.weight, %fc3.bias {dynfault.site = "fc3/linear"} : !torch.vtensor<[?,30],f32>, !torch.vtensor<[1,30],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %4 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %mean = torch.constant.int 1
    %0 = torch.aten.mse_loss %output, %target, %mean {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,10],f32>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,10],f32>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
