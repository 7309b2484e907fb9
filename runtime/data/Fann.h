//===- Fann.h - Reader for FANN's training files ----------------*- C++ -*-===//
//
// The text format of fann_read_train_from_file (Nissen 2003): a line with the
// numbers of rows, inputs and outputs, then for each row its inputs and its
// outputs, separated by white space.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_FANN_H
#define DYNFAULT_RUNTIME_DATA_FANN_H

#include "runtime/data/Dataset.h"

namespace dynfault {

/// Inputs and outputs in `text`, float64 [rows, inputs] and [rows, outputs].
/// Throws std::runtime_error with `FILE:LINE` for a header that is not three
/// positive numbers, a value that is no finite number, or too few or too many
/// values.
RawRows parseFann(const std::string &text, const std::string &file);

/// The class of each row of `outputs` [rows, classes], float64 [rows]: the
/// place of its single 1. Throws std::runtime_error that names `file` and the
/// row if there is not exactly one 1 among zeros.
at::Tensor classesOfUnitVectors(const at::Tensor &outputs,
                                const std::string &file);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_FANN_H
