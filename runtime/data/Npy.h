//===- Npy.h - Reader for NumPy's array files -------------------*- C++ -*-===//
//
// The .npy format (NEP 1), versions 1 and 2: magic, version, length, a header
// that is a Python dictionary, then the elements. A .npz file is a zip file of
// them (Bundle.h).
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_NPY_H
#define DYNFAULT_RUNTIME_DATA_NPY_H

#include <ATen/core/Tensor.h>
#include <string>

namespace dynfault {

/// The array in `bytes` with its own shape: little-endian integers (of 8, 16,
/// 32 or 64 bits) and floats (32, 64) in C order. LibTorch has no uint16; that
/// becomes int32. Throws std::runtime_error that names `file` and the defect.
at::Tensor parseNpy(const std::string &bytes, const std::string &file);

/// The array `name` of a .npz file. Throws if it has none of that name.
at::Tensor parseNpz(const std::string &bytes, const std::string &name,
                    const std::string &file);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_NPY_H
