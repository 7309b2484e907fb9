//===- Idx.h - Reader for IDX files -----------------------------*- C++ -*-===//
//
// The format of MNIST and its relatives (LeCun, Cortes, Burges 1998): two zero
// bytes, a type code, the number of dimensions, the big-endian 32-bit sizes,
// then big-endian elements in row-major order.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_IDX_H
#define DYNFAULT_RUNTIME_DATA_IDX_H

#include <ATen/core/Tensor.h>
#include <string>

namespace dynfault {

/// The array in `bytes` (unpacked), with the file's own shape and element type:
/// uint8, int8, int16, int32, float32 or float64. Throws std::runtime_error
/// that names `file` and the defect: wrong magic, unknown type code, impossible
/// sizes, too few or too many bytes.
at::Tensor parseIdx(const std::string &bytes, const std::string &file);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_IDX_H
