//===- IdxTest.cpp - Tests of the IDX reader --------------------*- C++ -*-===//

#include "runtime/data/Idx.h"

#include "test/runtime/TestFolder.h"

#include <cstring>
#include <random>

using namespace dynfault;

namespace {

std::string bigEndian(uint64_t value, int width) {
  std::string bytes;
  for (int i = width - 1; i >= 0; --i)
    bytes += char(value >> (8 * i));
  return bytes;
}

std::string header(uint8_t code, const std::vector<uint32_t> &shape) {
  std::string bytes = {0, 0, char(code), char(shape.size())};
  for (uint32_t size : shape)
    bytes += bigEndian(size, 4);
  return bytes;
}

/// Writes random values of type T big-endian and compares what is read.
template <typename T, typename Bits>
void checkType(uint8_t code, at::ScalarType type) {
  std::mt19937_64 engine(code);
  for (int repeat = 0; repeat < 3; ++repeat) {
    std::string bytes = header(code, {3, 2, 2});
    std::vector<double> expected;
    for (int i = 0; i < 12; ++i) {
      T value = std::is_floating_point<T>::value
                    ? T(std::normal_distribution<double>(0, 1e3)(engine))
                    : T(engine());
      Bits bits;
      std::memcpy(&bits, &value, sizeof(bits));
      bytes += bigEndian(bits, sizeof(bits));
      expected.push_back(value);
    }
    at::Tensor tensor = parseIdx(bytes, "random.idx");
    ASSERT_EQ(tensor.scalar_type(), type);
    ASSERT_EQ(tensor.sizes(), at::IntArrayRef({3, 2, 2}));
    at::Tensor flat = tensor.to(at::kDouble).reshape(-1);
    for (int i = 0; i < 12; ++i)
      EXPECT_EQ(flat[i].item<double>(), expected[i]);
  }
}

std::string parseError(const std::string &bytes) {
  return errorOf([&] { parseIdx(bytes, "data.idx"); });
}

} // namespace

TEST(IdxTest, ReadsEveryElementType) {
  checkType<uint8_t, uint8_t>(0x08, at::kByte);
  checkType<int8_t, uint8_t>(0x09, at::kChar);
  checkType<int16_t, uint16_t>(0x0b, at::kShort);
  checkType<int32_t, uint32_t>(0x0c, at::kInt);
  checkType<float, uint32_t>(0x0d, at::kFloat);
  checkType<double, uint64_t>(0x0e, at::kDouble);
}

TEST(IdxTest, RejectsForeignFiles) {
  EXPECT_ONE_LINE_WITH(parseError("PK\3\4 something"),
                       "data.idx: not an IDX file (starts with 50 4b");
  EXPECT_ONE_LINE_WITH(parseError(header(0x0a, {1}) + "x"),
                       "unknown IDX type code 0x0a");
  EXPECT_ONE_LINE_WITH(parseError(header(0x08, {})), "without dimensions");
}

TEST(IdxTest, RejectsEveryTruncation) {
  std::string whole = header(0x0b, {2, 3}) + std::string(12, '\1');
  ASSERT_EQ(parseError(whole), "");
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_ONE_LINE_WITH(parseError(whole.substr(0, length)), "truncated");
}

TEST(IdxTest, RejectsTooManyBytes) {
  EXPECT_ONE_LINE_WITH(parseError(header(0x08, {2}) + "abc"),
                       "announces 2 bytes of data, the file holds 1 more");
}

TEST(IdxTest, RejectsSizesThatOverflow) {
  uint32_t huge = 0xffffffff;
  EXPECT_ONE_LINE_WITH(parseError(header(0x0e, {huge, huge, huge})),
                       "impossible sizes");
}
