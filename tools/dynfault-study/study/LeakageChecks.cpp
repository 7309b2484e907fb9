//===- LeakageChecks.cpp - Signs that labels reach the features -----------===//
//
// Permuted labels show what a pipeline learns from something other than the
// fault. Permuting runs leaves nothing to learn; permuting mutants leaves the
// resemblance of a mutant's runs, which only some protocols may use.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/study/LeakageChecks.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <map>
#include <set>
#include <unordered_map>

namespace dynfault::study {
namespace {

using Eigen::Index;

constexpr double copyShare = 0.99;

std::map<int, std::vector<int>> rowsBy(const std::vector<int> &key) {
  std::map<int, std::vector<int>> rows;
  for (size_t i = 0; i < key.size(); ++i)
    rows[key[i]].push_back(static_cast<int>(i));
  return rows;
}

/// Sum of squares around the mean of some rows' values that are not missing,
/// and their number.
std::pair<double, int> scatter(const RowMatrix &features, Index column,
                               const std::vector<int> &rows) {
  double sum = 0, square = 0;
  int count = 0;
  for (int row : rows)
    if (const double value = features(row, column); !std::isnan(value)) {
      sum += value;
      ++count;
    }
  for (int row : rows)
    if (const double value = features(row, column); !std::isnan(value))
      square += (value - sum / count) * (value - sum / count);
  return {square, count};
}

/// A number for a row's bits; missing values are alike.
uint64_t digest(const RowMatrix &features, Index row) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (Index column = 0; column < features.cols(); ++column) {
    const double value = features(row, column);
    uint64_t bits = ~uint64_t{0};
    if (!std::isnan(value))
      std::memcpy(&bits, &value, sizeof(bits));
    hash = (hash ^ bits) * 0x100000001b3ULL;
    hash ^= hash >> 29;
  }
  return hash;
}

bool sameRow(const RowMatrix &features, Index a, Index b) {
  for (Index column = 0; column < features.cols(); ++column) {
    const double left = features(a, column), right = features(b, column);
    if (left != right && !(std::isnan(left) && std::isnan(right)))
      return false;
  }
  return true;
}

double largest(const Json &entries, const char *arm) {
  double most = 0;
  for (const Json &one : entries)
    if (one[arm].is_number())
      most = std::max(most, one[arm].get<double>());
  return most;
}

} // namespace

std::vector<int> permutedEverywhere(const FoldKeys &keys, Random &random) {
  std::vector<int> labels = keys.label;
  random.shuffle(labels);
  return labels;
}

std::vector<int> permutedRuns(const FoldKeys &keys, Random &random) {
  std::vector<int> labels = keys.label;
  for (const auto &entry : rowsBy(keys.program)) {
    std::vector<int> shuffled = pick(keys.label, entry.second);
    random.shuffle(shuffled);
    for (size_t i = 0; i < shuffled.size(); ++i)
      labels[static_cast<size_t>(entry.second[i])] = shuffled[i];
  }
  return labels;
}

std::vector<int> permutedMutants(const FoldKeys &keys, Random &random) {
  std::vector<int> labels = keys.label;
  const auto rowsOfMutant = rowsBy(keys.mutant);
  for (const auto &entry : rowsBy(keys.program)) {
    std::vector<int> own = pick(keys.mutant, entry.second);
    std::sort(own.begin(), own.end());
    own.erase(std::unique(own.begin(), own.end()), own.end());
    std::vector<int> givers = own;
    random.shuffle(givers);
    for (size_t m = 0; m < own.size(); ++m) {
      const std::vector<int> &to = rowsOfMutant.at(own[m]);
      const std::vector<int> &from = rowsOfMutant.at(givers[m]);
      for (size_t i = 0; i < to.size(); ++i)
        labels[static_cast<size_t>(to[i])] =
            keys.label[static_cast<size_t>(from[i % from.size()])];
    }
  }
  return labels;
}

double permutationLimit(const TaskData &data, bool programsSeen) {
  const FoldKeys &keys = data.keys;
  std::vector<std::set<int>> mutants(data.classes.size());
  std::vector<double> runs(data.classes.size(), 0);
  std::map<int, std::vector<double>> runsOfProgram;
  for (size_t i = 0; i < keys.label.size(); ++i) {
    const auto label = static_cast<size_t>(keys.label[i]);
    mutants[label].insert(keys.mutant[i]);
    runs[label] += 1;
    auto &own = runsOfProgram[keys.program[i]];
    own.resize(runs.size(), 0);
    own[label] += 1;
  }
  const auto classes = static_cast<double>(data.classes.size());
  const double chance = 1 / classes;
  double guess = chance;
  if (programsSeen) {
    guess = 0;
    for (const auto &entry : runsOfProgram) {
      double best = 0;
      for (size_t c = 0; c < runs.size(); ++c)
        if (runs[c] > 0)
          best = std::max(best, entry.second[c] / runs[c] / classes);
      guess += best;
    }
  }
  double variance = 0;
  for (const std::set<int> &own : mutants)
    if (!own.empty())
      variance += chance * (1 - chance) / static_cast<double>(own.size());
  return guess + 4 * std::sqrt(variance) / classes;
}

std::vector<std::string> labelCopies(const TaskData &data) {
  std::vector<std::string> copies;
  std::vector<int> cell;
  const auto classes = static_cast<int>(data.classes.size());
  for (size_t i = 0; i < data.keys.label.size(); ++i)
    cell.push_back(data.keys.program[i] * classes + data.keys.label[i]);
  const auto cells = rowsBy(cell);
  if (data.keys.label.size() < 2 * cells.size())
    return copies;
  const auto programs = rowsBy(data.keys.program);
  for (Index column = 0; column < data.features.cols(); ++column) {
    double total = 0, left = 0;
    int present = 0, used = 0;
    for (const auto &entry : programs)
      total += scatter(data.features, column, entry.second).first;
    for (const auto &entry : cells) {
      const auto [square, count] = scatter(data.features, column, entry.second);
      left += square;
      present += count;
      used += count > 0;
    }
    if (present >= 2 * used && total > 1e-9 * present &&
        left < (1 - copyShare) * total)
      copies.push_back(data.featureNames[static_cast<size_t>(column)]);
  }
  return copies;
}

int runsSharedByMutants(const TaskData &data) {
  std::unordered_map<uint64_t, std::vector<int>> seen;
  for (int row = 0; row < data.size(); ++row)
    seen[digest(data.features, row)].push_back(row);
  int shared = 0;
  for (int row = 0; row < data.size(); ++row) {
    const auto &alike = seen.at(digest(data.features, row));
    shared += std::any_of(alike.begin(), alike.end(), [&](int other) {
      return data.keys.mutant[static_cast<size_t>(other)] !=
                 data.keys.mutant[static_cast<size_t>(row)] &&
             sameRow(data.features, row, other);
    });
  }
  return shared;
}

std::vector<std::string> leakageCautions(const TaskData &data,
                                         const Json *sources) {
  std::vector<std::string> cautions;
  const std::vector<std::string> copies = labelCopies(data);
  if (!copies.empty())
    cautions.push_back(fmt::format(
        "{} feature{} ({}{}) nearly give{} the class away within each program: "
        "it explains more than 99% of the variance there. Make sure that they "
        "are not made from the label.",
        copies.size(), copies.size() == 1 ? "" : "s", copies.front(),
        copies.size() == 1 ? "" : ", ...", copies.size() == 1 ? "s" : ""));
  if (const int shared = runsSharedByMutants(data))
    cautions.push_back(fmt::format(
        "{} runs have exactly the features of a run of another mutant. Where "
        "both were recorded twice under two names, the within protocols train "
        "on what they test.",
        shared));
  if (!sources)
    return cautions;
  const double seen = permutationLimit(data, true);
  const double unseen = permutationLimit(data, false);
  const Json &runs = (*sources)["label_permutation"];
  const Json &mutants = (*sources)["mutant_permutation"];
  const Json &everywhere = (*sources)["overall_permutation"];
  auto leak = [&](const Json &entries, const char *arm, double limit,
                  const char *what) {
    const double most = largest(entries, arm);
    if (most > limit)
      cautions.push_back(fmt::format(
          "Leak: {} still reaches {:.3f}, where guessing stays below {:.3f}. "
          "Do not trust its scores.",
          what, most, limit));
  };
  leak(runs, "within", seen, "with labels permuted among runs within");
  // Features may tell how often a program has each class even of one that was
  // never seen, but no better than to know it.
  leak(runs, "held_out", seen, "with labels permuted among runs held-out");
  leak(everywhere, "held_out", unseen,
       "with labels permuted among all programs held-out");
  leak(mutants, "within_grouped", seen,
       "with labels permuted among mutants within-grouped");
  const double heldOut = largest(runs, "held_out");
  if (heldOut > unseen && heldOut <= seen)
    cautions.push_back(fmt::format(
        "With labels permuted among the runs of each program held-out still "
        "reaches {:.3f} (guessing stays below {:.3f}): the features tell how "
        "often an unseen program has each class. That part of the held-out "
        "score tells programs apart, not runs.",
        heldOut, unseen));
  const double within = largest(mutants, "within");
  if (within > seen)
    cautions.push_back(fmt::format(
        "With labels permuted among mutants within still reaches {:.3f} "
        "(guessing stays below {:.3f}): a mutant's other seeds are recognised. "
        "That part of the within score needs no diagnosis; within-grouped does "
        "without it.",
        within, seen));
  return cautions;
}

} // namespace dynfault::study
