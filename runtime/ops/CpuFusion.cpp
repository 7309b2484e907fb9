//===- CpuFusion.cpp - No fused kernels on a CPU --------------------------===//
//
// A LibTorch that was built with LLVM compiles a graph's arithmetic on a CPU
// into kernels of its own from the second call on. They round differently from
// the operators that they replace, and a probe between two operators parts a
// kernel, so that it would change what is trained. And the compiler of Debian
// 13's LibTorch 2.6.0 does not come to an end with some of them. Debian 12's
// LibTorch has no such compiler. Whoever loads this library therefore trains
// without; a GPU's kernels are left alone.
//
//===----------------------------------------------------------------------===//
#include <torch/csrc/Export.h>

namespace torch::jit {
/// As torch/csrc/jit/codegen/fuser/interface.h has it, which is not installed.
TORCH_API void overrideCanFuseOnCPU(bool value);
} // namespace torch::jit

[[maybe_unused]] static const bool kFusionIsOff =
    (::torch::jit::overrideCanFuseOnCPU(false), true);
