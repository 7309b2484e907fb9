//===- FileBytes.cpp - Whole files in and out -----------------------------===//

#include "runtime/data/FileBytes.h"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <unistd.h>
#include <zlib.h>

namespace dynfault {

std::string readFileBytes(const std::filesystem::path &path) {
  if (std::filesystem::is_directory(path))
    throw std::runtime_error(
        fmt::format("{}: is a folder, expected a file", path.string()));
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream buffer;
  if (stream)
    buffer << stream.rdbuf();
  // An empty file sets failbit on the insertion; that is no error.
  if (!stream)
    throw std::runtime_error(fmt::format("{}: cannot read: {}", path.string(),
                                         std::strerror(errno)));
  return buffer.str();
}

std::string gunzipIfPacked(std::string bytes, const std::string &file) {
  if (bytes.size() < 2 || bytes[0] != '\x1f' || bytes[1] != '\x8b')
    return bytes;
  z_stream stream{};
  // 16: expect a gzip header rather than zlib's.
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
    throw std::runtime_error("zlib cannot be initialised");
  std::string unpacked;
  std::string chunk(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef *>(bytes.data());
  stream.avail_in = bytes.size();
  int status = Z_OK;
  while (true) {
    stream.next_out = reinterpret_cast<Bytef *>(chunk.data());
    stream.avail_out = chunk.size();
    status = inflate(&stream, Z_NO_FLUSH);
    unpacked.append(chunk, 0, chunk.size() - stream.avail_out);
    if (status == Z_STREAM_END) {
      if (stream.avail_in == 0)
        break;
      inflateReset(&stream);
      continue;
    }
    if (status != Z_OK)
      break;
  }
  inflateEnd(&stream);
  if (status == Z_STREAM_END)
    return unpacked;
  throw std::runtime_error(fmt::format("{}: {} after {} unpacked bytes", file,
                                       status == Z_BUF_ERROR
                                           ? "the gzip stream is truncated"
                                           : "the gzip stream is damaged",
                                       unpacked.size()));
}

void writeFileAtomically(const std::filesystem::path &path,
                         const std::string &bytes) {
  std::filesystem::path temporary = path;
  temporary += fmt::format(".{}.tmp", ::getpid());
  errno = 0;
  std::ofstream stream(temporary, std::ios::binary | std::ios::trunc);
  stream.write(bytes.data(), bytes.size());
  stream.close();
  int reason = errno;
  std::error_code error;
  if (!stream) {
    std::filesystem::remove(temporary, error);
    throw std::runtime_error(fmt::format("{}: cannot write: {}", path.string(),
                                         std::strerror(reason)));
  }
  std::filesystem::rename(temporary, path, error);
  if (!error)
    return;
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);
  throw std::runtime_error(
      fmt::format("{}: cannot write: {}", path.string(), error.message()));
}

} // namespace dynfault
