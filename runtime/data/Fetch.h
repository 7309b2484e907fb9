//===- Fetch.h - Get data sets from Debian packages -------------*- C++ -*-===//
//
// The package manager is the one source that is there on every Debian machine
// and mirror: `apt-get download` and `dpkg -x` need no root and install
// nothing. The hash of the files decides, not the version of the package.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_FETCH_H
#define DYNFAULT_RUNTIME_DATA_FETCH_H

#include "runtime/data/Catalogue.h"

#include <functional>

namespace dynfault {

enum class FileState { Present, Missing, Changed };

/// Looks at one data file and its hash.
FileState checkDataFile(const DatasetEntry &entry, const DataFile &file);

/// Whether all files of `entry` are there and unchanged.
bool isFetched(const DatasetEntry &entry);

/// Called with a line of plain text for each step of a fetch.
using FetchLog = std::function<void(const std::string &)>;

/// Brings all files of `entries` into the data folder. Files that are already
/// there and have the right hash are left alone, so an interrupted fetch can be
/// repeated. A file of an installed package is copied instead of downloaded;
/// each package is downloaded once. Files are verified before they get their
/// name. Throws std::runtime_error that says what to do.
void fetchDatasets(const std::vector<DatasetEntry> &entries,
                   const FetchLog &log);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_FETCH_H
