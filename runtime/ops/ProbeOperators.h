//===- ProbeOperators.h - The probes as operators ---------------*- C++ -*-===//
//
// Registered by Operators.cpp, after the recorder's class.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_PROBEOPERATORS_H
#define DYNFAULT_RUNTIME_OPS_PROBEOPERATORS_H

#include <torch/csrc/jit/runtime/operator.h>

#include <vector>

namespace dynfault {

/// begin_step, end_step and the probes but for that of curvature
/// (docs/archive.md). Needs the class of the recorder.
std::vector<c10::optional<torch::jit::Operator>> probeOperators();

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_PROBEOPERATORS_H
