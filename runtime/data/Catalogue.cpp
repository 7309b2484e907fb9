//===- Catalogue.cpp - Which data sets there are and where they come from -===//

#include "runtime/data/Catalogue.h"

#include "runtime/data/Bundle.h"
#include "runtime/data/FileBytes.h"
#include "runtime/data/Json.h"
#include "runtime/data/Sha256.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <stdexcept>

namespace dynfault {

extern const char *const EmbeddedCatalogue;

std::string DataFile::name() const {
  if (!storedName.empty())
    return storedName;
  return std::filesystem::path(path).filename().string();
}

bool DataFile::accepts(const std::string &hash) const {
  return std::find(sha256.begin(), sha256.end(), hash) != sha256.end();
}

const DataFile &DatasetEntry::file(const std::string &fileName) const {
  for (const DataFile &candidate : files)
    if (candidate.name() == fileName)
      return candidate;
  throw std::runtime_error(
      fmt::format("data catalogue: '{}' names no file '{}'", name, fileName));
}

int64_t DatasetEntry::rows() const {
  int64_t total = 0;
  for (const DataPart &part : parts)
    total += part.rows;
  return total;
}

int64_t DatasetEntry::bytes() const {
  int64_t total = 0;
  for (const DataFile &file : files)
    total += file.bytes;
  return total;
}

namespace {

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
  json.checkMembers(
      {"role", "rows", "table", "inputs", "targets", "label", "first"});
  DataPart part;
  part.role = oneOf(json.at("role"), {"pool", "train", "validation"});
  part.rows = json.at("rows").asIntAtLeast(1);
  if (entry.generated())
    return part;
  if (auto field = json.find("label"))
    part.label = field->asIntAtLeast(0);
  if (auto field = json.find("first"))
    part.first = field->asIntAtLeast(0);
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

/// The name is handed to apt-get or npm: an option must not be taken for a
/// package. npm's names may have a scope: @scope/name.
void checkPackageName(const JsonField &json, const std::string &registry) {
  std::string name = json.asString();
  const char *allowed = registry == "npm"
                            ? "abcdefghijklmnopqrstuvwxyz0123456789-._@/"
                            : "abcdefghijklmnopqrstuvwxyz0123456789+-.";
  if (name.find_first_not_of(allowed) != std::string::npos || name.empty() ||
      name[0] == '-' || name[0] == '.' || name[0] == '/')
    json.fail(fmt::format("'{}' is not the name of a package", name));
}

DataFile parseFile(const JsonField &json, const DatasetEntry &entry) {
  json.checkMembers({"path", "name", "sha256", "bytes", "package", "version"});
  DataFile file;
  file.package = entry.package;
  file.version = entry.version;
  if (auto field = json.find("package")) {
    checkPackageName(*field, entry.registry);
    file.package = field->asString();
    file.version = json.at("version").asString();
  }
  file.path = json.at("path").asString();
  checkRelative(json.at("path"), file.path);
  if (auto field = json.find("name")) {
    file.storedName = field->asString();
    checkRelative(*field, file.storedName);
  } else if (isPattern(file.path)) {
    json.at("path").fail("a path with wildcards needs a 'name' to be kept by");
  }
  JsonField hashes = json.at("sha256");
  if (hashes.isString())
    file.sha256 = {hashes.asString()};
  else
    for (const JsonField &hash : hashes.elements())
      file.sha256.push_back(hash.asString());
  if (auto field = json.find("bytes"))
    file.bytes = field->asIntAtLeast(0);
  return file;
}

RowForm parseForm(const JsonField &json) {
  json.checkMembers({"dtype", "shape"});
  RowForm form;
  form.dtype = oneOf(json.at("dtype"), {"float32", "int64"});
  form.shape = json.at("shape").asInts();
  if (form.shape.empty() || form.shape[0] != -1)
    json.at("shape").fail("expected -1 (the rows), then the sizes of a row");
  return form;
}

void parsePackage(const JsonField &json, DatasetEntry &entry) {
  auto field = json.find("package");
  if (!field)
    return;
  entry.registry = "debian";
  if (auto registry = json.find("registry"))
    entry.registry = oneOf(*registry, {"debian", "npm"});
  checkPackageName(*field, entry.registry);
  entry.package = field->asString();
  entry.version = json.at("version").asString();
}

DatasetEntry parseEntry(const JsonField &json) {
  json.checkMembers({"name", "about", "base", "registry", "package", "version",
                     "licence", "task", "format", "classes", "input", "target",
                     "stratify", "options", "derive", "files", "parts"});
  DatasetEntry entry;
  entry.source = json.asObject();
  entry.name = json.at("name").asString();
  checkRelative(json.at("name"), entry.name);
  if (auto field = json.find("about"))
    entry.about = field->asString();
  if (auto field = json.find("base"))
    entry.base = field->asString();
  parsePackage(json, entry);
  entry.licence = json.at("licence").asString();
  entry.task = oneOf(json.at("task"), {"classification", "regression"});
  entry.format = json.at("format").asString();
  entry.classes = json.at("classes").asIntAtLeast(0);
  if (auto field = json.find("input"))
    entry.input = parseForm(*field);
  if (auto field = json.find("target"))
    entry.target = parseForm(*field);
  if (auto field = json.find("stratify"))
    entry.stratify = field->asBool();
  if (auto field = json.find("options")) {
    field->asObject();
    entry.options = *field;
  }
  if (auto field = json.find("derive")) {
    field->asObject();
    entry.derive = *field;
  }
  if (auto field = json.find("files"))
    for (const JsonField &file : field->elements())
      entry.files.push_back(parseFile(file, entry));
  for (const JsonField &part : json.at("parts").elements())
    entry.parts.push_back(parsePart(part, entry));
  return entry;
}

} // namespace

Catalogue Catalogue::parse(const std::string &text, const std::string &file,
                           const Catalogue *known) {
  JsonField json = JsonField::parse(text, file);
  json.checkSchema("dynfault.datasets/1");
  Catalogue catalogue;
  for (const JsonField &element : json.at("datasets").elements()) {
    auto base = element.find("base");
    if (!base) {
      catalogue.datasets.push_back(parseEntry(element));
      continue;
    }
    // What the entry does not say it has from its base (RFC 7396).
    const DatasetEntry *from = catalogue.find(base->asString());
    if (!from && known)
      from = known->find(base->asString());
    if (!from || !from->base.empty())
      base->fail(fmt::format("'{}' is no data set with files of its own that "
                             "stands before this one",
                             base->asString()));
    nlohmann::json whole = from->source;
    whole.merge_patch(element.asObject());
    catalogue.datasets.push_back(parseEntry(element.replaced(whole)));
  }
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
    catalogue.merge(parse(readFileBytes(extra), extra, &catalogue));
  return catalogue;
}

const DatasetEntry *Catalogue::find(const std::string &name) const {
  for (const DatasetEntry &candidate : datasets)
    if (candidate.name == name)
      return &candidate;
  return nullptr;
}

const DatasetEntry &Catalogue::entry(const std::string &name) const {
  if (const DatasetEntry *found = find(name))
    return *found;
  std::vector<std::string> known;
  for (const DatasetEntry &candidate : datasets)
    known.push_back(candidate.name);
  throw std::runtime_error(
      fmt::format("unknown data set '{}'; known are: {} (add others with "
                  "DYNFAULT_DATA_CATALOGUE, see docs/data.md)",
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
  return dataDirectory() / entry.folder() / file.name();
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
  if (!file.accepts(found))
    throw std::runtime_error(fmt::format(
        "{}: data file has changed or is damaged (SHA-256 {}..., expected "
        "{}...); {}",
        path.string(), found.substr(0, 12),
        file.sha256.empty() ? "nothing" : file.sha256[0].substr(0, 12),
        entry.package.empty() ? "restore it" : remedy));
  return bytes;
}

} // namespace dynfault
