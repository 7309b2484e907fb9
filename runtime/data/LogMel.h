//===- LogMel.h - Sound as a picture of its pitches -------------*- C++ -*-===//
//
// What speech models train on: the energy of short pieces in bands that are
// equally wide to the ear.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_LOGMEL_H
#define DYNFAULT_RUNTIME_DATA_LOGMEL_H

#include <ATen/core/Tensor.h>

namespace dynfault {

struct LogMelOptions {
  int64_t rate = 8000;  ///< Samples per second.
  int64_t window = 256; ///< Samples of a piece, and length of its transform.
  int64_t hop = 128;    ///< Samples from one piece to the next.
  int64_t bands = 40;
};

/// Triangular filters over the `window / 2 + 1` frequencies of a piece, float64
/// [bands, frequencies]: their corners lie equally spaced from 0 to rate / 2 on
/// the scale mel(f) = 2595 log10(1 + f / 700) (O'Shaughnessy 1987); each rises
/// from 0 to 1 at its centre and falls to 0 at the next one's.
at::Tensor melFilters(const LogMelOptions &options);

/// log(1e-6 + M |X|^2) of `samples` [..., n], float32 [..., bands, pieces] with
/// pieces = 1 + (n - window) / hop: M are melFilters(), X is the discrete
/// Fourier transform of each piece under a periodic Hann window. Nothing is
/// padded.
at::Tensor logMel(const at::Tensor &samples, const LogMelOptions &options);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_LOGMEL_H
