//===- PredictionsCsv.cpp - predictions.csv -------------------------------===//
//
// Every out-of-fold prediction, so that anybody can recompute every score.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Writers.h"

#include <fmt/format.h>

namespace dynfault::study {
namespace {

/// A field, quoted where RFC 4180 wants it.
std::string field(const std::string &text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos)
    return text;
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"')
      quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

} // namespace

std::string predictionsCsv(const StudyResult &result) {
  const TaskData &data = result.data;
  std::string out = "feature_set,protocol,fold,program,mutant,seed,device,"
                    "status,class,predicted";
  for (const std::string &name : data.classes)
    out += ",p_" + name;
  out += '\n';
  for (const Score &score : result.scores) {
    const Evaluation &evaluation = score.evaluation;
    for (size_t i = 0; i < result.runs.size(); ++i) {
      const Run &run = result.runs[i];
      out += fmt::format(
          "{},{},{},{},{},{},{},{},{},{}",
          result.featureSets[score.featureSet].name,
          protocolName(evaluation.protocol),
          field(evaluation.folds[static_cast<size_t>(evaluation.fold[i])].name),
          field(data.programs[static_cast<size_t>(data.keys.program[i])]),
          field(data.mutants[static_cast<size_t>(data.keys.mutant[i])]),
          run.seed, field(run.device),
          run.status == RunStatus::Diverged ? "diverged" : "completed",
          data.classes[static_cast<size_t>(data.keys.label[i])],
          data.classes[static_cast<size_t>(evaluation.predicted[i])]);
      for (Eigen::Index c = 0; c < evaluation.probabilities.cols(); ++c)
        out += fmt::format(",{:.6f}", evaluation.probabilities(
                                          static_cast<Eigen::Index>(i), c));
      out += '\n';
    }
  }
  return out;
}

} // namespace dynfault::study
