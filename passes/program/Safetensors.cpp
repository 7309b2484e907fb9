//===- Safetensors.cpp - Tensors in a file of their own -------------------===//

#include "passes/program/Safetensors.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <sys/mman.h>

using namespace mlir;
using namespace dynfault;
using namespace dynfault::program;

StringRef program::getSafetensorsDtype(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type))
    return complex.getElementType().isF32() ? "C64" : "";
  if (auto integer = dyn_cast<IntegerType>(type)) {
    bool isUnsigned = integer.isUnsigned();
    switch (integer.getWidth()) {
    case 1:
      return "BOOL";
    case 8:
      return isUnsigned ? "U8" : "I8";
    case 16:
      return isUnsigned ? "U16" : "I16";
    case 32:
      return isUnsigned ? "U32" : "I32";
    case 64:
      return isUnsigned ? "U64" : "I64";
    }
    return "";
  }
  if (type.isBF16())
    return "BF16";
  if (type.isF16())
    return "F16";
  if (type.isF32())
    return "F32";
  return type.isF64() ? "F64" : "";
}

unsigned program::getElementBytes(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type))
    return 2 * getElementBytes(complex.getElementType());
  return type.isIntOrFloat() ? llvm::divideCeil(type.getIntOrFloatBitWidth(), 8)
                             : 0;
}

llvm::Error program::writeSafetensors(StringRef path,
                                      ArrayRef<NamedTensor> tensors) {
  // Wide elements first, so that each tensor is aligned.
  std::vector<const NamedTensor *> order;
  for (const NamedTensor &tensor : tensors)
    order.push_back(&tensor);
  llvm::stable_sort(order, [](const NamedTensor *a, const NamedTensor *b) {
    return getElementBytes(a->type.getElementType()) >
           getElementBytes(b->type.getElementType());
  });

  std::string header;
  {
    llvm::raw_string_ostream os(header);
    llvm::json::OStream json(os);
    uint64_t offset = 0;
    json.object([&] {
      for (const NamedTensor *tensor : order)
        json.attributeObject(tensor->name, [&] {
          json.attribute("dtype",
                         getSafetensorsDtype(tensor->type.getElementType()));
          json.attributeArray("shape", [&] {
            for (int64_t size : tensor->type.getShape())
              json.value(size);
          });
          json.attributeArray("data_offsets", [&] {
            json.value(offset);
            offset += tensor->values.size();
            json.value(offset);
          });
        });
    });
  }
  // The values start at a multiple of eight.
  header.append(llvm::offsetToAlignment(header.size(), llvm::Align(8)), ' ');
  return llvm::writeToOutput(path, [&](raw_ostream &os) -> llvm::Error {
    char length[8];
    llvm::support::endian::write64le(length, header.size());
    os.write(length, sizeof(length));
    os << header;
    for (const NamedTensor *tensor : order)
      os.write(tensor->values.data(), tensor->values.size());
    return llvm::Error::success();
  });
}

static llvm::Error makeError(const Twine &text) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), text);
}

llvm::Expected<std::unique_ptr<SafetensorsFile>>
SafetensorsFile::open(StringRef path) {
  auto file = llvm::sys::fs::openNativeFileForRead(path);
  if (!file)
    return makeError("cannot read the weights file '" + path +
                     "': " + llvm::toString(file.takeError()) +
                     "; it belongs next to the .mlir file");
  llvm::sys::fs::file_status status;
  std::error_code error = llvm::sys::fs::status(*file, status);
  auto result = std::make_unique<SafetensorsFile>();
  result->path = path.str();
  if (!error && status.getSize() >= 8)
    result->region = std::make_unique<llvm::sys::fs::mapped_file_region>(
        *file, llvm::sys::fs::mapped_file_region::priv, status.getSize(), 0,
        error);
  llvm::sys::fs::closeFile(*file);
  if (error)
    return makeError("cannot read the weights file '" + path +
                     "': " + error.message());
  if (!result->region)
    return makeError("'" + path + "' is no safetensors file: it is too short");
  if (llvm::Error problem = result->readHeader())
    return problem;
  return result;
}

/// Whether a JSON text nests at most three levels, which is all that a header
/// has; the JSON parser recurses.
static bool isFlat(StringRef text) {
  unsigned depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i)
        if (text[i] == '\\')
          ++i;
    } else if (c == '{' || c == '[') {
      if (++depth > 3)
        return false;
    } else if ((c == '}' || c == ']') && depth) {
      --depth;
    }
  }
  return true;
}

llvm::Error SafetensorsFile::readHeader() {
  auto wrong = [&](const Twine &what) {
    return makeError("'" + path + "' is no safetensors file: " + what);
  };
  uint64_t length = llvm::support::endian::read64le(region->const_data());
  if (length > region->size() - 8)
    return wrong("its header is longer than the file");
  StringRef text(region->const_data() + 8, length);
  data = MutableArrayRef<char>(region->data(), region->size())
             .drop_front(8 + length);
  if (!isFlat(text))
    return wrong("its header nests too deeply");
  auto header = llvm::json::parse(text);
  if (!header)
    return wrong(llvm::toString(header.takeError()));
  auto *object = header->getAsObject();
  if (!object)
    return wrong("its header is no object");
  for (const auto &[key, value] : *object) {
    StringRef name = key;
    if (name == "__metadata__")
      continue;
    auto *description = value.getAsObject();
    auto dtype = description ? description->getString("dtype") : std::nullopt;
    auto *shape = description ? description->getArray("shape") : nullptr;
    auto *offsets =
        description ? description->getArray("data_offsets") : nullptr;
    if (!dtype || !shape || !offsets || offsets->size() != 2)
      return wrong("tensor '" + name +
                   "' is not described by dtype, shape and "
                   "data_offsets");
    Entry entry;
    entry.dtype = dtype->str();
    auto begin = (*offsets)[0].getAsUINT64(), end = (*offsets)[1].getAsUINT64();
    if (!begin || !end || *begin > *end || *end > data.size())
      return wrong("tensor '" + name + "' lies outside of the file");
    entry.begin = *begin;
    entry.end = *end;
    for (const llvm::json::Value &size : *shape) {
      auto number = size.getAsInteger();
      if (!number)
        return wrong("tensor '" + name + "' has a size that is no number");
      entry.shape.push_back(*number);
    }
    entries[name] = std::move(entry);
  }
  return llvm::Error::success();
}

void SafetensorsFile::releasePages() {
  ::madvise(region->data(), region->size(), MADV_DONTNEED);
}

llvm::Expected<MutableArrayRef<char>> SafetensorsFile::find(StringRef name,
                                                            ShapedType type) {
  auto known = entries.find(name);
  if (known == entries.end())
    return makeError("the weights file '" + path + "' has no tensor '" + name +
                     "'");
  const Entry &entry = known->second;
  if (entry.dtype != getSafetensorsDtype(type.getElementType()) ||
      ArrayRef(entry.shape) != type.getShape()) {
    std::string shape;
    llvm::raw_string_ostream os(shape);
    llvm::interleave(entry.shape, os, "x");
    return makeError("the weights file '" + path + "' has the tensor '" + name +
                     "' as " + entry.dtype + " of shape [" + shape +
                     "], not as the module's type says");
  }
  uint64_t bytes = static_cast<uint64_t>(type.getNumElements()) *
                   getElementBytes(type.getElementType());
  if (entry.end - entry.begin != bytes)
    return makeError("the weights file '" + path + "' has " +
                     Twine(entry.end - entry.begin) +
                     " bytes for the tensor '" + name + "', which needs " +
                     Twine(bytes));
  return data.slice(entry.begin, bytes);
}
