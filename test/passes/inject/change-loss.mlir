// LCH puts another loss in the place of the one in @loss. What each computes is
// checked in numbers by passes/torchscript/faults.test; here is its graph.

// RUN: dynfault-opt %s --dynfault-inject="operator=LCH to=huber" | FileCheck %s --check-prefixes=CHECK,HUBER
// RUN: dynfault-opt %s --dynfault-inject="operator=LCH to=mean_squared_error" | FileCheck %s --check-prefixes=CHECK,MSE
// RUN: dynfault-opt %s --dynfault-inject="operator=LCH to=mean_absolute_error" | FileCheck %s --check-prefixes=CHECK,MAE
// RUN: dynfault-opt %s --dynfault-inject="operator=LCH to=log_cosh" | FileCheck %s --check-prefixes=CHECK,LOGCOSH
// RUN: dynfault-opt %s --dynfault-inject="operator=LCH to=kullback_leibler_divergence" | FileCheck %s --check-prefixes=CHECK,KLD
// RUN: dynfault-opt %s --dynfault-inject="operator=LCH to=poisson" | FileCheck %s --check-prefixes=CHECK,POISSON
// RUN: dynfault-opt %s --dynfault-inject="operator=LCH to=hinge" | FileCheck %s --check-prefixes=CHECK,HINGE
// RUN: dynfault-opt %s --dynfault-inject="operator=LCH to=squared_hinge" | FileCheck %s --check-prefixes=CHECK,SQUARED
// RUN: dynfault-opt %s --dynfault-inject="operator=LCH to=mean_squared_logarithmic_error" | FileCheck %s --check-prefixes=CHECK,MSLE
// RUN: dynfault-opt %s --dynfault-inject="operator=LCH to=mean_absolute_percentage_error" | FileCheck %s --check-prefixes=CHECK,MAPE
// RUN: dynfault-opt %s --dynfault-inject="operator=LCH to=cosine_similarity" | FileCheck %s --check-prefixes=CHECK,COSINE

// HUBER: dynfault.faults = [{after = "huber", before = "cross_entropy_loss", class = "objective", operator = "LCH", parameters = {to = "huber"}, site = "loss"}]

// Logits become probabilities and class indices become rows of zeros and one 1, as
// the formulas expect them.
// CHECK-LABEL: func.func @loss(%arg0: !torch.vtensor<[?,3],f32>, %arg1: !torch.vtensor<[?],si64>)
// CHECK-NOT: torch.aten.cross_entropy_loss
// CHECK: %[[P:.*]] = torch.aten.softmax.int %arg0, %int-1, %{{.*}} : {{.*}} -> !torch.vtensor<[?,3],f32>
// CHECK-NEXT: %[[H:.*]] = torch.aten.one_hot %arg1, %int3 : !torch.vtensor<[?],si64>, !torch.int -> !torch.vtensor<[?,3],si64>
// CHECK-NEXT: %[[T:.*]] = torch.aten.type_as %[[H]], %[[P]] : {{.*}} -> !torch.vtensor<[?,3],f32>
// HUBER: %[[R:.*]] = torch.aten.huber_loss %[[P]], %[[T]], %int1{{[_0-9]*}}, %float1.000000e00 {dynfault.site = "loss"} : {{.*}} -> !torch.vtensor<[],f32>
// MSE: %[[R:.*]] = torch.aten.mse_loss %[[P]], %[[T]], %int1{{[_0-9]*}} {dynfault.site = "loss"}
// MAE: %[[R:.*]] = torch.aten.l1_loss %[[P]], %[[T]], %int1{{[_0-9]*}} {dynfault.site = "loss"}
// LOGCOSH: %[[D:.*]] = torch.aten.sub.Tensor %[[P]], %[[T]]
// LOGCOSH: %[[M:.*]] = torch.aten.mul.Scalar %[[D]], %int-2
// LOGCOSH: %[[S:.*]] = torch.aten.softplus %[[M]],
// LOGCOSH: %[[U:.*]] = torch.aten.add.Tensor %[[D]], %[[S]],
// LOGCOSH: %[[V:.*]] = torch.aten.sub.Scalar %[[U]], %float0.69314718055994529
// LOGCOSH: %[[R:.*]] = torch.aten.mean %[[V]], %{{.*}} {dynfault.site = "loss"}
// KLD: %[[C:.*]] = torch.aten.clamp %[[T]]
// KLD: %[[E:.*]] = torch.aten.clamp %[[P]]
// KLD: %[[D:.*]] = torch.aten.div.Tensor %[[C]], %[[E]]
// KLD: %[[L:.*]] = torch.aten.log %[[D]]
// KLD: %[[M:.*]] = torch.aten.mul.Tensor %[[C]], %[[L]]
// KLD: %[[R:.*]] = torch.aten.mean %[[M]], %{{.*}} {dynfault.site = "loss"}
// POISSON: %[[A:.*]] = torch.aten.add.Scalar %[[P]]
// POISSON: %[[L:.*]] = torch.aten.log %[[A]]
// POISSON: %[[M:.*]] = torch.aten.mul.Tensor %[[T]], %[[L]]
// POISSON: %[[D:.*]] = torch.aten.sub.Tensor %[[P]], %[[M]]
// POISSON: %[[R:.*]] = torch.aten.mean %[[D]], %{{.*}} {dynfault.site = "loss"}
// HINGE: %[[A:.*]] = torch.aten.mul.Scalar %[[T]], %int2
// HINGE: %[[B:.*]] = torch.aten.sub.Scalar %[[A]]
// HINGE: %[[C:.*]] = torch.aten.mul.Tensor %[[B]], %[[P]]
// HINGE: %[[D:.*]] = torch.aten.rsub.Scalar %[[C]]
// HINGE: %[[E:.*]] = torch.aten.clamp_min %[[D]]
// HINGE: %[[R:.*]] = torch.aten.mean %[[E]], %{{.*}} {dynfault.site = "loss"}
// SQUARED: %[[E:.*]] = torch.aten.clamp_min
// SQUARED: %[[F:.*]] = torch.aten.mul.Tensor %[[E]], %[[E]]
// SQUARED: %[[R:.*]] = torch.aten.mean %[[F]], %{{.*}} {dynfault.site = "loss"}
// MSLE: %[[A:.*]] = torch.aten.clamp_min %[[P]]
// MSLE: %[[B:.*]] = torch.aten.log1p %[[A]]
// MSLE: %[[C:.*]] = torch.aten.clamp_min %[[T]]
// MSLE: %[[D:.*]] = torch.aten.log1p %[[C]]
// MSLE: %[[R:.*]] = torch.aten.mse_loss %[[B]], %[[D]], %int1{{[_0-9]*}} {dynfault.site = "loss"}
// MAPE: %[[A:.*]] = torch.aten.abs %[[T]]
// MAPE: %[[B:.*]] = torch.aten.clamp_min %[[A]]
// MAPE: %[[C:.*]] = torch.aten.sub.Tensor %[[P]], %[[T]]
// MAPE: %[[D:.*]] = torch.aten.div.Tensor %[[C]], %[[B]]
// MAPE: %[[E:.*]] = torch.aten.abs %[[D]]
// MAPE: %[[F:.*]] = torch.aten.mul.Scalar %[[E]], %int100
// MAPE: %[[R:.*]] = torch.aten.mean %[[F]], %{{.*}} {dynfault.site = "loss"}
// COSINE: %[[A:.*]] = torch.aten.cosine_similarity %[[T]], %[[P]], %int-1
// COSINE: %[[B:.*]] = torch.aten.mean %[[A]]
// COSINE: %[[R:.*]] = torch.aten.neg %[[B]] {dynfault.site = "loss"}
// HUBER: return %[[R]] : !torch.vtensor<[],f32>
// MSE: return %[[R]] : !torch.vtensor<[],f32>
// MAE: return %[[R]] : !torch.vtensor<[],f32>
// LOGCOSH: return %[[R]] : !torch.vtensor<[],f32>
// KLD: return %[[R]] : !torch.vtensor<[],f32>
// POISSON: return %[[R]] : !torch.vtensor<[],f32>
// HINGE: return %[[R]] : !torch.vtensor<[],f32>
// SQUARED: return %[[R]] : !torch.vtensor<[],f32>
// MSLE: return %[[R]] : !torch.vtensor<[],f32>
// MAPE: return %[[R]] : !torch.vtensor<[],f32>
// COSINE: return %[[R]] : !torch.vtensor<[],f32>
func.func @loss(%output: !torch.vtensor<[?,3],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32> {
  %none = torch.constant.none
  %mean = torch.constant.int 1
  %ignore = torch.constant.int -100
  %smoothing = torch.constant.float 0.0
  %0 = torch.aten.cross_entropy_loss %output, %target, %none, %mean, %ignore, %smoothing {dynfault.site = "loss"} : !torch.vtensor<[?,3],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
  return %0 : !torch.vtensor<[],f32>
}
