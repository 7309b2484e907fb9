//===- Tables.cpp - The report's tables -----------------------------------===//
//
// Sorting goes by the full number, which the page carries in data-value.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Tables.h"

#include "tools/dynfault-study/report/Svg.h"
#include "tools/dynfault-study/util/Csv.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace dynfault::study {

std::string cellText(const Json &cell) {
  if (cell.is_string())
    return cell;
  if (cell.is_number_integer())
    return fmt::format("{}", cell.get<int64_t>());
  if (cell.is_number())
    return fmt::format("{:.3f}", cell.get<double>());
  return "-";
}

std::string Table::csv() const {
  std::string out;
  for (size_t c = 0; c < head.size(); ++c)
    out += (c ? "," : "") + csvCell(head[c]);
  out += "\n";
  for (const auto &row : rows) {
    for (size_t c = 0; c < row.size(); ++c)
      out += (c ? "," : "") + (row[c].is_string()
                                   ? csvCell(row[c].get<std::string>())
                               : row[c].is_null() ? std::string()
                                                  : row[c].dump());
    out += "\n";
  }
  return out;
}

std::string Table::html() const {
  std::string out =
      fmt::format("<div class=\"scroll\"><table class=\"sortable\" "
                  "id=\"{}\">\n<thead><tr>",
                  escaped(name));
  for (size_t c = 0; c < head.size(); ++c)
    out += fmt::format("<th{} tabindex=\"0\" role=\"button\">{}</th>",
                       c < leftColumns ? " class=\"l\"" : "", escaped(head[c]));
  out += "</tr></thead>\n<tbody>\n";
  for (const auto &row : rows) {
    out += "<tr>";
    for (size_t c = 0; c < row.size(); ++c)
      out += fmt::format(
          "<td{}{}>{}</td>", c < leftColumns ? " class=\"l\"" : "",
          row[c].is_number() ? fmt::format(" data-value=\"{}\"", row[c].dump())
                             : std::string(),
          escaped(cellText(row[c])));
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

namespace {

std::string fileName(const Json &task, const char *what) {
  return task["task"].get<std::string>() + "-" + what;
}

} // namespace

Table scoreTable(const Json &task) {
  Table table{fileName(task, "scores"),
              {"feature set", "model", "protocol", "bal. acc.", "low", "high",
               "macro F1", "AUC", "Brier", "log loss", "ECE", "majority"},
              3,
              {}};
  for (const Json &score : task["scores"])
    table.rows.push_back(
        {score["feature_set"], score["model"], score["protocol"],
         score["balanced_accuracy"], score["interval_95"][0],
         score["interval_95"][1], score["macro_f1"], score["area_under_curve"],
         score["brier"], score["log_loss"], score["expected_calibration_error"],
         score["majority_baseline"]});
  return table;
}

Table differenceTable(const Json &task) {
  Table table{fileName(task, "differences"),
              {"what", "model", "more", "less", "difference", "low", "high",
               "mean over programs", "p", "p (Holm)"},
              4,
              {}};
  for (const Json &one : task["differences"]) {
    const bool gap = one["kind"] == "gap";
    table.rows.push_back(
        {gap ? "gap, " + one["feature_set"].get<std::string>()
             : "features, " + one["protocol"].get<std::string>(),
         one["model"], one["more"], one["less"], one["value"],
         one["interval_95"][0], one["interval_95"][1],
         one["mean_over_programs"], one["p_value"], one["p_value_holm"]});
  }
  return table;
}

Table recallTable(const Json &task) {
  Table table{
      fileName(task, "recall"), {"feature set", "model", "protocol"}, 3, {}};
  for (const Json &name : task["classes"])
    table.head.push_back(name);
  for (const Json &score : task["scores"]) {
    std::vector<Json> row = {score["feature_set"], score["model"],
                             score["protocol"]};
    for (const Json &recall : score["recall"])
      row.push_back(recall);
    table.rows.push_back(row);
  }
  return table;
}

Table identityTable(const Json &task) {
  Table table{fileName(task, "program-identity"),
              {"features", "bal. acc.", "chance"},
              1,
              {}};
  for (const Json &one : task["sources"]["program_identity"])
    table.rows.push_back(
        {one["feature_set"], one["balanced_accuracy"], one["chance"]});
  return table;
}

Table permutationTable(const Json &task) {
  Table table{fileName(task, "permutation"),
              {"labels", "within", "within-grouped", "held-out"},
              1,
              {}};
  const std::string set = task["main_feature_set"];
  auto score = [&](const char *protocol) {
    const Json *found = findScore(task, set, protocol);
    return found ? (*found)["balanced_accuracy"] : Json(nullptr);
  };
  table.rows.push_back(
      {"true", score("within"), score("within-grouped"), score("held-out")});
  int number = 0;
  for (const Json &one : task["sources"]["label_permutation"])
    table.rows.push_back({fmt::format("permuted among runs, {}", ++number),
                          one["within"], nullptr, one["held_out"]});
  number = 0;
  for (const Json &one : task["sources"]["overall_permutation"])
    table.rows.push_back(
        {fmt::format("permuted among all programs, {}", ++number), nullptr,
         nullptr, one["held_out"]});
  number = 0;
  for (const Json &one : task["sources"]["mutant_permutation"])
    table.rows.push_back({fmt::format("permuted among mutants, {}", ++number),
                          one["within"], one["within_grouped"], nullptr});
  return table;
}

Table thresholdTable(const Json &task) {
  Table table{fileName(task, "thresholds"),
              {"thresholds", "runs per class", "within", "held-out", "low",
               "high", "gap"},
              2,
              {}};
  for (const Json &one : task["sources"]["thresholds"]) {
    if (one.contains("excluded")) {
      table.rows.push_back({one["thresholds"], one["excluded"], nullptr,
                            nullptr, nullptr, nullptr, nullptr});
      continue;
    }
    std::string runs;
    for (const auto &entry : one["runs_per_class"].items())
      runs += fmt::format("{}{} {}", runs.empty() ? "" : ", ", entry.key(),
                          entry.value().get<int>());
    table.rows.push_back({one["thresholds"], runs, one["within"],
                          one["held_out"], one["held_out_interval_95"][0],
                          one["held_out_interval_95"][1], one["gap"]["value"]});
  }
  return table;
}

Table varianceTable(const Json &task) {
  Table table{
      fileName(task, "variance"), {"feature", "between programs"}, 1, {}};
  for (const Json &one : task["sources"]["between_program_variance"])
    table.rows.push_back({one[0], one[1]});
  return table;
}

Table closingTable(const Json &task) {
  Table table{fileName(task, "closing"),
              {"method", "needs of the unseen program", "within", "held-out",
               "low", "high", "gap", "gap closed", "score kept",
               "held-out gain", "p"},
              2,
              {}};
  for (const Json &one : task["closing"]["methods"])
    table.rows.push_back(
        {one["method"], one["needs"], one["within"], one["held_out"],
         one["held_out_interval_95"][0], one["held_out_interval_95"][1],
         one["gap"]["value"], one["gap_closed"], one["score_kept"],
         one["held_out_gain"]["value"], one["held_out_gain"]["p_value"]});
  return table;
}

Table detectorTable(const Json &task) {
  Table table{fileName(task, "detectors"),
              {"detector", "rule", "bal. acc.", "low", "high", "fired"},
              2,
              {}};
  for (const Json &one : task["rule_based_detectors"]) {
    table.rows.push_back({one["detector"], "all together",
                          one["balanced_accuracy"], one["interval_95"][0],
                          one["interval_95"][1], nullptr});
    for (const Json &rule : one["rules"])
      table.rows.push_back({one["detector"],
                            rule["rule"].get<std::string>() +
                                (rule["available"] ? "" : " (not recorded)"),
                            nullptr, nullptr, nullptr, rule["fired"]});
  }
  return table;
}

} // namespace dynfault::study
