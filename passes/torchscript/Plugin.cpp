//===- Plugin.cpp - Loads the TorchScript plug-in -------------------------===//

#include "passes/torchscript/Plugin.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/Path.h"
#include <dlfcn.h>

using namespace mlir;
using namespace dynfault;

/// The folder of this very library; the plug-in stands beside it.
static std::string getLibraryFolder() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void *>(&getLibraryFolder), &info))
    return {};
  return llvm::sys::path::parent_path(info.dli_fname).str();
}

/// The function of that name in the plug-in, or null after an error at `loc`.
static void *findEntry(Location loc, const char *name) {
  llvm::SmallString<256> library(getLibraryFolder());
  llvm::sys::path::append(library, "libdynfault-torchscript.so");
  std::string error;
  auto plugin =
      llvm::sys::DynamicLibrary::getPermanentLibrary(library.c_str(), &error);
  if (!plugin.isValid()) {
    emitError(loc) << "archives cannot be read or written, because the "
                      "TorchScript plug-in does not load ("
                   << error
                   << "); build dynfault with DYNFAULT_BUILD_RUNTIME=ON";
    return nullptr;
  }
  void *entry = plugin.getAddressOfSymbol(name);
  if (!entry)
    emitError(loc) << "'" << library
                   << "' is not dynfault's TorchScript plug-in";
  return entry;
}

LogicalResult torchscript::readArchive(llvm::MemoryBuffer &contents,
                                       StringRef fileName, ModuleOp module) {
  using ReadFn = bool (*)(llvm::MemoryBuffer *, const char *name, Operation *);
  auto read = reinterpret_cast<ReadFn>(
      findEntry(module.getLoc(), "dynfaultReadArchive"));
  return success(read && read(&contents, fileName.str().c_str(), module));
}

LogicalResult torchscript::writeArchive(ModuleOp module, StringRef path) {
  using WriteFn = bool (*)(Operation *, const char *path, const char *folder);
  auto write = reinterpret_cast<WriteFn>(
      findEntry(module.getLoc(), "dynfaultWriteArchive"));
  return success(write &&
                 write(module, path.str().c_str(), getLibraryFolder().c_str()));
}

LogicalResult torchscript::loadOperatorLibrary(Location loc, StringRef path) {
  // The plug-in first: it brings LibTorch, which the library refers to.
  if (!findEntry(loc, "dynfaultReadArchive"))
    return failure();
  if (dlopen(path.str().c_str(), RTLD_NOW | RTLD_GLOBAL))
    return success();
  return emitError(loc) << "cannot load the operator library '" << path
                        << "': " << dlerror();
}
