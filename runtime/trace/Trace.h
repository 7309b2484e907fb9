//===- Trace.h - What one run recorded --------------------------*- C++ -*-===//
//
// The trace is what passes between training, the corpus file and, for runs in
// worker processes, from one process to another.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRACE_TRACE_H
#define DYNFAULT_RUNTIME_TRACE_TRACE_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dynfault {

/// A series of numbers (docs/corpus.md, "Signals").
struct TraceSignal {
  std::string name; ///< SET/NAME, e.g. `baseline/train_loss`.
  std::string site; ///< Layer or parameter; empty for a whole-model signal.
  std::vector<int32_t> steps; ///< Ascending, counted from 0.
  std::vector<float> values;  ///< As many.
};

/// How a run ended.
enum class RunStatus { Completed, Diverged, Failed, Timeout };

/// `completed`, `diverged`, `failed` or `timeout`.
const char *toString(RunStatus status);
/// The reverse; throws std::invalid_argument for another word.
RunStatus parseRunStatus(const std::string &text);

/// All that one run leaves behind. Signals stand in the program's order.
struct Trace {
  RunStatus status = RunStatus::Completed;
  std::string reason; ///< Empty if and only if completed.
  int64_t stepsPlanned = 0;
  int64_t stepsDone = 0;
  int64_t stepsPerEpoch = 0;
  int64_t durationMs = 0;
  std::string versions = "{}"; ///< JSON object.
  std::vector<TraceSignal> signals;

  /// The signal of that name and site, or null.
  const TraceSignal *find(const std::string &name,
                          const std::string &site = "") const;
};

/// The trace as bytes (CBOR, RFC 8949), for another process of the same build.
std::string packTrace(const Trace &trace);
/// The reverse; nothing if the bytes are incomplete or damaged, as a worker
/// leaves them when it is killed.
std::optional<Trace> unpackTrace(const std::string &bytes);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRACE_TRACE_H
