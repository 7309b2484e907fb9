//===- PackageSource.cpp - Unpack a Debian or npm package -----------------===//

#include "runtime/data/PackageSource.h"

#include <fmt/format.h>
#include <stdexcept>
#include <tuple>
#include <unistd.h>

namespace fs = std::filesystem;

namespace dynfault {

bool PackageId::operator<(const PackageId &other) const {
  return std::tie(registry, name, version) <
         std::tie(other.registry, other.name, other.version);
}

namespace {

/// runSubprocess(), but a stop is an exception.
SubprocessResult run(const std::vector<std::string> &arguments,
                     const fs::path &folder, const FetchHooks &hooks) {
  SubprocessResult result = runSubprocess(arguments, folder, hooks.keepGoing);
  if (hooks.keepGoing && !hooks.keepGoing())
    throw FetchStopped();
  return result;
}

/// The file in `folder` with this suffix.
fs::path downloaded(const fs::path &folder, const std::string &suffix,
                    const PackageId &package) {
  for (const fs::directory_entry &file : fs::directory_iterator(folder))
    if (file.path().extension() == suffix)
      return file.path();
  throw std::runtime_error(
      fmt::format("the download of '{}' left no package file", package.name));
}

void unpackWith(const std::vector<std::string> &arguments,
                const fs::path &archive, const fs::path &folder,
                const FetchHooks &hooks) {
  SubprocessResult result = run(arguments, folder, hooks);
  if (result.status != 0)
    throw std::runtime_error(fmt::format("cannot unpack {}: {}",
                                         archive.filename().string(),
                                         result.lastLine()));
}

SubprocessResult aptDownload(const std::string &package, const fs::path &folder,
                             const FetchHooks &hooks) {
  std::vector<std::string> arguments = {"apt-get", "--quiet"};
  // As root, apt would drop to a user that may not write here and warn.
  if (::geteuid() == 0)
    arguments.insert(arguments.end(), {"-o", "APT::Sandbox::User=root"});
  arguments.insert(arguments.end(), {"download", package});
  return run(arguments, folder, hooks);
}

void unpackDebian(const PackageId &package, const fs::path &folder,
                  const FetchHooks &hooks) {
  SubprocessResult result =
      aptDownload(package.name + "=" + package.version, folder, hooks);
  if (result.status == 127)
    throw std::runtime_error(
        fmt::format("apt-get is missing, and '{}' is a Debian package; put the "
                    "files where 'dynfault-run data verify' expects them",
                    package.name));
  if (result.status != 0) {
    hooks.log(fmt::format("{} {} is not offered here, trying the version that "
                          "is",
                          package.name, package.version));
    result = aptDownload(package.name, folder, hooks);
  }
  if (result.status != 0)
    throw std::runtime_error(fmt::format(
        "cannot download the Debian package '{}' ({}); run 'apt-get update' "
        "as root, and check that the main section of Debian 12 is among "
        "your package sources",
        package.name, result.lastLine()));
  fs::path archive = downloaded(folder, ".deb", package);
  unpackWith({"dpkg", "-x", archive.string(), "root"}, archive, folder, hooks);
}

void unpackNpm(const PackageId &package, const fs::path &folder,
               const FetchHooks &hooks) {
  std::string id = package.name + "@" + package.version;
  // A cache of its own: nothing is left in the user's, and two fetches do not
  // meet there.
  SubprocessResult result =
      run({"npm", "pack", id, "--silent", "--ignore-scripts", "--cache",
           (folder / "npm-cache").string()},
          folder, hooks);
  if (result.status == 127)
    throw std::runtime_error(fmt::format(
        "npm is missing, and '{}' is an npm package; install it ('apt-get "
        "install npm' as root), or fetch other data sets by name",
        package.name));
  if (result.status != 0)
    // npm says nothing itself when it is silent.
    throw std::runtime_error(fmt::format(
        "cannot download the npm package '{}'{}; try 'npm view {} "
        "version', and check npm's registry and proxy settings "
        "('npm config list')",
        id,
        result.lastLine().empty() ? ""
                                  : fmt::format(" ({})", result.lastLine()),
        id));
  fs::path archive = downloaded(folder, ".tgz", package);
  fs::create_directories(folder / "root");
  unpackWith({"tar", "-xzf", archive.string(), "--no-same-owner",
              "--no-same-permissions", "-C", "root"},
             archive, folder, hooks);
}

} // namespace

void unpackPackage(const PackageId &package, const fs::path &folder,
                   const FetchHooks &hooks) {
  if (package.registry == "npm")
    return unpackNpm(package, folder, hooks);
  unpackDebian(package, folder, hooks);
}

} // namespace dynfault
