//===- FeatureTable.h - One row per run -------------------------*- C++ -*-===//
//
// What the study computes from. A corpus is turned into this table first, and
// read back from it, so that a study of a corpus and of its exported table
// cannot differ (docs/feature-table.md).
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_TABLE_FEATURETABLE_H
#define DYNFAULT_STUDY_TABLE_FEATURETABLE_H

#include "tools/dynfault-study/corpus/Corpus.h"

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dynfault::study {

/// What identifies a run and says how it ended.
struct TableRow {
  std::string program, dataset, family, mutant;
  std::string op; ///< Operator id; empty for the clean program.
  std::string faultClass, site, severity, device;
  int64_t seed = 0;
  RunStatus status = RunStatus::Completed;
  std::optional<bool> killed; ///< Empty where not tested.

  bool isClean() const { return op.empty(); }
};

/// A feature table in memory.
struct FeatureTable {
  std::string path; ///< Of the corpus or table, for messages.
  /// SHA-256 of the table's text, uncompressed. Of a corpus, of the text that
  /// `dynfault-study table` writes for it.
  std::string sha256;
  std::vector<TableRow> rows; ///< Sorted by program, mutant, seed, device.
  /// Values of the columns `task/NAME`, by task then row; empty text where the
  /// run takes no part.
  std::vector<std::string> taskNames;
  std::vector<std::vector<std::string>> taskLabels;
  std::vector<std::string> quantityNames; ///< Without `label/`.
  Eigen::MatrixXf quantities;             ///< Rows x quantities; NaN: missing.
  std::vector<std::string> featureNames;  ///< WINDOW/SET/..., sorted.
  /// Rows x features; NaN where missing or not finite.
  Eigen::MatrixXf features;
  /// Columns of a foreign table that are no numbers and were left out.
  std::vector<std::string> leftOutColumns;

  /// Column of a quantity, or -1.
  Eigen::Index quantity(const std::string &name) const;
};

/// How to read a table that dynfault did not write.
struct ForeignColumns {
  std::string group;  ///< Column that names the program.
  std::string label;  ///< Column that holds the class.
  std::string mutant; ///< Column of runs that belong together, or empty.
};

/// Reads a table that `dynfault-study table` wrote, plain or gzipped. Throws
/// StudyError with file, line and column where it is none.
FeatureTable readTable(const std::string &path);

/// Reads any CSV with a header line, plain or gzipped. Every other column of
/// numbers is a feature; missing are empty cells, NA, NaN and infinities.
/// `task/fault-typing` holds the label.
FeatureTable readForeignTable(const std::string &path,
                              const ForeignColumns &columns);

/// Parses the text of a table; `path` is for messages.
FeatureTable parseTable(const std::string &text, const std::string &path);

/// What becomes of a corpus' features that have one value wherever they have
/// any, and of those that equal an earlier feature of the same window in every
/// run: neither tells anything. A trace that is diagnosed keeps all.
enum class Redundant { Drop, Keep };

/// Reads a corpus or a table, whichever the file is. A table is taken as it is.
FeatureTable readCorpusOrTable(const std::string &path,
                               Redundant redundant = Redundant::Drop);

/// The table of a corpus as CSV text (RFC 4180). Features are rounded to
/// `featureDigits` significant digits; each number is the shortest that reads
/// back as the same float32; missing values are empty.
std::string tableCsv(const std::string &corpusPath,
                     Redundant redundant = Redundant::Drop);

/// What follows differs between versions of a library, and no diagnosis should
/// stand on it.
constexpr int featureDigits = 4;

} // namespace dynfault::study

#endif
