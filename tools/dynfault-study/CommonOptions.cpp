//===- CommonOptions.cpp - Options that sub-commands share ----------------===//
//
// Values are checked here and not by CLI11, so that the errors say what to do.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/CommonOptions.h"

#include "tools/dynfault-study/util/Error.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace dynfault::study {
namespace {

void checkClass(const std::string &option, const std::string &name) {
  const auto &known = faultClasses();
  if (std::find(known.begin(), known.end(), name) == known.end())
    throw UsageError(fmt::format("{}: unknown class '{}'; choose from {}",
                                 option, name, fmt::join(known, ", ")));
}

void setThreshold(const std::string &entry, Thresholds &limits) {
  const std::map<std::string, double *> known = {
      {"loss-ratio", &limits.lossRatio},
      {"loss-rise", &limits.lossRise},
      {"alternating-share", &limits.alternatingShare},
      {"relative-gap", &limits.relativeGap},
      {"metric-deficit", &limits.metricDeficit},
      {"spread", &limits.spread}};
  const size_t equal = entry.find('=');
  const std::string name = entry.substr(0, equal);
  double value = 0;
  bool good = equal != std::string::npos;
  if (good) {
    const char *begin = entry.data() + equal + 1;
    const char *end = entry.data() + entry.size();
    const auto parsed = std::from_chars(begin, end, value);
    good = parsed.ec == std::errc() && parsed.ptr == end &&
           std::isfinite(value) && value >= 0;
  }
  if (!good)
    throw UsageError(fmt::format("--threshold: '{}' is not NAME=VALUE with a "
                                 "number of 0 or more, such as loss-ratio=4",
                                 entry));
  if (name == "calibrated") {
    limits.calibrated = value > 0;
    return;
  }
  const auto found = known.find(name);
  if (found == known.end())
    throw UsageError(fmt::format("--threshold: unknown limit '{}'; `run "
                                 "--help` lists them",
                                 name));
  *found->second = value;
}

} // namespace

void CommonOptions::addTo(CLI::App &command) {
  command
      .add_option("--classes", classes,
                  "Fault classes to tell apart (default: data,model,objective,"
                  "optimization)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("CLASS,...");
  command
      .add_option("--class-map", classMap,
                  "Give the mutants of an operator another class than the "
                  "corpus does, e.g. RCD=model")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("OP=CLASS,...");
  command.add_flag("--include-surviving", includeSurviving,
                   "Also use mutants that survived the killed test or were not "
                   "tested");
  command
      .add_option("--seed", seed,
                  "Seed of everything random: folds, resamples, permutations")
      ->capture_default_str()
      ->type_name("N");
  command
      .add_option("--threshold", thresholds,
                  "Move a limit of the labels: loss-ratio, loss-rise, "
                  "alternating-share, relative-gap, metric-deficit, spread; "
                  "calibrated=1 takes the limits of train/validation mismatch "
                  "from each program's clean runs")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME=VALUE,...");
}

LabelOptions CommonOptions::labels() const {
  LabelOptions options;
  options.includeSurviving = includeSurviving;
  if (!classes.empty()) {
    for (const std::string &name : classes)
      checkClass("--classes", name);
    // Reports show classes in one order, whatever was typed.
    options.classes.clear();
    for (const std::string &name : faultClasses())
      if (std::find(classes.begin(), classes.end(), name) != classes.end())
        options.classes.push_back(name);
    if (options.classes.size() < 2)
      throw UsageError("--classes: give at least two different classes");
  }
  for (const std::string &entry : classMap) {
    const size_t equal = entry.find('=');
    if (equal == std::string::npos || equal == 0)
      throw UsageError(fmt::format(
          "--class-map: '{}' is not OPERATOR=CLASS, such as RCD=model", entry));
    const std::string name = entry.substr(equal + 1);
    checkClass("--class-map", name);
    options.classMap[entry.substr(0, equal)] = name;
  }
  for (const std::string &entry : thresholds)
    setThreshold(entry, options.thresholds);
  return options;
}

} // namespace dynfault::study
