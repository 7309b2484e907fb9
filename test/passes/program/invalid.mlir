// What the dialect refuses, and what it says.

// RUN: dynfault-opt %s --split-input-file --verify-diagnostics

// An unknown initialiser: all are named.
// expected-error @+1 {{unknown initialiser 'he_normal'; known are zeros, ones, constant, uniform, normal, truncated_normal, xavier_uniform, xavier_normal, kaiming_uniform, kaiming_normal, lecun_uniform, lecun_normal}}
torch.global_slot @a {dynfault.init = #dynfault.init<he_normal>} : !torch.vtensor<[2],f32>

// -----

// A parameter of an initialiser that has none.
// expected-error @+1 {{initialiser 'zeros' has no parameter 'gain'; it takes none}}
torch.global_slot @a {dynfault.init = #dynfault.init<zeros, gain = 1.0>} : !torch.vtensor<[2],f32>

// -----

// A parameter that the initialiser does not have.
// expected-error @+1 {{initialiser 'normal' has no parameter 'scale'; it takes mean, std}}
torch.global_slot @a {dynfault.init = #dynfault.init<normal, scale = 1.0>} : !torch.vtensor<[2],f32>

// -----

// A parameter that must be written.
// expected-error @+1 {{initialiser 'constant' needs 'value = ...'}}
torch.global_slot @a {dynfault.init = #dynfault.init<constant>} : !torch.vtensor<[2],f32>

// -----

// An integer for a float.
// expected-error @+1 {{parameter 'value' of initialiser 'constant' must be a float, e.g. 1.0}}
torch.global_slot @a {dynfault.init = #dynfault.init<constant, value = 1>} : !torch.vtensor<[2],f32>

// -----

// Another width of float.
// expected-error @+1 {{parameter 'value' of initialiser 'constant' must be a float, e.g. 1.0}}
torch.global_slot @a {dynfault.init = #dynfault.init<constant, value = 1.0 : f32>} : !torch.vtensor<[2],f32>

// -----

// A negative deviation.
// expected-error @+1 {{parameter 'std' of initialiser 'normal' must be finite and at least 0, got -1}}
torch.global_slot @a {dynfault.init = #dynfault.init<normal, std = -1.0>} : !torch.vtensor<[2],f32>

// -----

// No number.
// expected-error @+1 {{parameter 'value' of initialiser 'constant' must be finite, got nan}}
torch.global_slot @a {dynfault.init = #dynfault.init<constant, value = 0x7FF8000000000000 : f64>} : !torch.vtensor<[2],f32>

// -----

// An infinite deviation.
// expected-error @+1 {{must be finite and at least 0, got inf}}
torch.global_slot @a {dynfault.init = #dynfault.init<normal, std = 0x7FF0000000000000 : f64>} : !torch.vtensor<[2],f32>

// -----

// Bounds the wrong way round.
// expected-error @+1 {{initialiser 'uniform' needs low <= high}}
torch.global_slot @a {dynfault.init = #dynfault.init<uniform, low = 1.0, high = 0.0>} : !torch.vtensor<[2],f32>

// -----

// A parameter given twice.
// expected-error @+1 {{parameter 'std' is given twice}}
torch.global_slot @a {dynfault.init = #dynfault.init<normal, std = 1.0, std = 2.0>} : !torch.vtensor<[2],f32>

// -----

// No kind.
// expected-error @+1 {{expected '<'}}
torch.global_slot @a {dynfault.init = #dynfault.init} : !torch.vtensor<[2],f32>

// -----

// An unknown optimizer.
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{unknown optimizer 'lion'; known are sgd, adam, adamw, rmsprop, adagrad, adadelta, adamax, nadam}}
  dynfault.optimizer_step #dynfault.optimizer<lion, lr = 0.1>
  dynfault.yield %loss : !torch.vtensor<[],f32>
}

// -----

// No learning rate: it has no default.
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{optimizer 'adam' needs 'lr = ...'}}
  dynfault.optimizer_step #dynfault.optimizer<adam>
  dynfault.yield %loss : !torch.vtensor<[],f32>
}

// -----

// A negative learning rate.
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{parameter 'lr' of optimizer 'sgd' must be finite and at least 0, got -0.1}}
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = -0.1>
  dynfault.yield %loss : !torch.vtensor<[],f32>
}

// -----

// A momentum above 1.
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{parameter 'momentum' of optimizer 'sgd' must be from 0 to 1, got 1.5}}
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1, momentum = 1.5>
  dynfault.yield %loss : !torch.vtensor<[],f32>
}

// -----

// A beta of 1 would divide by zero in the bias correction.
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{parameter 'beta1' of optimizer 'adam' must be from 0 to below 1, got 1}}
  dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.1, beta1 = 1.0>
  dynfault.yield %loss : !torch.vtensor<[],f32>
}

// -----

// A parameter of another optimizer.
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{optimizer 'rmsprop' has no parameter 'nesterov'; it takes lr, alpha, eps, weight_decay, momentum, centered}}
  dynfault.optimizer_step #dynfault.optimizer<rmsprop, lr = 0.1, nesterov = true>
  dynfault.yield %loss : !torch.vtensor<[],f32>
}

// -----

// A flag is no number.
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{parameter 'nesterov' of optimizer 'sgd' must be true or false}}
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1, nesterov = 1.0>
  dynfault.yield %loss : !torch.vtensor<[],f32>
}

// -----

// Nesterov's momentum needs a momentum.
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{optimizer 'sgd' with nesterov = true needs a momentum above 0 and no dampening}}
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1, nesterov = true>
  dynfault.yield %loss : !torch.vtensor<[],f32>
}

// -----

// An unknown transform.
// expected-error @+1 {{unknown data transform 'flip'; known are unit, standardize, normalize, standardize_rows, standardize_target, reverse_features, change_labels, delete_training_data, unbalance_training_data, add_noise, overlap_classes, repeat_data, sort_by_target}}
dynfault.dataset @data {source = "iris", train = 1, validation = 1, transforms = [#dynfault.transform<flip>]}

// -----

// A share above 1.
// expected-error @+1 {{parameter 'share' of data transform 'change_labels' must be from 0 to 1, got 1.5}}
dynfault.dataset @data {source = "iris", train = 1, validation = 1, transforms = [#dynfault.transform<change_labels, share = 1.5>]}

// -----

// A seed is an integer.
// expected-error @+1 {{parameter 'seed' of data transform 'change_labels' must be an integer}}
dynfault.dataset @data {source = "iris", train = 1, validation = 1, transforms = [#dynfault.transform<change_labels, share = 0.5, seed = 1.0>]}

// -----

// A seed is not negative.
// expected-error @+1 {{must be finite and at least 0, got -1}}
dynfault.dataset @data {source = "iris", train = 1, validation = 1, transforms = [#dynfault.transform<change_labels, share = 0.5, seed = -1>]}

// -----

// Transforms are transforms.
// expected-error @+1 {{attribute 'transforms' failed to satisfy constraint: array of #dynfault.transform}}
dynfault.dataset @data {source = "iris", train = 1, validation = 1, transforms = ["unit"]}

// -----

// No training rows.
// expected-error @+1 {{attribute 'train' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
dynfault.dataset @data {source = "iris", train = 0, validation = 1}

// -----

// Validation rows left out.
// expected-error @+1 {{requires attribute 'validation'}}
dynfault.dataset @data {source = "iris", train = 1}

// -----

// A source is a name.
// expected-error @+1 {{attribute 'source' failed to satisfy constraint: string attribute}}
dynfault.dataset @data {source = 3, train = 1, validation = 1}

// -----

// A misspelt attribute does not silently take its default.
// expected-error @+1 {{has an unknown attribute 'sed'; its attributes are seed, source, sym_name, train, transforms, validation}}
dynfault.dataset @data {source = "iris", train = 1, validation = 1, sed = 3}

// -----

// No batch size.
// expected-error @+1 {{requires attribute 'batch_size'}}
dynfault.schedule {epochs = 1}

// -----

// An impossible batch size.
// expected-error @+1 {{attribute 'batch_size' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
dynfault.schedule {epochs = 1, batch_size = 0}

// -----

// A part of an epoch.
// expected-error @+1 {{attribute 'epochs' failed to satisfy constraint}}
dynfault.schedule {epochs = 0.5, batch_size = 1}

// -----

// A misspelt attribute.
// expected-error @+1 {{has an unknown attribute 'shufle'; its attributes are batch_size, epochs, shuffle}}
dynfault.schedule {epochs = 1, batch_size = 1, shufle = false}

// -----

// A schedule in a function.
func.func @f() {
  // expected-error @+1 {{expects parent op 'builtin.module'}}
  dynfault.schedule {epochs = 1, batch_size = 1}
  return
}

// -----

// `zero_grad` belongs into a training step.
func.func @f() {
  // expected-error @+1 {{'dynfault.zero_grad' op expects parent op 'dynfault.training_step'}}
  dynfault.zero_grad
  return
}

// -----

// `clip_grad_norm` belongs into a training step.
func.func @f() {
  // expected-error @+1 {{'dynfault.clip_grad_norm' op expects parent op 'dynfault.training_step'}}
  dynfault.clip_grad_norm {max_norm = 1.0}
  return
}

// -----

// `optimizer_step` belongs into a training step.
func.func @f() {
  // expected-error @+1 {{'dynfault.optimizer_step' op expects parent op 'dynfault.training_step'}}
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
  return
}

// -----

// `probe_gradients` belongs into a training step.
func.func @f() {
  // expected-error @+1 {{'dynfault.probe_gradients' op expects parent op 'dynfault.training_step'}}
  dynfault.probe_gradients {every = 1}
  return
}

// -----

// `snapshot_parameters` belongs into a training step.
func.func @f() {
  // expected-error @+1 {{'dynfault.snapshot_parameters' op expects parent op 'dynfault.training_step'}}
  dynfault.snapshot_parameters {every = 1}
  return
}

// -----

// `probe_optimizer` belongs into a training step.
func.func @f() {
  // expected-error @+1 {{'dynfault.probe_optimizer' op expects parent op 'dynfault.training_step'}}
  dynfault.probe_optimizer {every = 1}
  return
}

// -----

// So does a backward.
func.func @f(%loss: !torch.vtensor<[],f32>) {
  // expected-error @+1 {{'dynfault.backward' op expects parent op 'dynfault.training_step'}}
  dynfault.backward %loss : !torch.vtensor<[],f32>
  return
}

// -----

// A step takes a batch.
// expected-error @+1 {{takes two arguments, the input and the target of a batch}}
dynfault.training_step(%x: !torch.tensor) {
  dynfault.yield %x : !torch.tensor
}

// -----

// A batch is tensors.
// expected-error @+1 {{has an argument of type 'i32'; a batch's input and target are torch tensors}}
dynfault.training_step(%x: !torch.tensor, %target: i32) {
  dynfault.yield %x : !torch.tensor
}

// -----

// A step ends with its loss.
// expected-error @+1 {{must end with 'dynfault.yield' of the loss}}
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.zero_grad
}

// -----

// A function's return is no end of a step.
// expected-error @+1 {{must end with 'dynfault.yield' of the loss}}
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  "func.return"() : () -> ()
}

// -----

// A step sees nothing from outside.
module {
  %none = torch.constant.none
  // expected-note @+1 {{required by region isolation constraints}}
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{using value defined outside the region}}
  torch.aten.use %none : !torch.none
  dynfault.yield %loss : !torch.vtensor<[],f32>
}
}

// -----

// A loss is one number: in the yield,
dynfault.training_step(%x: !torch.vtensor<[?],f32>, %target: !torch.tensor) {
  // expected-error @+1 {{needs a scalar loss, e.g. !torch.vtensor<[],f32>, but got '!torch.vtensor<[?],f32>'}}
  dynfault.yield %x : !torch.vtensor<[?],f32>
}

// -----

// and in the backward.
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{'dynfault.backward' op needs a scalar loss, e.g. !torch.vtensor<[],f32>, but got '!torch.vtensor<[?,4],f32>'}}
  dynfault.backward %x : !torch.vtensor<[?,4],f32>
  dynfault.yield %loss : !torch.vtensor<[],f32>
}

// -----

// Clipping at zero would stop training.
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{needs a finite, positive max_norm}}
  dynfault.clip_grad_norm {max_norm = 0.0}
  dynfault.yield %loss : !torch.vtensor<[],f32>
}

// -----

// Clipping at infinity would do nothing.
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{needs a finite, positive max_norm}}
  dynfault.clip_grad_norm {max_norm = 0x7FF0000000000000 : f64}
  dynfault.yield %loss : !torch.vtensor<[],f32>
}

// -----

// A negative bound.
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{needs a finite, positive clip_value}}
  dynfault.clip_grad_value {clip_value = -1.0}
  dynfault.yield %loss : !torch.vtensor<[],f32>
}

// -----

// A probe samples every so many steps; 0 stands for the first and the last only.
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{attribute 'every' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
  dynfault.probe_gradients {every = -1}
  dynfault.yield %loss : !torch.vtensor<[],f32>
}

// -----

// One random vector has no standard error.
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{attribute 'trace_samples' failed to satisfy constraint: 64-bit signless integer attribute whose minimum value is 2}}
  dynfault.probe_curvature %x, %target {every = 1, lanczos_steps = 1, trace_samples = 1, seed = 0, fixed_batch = true, training = true} : !torch.vtensor<[?,4],f32>, !torch.vtensor<[?],si64>
  dynfault.yield %loss : !torch.vtensor<[],f32>
}

// -----

// Lanczos stops by one of two things.
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{'dynfault.probe_curvature' op has no stop 'never' of Lanczos; there are residual, error}}
  dynfault.probe_curvature %x, %target {every = 1, lanczos_steps = 1, lanczos_stop = "never", trace_samples = 2, seed = 0, fixed_batch = true, training = true} : !torch.vtensor<[?,4],f32>, !torch.vtensor<[?],si64>
  dynfault.yield %loss : !torch.vtensor<[],f32>
}

// -----

// 0 stands for all rows.
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %loss = torch.aten.mean %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
  // expected-error @+1 {{attribute 'rows' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
  dynfault.probe_curvature %x, %target {every = 1, lanczos_steps = 1, rows = -1, trace_samples = 2, seed = 0, fixed_batch = true, training = true} : !torch.vtensor<[?,4],f32>, !torch.vtensor<[?],si64>
  dynfault.yield %loss : !torch.vtensor<[],f32>
}

// -----

// A pre-activation is a tensor.
func.func @f(%i: !torch.int) {
  // expected-error @+1 {{operand #0 must be torch tensor (!torch.tensor or !torch.vtensor), but got '!torch.int'}}
  %0 = dynfault.probe_activation %i {site = "a", kind = "relu", every = 1} : !torch.int
  return
}

// -----

// On the module: `dynfault.task = "ranking"`.
// expected-error @+1 {{'dynfault.task' must be "classification" or "regression", on the module}}
module attributes {dynfault.task = "ranking"} {}

// -----

// On the module: `dynfault.family = 3`.
// expected-error @+1 {{'dynfault.family' must be a string, on the module}}
module attributes {dynfault.family = 3} {}

// -----

// On the module: `dynfault.origin = 3`.
// expected-error @+1 {{'dynfault.origin' must be a string, on the module}}
module attributes {dynfault.origin = 3} {}

// -----

// On the module: `dynfault.margin = 0.0`.
// expected-error @+1 {{'dynfault.margin' must be a finite, positive float, e.g. 0.2, on the module}}
module attributes {dynfault.margin = 0.0} {}

// -----

// On the module: `dynfault.margin = 1`.
// expected-error @+1 {{'dynfault.margin' must be a finite, positive float, e.g. 0.2, on the module}}
module attributes {dynfault.margin = 1} {}

// -----

// On the module: `dynfault.faults = ["ACH"]`.
// expected-error @+1 {{'dynfault.faults' must be an array of dictionaries, on the module}}
module attributes {dynfault.faults = ["ACH"]} {}

// -----

// On the module: `dynfault.tsak = "regression"`.
// expected-error @+1 {{has an unknown attribute 'dynfault.tsak'; known are dynfault.site, dynfault.probe, dynfault.pre_activation, dynfault.injected, dynfault.init, dynfault.buffer, dynfault.parameter, dynfault.attribute, dynfault.requires_grad, dynfault.aliases, dynfault.task, dynfault.family, dynfault.origin, dynfault.margin and dynfault.faults}}
module attributes {dynfault.tsak = "regression"} {}

// -----

// On the module: `dynfault.site = ""`.
// expected-error @+1 {{'dynfault.site' must be a non-empty string, e.g. "conv1/relu"}}
module attributes {dynfault.site = ""} {}

// -----

// A mark of a pre-activation without its site.
func.func @f(%x: !torch.vtensor) -> !torch.vtensor {
  // expected-error @+1 {{'dynfault.pre_activation' must be {kind = "...", site = "..."} of an operation with one result}}
  %0 = torch.aten.relu %x {dynfault.pre_activation = {kind = "linear"}} : !torch.vtensor -> !torch.vtensor
  return %0 : !torch.vtensor
}

// -----

// Not on a function: `dynfault.init`.
// expected-error @+1 {{'dynfault.init' must be a #dynfault.init<...> of a torch.global_slot or torch.tensor.literal}}
func.func private @f() attributes {dynfault.init = #dynfault.init<zeros>}

// -----

// Not on a function: `dynfault.task`.
// expected-error @+1 {{'dynfault.task' must be "classification" or "regression", on the module}}
func.func private @f() attributes {dynfault.task = "regression"}

// -----

// Not on a function: `dynfault.buffer`.
// expected-error @+1 {{'dynfault.buffer' must be a unit attribute of a torch.global_slot}}
func.func private @f() attributes {dynfault.buffer = unit}

// -----

// On a slot, but no such value: `dynfault.init = #dynfault.optimizer<sgd, lr = 0.1>`.
// expected-error @+1 {{'dynfault.init' must be a #dynfault.init<...> of a torch.global_slot or torch.tensor.literal}}
torch.global_slot @a {dynfault.init = #dynfault.optimizer<sgd, lr = 0.1>} : !torch.vtensor<[2],f32>

// -----

// On a slot, but no such value: `dynfault.buffer = true`.
// expected-error @+1 {{'dynfault.buffer' must be a unit attribute of a torch.global_slot}}
torch.global_slot @a {dynfault.buffer = true} : !torch.vtensor<[2],f32>
