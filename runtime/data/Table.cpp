//===- Table.cpp - Columns of numbers and categories ----------------------===//

#include "runtime/data/Table.h"

#include <ATen/ATen.h>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <stdexcept>

namespace dynfault {

std::optional<double> parseNumber(std::string_view text) {
  if (!text.empty() && text[0] == '+')
    text.remove_prefix(1);
  double value = 0;
  auto [stop, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size() ||
      !std::isfinite(value))
    return std::nullopt;
  return value;
}

TableOptions TableOptions::parse(const JsonField &json,
                                 std::vector<std::string> others) {
  others.insert(others.end(), {"target", "drop", "encode"});
  json.checkMembers(others);
  TableOptions options;
  if (auto field = json.find("target")) {
    if (field->isString())
      options.targetName = field->asString();
    else
      options.targetColumn = field->asInt();
  }
  if (auto field = json.find("drop"))
    for (const JsonField &name : field->elements())
      options.drop.push_back(name.asString());
  if (auto field = json.find("encode")) {
    std::string encode = field->asString();
    if (encode != "one_hot" && encode != "codes")
      field->fail("expected 'one_hot' or 'codes'");
    options.oneHot = encode == "one_hot";
  }
  return options;
}

namespace {

/// The number of the column `name`.
int64_t findColumn(const Table &table, const std::string &name,
                   const std::string &file) {
  std::vector<std::string> names;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].name == name)
      return i;
    names.push_back(table.columns[i].name);
  }
  throw std::runtime_error(fmt::format("{}: no column '{}'; there are: {}",
                                       file, name, fmt::join(names, ", ")));
}

int64_t targetOf(const Table &table, const TableOptions &options,
                 const std::string &file) {
  if (!options.targetName.empty())
    return findColumn(table, options.targetName, file);
  int64_t columns = table.columns.size();
  int64_t column = options.targetColumn < 0 ? options.targetColumn + columns
                                            : options.targetColumn;
  if (column < 0 || column >= columns || columns < 2)
    throw std::runtime_error(
        fmt::format("{}: no target column {} in a table of {} columns", file,
                    options.targetColumn, columns));
  return column;
}

/// How many features a column becomes.
int64_t widthOf(const TableColumn &column, bool oneHot) {
  return oneHot && !column.categories.empty() ? column.categories.size() : 1;
}

} // namespace

RawRows encodeTable(const Table &table, const TableOptions &options,
                    const std::string &file) {
  int64_t target = targetOf(table, options, file);
  std::vector<bool> used(table.columns.size(), true);
  used[target] = false;
  for (const std::string &name : options.drop)
    used[findColumn(table, name, file)] = false;
  int64_t features = 0;
  for (size_t i = 0; i < used.size(); ++i)
    features += used[i] ? widthOf(table.columns[i], options.oneHot) : 0;
  if (features == 0)
    throw std::runtime_error(fmt::format("{}: no input columns", file));

  int64_t rows = table.rows();
  RawRows result;
  result.inputs = at::zeros({rows, features}, at::kDouble);
  result.targets = at::empty({rows}, at::kDouble);
  auto inputs = result.inputs.accessor<double, 2>();
  auto targets = result.targets.accessor<double, 1>();
  for (int64_t row = 0; row < rows; ++row) {
    const double *values = table.values.data() + row * used.size();
    if (std::isnan(values[target]))
      throw std::runtime_error(
          fmt::format("{}: the target of row {} is missing", file, row + 1));
    targets[row] = values[target];
    int64_t at = 0;
    for (size_t i = 0; i < used.size(); ++i) {
      if (!used[i])
        continue;
      const TableColumn &column = table.columns[i];
      bool missing = std::isnan(values[i]);
      if (column.categories.empty())
        inputs[row][at] = values[i];
      else if (!options.oneHot)
        inputs[row][at] = missing ? column.categories.size() : values[i];
      else if (!missing)
        inputs[row][at + int64_t(values[i])] = 1;
      at += widthOf(column, options.oneHot);
    }
  }
  return result;
}

} // namespace dynfault
