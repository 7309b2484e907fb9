//===- Safetensors.h - Tensors in a file of their own -----------*- C++ -*-===//
//
// The safetensors format: eight bytes that give the length of a JSON header
// (little-endian), the header, and the tensors' values. Python reads it with
// `safetensors.torch.load_file`.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_PROGRAM_SAFETENSORS_H
#define DYNFAULT_PASSES_PROGRAM_SAFETENSORS_H

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"

namespace dynfault::program {

/// The format's name of an element type (`F32`), or an empty string.
llvm::StringRef getSafetensorsDtype(mlir::Type type);

/// Bytes of one element as PyTorch stores it (a Boolean takes one).
unsigned getElementBytes(mlir::Type type);

struct NamedTensor {
  std::string name;
  mlir::ShapedType type;
  llvm::ArrayRef<char> values;
};

/// Writes the tensors to `path`, which is replaced only when all is written.
/// The same tensors give the same bytes.
llvm::Error writeSafetensors(llvm::StringRef path,
                             llvm::ArrayRef<NamedTensor> tensors);

/// A file that is mapped into memory: its pages are read when they are used,
/// and writing to them does not change the file.
class SafetensorsFile {
public:
  static llvm::Expected<std::unique_ptr<SafetensorsFile>>
  open(llvm::StringRef path);

  /// The values of the tensor of that name; an error where there is none or it
  /// has another type.
  llvm::Expected<llvm::MutableArrayRef<char>> find(llvm::StringRef name,
                                                   mlir::ShapedType type);

  /// Gives the memory of pages back that were read; they can be read again.
  /// Nothing must have been written to them.
  void releasePages();

private:
  struct Entry {
    std::string dtype;
    llvm::SmallVector<int64_t> shape;
    uint64_t begin, end;
  };

  llvm::Error readHeader();

  std::string path;
  std::unique_ptr<llvm::sys::fs::mapped_file_region> region;
  llvm::MutableArrayRef<char> data;
  llvm::StringMap<Entry> entries;
};

} // namespace dynfault::program

#endif // DYNFAULT_PASSES_PROGRAM_SAFETENSORS_H
