//===- Dataset.cpp - From data files to tensors for training --------------===//

#include "runtime/data/Dataset.h"

#include "runtime/data/Delimited.h"
#include "runtime/data/FileBytes.h"
#include "runtime/data/Idx.h"
#include "runtime/data/Random.h"
#include "runtime/data/Transforms.h"

#include <fmt/format.h>
#include <stdexcept>

namespace dynfault {

namespace {

/// Streams of Random, so that the two draws are unrelated.
constexpr uint64_t TrainStream = 1, ValidationStream = 2;

at::Tensor readArray(const DatasetEntry &entry, const std::string &name) {
  const DataFile &file = entry.file(name);
  std::string path = dataFilePath(entry, file).string();
  std::string bytes = gunzipIfPacked(readDataFile(entry, file), path);
  if (entry.format == "idx")
    return parseIdx(bytes, path);
  return parseDelimited(bytes, path, entry.options);
}

RawRows readPart(const DatasetEntry &entry, const DataPart &part) {
  RawRows rows;
  std::string name = part.table.empty() ? part.inputs : part.table;
  std::string path = dataFilePath(entry, entry.file(name)).string();
  rows.inputs = readArray(entry, name);
  if (!part.table.empty()) {
    if (rows.inputs.dim() != 2)
      throw std::runtime_error(fmt::format("{}: is not a table", path));
    std::tie(rows.inputs, rows.targets) =
        splitTarget(rows.inputs, entry.options.targetColumn, path);
  } else {
    rows.targets = readArray(entry, part.targets);
    if (rows.targets.numel() != rows.targets.size(0))
      throw std::runtime_error(
          fmt::format("{}: expected one target in each row",
                      dataFilePath(entry, entry.file(part.targets)).string()));
    rows.targets = rows.targets.reshape(-1);
  }
  if (rows.inputs.size(0) != part.rows || rows.targets.size(0) != part.rows)
    throw std::runtime_error(fmt::format(
        "{}: holds {} rows and {} targets, the catalogue says {}", path,
        rows.inputs.size(0), rows.targets.size(0), part.rows));
  return rows;
}

void append(RawRows &rows, const RawRows &more) {
  if (!rows.inputs.defined()) {
    rows = more;
    return;
  }
  rows.inputs = at::cat({rows.inputs, more.inputs});
  rows.targets = at::cat({rows.targets, more.targets});
}

RawRows draw(const RawRows &rows, const std::vector<int64_t> &order,
             int64_t first, int64_t count) {
  at::Tensor index =
      at::tensor(at::ArrayRef<int64_t>(order).slice(first, count), at::kLong);
  return {rows.inputs.index_select(0, index).to(at::kDouble),
          rows.targets.index_select(0, index).to(at::kDouble)};
}

void checkEnough(int64_t wanted, int64_t present, const char *part,
                 const DataRequest &request) {
  if (wanted > present)
    throw std::runtime_error(fmt::format(
        "{}: program.json: asks for {} {} rows of '{}', which has {}",
        request.file, wanted, part, request.dataset.source, present));
}

/// The training and validation rows, float64.
TransformState drawRows(const RawData &raw, const DataRequest &request) {
  const DatasetSpec &spec = request.dataset;
  Random trainRandom(spec.seed, TrainStream);
  int64_t present = raw.train.inputs.size(0);
  RawRows train, validation;
  if (raw.pooled) {
    checkEnough(spec.train + spec.validation, present,
                "training and validation", request);
    std::vector<int64_t> order = trainRandom.permutation(present);
    train = draw(raw.train, order, 0, spec.train);
    validation = draw(raw.train, order, spec.train, spec.validation);
  } else {
    checkEnough(spec.train, present, "training", request);
    int64_t held = raw.validation.inputs.size(0);
    checkEnough(spec.validation, held, "validation", request);
    Random heldRandom(spec.seed, ValidationStream);
    train = draw(raw.train, trainRandom.permutation(present), 0, spec.train);
    validation =
        draw(raw.validation, heldRandom.permutation(held), 0, spec.validation);
  }
  TransformState state;
  state.data = {train.inputs, train.targets, validation.inputs,
                validation.targets};
  state.classification = request.classification;
  return state;
}

/// Labels must be whole numbers that the data set and the output both know.
void checkLabels(const at::Tensor &targets, const DatasetEntry &entry,
                 const DataRequest &request) {
  int64_t classes = entry.classes;
  // One score per class; a float target goes with one logit, for two classes.
  int64_t scores = request.target.dtype != at::kLong ? 2
                   : request.output.shape.size() > 1 ? request.output.shape[1]
                                                     : classes;
  if (scores < classes)
    throw std::runtime_error(fmt::format(
        "{}: program.json: the data set '{}' has {} classes, the program's "
        "output tells {} apart",
        request.file, entry.name, classes, scores));
  double low = targets.min().item<double>();
  double high = targets.max().item<double>();
  if (low < 0 || high >= classes || !targets.equal(targets.round()))
    throw std::runtime_error(fmt::format(
        "data set '{}': labels from {} to {} are not the {} classes of the "
        "catalogue (whole numbers from 0)",
        entry.name, low, high, classes));
}

at::Tensor conform(const at::Tensor &values, const TensorSpec &spec,
                   const char *what, const DataRequest &request) {
  int64_t wanted = 1;
  for (size_t i = 1; i < spec.shape.size(); ++i)
    wanted *= spec.shape[i];
  int64_t present = values.numel() / values.size(0);
  if (wanted != present)
    throw std::runtime_error(fmt::format(
        "{}: program.json: '{}.shape' holds {} values for each row, the data "
        "set '{}' has {}",
        request.file, what, wanted, request.dataset.source, present));
  std::vector<int64_t> shape = spec.shape;
  shape[0] = values.size(0);
  return values.reshape(shape).to(spec.dtype).contiguous();
}

} // namespace

RawData loadRawData(const DatasetEntry &entry) {
  RawData raw;
  raw.pooled = true;
  for (const DataPart &part : entry.parts) {
    RawRows rows = readPart(entry, part);
    append(part.role == "validation" ? raw.validation : raw.train, rows);
    raw.pooled &= part.role == "pool";
  }
  bool whole = raw.train.inputs.defined() &&
               (raw.pooled || raw.validation.inputs.defined());
  if (!whole)
    throw std::runtime_error(fmt::format(
        "data catalogue: '{}' needs parts of role 'pool', or both 'train' and "
        "'validation'",
        entry.name));
  return raw;
}

PreparedData prepareData(const RawData &raw, const DatasetEntry &entry,
                         const DataRequest &request) {
  if (request.classification != (entry.task == "classification"))
    throw std::runtime_error(fmt::format(
        "{}: program.json: a {} program cannot train on '{}', "
        "which is a {} data set",
        request.file, request.classification ? "classification" : "regression",
        entry.name, entry.task));
  TransformState state = drawRows(raw, request);
  if (request.classification) {
    checkLabels(raw.train.targets, entry, request);
    if (!raw.pooled)
      checkLabels(raw.validation.targets, entry, request);
    state.classes = entry.classes;
  }
  for (const TransformSpec &transform : request.dataset.transforms)
    applyTransform(transform, state);
  PreparedData &data = state.data;
  return {conform(data.trainInputs, request.input, "input", request),
          conform(data.trainTargets, request.target, "target", request),
          conform(data.validationInputs, request.input, "input", request),
          conform(data.validationTargets, request.target, "target", request)};
}

const RawData &DataStore::raw(const std::string &source) {
  auto found = loaded.find(source);
  if (found == loaded.end())
    found = loaded.emplace(source, loadRawData(known.entry(source))).first;
  return found->second;
}

PreparedData DataStore::prepare(const DataRequest &request) {
  const RawData &rows = raw(request.dataset.source);
  return prepareData(rows, known.entry(request.dataset.source), request);
}

} // namespace dynfault
