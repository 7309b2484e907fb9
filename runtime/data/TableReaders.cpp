//===- TableReaders.cpp - Formats with one row a record -------------------===//

#include "runtime/data/Arff.h"
#include "runtime/data/Csv.h"
#include "runtime/data/Delimited.h"
#include "runtime/data/Fann.h"
#include "runtime/data/Idx.h"
#include "runtime/data/Readers.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

namespace dynfault {

namespace {

/// Inputs and targets in a file each, whatever an array is read by.
template <typename ReadArray>
RawRows readPair(const DataPart &part, const std::string &targetsPath,
                 ReadArray readArray) {
  RawRows rows;
  rows.inputs = readArray(part.inputs);
  rows.targets = readArray(part.targets);
  if (rows.targets.numel() != rows.targets.size(0))
    throw std::runtime_error(
        fmt::format("{}: expected one target in each row", targetsPath));
  rows.targets = rows.targets.reshape(-1);
  return rows;
}

/// `idx`: a pair of IDX files.
class IdxReader : public DatasetReader {
public:
  explicit IdxReader(const DatasetEntry &entry) : DatasetReader(entry) {
    entry.options.checkMembers({});
  }
  RawRows read(const DataPart &part) override {
    if (!part.table.empty())
      fail(part.table, "is not a table");
    return readPair(part, path(part.targets), [&](const std::string &name) {
      return parseIdx(contents(name), path(name));
    });
  }
};

/// `delimited`: a table of numbers, or a pair of them.
class DelimitedReader : public DatasetReader {
public:
  explicit DelimitedReader(const DatasetEntry &entry)
      : DatasetReader(entry), options(DelimitedOptions::parse(entry.options)) {}
  RawRows read(const DataPart &part) override {
    auto readArray = [&](const std::string &name) {
      return parseDelimited(contents(name), path(name), options);
    };
    if (part.table.empty())
      return readPair(part, path(part.targets), readArray);
    RawRows rows;
    std::tie(rows.inputs, rows.targets) = splitTarget(
        readArray(part.table), options.targetColumn, path(part.table));
    return rows;
  }

private:
  DelimitedOptions options;
};

/// `fann` {`outputs`}: `classes` (unit vectors) or `values`.
class FannReader : public DatasetReader {
public:
  explicit FannReader(const DatasetEntry &entry) : DatasetReader(entry) {
    entry.options.checkMembers({"outputs"});
    std::string outputs = entry.options.at("outputs").asString();
    unitVectors = outputs == "classes";
    if (!unitVectors && outputs != "values")
      entry.options.at("outputs").fail("expected 'classes' or 'values'");
  }
  RawRows read(const DataPart &part) override {
    RawRows rows = parseFann(contents(part.table), path(part.table));
    if (unitVectors)
      rows.targets = classesOfUnitVectors(rows.targets, path(part.table));
    else if (rows.targets.size(1) == 1)
      rows.targets = rows.targets.reshape(-1);
    return rows;
  }

private:
  bool unitVectors;
};

/// `arff`: TableOptions.
class ArffReader : public DatasetReader {
public:
  explicit ArffReader(const DatasetEntry &entry)
      : DatasetReader(entry), options(TableOptions::parse(entry.options)) {}
  RawRows read(const DataPart &part) override {
    std::string file = path(part.table);
    return encodeTable(parseArff(contents(part.table), file), options, file);
  }

private:
  TableOptions options;
};

/// `csv` {`header` = false, `delimiter` = ","}: TableOptions, too.
class CsvReader : public DatasetReader {
public:
  explicit CsvReader(const DatasetEntry &entry)
      : DatasetReader(entry),
        options(TableOptions::parse(entry.options, {"header", "delimiter"})) {
    if (auto field = entry.options.find("header"))
      header = field->asBool();
    if (auto field = entry.options.find("delimiter")) {
      if (field->asString().size() != 1)
        field->fail("expected one character");
      delimiter = field->asString()[0];
    }
  }
  RawRows read(const DataPart &part) override {
    std::string file = path(part.table);
    auto records = parseCsv(contents(part.table), file, delimiter);
    return encodeTable(csvTable(records, header, file), options, file);
  }

private:
  TableOptions options;
  bool header = false;
  char delimiter = ',';
};

} // namespace

std::unique_ptr<DatasetReader> makeIdxReader(const DatasetEntry &entry) {
  return std::make_unique<IdxReader>(entry);
}
std::unique_ptr<DatasetReader> makeDelimitedReader(const DatasetEntry &entry) {
  return std::make_unique<DelimitedReader>(entry);
}
std::unique_ptr<DatasetReader> makeFannReader(const DatasetEntry &entry) {
  return std::make_unique<FannReader>(entry);
}
std::unique_ptr<DatasetReader> makeArffReader(const DatasetEntry &entry) {
  return std::make_unique<ArffReader>(entry);
}
std::unique_ptr<DatasetReader> makeCsvReader(const DatasetEntry &entry) {
  return std::make_unique<CsvReader>(entry);
}

} // namespace dynfault
