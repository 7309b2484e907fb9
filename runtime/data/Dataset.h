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

/// Rows as they stand in the files: inputs [rows, ...] and targets [rows], in
/// the files' element types.
struct RawRows {
  at::Tensor inputs, targets;
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

/// Reads all files of `entry`. Throws std::runtime_error for a file that is
/// missing, changed, truncated or malformed, or another number of rows than the
/// catalogue says.
RawData loadRawData(const DatasetEntry &entry);

/// Draws the rows (without replacement, by `dataset.seed` alone), applies the
/// transforms in order, and converts. The training and the validation part are
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
