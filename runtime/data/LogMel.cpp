//===- LogMel.cpp - Sound as a picture of its pitches ---------------------===//

#include "runtime/data/LogMel.h"

#include <ATen/ATen.h>
#include <cmath>

namespace dynfault {

at::Tensor melFilters(const LogMelOptions &options) {
  int64_t frequencies = options.window / 2 + 1;
  double highest = 2595 * std::log10(1 + options.rate / 2.0 / 700);
  auto corner = [&](int64_t i) {
    double mel = highest * i / (options.bands + 1);
    return 700 * (std::pow(10, mel / 2595) - 1);
  };
  at::Tensor filters = at::zeros({options.bands, frequencies}, at::kDouble);
  auto weight = filters.accessor<double, 2>();
  for (int64_t band = 0; band < options.bands; ++band) {
    double low = corner(band), centre = corner(band + 1),
           high = corner(band + 2);
    for (int64_t i = 0; i < frequencies; ++i) {
      double f = double(i) * options.rate / options.window;
      double rising = (f - low) / (centre - low);
      double falling = (high - f) / (high - centre);
      weight[band][i] = std::max(0.0, std::min(rising, falling));
    }
  }
  return filters;
}

at::Tensor logMel(const at::Tensor &samples, const LogMelOptions &options) {
  constexpr double Floor = 1e-6;
  at::Tensor pieces =
      samples.to(at::kDouble).unfold(-1, options.window, options.hop);
  at::Tensor hann = at::hann_window(options.window, /*periodic=*/true,
                                    at::TensorOptions(at::kDouble));
  at::Tensor power = at::fft_rfft(pieces * hann).abs().square();
  at::Tensor energy = at::matmul(power, melFilters(options).t());
  return (energy + Floor).log().transpose(-1, -2).to(at::kFloat).contiguous();
}

} // namespace dynfault
