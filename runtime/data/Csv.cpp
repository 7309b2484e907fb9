//===- Csv.cpp - Reader for comma-separated text --------------------------===//

#include "runtime/data/Csv.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <stdexcept>

namespace dynfault {

namespace {

class CsvParser {
public:
  CsvParser(const std::string &text, const std::string &file, char delimiter)
      : text(text), file(file), delimiter(delimiter) {}

  std::vector<CsvRecord> run() {
    if (text.compare(0, 3, "\xef\xbb\xbf") == 0)
      position = 3;
    while (position < text.size()) {
      CsvRecord record = takeRecord();
      if (record.fields.size() > 1 || !record.fields[0].empty())
        records.push_back(std::move(record));
    }
    return std::move(records);
  }

private:
  bool atLineEnd() const {
    return position >= text.size() || text[position] == '\n' ||
           text.compare(position, 2, "\r\n") == 0;
  }

  CsvRecord takeRecord() {
    CsvRecord record;
    record.line = line;
    while (true) {
      record.fields.push_back(takeField());
      if (atLineEnd())
        break;
      ++position; // The delimiter.
    }
    if (position < text.size())
      position += text[position] == '\r' ? 2 : 1;
    ++line;
    return record;
  }

  std::string takeField() {
    if (position < text.size() && text[position] == '"')
      return takeQuoted();
    size_t begin = position;
    while (!atLineEnd() && text[position] != delimiter)
      ++position;
    return text.substr(begin, position - begin);
  }

  std::string takeQuoted() {
    int64_t opened = line;
    std::string field;
    for (++position;; ++position) {
      if (position >= text.size())
        throw std::runtime_error(
            fmt::format("{}:{}: the quote is not closed", file, opened));
      char c = text[position];
      if (c == '"' && text.compare(position, 2, "\"\"") == 0)
        ++position;
      else if (c == '"')
        break;
      line += c == '\n';
      field += c;
    }
    ++position;
    if (!atLineEnd() && text[position] != delimiter)
      throw std::runtime_error(
          fmt::format("{}:{}: text after a closing quote", file, line));
    return field;
  }

  const std::string &text;
  const std::string &file;
  char delimiter;
  size_t position = 0;
  int64_t line = 1;
  std::vector<CsvRecord> records;
};

bool isMissing(const std::string &field) {
  return field.empty() || field == "?" || field == "NA";
}

} // namespace

std::vector<CsvRecord> parseCsv(const std::string &text,
                                const std::string &file, char delimiter) {
  return CsvParser(text, file, delimiter).run();
}

Table csvTable(const std::vector<CsvRecord> &records, bool header,
               const std::string &file) {
  size_t first = header ? 1 : 0;
  if (records.size() <= first)
    throw std::runtime_error(fmt::format("{}: holds no data rows", file));
  size_t width = records[0].fields.size();
  for (const CsvRecord &record : records)
    if (record.fields.size() != width)
      throw std::runtime_error(
          fmt::format("{}:{}: record has {} fields, the first one has {}", file,
                      record.line, record.fields.size(), width));
  Table table;
  table.values.resize((records.size() - first) * width,
                      std::numeric_limits<double>::quiet_NaN());
  for (size_t column = 0; column < width; ++column) {
    bool numeric = true;
    std::map<std::string, int64_t> codes;
    for (size_t row = first; row < records.size(); ++row) {
      const std::string &field = records[row].fields[column];
      if (isMissing(field))
        continue;
      numeric = numeric && parseNumber(field);
      codes.emplace(field, 0);
    }
    TableColumn &described = table.columns.emplace_back();
    described.name =
        header ? records[0].fields[column] : std::to_string(column);
    if (!numeric)
      for (auto &[category, code] : codes) {
        code = described.categories.size();
        described.categories.push_back(category);
      }
    for (size_t row = first; row < records.size(); ++row) {
      const std::string &field = records[row].fields[column];
      if (!isMissing(field))
        table.values[(row - first) * width + column] =
            numeric ? *parseNumber(field) : codes[field];
    }
  }
  return table;
}

} // namespace dynfault
