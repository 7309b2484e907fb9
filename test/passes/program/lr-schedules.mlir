// Learning-rate schedules and frozen parameters stand with the update, are printed
// as they are written, and reach program.json.

// RUN: dynfault-opt %s | dynfault-opt | FileCheck %s

module @line attributes {dynfault.task = "regression"} {
  torch.global_slot @w {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1,4],f32>
  dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
    // CHECK: dynfault.delay_gradients
    dynfault.delay_gradients
    // CHECK: dynfault.optimizer_step #dynfault.optimizer<adamax, lr = 1.000000e-01> {frozen = [@w], lr_schedule = #dynfault.lr_schedule<multistep, milestones = [2, 5], gamma = 5.000000e-01, warmup = 3, per_batch = true>}
    dynfault.optimizer_step #dynfault.optimizer<adamax, lr = 0.1> {frozen = [@w], lr_schedule = #dynfault.lr_schedule<multistep, warmup = 3, per_batch = true, gamma = 0.5, milestones = [2, 5]>}
    dynfault.yield %x : !torch.tensor
  }
}
