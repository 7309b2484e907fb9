//===- TableTest.cpp - Tests of the readers of tables -----------*- C++ -*-===//

#include "runtime/data/Arff.h"
#include "runtime/data/Csv.h"
#include "runtime/data/Fann.h"
#include "test/runtime/TestFolder.h"

#include <ATen/ATen.h>
#include <cmath>

using namespace dynfault;

namespace {

const char *const Weather = "% A comment.\n"
                            "@RELATION 'the weather'\r\n"
                            "\n"
                            "@attribute outlook {sunny, 'very \\'wet\\'', ?}\n"
                            "@attribute \"wind speed\" REAL\n"
                            "@ATTRIBUTE play\t{ no, yes }\n"
                            "@DATA\n"
                            "sunny, 1.5, yes\n"
                            "% Another one.\n"
                            "'very \\'wet\\'',-2e1 ,no\n"
                            "?,?,yes\n";

std::string arffError(const std::string &text) {
  return errorOf([&] { parseArff(text, "t.arff"); });
}

/// `Weather` with `from` replaced.
std::string changed(const std::string &from, const std::string &to) {
  std::string text = Weather;
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TableOptions options(const char *json) {
  return TableOptions::parse(JsonField::parse(json, "c.json"));
}

std::vector<double> valuesOf(const at::Tensor &tensor) {
  at::Tensor flat = tensor.to(at::kDouble).contiguous().reshape(-1);
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

using Values = std::vector<double>;

} // namespace

TEST(ArffTest, ReadsNumbersCategoriesAndWhatIsMissing) {
  Table table = parseArff(Weather, "t.arff");
  ASSERT_EQ(table.columns.size(), 3u);
  EXPECT_EQ(table.columns[0].categories[1], "very 'wet'");
  EXPECT_EQ(table.columns[1].name, "wind speed");
  EXPECT_TRUE(table.columns[1].categories.empty());
  ASSERT_EQ(table.rows(), 3);
  EXPECT_EQ(table.values[3], 1);
  EXPECT_EQ(table.values[4], -20);
  EXPECT_TRUE(std::isnan(table.values[6]) && std::isnan(table.values[7]));
  EXPECT_EQ(table.values[8], 1);
}

TEST(ArffTest, NamesTheLineOfADefect) {
  EXPECT_ONE_LINE_WITH(arffError(changed("1.5", "fast")),
                       "t.arff:8: 'fast' is not a finite number (wind speed)");
  EXPECT_ONE_LINE_WITH(arffError(changed("sunny, 1.5", "foggy, 1.5")),
                       "t.arff:8: 'foggy' is not among the values of "
                       "'outlook'");
  EXPECT_ONE_LINE_WITH(arffError(changed("1.5, yes", "1.5")),
                       "t.arff:8: 2 values, expected 3");
  EXPECT_ONE_LINE_WITH(arffError(changed("1.5, yes", "1.5, yes, 3")),
                       "t.arff:8: more than 3 values");
  EXPECT_ONE_LINE_WITH(arffError(changed("REAL", "string")),
                       "t.arff:5: attribute 'wind speed' is neither numeric");
  EXPECT_ONE_LINE_WITH(arffError(changed("no, yes }", "no, yes")),
                       "t.arff:6: the values of 'play' are not closed");
  EXPECT_ONE_LINE_WITH(arffError(changed("'the weather'", "x\n'")),
                       "t.arff:3: expected @relation");
  EXPECT_ONE_LINE_WITH(arffError(changed("sunny, 1.5", "{0 sunny")),
                       "t.arff:8: sparse instances are not supported");
  EXPECT_ONE_LINE_WITH(arffError(changed("'very \\'wet\\'',-2e1 ,no", "'no")),
                       "t.arff:10: the quote ' is not closed");
  EXPECT_ONE_LINE_WITH(arffError("@attribute a real\n"), "no @data");
  EXPECT_ONE_LINE_WITH(arffError("@attribute a real\n@data\n"), "no instances");
}

TEST(TableTest, EncodesUnitVectorsOrCodes) {
  Table table = parseArff(Weather, "t.arff");
  RawRows rows = encodeTable(table, options("{}"), "t.arff");
  EXPECT_EQ(valuesOf(rows.targets), Values({1, 0, 1}));
  ASSERT_EQ(rows.inputs.sizes(), at::IntArrayRef({3, 4}));
  EXPECT_EQ(valuesOf(rows.inputs[0]), Values({1, 0, 0, 1.5}));
  EXPECT_EQ(valuesOf(rows.inputs[1]), Values({0, 1, 0, -20}));
  EXPECT_EQ(valuesOf(rows.inputs[2].narrow(0, 0, 3)), Values({0, 0, 0}));
  EXPECT_TRUE(std::isnan(rows.inputs[2][3].item<double>()));
  rows = encodeTable(table, options(R"({"encode": "codes", "target": "play",
                                        "drop": ["wind speed"]})"),
                     "t.arff");
  EXPECT_EQ(valuesOf(rows.inputs), Values({0, 1, 3}));
}

TEST(TableTest, RefusesWhatIsNotThere) {
  Table table = parseArff(Weather, "t.arff");
  auto error = [&](const char *json) {
    return errorOf([&] { encodeTable(table, options(json), "t.arff"); });
  };
  EXPECT_ONE_LINE_WITH(error(R"({"target": "plays"})"),
                       "t.arff: no column 'plays'; there are: outlook, wind "
                       "speed, play");
  EXPECT_ONE_LINE_WITH(error(R"({"target": 3})"), "no target column 3");
  EXPECT_ONE_LINE_WITH(error(R"({"target": 0})"),
                       "t.arff: the target of row 3 is missing");
  EXPECT_ONE_LINE_WITH(error(R"({"encode": "hash"})"),
                       "expected 'one_hot' or 'codes'");
  EXPECT_ONE_LINE_WITH(error(R"({"coding": "x"})"), "unknown field 'coding'");
}

TEST(CsvTest, ReadsQuotesAsTheStandardHasThem) {
  auto records =
      parseCsv("\xef\xbb\xbf\"a \"\"b\"\"\",\"c,\r\nd\"\r\n\n,e\n", "t.csv");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].fields,
            std::vector<std::string>({"a \"b\"", "c,\r\nd"}));
  EXPECT_EQ(records[1].fields, std::vector<std::string>({"", "e"}));
  EXPECT_EQ(records[1].line, 4);
  EXPECT_ONE_LINE_WITH(errorOf([] { parseCsv("a\n\"b\nc", "t.csv"); }),
                       "t.csv:2: the quote is not closed");
  EXPECT_ONE_LINE_WITH(errorOf([] { parseCsv("\"b\"c", "t.csv"); }),
                       "t.csv:1: text after a closing quote");
}

TEST(CsvTest, TellsNumbersFromCategories) {
  auto table = [](const std::string &text, bool header) {
    return csvTable(parseCsv(text, "t.csv"), header, "t.csv");
  };
  Table read = table("x,kind\n1,b\nNA,a\n+3,b\n", true);
  EXPECT_EQ(read.columns[0].name, "x");
  EXPECT_TRUE(read.columns[0].categories.empty());
  EXPECT_EQ(read.columns[1].categories, std::vector<std::string>({"a", "b"}));
  EXPECT_EQ(read.rows(), 3);
  EXPECT_TRUE(std::isnan(read.values[2]));
  EXPECT_EQ(read.values[1], 1);
  EXPECT_EQ(read.values[4], 3);
  EXPECT_EQ(table("1,2\n", false).columns[1].name, "1");
  EXPECT_ONE_LINE_WITH(errorOf([&] { table("1,2\n3\n", false); }),
                       "t.csv:2: record has 1 fields, the first one has 2");
  EXPECT_ONE_LINE_WITH(errorOf([&] { table("x\n", true); }), "no data rows");
}

TEST(FannTest, ReadsRowsWhereverTheirLinesEnd) {
  RawRows rows = parseFann("2 3 2\n1 2 3 \n0 1 \n4 5\n6 1\n0\n", "t.train");
  EXPECT_EQ(valuesOf(rows.inputs), Values({1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(rows.inputs.sizes(), at::IntArrayRef({2, 3}));
  EXPECT_EQ(valuesOf(classesOfUnitVectors(rows.targets, "t.train")),
            Values({1, 0}));
}

TEST(FannTest, NamesTheLineOfADefect) {
  auto error = [](const std::string &text) {
    return errorOf([&] { parseFann(text, "t.train"); });
  };
  EXPECT_ONE_LINE_WITH(error("2 1 1\n1\n0\n2\n"),
                       "t.train:5: truncated: expected an output");
  EXPECT_ONE_LINE_WITH(error("1 1 1\n1\nx\n"),
                       "t.train:3: 'x' is not a finite number");
  EXPECT_ONE_LINE_WITH(error("1 1 1\n1\n0\n5\n"),
                       "t.train:3: more than the 1 rows of the header");
  EXPECT_ONE_LINE_WITH(error("0 1 1\n"), "'0' is not a number of rows");
  EXPECT_ONE_LINE_WITH(error("9 9 9\n1 2 3 4 5\n"),
                       "t.train:1: truncated: the header");
  EXPECT_ONE_LINE_WITH(error(""), "truncated: expected the numbers of rows");
  at::Tensor two = at::ones({3, 2});
  EXPECT_ONE_LINE_WITH(errorOf([&] { classesOfUnitVectors(two, "t.train"); }),
                       "the outputs of row 1 are not one 1 among zeros");
}
