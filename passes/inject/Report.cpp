//===- Report.cpp - Lists of operators and sites --------------------------===//

#include "passes/inject/Report.h"
#include "passes/inject/FaultOperator.h"
#include "passes/inject/Sampling.h"
#include "passes/program/Sites.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;

static constexpr StringLiteral kSeverityNames[] = {"low", "medium", "high"};

static std::string describeIntervals(ArrayRef<Interval> intervals) {
  std::string text;
  for (Interval interval : intervals) {
    if (!text.empty())
      text += " or ";
    text += formatNumber(interval.low) + " to " + formatNumber(interval.high);
  }
  return text;
}

/// `low: ...; medium: ...; high: ...`.
static std::string describeSeverities(const FaultParameter &parameter) {
  std::string text;
  for (int level = 0; level < 3; ++level) {
    if (level)
      text += "; ";
    text += (kSeverityNames[level] + ": ").str();
    text += parameter.isChoice()
                ? llvm::join(parameter.choices[level], ", ")
                : describeIntervals(parameter.intervals[level]);
  }
  return text;
}

static std::string describeRange(const FaultParameter &parameter) {
  return formatNumber(parameter.minimum) + " to " +
         formatNumber(parameter.maximum);
}

static void writeParameter(llvm::json::OStream &json,
                           const FaultParameter &parameter) {
  json.attribute("name", parameter.name);
  json.attribute("description", parameter.description);
  if (!parameter.isChoice()) {
    json.attribute("minimum", parameter.minimum);
    json.attribute("maximum", parameter.maximum);
  }
  json.attributeObject("severities", [&] {
    for (int level = 0; level < 3; ++level)
      json.attributeArray(kSeverityNames[level], [&] {
        if (parameter.isChoice()) {
          for (StringRef choice : parameter.choices[level])
            json.value(choice);
          return;
        }
        for (Interval interval : parameter.intervals[level])
          json.array([&] {
            json.value(interval.low);
            json.value(interval.high);
          });
      });
  });
}

static void listOperatorsAsJson(raw_ostream &os) {
  llvm::json::OStream json(os, 2);
  json.array([&] {
    for (const FaultOperator *op : getFaultOperators())
      json.object([&] {
        json.attribute("id", op->id);
        json.attribute("name", op->name);
        json.attribute("class", op->faultClass);
        json.attribute("description", op->description);
        json.attribute("site", op->siteRequirement);
        json.attributeArray("parameters", [&] {
          for (const FaultParameter &parameter : op->parameters)
            json.object([&] { writeParameter(json, parameter); });
        });
        json.attribute("source", op->source);
      });
  });
  os << '\n';
}

static void listOperatorsAsMarkdown(raw_ostream &os) {
  os << "# Fault operators\n\n"
        "Written by `dynfault-opt --list-operators=markdown`; do not edit.\n\n"
        "The class is the label in fault typing. A parameter that is not given "
        "is drawn for the severity.\n";
  for (const FaultOperator *op : getFaultOperators()) {
    os << "\n## " << op->id << ": " << op->name << "\n\n"
       << op->description << "\n\n"
       << "* class: `" << op->faultClass << "`\n"
       << "* site: " << op->siteRequirement << "\n";
    for (const FaultParameter &parameter : op->parameters) {
      os << "* `" << parameter.name << "`: " << parameter.description;
      if (!parameter.isChoice())
        os << " (" << describeRange(parameter) << ")";
      os << "; " << describeSeverities(parameter) << "\n";
    }
    os << "* source: " << op->source << "\n";
  }
}

static void listOperatorsAsText(raw_ostream &os) {
  for (const FaultOperator *op : getFaultOperators()) {
    os << op->id << "  " << op->name << " (" << op->faultClass << ")\n"
       << "     " << op->description << "\n"
       << "     site: " << op->siteRequirement << "\n";
    for (const FaultParameter &parameter : op->parameters) {
      os << "     " << parameter.name << "=...: " << parameter.description
         << "\n";
      if (!parameter.isChoice())
        os << "       range: " << describeRange(parameter) << "\n";
      os << "       " << describeSeverities(parameter) << "\n";
    }
    os << "     source: " << op->source << "\n";
  }
}

void dynfault::inject::listOperators(raw_ostream &os, ReportFormat format) {
  switch (format) {
  case ReportFormat::Text:
    return listOperatorsAsText(os);
  case ReportFormat::Json:
    return listOperatorsAsJson(os);
  case ReportFormat::Markdown:
    return listOperatorsAsMarkdown(os);
  }
}

LogicalResult dynfault::inject::listSites(ModuleOp module, raw_ostream &os,
                                          ReportFormat format) {
  if (failed(program::assignSites(module)))
    return failure();
  program::Program program(module);
  if (format != ReportFormat::Json) {
    size_t count = 0;
    for (const FaultOperator *op : getFaultOperators())
      for (const FaultSite &site : op->findSites(program)) {
        ++count;
        os << llvm::formatv("{0,-4} {1,-24}", op->id, site.id);
        for (const FaultParameter &parameter : op->parameters)
          os << ' ' << parameter.name << '='
             << (parameter.isChoice()
                     ? llvm::join(getPermittedChoices(*op, parameter, site),
                                  "|")
                     : formatNumber(parameter.minimum) + ".." +
                           formatNumber(parameter.maximum));
        os << '\n';
      }
    if (count == 0)
      os << "no operator applies to this module\n";
    return success();
  }
  llvm::json::OStream json(os, 2);
  json.array([&] {
    for (const FaultOperator *op : getFaultOperators())
      for (const FaultSite &site : op->findSites(program))
        json.object([&] {
          json.attribute("operator", op->id);
          json.attribute("class", op->faultClass);
          json.attribute("site", site.id);
          json.attributeArray("parameters", [&] {
            for (const FaultParameter &parameter : op->parameters)
              json.object([&] {
                json.attribute("name", parameter.name);
                if (!parameter.isChoice()) {
                  json.attribute("minimum", parameter.minimum);
                  json.attribute("maximum", parameter.maximum);
                  return;
                }
                json.attributeArray("choices", [&] {
                  for (StringRef choice :
                       getPermittedChoices(*op, parameter, site))
                    json.value(choice);
                });
              });
          });
        });
  });
  os << '\n';
  return success();
}
