//===- ScorePlot.cpp - Scores of all feature sets -------------------------===//
//
// One row per configuration, one line per protocol, so that the distance
// between the marks of a row is the gap.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Layout.h"
#include "tools/dynfault-study/report/Svg.h"

#include <algorithm>
#include <fmt/format.h>

namespace dynfault::study {

std::string scorePlot(const StudyResult &result) {
  const auto &protocols = result.options.protocols;
  constexpr double lineHeight = 17;
  const double rowHeight =
      lineHeight * static_cast<double>(protocols.size()) + 14;
  double labels = textWidth("feature set");
  for (const FeatureSet &set : result.featureSets)
    labels = std::max(labels, textWidth(set.name));
  constexpr double plotWidth = 520;
  constexpr double top = 62;
  const ScoreAxis axis{labels + 26, labels + 26 + plotWidth};
  const double bottom =
      top + rowHeight * static_cast<double>(result.featureSets.size());
  const double right = axis.right + 168;

  Svg svg(right, bottom + 48,
          "Balanced accuracy with 95% intervals for each feature set and "
          "protocol; the numbers are in the table of scores");
  drawLegend(svg, axis.left, 14, protocols);
  svg.text(axis.right + 20, top - 12, "score [95% interval]", "tick");
  axis.draw(svg, top, bottom, result.chance);
  for (size_t set = 0; set < result.featureSets.size(); ++set) {
    const double rowTop = top + rowHeight * static_cast<double>(set);
    if (set > 0)
      svg.line(0, rowTop, right, rowTop, "rule");
    svg.text(axis.left - 16, rowTop + rowHeight / 2,
             result.featureSets[set].name,
             set == result.mainSet ? "label strong" : "label", "end");
    double y = rowTop + 7 + lineHeight / 2;
    for (Protocol protocol : protocols) {
      const Score &score = *result.find(set, protocol);
      svg.line(axis.at(score.interval.low), y, axis.at(score.interval.high), y,
               "whisker " + protocolClass(protocol));
      svg.mark(axis.at(score.balancedAccuracy), y, protocol);
      svg.text(axis.right + 20, y,
               fmt::format("{} {}", number(score.balancedAccuracy),
                           intervalText(score.interval)),
               "tick figure");
      y += lineHeight;
    }
  }
  return svg.finish();
}

} // namespace dynfault::study
