#map = affine_map<(d0, d1) -> (d0, d1)>
module {
  func.func @forward(%arg0: !torch.vtensor<[4,8],f32>, %arg1: !torch.int) -> (!torch.vtensor<[4,8],f32>, !torch.int) {
    %cst = arith.constant 0.000000e+00 : f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %0 = torch_c.to_builtin_tensor %arg0 : !torch.vtensor<[4,8],f32> -> tensor<4x8xf32>
    %1 = tensor.empty() : tensor<4x8xf32>
    %2 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<4x8xf32>) outs(%1 : tensor<4x8xf32>) {
    ^bb0(%in: f32, %out: f32):
      %8 = arith.maximumf %in, %cst : f32
      linalg.yield %8 : f32
    } -> tensor<4x8xf32>
    %3 = tosa.clamp %2 {max_fp = 6.000000e+00 : f32, max_int = 6 : i64, min_fp = 0.000000e+00 : f32, min_int = 0 : i64} : (tensor<4x8xf32>) -> tensor<4x8xf32>
    %4 = scf.for %arg2 = %c0 to %c4 step %c1 iter_args(%arg3 = %3) -> (tensor<4x8xf32>) {
      %8 = arith.addf %arg3, %3 : tensor<4x8xf32>
      scf.yield %8 : tensor<4x8xf32>
    }
    %5 = torch_c.from_builtin_tensor %4 : tensor<4x8xf32> -> !torch.vtensor<[4,8],f32>
    %6 = torch_c.to_i64 %arg1
    %7 = torch_c.from_i64 %6
    return %5, %7 : !torch.vtensor<[4,8],f32>, !torch.int
  }
}
