//===- Wav.cpp - Reader for recorded sound --------------------------------===//

#include "runtime/data/Wav.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <stdexcept>

namespace dynfault {

namespace {

uint32_t littleEndian(const std::string &bytes, size_t at, int width) {
  uint32_t value = 0;
  for (int i = width - 1; i >= 0; --i)
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

} // namespace

Sound parseWav(const std::string &bytes, const std::string &file) {
  auto fail = [&](const std::string &what) {
    throw std::runtime_error(fmt::format("{}: {}", file, what));
  };
  if (bytes.size() < 12 || bytes.compare(0, 4, "RIFF") != 0 ||
      bytes.compare(8, 4, "WAVE") != 0)
    fail("is no WAVE file");
  Sound sound;
  size_t at = 12;
  while (at + 8 <= bytes.size()) {
    std::string kind = bytes.substr(at, 4);
    size_t size = littleEndian(bytes, at + 4, 4);
    at += 8;
    if (size > bytes.size() - at)
      fail(fmt::format("truncated: the chunk '{}' announces {} bytes, {} are "
                       "left",
                       kind, size, bytes.size() - at));
    if (kind == "fmt ") {
      if (size < 16)
        fail("truncated description of the samples");
      int encoding = littleEndian(bytes, at, 2);
      int channels = littleEndian(bytes, at + 2, 2);
      int bits = littleEndian(bytes, at + 14, 2);
      if (encoding != 1 || channels != 1 || bits != 16)
        fail(fmt::format("encoding {} with {} channels of {} bits is not "
                         "supported (expected 1, 1 and 16)",
                         encoding, channels, bits));
      sound.rate = littleEndian(bytes, at + 4, 4);
    } else if (kind == "data") {
      if (sound.rate == 0)
        fail("the samples stand before their description");
      sound.samples = at::empty({int64_t(size / 2)}, at::kFloat);
      float *out = sound.samples.data_ptr<float>();
      for (size_t i = 0; i < size / 2; ++i)
        out[i] = int16_t(littleEndian(bytes, at + 2 * i, 2)) / 32768.0f;
      return sound;
    }
    at += size + size % 2; // Chunks begin at even places.
  }
  fail("holds no samples");
  return sound;
}

} // namespace dynfault
