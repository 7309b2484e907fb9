//===- FuzzArchive.cpp - Fuzzes the archive reader ------------------------===//
//
// Whatever bytes come: they are read or refused with an error. Most mutations
// of a zip file only break its framing, so the mutator unpacks an archive,
// changes one record, and packs it anew with right sizes and checksums.
//
//===----------------------------------------------------------------------===//

#include "passes/program/ProgramDialect.h"
#include "passes/torch/TorchDialect.h"
#include "passes/torchscript/ArchiveCheck.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/MemoryBuffer.h"

#include <map>
#include <zlib.h>

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torchscript;

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);
extern "C" bool dynfaultReadArchive(llvm::MemoryBuffer *contents,
                                    const char *fileName, Operation *module);

static std::string unpack(const Record &record) {
  if (!record.isDeflated)
    return record.bytes.str();
  std::string text(record.size, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return {};
  stream.next_in = (Bytef *)record.bytes.data();
  stream.avail_in = record.bytes.size();
  stream.next_out = (Bytef *)text.data();
  stream.avail_out = text.size();
  inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  return text;
}

static void put(std::string &out, uint64_t number, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i)
    out += static_cast<char>(number >> (8 * i));
}

/// A zip file of stored records under the folder `a`.
static std::string pack(const std::map<std::string, std::string> &records) {
  std::string file, directory;
  for (const auto &[name, bytes] : records) {
    std::string path = "a/" + name;
    std::string common;
    put(common, 0, 2); // flags
    put(common, 0, 2); // stored
    put(common, 0, 4); // time and date
    put(common, crc32(0, (const Bytef *)bytes.data(), bytes.size()), 4);
    put(common, bytes.size(), 4);
    put(common, bytes.size(), 4);
    put(common, path.size(), 2);
    put(common, 0, 2); // extra field
    uint64_t offset = file.size();
    file += "PK\x03\x04";
    put(file, 20, 2);
    file += common + path + bytes;
    directory += "PK\x01\x02";
    put(directory, 20, 2);
    put(directory, 20, 2);
    directory += common;
    put(directory, 0, 10); // comment, disk, attributes
    put(directory, 0, 2);
    put(directory, offset, 4);
    directory += path;
  }
  uint64_t begin = file.size();
  file += directory;
  file += "PK\x05\x06";
  put(file, 0, 4);
  put(file, records.size(), 2);
  put(file, records.size(), 2);
  put(file, directory.size(), 4);
  put(file, begin, 4);
  put(file, 0, 2);
  return file;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t maxSize, unsigned int seed) {
  Records records;
  llvm::StringRef contents(reinterpret_cast<char *>(data), size);
  // Now and then the framing itself.
  if (seed % 16 == 0 || !readRecords(contents, records).empty() ||
      records.empty())
    return LLVMFuzzerMutate(data, size, maxSize);
  std::map<std::string, std::string> unpacked;
  for (const auto &record : records)
    unpacked[record.getKey().str()] = unpack(record.getValue());
  auto chosen = std::next(unpacked.begin(), (seed / 16) % unpacked.size());
  std::string &bytes = chosen->second;
  size_t old = bytes.size();
  bytes.resize(old + 256);
  bytes.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t *>(bytes.data()), old,
                                bytes.size()));
  std::string file = pack(unpacked);
  if (file.size() > maxSize)
    return size;
  std::memcpy(data, file.data(), file.size());
  return file.size();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const DialectRegistry registry = [] {
    DialectRegistry dialects;
    dialects.insert<func::FuncDialect, torch::TorchDialect,
                    program::DynfaultDialect>();
    return dialects;
  }();
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  // Errors are expected, and nobody reads them.
  context.getDiagEngine().registerHandler([](Diagnostic &) {});
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  auto buffer = llvm::MemoryBuffer::getMemBuffer(
      llvm::StringRef(reinterpret_cast<const char *>(data), size), "fuzz.pt",
      /*RequiresNullTerminator=*/false);
  if (dynfaultReadArchive(buffer.get(), "fuzz.pt", *module))
    (void)verify(*module);
  return 0;
}
