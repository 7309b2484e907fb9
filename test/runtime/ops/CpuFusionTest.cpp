//===- CpuFusionTest.cpp --------------------------------------------------===//
//
// A graph on a CPU gives the bits of its operators however often it is called.
// Without CpuFusion.cpp the second call never returns on Debian 13.
//
//===----------------------------------------------------------------------===//
#include <gtest/gtest.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/script.h>
#include <torch/torch.h>

TEST(CpuFusion, EveryCallRunsTheOperators) {
  auto unit = torch::jit::compile(R"(
def f(x, w, z):
    return torch.matmul(x, w) * (-(z * z) + 1)
)");
  torch::jit::GraphOptimizerEnabledGuard on(true);
  torch::manual_seed(1);
  at::Tensor x = torch::randn({12, 4}, at::kDouble);
  at::Tensor w = torch::randn({4, 6}, at::kDouble);
  at::Tensor z = torch::randn({12, 6}, at::kDouble);
  at::Tensor expected = at::matmul(x, w) * (-(z * z) + 1);
  for (int call = 0; call < 4; ++call) {
    EXPECT_TRUE(at::equal(unit->run_method("f", x, w, z).toTensor(), expected))
        << "call " << call;
    std::string graph = torch::jit::lastExecutedOptimizedGraph()->toString();
    EXPECT_EQ(graph.find("TensorExprGroup"), std::string::npos) << graph;
  }
}
