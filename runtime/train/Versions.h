//===- Versions.h - What computed a run -------------------------*- C++ -*-===//
//
// The last bits of a trace depend on the libraries, so each run names them.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRAIN_VERSIONS_H
#define DYNFAULT_RUNTIME_TRAIN_VERSIONS_H

#include <string>

namespace dynfault {

/// A JSON object with `dynfault`, `libtorch` and `blas`.
std::string versionsJson();

/// dynfault's own version, e.g. `0.1.0`.
std::string dynfaultVersion();

/// Sets the number of threads of LibTorch's operators and, where it is OpenBLAS
/// with threads of its own, of the BLAS library.
void setThreadCount(int threads);

/// Has the BLAS library take the buffers that it keeps for its matrix products.
/// OpenBLAS with threads of its own gives them up in a forked process, and
/// tries forever to get them again where a limit leaves no room.
void startBlas();

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRAIN_VERSIONS_H
