// OMP leaves parameters of a layer out of the optimizer.

// RUN: dynfault-opt %s --dynfault-inject="operator=OMP site=fc which=all" | FileCheck %s --check-prefix=ALL
// ALL: dynfault.faults = [{after = "not in the optimizer: fc.weight, fc.bias", before = "all parameters in the optimizer", class = "optimization", operator = "OMP", parameters = {which = "all"}, site = "fc"}]
// ALL: dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 1.000000e-01> {frozen = [@fc.bias, @fc.weight]}
// RUN: dynfault-opt %s --dynfault-inject="operator=OMP site=fc which=biases" | FileCheck %s --check-prefix=BIASES
// BIASES: {frozen = [@fc.bias]}

// Two layers, in whatever order.
// RUN: dynfault-opt %s --dynfault-inject="operator=OMP site=fc which=weights" --dynfault-inject="operator=OMP site=embed which=all" -o %t.1
// RUN: dynfault-opt %s --dynfault-inject="operator=OMP site=embed which=all" --dynfault-inject="operator=OMP site=fc which=weights" | diff - %t.1
// RUN: FileCheck %s --check-prefix=TWO --input-file=%t.1
// TWO: {frozen = [@embed.weight, @fc.weight]}

// Refusals.
// RUN: not dynfault-opt %s --dynfault-inject="operator=OMP site=embed which=biases" 2>&1 | FileCheck %s --check-prefix=NOBIAS
// NOBIAS: error: operator OMP at 'embed' with which=biases: the layer has no biases
// RUN: not dynfault-opt %s --dynfault-inject="operator=OMP site=embed which=weights" 2>&1 | FileCheck %s --check-prefix=ONLY
// ONLY: the layer has nothing but weights; which=all means the same
// RUN: not dynfault-opt %s --dynfault-inject="operator=OMP site=norm which=all" 2>&1 | FileCheck %s --check-prefix=SITE
// SITE: error: operator OMP has no site 'norm'; its sites are: fc, embed

torch.global_slot @fc.weight : !torch.vtensor<[3,4],f32>
torch.global_slot @fc.bias : !torch.vtensor<[3],f32>
torch.global_slot @embed.weight : !torch.vtensor<[5,4],f32>
torch.global_slot @norm.running_mean {dynfault.buffer} : !torch.vtensor<[3],f32>
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.zero_grad
  dynfault.backward %x : !torch.tensor
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
  dynfault.yield %x : !torch.tensor
}
