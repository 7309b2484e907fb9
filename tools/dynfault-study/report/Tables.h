//===- Tables.h - The report's tables ---------------------------*- C++ -*-===//
//
// The page, the CSV files and the terminal show the same tables.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_REPORT_TABLES_H
#define DYNFAULT_STUDY_REPORT_TABLES_H

#include "tools/dynfault-study/report/Plots.h"

#include <string>
#include <vector>

namespace dynfault::study {

/// A table of text. Numbers keep full precision in `cells`; the page rounds.
struct Table {
  std::string name; ///< File name without suffix.
  std::vector<std::string> head;
  size_t leftColumns = 1; ///< Columns of words.
  std::vector<std::vector<Json>> rows;

  std::string csv() const;
  /// An HTML table whose columns sort at a click.
  std::string html() const;
};

/// Three decimals; words as they are; "-" for null.
std::string cellText(const Json &cell);

Table scoreTable(const Json &task);
Table differenceTable(const Json &task);
Table recallTable(const Json &task);
Table identityTable(const Json &task);
Table permutationTable(const Json &task);
Table thresholdTable(const Json &task);
Table varianceTable(const Json &task);
Table closingTable(const Json &task);
Table detectorTable(const Json &task);

} // namespace dynfault::study

#endif
