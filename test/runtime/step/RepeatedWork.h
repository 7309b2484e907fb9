//===- RepeatedWork.h - A graph for a CPU -----------------------*- C++ -*-===//
//
// A CPU has no graphs of kernels. What stands in for one does what was recorded
// once more, operator by operator, with what the host knew when it was
// recorded: as a device's graph, it knows no new numbers of the host. So a step
// that was split in the wrong place leaves other bits.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_TEST_RUNTIME_STEP_REPEATEDWORK_H
#define DYNFAULT_TEST_RUNTIME_STEP_REPEATEDWORK_H

#include "runtime/step/DeviceGraph.h"

#include <functional>
#include <memory>
#include <utility>

namespace dynfault {

class RepeatedWork : public DeviceGraph {
public:
  void record(std::function<void()> given) override {
    work = std::move(given);
    work();
  }
  void replay() override { work(); }

protected:
  std::function<void()> work;
};

class Graphs : public DeviceGraphs {
public:
  using Make = std::function<std::unique_ptr<DeviceGraph>()>;
  explicit Graphs(Make makeGraph) : makeGraph(std::move(makeGraph)) {}
  std::unique_ptr<DeviceGraph> make() override { return makeGraph(); }

private:
  Make makeGraph;
};

template <typename Graph, typename... Arguments>
std::unique_ptr<DeviceGraphs> graphsOf(Arguments... arguments) {
  return std::make_unique<Graphs>(
      [=] { return std::make_unique<Graph>(arguments...); });
}

} // namespace dynfault

#endif // DYNFAULT_TEST_RUNTIME_STEP_REPEATEDWORK_H
