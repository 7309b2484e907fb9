//===- Npy.cpp - Reader for NumPy's array files ---------------------------===//

#include "runtime/data/Npy.h"

#include "runtime/data/Bundle.h"

#include <ATen/ATen.h>
#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <regex>
#include <stdexcept>

namespace dynfault {

namespace {

[[noreturn]] void fail(const std::string &file, const std::string &what) {
  throw std::runtime_error(fmt::format("{}: {}", file, what));
}

/// LibTorch's type for a NumPy type string; uint16 is read as int16 first.
c10::optional<at::ScalarType> elementType(const std::string &descr) {
  const std::pair<const char *, at::ScalarType> known[] = {
      {"|u1", at::kByte},  {"|i1", at::kChar},  {"<i2", at::kShort},
      {"<u2", at::kShort}, {"<i4", at::kInt},   {"<i8", at::kLong},
      {"<f4", at::kFloat}, {"<f8", at::kDouble}};
  for (const auto &[name, type] : known)
    if (descr == name)
      return type;
  return c10::nullopt;
}

/// The first group of `pattern` in `header`.
std::string member(const std::string &header, const char *pattern,
                   const std::string &file) {
  std::smatch match;
  if (!std::regex_search(header, match, std::regex(pattern)))
    fail(file, "the header of the NumPy array is not understood");
  return match[1];
}

std::vector<int64_t> parseShape(const std::string &text,
                                const std::string &file) {
  std::vector<int64_t> shape;
  size_t at = 0;
  while ((at = text.find_first_of("0123456789", at)) != std::string::npos) {
    size_t end =
        std::min(text.find_first_not_of("0123456789", at), text.size());
    if (end - at > 12)
      fail(file, "impossible sizes in the header of the NumPy array");
    shape.push_back(std::stoll(text.substr(at, end - at)));
    at = end;
  }
  return shape;
}

} // namespace

at::Tensor parseNpy(const std::string &bytes, const std::string &file) {
  const auto *data = reinterpret_cast<const unsigned char *>(bytes.data());
  if (bytes.size() < 12 || bytes.compare(0, 6, "\x93NUMPY") != 0)
    fail(file, "is no NumPy array file");
  int version = data[6];
  if (version != 1 && version != 2)
    fail(file,
         fmt::format("version {} of NumPy's format is not known", version));
  size_t start = version == 1 ? 10 : 12;
  size_t length = data[8] | data[9] << 8;
  if (version == 2)
    length |= size_t(data[10]) << 16 | size_t(data[11]) << 24;
  if (bytes.size() < start + length)
    fail(file, "truncated NumPy header");
  std::string header = bytes.substr(start, length);
  std::string descr = member(header, "'descr': *'([^']*)'", file);
  if (member(header, "'fortran_order': *(True|False)", file) == "True")
    fail(file, "NumPy arrays in Fortran order are not supported");
  auto type = elementType(descr);
  if (!type)
    fail(file,
         fmt::format("NumPy's element type '{}' is not supported", descr));
  std::vector<int64_t> shape =
      parseShape(member(header, "'shape': *\\(([^)]*)\\)", file), file);
  size_t expected = c10::elementSize(*type);
  for (int64_t size : shape)
    if (__builtin_mul_overflow(expected, size_t(size), &expected))
      fail(file, "impossible sizes in the header of the NumPy array");
  size_t present = bytes.size() - start - length;
  if (present != expected)
    fail(file, fmt::format("the header of the NumPy array announces {} bytes, "
                           "the file holds {}",
                           expected, present));
  at::Tensor array = at::empty(shape, *type);
  std::memcpy(array.data_ptr(), bytes.data() + start + length, expected);
  if (descr == "<u2")
    array = array.to(at::kInt).bitwise_and(0xffff);
  return array;
}

at::Tensor parseNpz(const std::string &bytes, const std::string &name,
                    const std::string &file) {
  for (const BundleMember &member : readBundle(bytes, file))
    if (member.name == name + ".npy")
      return parseNpy(member.bytes, file + ": " + member.name);
  fail(file, fmt::format("holds no array '{}'", name));
}

} // namespace dynfault
