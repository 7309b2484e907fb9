//===- Svg.cpp - Drawing helpers for the report's plots -------------------===//
//
// Coordinates are written with one decimal: finer is invisible and would only
// make the page longer.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Svg.h"

#include <fmt/format.h>

namespace dynfault::study {

std::string escaped(const std::string &text) {
  std::string out;
  for (char c : text) {
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    default:
      out += c;
    }
  }
  return out;
}

Svg::Svg(double width, double height, const std::string &title)
    : body(fmt::format("<svg viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
                       "height=\"{1:.0f}\" role=\"img\">\n"
                       "<title>{2}</title>\n",
                       width, height, escaped(title))) {}

void Svg::line(double x1, double y1, double x2, double y2,
               const std::string &cssClass) {
  body += fmt::format("<line class=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" "
                      "x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n",
                      cssClass, x1, y1, x2, y2);
}

void Svg::rectangle(double x, double y, double width, double height,
                    const std::string &cssClass, const std::string &style) {
  body += fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" "
                      "width=\"{:.1f}\" height=\"{:.1f}\"{}/>\n",
                      cssClass, x, y, width, height,
                      style.empty() ? "" : " style=\"" + style + "\"");
}

void Svg::text(double x, double y, const std::string &content,
               const std::string &cssClass, const std::string &anchor,
               double rotation) {
  const std::string turn =
      rotation == 0 ? ""
                    : fmt::format(" transform=\"rotate({:.0f} {:.1f} {:.1f})\"",
                                  rotation, x, y);
  body += fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" "
                      "dy=\"0.35em\" text-anchor=\"{}\"{}>{}</text>\n",
                      cssClass, x, y, anchor, turn, escaped(content));
}

void Svg::mark(double x, double y, Protocol protocol) {
  const std::string name = protocolClass(protocol);
  if (protocol == Protocol::Within)
    body += fmt::format("<circle class=\"mark {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" "
                        "r=\"4.5\"/>\n",
                        name, x, y);
  else if (protocol == Protocol::WithinGrouped)
    rectangle(x - 4, y - 4, 8, 8, "mark " + name);
  else
    body += fmt::format("<path class=\"mark {}\" d=\"M{:.1f} {:.1f}l5.5 "
                        "5.5l-5.5 5.5l-5.5 -5.5z\"/>\n",
                        name, x, y - 5.5);
}

double textWidth(const std::string &text) {
  return 7.2 * static_cast<double>(text.size());
}

std::string protocolClass(Protocol protocol) {
  switch (protocol) {
  case Protocol::Within:
    return "within";
  case Protocol::WithinGrouped:
    return "grouped";
  case Protocol::HeldOut:
    return "heldout";
  }
  return "";
}

void ScoreAxis::draw(Svg &svg, double top, double bottom, double chance) const {
  for (int tick = 0; tick <= 10; ++tick) {
    const double x = at(tick / 10.0);
    svg.line(x, top, x, bottom, "grid");
    if (tick % 2 == 0)
      svg.text(x, bottom + 13, fmt::format("{:.1f}", tick / 10.0), "tick",
               "middle");
  }
  svg.text((left + right) / 2, bottom + 34, "balanced accuracy", "label",
           "middle");
  svg.line(at(chance), top - 4, at(chance), bottom, "chance");
  svg.text(at(chance), top - 12, fmt::format("chance {:.2f}", chance), "tick",
           "middle");
}

void drawLegend(Svg &svg, double x, double y,
                const std::vector<Protocol> &protocols) {
  for (Protocol protocol : protocols) {
    svg.mark(x + 6, y, protocol);
    svg.text(x + 17, y, protocolName(protocol), "label");
    x += 17 + textWidth(protocolName(protocol)) + 22;
  }
}

} // namespace dynfault::study
