//===- Delimited.cpp - Reader for delimited text --------------------------===//

#include "runtime/data/Delimited.h"

#include "runtime/data/Table.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>
#include <string_view>

namespace dynfault {

namespace {

/// One pass over the text; keeps the place for errors.
class DelimitedParser {
public:
  DelimitedParser(const std::string &text, const std::string &file,
                  const DelimitedOptions &options)
      : rest(text), file(file), options(options) {}

  at::Tensor run() {
    int64_t skipped = 0;
    while (!rest.empty()) {
      std::string_view line = nextLine();
      if (skipped < options.headerRows) {
        ++skipped;
        continue;
      }
      if (line.find_first_not_of(" \t") == std::string_view::npos)
        continue;
      readLine(line);
      finishRecord();
    }
    if (records == 0)
      throw std::runtime_error(fmt::format("{}: holds no data rows", file));
    return at::tensor(values, at::kDouble).reshape({records, width});
  }

private:
  std::string_view nextLine() {
    ++lineNumber;
    size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (!line.empty() && line.back() == '\r')
      line.remove_suffix(1);
    return line;
  }

  void readLine(std::string_view line) {
    if (options.delimiter == '\0') {
      size_t begin = line.find_first_not_of(" \t");
      while (begin != std::string_view::npos) {
        size_t end = std::min(line.find_first_of(" \t", begin), line.size());
        readField(line.substr(begin, end - begin), begin);
        begin = line.find_first_not_of(" \t", end);
      }
      return;
    }
    size_t begin = 0;
    while (true) {
      size_t end = std::min(line.find(options.delimiter, begin), line.size());
      readField(line.substr(begin, end - begin), begin);
      if (end == line.size())
        return;
      begin = end + 1;
    }
  }

  void readField(std::string_view field, size_t offset) {
    size_t begin = std::min(field.find_first_not_of(" \t"), field.size());
    size_t end = field.find_last_not_of(" \t") + 1;
    auto value = parseNumber(begin < end ? field.substr(begin, end - begin)
                                         : std::string_view());
    if (!value)
      throw std::runtime_error(
          fmt::format("{}:{}:{}: '{}' is not a finite number", file, lineNumber,
                      offset + begin + 1, field.substr(0, 40)));
    values.push_back(*value);
    ++fields;
  }

  void finishRecord() {
    if (records == 0)
      width = fields;
    if (fields != width)
      failLine(fmt::format("record has {} fields, the first one has {}", fields,
                           width));
    ++records;
    fields = 0;
  }

  [[noreturn]] void failLine(const std::string &what) const {
    throw std::runtime_error(fmt::format("{}:{}: {}", file, lineNumber, what));
  }

  std::string_view rest;
  const std::string &file;
  const DelimitedOptions &options;
  std::vector<double> values;
  int64_t lineNumber = 0;
  int64_t fields = 0, width = 0, records = 0;
};

} // namespace

DelimitedOptions DelimitedOptions::parse(const JsonField &json) {
  json.checkMembers({"delimiter", "header_rows", "target_column"});
  DelimitedOptions options;
  if (auto field = json.find("delimiter")) {
    std::string text = field->asString();
    if (text != "whitespace" && text.size() != 1)
      field->fail("expected one character or 'whitespace'");
    options.delimiter = text == "whitespace" ? '\0' : text[0];
  }
  if (auto field = json.find("header_rows"))
    options.headerRows = field->asIntAtLeast(0);
  if (auto field = json.find("target_column"))
    options.targetColumn = field->asInt();
  return options;
}

at::Tensor parseDelimited(const std::string &text, const std::string &file,
                          const DelimitedOptions &options) {
  return DelimitedParser(text, file, options).run();
}

std::pair<at::Tensor, at::Tensor> splitTarget(const at::Tensor &table,
                                              int64_t targetColumn,
                                              const std::string &file) {
  int64_t columns = table.size(1);
  int64_t column = targetColumn < 0 ? targetColumn + columns : targetColumn;
  if (column < 0 || column >= columns || columns < 2)
    throw std::runtime_error(
        fmt::format("{}: no target column {} in a table of {} columns", file,
                    targetColumn, columns));
  at::Tensor inputs =
      at::cat({table.narrow(1, 0, column),
               table.narrow(1, column + 1, columns - column - 1)},
              1);
  return {inputs, table.select(1, column).contiguous()};
}

} // namespace dynfault
