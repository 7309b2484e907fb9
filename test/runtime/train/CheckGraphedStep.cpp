//===- CheckGraphedStep.cpp - Whole trainings with recorded steps ---------===//
//
//   check-graphed-step ARCHIVE...
//
// Trains each program for an epoch on the CPU, as TorchScript and with a
// graph (RepeatedWork.h), and compares all signals and the trained state bit by
// bit. Prints a row of a table for each: how many steps were replays, what of a
// step is left to the host, or why nothing can be recorded. Exit status 1 if
// anything differs.
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Train.h"
#include "test/runtime/step/RepeatedWork.h"

#include <cstdio>
#include <cstring>
#include <fmt/format.h>

using namespace dynfault;

namespace {

struct Outcome {
  Trace trace;
  std::string state, steps;
};

} // namespace

static Outcome trainProgram(const Archive &archive, const PreparedData &data,
                            bool graphed) {
  Outcome outcome;
  TrainOptions options;
  options.compiledStep = false;
  options.graphedStep = graphed;
  options.deviceGraphs = [](at::Device) { return graphsOf<RepeatedWork>(); };
  options.onSteps = [&](const std::string &text) { outcome.steps = text; };
  torch::jit::Module module = loadModule(archive, options.device);
  outcome.trace = train(module, archive.file, data, options);
  outcome.state = stateDigest(module);
  return outcome;
}

static bool sameSignals(const Trace &a, const Trace &b) {
  bool same = a.status == b.status && a.signals.size() == b.signals.size();
  for (size_t i = 0; same && i < a.signals.size(); ++i) {
    const TraceSignal &left = a.signals[i], &right = b.signals[i];
    same = left.name == right.name && left.site == right.site &&
           left.steps == right.steps &&
           left.values.size() == right.values.size() &&
           std::memcmp(left.values.data(), right.values.data(),
                       sizeof(left.values[0]) * left.values.size()) == 0;
  }
  return same;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: check-graphed-step ARCHIVE...\n");
    return 2;
  }
  int status = 0;
  try {
    DataStore store(Catalogue::load());
    for (int i = 1; i < argc; ++i) {
      Archive archive = readArchive(argv[i]);
      archive.file.epochs = 1;
      PreparedData data = store.prepare(archive.file.data);
      Outcome plain = trainProgram(archive, data, false),
              graphed = trainProgram(archive, data, true);
      bool same = sameSignals(plain.trace, graphed.trace) &&
                  plain.state == graphed.state;
      fmt::print("| {} | {} |{}\n", archive.file.program.name, graphed.steps,
                 same ? "" : " DIFFERS");
      std::fflush(stdout);
      if (!same || plain.trace.status == RunStatus::Failed)
        status = 1;
    }
  } catch (const std::exception &error) {
    fmt::print(stderr, "check-graphed-step: error: {}\n", firstLine(error));
    return 1;
  }
  return status;
}
