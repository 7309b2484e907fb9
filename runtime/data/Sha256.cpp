//===- Sha256.cpp - SHA-256 of bytes --------------------------------------===//

#include "runtime/data/Sha256.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <stdexcept>

namespace dynfault {

std::string sha256(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (!EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(),
                  nullptr))
    throw std::runtime_error("OpenSSL offers no SHA-256");
  std::string hex;
  for (unsigned i = 0; i < length; ++i)
    hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

} // namespace dynfault
