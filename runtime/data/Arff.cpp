//===- Arff.cpp - Reader for Weka's ARFF files ----------------------------===//

#include "runtime/data/Arff.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <stdexcept>
#include <strings.h>

namespace dynfault {

namespace {

const char *const Blanks = " \t";

/// One pass over the text; keeps the place for errors.
class ArffParser {
public:
  ArffParser(const std::string &text, const std::string &file)
      : text(text), file(file) {}

  Table run() {
    while (nextLine()) {
      skipBlanks();
      if (line.empty() || line[0] == '%')
        continue;
      if (inData)
        readInstance();
      else
        readDeclaration();
    }
    if (!inData)
      fail("there is no @data line");
    if (table.values.empty())
      fail("holds no instances");
    return std::move(table);
  }

private:
  [[noreturn]] void fail(const std::string &what) const {
    throw std::runtime_error(fmt::format("{}:{}: {}", file, lineNumber, what));
  }

  bool nextLine() {
    if (position >= text.size())
      return false;
    ++lineNumber;
    size_t end = std::min(text.find('\n', position), text.size());
    line = std::string_view(text).substr(position, end - position);
    position = end + 1;
    if (!line.empty() && line.back() == '\r')
      line.remove_suffix(1);
    return true;
  }

  void skipBlanks() {
    line.remove_prefix(std::min(line.find_first_not_of(Blanks), line.size()));
  }

  /// Takes a value off the line: quoted, or up to one of `ends`.
  std::string takeValue(const char *ends, bool &quoted) {
    skipBlanks();
    quoted = !line.empty() && (line[0] == '\'' || line[0] == '"');
    std::string value;
    if (!quoted) {
      size_t end = std::min(line.find_first_of(ends), line.size());
      size_t last = line.substr(0, end).find_last_not_of(Blanks);
      value = last == std::string_view::npos ? "" : line.substr(0, last + 1);
      line.remove_prefix(end);
      return value;
    }
    char quote = line[0];
    size_t i = 1;
    for (; i < line.size() && line[i] != quote; ++i) {
      if (line[i] == '\\' && i + 1 < line.size())
        ++i;
      value += line[i];
    }
    if (i >= line.size())
      fail(fmt::format("the quote {} is not closed", quote));
    line.remove_prefix(i + 1);
    skipBlanks();
    return value;
  }

  bool startsWith(const char *word) {
    size_t length = std::char_traits<char>::length(word);
    if (line.size() < length || ::strncasecmp(line.data(), word, length) != 0)
      return false;
    line.remove_prefix(length);
    return true;
  }

  void readDeclaration() {
    if (startsWith("@relation"))
      return;
    if (startsWith("@data")) {
      if (table.columns.empty())
        fail("@data before any @attribute");
      inData = true;
      return;
    }
    if (!startsWith("@attribute"))
      fail("expected @relation, @attribute or @data");
    bool quoted = false;
    TableColumn column;
    column.name = takeValue(" \t{", quoted);
    skipBlanks();
    if (startsWith("{"))
      readCategories(column);
    else if (!startsWith("numeric") && !startsWith("real") &&
             !startsWith("integer"))
      fail(fmt::format("attribute '{}' is neither numeric nor a set of values",
                       column.name));
    table.columns.push_back(std::move(column));
  }

  void readCategories(TableColumn &column) {
    bool quoted = false;
    while (true) {
      column.categories.push_back(takeValue(",}", quoted));
      if (startsWith("}"))
        return;
      if (!startsWith(","))
        fail(fmt::format("the values of '{}' are not closed with '}}'",
                         column.name));
    }
  }

  void readInstance() {
    if (line[0] == '{')
      fail("sparse instances are not supported");
    for (size_t i = 0; i < table.columns.size(); ++i) {
      bool quoted = false;
      std::string value = takeValue(",", quoted);
      table.values.push_back(code(table.columns[i], value, quoted));
      bool last = i + 1 == table.columns.size();
      if (!last && !startsWith(","))
        fail(
            fmt::format("{} values, expected {}", i + 1, table.columns.size()));
    }
    skipBlanks();
    if (!line.empty() && line[0] != '%')
      fail(fmt::format("more than {} values", table.columns.size()));
  }

  double code(const TableColumn &column, const std::string &value,
              bool quoted) const {
    if (value == "?" && !quoted)
      return std::numeric_limits<double>::quiet_NaN();
    if (column.categories.empty()) {
      auto number = parseNumber(value);
      if (!number)
        fail(fmt::format("'{}' is not a finite number ({})", value,
                         column.name));
      return *number;
    }
    auto found =
        std::find(column.categories.begin(), column.categories.end(), value);
    if (found == column.categories.end())
      fail(fmt::format("'{}' is not among the values of '{}'", value,
                       column.name));
    return found - column.categories.begin();
  }

  const std::string &text;
  const std::string &file;
  size_t position = 0;
  std::string_view line;
  int64_t lineNumber = 0;
  bool inData = false;
  Table table;
};

} // namespace

Table parseArff(const std::string &text, const std::string &file) {
  return ArffParser(text, file).run();
}

} // namespace dynfault
