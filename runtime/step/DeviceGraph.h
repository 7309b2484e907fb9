//===- DeviceGraph.h - Kernels that a device starts by itself ---*- C++ -*-===//
//
// What dynfault needs of CUDA graphs, so that one file alone knows CUDA
// (CudaGraph.cpp; NoCudaGraph.cpp stands in its place where LibTorch has none).
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_STEP_DEVICEGRAPH_H
#define DYNFAULT_RUNTIME_STEP_DEVICEGRAPH_H

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>

namespace dynfault {

/// Kernels in a row, on fixed tensors.
class DeviceGraph {
public:
  DeviceGraph() = default;
  virtual ~DeviceGraph() = default;
  DeviceGraph(const DeviceGraph &) = delete;
  DeviceGraph &operator=(const DeviceGraph &) = delete;

  /// Records the kernels that `work` starts. They need not run: what `work`
  /// computes has its contents after the first replay. Called once. Throws what
  /// `work` throws, and std::exception for what the device cannot record;
  /// kernels and random numbers can be used as before then, but all graphs of
  /// the same source are to be given up.
  virtual void record(std::function<void()> work) = 0;

  /// Runs the recorded kernels on what their tensors hold now, with the random
  /// numbers that come next. Does not wait for them.
  virtual void replay() = 0;
};

/// Makes graphs that are replayed one at a time.
class DeviceGraphs {
public:
  DeviceGraphs() = default;
  virtual ~DeviceGraphs() = default;
  DeviceGraphs(const DeviceGraphs &) = delete;
  DeviceGraphs &operator=(const DeviceGraphs &) = delete;
  virtual std::unique_ptr<DeviceGraph> make() = 0;
};

/// The source of a CUDA device's graphs; null for another device, and where
/// LibTorch was built without CUDA. CUDA records no kernels of the stream that
/// is used by default; so while the source is alive, this thread has another
/// one as its current stream.
std::unique_ptr<DeviceGraphs> makeDeviceGraphs(at::Device device);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_STEP_DEVICEGRAPH_H
