//===- Operators.h - Declarations of all fault operators --------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_INJECT_OPERATORS_H
#define DYNFAULT_PASSES_INJECT_OPERATORS_H

#include "passes/inject/FaultOperator.h"

namespace dynfault::inject {

extern const FaultOperator kChangeLabels;       // TCL
extern const FaultOperator kChangeActivation;   // ACH
extern const FaultOperator kChangeLoss;         // LCH
extern const FaultOperator kChangeLearningRate; // HLR

} // namespace dynfault::inject

#endif // DYNFAULT_PASSES_INJECT_OPERATORS_H
