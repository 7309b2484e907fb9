//===- Svg.h - Drawing helpers for the report's plots -----------*- C++ -*-===//
//
// Plots carry no colours of their own: shapes name classes that the page's
// style sheet colours for light and dark screens. Protocols differ in shape as
// well as in colour.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_REPORT_SVG_H
#define DYNFAULT_STUDY_REPORT_SVG_H

#include "tools/dynfault-study/protocol/Folds.h"

#include <string>
#include <utility>
#include <vector>

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
  void circle(double x, double y, double radius, const std::string &cssClass);
  void polyline(const std::vector<std::pair<double, double>> &points,
                const std::string &cssClass);
  /// The mark of a protocol: disc, square, diamond, or triangles.
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

/// A horizontal axis between two numbers.
struct Axis {
  double left = 0, right = 1; ///< Pixels.
  double low = 0, high = 1;   ///< Values there.

  double at(double value) const {
    return left + (value - low) / (high - low) * (right - left);
  }
  /// Grid lines every `step` from `top` to `bottom`, tick labels and the title
  /// below.
  void draw(Svg &svg, double top, double bottom, double step,
            const std::string &title) const;
};

/// A dashed line at a value of the axis with its label above.
void drawReference(Svg &svg, const Axis &axis, double value, double top,
                   double bottom, const std::string &label);

/// A row of protocol marks with their names, from `x`, centred on `y`.
void drawLegend(Svg &svg, double x, double y,
                const std::vector<Protocol> &protocols);

/// The colours of plots and page, for light and dark screens.
extern const char *const plotStyle;

/// A plot as a file of its own: with name space and style sheet.
std::string standaloneSvg(const std::string &svg);

} // namespace dynfault::study

#endif
