//===- Svg.cpp - Drawing helpers for the report's plots -------------------===//
//
// Coordinates are written with one decimal: finer is invisible and would only
// make the page longer.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Svg.h"

#include <cmath>
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
    circle(x, y, 4.5, "mark " + name);
  else if (protocol == Protocol::WithinGrouped)
    rectangle(x - 4, y - 4, 8, 8, "mark " + name);
  else if (protocol == Protocol::HeldOutDataset)
    body += fmt::format("<path class=\"mark {}\" d=\"M{:.1f} {:.1f}l5.5 "
                        "9h-11z\"/>\n",
                        name, x, y - 5);
  else if (protocol == Protocol::HeldOutFamily)
    body += fmt::format("<path class=\"mark {}\" d=\"M{:.1f} {:.1f}l5.5 "
                        "-9h-11z\"/>\n",
                        name, x, y + 5);
  else
    body += fmt::format("<path class=\"mark {}\" d=\"M{:.1f} {:.1f}l5.5 "
                        "5.5l-5.5 5.5l-5.5 -5.5z\"/>\n",
                        name, x, y - 5.5);
}

void Svg::circle(double x, double y, double radius,
                 const std::string &cssClass) {
  body += fmt::format(
      "<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"/>\n",
      cssClass, x, y, radius);
}

void Svg::polyline(const std::vector<std::pair<double, double>> &points,
                   const std::string &cssClass) {
  std::string list;
  for (const auto &point : points)
    list += fmt::format("{}{:.1f},{:.1f}", list.empty() ? "" : " ", point.first,
                        point.second);
  body +=
      fmt::format("<polyline class=\"{}\" points=\"{}\"/>\n", cssClass, list);
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
  case Protocol::HeldOutDataset:
    return "dataset";
  case Protocol::HeldOutFamily:
    return "family";
  }
  return "";
}

void Axis::draw(Svg &svg, double top, double bottom, double step,
                const std::string &title) const {
  const int first = static_cast<int>(std::ceil(low / step - 1e-9));
  const int last = static_cast<int>(std::floor(high / step + 1e-9));
  for (int tick = first; tick <= last; ++tick) {
    const double x = at(tick * step);
    svg.line(x, top, x, bottom, "grid");
    svg.text(x, bottom + 13, fmt::format("{:g}", tick * step), "tick",
             "middle");
  }
  svg.text((left + right) / 2, bottom + 34, title, "label", "middle");
}

void drawReference(Svg &svg, const Axis &axis, double value, double top,
                   double bottom, const std::string &label) {
  svg.line(axis.at(value), top - 4, axis.at(value), bottom, "chance");
  svg.text(axis.at(value), top - 12, label, "tick", "middle");
}

void drawLegend(Svg &svg, double x, double y,
                const std::vector<Protocol> &protocols) {
  for (Protocol protocol : protocols) {
    svg.mark(x + 6, y, protocol);
    svg.text(x + 17, y, protocolName(protocol), "label");
    x += 17 + textWidth(protocolName(protocol)) + 12;
  }
}

const char *const plotStyle = R"css(
:root { color-scheme: light dark; --page: #fbfbf9; --ink: #1c2024;
  --soft: #565e66; --rule: #dcdfe2; --panel: #f1f2ef; --warn: #8a4b00;
  --warnpanel: #fdf3e3; --within: #1f62ad; --grouped: #0b7a62;
  --heldout: #bd4a0c; --dataset: #7a3fa0; --family: #a3195b; --share: #1f62ad; }
@media (prefers-color-scheme: dark) { :root { --page: #15181b; --ink: #e6e8ea;
  --soft: #a3abb3; --rule: #343a40; --panel: #1e2327; --warn: #f0b866;
  --warnpanel: #2a2318; --within: #7db4f2; --grouped: #58c9a8;
  --heldout: #f5975a; --dataset: #c89be8; --family: #f07fb0;
  --share: #7db4f2; } }
svg text { fill: var(--ink); font: 13px system-ui, "Segoe UI",
  "Liberation Sans", sans-serif; }
svg .tick { fill: var(--soft); font-size: 12px; }
svg .count { font-size: 11.5px; }
svg .strong { font-weight: 650; }
svg .figure { font-variant-numeric: tabular-nums; }
svg .grid, svg .rule { stroke: var(--rule); stroke-width: 1; }
svg .chance { stroke: var(--ink); stroke-width: 1.2; stroke-dasharray: 4 3; }
svg .whisker { stroke-width: 2; } svg .mark { stroke: var(--page); }
svg .curve { fill: none; stroke-width: 1.6; }
svg line.within, svg .curve.within { stroke: var(--within); }
svg .mark.within { fill: var(--within); }
svg line.grouped, svg .curve.grouped { stroke: var(--grouped); }
svg .mark.grouped { fill: var(--grouped); }
svg line.heldout, svg .curve.heldout { stroke: var(--heldout); }
svg .mark.heldout { fill: var(--heldout); }
svg line.dataset, svg .curve.dataset { stroke: var(--dataset); }
svg .mark.dataset { fill: var(--dataset); }
svg line.family, svg .curve.family { stroke: var(--family); }
svg .mark.family { fill: var(--family); }
svg .cell { fill: var(--panel); } svg .share { fill: var(--share); }
svg .bar { fill: var(--share); opacity: .75; }
)css";

std::string standaloneSvg(const std::string &svg) {
  std::string out = svg;
  out.insert(out.find("<svg") + 4, " xmlns=\"http://www.w3.org/2000/svg\"");
  const size_t after = out.find("</title>") + 8;
  out.insert(after, fmt::format("\n<style>{}svg {{ background: var(--page); }}"
                                "</style>",
                                plotStyle));
  return out;
}

} // namespace dynfault::study
