//===- PackageSource.h - Unpack a Debian or npm package ---------*- C++ -*-===//
//
// The ordinary clients are asked, so that a machine's mirrors, proxies and
// trusted keys are used as they are set up.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_PACKAGESOURCE_H
#define DYNFAULT_RUNTIME_DATA_PACKAGESOURCE_H

#include "runtime/data/Fetch.h"

namespace dynfault {

/// A package by name in a registry.
struct PackageId {
  std::string registry; ///< `debian` or `npm`.
  std::string name, version;

  bool operator<(const PackageId &other) const;
};

/// Downloads the package into `folder` and unpacks it into `folder`/root. A
/// Debian mirror that no longer has the version gives the one that it has.
/// Throws std::runtime_error that says what to do if the client is missing, the
/// registry does not offer the package, or `hooks` stopped it.
void unpackPackage(const PackageId &package,
                   const std::filesystem::path &folder,
                   const FetchHooks &hooks);

/// The error of a fetch that the user ended.
struct FetchStopped : std::runtime_error {
  FetchStopped()
      : std::runtime_error("stopped; what was fetched is kept, the same "
                           "command goes on from there") {}
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_PACKAGESOURCE_H
