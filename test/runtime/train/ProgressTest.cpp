//===- ProgressTest.cpp - Tests for count, rate and time left -------------===//

#include "runtime/train/Progress.h"

#include <gtest/gtest.h>

using namespace dynfault;

namespace {

TEST(Progress, SaysCountRateAndTimeLeft) {
  EXPECT_EQ(describeProgress("runs", 0, 0, 100, 5), "0/100 runs");
  EXPECT_EQ(describeProgress("runs", 20, 0, 100, 5),
            "20/100 runs, 4.0/s, 20 s left");
  EXPECT_EQ(describeProgress("runs", 100, 0, 100, 25), "100/100 runs, 4.0/s");
}

TEST(Progress, WhatWasDoneBeforeDoesNotCountForTheRate) {
  EXPECT_EQ(describeProgress("runs", 90, 90, 100, 5), "90/100 runs");
  EXPECT_EQ(describeProgress("runs", 92, 90, 100, 4),
            "92/100 runs, 0.5/s, 16 s left");
}

TEST(Progress, DurationsAreReadable) {
  EXPECT_EQ(formatDuration(42.4), "42 s");
  EXPECT_EQ(formatDuration(185), "3 min 05 s");
  EXPECT_EQ(formatDuration(7380), "2 h 03 min");
}

} // namespace
