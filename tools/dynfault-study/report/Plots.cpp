//===- Plots.cpp - The report's plots of scores ---------------------------===//
//
// Heights follow the number of rows; widths are fixed and fit a small laptop.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Plots.h"

#include "tools/dynfault-study/report/Svg.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace dynfault::study {
namespace {

constexpr double plotWidth = 720;
constexpr double rowHeight = 22;

std::string mainSet(const Json &task) { return task["main_feature_set"]; }

/// Left margin that holds the longest of some names.
double marginOf(const std::vector<std::string> &names) {
  double margin = 60;
  for (const std::string &name : names)
    margin = std::max(margin, textWidth(name) + 18);
  return std::min(margin, 260.0);
}

std::vector<std::string> setNames(const Json &task) {
  std::vector<std::string> names;
  for (const Json &set : task["feature_sets"])
    names.push_back(set["name"]);
  return names;
}

std::vector<Protocol> protocolsOf(const Json &task) {
  std::vector<Protocol> found;
  for (Protocol protocol : allProtocols)
    if (findScore(task, mainSet(task), protocolName(protocol)))
      found.push_back(protocol);
  return found;
}

/// Interval and mark of one score.
void drawScore(Svg &svg, const Axis &axis, double y, const Json &score,
               Protocol protocol) {
  const double low = numberOf(score["interval_95"][0]);
  const double high = numberOf(score["interval_95"][1]);
  if (!std::isnan(low))
    svg.line(axis.at(low), y, axis.at(high), y,
             "whisker " + protocolClass(protocol));
  if (const double value = numberOf(score["balanced_accuracy"]);
      !std::isnan(value))
    svg.mark(axis.at(value), y, protocol);
}

} // namespace

double numberOf(const Json &value) {
  return value.is_number() ? value.get<double>()
                           : std::numeric_limits<double>::quiet_NaN();
}

const Json *findScore(const Json &task, const std::string &featureSet,
                      const std::string &protocol, const std::string &model) {
  for (const Json &score : task["scores"])
    if (score["feature_set"] == featureSet && score["protocol"] == protocol &&
        score["model"] == model)
      return &score;
  return nullptr;
}

std::string gapPlot(const Json &study) {
  struct Row {
    std::string name;
    const Json *gap; ///< Null: the heading of a task.
    bool main = false;
  };
  std::vector<Row> rows;
  std::vector<std::string> names;
  double least = 0, most = 0.1;
  for (const Json &task : study["tasks"]) {
    std::vector<Row> own;
    for (const Json &gap : task["differences"])
      if (gap["kind"] == "gap" && gap["model"] == "logistic" &&
          gap["more"] == "within" && gap["less"] == "held-out") {
        own.push_back({gap["feature_set"], &gap,
                       gap["feature_set"] == task["main_feature_set"]});
        names.push_back(gap["feature_set"]);
        for (const Json &end : gap["interval_95"])
          if (!end.is_null()) {
            least = std::min(least, numberOf(end));
            most = std::max(most, numberOf(end));
          }
      }
    if (own.empty())
      continue;
    rows.push_back({task["task"], nullptr});
    rows.insert(rows.end(), own.begin(), own.end());
  }
  const double height = 60 + rowHeight * static_cast<double>(rows.size());
  Svg svg(plotWidth, height, "Gap within minus held-out");
  Axis axis{marginOf(names), plotWidth - 70, std::floor(least * 10) / 10,
            std::ceil(most * 10) / 10};
  const double bottom = height - 44;
  axis.draw(svg, 10, bottom, axis.high - axis.low > 0.8 ? 0.2 : 0.1,
            "gap: balanced accuracy within minus held-out");
  svg.line(axis.at(0), 6, axis.at(0), bottom, "chance");
  double y = 10 + rowHeight / 2;
  for (const Row &row : rows) {
    svg.text(row.gap ? 14 : 0, y, row.name,
             row.gap && !row.main ? "" : "strong");
    if (row.gap) {
      const double low = numberOf((*row.gap)["interval_95"][0]);
      const double high = numberOf((*row.gap)["interval_95"][1]);
      if (!std::isnan(low))
        svg.line(axis.at(low), y, axis.at(high), y, "whisker heldout");
      const double value = numberOf((*row.gap)["value"]);
      svg.mark(axis.at(value), y, Protocol::HeldOut);
      svg.text(plotWidth, y, fmt::format("{:+.3f}", value), "figure tick",
               "end");
    }
    y += rowHeight;
  }
  return svg.finish();
}

std::string scorePlot(const Json &task) {
  const std::vector<std::string> names = setNames(task);
  const std::vector<Protocol> protocols = protocolsOf(task);
  const double each = 9 * static_cast<double>(protocols.size()) + 10;
  const double top = 56;
  const double bottom = top + each * static_cast<double>(names.size());
  Svg svg(plotWidth, bottom + 44,
          "Balanced accuracy of each feature set under each protocol");
  drawLegend(svg, 0, 12, protocols);
  const Axis axis{marginOf(names), plotWidth - 12, 0, 1};
  axis.draw(svg, top, bottom, 0.1, "balanced accuracy");
  drawReference(svg, axis, numberOf(task["chance"]), top, bottom,
                fmt::format("chance {:.2f}", numberOf(task["chance"])));
  double y = top;
  for (const std::string &name : names) {
    svg.text(0, y + each / 2, name, name == mainSet(task) ? "strong" : "");
    double line = y + 9;
    for (Protocol protocol : protocols) {
      if (const Json *score = findScore(task, name, protocolName(protocol)))
        drawScore(svg, axis, line, *score, protocol);
      line += 9;
    }
    y += each;
    svg.line(0, y, plotWidth - 12, y, "rule");
  }
  return svg.finish();
}

std::string programPlot(const Json &task) {
  const Json *within = findScore(task, mainSet(task), "within");
  const Json *heldOut = findScore(task, mainSet(task), "held-out");
  if (!within || !heldOut)
    return "";
  struct Row {
    std::string name;
    double within, heldOut;
    int64_t runs;
  };
  std::vector<Row> rows;
  std::vector<std::string> names;
  for (size_t p = 0; p < task["programs"].size(); ++p) {
    rows.push_back({task["programs"][p], numberOf((*within)["per_program"][p]),
                    numberOf((*heldOut)["per_program"][p]),
                    task["counts"]["runs_per_program"][p]});
    names.push_back(rows.back().name);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row &a, const Row &b) {
    return a.heldOut > b.heldOut;
  });
  const double top = 56;
  const double bottom = top + 18 * static_cast<double>(rows.size());
  Svg svg(plotWidth, bottom + 44, "Balanced accuracy of each program");
  drawLegend(svg, 0, 12, {Protocol::Within, Protocol::HeldOut});
  const Axis axis{marginOf(names), plotWidth - 60, 0, 1};
  axis.draw(svg, top, bottom, 0.2, "balanced accuracy");
  drawReference(svg, axis, numberOf(task["chance"]), top, bottom,
                fmt::format("chance {:.2f}", numberOf(task["chance"])));
  svg.text(plotWidth, top - 12, "runs", "tick", "end");
  double y = top + 9;
  for (const Row &row : rows) {
    svg.text(0, y, row.name, "count");
    if (!std::isnan(row.within) && !std::isnan(row.heldOut)) {
      svg.line(axis.at(row.within), y, axis.at(row.heldOut), y, "rule");
      svg.mark(axis.at(row.within), y, Protocol::Within);
      svg.mark(axis.at(row.heldOut), y, Protocol::HeldOut);
    }
    svg.text(plotWidth, y, fmt::format("{}", row.runs), "tick", "end");
    y += 18;
  }
  return svg.finish();
}

std::string confusionPlot(const Json &task) {
  std::vector<Protocol> protocols;
  for (Protocol protocol : {Protocol::Within, Protocol::HeldOut})
    if (findScore(task, mainSet(task), protocolName(protocol)))
      protocols.push_back(protocol);
  const size_t classes = task["classes"].size();
  std::vector<std::string> names;
  for (const Json &name : task["classes"])
    names.push_back(name);
  const double margin = marginOf(names);
  const double cell = 58;
  const double one = margin + cell * static_cast<double>(classes) + 24;
  const double top = 62;
  const double height = top + cell * static_cast<double>(classes) + 10;
  Svg svg(one * static_cast<double>(protocols.size()), height,
          "Confusion matrices");
  double x = 0;
  for (Protocol protocol : protocols) {
    const Json &matrix =
        (*findScore(task, mainSet(task), protocolName(protocol)))["confusion"];
    svg.text(x + margin, 10, protocolName(protocol), "strong");
    svg.text(x + margin, 30, "predicted", "tick");
    for (size_t r = 0; r < classes; ++r) {
      const double y = top + cell * static_cast<double>(r);
      double sum = 0;
      for (const Json &count : matrix[r])
        sum += count.get<double>();
      svg.text(x + margin - 8, y + cell / 2, names[r], "", "end");
      svg.text(x + margin + cell * (static_cast<double>(r) + 0.5), top - 12,
               names[r].size() > 8 ? names[r].substr(0, 7) + "." : names[r],
               "tick", "middle");
      for (size_t c = 0; c < classes; ++c) {
        const double at = x + margin + cell * static_cast<double>(c);
        const double share = sum > 0 ? matrix[r][c].get<double>() / sum : 0;
        svg.rectangle(at + 1, y + 1, cell - 2, cell - 2, "cell");
        svg.rectangle(at + 1, y + 1, cell - 2, cell - 2, "share",
                      fmt::format("opacity:{:.2f}", 0.75 * share));
        svg.text(at + cell / 2, y + cell / 2 - 8, fmt::format("{:.2f}", share),
                 "figure strong", "middle");
        svg.text(at + cell / 2, y + cell / 2 + 10,
                 fmt::format("{}", matrix[r][c].get<int64_t>()), "tick",
                 "middle");
      }
    }
    x += one;
  }
  return svg.finish();
}

std::string closingPlot(const Json &task) {
  if (!task.contains("closing"))
    return "";
  struct Row {
    std::string name;
    double within, heldOut;
    Json heldOutInterval;
  };
  std::vector<Row> rows;
  const Json *within = findScore(task, mainSet(task), "within");
  const Json *heldOut = findScore(task, mainSet(task), "held-out");
  rows.push_back({"plain", numberOf((*within)["balanced_accuracy"]),
                  numberOf((*heldOut)["balanced_accuracy"]),
                  (*heldOut)["interval_95"]});
  for (const Json &method : task["closing"]["methods"])
    rows.push_back({method["method"], numberOf(method["within"]),
                    numberOf(method["held_out"]),
                    method["held_out_interval_95"]});
  std::vector<std::string> names;
  for (const Row &row : rows)
    names.push_back(row.name);
  const double top = 56;
  const double bottom = top + rowHeight * static_cast<double>(rows.size());
  Svg svg(plotWidth, bottom + 44, "Methods that close the gap");
  drawLegend(svg, 0, 12, {Protocol::Within, Protocol::HeldOut});
  const Axis axis{marginOf(names), plotWidth - 12, 0, 1};
  axis.draw(svg, top, bottom, 0.1, "balanced accuracy");
  drawReference(svg, axis, numberOf(task["chance"]), top, bottom,
                fmt::format("chance {:.2f}", numberOf(task["chance"])));
  double y = top + rowHeight / 2;
  for (const Row &row : rows) {
    svg.text(0, y, row.name, &row == &rows.front() ? "strong" : "");
    const double low = numberOf(row.heldOutInterval[0]);
    if (!std::isnan(low))
      svg.line(axis.at(low), y, axis.at(numberOf(row.heldOutInterval[1])), y,
               "whisker heldout");
    svg.mark(axis.at(row.heldOut), y, Protocol::HeldOut);
    svg.mark(axis.at(row.within), y, Protocol::Within);
    y += rowHeight;
  }
  return svg.finish();
}

} // namespace dynfault::study
