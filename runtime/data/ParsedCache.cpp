//===- ParsedCache.cpp - Parsed data sets, kept ---------------------------===//

#include "runtime/data/ParsedCache.h"

#include "runtime/data/FileBytes.h"
#include "runtime/data/Sha256.h"

#include <ATen/ATen.h>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace dynfault {

namespace {

/// To be raised when a reader gives other rows for the same files.
constexpr int ReadersVersion = 1;

constexpr std::pair<const char *, at::ScalarType> ElementTypes[] = {
    {"U8", at::kByte},   {"I8", at::kChar},  {"I16", at::kShort},
    {"I32", at::kInt},   {"I64", at::kLong}, {"F32", at::kFloat},
    {"F64", at::kDouble}};

/// A file in memory for as long as a tensor of it lives.
class MappedFile {
public:
  explicit MappedFile(const fs::path &path) {
    int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status = {};
    if (descriptor < 0 || ::fstat(descriptor, &status) != 0 ||
        status.st_size == 0) {
      if (descriptor >= 0)
        ::close(descriptor);
      return;
    }
    void *start =
        ::mmap(nullptr, status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    ::close(descriptor);
    if (start != MAP_FAILED)
      bytes = {static_cast<const char *>(start), size_t(status.st_size)};
  }
  ~MappedFile() {
    if (!bytes.empty())
      ::munmap(const_cast<char *>(bytes.data()), bytes.size());
  }
  MappedFile(const MappedFile &) = delete;
  MappedFile &operator=(const MappedFile &) = delete;

  std::string_view bytes;
};

/// The tensors of `data` by name.
std::vector<std::pair<const char *, at::Tensor *>> members(RawData &data) {
  return {{"train.inputs", &data.train.inputs},
          {"train.targets", &data.train.targets},
          {"train.groups", &data.train.groups},
          {"validation.inputs", &data.validation.inputs},
          {"validation.targets", &data.validation.targets},
          {"validation.groups", &data.validation.groups}};
}

at::Tensor readTensor(const nlohmann::json &header, std::string_view elements,
                      const std::shared_ptr<MappedFile> &file) {
  const std::string &dtype = header.at("dtype").get_ref<const std::string &>();
  auto shape = header.at("shape").get<std::vector<int64_t>>();
  auto offsets = header.at("data_offsets").get<std::vector<size_t>>();
  for (const auto &[name, type] : ElementTypes) {
    if (dtype != name)
      continue;
    size_t bytes = c10::elementSize(type);
    for (int64_t size : shape)
      bytes *= size;
    if (offsets.at(1) - offsets.at(0) != bytes ||
        offsets.at(1) > elements.size())
      break;
    return at::from_blob(
        const_cast<char *>(elements.data()) + offsets[0], shape,
        [file](void *) {}, at::TensorOptions(type));
  }
  throw std::runtime_error("damaged");
}

} // namespace

fs::path parsedCachePath(const DatasetEntry &entry) {
  nlohmann::json made = {{"version", ReadersVersion}};
  for (const char *member : {"format", "options", "files", "parts"})
    if (entry.source.contains(member))
      made[member] = entry.source[member];
  return dataDirectory() / entry.folder() /
         fmt::format("parsed-{}.safetensors",
                     sha256(made.dump()).substr(0, 16));
}

std::optional<RawData> loadParsed(const DatasetEntry &entry) {
  auto file = std::make_shared<MappedFile>(parsedCachePath(entry));
  uint64_t length = 0;
  if (file->bytes.size() < sizeof(length))
    return std::nullopt;
  std::memcpy(&length, file->bytes.data(), sizeof(length));
  if (length > file->bytes.size() - sizeof(length))
    return std::nullopt;
  try {
    nlohmann::json header =
        nlohmann::json::parse(file->bytes.substr(sizeof(length), length));
    std::string_view elements = file->bytes.substr(sizeof(length) + length);
    const nlohmann::json &about = header.at("__metadata__");
    if (about.at("sha256") != sha256(elements))
      return std::nullopt;
    RawData data;
    data.pooled = about.at("pooled") == "true";
    for (auto [name, tensor] : members(data))
      if (header.contains(name))
        *tensor = readTensor(header[name], elements, file);
    return data;
  } catch (const std::exception &) {
    return std::nullopt;
  }
}

void storeParsed(const DatasetEntry &entry, const RawData &data) {
  RawData kept = data;
  nlohmann::json header;
  std::string elements;
  for (auto [name, tensor] : members(kept)) {
    if (!tensor->defined())
      continue;
    // Elements must lie as their type asks for.
    elements.resize((elements.size() + 7) / 8 * 8);
    at::Tensor host = tensor->contiguous();
    const char *dtype = nullptr;
    for (const auto &[known, type] : ElementTypes)
      if (host.scalar_type() == type)
        dtype = known;
    if (!dtype)
      return;
    size_t begin = elements.size();
    elements.append(static_cast<const char *>(host.data_ptr()), host.nbytes());
    header[name] = {{"dtype", dtype},
                    {"shape", host.sizes().vec()},
                    {"data_offsets", {begin, elements.size()}}};
  }
  header["__metadata__"] = {{"sha256", sha256(elements)},
                            {"pooled", data.pooled ? "true" : "false"}};
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  uint64_t length = text.size();
  std::string bytes(reinterpret_cast<const char *>(&length), sizeof(length));
  fs::path path = parsedCachePath(entry);
  try {
    fs::create_directories(path.parent_path());
    writeFileAtomically(path, bytes + text + elements);
  } catch (const std::exception &) {
  }
}

} // namespace dynfault
