//===- SourcePlots.cpp - The report's plots of where the gap comes from ---===//
//
// Learning curve, variance shares, and how far probabilities can be trusted.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Plots.h"
#include "tools/dynfault-study/report/Svg.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>

namespace dynfault::study {
namespace {

constexpr double plotWidth = 560;

/// A square from 0 to 1 (vertical) with grid and labels.
void drawVertical(Svg &svg, double left, double right, double top,
                  double bottom, const std::string &title) {
  for (int tick = 0; tick <= 5; ++tick) {
    const double y = bottom + (top - bottom) * tick / 5;
    svg.line(left, y, right, y, "grid");
    svg.text(left - 8, y, fmt::format("{:.1f}", tick / 5.0), "tick", "end");
  }
  svg.text(14, (top + bottom) / 2, title, "label", "middle", -90);
}

} // namespace

std::string curvePlot(const Json &task) {
  if (!task.contains("sources"))
    return "";
  const Json &points = task["sources"]["learning_curve"];
  std::map<int, std::vector<double>> values;
  std::map<int, std::pair<double, double>> intervals;
  for (const Json &point : points) {
    const int size = point["training_programs"];
    values[size].push_back(numberOf(point["balanced_accuracy"]));
    auto &interval = intervals[size];
    interval.first += numberOf(point["interval_95"][0]);
    interval.second += numberOf(point["interval_95"][1]);
  }
  if (values.empty())
    return "";
  const double left = 60, right = plotWidth - 20, top = 30, bottom = 250;
  Svg svg(plotWidth, bottom + 50, "Learning curve over training programs");
  drawVertical(svg, left, right, top, bottom, "balanced accuracy, held-out");
  const double low = std::log2(values.begin()->first);
  const double high = std::max(std::log2(values.rbegin()->first), low + 1);
  auto xOf = [&](int size) {
    return left + 20 +
           (std::log2(size) - low) / (high - low) * (right - left - 40);
  };
  auto yOf = [&](double value) { return bottom + value * (top - bottom); };
  const double chance = numberOf(task["chance"]);
  svg.line(left, yOf(chance), right, yOf(chance), "chance");
  svg.text(right, yOf(chance) - 10, fmt::format("chance {:.2f}", chance),
           "tick", "end");
  std::vector<std::pair<double, double>> line;
  for (const auto &entry : values) {
    const auto draws = static_cast<double>(entry.second.size());
    double mean = 0;
    for (double value : entry.second)
      mean += value / draws;
    const double x = xOf(entry.first);
    line.emplace_back(x, yOf(mean));
    const auto &interval = intervals[entry.first];
    svg.line(x, yOf(interval.first / draws), x, yOf(interval.second / draws),
             "whisker heldout");
    svg.text(x, bottom + 13, fmt::format("{}", entry.first), "tick", "middle");
  }
  svg.polyline(line, "curve heldout");
  for (const auto &point : line)
    svg.mark(point.first, point.second, Protocol::HeldOut);
  svg.text((left + right) / 2, bottom + 34, "programs in training", "label",
           "middle");
  return svg.finish();
}

std::string variancePlot(const Json &task) {
  if (!task.contains("sources"))
    return "";
  // Ten bins per feature set.
  std::map<std::string, std::vector<int>> bins;
  std::map<std::string, int> totals;
  for (const Json &feature : task["sources"]["between_program_variance"]) {
    const std::string name = feature[0];
    const double share = numberOf(feature[1]);
    if (std::isnan(share))
      continue;
    const size_t slash = name.find('/');
    const std::string set =
        slash == std::string::npos ? "features" : name.substr(0, slash);
    auto &own = bins.emplace(set, std::vector<int>(10, 0)).first->second;
    ++own[static_cast<size_t>(std::clamp(static_cast<int>(share * 10), 0, 9))];
    ++totals[set];
  }
  if (bins.empty())
    return "";
  const double panel = 92, left = 120, right = plotWidth - 20;
  const double bottom = 10 + panel * static_cast<double>(bins.size());
  Svg svg(plotWidth, bottom + 50, "Variance between programs, by feature set");
  const Axis axis{left, right, 0, 1};
  axis.draw(svg, 10, bottom, 0.2, "share of variance between programs");
  double base = 10 + panel;
  for (const auto &entry : bins) {
    const int most =
        *std::max_element(entry.second.begin(), entry.second.end());
    svg.text(left - 10, base - panel / 2 - 8, entry.first, "strong", "end");
    svg.text(left - 10, base - panel / 2 + 9,
             fmt::format("{} features", totals[entry.first]), "tick", "end");
    for (size_t b = 0; b < 10; ++b) {
      const double height = (panel - 24) * entry.second[b] / most;
      const double x = axis.at(static_cast<double>(b) / 10);
      const double width = axis.at(0.1) - axis.at(0);
      if (entry.second[b] == 0)
        continue;
      svg.rectangle(x + 1.5, base - height, width - 3, height, "bar");
      svg.text(x + width / 2, base - height - 7,
               fmt::format("{}", entry.second[b]), "tick", "middle");
    }
    svg.line(left, base, right, base, "rule");
    base += panel;
  }
  return svg.finish();
}

std::string reliabilityPlot(const Json &task) {
  const std::string set = task["main_feature_set"];
  const double left = 60, top = 36, bottom = 320, right = left + bottom - top;
  Svg svg(right + 150, bottom + 50, "Reliability of the probabilities");
  drawVertical(svg, left, right, top, bottom, "share that is right");
  const Axis axis{left, right, 0, 1};
  axis.draw(svg, top, bottom, 0.2, "probability of the predicted class");
  svg.line(left, bottom, right, top, "chance");
  std::vector<Protocol> drawn;
  double legend = top + 10;
  for (Protocol protocol : {Protocol::Within, Protocol::HeldOut}) {
    const Json *score = findScore(task, set, protocolName(protocol));
    if (!score)
      continue;
    std::vector<std::pair<double, double>> line;
    for (const Json &bin : (*score)["reliability"])
      // A bin of few runs says little and would dominate the picture.
      if (bin[0].get<int>() >= 5)
        line.emplace_back(axis.at(numberOf(bin[1])),
                          bottom + numberOf(bin[2]) * (top - bottom));
    svg.polyline(line, "curve " + protocolClass(protocol));
    for (const auto &point : line)
      svg.mark(point.first, point.second, protocol);
    svg.mark(right + 22, legend, protocol);
    svg.text(right + 33, legend, protocolName(protocol));
    svg.text(right + 33, legend + 17,
             fmt::format("ECE {:.3f}",
                         numberOf((*score)["expected_calibration_error"])),
             "tick");
    legend += 44;
  }
  return svg.finish();
}

} // namespace dynfault::study
