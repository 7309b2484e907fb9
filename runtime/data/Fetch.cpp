//===- Fetch.cpp - Get data sets from Debian packages ---------------------===//

#include "runtime/data/Fetch.h"

#include "runtime/data/FileBytes.h"
#include "runtime/data/Sha256.h"
#include "runtime/data/Subprocess.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <map>
#include <stdexcept>
#include <unistd.h>

namespace fs = std::filesystem;

namespace dynfault {

FileState checkDataFile(const DatasetEntry &entry, const DataFile &file) {
  fs::path path = dataFilePath(entry, file);
  if (!fs::exists(path))
    return FileState::Missing;
  return sha256(readFileBytes(path)) == file.sha256 ? FileState::Present
                                                    : FileState::Changed;
}

bool isFetched(const DatasetEntry &entry) {
  for (const DataFile &file : entry.files)
    if (checkDataFile(entry, file) != FileState::Present)
      return false;
  return true;
}

namespace {

/// A folder inside the data folder (so that a rename stays on one file system)
/// that goes away with this object.
class ScratchFolder {
public:
  ScratchFolder() {
    std::error_code error;
    fs::create_directories(dataDirectory(), error);
    if (error)
      throw std::runtime_error(
          fmt::format("{}: cannot make the data folder: {}; set "
                      "DYNFAULT_DATA_DIR to a folder that you can write",
                      dataDirectory().string(), error.message()));
    std::string pattern = (dataDirectory() / ".fetch-XXXXXX").string();
    if (!::mkdtemp(pattern.data()))
      throw std::runtime_error(fmt::format("{}: cannot make a folder in it: {}",
                                           dataDirectory().string(),
                                           std::strerror(errno)));
    path = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  ScratchFolder(const ScratchFolder &) = delete;
  ScratchFolder &operator=(const ScratchFolder &) = delete;

  fs::path path;
};

/// Copies `source` into the data folder if it has the right contents.
bool place(const DatasetEntry &entry, const DataFile &file,
           const fs::path &source) {
  std::error_code error;
  if (!fs::is_regular_file(source, error))
    return false;
  std::string bytes = readFileBytes(source);
  if (sha256(bytes) != file.sha256)
    return false;
  fs::path target = dataFilePath(entry, file);
  fs::create_directories(target.parent_path());
  writeFileAtomically(target, bytes);
  return true;
}

bool downloadPackage(const std::string &package, const fs::path &folder,
                     SubprocessResult &result) {
  std::vector<std::string> arguments = {"apt-get", "--quiet"};
  // As root, apt would drop to a user that may not write here and warn.
  if (::geteuid() == 0)
    arguments.insert(arguments.end(), {"-o", "APT::Sandbox::User=root"});
  arguments.insert(arguments.end(), {"download", package});
  result = runSubprocess(arguments, folder);
  return result.status == 0;
}

/// Downloads and unpacks `package` into `folder`.
void unpackPackage(const std::string &package, const std::string &version,
                   const fs::path &folder, const FetchLog &log) {
  SubprocessResult result;
  if (!downloadPackage(package + "=" + version, folder, result)) {
    log(fmt::format("{} {} is not offered here, trying the version that is",
                    package, version));
    if (!downloadPackage(package, folder, result))
      throw std::runtime_error(fmt::format(
          "cannot download the Debian package '{}' ({}); run 'apt-get update' "
          "as root, and check that the main section of Debian 12 is among "
          "your package sources",
          package, result.lastLine()));
  }
  fs::path archive;
  for (const fs::directory_entry &file : fs::directory_iterator(folder))
    if (file.path().extension() == ".deb")
      archive = file.path();
  if (archive.empty())
    throw std::runtime_error(
        fmt::format("apt-get left no package file for '{}'", package));
  result = runSubprocess({"dpkg", "-x", archive.string(), "root"}, folder);
  if (result.status != 0)
    throw std::runtime_error(fmt::format("cannot unpack {}: {}",
                                         archive.filename().string(),
                                         result.lastLine()));
}

/// Files of `entry` that are not in the data folder and cannot be copied from
/// an installed package.
std::vector<const DataFile *> missingFiles(const DatasetEntry &entry) {
  std::vector<const DataFile *> missing;
  for (const DataFile &file : entry.files)
    if (checkDataFile(entry, file) != FileState::Present &&
        !place(entry, file, fs::path("/") / file.path))
      missing.push_back(&file);
  return missing;
}

} // namespace

void fetchDatasets(const std::vector<DatasetEntry> &entries,
                   const FetchLog &log) {
  // Ordered by package, so that each is downloaded once.
  std::map<std::string, std::vector<const DatasetEntry *>> byPackage;
  for (const DatasetEntry &entry : entries) {
    if (isFetched(entry)) {
      log(fmt::format("{}: already there", entry.name));
      continue;
    }
    if (entry.package.empty())
      throw std::runtime_error(
          fmt::format("'{}' belongs to no package; put its files into {}",
                      entry.name, (dataDirectory() / entry.name).string()));
    if (missingFiles(entry).empty()) {
      log(fmt::format("{}: copied from the installed package {}", entry.name,
                      entry.package));
      continue;
    }
    byPackage[entry.package].push_back(&entry);
  }
  size_t done = 0;
  for (const auto &[package, members] : byPackage) {
    log(fmt::format("downloading package {} ({} of {})", package, ++done,
                    byPackage.size()));
    ScratchFolder scratch;
    unpackPackage(package, members.front()->version, scratch.path, log);
    for (const DatasetEntry *entry : members) {
      for (const DataFile *file : missingFiles(*entry))
        if (!place(*entry, *file, scratch.path / "root" / file->path))
          throw std::runtime_error(fmt::format(
              "the package '{}' holds no '{}' with the expected contents "
              "(version {} did); the data set '{}' was not fetched",
              package, file->path, entry->version, entry->name));
      log(fmt::format("{}: fetched and verified", entry->name));
    }
  }
}

} // namespace dynfault
