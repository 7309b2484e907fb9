//===- CurvatureSample.h - The signals of one curvature sample --*- C++ -*-===//
//
// Which numbers a sample records, apart from how the loss's graph comes about.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_CURVATURESAMPLE_H
#define DYNFAULT_RUNTIME_OPS_CURVATURESAMPLE_H

#include "runtime/curvature/GaussNewton.h"
#include "runtime/curvature/LossHessian.h"
#include "runtime/ops/Operators.h"

namespace dynfault {

/// The matrices of one sample.
struct CurvatureMatrices {
  const LossHessian &hessian;
  const GaussNewton *gaussNewton; ///< Null unless it is among the quantities.
};

/// Records all signals of docs/curvature.md that the request asks for.
void recordCurvatureSample(Recorder &recorder, const CurvatureRequest &request,
                           const CurvatureMatrices &matrices);

/// Records NaN for each of them: the curvature cannot be had.
void recordNoCurvature(Recorder &recorder, const CurvatureRequest &request);

/// True if `quantity` is among the request's.
bool wants(const CurvatureRequest &request, const char *quantity);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_CURVATURESAMPLE_H
