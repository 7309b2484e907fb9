//===- Catalogue.h - Which data sets there are and where they come from ---===//
//
// Data is never committed: the catalogue (models/datasets.json, compiled in)
// says which Debian or npm package carries a data set, which files of it are
// meant, what their contents must be, and how they become tensors.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_CATALOGUE_H
#define DYNFAULT_RUNTIME_DATA_CATALOGUE_H

#include "runtime/data/Json.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dynfault {

/// One file of a data set, or several that are kept as one (Bundle.h).
struct DataFile {
  /// Inside the package, without a leading slash. With wildcards: all files
  /// that match, as one tar file.
  std::string path;
  /// What the file may hash to; releases of a package may differ.
  std::vector<std::string> sha256;
  /// Of the file as it is kept (packed or not); 0: not known.
  int64_t bytes = 0;
  /// Its name in the data folder; empty: the last part of `path`.
  std::string storedName = {};
  /// Of the data set's registry; usually the data set's own package.
  std::string package = {}, version = {};

  std::string name() const;
  /// Whether `hash` is one of `sha256`.
  bool accepts(const std::string &hash) const;
};

/// A piece of a data set: a file with everything, or a pair of files.
struct DataPart {
  /// `train` or `validation`: rows of that part are drawn from here only.
  /// `pool`: both are drawn from all pools together.
  std::string role;
  int64_t rows = 0;
  std::string table;           ///< Name of a data file, or empty.
  std::string inputs, targets; ///< Names of data files, or empty.
  int64_t label = -1;          ///< The class of all its rows; -1: in the file.
  int64_t first = 0;           ///< Where its targets begin in their file.
};

/// Element type and shape of the rows, as in program.json; the first size is
/// -1.
struct RowForm {
  std::string dtype; ///< `float32` or `int64`.
  std::vector<int64_t> shape;
};

/// One data set.
struct DatasetEntry {
  std::string name;
  std::string about;
  /// The data set whose files these are; empty: its own.
  std::string base;
  std::string registry; ///< `debian` or `npm`.
  std::string package;  ///< Empty: cannot be fetched.
  std::string version;
  std::string licence; ///< As the package states it.
  std::string task;    ///< `classification` or `regression`.
  std::string format;  ///< Which reader (docs/data.md).
  int64_t classes = 0; ///< 0 for regression.
  RowForm input, target;
  /// Whether both parts get each class in proportion.
  bool stratify = false;
  JsonField options = JsonField::parse("{}", "options"); ///< The reader's.
  /// What is done with the drawn rows of each part (Derive.h), or an empty
  /// object.
  JsonField derive = JsonField::parse("{}", "derive");
  std::vector<DataFile> files;
  std::vector<DataPart> parts;
  /// All that the catalogue says, as JSON: what the parsed tensors depend on.
  nlohmann::json source;

  const DataFile &file(const std::string &fileName) const;
  /// The sub-folder of the data folder that holds the files.
  const std::string &folder() const { return base.empty() ? name : base; }
  /// Whether the rows are computed, not read.
  bool generated() const { return files.empty(); }
  int64_t rows() const;
  /// Bytes of all files together.
  int64_t bytes() const;
};

/// The data sets that this process knows: the compiled-in catalogue and, where
/// the environment variable DYNFAULT_DATA_CATALOGUE names a JSON file of the
/// same form, its entries added (one of the same name replaces).
class Catalogue {
public:
  /// Throws std::runtime_error that names the file and field if a catalogue is
  /// malformed.
  static Catalogue load();
  /// Parses catalogue text; `file` is the name for errors. An entry may name an
  /// earlier one, or one of `known`, as its `base`.
  static Catalogue parse(const std::string &text, const std::string &file,
                         const Catalogue *known = nullptr);

  const std::vector<DatasetEntry> &entries() const { return datasets; }
  /// Throws std::runtime_error that lists the known names.
  const DatasetEntry &entry(const std::string &name) const;

private:
  void merge(const Catalogue &other);
  const DatasetEntry *find(const std::string &name) const;

  std::vector<DatasetEntry> datasets;
};

/// The folder for all data: $DYNFAULT_DATA_DIR, else
/// $XDG_CACHE_HOME/dynfault/data, else ~/.cache/dynfault/data.
std::filesystem::path dataDirectory();

/// Where `file` of `entry` is kept.
std::filesystem::path dataFilePath(const DatasetEntry &entry,
                                   const DataFile &file);

/// Reads the data file and checks its hash. Throws std::runtime_error that says
/// how to fetch the data again if it is missing or has changed.
std::string readDataFile(const DatasetEntry &entry, const DataFile &file);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_CATALOGUE_H
