//===- Report.cpp - Lists of operators and sites --------------------------===//

#include "passes/inject/Report.h"
#include "passes/inject/FaultOperator.h"
#include "passes/inject/Sampling.h"
#include "passes/prepare/Prepare.h"
#include "passes/program/Sites.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;

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
    std::string values = parameter.isChoice()
                             ? llvm::join(parameter.choices[level], ", ")
                             : describeIntervals(parameter.intervals[level]);
    text += values.empty() ? "none" : values;
  }
  return text;
}

static std::string describeRange(const FaultParameter &parameter) {
  return formatNumber(parameter.range.low) + " to " +
         formatNumber(parameter.range.high);
}

static constexpr StringLiteral kTypeNames[] = {"number", "integer", "text"};

/// A choice as a JSON value of the parameter's type.
static llvm::json::Value toJson(const FaultParameter &parameter,
                                StringRef choice) {
  if (parameter.type == FaultParameter::Type::Text)
    return choice;
  double number = 0;
  bool isMalformed = choice.getAsDouble(number);
  assert(!isMalformed && "a choice that is no number");
  (void)isMalformed;
  if (parameter.type == FaultParameter::Type::Integer)
    return static_cast<int64_t>(number);
  return number;
}

static void writeParameter(llvm::json::OStream &json,
                           const FaultParameter &parameter) {
  json.attribute("name", parameter.name);
  json.attribute("description", parameter.description);
  json.attribute("type", kTypeNames[static_cast<int>(parameter.type)]);
  if (!parameter.isChoice()) {
    json.attribute("minimum", parameter.range.low);
    json.attribute("maximum", parameter.range.high);
  }
  json.attributeObject("severities", [&] {
    for (int level = 0; level < 3; ++level)
      json.attributeArray(kSeverityNames[level], [&] {
        if (parameter.isChoice()) {
          for (StringRef choice : parameter.choices[level])
            json.value(toJson(parameter, choice));
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

static std::string describePermitted(const FaultOperator &op,
                                     const FaultParameter &parameter,
                                     const FaultSite &site) {
  if (parameter.isChoice())
    return llvm::join(getPermittedChoices(op, parameter, site), "|");
  Interval range = getPermittedRange(op, parameter, site);
  return formatNumber(range.low) + ".." + formatNumber(range.high);
}

/// Calls `visit` for each operator at each of its sites where a fault is
/// possible.
static void forEachSite(
    const program::Program &program,
    llvm::function_ref<void(const FaultOperator &, const FaultSite &)> visit) {
  for (const FaultOperator *op : getFaultOperators())
    for (const FaultSite &site : op->findSites(program))
      if (isPossible(*op, site))
        visit(*op, site);
}

static void listSitesAsText(const program::Program &program, raw_ostream &os) {
  bool isEmpty = true;
  forEachSite(program, [&](const FaultOperator &op, const FaultSite &site) {
    isEmpty = false;
    std::string line = llvm::formatv("{0,-4} {1,-24}", op.id, site.id);
    for (const FaultParameter &parameter : op.parameters)
      line += (" " + parameter.name + "=").str() +
              describePermitted(op, parameter, site);
    os << StringRef(line).rtrim() << '\n';
  });
  if (isEmpty)
    os << "no operator applies to this module\n";
}

static void writePermitted(llvm::json::OStream &json, const FaultOperator &op,
                           const FaultParameter &parameter,
                           const FaultSite &site) {
  json.attribute("name", parameter.name);
  json.attribute("type", kTypeNames[static_cast<int>(parameter.type)]);
  if (!parameter.isChoice()) {
    Interval range = getPermittedRange(op, parameter, site);
    json.attribute("minimum", range.low);
    json.attribute("maximum", range.high);
    return;
  }
  json.attributeArray("choices", [&] {
    for (StringRef choice : getPermittedChoices(op, parameter, site))
      json.value(toJson(parameter, choice));
  });
}

static void listSitesAsJson(const program::Program &program, raw_ostream &os) {
  llvm::json::OStream json(os, 2);
  json.array([&] {
    forEachSite(program, [&](const FaultOperator &op, const FaultSite &site) {
      json.object([&] {
        json.attribute("operator", op.id);
        json.attribute("class", op.faultClass);
        json.attribute("site", site.id);
        json.attributeArray("parameters", [&] {
          for (const FaultParameter &parameter : op.parameters)
            json.object([&] { writePermitted(json, op, parameter, site); });
        });
      });
    });
  });
  os << '\n';
}

LogicalResult dynfault::inject::listSites(ModuleOp module, raw_ostream &os,
                                          ReportFormat format) {
  // Operators try out attributes of a dialect that the module need not use.
  module.getContext()->getOrLoadDialect<program::DynfaultDialect>();
  if (failed(prepare::prepareProgram(module)))
    return failure();
  program::Program program(module);
  if (format == ReportFormat::Json)
    listSitesAsJson(program, os);
  else
    listSitesAsText(program, os);
  return success();
}
