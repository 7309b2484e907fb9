//===- TraceTest.cpp - Tests of traces between processes --------*- C++ -*-===//

#include "runtime/trace/Trace.h"

#include <cstring>
#include <gtest/gtest.h>
#include <random>

using namespace dynfault;

namespace {

Trace randomTrace(uint64_t seed) {
  std::mt19937_64 engine(seed);
  Trace trace;
  trace.status = RunStatus::Diverged;
  trace.reason = "not UTF-8: \xff\xfe, and a zero:";
  trace.reason += '\0';
  trace.stepsPlanned = engine() % 1000;
  trace.stepsDone = engine() % 1000;
  trace.stepsPerEpoch = engine() % 100;
  trace.durationMs = engine() % 100000;
  trace.versions = R"({"a": "b"})";
  for (int i = 0; i < 4; ++i) {
    TraceSignal signal{
        "set/name" + std::to_string(i), i % 2 ? "site" : "", {}, {}};
    for (uint64_t j = 0; j < engine() % 50; ++j) {
      signal.steps.push_back(j);
      // Any bits: NaNs with a payload and infinities too.
      uint32_t bits = engine();
      float value;
      std::memcpy(&value, &bits, sizeof(value));
      signal.values.push_back(value);
    }
    trace.signals.push_back(signal);
  }
  return trace;
}

} // namespace

TEST(TraceTest, PackingKeepsEveryBit) {
  for (uint64_t seed = 0; seed < 5; ++seed) {
    Trace trace = randomTrace(seed);
    std::optional<Trace> copy = unpackTrace(packTrace(trace));
    ASSERT_TRUE(copy);
    EXPECT_EQ(copy->status, trace.status);
    EXPECT_EQ(copy->reason, trace.reason);
    EXPECT_EQ(copy->stepsPlanned, trace.stepsPlanned);
    EXPECT_EQ(copy->stepsDone, trace.stepsDone);
    EXPECT_EQ(copy->stepsPerEpoch, trace.stepsPerEpoch);
    EXPECT_EQ(copy->durationMs, trace.durationMs);
    EXPECT_EQ(copy->versions, trace.versions);
    ASSERT_EQ(copy->signals.size(), trace.signals.size());
    for (size_t i = 0; i < trace.signals.size(); ++i) {
      const TraceSignal &a = trace.signals[i], &b = copy->signals[i];
      EXPECT_EQ(a.name, b.name);
      EXPECT_EQ(a.site, b.site);
      EXPECT_EQ(a.steps, b.steps);
      ASSERT_EQ(a.values.size(), b.values.size());
      EXPECT_EQ(
          std::memcmp(a.values.data(), b.values.data(), 4 * a.values.size()),
          0);
    }
  }
}

TEST(TraceTest, EveryTruncationIsNoticed) {
  std::string bytes = packTrace(randomTrace(1));
  for (size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(unpackTrace(bytes.substr(0, length))) << length;
  EXPECT_FALSE(unpackTrace(bytes + "x"));
}

TEST(TraceTest, StatusWords) {
  for (RunStatus status : {RunStatus::Completed, RunStatus::Diverged,
                           RunStatus::Failed, RunStatus::Timeout})
    EXPECT_EQ(parseRunStatus(toString(status)), status);
  EXPECT_THROW(parseRunStatus("done"), std::invalid_argument);
}
