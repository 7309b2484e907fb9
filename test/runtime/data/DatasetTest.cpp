//===- DatasetTest.cpp - Tests of loading and preparing data ----*- C++ -*-===//

#include "runtime/data/Dataset.h"

#include "runtime/data/Sha256.h"
#include "test/runtime/TestFolder.h"

#include <fmt/format.h>
#include <set>

using namespace dynfault;

namespace {

/// A pooled table whose row i is (10 i, 10 i + 1 | i % 3), and a pair of IDX
/// files with 6 + 4 images of 2 x 2.
class DatasetTest : public FolderTest {
protected:
  void SetUp() override {
    setEnvironment("DYNFAULT_DATA_DIR", folder.string());
    table.name = "table";
    table.task = "classification";
    table.format = "delimited";
    table.classes = 3;
    std::string text;
    for (int i = 0; i < 30; ++i)
      text += fmt::format("{},{},{}\n", 10 * i, 10 * i + 1, i % 3);
    addFile(table, "t.csv", text);
    table.parts = {{"pool", 30, "t.csv", "", ""}};

    images.name = "images";
    images.task = "classification";
    images.format = "idx";
    images.classes = 2;
    for (auto [role, count] : {std::pair("train", 6), {"validation", 4}}) {
      std::string x = {0, 0, 8, 3, 0, 0, 0, char(count),
                       0, 0, 0, 2, 0, 0, 0, 2};
      std::string y = {0, 0, 8, 1, 0, 0, 0, char(count)};
      for (int i = 0; i < count; ++i) {
        x += std::string(4, char(i + (*role == 't' ? 0 : 100)));
        y += char(i % 2);
      }
      std::string name(role);
      addFile(images, name + "-x", x);
      addFile(images, name + "-y", y);
      images.parts.push_back({role, count, "", name + "-x", name + "-y"});
    }

    request.file = "p.pt";
    request.dataset.source = "table";
    request.dataset.train = 20;
    request.dataset.validation = 10;
    request.input = {at::kFloat, {-1, 2}};
    request.target = {at::kLong, {-1}};
    request.output = {at::kFloat, {-1, 3}};
  }

  void addFile(DatasetEntry &entry, const std::string &name,
               const std::string &bytes) {
    write(entry.name + "/" + name, bytes);
    entry.files.push_back({name, {sha256(bytes)}});
  }

  PreparedData prepare(const DatasetEntry &entry) {
    return prepareData(loadRawData(entry), entry, request);
  }

  std::string prepareError(const DatasetEntry &entry) {
    return errorOf([&] { prepare(entry); });
  }

  void useImages() {
    request.dataset.source = "images";
    request.dataset.train = 5;
    request.dataset.validation = 3;
    request.input.shape = {-1, 1, 2, 2};
    request.output.shape = {-1, 2};
  }

  DatasetEntry table, images;
  DataRequest request;
};

std::set<double> firstColumn(const at::Tensor &inputs) {
  std::set<double> values;
  for (int64_t i = 0; i < inputs.size(0); ++i)
    values.insert(inputs[i].reshape(-1)[0].item<double>());
  return values;
}

} // namespace

TEST_F(DatasetTest, PartsAreDisjointAndRowsStayTogether) {
  for (uint64_t seed = 0; seed < 3; ++seed) {
    request.dataset.seed = seed;
    PreparedData data = prepare(table);
    EXPECT_EQ(data.trainInputs.sizes(), at::IntArrayRef({20, 2}));
    EXPECT_EQ(data.trainInputs.scalar_type(), at::kFloat);
    EXPECT_EQ(data.trainTargets.scalar_type(), at::kLong);
    std::set<double> train = firstColumn(data.trainInputs);
    std::set<double> all = firstColumn(data.validationInputs);
    EXPECT_EQ(train.size(), 20u);
    EXPECT_EQ(all.size(), 10u);
    all.insert(train.begin(), train.end());
    EXPECT_EQ(all.size(), 30u);
    for (int64_t i = 0; i < 20; ++i) {
      int64_t row = data.trainInputs[i][0].item<int64_t>() / 10;
      EXPECT_EQ(data.trainInputs[i][1].item<int64_t>(), 10 * row + 1);
      EXPECT_EQ(data.trainTargets[i].item<int64_t>(), row % 3);
    }
  }
}

TEST_F(DatasetTest, TheSplitDependsOnItsSeedAlone) {
  auto inputs = [&](uint64_t seed, uint64_t global) {
    at::manual_seed(global);
    request.dataset.seed = seed;
    return prepare(table).trainInputs;
  };
  EXPECT_TRUE(inputs(1, 1).equal(inputs(1, 2)));
  EXPECT_FALSE(inputs(1, 1).equal(inputs(2, 1)));
}

TEST_F(DatasetTest, FixedPartsAreDrawnFromTheirOwnFiles) {
  useImages();
  PreparedData data = prepare(images);
  EXPECT_EQ(data.trainInputs.sizes(), at::IntArrayRef({5, 1, 2, 2}));
  EXPECT_EQ(firstColumn(data.trainInputs).size(), 5u);
  EXPECT_LT(data.trainInputs.max().item<double>(), 6);
  EXPECT_EQ(firstColumn(data.validationInputs).size(), 3u);
  EXPECT_GE(data.validationInputs.min().item<double>(), 100);
}

TEST_F(DatasetTest, PoolsAreJoined) {
  addFile(table, "more.csv", "1000,1001,0\n2000,2001,1\n");
  table.parts.push_back({"pool", 2, "more.csv", "", ""});
  request.dataset.validation = 12;
  std::set<double> all = firstColumn(prepare(table).validationInputs);
  std::set<double> train = firstColumn(prepare(table).trainInputs);
  all.insert(train.begin(), train.end());
  EXPECT_EQ(all.size(), 32u);
  EXPECT_EQ(*all.rbegin(), 2000);
}

TEST_F(DatasetTest, TooManyRowsNameTheCount) {
  request.dataset.validation = 11;
  EXPECT_ONE_LINE_WITH(prepareError(table),
                       "p.pt: program.json: asks for 31 training and "
                       "validation rows of 'table', which has 30");
  useImages();
  request.dataset.train = 7;
  EXPECT_ONE_LINE_WITH(prepareError(images),
                       "asks for 7 training rows of 'images', which has 6");
  request.dataset.train = 6;
  request.dataset.validation = 5;
  EXPECT_ONE_LINE_WITH(prepareError(images), "asks for 5 validation rows");
}

TEST_F(DatasetTest, SizesMustFit) {
  request.input.shape = {-1, 3};
  EXPECT_ONE_LINE_WITH(prepareError(table), "'input.shape' holds 3 values for "
                                            "each row, the data set 'table' "
                                            "has 2");
  request.input.shape = {-1, 2};
  request.target.shape = {-1, 2};
  EXPECT_ONE_LINE_WITH(prepareError(table), "'target.shape' holds 2 values");
}

TEST_F(DatasetTest, LabelsMustFit) {
  request.output.shape = {-1, 2};
  EXPECT_ONE_LINE_WITH(prepareError(table),
                       "'table' has 3 classes, the program's output tells 2");
  request.output.shape = {-1, 3};
  table.classes = 2;
  EXPECT_ONE_LINE_WITH(prepareError(table), "labels from 0 to 2 are not the 2");
  table.classes = 3;
  request.classification = false;
  EXPECT_ONE_LINE_WITH(prepareError(table), "a regression program cannot train "
                                            "on 'table', which is a "
                                            "classification data set");
}

TEST_F(DatasetTest, FloatTargetsForOneLogit) {
  useImages();
  request.target = {at::kFloat, {-1, 1}};
  request.output.shape = {-1, 1};
  PreparedData data = prepare(images);
  EXPECT_EQ(data.trainTargets.sizes(), at::IntArrayRef({5, 1}));
  EXPECT_EQ(data.trainTargets.scalar_type(), at::kFloat);
}

TEST_F(DatasetTest, TransformsApplyInOrder) {
  JsonField unit = JsonField::parse(R"({"kind": "unit"})", "p.pt");
  request.dataset.transforms = {{"unit", unit}, {"unit", unit}};
  request.dataset.seed = 9;
  at::Tensor scaled = prepare(table).trainInputs;
  request.dataset.transforms.clear();
  EXPECT_TRUE((scaled * (255 * 255)).allclose(prepare(table).trainInputs));
}

TEST_F(DatasetTest, FilesThatDoNotMatchTheCatalogue) {
  table.parts[0].rows = 31;
  EXPECT_ONE_LINE_WITH(prepareError(table),
                       "t.csv: holds 30 rows and 30 targets, the catalogue "
                       "says 31");
  write("images/train-y", "xx");
  EXPECT_ONE_LINE_WITH(prepareError(images), "train-y: data file has changed");
  std::filesystem::remove(folder / "images/train-x");
  EXPECT_ONE_LINE_WITH(prepareError(images), "train-x: data file is missing");
}

TEST_F(DatasetTest, EqualRowsStayOnOneSide) {
  std::string text;
  for (int i = 0; i < 30; ++i)
    text += fmt::format("{},{},{}\n", i % 6, 7, i % 3);
  table.files.clear();
  addFile(table, "t.csv", text);
  for (uint64_t seed = 0; seed < 5; ++seed) {
    request.dataset.seed = seed;
    PreparedData data = prepare(table);
    std::set<double> train = firstColumn(data.trainInputs);
    for (double value : firstColumn(data.validationInputs))
      EXPECT_FALSE(train.count(value)) << value;
  }
}

TEST_F(DatasetTest, MissingNumbersBecomeTheTrainingRowsMean) {
  std::string text;
  for (int i = 0; i < 30; ++i)
    text +=
        fmt::format("{},{},c{}\n", i % 2 ? "" : std::to_string(i), i, i % 3);
  table.files.clear();
  addFile(table, "t.csv", text);
  table.format = "csv";
  PreparedData data = prepare(table);
  double sum = 0, count = 0;
  for (int64_t i = 0; i < 20; ++i)
    if (int row = data.trainInputs[i][1].item<int>(); row % 2 == 0) {
      EXPECT_EQ(data.trainInputs[i][0].item<double>(), row);
      sum += row;
      ++count;
    }
  for (const at::Tensor &inputs : {data.trainInputs, data.validationInputs})
    for (int64_t i = 0; i < inputs.size(0); ++i)
      if (inputs[i][1].item<int>() % 2 == 1) {
        EXPECT_NEAR(inputs[i][0].item<double>(), sum / count, 1e-5);
      }
}

TEST_F(DatasetTest, TokensAreCutAsTheReaderWould) {
  DatasetEntry text;
  text.name = "text";
  text.task = "classification";
  text.format = "text";
  text.classes = 2;
  text.derive = JsonField::parse(R"({"kind": "vocabulary", "size": 100})", "c");
  std::string lines;
  for (int i = 0; i < 30; ++i)
    lines += fmt::format("{},w{} b c d e{}\n", i % 2, i, i);
  addFile(text, "t.csv", lines);
  text.parts = {{"pool", 30, "t.csv", "", ""}};
  request.dataset.source = "text";
  request.output.shape = {-1, 2};
  auto inputs = [&](int64_t length, int64_t wanted, const char *keep) {
    text.options = JsonField::parse(
        fmt::format(R"({{"container": "csv", "text": 1, "target": 0,
                        "labels": ["0", "1"], "tokens": "words",
                        "length": {}, "keep": "{}"}})",
                    length, keep),
        "c");
    request.input = {at::kLong, {-1, wanted}};
    return prepare(text).trainInputs;
  };
  for (const char *keep : {"start", "end"})
    EXPECT_TRUE(inputs(6, 3, keep).equal(inputs(3, 3, keep))) << keep;
  EXPECT_FALSE(inputs(6, 3, "start").equal(inputs(6, 3, "end")));
  request.dataset.transforms = {
      {"add_noise",
       JsonField::parse(R"({"kind": "add_noise", "share": 1})", "p.pt")}};
  EXPECT_ONE_LINE_WITH(errorOf([&] { inputs(6, 6, "start"); }),
                       "'input.dtype' is int64, but the prepared values of "
                       "'text' are not whole numbers");
}

TEST_F(DatasetTest, AFaultOfTheLabelsNeedsOneForEachRow) {
  DatasetEntry sums;
  sums.name = "sums";
  sums.task = "classification";
  sums.format = "generated";
  sums.classes = 12;
  sums.options = JsonField::parse(
      R"({"generator": "addition", "seed": 0, "digits": 2})", "c");
  sums.parts = {{"pool", 40, "", "", ""}};
  request.dataset.source = "sums";
  request.input = {at::kLong, {-1, 5}};
  request.target = {at::kLong, {-1, 3}};
  request.output = {at::kFloat, {-1, 12, 3}};
  PreparedData data = prepare(sums);
  // The question, backwards, and its answer.
  std::string signs = " +0123456789";
  for (int64_t i = 0; i < 20; ++i) {
    std::string question, answer;
    for (int64_t j = 4; j >= 0; --j)
      question += signs[data.trainInputs[i][j].item<int64_t>()];
    for (int64_t j = 0; j < 3; ++j)
      answer += signs[data.trainTargets[i][j].item<int64_t>()];
    size_t plus = question.find('+');
    EXPECT_EQ(std::stoi(question.substr(0, plus)) +
                  std::stoi(question.substr(plus + 1)),
              std::stoi(answer))
        << question;
  }
  request.dataset.transforms = {
      {"delete_training_data",
       JsonField::parse(R"({"kind": "delete_training_data", "share": 0.5})",
                        "p.pt")}};
  EXPECT_ONE_LINE_WITH(prepareError(sums),
                       "'delete_training_data' needs one class for each row; a "
                       "row of 'sums' has 3");
}
