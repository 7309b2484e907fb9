//===- SpectralDensityTest.cpp --------------------------------------------===//
//
// Moments and shares of a dense matrix whose spectrum is known.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/SpectralDensity.h"
#include "TestPrograms.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

using namespace dynfault;
using namespace dynfault::test;

TEST(SpectralDensity, MomentsOfTheSpectrum) {
  torch::manual_seed(5);
  std::vector<double> spectrum(200);
  double second = 0;
  for (size_t i = 0; i < spectrum.size(); ++i) {
    spectrum[i] = i < 5 ? 10 : std::sin(static_cast<double>(i));
    second += spectrum[i] * spectrum[i] / 200;
  }
  at::Tensor matrix = symmetricWithSpectrum(spectrum);
  CheckedProduct product(
      [&](const at::Tensor &v) { return at::mv(matrix, v); });
  RandomVectors random(1, 200, at::kDouble);
  SpectralDensity density = spectralDensity(product, random, 20, 12);
  ASSERT_TRUE(density.finite);
  double sum = 0, moment = 0, above = 0;
  for (size_t i = 0; i < density.nodes.size(); ++i) {
    sum += density.weights[i];
    moment += density.weights[i] * density.nodes[i] * density.nodes[i];
    if (density.nodes[i] > 5)
      above += density.weights[i];
  }
  EXPECT_NEAR(sum, 1, 1e-12);
  EXPECT_NEAR(moment, second, 0.1 * second);
  EXPECT_NEAR(above, 5.0 / 200, 0.01);
  EXPECT_TRUE(std::is_sorted(density.nodes.begin(), density.nodes.end()));
}
