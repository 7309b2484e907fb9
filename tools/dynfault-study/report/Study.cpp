//===- Study.cpp - One study and its result -------------------------------===//
//
// Plans every evaluation first, works all folds off together, then scores.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Study.h"

#include "tools/dynfault-study/util/Error.h"
#include "tools/dynfault-study/util/Random.h"

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

/// Labels shuffled among the runs of each program.
std::vector<int> permuteWithinPrograms(const FoldKeys &keys, Random &random) {
  std::map<int, std::vector<int>> rows;
  for (size_t i = 0; i < keys.program.size(); ++i)
    rows[keys.program[i]].push_back(static_cast<int>(i));
  std::vector<int> labels = keys.label;
  for (const auto &entry : rows) {
    std::vector<int> shuffled = pick(keys.label, entry.second);
    random.shuffle(shuffled);
    for (size_t i = 0; i < shuffled.size(); ++i)
      labels[static_cast<size_t>(entry.second[i])] = shuffled[i];
  }
  return labels;
}

void checkPrograms(const Corpus &corpus, const TaskData &data,
                   const StudyOptions &options) {
  if (asks(options, Protocol::HeldOut) && data.programs.size() < 2)
    throw StudyError(fmt::format(
        "{}: has runs to type of one program only ({}), held-out needs two; "
        "record another program, or give --protocol within,within-grouped",
        corpus.path, data.programs.front()));
  if (data.size() < 2 ||
      (asks(options, Protocol::WithinGrouped) && data.mutants.size() < 2))
    throw StudyError(fmt::format(
        "{}: has {} runs of {} mutants to type, which cannot be divided; "
        "record more with `dynfault-run corpus`",
        corpus.path, data.size(), data.mutants.size()));
}

Score scoreOf(const StudyResult &result, size_t featureSet,
              Evaluation evaluation, const ClusterBootstrap &bootstrap,
              std::vector<double> &resampled) {
  const TaskData &data = result.data;
  const auto classes = static_cast<int>(data.classes.size());
  const auto programs = static_cast<int>(data.programs.size());
  Score score;
  score.featureSet = featureSet;
  score.perProgram = confusionPerGroup(data.keys.label, evaluation.predicted,
                                       data.keys.program, programs, classes);
  score.confusion = confusionOf(data.keys.label, evaluation.predicted, classes);
  score.balancedAccuracy = balancedAccuracy(score.confusion);
  resampled = bootstrap.balancedAccuracies(score.perProgram);
  score.interval = percentileInterval(resampled);
  score.resamplesLackingClass = bootstrap.lackingClass(score.perProgram);
  score.accuracy = accuracy(score.confusion);
  score.macroF1 = macroF1(score.confusion);
  score.brier = brierScore(evaluation.probabilities, data.keys.label);
  score.logLoss = logLoss(evaluation.probabilities, data.keys.label);
  score.calibrationError =
      calibrationError(evaluation.probabilities, data.keys.label);
  const Confusion majority =
      confusionOf(data.keys.label, evaluation.majority, classes);
  score.majorityBalancedAccuracy = balancedAccuracy(majority);
  score.majorityAccuracy = accuracy(majority);
  score.evaluation = std::move(evaluation);
  return score;
}

Gap gapOf(const Score &seen, const std::vector<double> &seenResampled,
          const Score &heldOut, const std::vector<double> &heldOutResampled,
          uint64_t seed) {
  Gap gap;
  gap.featureSet = seen.featureSet;
  gap.seen = seen.evaluation.protocol;
  gap.value = seen.balancedAccuracy - heldOut.balancedAccuracy;
  std::vector<double> differences(seenResampled.size());
  for (size_t r = 0; r < differences.size(); ++r)
    differences[r] = seenResampled[r] - heldOutResampled[r];
  gap.interval = percentileInterval(std::move(differences));
  std::vector<double> perProgram;
  for (size_t p = 0; p < seen.perProgram.size(); ++p)
    perProgram.push_back(balancedAccuracy(seen.perProgram[p]) -
                         balancedAccuracy(heldOut.perProgram[p]));
  gap.signFlip = signFlipTest(perProgram, seed);
  return gap;
}

void addDataCautions(StudyResult &result) {
  const TaskData &data = result.data;
  const size_t programs = data.programs.size();
  auto &cautions = result.cautions;
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
  if (data.survivingTyped + data.untestedTyped > 0)
    cautions.push_back(fmt::format(
        "--include-surviving: {} of {} mutants survived the killed test and {} "
        "were not tested. Their runs may look like clean ones, whose fault "
        "nobody can type, which lowers the scores.",
        data.survivingTyped, data.mutants.size(), data.untestedTyped));

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
        narrow, programs));
  const auto lonely =
      std::count_if(mutants.begin(), mutants.end(),
                    [](const auto &entry) { return entry.second.size() == 1; });
  if (lonely > 0 && asks(result.options, Protocol::WithinGrouped))
    cautions.push_back(fmt::format(
        "{} of {} pairs of program and class have one mutant only. When "
        "within-grouped tests it, no other run of this class and program is "
        "left for training, so for them within-grouped measures transfer "
        "across programs as held-out does.",
        lonely, mutants.size()));
  for (const auto &entry : programsOfClass)
    if (entry.second.size() == 1 && asks(result.options, Protocol::HeldOut))
      cautions.push_back(fmt::format(
          "Class {} occurs in program {} only. When that program is held out "
          "the class cannot be learned, and its recall is 0 by construction.",
          data.classes[static_cast<size_t>(entry.first)],
          data.programs[static_cast<size_t>(*entry.second.begin())]));
}

void addScoreCautions(StudyResult &result) {
  int lacking = 0;
  int open = 0;
  for (const Score &score : result.scores) {
    lacking = std::max(lacking, score.resamplesLackingClass);
    for (const FoldRecord &fold : score.evaluation.folds)
      open += fold.testRuns > 0 && !fold.converged;
  }
  if (lacking > 0)
    result.cautions.push_back(fmt::format(
        "{} of {} resamples lack a class; there balanced accuracy is the mean "
        "over the classes that occur.",
        lacking, result.options.resamples));
  if (open > 0)
    result.cautions.push_back(fmt::format(
        "In {} folds the optimizer stopped before its tolerance; their "
        "gradient norms are in results.json.",
        open));
}

} // namespace

const Score *StudyResult::find(size_t featureSet, Protocol protocol) const {
  for (const Score &score : scores)
    if (score.featureSet == featureSet && score.evaluation.protocol == protocol)
      return &score;
  return nullptr;
}

const Gap *StudyResult::findGap(size_t featureSet, Protocol seen) const {
  for (const Gap &gap : gaps)
    if (gap.featureSet == featureSet && gap.seen == seen)
      return &gap;
  return nullptr;
}

StudyResult runStudy(const Corpus &corpus, const StudyOptions &options) {
  StudyResult result;
  result.options = options;
  result.corpusFile = corpus.fileName;
  result.corpusSha256 = corpus.sha256;
  result.corpusWalSha256 = corpus.walSha256;
  result.corpusPrograms = corpus.programs.size();
  result.corpusMutants = corpus.mutants.size();
  result.corpusRuns = corpus.runs.size();
  result.data = makeFaultTyping(corpus, options.task);
  const TaskData &data = result.data;
  checkPrograms(corpus, data, options);
  for (size_t run : data.run)
    result.runs.push_back(corpus.runs[run]);
  result.featureSets =
      chooseFeatureSets(corpus.featureNames, options.featureSets);
  result.mainSet = mainFeatureSet(result.featureSets);
  result.chance = 1.0 / static_cast<double>(data.classes.size());
  result.foldsWithin = std::min(options.folds, data.size());
  result.foldsGrouped =
      std::min(options.folds, static_cast<int>(data.mutants.size()));
  addDataCautions(result);

  const Eigen::MatrixXd compressed = compress(data.features);
  const auto classes = static_cast<int>(data.classes.size());
  Evaluator evaluator(compressed, data.programs, classes, options.folds,
                      options.seed);
  for (const FeatureSet &set : result.featureSets)
    for (Protocol protocol : options.protocols)
      evaluator.add(protocol, set.columns, data.keys);
  Random random(deriveSeed(options.seed, "permutations"));
  for (int p = 0; p < options.permutations; ++p) {
    FoldKeys permuted = data.keys;
    permuted.label = permuteWithinPrograms(data.keys, random);
    for (Protocol protocol : options.protocols)
      evaluator.add(protocol, result.featureSets[result.mainSet].columns,
                    permuted);
  }
  std::vector<Evaluation> evaluations = evaluator.run(options.jobs);

  const ClusterBootstrap bootstrap(static_cast<int>(data.programs.size()),
                                   options.resamples, options.seed);
  size_t next = 0;
  for (size_t set = 0; set < result.featureSets.size(); ++set) {
    std::vector<std::vector<double>> resampled(options.protocols.size());
    const size_t first = result.scores.size();
    for (size_t p = 0; p < options.protocols.size(); ++p)
      result.scores.push_back(scoreOf(result, set,
                                      std::move(evaluations[next++]), bootstrap,
                                      resampled[p]));
    for (size_t held = 0; held < options.protocols.size(); ++held)
      for (size_t seen = 0; seen < options.protocols.size(); ++seen)
        if (options.protocols[held] == Protocol::HeldOut &&
            options.protocols[seen] != Protocol::HeldOut)
          result.gaps.push_back(gapOf(
              result.scores[first + seen], resampled[seen],
              result.scores[first + held], resampled[held], options.seed));
  }

  for (Protocol protocol :
       options.permutations > 0 ? options.protocols : std::vector<Protocol>())
    result.permutations.push_back({protocol, {}});
  // The same draws again, for the labels that the predictions answer to.
  random = Random(deriveSeed(options.seed, "permutations"));
  for (int p = 0; p < options.permutations; ++p) {
    const std::vector<int> labels = permuteWithinPrograms(data.keys, random);
    for (PermutationCheck &check : result.permutations)
      check.values.push_back(balancedAccuracy(
          confusionOf(labels, evaluations[next++].predicted, classes)));
  }
  addScoreCautions(result);
  return result;
}

} // namespace dynfault::study
