//===- NoCudaGraph.cpp - Graphs of a LibTorch without CUDA ----------------===//

#include "runtime/step/DeviceGraph.h"

std::unique_ptr<dynfault::DeviceGraphs>
dynfault::makeDeviceGraphs(at::Device /*device*/) {
  return nullptr;
}
