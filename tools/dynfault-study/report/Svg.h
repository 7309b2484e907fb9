//===- Svg.h - Drawing helpers for the report's plots -----------*- C++ -*-===//
//
// Plots carry no colours of their own: shapes name classes that the page's
// style sheet colours for light and dark screens. Protocols differ in shape as
// well as in colour.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_REPORT_SVG_H
#define DYNFAULT_STUDY_REPORT_SVG_H

#include "tools/dynfault-study/report/Study.h"

#include <string>

namespace dynfault::study {

/// Text with `& < > "` replaced, for elements and attributes.
std::string escaped(const std::string &text);

/// A drawing of fixed size; lengths in pixels at scale 1, origin top left.
class Svg {
public:
  /// `title` is what a screen reader says.
  Svg(double width, double height, const std::string &title);

  void line(double x1, double y1, double x2, double y2,
            const std::string &cssClass);
  void rectangle(double x, double y, double width, double height,
                 const std::string &cssClass, const std::string &style = "");
  /// `anchor` is start, middle or end; `y` is the middle of the line of text.
  void text(double x, double y, const std::string &content,
            const std::string &cssClass = "",
            const std::string &anchor = "start", double rotation = 0);
  /// The mark of a protocol: disc, square or diamond.
  void mark(double x, double y, Protocol protocol);

  std::string finish() const { return body + "</svg>\n"; }

private:
  std::string body;
};

/// Width in pixels of text in the plots' font, estimated from the number of
/// characters; never less than what is drawn for ordinary text.
double textWidth(const std::string &text);

/// CSS class that colours a protocol.
std::string protocolClass(Protocol protocol);

/// Horizontal axis from 0 to 1 for balanced accuracy.
struct ScoreAxis {
  double left = 0, right = 1; ///< Pixels of 0 and 1.

  double at(double score) const { return left + score * (right - left); }
  /// Grid lines from `top` to `bottom`, tick labels and the axis title below,
  /// the chance line with its label above.
  void draw(Svg &svg, double top, double bottom, double chance) const;
};

/// A row of protocol marks with their names, from `x`, centred on `y`.
void drawLegend(Svg &svg, double x, double y,
                const std::vector<Protocol> &protocols);

/// Balanced accuracy and interval of each feature set and protocol.
std::string scorePlot(const StudyResult &result);
/// Confusion matrices of the main feature set, one per protocol.
std::string confusionPlot(const StudyResult &result);
/// Balanced accuracy of each program for the main feature set.
std::string programPlot(const StudyResult &result);

} // namespace dynfault::study

#endif
