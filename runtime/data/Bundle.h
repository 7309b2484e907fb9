//===- Bundle.h - Many small files of a package as one --------------------===//
//
// Some packages hold a data set as thousands of files (mails, recordings). They
// are kept as one tar file, so that one hash says whether the data is right and
// one read gets all of it. Equal files give equal bytes: members are sorted by
// name and carry no date and no owner.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_BUNDLE_H
#define DYNFAULT_RUNTIME_DATA_BUNDLE_H

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace dynfault {

/// One file in a bundle.
struct BundleMember {
  std::string name; ///< Relative to the folder before the first wildcard.
  std::string bytes;
};

/// Whether `path` names several files (it holds `*`, `?` or `[`).
bool isPattern(const std::string &path);

/// The files under `root` that match `pattern` as a tar file; wildcards match
/// `/` too. Empty if none matches. Throws std::runtime_error for a file that
/// cannot be read.
std::string makeBundle(const std::filesystem::path &root,
                       const std::string &pattern);

/// The regular files of an archive in memory (tar or zip, whatever libarchive
/// knows), in its order. Throws std::runtime_error that names `file` if it is
/// no archive, or is truncated or damaged, or unpacks to more than 2 GiB.
std::vector<BundleMember> readBundle(const std::string &bytes,
                                     const std::string &file);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_BUNDLE_H
