//===- Sha256.cpp - Digest of a file --------------------------------------===//
//
// Reads in blocks, so that a corpus of many gigabytes needs no memory.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/util/Sha256.h"

#include "tools/dynfault-study/util/Error.h"

#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <openssl/evp.h>
#include <vector>

namespace dynfault::study {

std::string sha256OfFile(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    throw StudyError(fmt::format("{}: cannot be opened for reading", path));

  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  bool good =
      context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  std::vector<char> block(1 << 20);
  while (good && in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    good = EVP_DigestUpdate(context.get(), block.data(),
                            static_cast<size_t>(in.gcount()));
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  good =
      good && !in.bad() && EVP_DigestFinal_ex(context.get(), digest, &length);
  if (!good)
    throw StudyError(fmt::format("{}: cannot be read to its end", path));

  std::string hex;
  for (unsigned i = 0; i < length; ++i)
    hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

std::string sha256OfText(const std::string &text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (!EVP_Digest(text.data(), text.size(), digest, &length, EVP_sha256(),
                  nullptr))
    throw StudyError("SHA-256 is not available; check the OpenSSL "
                     "installation");
  std::string hex;
  for (unsigned i = 0; i < length; ++i)
    hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

} // namespace dynfault::study
