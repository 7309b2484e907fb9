//===- CommonOptions.h - Options that sub-commands share --------*- C++ -*-===//
//
// `run` and `predict` select and label runs in the same way.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_COMMONOPTIONS_H
#define DYNFAULT_STUDY_COMMONOPTIONS_H

#include "tools/dynfault-study/task/Labels.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace dynfault::study {

/// Raw values of the options.
struct CommonOptions {
  std::string corpus;
  std::vector<std::string> classes;
  std::vector<std::string> classMap;
  std::vector<std::string> thresholds;
  bool includeSurviving = false;
  uint64_t seed = 0;

  /// Adds the options except the corpus, whose place differs.
  void addTo(CLI::App &command);
  /// Throws UsageError where the values make no sense.
  LabelOptions labels() const;
};

} // namespace dynfault::study

#endif
