//===- SynchronisationTest.cpp --------------------------------------------===//
//
// No probe but that of curvature waits for the device in a step. On a CPU
// nothing waits, but what would can be counted: reading a number out of a
// tensor is aten::_local_scalar_dense wherever the tensor is.
//
//===----------------------------------------------------------------------===//
#include "TestPrograms.h"
#include "runtime/ops/Statistics.h"

#include <gtest/gtest.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/torch.h>

#include <atomic>
#include <cstring>

using namespace dynfault;
using namespace dynfault::test;

namespace {

std::atomic<int> reads{0};

std::unique_ptr<at::ObserverContext> count(const at::RecordFunction &call) {
  for (const char *name : {"aten::_local_scalar_dense", "aten::item",
                           "aten::nonzero", "aten::is_nonzero"})
    if (std::strcmp(call.name(), name) == 0)
      ++reads;
  return nullptr;
}

/// Counts reads while it is alive.
class Counter {
public:
  Counter() : handle(at::addGlobalCallback(at::RecordFunctionCallback(count))) {
    reads = 0;
  }
  ~Counter() { at::removeCallback(handle); }
  Counter(const Counter &) = delete;
  Counter &operator=(const Counter &) = delete;

private:
  at::CallbackHandle handle;
};

} // namespace

TEST(Synchronisation, TheCounterCounts) {
  Counter counter;
  torch::ones({}).item<double>();
  EXPECT_GT(reads, 0);
}

TEST(Synchronisation, NoneInAProbedStep) {
  torch::jit::GraphOptimizerEnabledGuard executor(false);
  torch::manual_seed(1);
  ProgramOptions options;
  options.dtype = at::kFloat;
  options.curvature = false;
  torch::jit::Module module = batchNormDropoutProgram(options);
  auto step = module.get_method("training_step");
  auto [input, target] = randomBatch(10, at::kFloat);
  step({input, target});
  Counter counter;
  for (int i = 0; i < 3; ++i)
    step({input, target});
  EXPECT_EQ(reads, 0);
  EXPECT_EQ(recorderOf(module)->values("activation/mean", "bn/tanh").size(),
            4U);
}

TEST(Synchronisation, NoneInWhatAcceleratorsRun) {
  torch::manual_seed(2);
  at::Tensor x = torch::randn({40, 6, 3, 3}), y = torch::randn({40, 6, 3, 3});
  UnitLayout layout = unitLayout(x.sizes(), 1);
  Counter counter;
  generic::activationStatistics(x, activationRange("relu"), layout);
  generic::effectiveRank(x, layout);
  generic::gradientStatistics(x);
  generic::weightStatistics(x);
  generic::updateStatistics(x, y);
  generic::normAndCosine(x, y);
  generic::normAndSum(x);
  generic::differenceStatistics(x, y);
  EXPECT_EQ(reads, 0);
}
