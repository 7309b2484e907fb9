//===- CommonOptions.cpp - Options that both sub-commands have ------------===//
//
// Values are checked here and not by CLI11, so that the errors say what to do.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/CommonOptions.h"

#include "tools/dynfault-study/util/Error.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dynfault::study {
namespace {

void checkClass(const std::string &option, const std::string &name) {
  const auto &known = faultClasses();
  if (std::find(known.begin(), known.end(), name) == known.end())
    throw UsageError(fmt::format("{}: unknown class '{}'; choose from {}",
                                 option, name, fmt::join(known, ", ")));
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
      .add_option("--folds", folds,
                  "Folds of the within protocols and of the inner "
                  "cross-validation, at least 2")
      ->capture_default_str()
      ->type_name("K");
}

TaskOptions CommonOptions::task() const {
  TaskOptions options;
  options.includeSurviving = includeSurviving;
  if (folds < 2)
    throw UsageError(fmt::format("--folds: is {}, give at least 2", folds));
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
  return options;
}

} // namespace dynfault::study
