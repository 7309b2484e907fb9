module {
  func.func @model(%arg0: !torch.vtensor<[?,4],f32>, %arg1: !torch.vtensor<[],i1>) -> !torch.vtensor<[?,2],f32> attributes {torch.onnx_meta.ir_version = 8 : si64, torch.onnx_meta.opset_version = 17 : si64, torch.onnx_meta.producer_name = "pytorch", torch.onnx_meta.producer_version = "2.1.0"} {
    %0 = torch.operator "onnx.Constant"() {torch.onnx.value = dense<[[1.000000e+00, 0.000000e+00, 0.000000e+00, 2.000000e+00], [0.000000e+00, 1.000000e+00, 5.000000e-01, 0.000000e+00]]> : tensor<2x4xf32>} : () -> !torch.vtensor<[2,4],f32>
    %1 = torch.operator "onnx.Gemm"(%arg0, %0) {torch.onnx.alpha = 1.000000e+00 : f32, torch.onnx.transB = 1 : si64} : (!torch.vtensor<[?,4],f32>, !torch.vtensor<[2,4],f32>) -> !torch.vtensor<[?,2],f32>
    %none = torch.constant.none
    %2 = torch.operator "onnx.Clip"(%1, %none, %none) : (!torch.vtensor<[?,2],f32>, !torch.none, !torch.none) -> !torch.vtensor<[?,2],f32>
    %3 = torch.operator "onnx.If"(%arg1) : (!torch.vtensor<[],i1>) -> !torch.vtensor<[?,2],f32> {
      %5 = torch.operator "onnx.Relu"(%2) : (!torch.vtensor<[?,2],f32>) -> !torch.vtensor<[?,2],f32>
      torch.operator_terminator %5 : !torch.vtensor<[?,2],f32>
    }, {
      torch.operator_terminator %2 : !torch.vtensor<[?,2],f32>
    }
    %4 = torch.operator "onnx.Softmax"(%3) {torch.onnx.axis = 1 : si64} : (!torch.vtensor<[?,2],f32>) -> !torch.vtensor<[?,2],f32>
    return %4 : !torch.vtensor<[?,2],f32>
  }
}
