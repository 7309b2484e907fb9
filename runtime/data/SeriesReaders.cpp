//===- SeriesReaders.cpp - Formats that hold signals over time ------------===//

#include "runtime/data/Bundle.h"
#include "runtime/data/Csv.h"
#include "runtime/data/LogMel.h"
#include "runtime/data/Npy.h"
#include "runtime/data/Readers.h"
#include "runtime/data/Wav.h"

#include <ATen/ATen.h>
#include <cmath>
#include <fmt/format.h>
#include <unordered_map>

namespace dynfault {

namespace {

/// `series` {`column`, `window`, `horizon` = 1, `stride` = 1, `share` = 0.8}: a
/// column of a CSV file with a header. A row is `window` values; its target is
/// the value `horizon` steps after the last of them. A missing value repeats
/// the one before. The training part is made from the first `share` of the
/// values, the validation part from the rest, so that what is predicted lies
/// after everything that was seen.
class SeriesReader : public DatasetReader {
public:
  explicit SeriesReader(const DatasetEntry &entry) : DatasetReader(entry) {
    const JsonField &options = entry.options;
    options.checkMembers({"column", "window", "horizon", "stride", "share"});
    column = options.at("column").asString();
    window = options.at("window").asIntAtLeast(1);
    if (auto field = options.find("horizon"))
      horizon = field->asIntAtLeast(1);
    if (auto field = options.find("stride"))
      stride = field->asIntAtLeast(1);
    if (auto field = options.find("share"))
      share = field->asDouble();
  }

  RawRows read(const DataPart &part) override {
    std::string file = path(part.table);
    Table table = csvTable(parseCsv(contents(part.table), file),
                           /*header=*/true, file);
    std::vector<double> values = takeColumn(table, part);
    int64_t border = std::llround(share * values.size());
    if (part.role == "train")
      values.resize(border);
    else
      values.erase(values.begin(), values.begin() + border);
    at::Tensor signal = at::tensor(values, at::kDouble);
    int64_t span = window + horizon;
    if (signal.size(0) < span)
      fail(part.table,
           fmt::format("{} values are less than one window", signal.size(0)));
    at::Tensor windows = signal.unfold(0, span, stride);
    return {windows.narrow(1, 0, window).contiguous(),
            windows.select(1, span - 1).contiguous()};
  }

private:
  std::vector<double> takeColumn(const Table &table,
                                 const DataPart &part) const {
    size_t width = table.columns.size(), at = 0;
    while (at < width && table.columns[at].name != column)
      ++at;
    if (at == width || !table.columns[at].categories.empty())
      fail(part.table, fmt::format("no column '{}' of numbers", column));
    std::vector<double> values;
    for (int64_t row = 0; row < table.rows(); ++row) {
      double value = table.values[row * width + at];
      if (std::isnan(value) && values.empty())
        continue;
      values.push_back(std::isnan(value) ? values.back() : value);
    }
    return values;
  }

  std::string column;
  int64_t window, horizon = 1, stride = 1;
  double share = 0.8;
};

/// `npz_windows` {`array`, `window`, `stride`, `block`}: a recording, cut into
/// blocks, each block into windows. Windows of one block overlap and are a
/// group; windows of different blocks do not. The target is the window itself.
class NpzWindowReader : public DatasetReader {
public:
  explicit NpzWindowReader(const DatasetEntry &entry) : DatasetReader(entry) {
    const JsonField &options = entry.options;
    options.checkMembers({"array", "window", "stride", "block"});
    array = options.at("array").asString();
    window = options.at("window").asIntAtLeast(1);
    stride = options.at("stride").asIntAtLeast(1);
    block = options.at("block").asIntAtLeast(window);
  }

  RawRows read(const DataPart &part) override {
    at::Tensor signal = parseNpz(readDataFile(entry, entry.file(part.table)),
                                 array, path(part.table));
    if (signal.dim() != 1 || signal.size(0) < block)
      fail(part.table, "is no recording of one block at least");
    at::Tensor blocks = signal.unfold(0, block, block);
    at::Tensor windows = blocks.unfold(1, window, stride);
    at::Tensor groups = at::arange(windows.size(0), at::kLong)
                            .unsqueeze(1)
                            .expand({windows.size(0), windows.size(1)});
    return {windows.reshape({-1, window}), at::Tensor(), groups.reshape(-1)};
  }

private:
  std::string array;
  int64_t window, stride, block;
};

/// `speech` {`clip`, `silence`, `window`, `hop`, `bands`, `rate`}: a bundle of
/// recordings, cut into clips of `clip` samples; a rest is left out, and so is
/// a clip whose mean square lies more than `silence` decibels below full scale.
/// A row is logMel() of a clip, [bands, pieces]. The clips of all recordings of
/// one name, whatever the part, are a group: it is one prompt, said by several
/// speakers.
class SpeechReader : public DatasetReader {
public:
  explicit SpeechReader(const DatasetEntry &entry) : DatasetReader(entry) {
    const JsonField &json = entry.options;
    json.checkMembers({"clip", "silence", "window", "hop", "bands", "rate"});
    clip = json.at("clip").asIntAtLeast(1);
    silence = json.at("silence").asDouble();
    options.window = json.at("window").asIntAtLeast(2);
    options.hop = json.at("hop").asIntAtLeast(1);
    options.bands = json.at("bands").asIntAtLeast(1);
    options.rate = json.at("rate").asIntAtLeast(1);
  }

  RawRows read(const DataPart &part) override {
    double least = std::pow(10, -silence / 10);
    std::vector<at::Tensor> rows;
    std::vector<int64_t> groups;
    for (const BundleMember &member :
         readBundle(contents(part.table), path(part.table))) {
      std::string file = path(part.table) + ": " + member.name;
      Sound sound = parseWav(member.bytes, file);
      if (sound.rate != options.rate)
        throw std::runtime_error(
            fmt::format("{}: has {} samples a second, the catalogue says {}",
                        file, sound.rate, options.rate));
      if (sound.samples.size(0) < clip)
        continue;
      int64_t prompt =
          prompts.emplace(member.name, int64_t(prompts.size())).first->second;
      at::Tensor clips = sound.samples.unfold(0, clip, clip);
      for (int64_t i = 0; i < clips.size(0); ++i) {
        if (clips[i].square().mean().item<double>() < least)
          continue;
        rows.push_back(logMel(clips[i], options));
        groups.push_back(prompt);
      }
    }
    if (rows.empty())
      fail(part.table, "holds no clip that is long and loud enough");
    return {at::stack(rows), labels(part, rows.size()),
            at::tensor(groups, at::kLong)};
  }

private:
  int64_t clip;
  double silence;
  LogMelOptions options;
  std::unordered_map<std::string, int64_t> prompts;
};

} // namespace

std::unique_ptr<DatasetReader> makeSeriesReader(const DatasetEntry &entry) {
  return std::make_unique<SeriesReader>(entry);
}
std::unique_ptr<DatasetReader> makeNpzWindowReader(const DatasetEntry &entry) {
  return std::make_unique<NpzWindowReader>(entry);
}
std::unique_ptr<DatasetReader> makeSpeechReader(const DatasetEntry &entry) {
  return std::make_unique<SpeechReader>(entry);
}

} // namespace dynfault
