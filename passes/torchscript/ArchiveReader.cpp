//===- ArchiveReader.cpp - Reads a TorchScript archive --------------------===//
//
// Entry point of the plug-in. LibTorch trusts archives, so what it cannot stand
// is refused before it sees them (ArchiveCheck.h). It also recurses over source
// text and types, so it runs on a stack that is large enough for the depths
// that pass the check. Its exceptions end here, as one error.
//
//===----------------------------------------------------------------------===//

#include "passes/torchscript/ArchiveCheck.h"
#include "passes/torchscript/ModuleReader.h"

#include <caffe2/serialize/read_adapter_interface.h>
#include <torch/script.h>

#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/thread.h"
#include <sys/mman.h>

using namespace mlir;
using namespace dynfault::torchscript;
namespace jit = ::torch::jit;

namespace {
/// Lets LibTorch read from the buffer that was checked.
class BufferAdapter : public caffe2::serialize::ReadAdapterInterface {
public:
  explicit BufferAdapter(llvm::MemoryBuffer &buffer) : buffer(buffer) {}

  size_t size() const override { return buffer.getBufferSize(); }
  size_t read(uint64_t position, void *to, size_t count,
              const char *) const override {
    if (position >= size())
      return 0;
    count = std::min<size_t>(count, size() - position);
    std::memcpy(to, buffer.getBufferStart() + position, count);
    // The copied pages of a mapped file need not stay in memory.
    constexpr size_t kLarge = 16 << 20;
    copied += count;
    if (copied >= kLarge &&
        buffer.getBufferKind() == llvm::MemoryBuffer::MemoryBuffer_MMap) {
      // Not dontNeedIfMmap: its posix_madvise does nothing on Linux.
      ::madvise(const_cast<char *>(buffer.getBufferStart()), size(),
                MADV_DONTNEED);
      copied = 0;
    }
    return count;
  }

private:
  llvm::MemoryBuffer &buffer;
  mutable size_t copied = 0;
};
} // namespace

/// The part of an exception's text that says what is wrong.
static std::string getFirstLine(const std::exception &error) {
  auto *torchError = dynamic_cast<const c10::Error *>(&error);
  StringRef text = torchError ? StringRef(torchError->what_without_backtrace())
                              : StringRef(error.what());
  return text.ltrim().take_until([](char c) { return c == '\n'; }).str();
}

static LogicalResult read(llvm::MemoryBuffer &contents, StringRef fileName,
                          ModuleOp module) {
  Location loc = FileLineColLoc::get(module.getContext(), fileName, 0, 0);
  std::string problem = checkArchive(contents.getBuffer());
  if (!problem.empty())
    return emitError(loc) << problem;
  try {
    jit::Module root = jit::load(std::make_shared<BufferAdapter>(contents));
    return ModuleReader(module, fileName).read(root);
  } catch (const std::bad_alloc &) {
    return emitError(loc, "LibTorch needs too much memory to read the archive");
  } catch (const std::exception &error) {
    return emitError(loc) << "LibTorch cannot read the archive: "
                          << getFirstLine(error);
  }
}

extern "C" bool dynfaultReadArchive(llvm::MemoryBuffer *contents,
                                    const char *fileName, Operation *module) {
  constexpr unsigned kStackBytes = 1u << 30;
  LogicalResult result = failure();
  llvm::thread worker(std::optional<unsigned>(kStackBytes), [&] {
    result = read(*contents, fileName, cast<ModuleOp>(module));
  });
  worker.join();
  return succeeded(result);
}
