//===- FeatureTable.cpp - Writing and reading the feature table -----------===//
//
// One list of the leading columns serves the writer and the reader.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/table/FeatureTable.h"

#include "tools/dynfault-study/task/LabelQuantities.h"
#include "tools/dynfault-study/task/Labels.h"
#include "tools/dynfault-study/util/Csv.h"
#include "tools/dynfault-study/util/Error.h"
#include "tools/dynfault-study/util/Sha256.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <string_view>
#include <tuple>

namespace dynfault::study {
namespace {

using Eigen::Index;

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

const std::vector<std::string> &leadingColumns() {
  static const std::vector<std::string> names = {
      "program", "dataset",  "family", "mutant", "operator", "class",
      "site",    "severity", "seed",   "device", "status",   "killed"};
  return names;
}

bool startsWith(const std::string &text, const char *prefix) {
  return text.rfind(prefix, 0) == 0;
}

/// Drops what a number can be read without: the zero before the point, and
/// plus and leading zeros of the exponent.
void shorten(std::string &number) {
  const size_t exponent = number.find('e');
  if (exponent != std::string::npos) {
    size_t digits = exponent + 2; // Behind the sign, which is always there.
    while (digits + 1 < number.size() && number[digits] == '0')
      number.erase(digits, 1);
    if (number[exponent + 1] == '+')
      number.erase(exponent + 1, 1);
  }
  const size_t first = number[0] == '-' ? 1 : 0;
  if (number.compare(first, 2, "0.") == 0)
    number.erase(first, 1);
}

void appendNumber(std::string &out, float value) {
  if (!std::isfinite(value))
    return;
  std::string number = fmt::format("{}", value);
  shorten(number);
  out += number;
}

/// A number, or nothing where the cell says that there is none; `good` is
/// false where it is anything else.
float parseNumber(const std::string &cell, bool &good) {
  good = true;
  if (cell.empty() || cell == "NA")
    return missing;
  const char *begin = cell.data();
  const char *end = begin + cell.size();
  while (begin != end && *begin == ' ')
    ++begin;
  while (end != begin && end[-1] == ' ')
    --end;
  if (begin != end && *begin == '+')
    ++begin;
  float value = 0;
  const auto parsed = std::from_chars(begin, end, value);
  if (parsed.ec == std::errc::result_out_of_range)
    return missing;
  good = parsed.ec == std::errc() && parsed.ptr == end && begin != end;
  return std::isfinite(value) ? value : missing;
}

RunStatus statusOf(const std::string &text, const std::string &path,
                   size_t line) {
  for (RunStatus status : {RunStatus::Completed, RunStatus::Diverged,
                           RunStatus::Failed, RunStatus::Timeout})
    if (statusName(status) == text)
      return status;
  throw StudyError(fmt::format("{}: row {}: status is '{}'; it is completed, "
                               "diverged, failed or timeout",
                               path, line, text));
}

auto sortKey(const TableRow &row) {
  return std::tie(row.program, row.mutant, row.seed, row.device);
}

/// Where things stand in the file.
struct Layout {
  std::vector<size_t> leading;
  std::vector<size_t> tasks, quantities, features;
};

Layout layoutOf(const std::vector<std::string> &header, FeatureTable &table) {
  Layout layout;
  for (const std::string &name : leadingColumns()) {
    auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end())
      throw StudyError(fmt::format(
          "{}: is no feature table of dynfault: it has no column '{}'; write "
          "one with `dynfault-study table`, or give a table from elsewhere as "
          "--features with --group and --label",
          table.path, name));
    layout.leading.push_back(static_cast<size_t>(found - header.begin()));
  }
  std::vector<std::pair<std::string, size_t>> features;
  for (size_t column = 0; column < header.size(); ++column) {
    const std::string &name = header[column];
    if (startsWith(name, "task/")) {
      layout.tasks.push_back(column);
      table.taskNames.push_back(name.substr(5));
    } else if (startsWith(name, "label/")) {
      layout.quantities.push_back(column);
      table.quantityNames.push_back(name.substr(6));
    } else if (startsWith(name, "full/") || startsWith(name, "early/")) {
      features.emplace_back(name, column);
    } else if (std::find(leadingColumns().begin(), leadingColumns().end(),
                         name) == leadingColumns().end()) {
      throw StudyError(fmt::format("{}: column '{}' is unknown; features are "
                                   "named full/... or early/...",
                                   table.path, name));
    }
  }
  std::sort(features.begin(), features.end());
  for (size_t i = 0; i < features.size(); ++i) {
    if (i > 0 && features[i].first == features[i - 1].first)
      throw StudyError(fmt::format("{}: has two columns '{}'; remove one",
                                   table.path, features[i].first));
    table.featureNames.push_back(features[i].first);
    layout.features.push_back(features[i].second);
  }
  return layout;
}

/// Rows of numbers that become a matrix in the order of `order`.
Eigen::MatrixXf gather(const std::vector<float> &values, size_t columns,
                       const std::vector<size_t> &order) {
  Eigen::MatrixXf out(static_cast<Index>(order.size()),
                      static_cast<Index>(columns));
  for (size_t column = 0; column < columns; ++column)
    for (size_t row = 0; row < order.size(); ++row)
      out(static_cast<Index>(row), static_cast<Index>(column)) =
          values[order[row] * columns + column];
  return out;
}

void sortRows(FeatureTable &table, const std::vector<float> &quantities,
              const std::vector<float> &features) {
  std::vector<size_t> order(table.rows.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return sortKey(table.rows[a]) < sortKey(table.rows[b]);
  });
  std::vector<TableRow> rows;
  rows.reserve(order.size());
  for (size_t from : order)
    rows.push_back(table.rows[from]);
  for (size_t i = 1; i < rows.size(); ++i)
    if (sortKey(rows[i - 1]) == sortKey(rows[i]))
      throw StudyError(fmt::format(
          "{}: has two rows of program {}, mutant {}, seed {}, device {}; "
          "remove one",
          table.path, rows[i].program, rows[i].mutant, rows[i].seed,
          rows[i].device));
  table.rows = std::move(rows);
  for (auto &labels : table.taskLabels) {
    std::vector<std::string> sorted;
    for (size_t from : order)
      sorted.push_back(labels[from]);
    labels = std::move(sorted);
  }
  table.quantities = gather(quantities, table.quantityNames.size(), order);
  table.features = gather(features, table.featureNames.size(), order);
}

bool isCorpus(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  std::string head(15, '\0');
  in.read(head.data(), 15);
  return head == "SQLite format 3";
}

/// `value` with `featureDigits` significant digits; NaN where float32 has no
/// such number.
float roundToDigits(double value) {
  char text[32];
  const auto end =
      fmt::format_to_n(text, sizeof(text), "{:.{}e}", value, featureDigits - 1);
  float rounded = missing;
  std::from_chars(text, end.out, rounded);
  return std::isfinite(rounded) ? rounded : missing;
}

/// As rounded, with one NaN only, so that columns can be compared by bytes.
Eigen::MatrixXf roundedFeatures(const Eigen::MatrixXd &features) {
  return features.unaryExpr([](double value) {
    return std::isfinite(value) ? roundToDigits(value) : missing;
  });
}

bool isConstant(const Eigen::MatrixXf &features, Index column) {
  float seen = missing;
  for (Index row = 0; row < features.rows(); ++row) {
    const float value = features(row, column);
    if (std::isnan(value))
      continue;
    if (!std::isnan(seen) && value != seen)
      return false;
    seen = value;
  }
  return true;
}

/// The columns that tell something (`Redundant`), in the order of the file.
std::vector<Index> chooseFeatures(const std::vector<std::string> &names,
                                  const Eigen::MatrixXf &features,
                                  Redundant redundant) {
  std::vector<Index> chosen;
  std::set<std::pair<std::string, std::string_view>> known;
  for (Index column = 0; column < features.cols(); ++column) {
    const std::string &name = names[static_cast<size_t>(column)];
    const auto *bytes = reinterpret_cast<const char *>(
        features.data() + column * features.rows());
    const std::string_view values(bytes, static_cast<size_t>(features.rows()) *
                                             sizeof(float));
    if (redundant == Redundant::Keep ||
        (!isConstant(features, column) &&
         known.emplace(name.substr(0, name.find('/')), values).second))
      chosen.push_back(column);
  }
  // A feature's two windows side by side are often alike and compress well.
  auto key = [&](Index column) {
    const std::string &name = names[static_cast<size_t>(column)];
    const size_t slash = name.find('/') + 1;
    return std::make_pair(std::string_view(name).substr(slash),
                          std::string_view(name).substr(0, slash));
  };
  std::sort(chosen.begin(), chosen.end(),
            [&](Index a, Index b) { return key(a) < key(b); });
  return chosen;
}

} // namespace

Index FeatureTable::quantity(const std::string &name) const {
  auto found = std::find(quantityNames.begin(), quantityNames.end(), name);
  return found == quantityNames.end() ? -1 : found - quantityNames.begin();
}

std::string tableCsv(const std::string &corpusPath, Redundant redundant) {
  std::vector<LossCurves> curves;
  const Corpus corpus = readCorpus(
      corpusPath, "", [&](size_t run, const std::string &name, Curve curve) {
        if (curves.size() <= run)
          curves.resize(run + 1);
        if (name == "baseline/train_loss")
          curves[run].trainLoss = std::move(curve);
        else if (name == "baseline/train_metric")
          curves[run].trainMetric = std::move(curve);
        else
          curves[run].validationLoss = std::move(curve);
      });
  curves.resize(corpus.runs.size());

  FeatureTable table;
  table.path = corpusPath;
  for (const Run &run : corpus.runs) {
    const Mutant &mutant = corpus.mutants[run.mutant];
    const Program &program = corpus.programs[mutant.program];
    table.rows.push_back({program.name, program.dataset, program.family,
                          mutant.key, mutant.op, mutant.faultClass, mutant.site,
                          mutant.severity, run.device, run.seed, run.status,
                          mutant.killed});
  }

  std::vector<float> limits;
  for (size_t p = 0; p < corpus.programs.size(); ++p) {
    std::vector<const LossCurves *> clean;
    std::vector<int64_t> planned;
    for (size_t r = 0; r < corpus.runs.size(); ++r)
      if (const Mutant &mutant = corpus.mutants[corpus.runs[r].mutant];
          mutant.program == p && mutant.isClean()) {
        clean.push_back(&curves[r]);
        planned.push_back(corpus.runs[r].stepsPlanned);
      }
    limits.push_back(cleanChangeLimit(clean, planned));
  }
  table.quantityNames.assign(labelQuantityNames.begin(),
                             labelQuantityNames.end());
  table.quantities.resize(static_cast<Index>(corpus.runs.size()),
                          static_cast<Index>(labelQuantityNames.size()));
  for (size_t r = 0; r < corpus.runs.size(); ++r) {
    const size_t program = corpus.mutants[corpus.runs[r].mutant].program;
    const auto values =
        labelQuantities(curves[r], corpus.runs[r], limits[program]).values();
    for (size_t q = 0; q < values.size(); ++q)
      table.quantities(static_cast<Index>(r), static_cast<Index>(q)) =
          values[q];
  }
  std::vector<Labels> labels;
  for (TaskId task : allTasks)
    labels.push_back(labelRows(task, table, {}));

  const Eigen::MatrixXf features = roundedFeatures(corpus.features);
  const std::vector<Index> chosen =
      chooseFeatures(corpus.featureNames, features, redundant);

  std::string out;
  for (const std::string &name : leadingColumns())
    out += (out.empty() ? "" : ",") + name;
  for (TaskId task : allTasks)
    out += ",task/" + taskName(task);
  for (const std::string &name : table.quantityNames)
    out += ",label/" + name;
  for (Index f : chosen)
    out += "," + csvCell(corpus.featureNames[static_cast<size_t>(f)]);
  out += "\n";
  for (size_t r = 0; r < table.rows.size(); ++r) {
    const TableRow &row = table.rows[r];
    out += csvCell(row.program);
    for (const std::string *text :
         {&row.dataset, &row.family, &row.mutant, &row.op, &row.faultClass,
          &row.site, &row.severity})
      out += "," + csvCell(*text);
    out += fmt::format(",{},{},{},{}", row.seed, csvCell(row.device),
                       statusName(row.status),
                       row.killed ? (*row.killed ? "1" : "0") : "");
    for (const Labels &task : labels)
      out += "," +
             (task.label[r] < 0
                  ? std::string()
                  : csvCell(task.classes[static_cast<size_t>(task.label[r])]));
    for (Index q = 0; q < table.quantities.cols(); ++q) {
      out += ',';
      appendNumber(out, table.quantities(static_cast<Index>(r), q));
    }
    for (Index f : chosen) {
      out += ',';
      appendNumber(out, features(static_cast<Index>(r), f));
    }
    out += '\n';
  }
  return out;
}

FeatureTable parseTable(const std::string &text, const std::string &path) {
  FeatureTable table;
  table.path = path;
  table.sha256 = sha256OfText(text);
  Layout layout;
  std::vector<std::string> header;
  std::vector<float> quantities, features;
  forEachCsvRow(text, path, [&](size_t line, const auto &cells) {
    if (line == 1) {
      header = cells;
      layout = layoutOf(header, table);
      table.taskLabels.resize(table.taskNames.size());
      return;
    }
    auto lead = [&](size_t i) -> const std::string & {
      return cells[layout.leading[i]];
    };
    auto number = [&](size_t column) {
      bool good = true;
      const float value = parseNumber(cells[column], good);
      if (!good)
        throw StudyError(fmt::format("{}: row {}, column '{}': '{}' is no "
                                     "number; leave the cell empty where there "
                                     "is none",
                                     path, line, header[column],
                                     cells[column]));
      return value;
    };
    TableRow row{lead(0), lead(1), lead(2), lead(3), lead(4), lead(5),
                 lead(6), lead(7), lead(9), 0,       {},      {}};
    const std::string &seed = lead(8);
    const auto parsed =
        std::from_chars(seed.data(), seed.data() + seed.size(), row.seed);
    if (parsed.ec != std::errc() || parsed.ptr != seed.data() + seed.size())
      throw StudyError(fmt::format("{}: row {}: seed is '{}', not an integer",
                                   path, line, seed));
    row.status = statusOf(lead(10), path, line);
    const std::string &killed = lead(11);
    if (killed != "" && killed != "0" && killed != "1")
      throw StudyError(fmt::format("{}: row {}: killed is '{}'; it is 1, 0 or "
                                   "empty (not tested)",
                                   path, line, killed));
    if (!killed.empty())
      row.killed = killed == "1";
    table.rows.push_back(std::move(row));
    for (size_t t = 0; t < layout.tasks.size(); ++t)
      table.taskLabels[t].push_back(cells[layout.tasks[t]]);
    for (size_t column : layout.quantities)
      quantities.push_back(number(column));
    for (size_t column : layout.features)
      features.push_back(number(column));
  });
  if (table.rows.empty())
    throw StudyError(fmt::format("{}: has no run; record a corpus with "
                                 "`dynfault-run corpus`",
                                 path));
  sortRows(table, quantities, features);
  return table;
}

FeatureTable readTable(const std::string &path) {
  return parseTable(readMaybeGzip(path), path);
}

FeatureTable readCorpusOrTable(const std::string &path, Redundant redundant) {
  return isCorpus(path) ? parseTable(tableCsv(path, redundant), path)
                        : readTable(path);
}

FeatureTable readForeignTable(const std::string &path,
                              const ForeignColumns &columns) {
  FeatureTable table;
  table.path = path;
  const std::string text = readMaybeGzip(path);
  table.sha256 = sha256OfText(text);
  std::vector<std::string> header;
  size_t group = 0, label = 0, mutant = 0;
  std::vector<std::vector<float>> values;
  std::vector<bool> numeric;
  table.taskNames = {taskName(TaskId::FaultTyping)};
  table.taskLabels.resize(1);
  auto place = [&](const std::string &name, const char *option) {
    auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end())
      throw StudyError(fmt::format("{}: has no column '{}' ({}); its columns "
                                   "begin with {}",
                                   path, name, option, header.front()));
    return static_cast<size_t>(found - header.begin());
  };
  forEachCsvRow(text, path, [&](size_t line, const auto &cells) {
    if (line == 1) {
      header = cells;
      group = place(columns.group, "--group");
      label = place(columns.label, "--label");
      mutant = columns.mutant.empty() ? header.size()
                                      : place(columns.mutant, "--mutant");
      values.resize(header.size());
      numeric.assign(header.size(), true);
      return;
    }
    TableRow row;
    row.program = cells[group];
    // Without a column for it, each row is a mutant of its own.
    row.mutant =
        mutant < header.size() ? cells[mutant] : fmt::format("row {:08}", line);
    row.op = "-";
    row.faultClass = cells[label];
    row.seed = static_cast<int64_t>(line);
    row.killed = true;
    if (row.program.empty() || row.faultClass.empty())
      throw StudyError(fmt::format(
          "{}: row {}: column '{}' is empty; every "
          "row needs a group and a label",
          path, line, row.program.empty() ? columns.group : columns.label));
    table.rows.push_back(std::move(row));
    table.taskLabels[0].push_back(cells[label]);
    for (size_t c = 0; c < header.size(); ++c) {
      if (c == group || c == label || c == mutant || !numeric[c])
        continue;
      bool good = true;
      values[c].push_back(parseNumber(cells[c], good));
      numeric[c] = good;
    }
  });
  if (table.rows.empty())
    throw StudyError(fmt::format("{}: has no row below its header", path));
  std::map<std::string, size_t> kept;
  for (size_t c = 0; c < header.size(); ++c) {
    if (c == group || c == label || c == mutant)
      continue;
    if (numeric[c])
      kept.emplace("full/" + header[c], c);
    else
      table.leftOutColumns.push_back(header[c]);
  }
  if (kept.empty())
    throw StudyError(fmt::format("{}: has no column of numbers beside the "
                                 "group and the label",
                                 path));
  std::vector<float> features;
  for (const auto &entry : kept)
    table.featureNames.push_back(entry.first);
  for (size_t row = 0; row < table.rows.size(); ++row)
    for (const auto &entry : kept)
      features.push_back(values[entry.second][row]);
  sortRows(table, {}, features);
  return table;
}

} // namespace dynfault::study
