//===- DelimitedTest.cpp - Tests of the delimited text reader ---*- C++ -*-===//

#include "runtime/data/Delimited.h"

#include "test/runtime/TestFolder.h"

#include <fmt/format.h>
#include <random>

using namespace dynfault;

namespace {

at::Tensor parse(const std::string &text, DelimitedOptions options = {}) {
  return parseDelimited(text, "table.csv", options);
}

std::string parseError(const std::string &text, DelimitedOptions options = {}) {
  return errorOf([&] { parse(text, options); });
}

DelimitedOptions whitespace() {
  DelimitedOptions options;
  options.delimiter = '\0';
  return options;
}

at::Tensor matrix(std::vector<double> values, int64_t columns) {
  return at::tensor(values, at::kDouble).reshape({-1, columns});
}

} // namespace

TEST(DelimitedTest, ReadsRandomNumbersExactly) {
  std::mt19937_64 engine(1);
  std::normal_distribution<double> normal(0, 1e6);
  for (char delimiter : {',', ';', '\t'}) {
    std::string text;
    std::vector<double> expected;
    for (int row = 0; row < 20; ++row) {
      for (int column = 0; column < 5; ++column) {
        expected.push_back(normal(engine));
        text +=
            fmt::format("{}{:.17g}", column ? std::string(1, delimiter) : "",
                        expected.back());
      }
      text += "\n";
    }
    DelimitedOptions options;
    options.delimiter = delimiter;
    EXPECT_TRUE(parse(text, options).equal(matrix(expected, 5)));
  }
}

TEST(DelimitedTest, ReadsTheSpellingsInUse) {
  // Windows line ends, blank lines, blanks around fields, no last newline.
  at::Tensor expected = matrix({1, -2.5, 3e4, 0.5}, 2);
  EXPECT_TRUE(parse("1,-2.5\r\n\r\n +3e4 , .5").equal(expected));
  EXPECT_TRUE(parse("  1  -2.5 \n3e4\t0.5\n", whitespace()).equal(expected));
}

TEST(DelimitedTest, SkipsHeaderLines) {
  DelimitedOptions options;
  options.headerRows = 2;
  EXPECT_TRUE(parse("150,4,setosa\n\n1,2\n", options).equal(matrix({1, 2}, 2)));
}

TEST(DelimitedTest, ReadsItsOptions) {
  auto parse = [](const char *json) {
    return DelimitedOptions::parse(JsonField::parse(json, "c.json"));
  };
  EXPECT_EQ(parse(R"({"delimiter": "whitespace"})").delimiter, '\0');
  EXPECT_EQ(parse(R"({"target_column": 2})").targetColumn, 2);
  EXPECT_ONE_LINE_WITH(errorOf([&] { parse(R"({"delimiter": ", "})"); }),
                       "c.json: 'delimiter': expected one character or "
                       "'whitespace'");
  EXPECT_ONE_LINE_WITH(errorOf([&] { parse(R"({"headers": 1})"); }),
                       "unknown field 'headers'");
}

TEST(DelimitedTest, NamesThePlaceOfABadField) {
  EXPECT_ONE_LINE_WITH(parseError("1,2\n3,x\n"),
                       "table.csv:2:3: 'x' is not a finite number");
  EXPECT_ONE_LINE_WITH(parseError("1,\n"), "table.csv:1:3: ''");
  EXPECT_ONE_LINE_WITH(parseError("1,2\n3,nan\n"), "table.csv:2:3: 'nan'");
  EXPECT_ONE_LINE_WITH(parseError("1,1e999\n"), "table.csv:1:3: '1e999'");
  EXPECT_ONE_LINE_WITH(parseError("1 2\n3 4x\n", whitespace()),
                       "table.csv:2:3: '4x'");
  EXPECT_ONE_LINE_WITH(parseError("1,2,3\n1,2\n"),
                       "table.csv:2: record has 2 fields, the first one has 3");
  EXPECT_ONE_LINE_WITH(parseError("\n\n"), "table.csv: holds no data rows");
  EXPECT_ONE_LINE_WITH(parseError(""), "table.csv: holds no data rows");
}

TEST(DelimitedTest, SplitsTheTargetColumn) {
  at::Tensor table = matrix({1, 2, 3, 4, 5, 6}, 3);
  for (auto [column, target, inputs] :
       {std::tuple(0, matrix({1, 4}, 1), matrix({2, 3, 5, 6}, 2)),
        std::tuple(1, matrix({2, 5}, 1), matrix({1, 3, 4, 6}, 2)),
        std::tuple(-1, matrix({3, 6}, 1), matrix({1, 2, 4, 5}, 2))}) {
    auto [x, y] = splitTarget(table, column, "table.csv");
    EXPECT_TRUE(x.equal(inputs)) << column;
    EXPECT_TRUE(y.equal(target.reshape(-1))) << column;
  }
  EXPECT_ONE_LINE_WITH(errorOf([&] { splitTarget(table, 3, "table.csv"); }),
                       "no target column 3 in a table of 3 columns");
  EXPECT_ONE_LINE_WITH(errorOf([&] { splitTarget(table, -4, "table.csv"); }),
                       "no target column -4");
}
