//===- ArchiveCheck.h - What an archive must be before it is read -*- C++
//-*-===//
//
// LibTorch was not written for hostile input: it follows offsets and sizes that
// an archive states. These checks need neither LibTorch nor MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCHSCRIPT_ARCHIVECHECK_H
#define DYNFAULT_PASSES_TORCHSCRIPT_ARCHIVECHECK_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace dynfault::torchscript {

struct Record {
  /// As they stand in the file.
  llvm::StringRef bytes;
  /// After unpacking.
  uint64_t size;
  /// PyTorch deflates code and stores everything else.
  bool isDeflated;
};

/// The records of an archive, by their names without the archive's root folder.
using Records = llvm::StringMap<Record>;

/// Finds the records of a zip file: each inside the file, no two of one name,
/// none outside of one root folder, only code deflated and that within bounds.
/// The result is empty where all is well; else it names the record and says
/// what is wrong.
std::string readRecords(llvm::StringRef contents, Records &records);

/// Checks one pickle: opcodes, globals and structure as TorchScript writes
/// them. `storages` gives the storages that tensors may show (`0` of `data/0`),
/// or is null where tensors are not allowed.
std::string checkPickle(llvm::StringRef pickle,
                        const llvm::StringMap<llvm::StringRef> *storages,
                        uint64_t maximalTensorBytes);

/// Checks debug information, a pickle of source ranges.
std::string checkDebugRecord(llvm::StringRef pickle);

/// Checks one source record: text that nests no deeper than LibTorch's
/// recursive parser and compiler can follow.
std::string checkCode(llvm::StringRef code);

/// All of these for a whole archive.
std::string checkArchive(llvm::StringRef contents);

} // namespace dynfault::torchscript

#endif // DYNFAULT_PASSES_TORCHSCRIPT_ARCHIVECHECK_H
