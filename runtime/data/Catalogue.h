//===- Catalogue.h - Which data sets there are and where they come from ---===//
//
// Data is never committed: the catalogue (models/datasets.json, compiled in)
// says which Debian package carries a data set, which files of it are meant,
// and what their contents must be.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_CATALOGUE_H
#define DYNFAULT_RUNTIME_DATA_CATALOGUE_H

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dynfault {

/// One file of a data set.
struct DataFile {
  std::string path;   ///< Inside the package, without a leading slash.
  std::string sha256; ///< Of the file as the package has it (packed or not).

  /// The file's name in the data folder.
  std::string name() const;
};

/// How a delimited text file is to be read (see Delimited.h).
struct DelimitedOptions {
  /// One character, or '\0': any run of blanks and tabs separates.
  char delimiter = ',';
  /// Lines to skip at the top.
  int64_t headerRows = 0;
  /// Consecutive lines that make one record (FANN's format: 2).
  int64_t rowsPerRecord = 1;
  /// The target's column in the record, counted from 0; negative: from the end.
  /// Not used for a part whose targets stand in a file of their own.
  int64_t targetColumn = -1;
};

/// A piece of a data set: a table with a target column, or a pair of files.
struct DataPart {
  /// `train` or `validation`: rows of that part are drawn from here only.
  /// `pool`: both are drawn from all pools together.
  std::string role;
  int64_t rows = 0;
  std::string table;           ///< Name of a data file, or empty.
  std::string inputs, targets; ///< Names of data files, or empty.
};

/// One data set.
struct DatasetEntry {
  std::string name;
  std::string about;
  std::string package; ///< Debian package; empty: cannot be fetched.
  std::string version;
  std::string licence; ///< As the package states it.
  std::string task;    ///< `classification` or `regression`.
  std::string format;  ///< `idx` or `delimited`.
  int64_t classes = 0; ///< 0 for regression.
  DelimitedOptions options;
  std::vector<DataFile> files;
  std::vector<DataPart> parts;

  const DataFile &file(const std::string &fileName) const;
};

/// The data sets that this process knows: the compiled-in catalogue and, where
/// the environment variable DYNFAULT_DATA_CATALOGUE names a JSON file of the
/// same form, its entries added (one of the same name replaces).
class Catalogue {
public:
  /// Throws std::runtime_error that names the file and field if a catalogue is
  /// malformed.
  static Catalogue load();
  /// Parses catalogue text; `file` is the name for errors.
  static Catalogue parse(const std::string &text, const std::string &file);

  const std::vector<DatasetEntry> &entries() const { return datasets; }
  /// Throws std::runtime_error that lists the known names.
  const DatasetEntry &entry(const std::string &name) const;

private:
  void merge(const Catalogue &other);

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
