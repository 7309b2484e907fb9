//===- Export.cpp - A corpus as CSV ---------------------------------------===//

#include "runtime/trace/Export.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <stdexcept>

namespace dynfault {

std::string csvField(const std::string &text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos)
    return text;
  std::string quoted = "\"";
  for (char c : text)
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

namespace {

template <typename Real>
std::string number(Real value) {
  // fmt would write the sign of a NaN, which means nothing.
  return std::isnan(value) ? "nan" : fmt::format("{}", value);
}

std::string cell(const SQLite::Column &column) {
  if (column.isNull())
    return "";
  if (column.isFloat())
    return number(column.getDouble());
  return csvField(column.getString());
}

std::string row(SQLite::Statement &query, int columns) {
  std::string line;
  for (int i = 0; i < columns; ++i)
    line += (i ? "," : "") + cell(query.getColumn(i));
  return line;
}

template <typename T>
std::vector<T> blob(const SQLite::Column &column) {
  std::vector<T> values(column.getBytes() / sizeof(T));
  if (!values.empty())
    std::memcpy(values.data(), column.getBlob(), values.size() * sizeof(T));
  return values;
}

constexpr const char *Tables = R"sql(
  FROM run
  JOIN mutant ON mutant.id = mutant_id
  JOIN program ON program.id = program_id )sql";

constexpr const char *Order = " ORDER BY program.name, key, seed, device";

void exportRows(const TraceStore &store, const std::string &columns,
                const std::string &join, const std::string &order,
                const std::function<void(SQLite::Statement &)> &each) {
  try {
    SQLite::Statement query(store.database(), "SELECT program.name, key, seed, "
                                              "device, " +
                                                  columns + Tables + join +
                                                  Order + order);
    while (query.executeStep())
      each(query);
  } catch (const SQLite::Exception &error) {
    throw std::runtime_error(
        fmt::format("{}: {}", store.path(), error.getErrorStr()));
  }
}

} // namespace

void exportTable(const TraceStore &store, ExportTable table,
                 const std::function<void(const std::string &)> &write) {
  switch (table) {
  case ExportTable::Run:
    write("program,mutant,seed,device,operator,class,site,parameters,killed,"
          "p_value,threads,status,reason,steps_planned,steps_done,"
          "steps_per_epoch,duration_ms\n");
    exportRows(store,
               "operator, class, site, parameters, killed, p_value, threads, "
               "status, reason, steps_planned, steps_done, steps_per_epoch, "
               "duration_ms",
               "", "",
               [&](SQLite::Statement &query) { write(row(query, 17) + "\n"); });
    return;
  case ExportTable::Signal:
    write("program,mutant,seed,device,name,site,step,value\n");
    exportRows(store, "signal.name, signal.site, steps, \"values\"",
               "JOIN signal ON run_id = run.id", ", signal.name, signal.site",
               [&](SQLite::Statement &query) {
                 std::string prefix = row(query, 6);
                 auto steps = blob<int32_t>(query.getColumn(6));
                 auto values = blob<float>(query.getColumn(7));
                 for (size_t i = 0; i < steps.size() && i < values.size(); ++i)
                   write(fmt::format("{},{},{}\n", prefix, steps[i],
                                     number(values[i])));
               });
    return;
  case ExportTable::Feature:
    write("program,mutant,seed,device,window,name,value\n");
    exportRows(store, "window, feature.name, value",
               "JOIN feature ON run_id = run.id", ", window, feature.name",
               [&](SQLite::Statement &query) { write(row(query, 7) + "\n"); });
    return;
  }
}

} // namespace dynfault
