//===- Study.cpp - One study ----------------------------------------------===//
//
// The experiments of all tasks are planned into one queue, because the longest
// of one task would otherwise run alone at its end.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/study/Study.h"

#include "tools/dynfault-study/score/Holm.h"
#include "tools/dynfault-study/study/Cautions.h"
#include "tools/dynfault-study/study/Closing.h"
#include "tools/dynfault-study/study/GapSources.h"
#include "tools/dynfault-study/study/LeakageChecks.h"
#include "tools/dynfault-study/task/RuleDetectors.h"
#include "tools/dynfault-study/util/Csv.h"
#include "tools/dynfault-study/util/Error.h"
#include "tools/dynfault-study/util/Parallel.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <set>

namespace dynfault::study {
namespace {

bool asks(const StudyOptions &options, Protocol protocol) {
  return std::find(options.protocols.begin(), options.protocols.end(),
                   protocol) != options.protocols.end();
}

/// A task with everything that is planned for it.
struct Planned {
  TaskStudy study;
  struct Entry {
    size_t set;
    Model model;
    Protocol protocol;
    size_t experiment;
  };
  std::vector<Entry> entries;
  std::vector<std::pair<std::string, std::string>> excludedProtocols;
  std::unique_ptr<GapSources> sources;
  std::unique_ptr<Closing> closing;
};

/// Why a protocol cannot be run on these runs; empty where it can.
std::string obstacle(const TaskData &data, Protocol protocol) {
  auto distinct = [](const std::vector<int> &values) {
    return std::set<int>(values.begin(), values.end()).size();
  };
  switch (protocol) {
  case Protocol::Within:
    return data.size() < 2 ? "fewer than two runs" : "";
  case Protocol::WithinGrouped:
    return data.mutants.size() < 2 ? "fewer than two mutants" : "";
  case Protocol::HeldOut:
    return data.programs.size() < 2 ? "runs of one program only" : "";
  case Protocol::HeldOutDataset:
    if (distinct(data.keys.dataset) < 2)
      return "runs of one data set only";
    return distinct(data.keys.dataset) == data.programs.size()
               ? "every program has a data set of its own, so it is held-out"
               : "";
  case Protocol::HeldOutFamily:
    if (distinct(data.keys.family) < 2)
      return "runs of one architecture family only";
    return distinct(data.keys.family) == data.programs.size()
               ? "every program has a family of its own, so it is held-out"
               : "";
  }
  return "";
}

void planScores(Planned &planned, const StudyOptions &options, Plan &plan) {
  TaskStudy &study = planned.study;
  std::vector<Protocol> protocols;
  for (Protocol protocol : options.protocols) {
    const std::string why = obstacle(study.data, protocol);
    if (why.empty())
      protocols.push_back(protocol);
    else
      planned.excludedProtocols.emplace_back(protocolName(protocol), why);
  }
  auto add = [&](size_t set, Model model, Protocol protocol) {
    Experiment experiment =
        study.experiment(options, protocol, study.sets[set].columns);
    experiment.model = model;
    planned.entries.push_back({set, model, protocol, plan.add(experiment)});
  };
  size_t baseline = study.mainSet;
  for (size_t set = 0; set < study.sets.size(); ++set)
    if (study.sets[set].name == "baseline")
      baseline = set;
  // The established techniques find faults and name them; no more is claimed.
  const bool ofFaults = study.data.task == TaskId::FaultTyping ||
                        study.data.task == TaskId::FaultDetection;
  for (Model model : options.models)
    for (size_t set = 0; set < study.sets.size(); ++set)
      for (Protocol protocol : protocols) {
        const bool coarse = protocol == Protocol::HeldOutDataset ||
                            protocol == Protocol::HeldOutFamily;
        const bool principal =
            protocol == Protocol::Within || protocol == Protocol::HeldOut;
        const bool main = set == study.mainSet;
        // The established techniques on the features that they have.
        if (model == Model::Logistic ? !coarse || main
            : model == Model::Ridge  ? main && principal
                                     : set == baseline && principal && ofFaults)
          add(set, model, protocol);
      }
}

std::optional<Planned> planTask(TaskId task, const FeatureTable &table,
                                const StudyOptions &options, Plan &plan,
                                Json &excluded) {
  Planned planned;
  TaskStudy &study = planned.study;
  try {
    study.data = makeTask(task, table, options.labels);
    study.sets =
        chooseFeatureSets(study.data.featureNames, options.featureSets);
    if (asks(options, Protocol::HeldOut) && study.data.programs.size() < 2)
      throw StudyError(fmt::format(
          "{}: task {}: has runs of one program only ({}), held-out needs two; "
          "record another program, or give --protocol within,within-grouped",
          table.path, taskName(task), study.data.programs.front()));
  } catch (const StudyError &error) {
    if (!options.tasks.empty())
      throw;
    excluded.push_back({{"task", taskName(task)}, {"reason", error.what()}});
    return std::nullopt;
  }
  study.mainSet = mainFeatureSet(study.sets);
  return planned;
}

Json countsJson(const TaskData &data) {
  Json perClass = Json::object();
  for (size_t c = 0; c < data.classes.size(); ++c)
    perClass[data.classes[c]] = std::count(
        data.keys.label.begin(), data.keys.label.end(), static_cast<int>(c));
  Json leftOut = Json::object();
  for (const auto &entry : data.leftOut)
    leftOut[entry.first] = entry.second;
  Json perProgram = Json::array();
  for (size_t p = 0; p < data.programs.size(); ++p)
    perProgram.push_back(std::count(data.keys.program.begin(),
                                    data.keys.program.end(),
                                    static_cast<int>(p)));
  return {{"runs", data.size()},
          {"mutants", data.mutants.size()},
          {"diverged_runs", data.divergedRuns},
          {"runs_per_class", perClass},
          {"runs_per_program", perProgram},
          {"runs_left_out", leftOut}};
}

Json foldsJson(const Predictions &predictions, const TaskData &data,
               Protocol protocol) {
  Json folds = Json::array();
  for (size_t f = 0; f < predictions.folds.size(); ++f) {
    const FoldRecord &fold = predictions.folds[f];
    Json entry;
    if (protocol == Protocol::HeldOut)
      entry["program"] = data.programs[f];
    entry["train_runs"] = fold.trainRuns;
    entry["test_runs"] = fold.testRuns;
    entry["columns"] = fold.columns;
    if (fold.strength > 0) {
      entry["l2_strength"] = fold.strength;
      entry["tuned"] = fold.tuned;
      entry["converged"] = fold.converged;
    }
    folds.push_back(entry);
  }
  return folds;
}

Json rulesJson(const FeatureTable &table, const TaskData &data,
               const ClusterBootstrap &bootstrap) {
  Json detectors = Json::array();
  for (const RuleVerdicts &verdict : ruleVerdicts(table, data)) {
    Predictions predictions;
    predictions.predicted = verdict.predicted;
    predictions.majority.assign(verdict.predicted.size(), 1);
    predictions.areProbabilities = false;
    predictions.scores = Eigen::MatrixXd::Zero(data.size(), 2);
    for (int i = 0; i < data.size(); ++i)
      predictions.scores(i, verdict.predicted[static_cast<size_t>(i)]) = 1;
    Json rules = Json::array();
    for (const RuleCount &rule : verdict.rules)
      rules.push_back({{"rule", rule.name},
                       {"fired", rule.fired},
                       {"available", rule.available}});
    Json entry = {{"detector", verdict.detector}};
    entry.update(scoreCard(data, predictions, bootstrap).json(data));
    entry["rules"] = rules;
    detectors.push_back(entry);
  }
  return detectors;
}

/// A difference with the words that say what is compared.
struct NamedDifference {
  Json names;
  Difference difference;
};

std::vector<NamedDifference> differencesOf(const Planned &planned,
                                           const std::vector<ScoreCard> &cards,
                                           uint64_t seed) {
  const auto &entries = planned.entries;
  const auto &sets = planned.study.sets;
  std::vector<NamedDifference> out;
  auto find = [&](const std::string &set, Model model, Protocol protocol) {
    for (size_t e = 0; e < entries.size(); ++e)
      if (sets[entries[e].set].name == set && entries[e].model == model &&
          entries[e].protocol == protocol)
        return static_cast<int>(e);
    return -1;
  };
  for (size_t e = 0; e < entries.size(); ++e) {
    if (!isHeldOut(entries[e].protocol))
      continue;
    const std::string &set = sets[entries[e].set].name;
    for (Protocol seen : {Protocol::Within, Protocol::WithinGrouped}) {
      const int s = find(set, entries[e].model, seen);
      if (s < 0)
        continue;
      out.push_back(
          {{{"kind", "gap"},
            {"feature_set", set},
            {"model", modelName(entries[e].model)},
            {"more", protocolName(seen)},
            {"less", protocolName(entries[e].protocol)}},
           differenceOf(cards[static_cast<size_t>(s)], cards[e], seed)});
    }
  }
  for (size_t e = 0; e < entries.size(); ++e) {
    const std::string &set = sets[entries[e].set].name;
    if (set.rfind("baseline+", 0) != 0 || entries[e].model != Model::Logistic)
      continue;
    const int base = find("baseline", Model::Logistic, entries[e].protocol);
    if (base < 0)
      continue;
    out.push_back(
        {{{"kind", "feature-set"},
          {"protocol", protocolName(entries[e].protocol)},
          {"model", modelName(Model::Logistic)},
          {"more", set},
          {"less", "baseline"}},
         differenceOf(cards[e], cards[static_cast<size_t>(base)], seed)});
  }
  std::vector<double> pValues;
  for (const NamedDifference &one : out)
    pValues.push_back(one.difference.signFlip.pValue);
  const std::vector<double> adjusted = holmAdjusted(pValues);
  for (size_t i = 0; i < out.size(); ++i)
    out[i].difference.holm = adjusted[i];
  return out;
}

Json taskJson(const Planned &planned, const FeatureTable &table,
              const StudyOptions &options, const Plan &plan) {
  const TaskStudy &study = planned.study;
  const TaskData &data = study.data;
  const ClusterBootstrap bootstrap(static_cast<int>(data.programs.size()),
                                   options.resamples, options.seed);
  std::vector<ScoreCard> cards;
  Json scores = Json::array();
  int open = 0;
  for (const Planned::Entry &entry : planned.entries) {
    const Predictions &predictions = plan.at(entry.experiment);
    cards.push_back(scoreCard(data, predictions, bootstrap));
    Json one = {{"feature_set", study.sets[entry.set].name},
                {"model", modelName(entry.model)},
                {"protocol", protocolName(entry.protocol)}};
    one.update(cards.back().json(data));
    one["folds"] = foldsJson(predictions, data, entry.protocol);
    scores.push_back(one);
    for (const FoldRecord &fold : predictions.folds)
      open += !fold.converged;
  }
  Json differences = Json::array();
  for (const NamedDifference &one :
       differencesOf(planned, cards, options.seed)) {
    Json entry = one.names;
    entry.update(one.difference.json());
    differences.push_back(entry);
  }

  Json sets = Json::array();
  for (const FeatureSet &set : study.sets)
    sets.push_back({{"name", set.name},
                    {"members", set.members},
                    {"features", set.columns.size()}});
  Json excluded = Json::array();
  for (const auto &entry : planned.excludedProtocols)
    excluded.push_back({{"protocol", entry.first}, {"reason", entry.second}});
  Json out = {
      {"task", taskName(data.task)},
      {"classes", data.classes},
      {"chance", jsonOf(1.0 / static_cast<double>(data.classes.size()))},
      {"programs", data.programs},
      {"counts", countsJson(data)},
      {"feature_sets", sets},
      {"main_feature_set", study.sets[study.mainSet].name},
      {"scores", scores},
      {"differences", differences},
      {"excluded_protocols", excluded}};
  if (data.task == TaskId::FaultDetection)
    out["rule_based_detectors"] = rulesJson(table, data, bootstrap);
  if (planned.sources)
    out["sources"] = planned.sources->json(study, options, plan, bootstrap);
  if (planned.closing) {
    const ScoreCard *within = nullptr, *heldOut = nullptr;
    for (size_t e = 0; e < planned.entries.size(); ++e)
      if (planned.entries[e].set == study.mainSet &&
          planned.entries[e].model == Model::Logistic) {
        if (planned.entries[e].protocol == Protocol::Within)
          within = &cards[e];
        if (planned.entries[e].protocol == Protocol::HeldOut)
          heldOut = &cards[e];
      }
    out["closing"] = planned.closing->json(study, options, plan, bootstrap,
                                           *within, *heldOut);
  }
  std::vector<std::string> cautions = cautionsOf(study, options, cards, open);
  for (const std::string &caution :
       leakageCautions(data, planned.sources ? &out["sources"] : nullptr))
    cautions.push_back(caution);
  out["cautions"] = cautions;
  return out;
}

std::string predictionsCsv(const std::vector<Planned> &tasks,
                           const FeatureTable &table, const Plan &plan) {
  std::string out = "task,feature_set,model,protocol,fold,program,mutant,seed,"
                    "device,status,class,predicted,probability\n";
  for (const Planned &planned : tasks) {
    const TaskData &data = planned.study.data;
    for (const Planned::Entry &entry : planned.entries) {
      if (entry.model != Model::Logistic)
        continue;
      const Predictions &predictions = plan.at(entry.experiment);
      const std::string head =
          fmt::format("{},{},{},{}", taskName(data.task),
                      csvCell(planned.study.sets[entry.set].name),
                      modelName(entry.model), protocolName(entry.protocol));
      for (size_t i = 0; i < data.row.size(); ++i) {
        const TableRow &row = table.rows[data.row[i]];
        const auto said = static_cast<size_t>(predictions.predicted[i]);
        out += fmt::format(
            "{},{},{},{},{},{},{},{},{},{:.6f}\n", head,
            predictions.fold[i] + 1, csvCell(row.program), csvCell(row.mutant),
            row.seed, csvCell(row.device), statusName(row.status),
            csvCell(data.classes[static_cast<size_t>(data.keys.label[i])]),
            csvCell(data.classes[said]),
            predictions.scores(static_cast<Eigen::Index>(i),
                               predictions.predicted[i]));
      }
    }
  }
  return out;
}

Json configurationJson(const StudyOptions &options) {
  Json protocols = Json::array();
  for (Protocol protocol : options.protocols)
    protocols.push_back(protocolName(protocol));
  Json models = Json::array();
  for (Model model : options.models)
    models.push_back(modelName(model));
  Json classMap = Json::object();
  for (const auto &entry : options.labels.classMap)
    classMap[entry.first] = entry.second;
  const Thresholds &limits = options.labels.thresholds;
  return {{"protocols", protocols},
          {"models", models},
          {"seed", options.seed},
          {"resamples", options.resamples},
          {"folds", options.folds},
          {"permutations", options.permutations},
          {"include_surviving", options.labels.includeSurviving},
          {"class_map", classMap},
          {"thresholds",
           {{"loss-ratio", limits.lossRatio},
            {"loss-rise", limits.lossRise},
            {"alternating-share", limits.alternatingShare},
            {"relative-gap", limits.relativeGap},
            {"metric-deficit", limits.metricDeficit},
            {"calibrated", limits.calibrated},
            {"spread", limits.spread}}},
          {"l2_strength_grid", strengthGrid()}};
}

} // namespace

Experiment
TaskStudy::experiment(const StudyOptions &options, Protocol protocol,
                      const std::vector<Eigen::Index> &columns) const {
  Experiment out;
  out.features = &data.features;
  out.columns = columns;
  out.keys = data.keys;
  out.classes = static_cast<int>(data.classes.size());
  out.protocol = protocol;
  out.folds = options.folds;
  out.seed = options.seed;
  return out;
}

StudyOutput runStudy(const FeatureTable &table, const StudyOptions &options) {
  Plan plan;
  Json excluded = Json::array();
  std::vector<TaskId> wanted = options.tasks;
  if (wanted.empty())
    wanted.assign(allTasks.begin(), allTasks.end());
  std::vector<Planned> tasks;
  // Experiments keep the addresses of their task's features.
  tasks.reserve(wanted.size());
  for (TaskId task : wanted) {
    auto planned = planTask(task, table, options, plan, excluded);
    if (!planned)
      continue;
    tasks.push_back(std::move(*planned));
    Planned &own = tasks.back();
    planScores(own, options, plan);
    const bool bothSides = asks(options, Protocol::Within) &&
                           asks(options, Protocol::HeldOut) &&
                           own.study.data.programs.size() > 1;
    if (options.sources && bothSides)
      own.sources =
          std::make_unique<GapSources>(own.study, table, options, plan);
    const bool logistic =
        std::find(options.models.begin(), options.models.end(),
                  Model::Logistic) != options.models.end();
    if (bothSides && logistic &&
        std::find(options.closing.begin(), options.closing.end(), task) !=
            options.closing.end())
      own.closing = std::make_unique<Closing>(own.study, options, plan);
  }
  if (tasks.empty())
    throw StudyError(excluded.front()["reason"].get<std::string>());

  plan.run(options.jobs);

  // Scores of one task do not need another's.
  std::vector<Json> perTask(tasks.size());
  forEachIndex(tasks.size(), options.jobs, [&](size_t task) {
    perTask[task] = taskJson(tasks[task], table, options, plan);
  });
  const Json results(perTask);
  std::set<std::string> programs;
  std::set<std::pair<std::string, std::string>> mutants;
  for (const TableRow &row : table.rows) {
    programs.insert(row.program);
    mutants.emplace(row.program, row.mutant);
  }
  StudyOutput output;
  output.study = {{"schema", studySchema},
                  {"version", DYNFAULT_VERSION},
                  {"table",
                   {{"sha256", table.sha256},
                    {"programs", programs.size()},
                    {"mutants", mutants.size()},
                    {"runs", table.rows.size()},
                    {"columns_left_out", table.leftOutColumns}}},
                  {"configuration", configurationJson(options)},
                  {"tasks", results},
                  {"excluded_tasks", excluded}};
  output.predictions = predictionsCsv(tasks, table, plan);
  return output;
}

} // namespace dynfault::study
