//===- Wav.h - Reader for recorded sound ------------------------*- C++ -*-===//
//
// RIFF/WAVE files with linear 16-bit samples (Microsoft, IBM 1991), one
// channel: what the telephone prompts of Debian's packages are.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_WAV_H
#define DYNFAULT_RUNTIME_DATA_WAV_H

#include <ATen/core/Tensor.h>
#include <string>

namespace dynfault {

struct Sound {
  at::Tensor samples; ///< float32 [n] in [-1, 1).
  int64_t rate = 0;   ///< Samples per second.
};

/// Throws std::runtime_error that names `file` if it is no WAVE file, is
/// truncated, or has another encoding or several channels.
Sound parseWav(const std::string &bytes, const std::string &file);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_WAV_H
