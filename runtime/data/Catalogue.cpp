//===- Catalogue.cpp - Which data sets there are and where they come from -===//

#include "runtime/data/Catalogue.h"

#include "runtime/data/FileBytes.h"
#include "runtime/data/Json.h"
#include "runtime/data/Sha256.h"

#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <stdexcept>

namespace dynfault {

extern const char *const EmbeddedCatalogue;

std::string DataFile::name() const {
  return std::filesystem::path(path).filename().string();
}

const DataFile &DatasetEntry::file(const std::string &fileName) const {
  for (const DataFile &candidate : files)
    if (candidate.name() == fileName)
      return candidate;
  throw std::runtime_error(
      fmt::format("data catalogue: '{}' names no file '{}'", name, fileName));
}

namespace {

DelimitedOptions parseOptions(const JsonField &json) {
  DelimitedOptions options;
  if (auto field = json.find("delimiter")) {
    std::string text = field->asString();
    if (text != "whitespace" && text.size() != 1)
      field->fail("expected one character or 'whitespace'");
    options.delimiter = text == "whitespace" ? '\0' : text[0];
  }
  if (auto field = json.find("header_rows"))
    options.headerRows = field->asIntAtLeast(0);
  if (auto field = json.find("rows_per_record"))
    options.rowsPerRecord = field->asIntAtLeast(1);
  if (auto field = json.find("target_column"))
    options.targetColumn = field->asInt();
  return options;
}

std::string oneOf(const JsonField &json,
                  const std::vector<std::string> &allowed) {
  std::string text = json.asString();
  for (const std::string &candidate : allowed)
    if (text == candidate)
      return text;
  json.fail(fmt::format("'{}' is none of {}", text, fmt::join(allowed, ", ")));
}

/// A file name that cannot leave the data folder.
void checkRelative(const JsonField &json, const std::string &text) {
  std::filesystem::path path(text);
  bool escapes = path.is_absolute() || path.filename().empty();
  for (const auto &component : path)
    escapes |= component == "..";
  if (escapes)
    json.fail(fmt::format("'{}' is not a plain relative path", text));
}

DataPart parsePart(const JsonField &json, const DatasetEntry &entry) {
  DataPart part;
  part.role = oneOf(json.at("role"), {"pool", "train", "validation"});
  part.rows = json.at("rows").asIntAtLeast(1);
  if (auto field = json.find("table")) {
    part.table = field->asString();
    entry.file(part.table);
    return part;
  }
  part.inputs = json.at("inputs").asString();
  part.targets = json.at("targets").asString();
  entry.file(part.inputs);
  entry.file(part.targets);
  return part;
}

DatasetEntry parseEntry(const JsonField &json) {
  DatasetEntry entry;
  entry.name = json.at("name").asString();
  checkRelative(json.at("name"), entry.name);
  if (auto field = json.find("about"))
    entry.about = field->asString();
  if (auto field = json.find("package")) {
    entry.package = field->asString();
    // Handed to apt-get: an option must not be taken for a package.
    if (entry.package.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyz0123456789+-.") != std::string::npos ||
        entry.package.empty() || entry.package[0] == '-')
      field->fail(
          fmt::format("'{}' is not the name of a package", entry.package));
    entry.version = json.at("version").asString();
  }
  entry.licence = json.at("licence").asString();
  entry.task = oneOf(json.at("task"), {"classification", "regression"});
  entry.format = oneOf(json.at("format"), {"idx", "delimited"});
  entry.classes = json.at("classes").asIntAtLeast(0);
  if (auto field = json.find("options"))
    entry.options = parseOptions(*field);
  for (const JsonField &file : json.at("files").elements()) {
    entry.files.push_back(
        {file.at("path").asString(), file.at("sha256").asString()});
    checkRelative(file.at("path"), entry.files.back().path);
  }
  for (const JsonField &part : json.at("parts").elements())
    entry.parts.push_back(parsePart(part, entry));
  return entry;
}

} // namespace

Catalogue Catalogue::parse(const std::string &text, const std::string &file) {
  JsonField json = JsonField::parse(text, file);
  json.checkSchema("dynfault.datasets/1");
  Catalogue catalogue;
  for (const JsonField &entry : json.at("datasets").elements())
    catalogue.datasets.push_back(parseEntry(entry));
  return catalogue;
}

void Catalogue::merge(const Catalogue &other) {
  for (const DatasetEntry &added : other.datasets) {
    bool replaced = false;
    for (DatasetEntry &known : datasets)
      if (known.name == added.name) {
        known = added;
        replaced = true;
      }
    if (!replaced)
      datasets.push_back(added);
  }
}

Catalogue Catalogue::load() {
  Catalogue catalogue = parse(EmbeddedCatalogue, "models/datasets.json");
  const char *extra = std::getenv("DYNFAULT_DATA_CATALOGUE");
  if (extra && *extra)
    catalogue.merge(parse(readFileBytes(extra), extra));
  return catalogue;
}

const DatasetEntry &Catalogue::entry(const std::string &name) const {
  std::vector<std::string> known;
  for (const DatasetEntry &candidate : datasets) {
    if (candidate.name == name)
      return candidate;
    known.push_back(candidate.name);
  }
  throw std::runtime_error(
      fmt::format("unknown data set '{}'; known are: {} (add others with "
                  "DYNFAULT_DATA_CATALOGUE, see docs/running.md)",
                  name, fmt::join(known, ", ")));
}

std::filesystem::path dataDirectory() {
  auto environment = [](const char *name) {
    const char *text = std::getenv(name);
    return std::filesystem::path(text ? text : "");
  };
  if (auto path = environment("DYNFAULT_DATA_DIR"); !path.empty())
    return path;
  if (auto path = environment("XDG_CACHE_HOME"); !path.empty())
    return path / "dynfault" / "data";
  if (auto path = environment("HOME"); !path.empty())
    return path / ".cache" / "dynfault" / "data";
  throw std::runtime_error("no folder for data: set DYNFAULT_DATA_DIR or HOME");
}

std::filesystem::path dataFilePath(const DatasetEntry &entry,
                                   const DataFile &file) {
  return dataDirectory() / entry.name / file.name();
}

std::string readDataFile(const DatasetEntry &entry, const DataFile &file) {
  std::filesystem::path path = dataFilePath(entry, file);
  std::string remedy =
      entry.package.empty()
          ? "put it there"
          : fmt::format("run: dynfault-run data fetch {}", entry.name);
  if (!std::filesystem::exists(path))
    throw std::runtime_error(
        fmt::format("{}: data file is missing; {}", path.string(), remedy));
  std::string bytes = readFileBytes(path);
  std::string found = sha256(bytes);
  if (found != file.sha256)
    throw std::runtime_error(fmt::format(
        "{}: data file has changed or is damaged (SHA-256 {}..., expected "
        "{}...); {}",
        path.string(), found.substr(0, 12), file.sha256.substr(0, 12),
        entry.package.empty() ? "restore it" : remedy));
  return bytes;
}

} // namespace dynfault
