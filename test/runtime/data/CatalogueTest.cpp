//===- CatalogueTest.cpp - Tests of the data catalogue ----------*- C++ -*-===//

#include "runtime/data/Catalogue.h"

#include "runtime/data/Sha256.h"
#include "test/runtime/TestFolder.h"

#include <set>

using namespace dynfault;

namespace {

class CatalogueTest : public FolderTest {};

/// A catalogue with one entry; `changes` replaces text in it.
std::string oneEntry(const std::string &from = "", const std::string &to = "") {
  std::string text = R"({"schema": "dynfault.datasets/1", "datasets": [
    {"name": "mine", "licence": "own", "task": "classification", "classes": 2,
     "format": "delimited", "options": {"delimiter": ","},
     "files": [{"path": "a/t.csv", "sha256": "00"}],
     "parts": [{"role": "pool", "rows": 4, "table": "t.csv"}]}]})";
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string parseError(const std::string &text) {
  return errorOf([&] { Catalogue::parse(text, "c.json"); });
}

} // namespace

TEST_F(CatalogueTest, EmbeddedEntriesAreComplete) {
  Catalogue catalogue = Catalogue::load();
  std::set<std::string> names;
  for (const DatasetEntry &entry : catalogue.entries()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_EQ(entry.package.empty(), entry.generated()) << entry.name;
    EXPECT_FALSE(entry.about.empty()) << entry.name;
    EXPECT_FALSE(entry.licence.empty()) << entry.name;
    EXPECT_EQ(entry.task == "regression", entry.classes == 0) << entry.name;
    EXPECT_FALSE(entry.input.shape.empty()) << entry.name;
    EXPECT_FALSE(entry.target.shape.empty()) << entry.name;
    std::set<std::string> used, stored;
    for (const DataPart &part : entry.parts)
      for (const std::string &name : {part.table, part.inputs, part.targets})
        if (!name.empty())
          used.insert(name);
    EXPECT_EQ(used.size(), entry.files.size()) << entry.name;
    for (const DataFile &file : entry.files) {
      EXPECT_GT(file.bytes, 0) << entry.name;
      EXPECT_TRUE(stored.insert(file.name()).second) << file.name();
      EXPECT_TRUE(used.count(file.name())) << file.name();
      for (const std::string &hash : file.sha256)
        EXPECT_EQ(hash.size(), 64u) << entry.name;
    }
  }
  for (const char *name : {"fashion-mnist", "spambase", "abalone"})
    EXPECT_TRUE(names.count(name)) << name;
}

TEST_F(CatalogueTest, AnotherCatalogueAddsAndReplaces) {
  size_t embedded = Catalogue::load().entries().size();
  setEnvironment("DYNFAULT_DATA_CATALOGUE", write("c.json", oneEntry()));
  Catalogue catalogue = Catalogue::load();
  EXPECT_EQ(catalogue.entries().size(), embedded + 1);
  EXPECT_EQ(catalogue.entry("mine").classes, 2);
  setEnvironment("DYNFAULT_DATA_CATALOGUE",
                 write("c.json", oneEntry("mine", "spambase")));
  catalogue = Catalogue::load();
  EXPECT_EQ(catalogue.entries().size(), embedded);
  EXPECT_EQ(catalogue.entry("spambase").licence, "own");
}

TEST_F(CatalogueTest, ErrorsNameTheField) {
  EXPECT_ONE_LINE_WITH(parseError("{"), "c.json: not valid JSON");
  EXPECT_ONE_LINE_WITH(parseError("[]"), "c.json: expected an object");
  EXPECT_ONE_LINE_WITH(parseError(oneEntry("datasets/1", "datasets/9")),
                       "this is 'dynfault.datasets/9', but this build reads");
  EXPECT_ONE_LINE_WITH(parseError(oneEntry("\"licence\": \"own\", ", "")),
                       "c.json: 'datasets[0]': the field 'licence' is missing");
  EXPECT_ONE_LINE_WITH(parseError(oneEntry("classification", "guessing")),
                       "'datasets[0].task': 'guessing' is none of");
  EXPECT_ONE_LINE_WITH(parseError(oneEntry("\"rows\": 4", "\"rows\": \"4\"")),
                       "'datasets[0].parts[0].rows': expected an integer");
  EXPECT_ONE_LINE_WITH(parseError(oneEntry("\"rows\": 4", "\"rows\": 0")),
                       "0 is too small");
  EXPECT_ONE_LINE_WITH(parseError(oneEntry("\"t.csv\"}", "\"u.csv\"}")),
                       "'mine' names no file 'u.csv'");
  EXPECT_ONE_LINE_WITH(parseError(oneEntry("\"licence\"", "\"license\"")),
                       "'datasets[0]': unknown field 'license'; known are: ");
}

TEST_F(CatalogueTest, ABaseLendsItsFilesAndAllThatIsNotSaidAnew) {
  std::string text = oneEntry(
      "\"t.csv\"}]}",
      R"("t.csv"}]}, {"name": "other", "base": "mine", "task": "regression",
          "classes": 0, "options": {"target_column": 0},
          "derive": {"kind": "reconstruct"}})");
  Catalogue catalogue = Catalogue::parse(text, "c.json");
  const DatasetEntry &other = catalogue.entry("other");
  EXPECT_EQ(other.folder(), "mine");
  EXPECT_EQ(other.task, "regression");
  EXPECT_EQ(other.licence, "own");
  EXPECT_EQ(other.files.size(), 1u);
  EXPECT_EQ(other.options.at("delimiter").asString(), ",");
  EXPECT_EQ(other.options.at("target_column").asInt(), 0);
  EXPECT_EQ(other.derive.at("kind").asString(), "reconstruct");
  EXPECT_ONE_LINE_WITH(
      parseError(oneEntry("\"name\"", "\"base\": \"none\", \"name\"")),
      "'datasets[0].base': 'none' is no data set with files of its own");
}

TEST_F(CatalogueTest, FilesMayHaveSeveralHashesAndPackages) {
  std::string text = oneEntry("\"sha256\": \"00\"",
                              R"("sha256": ["00", "11"], "bytes": 7,
                                 "package": "b", "version": "3")");
  Catalogue catalogue = Catalogue::parse(text, "c.json");
  const DataFile &file = catalogue.entry("mine").files[0];
  EXPECT_TRUE(file.accepts("00") && file.accepts("11"));
  EXPECT_FALSE(file.accepts("22"));
  EXPECT_EQ(file.package, "b");
  EXPECT_EQ(catalogue.entry("mine").bytes(), 7);
  EXPECT_ONE_LINE_WITH(parseError(oneEntry("a/t.csv", "a/*.csv")),
                       "a path with wildcards needs a 'name'");
}

TEST_F(CatalogueTest, NamesCannotLeaveTheDataFolder) {
  EXPECT_ONE_LINE_WITH(parseError(oneEntry("a/t.csv", "/etc/t.csv")),
                       "is not a plain relative path");
  EXPECT_ONE_LINE_WITH(parseError(oneEntry("a/t.csv", "a/../../t.csv")),
                       "is not a plain relative path");
  EXPECT_ONE_LINE_WITH(parseError(oneEntry("mine", "../mine")),
                       "is not a plain relative path");
  EXPECT_ONE_LINE_WITH(
      parseError(
          oneEntry("\"licence\"", "\"package\": \"--help\", \"licence\"")),
      "is not the name of a package");
}

TEST_F(CatalogueTest, UnknownNameListsTheKnownOnes) {
  EXPECT_ONE_LINE_WITH(errorOf([] { Catalogue::load().entry("minst"); }),
                       "unknown data set 'minst'; known are: fashion-mnist");
}

TEST_F(CatalogueTest, DataFolderFollowsTheEnvironment) {
  setEnvironment("HOME", "/h");
  setEnvironment("XDG_CACHE_HOME", "");
  setEnvironment("DYNFAULT_DATA_DIR", "");
  EXPECT_EQ(dataDirectory(), "/h/.cache/dynfault/data");
  setEnvironment("XDG_CACHE_HOME", "/x");
  EXPECT_EQ(dataDirectory(), "/x/dynfault/data");
  setEnvironment("DYNFAULT_DATA_DIR", "/d");
  EXPECT_EQ(dataDirectory(), "/d");
}

TEST_F(CatalogueTest, DataFilesAreChecked) {
  setEnvironment("DYNFAULT_DATA_DIR", folder.string());
  DatasetEntry entry;
  entry.name = "mine";
  entry.package = "some-package";
  entry.files = {{"a/t.csv", {sha256("1,2\n")}}};
  EXPECT_ONE_LINE_WITH(
      errorOf([&] { readDataFile(entry, entry.files[0]); }),
      "mine/t.csv: data file is missing; run: dynfault-run data fetch mine");
  write("mine/t.csv", "1,3\n");
  EXPECT_ONE_LINE_WITH(errorOf([&] { readDataFile(entry, entry.files[0]); }),
                       "mine/t.csv: data file has changed or is damaged");
  write("mine/t.csv", "1,2\n");
  EXPECT_EQ(readDataFile(entry, entry.files[0]), "1,2\n");
}
