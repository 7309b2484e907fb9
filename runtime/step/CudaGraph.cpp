//===- CudaGraph.cpp - CUDA graphs ----------------------------------------===//
//
// A graph's own tensors come from a pool of memory that stays reserved for it;
// all graphs of one source share one, since no two run at a time. LibTorch
// itself keeps the random numbers right: the default generator is registered
// with each graph, and a replay moves it on as the operators would.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/DeviceGraph.h"

#include <ATen/Context.h>
#include <ATen/cuda/CUDAGeneratorImpl.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <torch/version.h>

#include <exception>
#include <mutex>

using namespace dynfault;

/// A recording that failed leaves the default generator waiting for its end,
/// and it would refuse to draw numbers.
static void endRecordingOfGenerator(at::Device device) {
  at::Generator generator = at::globalContext().defaultGenerator(device);
  std::lock_guard<std::mutex> lock(generator.mutex());
#if TORCH_VERSION_MAJOR > 2 ||                                                 \
    (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
  // The state is an object of its own; a copy of it is not recorded.
  generator.graphsafe_set_state(generator.clone());
#else
  at::check_generator<at::CUDAGeneratorImpl>(generator)->capture_epilogue();
#endif
}

/// A stream that is not the default one, once the current one has nothing left
/// to do: the two do not wait for each other.
static c10::cuda::CUDAStream otherStream(at::Device device) {
  c10::cuda::getCurrentCUDAStream(device.index()).synchronize();
  return c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device.index());
}

namespace {

/// A pool of memory. Its type's namespace depends on the release.
using Pool = decltype(at::cuda::graph_pool_handle());

class CudaGraph : public DeviceGraph {
public:
  CudaGraph(at::Device device, Pool pool) : device(device), pool(pool) {}

  void record(std::function<void()> work) override {
    c10::cuda::getCurrentCUDAStream(device.index()).synchronize();
    std::exception_ptr error;
    try {
      graph.capture_begin(pool);
      work();
    } catch (...) {
      error = std::current_exception();
    }
    // A recording that failed has to be ended as well, and throws again.
    try {
      graph.capture_end();
    } catch (...) {
      endRecordingOfGenerator(device);
      if (!error)
        error = std::current_exception();
    }
    if (error)
      std::rethrow_exception(error);
  }

  void replay() override { graph.replay(); }

private:
  at::Device device;
  Pool pool;
  at::cuda::CUDAGraph graph;
};

class CudaGraphs : public DeviceGraphs {
public:
  explicit CudaGraphs(at::Device device)
      : device(device), stream(otherStream(device)),
        pool(at::cuda::graph_pool_handle()) {}
  ~CudaGraphs() override { stream.current_stream().synchronize(); }

  std::unique_ptr<DeviceGraph> make() override {
    return std::make_unique<CudaGraph>(device, pool);
  }

private:
  at::Device device;
  c10::cuda::CUDAStreamGuard stream;
  Pool pool;
};

} // namespace

std::unique_ptr<DeviceGraphs> dynfault::makeDeviceGraphs(at::Device device) {
  if (!device.is_cuda())
    return nullptr;
  at::DeviceIndex index =
      device.has_index() ? device.index() : c10::cuda::current_device();
  return std::make_unique<CudaGraphs>(at::Device(at::kCUDA, index));
}
