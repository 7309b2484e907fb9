//===- Plugin.cpp - Loads the TorchScript plug-in -------------------------===//

#include "passes/torchscript/Plugin.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/Path.h"
#include <dlfcn.h>

using namespace mlir;

/// The folder of this very library; the plug-in stands beside it.
static std::string getLibraryFolder() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void *>(&getLibraryFolder), &info))
    return {};
  return llvm::sys::path::parent_path(info.dli_fname).str();
}

LogicalResult dynfault::torchscript::writeArchive(ModuleOp module,
                                                  StringRef path) {
  llvm::SmallString<256> library(getLibraryFolder());
  llvm::sys::path::append(library, "libdynfault-torchscript.so");
  std::string error;
  auto plugin =
      llvm::sys::DynamicLibrary::getPermanentLibrary(library.c_str(), &error);
  if (!plugin.isValid())
    return module.emitError()
           << "cannot write the archive '" << path
           << "', because the TorchScript plug-in does not load (" << error
           << "); build dynfault with DYNFAULT_BUILD_RUNTIME=ON";
  using WriteFn = bool (*)(Operation *, const char *path, const char *folder);
  auto write = reinterpret_cast<WriteFn>(
      plugin.getAddressOfSymbol("dynfaultWriteArchive"));
  if (!write)
    return module.emitError()
           << "'" << library << "' is not dynfault's TorchScript plug-in";
  return success(write(module, path.str().c_str(), getLibraryFolder().c_str()));
}
