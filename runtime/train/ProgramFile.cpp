//===- ProgramFile.cpp - What an instrumented archive says about itself ---===//

#include "runtime/train/ProgramFile.h"

#include "runtime/data/FileBytes.h"
#include "runtime/data/Sha256.h"

#include <caffe2/serialize/inline_container.h>
#include <fmt/ranges.h>
#include <sstream>

namespace dynfault {

namespace {

at::ScalarType parseElementType(const JsonField &json) {
  std::string name = json.asString();
  if (name == "float32")
    return at::kFloat;
  if (name == "float64")
    return at::kDouble;
  if (name == "int64")
    return at::kLong;
  json.fail(fmt::format("unknown element type '{}'; known are: float32, "
                        "float64, int64",
                        name));
}

TensorSpec parseTensor(const JsonField &json) {
  TensorSpec spec;
  spec.dtype = parseElementType(json.at("dtype"));
  spec.shape = json.at("shape").asInts();
  bool batched = !spec.shape.empty() && spec.shape[0] == -1;
  for (size_t i = 1; i < spec.shape.size(); ++i)
    batched &= spec.shape[i] > 0;
  if (!batched)
    json.at("shape").fail(fmt::format("[{}] is not -1 (the rows of a batch) "
                                      "followed by positive sizes",
                                      fmt::join(spec.shape, ", ")));
  return spec;
}

DatasetSpec parseDataset(const JsonField &json) {
  DatasetSpec spec;
  spec.source = json.at("source").asString();
  spec.train = json.at("train").asIntAtLeast(1);
  spec.validation = json.at("validation").asIntAtLeast(1);
  spec.seed = json.at("seed").asIntAtLeast(0);
  for (const JsonField &transform : json.at("transforms").elements())
    spec.transforms.push_back({transform.at("kind").asString(), transform});
  return spec;
}

/// A parameter's value as it stands in a mutant's key.
std::string keyValue(const nlohmann::json &value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void appendJoined(std::optional<std::string> &joined, const std::string &text) {
  joined = joined ? *joined + "+" + text : text;
}

/// docs/archive.md says how the key is made.
MutantRecord parseFaults(const std::vector<JsonField> &faults) {
  MutantRecord mutant;
  nlohmann::json parameters = nlohmann::json::object();
  for (const JsonField &fault : faults) {
    std::string operatorId = fault.at("operator").asString();
    std::string site = fault.at("site").asString();
    std::string id = operatorId + "@" + site;
    // nlohmann::json keeps an object's members sorted by name.
    const JsonField field = fault.at("parameters");
    const nlohmann::json &values = field.asObject();
    std::vector<std::string> assignments;
    for (const auto &[name, value] : values.items())
      assignments.push_back(name + "=" + keyValue(value));
    appendJoined(mutant.operatorId, operatorId);
    appendJoined(mutant.faultClass, fault.at("class").asString());
    appendJoined(mutant.site, site);
    if (auto severity = fault.find("severity"))
      appendJoined(mutant.severity, severity->asString());
    // With several faults the same name may occur twice.
    if (faults.size() == 1)
      parameters = values;
    else
      parameters[id] = values;
    mutant.key += (mutant.key.empty() ? "" : "+") + id + ":" +
                  fmt::format("{}", fmt::join(assignments, ","));
  }
  if (faults.empty())
    mutant.key = "clean";
  mutant.parameters = parameters.dump();
  return mutant;
}

/// The text of program.json in the archive's bytes.
std::string extractProgramJson(const std::string &bytes,
                               const std::string &path) {
  // The zip reader's own messages are about its internals.
  std::string defect = "is not a TorchScript archive, or is damaged; write it "
                       "again with dynfault-opt";
  try {
    std::istringstream stream(bytes);
    caffe2::serialize::PyTorchStreamReader reader(&stream);
    if (reader.hasRecord("extra/program.json")) {
      auto [data, size] = reader.getRecord("extra/program.json");
      return std::string(static_cast<const char *>(data.get()), size);
    }
    defect = "has no program.json; write the archive with dynfault-opt";
  } catch (const std::exception &) {
  }
  throw std::runtime_error(fmt::format("{}: {}", path, defect));
}

} // namespace

ProgramFile parseProgramJson(const std::string &text, const std::string &path) {
  JsonField json = JsonField::parse(text, path + ": program.json");
  json.checkSchema("dynfault.program/1");
  ProgramFile file;
  file.path = path;
  file.program.name = json.at("name").asString();
  file.program.task = json.at("task").asString();
  file.program.family = json.at("family").asString();
  file.program.origin = json.at("origin").asString();
  if (file.program.task != "classification" &&
      file.program.task != "regression")
    json.at("task").fail(fmt::format(
        "'{}' is neither classification nor regression", file.program.task));
  file.data.file = path;
  file.data.classification = file.program.task == "classification";
  file.data.dataset = parseDataset(json.at("dataset"));
  file.program.dataset = file.data.dataset.source;
  file.data.input = parseTensor(json.at("input"));
  file.data.target = parseTensor(json.at("target"));
  file.data.output = parseTensor(json.at("output"));
  JsonField schedule = json.at("schedule");
  file.epochs = schedule.at("epochs").asIntAtLeast(1);
  file.batchSize = schedule.at("batch_size").asIntAtLeast(1);
  file.shuffle = schedule.at("shuffle").asBool();
  if (auto margin = json.find("margin"))
    file.margin = margin->asDouble();
  file.mutant = parseFaults(json.at("faults").elements());
  return file;
}

Archive readArchive(const std::string &path) {
  Archive archive;
  archive.bytes = readFileBytes(path);
  archive.file =
      parseProgramJson(extractProgramJson(archive.bytes, path), path);
  archive.file.mutant.archiveSha256 = sha256(archive.bytes);
  return archive;
}

ProgramFile readProgramFile(const std::string &path) {
  return readArchive(path).file;
}

} // namespace dynfault
