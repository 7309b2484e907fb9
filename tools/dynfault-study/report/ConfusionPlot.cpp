//===- ConfusionPlot.cpp - Confusion matrices -----------------------------===//
//
// Cells are shaded by the share of their row, since rows differ in size; the
// counts stand beside it. The darkest shade still lets the page's text colour
// be read, in light and in dark.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Svg.h"

#include <algorithm>
#include <fmt/format.h>

namespace dynfault::study {

std::string confusionPlot(const StudyResult &result) {
  const auto &classes = result.data.classes;
  const auto count = static_cast<double>(classes.size());
  constexpr double cell = 52;
  constexpr double space = 30;
  double labels = 0;
  for (const std::string &name : classes)
    labels = std::max(labels, textWidth(name));
  const double left = labels + 34;
  // Column names are turned by 40 degrees.
  const double top = 52 + labels * 0.66;
  const double side = cell * count;
  const auto matrices = static_cast<double>(result.options.protocols.size());
  const double lean = labels * 0.5;
  const double width = left + matrices * side + (matrices - 1) * space + lean;

  Svg svg(width, top + side + 38,
          "Confusion matrices of the main feature set; the counts are also in "
          "report.txt");
  svg.text(10, top + side / 2, "true class", "label", "middle", -90);
  double x = left;
  for (Protocol protocol : result.options.protocols) {
    const Score &score = *result.find(result.mainSet, protocol);
    svg.mark(x + 6, 12, protocol);
    svg.text(x + 17, 12, protocolName(protocol), "label strong");
    for (size_t c = 0; c < classes.size(); ++c) {
      const auto at = static_cast<double>(c);
      svg.text(x + cell * (at + 0.5) - 4, top - 10, classes[c], "tick", "start",
               -40);
      if (protocol == result.options.protocols.front())
        svg.text(left - 10, top + cell * (at + 0.5), classes[c], "tick", "end");
    }
    for (Eigen::Index r = 0; r < score.confusion.rows(); ++r)
      for (Eigen::Index c = 0; c < score.confusion.cols(); ++c) {
        const double runs = score.confusion.row(r).sum();
        const double share = runs > 0 ? score.confusion(r, c) / runs : 0;
        const double cx = x + cell * static_cast<double>(c);
        const double cy = top + cell * static_cast<double>(r);
        svg.rectangle(cx + 1, cy + 1, cell - 2, cell - 2, "cell");
        svg.rectangle(cx + 1, cy + 1, cell - 2, cell - 2, "share",
                      fmt::format("fill-opacity:{:.3f}", 0.55 * share));
        svg.text(cx + cell / 2, cy + cell / 2 - 8,
                 fmt::format("{:.0f}%", 100 * share), "label figure", "middle");
        svg.text(cx + cell / 2, cy + cell / 2 + 10,
                 fmt::format("{:.0f}", score.confusion(r, c)), "count figure",
                 "middle");
      }
    svg.text(x + side / 2, top + side + 18, "predicted class", "label",
             "middle");
    x += side + space;
  }
  return svg.finish();
}

} // namespace dynfault::study
