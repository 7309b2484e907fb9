//===- Dataset.cpp - From data files to tensors for training --------------===//

#include "runtime/data/Dataset.h"

#include "runtime/data/Derive.h"
#include "runtime/data/ParsedCache.h"
#include "runtime/data/Random.h"
#include "runtime/data/Readers.h"
#include "runtime/data/Split.h"
#include "runtime/data/Transforms.h"

#include <ATen/ATen.h>
#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>
#include <stdexcept>

namespace dynfault {

namespace {

/// Streams of Random, so that the draws are unrelated.
constexpr uint64_t TrainStream = 1, ValidationStream = 2, DeriveStream = 6;

/// What takes longer to read, and is no small table on a busy machine, is kept
/// (ParsedCache.h).
constexpr double SecondsWorthKeeping = 0.2;
constexpr size_t BytesWorthKeeping = 1 << 20;

RawRows readPart(DatasetReader &reader, const DatasetEntry &entry,
                 const DataPart &part) {
  RawRows rows = reader.read(part);
  // The target may be the input itself.
  if (!rows.targets.defined())
    rows.targets = rows.inputs;
  if (rows.inputs.size(0) != part.rows || rows.targets.size(0) != part.rows) {
    std::string name = part.table.empty() ? part.inputs : part.table;
    throw std::runtime_error(fmt::format(
        "{}: holds {} rows and {} targets, the catalogue says {}",
        name.empty() ? entry.name
                     : dataFilePath(entry, entry.file(name)).string(),
        rows.inputs.size(0), rows.targets.size(0), part.rows));
  }
  return rows;
}

void append(RawRows &rows, const RawRows &more) {
  if (!rows.inputs.defined()) {
    rows = more;
    return;
  }
  rows.inputs = at::cat({rows.inputs, more.inputs});
  rows.targets = at::cat({rows.targets, more.targets});
  if (rows.groups.defined())
    rows.groups = at::cat({rows.groups, more.groups});
}

RawRows draw(const RawRows &rows, at::ArrayRef<int64_t> chosen) {
  at::Tensor index = at::tensor(chosen, at::kLong);
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

/// Whether both parts see the same row, each with targets of its own.
bool isGraph(const DatasetEntry &entry) {
  auto kind = entry.derive.find("kind");
  return kind && kind->isString() && kind->asString() == "known_nodes";
}

/// The training and validation rows, float64.
TransformState drawRows(const RawData &raw, const DatasetEntry &entry,
                        const DataRequest &request) {
  const DatasetSpec &spec = request.dataset;
  int64_t present = raw.train.inputs.size(0);
  RawRows train, validation;
  if (isGraph(entry)) {
    checkEnough(std::max(spec.train, spec.validation), present, "graph",
                request);
    train = validation = draw(raw.train, {0});
  } else if (raw.pooled) {
    checkEnough(spec.train + spec.validation, present,
                "training and validation", request);
    PoolRows pool{present, raw.train.groups, at::Tensor()};
    if (entry.stratify)
      pool.classes = raw.train.targets.to(at::kDouble).contiguous();
    auto split = splitPool(pool, spec.train, spec.validation, spec.seed);
    if (!split)
      throw std::runtime_error(fmt::format(
          "{}: program.json: asks for {} training and {} validation rows of "
          "'{}', whose {} rows cannot be split so, since some belong together; "
          "ask for fewer",
          request.file, spec.train, spec.validation, spec.source, present));
    train = draw(raw.train, split->train);
    validation = draw(raw.train, split->validation);
  } else {
    checkEnough(spec.train, present, "training", request);
    int64_t held = raw.validation.inputs.size(0);
    checkEnough(spec.validation, held, "validation", request);
    auto first = [&](int64_t rows, int64_t count, uint64_t stream) {
      std::vector<int64_t> order = Random(spec.seed, stream).permutation(rows);
      order.resize(count);
      return order;
    };
    train = draw(raw.train, first(present, spec.train, TrainStream));
    validation =
        draw(raw.validation, first(held, spec.validation, ValidationStream));
  }
  TransformState state;
  state.data = {train.inputs, train.targets, validation.inputs,
                validation.targets};
  state.classification = request.classification;
  return state;
}

/// A program may ask for fewer tokens than the rows have: it gets the ones that
/// a reader with that length would have kept. Returns whether it does.
bool cutTokens(const DatasetEntry &entry, const DataRequest &request,
               PreparedData &data) {
  bool windows = entry.format == "text_windows";
  if ((entry.format != "text" && !windows) || request.input.shape.size() != 2)
    return false;
  int64_t wanted = request.input.shape[1], present = data.trainInputs.size(1);
  if (wanted >= present)
    return false;
  bool everyToken = windows && data.trainTargets.dim() == 2;
  bool keepEnd =
      windows ? !everyToken : entry.options.at("keep").asString() == "end";
  auto cut = [&](at::Tensor &tokens) {
    tokens = tokens.narrow(1, keepEnd ? present - wanted : 0, wanted);
  };
  cut(data.trainInputs);
  cut(data.validationInputs);
  if (!everyToken)
    return true;
  cut(data.trainTargets);
  cut(data.validationTargets);
  return true;
}

/// Missing numbers become their feature's mean over the training rows, or 0 if
/// all of them miss it.
void fillMissing(PreparedData &data) {
  at::Tensor missing = data.trainInputs.isnan();
  at::Tensor missingHeld = data.validationInputs.isnan();
  if (!missing.any().item<bool>() && !missingHeld.any().item<bool>())
    return;
  at::Tensor sum = at::nansum(data.trainInputs, 0, /*keepdim=*/true);
  at::Tensor count = missing.logical_not().sum(0, /*keepdim=*/true);
  at::Tensor mean = sum / count.clamp_min(1);
  data.trainInputs = at::where(missing, mean, data.trainInputs);
  data.validationInputs = at::where(missingHeld, mean, data.validationInputs);
}

void checkForm(const at::Tensor &values, const RowForm &form, const char *what,
               const DatasetEntry &entry) {
  if (!form.shape.empty() &&
      values.sizes().slice(1) != at::IntArrayRef(form.shape).slice(1))
    throw std::runtime_error(fmt::format(
        "data catalogue: '{}': a row's {} is of size [{}], not [{}] as it says",
        entry.name, what, fmt::join(values.sizes().slice(1), ", "),
        fmt::join(form.shape.begin() + 1, form.shape.end(), ", ")));
}

/// Labels must be whole numbers that the data set and the output both know.
void checkLabels(const at::Tensor &targets, const DatasetEntry &entry,
                 const DataRequest &request) {
  constexpr double Ignored = -100;
  int64_t classes = entry.classes;
  // One score per class, along the second dimension or, for one class for each
  // of several places, some other; a float target goes with one logit, for two
  // classes.
  const std::vector<int64_t> &output = request.output.shape;
  int64_t scores = request.target.dtype != at::kLong ? 2
                   : output.size() == 2              ? output[1]
                   : output.size() > 2
                       ? *std::max_element(output.begin() + 1, output.end())
                       : classes;
  if (scores < classes)
    throw std::runtime_error(fmt::format(
        "{}: program.json: the data set '{}' has {} classes, the program's "
        "output tells {} apart",
        request.file, entry.name, classes, scores));
  at::Tensor known =
      targets.dim() > 1 ? targets.masked_select(targets.ne(Ignored)) : targets;
  if (known.numel() == 0)
    return;
  double low = known.min().item<double>();
  double high = known.max().item<double>();
  if (low < 0 || high >= classes || !known.equal(known.round()))
    throw std::runtime_error(fmt::format(
        "data set '{}': labels from {} to {} are not the {} classes of the "
        "catalogue (whole numbers from 0)",
        entry.name, low, high, classes));
}

/// Faults of the data work on rows by their class; a row that has one for each
/// of several places belongs to none.
void checkTransform(const TransformSpec &transform, const TransformState &state,
                    const DataRequest &request) {
  static const std::set<std::string> byClass = {
      "delete_training_data", "unbalance_training_data", "overlap_classes",
      "sort_by_target"};
  const at::Tensor &targets = state.data.trainTargets;
  if (request.classification && targets.numel() != targets.size(0) &&
      byClass.count(transform.kind))
    transform.json.fail(
        fmt::format("'{}' needs one class for each row; a row of '{}' has {}",
                    transform.kind, request.dataset.source,
                    targets.numel() / targets.size(0)));
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
  if (spec.dtype == at::kLong && !values.equal(values.round()))
    throw std::runtime_error(
        fmt::format("{}: program.json: '{}.dtype' is int64, but the prepared "
                    "values of '{}' are not whole numbers",
                    request.file, what, request.dataset.source));
  return values.reshape(shape).to(spec.dtype).contiguous();
}

} // namespace

RawData loadRawData(const DatasetEntry &entry) {
  if (auto kept = loadParsed(entry))
    return *kept;
  auto started = std::chrono::steady_clock::now();
  RawData raw;
  raw.pooled = true;
  std::unique_ptr<DatasetReader> reader = makeReader(entry);
  for (const DataPart &part : entry.parts) {
    RawRows rows = readPart(*reader, entry, part);
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
  reader->finish(raw);
  if (raw.pooled)
    raw.train.groups = joinEqualRows(raw.train.inputs, raw.train.groups);
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - started;
  if (seconds.count() > SecondsWorthKeeping &&
      raw.train.inputs.nbytes() > BytesWorthKeeping)
    storeParsed(entry, raw);
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
  TransformState state = drawRows(raw, entry, request);
  bool cut = cutTokens(entry, request, state.data);
  Random random(request.dataset.seed, DeriveStream);
  deriveTask(entry.derive, random, state);
  fillMissing(state.data);
  if (!cut) {
    checkForm(state.data.trainInputs, entry.input, "input", entry);
    checkForm(state.data.trainTargets, entry.target, "target", entry);
  }
  if (request.classification) {
    checkLabels(state.data.trainTargets, entry, request);
    checkLabels(state.data.validationTargets, entry, request);
    state.classes = entry.classes;
  }
  for (const TransformSpec &transform : request.dataset.transforms) {
    checkTransform(transform, state, request);
    applyTransform(transform, state);
  }
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
