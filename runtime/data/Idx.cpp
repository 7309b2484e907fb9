//===- Idx.cpp - Reader for IDX files -------------------------------------===//

#include "runtime/data/Idx.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace dynfault {

namespace {

/// Element type for an IDX type code, or nothing.
c10::optional<at::ScalarType> elementType(uint8_t code) {
  switch (code) {
  case 0x08:
    return at::kByte;
  case 0x09:
    return at::kChar;
  case 0x0b:
    return at::kShort;
  case 0x0c:
    return at::kInt;
  case 0x0d:
    return at::kFloat;
  case 0x0e:
    return at::kDouble;
  default:
    return c10::nullopt;
  }
}

uint32_t bigEndian32(const unsigned char *bytes) {
  return uint32_t(bytes[0]) << 24 | uint32_t(bytes[1]) << 16 |
         uint32_t(bytes[2]) << 8 | bytes[3];
}

} // namespace

at::Tensor parseIdx(const std::string &bytes, const std::string &file) {
  auto fail = [&](const std::string &what) {
    throw std::runtime_error(fmt::format("{}: {}", file, what));
  };
  const auto *data = reinterpret_cast<const unsigned char *>(bytes.data());
  if (bytes.size() < 4)
    fail(fmt::format("truncated IDX header ({} bytes)", bytes.size()));
  if (data[0] != 0 || data[1] != 0)
    fail(fmt::format("not an IDX file (starts with {:02x} {:02x}, expected "
                     "00 00)",
                     data[0], data[1]));
  c10::optional<at::ScalarType> type = elementType(data[2]);
  if (!type)
    fail(fmt::format("unknown IDX type code 0x{:02x}", data[2]));
  size_t dimensions = data[3];
  size_t offset = 4 + 4 * dimensions;
  if (dimensions == 0)
    fail("IDX file without dimensions");
  if (bytes.size() < offset)
    fail(fmt::format("truncated IDX header ({} bytes, {} dimensions need {})",
                     bytes.size(), dimensions, offset));

  std::vector<int64_t> shape;
  size_t width = c10::elementSize(*type);
  size_t expected = width;
  for (size_t i = 0; i < dimensions; ++i) {
    shape.push_back(bigEndian32(data + 4 + 4 * i));
    if (__builtin_mul_overflow(expected, size_t(shape.back()), &expected))
      fail("impossible sizes in the IDX header");
  }
  size_t present = bytes.size() - offset;
  if (present < expected)
    fail(fmt::format("truncated: the IDX header announces {} bytes of data, "
                     "the file holds {}",
                     expected, present));
  if (present > expected)
    fail(fmt::format("the IDX header announces {} bytes of data, the file "
                     "holds {} more",
                     expected, present - expected));

  at::Tensor tensor = at::empty(shape, *type);
  auto *out = static_cast<unsigned char *>(tensor.data_ptr());
  std::copy_n(data + offset, expected, out);
  if (width > 1)
    for (size_t i = 0; i < expected; i += width)
      std::reverse(out + i, out + i + width);
  return tensor;
}

} // namespace dynfault
