//===- ProgramPlot.cpp - Score of each program ----------------------------===//
//
// Sorted by the held-out score, so that the programs that a model cannot
// generalise to stand together at the bottom.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Svg.h"

#include <algorithm>
#include <numeric>

namespace dynfault::study {

std::string programPlot(const StudyResult &result) {
  const auto &protocols = result.options.protocols;
  const auto &programs = result.data.programs;
  auto scoreAt = [&](Protocol protocol, size_t program) {
    return balancedAccuracy(
        result.find(result.mainSet, protocol)->perProgram[program]);
  };
  std::vector<size_t> order(programs.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return scoreAt(protocols.back(), a) > scoreAt(protocols.back(), b);
  });

  double labels = textWidth("program");
  for (const std::string &name : programs)
    labels = std::max(labels, textWidth(name));
  // Marks of equal scores would hide each other on one line.
  constexpr double step = 9;
  const double rowHeight = 10 + step * static_cast<double>(protocols.size());
  constexpr double top = 62;
  const double bottom = top + rowHeight * static_cast<double>(programs.size());
  const ScoreAxis axis{labels + 26, labels + 26 + 540};
  Svg svg(axis.right + 24, bottom + 48,
          "Balanced accuracy of each program under each protocol; the numbers "
          "are in report.txt");
  drawLegend(svg, axis.left, 14, protocols);
  axis.draw(svg, top, bottom, result.chance);
  double rowTop = top;
  for (size_t program : order) {
    if (rowTop > top)
      svg.line(0, rowTop, axis.right + 24, rowTop, "rule");
    svg.text(axis.left - 16, rowTop + rowHeight / 2, programs[program], "label",
             "end");
    double y = rowTop + rowHeight / 2 -
               step * static_cast<double>(protocols.size() - 1) / 2;
    for (Protocol protocol : protocols) {
      svg.mark(axis.at(scoreAt(protocol, program)), y, protocol);
      y += step;
    }
    rowTop += rowHeight;
  }
  return svg.finish();
}

} // namespace dynfault::study
