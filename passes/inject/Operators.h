//===- Operators.h - Declarations of all fault operators --------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_INJECT_OPERATORS_H
#define DYNFAULT_PASSES_INJECT_OPERATORS_H

#include "passes/inject/FaultOperator.h"

namespace dynfault::inject {

// data
extern const FaultOperator kChangeLabels;          // TCL
extern const FaultOperator kDeleteTrainingData;    // TRD
extern const FaultOperator kUnbalanceTrainingData; // TUD
extern const FaultOperator kAddNoise;              // TAN
extern const FaultOperator kOverlapClasses;        // TCO
extern const FaultOperator kRepeatData;            // TDR
extern const FaultOperator kSortTrainingData;      // TDS
extern const FaultOperator kMisnormalizeInputs;    // TNP
extern const FaultOperator kMismatchPreprocessing; // TLK

// model
extern const FaultOperator kChangeActivation; // ACH

// objective
extern const FaultOperator kChangeLoss; // LCH

// optimization
extern const FaultOperator kChangeLearningRate; // HLR

} // namespace dynfault::inject

#endif // DYNFAULT_PASSES_INJECT_OPERATORS_H
