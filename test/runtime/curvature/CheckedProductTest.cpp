//===- CheckedProductTest.cpp ---------------------------------------------===//
//
// Non-finite products are noticed and counted.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/HessianProduct.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <limits>

using namespace dynfault;

TEST(CheckedProduct, CountsFiniteAndNonfinite) {
  double factor = 2;
  CheckedProduct product([&](const at::Tensor &v) { return v * factor; });
  at::Tensor v = torch::randn({7}, torch::kDouble);
  at::Tensor w = product(v);
  ASSERT_TRUE(w.defined());
  EXPECT_TRUE(at::equal(w, v * 2));
  factor = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(product(v).defined());
  factor = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(product(v).defined());
  EXPECT_EQ(product.calls(), 3);
  EXPECT_EQ(product.nonfinite(), 2);
}

TEST(CheckedProduct, DotProductInFloat64) {
  // 1e8 * 1e8 + 1 - 1e8 * 1e8: float32 would lose the 1.
  at::Tensor u = torch::tensor({1e8F, 1.0F, -1e8F});
  at::Tensor v = torch::tensor({1e8F, 1.0F, 1e8F});
  EXPECT_EQ(dot64(u.narrow(0, 0, 2), v.narrow(0, 0, 2)),
            1.0 + static_cast<double>(1e8F) * static_cast<double>(1e8F));
  EXPECT_NEAR(dot64(u, v), 1.0, 2.0);
  EXPECT_TRUE(
      std::isfinite(dot64(torch::full({4}, 1e30F), torch::full({4}, 1e30F))));
}
