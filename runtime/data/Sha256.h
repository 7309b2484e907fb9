//===- Sha256.h - SHA-256 of bytes ------------------------------*- C++ -*-===//
//
// Data files and archives are identified by what is in them, not by their name
// or by the version of the package that they came from.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_SHA256_H
#define DYNFAULT_RUNTIME_DATA_SHA256_H

#include <string>
#include <string_view>

namespace dynfault {

/// SHA-256 (FIPS 180-4) of `bytes` as 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_SHA256_H
