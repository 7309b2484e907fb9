//===- Sha256.h - Digest of a file ------------------------------*- C++ -*-===//
//
// A report names the corpus it was computed from by its digest, because file
// names get reused.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_UTIL_SHA256_H
#define DYNFAULT_STUDY_UTIL_SHA256_H

#include <string>

namespace dynfault::study {

/// SHA-256 of a file's bytes as 64 lower-case hexadecimal digits. Throws
/// StudyError when the file cannot be read.
std::string sha256OfFile(const std::string &path);

/// Likewise of a text.
std::string sha256OfText(const std::string &text);

} // namespace dynfault::study

#endif
