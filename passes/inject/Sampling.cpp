//===- Sampling.cpp - Draws parameters of faults --------------------------===//

#include "passes/inject/Sampling.h"

#include "llvm/Support/xxhash.h"
#include <charconv>
#include <cmath>

using namespace llvm;
using namespace dynfault::inject;

static uint64_t hashKey(uint64_t seed, StringRef operatorId, StringRef site,
                        StringRef parameter) {
  std::string key = std::to_string(seed);
  for (StringRef part : {operatorId, site, parameter}) {
    key += '\0';
    key += part;
  }
  return xxHash64(key);
}

Sampler::Sampler(uint64_t seed, StringRef operatorId, StringRef site,
                 StringRef parameter)
    : generator(hashKey(seed, operatorId, site, parameter)) {}

double Sampler::uniform() { return (generator() >> 11) * 0x1.0p-53; }

size_t Sampler::index(size_t size) {
  return static_cast<size_t>(uniform() * size);
}

std::optional<double> Sampler::draw(const FaultParameter &parameter,
                                    Severity severity, Interval range) {
  bool isInteger = parameter.type == FaultParameter::Type::Integer;
  SmallVector<Interval> intervals;
  for (Interval interval : parameter.intervals[static_cast<int>(severity)]) {
    interval = {std::max(interval.low, range.low),
                std::min(interval.high, range.high)};
    if (isInteger)
      interval = {std::ceil(interval.low), std::floor(interval.high)};
    if (interval.low <= interval.high)
      intervals.push_back(interval);
  }
  if (intervals.empty())
    return std::nullopt;
  Interval interval = intervals[index(intervals.size())];
  if (isInteger)
    return interval.low +
           static_cast<double>(
               index(static_cast<size_t>(interval.high - interval.low) + 1));
  double position = uniform();
  double value =
      parameter.isLogarithmic
          ? interval.low * std::pow(interval.high / interval.low, position)
          : interval.low + (interval.high - interval.low) * position;
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.1e", value);
  value = std::strtod(digits, nullptr);
  // Rounding must not leave the interval.
  return std::min(std::max(value, interval.low), interval.high);
}

std::string dynfault::inject::formatNumber(double value) {
  char buffer[32];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return std::string(buffer, end);
}
