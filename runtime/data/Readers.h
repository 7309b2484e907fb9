//===- Readers.h - Which reader reads which format --------------*- C++ -*-===//
//
// A data set's `format` names its reader. To add a format: a class here, its
// line in Readers.cpp, its row in docs/data.md.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_READERS_H
#define DYNFAULT_RUNTIME_DATA_READERS_H

#include "runtime/data/Dataset.h"

namespace dynfault {

/// Turns the files of one data set into rows, part after part.
class DatasetReader {
public:
  explicit DatasetReader(const DatasetEntry &entry) : entry(entry) {}
  virtual ~DatasetReader() = default;

  /// Throws std::runtime_error that names the file and the place.
  virtual RawRows read(const DataPart &part) = 0;
  /// Called after all parts were read and joined, where something depends on
  /// all of them.
  virtual void finish(RawData &) {}

protected:
  /// The contents of the file, verified and unpacked.
  std::string contents(const std::string &name) const;
  /// Its path, for errors.
  std::string path(const std::string &name) const;
  /// The class of a part whose rows all have one, for each of `rows`.
  at::Tensor labels(const DataPart &part, int64_t rows) const;
  [[noreturn]] void fail(const std::string &name,
                         const std::string &what) const;

  const DatasetEntry &entry;
};

/// The reader of `entry.format`. Throws std::runtime_error that lists the
/// formats if it is unknown, or names the option that is wrong.
std::unique_ptr<DatasetReader> makeReader(const DatasetEntry &entry);

// One group of formats in a file each.
std::unique_ptr<DatasetReader> makeIdxReader(const DatasetEntry &entry);
std::unique_ptr<DatasetReader> makeDelimitedReader(const DatasetEntry &entry);
std::unique_ptr<DatasetReader> makeFannReader(const DatasetEntry &entry);
std::unique_ptr<DatasetReader> makeArffReader(const DatasetEntry &entry);
std::unique_ptr<DatasetReader> makeCsvReader(const DatasetEntry &entry);
std::unique_ptr<DatasetReader> makePngReader(const DatasetEntry &entry);
std::unique_ptr<DatasetReader> makeJsonImageReader(const DatasetEntry &entry);
std::unique_ptr<DatasetReader> makeTextReader(const DatasetEntry &entry);
std::unique_ptr<DatasetReader> makeTextWindowReader(const DatasetEntry &entry);
std::unique_ptr<DatasetReader> makeSeriesReader(const DatasetEntry &entry);
std::unique_ptr<DatasetReader> makeNpzWindowReader(const DatasetEntry &entry);
std::unique_ptr<DatasetReader> makeSpeechReader(const DatasetEntry &entry);
std::unique_ptr<DatasetReader> makeGraphReader(const DatasetEntry &entry);
std::unique_ptr<DatasetReader> makeRatingsReader(const DatasetEntry &entry);
std::unique_ptr<DatasetReader> makeGenerator(const DatasetEntry &entry);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_READERS_H
