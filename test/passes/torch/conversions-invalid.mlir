// Casts that cannot be.

// RUN: dynfault-opt %s --split-input-file --verify-diagnostics

func.func @sizes(%v: !torch.vtensor<[2,3],f32>) {
  // expected-error @+1 {{casts between '!torch.vtensor<[2,3],f32>' and 'tensor<3x2xf32>', which differ in sizes or element type}}
  %0 = torch_c.to_builtin_tensor %v : !torch.vtensor<[2,3],f32> -> tensor<3x2xf32>
  return
}

// -----

func.func @dtype(%t: tensor<2xi32>) {
  // expected-error @+1 {{casts between '!torch.vtensor<[2],si64>' and 'tensor<2xi32>', which differ in sizes or element type}}
  %0 = torch_c.from_builtin_tensor %t : tensor<2xi32> -> !torch.vtensor<[2],si64>
  return
}
