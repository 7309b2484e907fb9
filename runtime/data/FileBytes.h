//===- FileBytes.h - Whole files in and out ---------------------*- C++ -*-===//
//
// Data files are small enough to be read at once, so hashing, unpacking and
// parsing work on bytes in memory. Writing goes through a temporary file, so
// that a reader never sees half a file.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_FILEBYTES_H
#define DYNFAULT_RUNTIME_DATA_FILEBYTES_H

#include <filesystem>
#include <string>

namespace dynfault {

/// All bytes of `path`. Throws std::runtime_error that names the file and the
/// system's reason.
std::string readFileBytes(const std::filesystem::path &path);

/// `bytes` unpacked if they start with the gzip magic (RFC 1952), otherwise
/// `bytes` themselves. Concatenated gzip members are joined. Throws
/// std::runtime_error that names `file` if the stream is truncated or damaged.
std::string gunzipIfPacked(std::string bytes, const std::string &file);

/// Writes `bytes` to a temporary file beside `path` and renames it. Throws
/// std::runtime_error; `path` is then untouched.
void writeFileAtomically(const std::filesystem::path &path,
                         const std::string &bytes);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_FILEBYTES_H
