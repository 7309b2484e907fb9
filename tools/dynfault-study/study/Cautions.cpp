//===- Cautions.cpp - What to know before believing a number --------------===//
//
// Each says what was seen, how often, and what it does to the scores.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/study/Cautions.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <set>

namespace dynfault::study {
namespace {

constexpr int fewPrograms = 10;

bool asks(const StudyOptions &options, Protocol protocol) {
  return std::find(options.protocols.begin(), options.protocols.end(),
                   protocol) != options.protocols.end();
}

void addClassCautions(const TaskData &data, const StudyOptions &options,
                      std::vector<std::string> &cautions) {
  std::map<std::pair<int, int>, std::set<int>> mutants;
  std::map<int, std::set<int>> programsOfClass;
  for (size_t i = 0; i < data.keys.label.size(); ++i) {
    const int program = data.keys.program[i];
    const int label = data.keys.label[i];
    mutants[{program, label}].insert(data.keys.mutant[i]);
    programsOfClass[label].insert(program);
  }
  std::map<int, int> classesOfProgram;
  for (const auto &entry : mutants)
    ++classesOfProgram[entry.first.first];
  const auto narrow = std::count_if(
      classesOfProgram.begin(), classesOfProgram.end(), [&](const auto &entry) {
        return entry.second < static_cast<int>(data.classes.size());
      });
  if (narrow > 0)
    cautions.push_back(fmt::format(
        "{} of {} programs lack runs of some class. To recognise such a "
        "program is to rule classes out, which raises the within scores "
        "without any diagnosis.",
        narrow, data.programs.size()));
  const auto lonely =
      std::count_if(mutants.begin(), mutants.end(),
                    [](const auto &entry) { return entry.second.size() == 1; });
  if (lonely > 0 && asks(options, Protocol::WithinGrouped))
    cautions.push_back(fmt::format(
        "{} of {} pairs of program and class have one mutant only. When "
        "within-grouped tests it, no other run of this class and program is "
        "left for training, so for them within-grouped measures transfer "
        "across programs as held-out does.",
        lonely, mutants.size()));
  for (const auto &entry : programsOfClass)
    if (entry.second.size() == 1 && asks(options, Protocol::HeldOut))
      cautions.push_back(fmt::format(
          "Class {} occurs in program {} only. When that program is held out "
          "the class cannot be learned, and its recall is 0 by construction.",
          data.classes[static_cast<size_t>(entry.first)],
          data.programs[static_cast<size_t>(*entry.second.begin())]));
}

void addFeatureCautions(const TaskData &data,
                        std::vector<std::string> &cautions) {
  int missing = 0, constant = 0;
  for (Eigen::Index f = 0; f < data.features.cols(); ++f) {
    double least = INFINITY, most = -INFINITY;
    for (Eigen::Index r = 0; r < data.features.rows(); ++r)
      if (const double value = data.features(r, f); !std::isnan(value)) {
        least = std::min(least, value);
        most = std::max(most, value);
      }
    missing += least > most;
    constant += least == most;
  }
  if (missing + constant > 0)
    cautions.push_back(fmt::format(
        "{} features have no value in any run and {} have one value in all; "
        "they take no part.",
        missing, constant));
}

} // namespace

std::vector<std::string> cautionsOf(const TaskStudy &study,
                                    const StudyOptions &options,
                                    const std::vector<ScoreCard> &cards,
                                    int open) {
  const TaskData &data = study.data;
  const size_t programs = data.programs.size();
  std::vector<std::string> cautions;
  if (programs < fewPrograms)
    cautions.push_back(fmt::format(
        "Only {} program{}: a bootstrap over so few draws the same ones again "
        "and again, so the intervals are rough and mostly too narrow, and the "
        "sign-flip test cannot give a p-value below {:.3g}. Read the scores as "
        "a description of these programs. From about {} programs on the "
        "intervals begin to mean what they say.",
        programs, programs == 1 ? "" : "s",
        std::min(1.0, 2 * std::pow(0.5, static_cast<double>(programs))),
        fewPrograms));
  if (options.labels.includeSurviving &&
      (data.task == TaskId::FaultTyping || data.task == TaskId::FaultDetection))
    cautions.push_back(
        "--include-surviving: mutants that survived the killed test or were "
        "not tested take part. Their runs may look like clean ones, whose "
        "fault nobody can name, which lowers the scores.");
  addClassCautions(data, options, cautions);
  addFeatureCautions(data, cautions);
  int lacking = 0;
  for (const ScoreCard &card : cards)
    lacking = std::max(lacking, card.resamplesLackingClass);
  if (lacking > 0)
    cautions.push_back(fmt::format(
        "{} of {} resamples lack a class; there balanced accuracy is the mean "
        "over the classes that occur.",
        lacking, options.resamples));
  if (open > 0)
    cautions.push_back(fmt::format(
        "In {} folds the optimizer stopped before its tolerance.", open));
  return cautions;
}

} // namespace dynfault::study
