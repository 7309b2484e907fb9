//===- Dataset.h - From data files to tensors for training ------*- C++ -*-===//
//
// Two stages: loading reads and checks the files, preparing draws the rows,
// applies the transforms and gives the tensors the shape that the program asks
// for. Many runs share one load.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_DATASET_H
#define DYNFAULT_RUNTIME_DATA_DATASET_H

#include "runtime/data/Catalogue.h"
#include "runtime/data/Json.h"

#include <ATen/core/Tensor.h>
#include <map>
#include <memory>

namespace dynfault {

/// Rows as a reader gives them, in the files' element types. A missing number
/// is NaN. Text holds numbers of words (Vocabulary.h).
struct RawRows {
  at::Tensor inputs;  ///< [rows, ...].
  at::Tensor targets; ///< [rows, ...]; undefined: the inputs are the targets.
  /// int64 [rows] or undefined: rows of one group are near-duplicates and never
  /// come to stand in both parts.
  at::Tensor groups = {};
};

/// A data set in memory. Pooled: both parts are drawn from `train`, and
/// `validation` is undefined.
struct RawData {
  bool pooled = false;
  RawRows train, validation;
};

/// One step of preparing data (docs/archive.md), e.g. `{"kind": "unit"}`.
struct TransformSpec {
  std::string kind;
  JsonField json; ///< The whole object, for its parameters.
};

/// The `dataset` object of program.json.
struct DatasetSpec {
  std::string source;
  int64_t train = 0;
  int64_t validation = 0;
  uint64_t seed = 0;
  std::vector<TransformSpec> transforms;
};

/// Element type and shape of a batch; the first size is -1.
struct TensorSpec {
  at::ScalarType dtype = at::kFloat;
  std::vector<int64_t> shape;
};

/// What a program wants its data to look like.
struct DataRequest {
  DatasetSpec dataset;
  TensorSpec input, target, output;
  bool classification = true;
  std::string file; ///< The archive, for errors.
};

/// The tensors that a run trains and validates on, on the CPU, contiguous.
struct PreparedData {
  at::Tensor trainInputs, trainTargets;
  at::Tensor validationInputs, validationTargets;
};

/// Reads all files of `entry`, or what was parsed from them before
/// (ParsedCache.h). Throws std::runtime_error for a file that is
/// missing, changed, truncated or malformed, or another number of rows than the
/// catalogue says.
RawData loadRawData(const DatasetEntry &entry);

/// Draws the rows (Split.h), derives what the program trains on from them
/// (Derive.h), replaces missing numbers by the mean of their feature over the
/// training rows, applies the transforms in order, and converts. All of it
/// depends on `dataset.seed` alone. The training and the validation part are
/// disjoint. Throws std::runtime_error that names the program's file if more
/// rows are asked for than there are, a transform is unknown or does not fit,
/// a label is outside the program's classes, or the sizes do not match.
PreparedData prepareData(const RawData &raw, const DatasetEntry &entry,
                         const DataRequest &request);

/// Loads each data set once. Not for concurrent use.
class DataStore {
public:
  explicit DataStore(Catalogue catalogue) : known(std::move(catalogue)) {}

  const Catalogue &catalogue() const { return known; }
  const RawData &raw(const std::string &source);
  PreparedData prepare(const DataRequest &request);

private:
  Catalogue known;
  std::map<std::string, RawData> loaded;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_DATASET_H
