// RUN: not dynfault-opt %s --dynfault-refine-types="inputs=?x5xf32" 2>&1 | FileCheck %s --check-prefix=SIZE
// SIZE: refine-types-invalid.mlir:[[# @LINE + 15]]:{{.*}}error: 'torch.aten.linear' op cannot run on these inputs:

// RUN: not dynfault-opt %s --dynfault-refine-types="inputs=5" 2>&1 | FileCheck %s --check-prefix=TEXT
// TEXT: '5' is no input type; write sizes and dtype, e.g. ?x1x28x28xf32, ?xsi64

// RUN: not dynfault-opt %s --dynfault-refine-types="inputs=5xf32,5xf32" 2>&1 | FileCheck %s --check-prefix=COUNT
// COUNT: inputs has 2 types, but 'forward' takes 1

// RUN: not dynfault-opt %s --dynfault-refine-types="function=train" 2>&1 | FileCheck %s --check-prefix=NAME
// NAME: there is no function 'train' with a body; an object graph needs --dynfault-globalize first

torch.global_slot @fc.weight : !torch.tensor<[10,64],f32>
func.func @forward(%x: !torch.tensor) -> !torch.tensor {
  %none = torch.constant.none
  %w = torch.global_slot.get @fc.weight : !torch.tensor<[10,64],f32>
  %0 = torch.aten.linear %x, %w, %none : !torch.tensor, !torch.tensor<[10,64],f32>, !torch.none -> !torch.tensor
  return %0 : !torch.tensor
}
