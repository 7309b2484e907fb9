//===- Readers.cpp - Which reader reads which format ----------------------===//

#include "runtime/data/Readers.h"

#include "runtime/data/FileBytes.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <stdexcept>

namespace dynfault {

std::string DatasetReader::contents(const std::string &name) const {
  return gunzipIfPacked(readDataFile(entry, entry.file(name)), path(name));
}

std::string DatasetReader::path(const std::string &name) const {
  return dataFilePath(entry, entry.file(name)).string();
}

at::Tensor DatasetReader::labels(const DataPart &part, int64_t rows) const {
  if (part.label < 0)
    fail(part.table, "the catalogue does not say the 'label' of this part");
  return at::full({rows}, double(part.label), at::kDouble);
}

void DatasetReader::fail(const std::string &name,
                         const std::string &what) const {
  throw std::runtime_error(fmt::format("{}: {}", path(name), what));
}

std::unique_ptr<DatasetReader> makeReader(const DatasetEntry &entry) {
  struct Format {
    const char *name;
    std::unique_ptr<DatasetReader> (*make)(const DatasetEntry &);
  };
  static const Format formats[] = {
      {"idx", makeIdxReader},
      {"delimited", makeDelimitedReader},
      {"fann", makeFannReader},
      {"arff", makeArffReader},
      {"csv", makeCsvReader},
      {"png_rows", makePngReader},
      {"json_images", makeJsonImageReader},
      {"text", makeTextReader},
      {"text_windows", makeTextWindowReader},
      {"series", makeSeriesReader},
      {"npz_windows", makeNpzWindowReader},
      {"speech", makeSpeechReader},
      {"graph_tool", makeGraphReader},
      {"ratings", makeRatingsReader},
      {"generated", makeGenerator},
  };
  std::string known;
  for (const Format &format : formats) {
    if (entry.format == format.name)
      return format.make(entry);
    known += (known.empty() ? "" : ", ") + std::string(format.name);
  }
  throw std::runtime_error(
      fmt::format("data catalogue: '{}': format '{}' is none of {}", entry.name,
                  entry.format, known));
}

} // namespace dynfault
