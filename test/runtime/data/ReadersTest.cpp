//===- ReadersTest.cpp - Readers against other implementations --*- C++ -*-===//
//
// reader_cases.py writes files of every format and the rows that NumPy, SciPy,
// Pillow and Python's modules make of them. What only a wrong file shows stands
// below.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/Bundle.h"
#include "runtime/data/GraphTool.h"
#include "runtime/data/Npy.h"
#include "runtime/data/ParsedCache.h"
#include "runtime/data/Png.h"
#include "runtime/data/Subprocess.h"
#include "runtime/data/Wav.h"
#include "test/runtime/TestFolder.h"

#include <ATen/ATen.h>
#include <cmath>

using namespace dynfault;
namespace fs = std::filesystem;

namespace {

/// Rows of both parts, one after the other.
at::Tensor both(const at::Tensor &train, const at::Tensor &validation) {
  at::Tensor all = validation.defined() ? at::cat({train, validation}) : train;
  return all.to(at::kDouble);
}

class ReadersTest : public FolderTest {
protected:
  void SetUp() override {
    SubprocessResult made =
        runSubprocess({DYNFAULT_TEST_PYTHON_EXECUTABLE, DYNFAULT_READER_CASES,
                       folder.string()},
                      folder);
    ASSERT_EQ(made.status, 0) << made.output;
    setEnvironment("DYNFAULT_DATA_DIR", folder.string());
    catalogue = Catalogue::parse(readFileBytes(folder / "catalogue.json"),
                                 "catalogue.json");
  }

  at::Tensor expected(const DatasetEntry &entry, const std::string &what) {
    fs::path path = folder / entry.name / ("expected-" + what + ".npy");
    return fs::exists(path) ? parseNpy(readFileBytes(path), path.string())
                            : at::Tensor();
  }

  /// The entry with this name.
  DatasetEntry entry(const std::string &name) { return catalogue.entry(name); }

  /// What the graph in `edges` of `vertices` looks like as a file.
  static std::string graphFile(uint8_t vertices,
                               const std::vector<std::string> &neighbours,
                               const std::string &properties) {
    std::string text = "\xe2\x9b\xbe gt\x01";
    text += std::string(1, '\0') + number(2) + "hi" + '\0' + number(vertices);
    for (const std::string &targets : neighbours)
      text += number(targets.size()) + targets;
    return text + properties;
  }

  static std::string number(uint64_t value) {
    return {reinterpret_cast<const char *>(&value), sizeof(value)};
  }

  Catalogue catalogue;
};

} // namespace

TEST_F(ReadersTest, AgreeWithOtherImplementations) {
  EXPECT_GE(catalogue.entries().size(), 17u);
  for (const DatasetEntry &entry : catalogue.entries()) {
    RawData raw = loadRawData(entry);
    at::Tensor inputs = both(raw.train.inputs, raw.validation.inputs);
    at::Tensor targets = both(raw.train.targets, raw.validation.targets);
    at::Tensor wanted = expected(entry, "inputs").to(at::kDouble);
    ASSERT_EQ(inputs.sizes(), wanted.sizes()) << entry.name;
    // Only the sound was computed by another way.
    double tolerance = entry.format == "speech" ? 1e-5 : 1e-12;
    EXPECT_TRUE(inputs.allclose(wanted, tolerance, tolerance)) << entry.name;
    at::Tensor wantedTargets = expected(entry, "targets").to(at::kDouble);
    ASSERT_EQ(targets.sizes(), wantedTargets.sizes()) << entry.name;
    EXPECT_TRUE(targets.allclose(wantedTargets, 1e-12, 1e-12)) << entry.name;
    at::Tensor groups = expected(entry, "groups");
    if (!groups.defined())
      continue;
    // The same rows are together; the numbers are free.
    ASSERT_TRUE(raw.train.groups.defined()) << entry.name;
    at::Tensor mine =
        raw.train.groups.unsqueeze(0).eq(raw.train.groups.unsqueeze(1));
    EXPECT_TRUE(mine.equal(groups.unsqueeze(0).eq(groups.unsqueeze(1))))
        << entry.name;
  }
}

TEST_F(ReadersTest, OptionsAreChecked) {
  auto error = [&](const std::string &name, const char *member,
                   const nlohmann::json &value) {
    nlohmann::json source = entry(name).source;
    source["options"][member] = value;
    nlohmann::json catalogue = {{"schema", "dynfault.datasets/1"},
                                {"datasets", {source}}};
    return errorOf([&] {
      loadRawData(Catalogue::parse(catalogue.dump(), "c.json").entry(name));
    });
  };
  EXPECT_ONE_LINE_WITH(error("png", "height", 5),
                       "picture.png: rows of 24 pixels are no images of 5 x 6");
  EXPECT_ONE_LINE_WITH(error("png", "depth", 5),
                       "'datasets[0].options': unknown field 'depth'");
  EXPECT_ONE_LINE_WITH(error("recording", "array", "ecg"),
                       "signal.npz: holds no array 'ecg'");
  EXPECT_ONE_LINE_WITH(error("speech", "rate", 16000),
                       "en.tar: b.wav: has 8000 samples a second, the "
                       "catalogue says 16000");
  EXPECT_ONE_LINE_WITH(error("series", "column", "wind"),
                       "t.csv: no column 'wind' of numbers");
  EXPECT_ONE_LINE_WITH(error("ratings", "highest", 1),
                       "t.csv: a rating is outside 0.5 to 1");
  EXPECT_ONE_LINE_WITH(error("ratings", "least", 5),
                       "t.csv: no user and item have 5 ratings among them");
  EXPECT_ONE_LINE_WITH(error("text-csv", "tokens", "syllables"),
                       "expected 'words' or 'characters'");
  EXPECT_ONE_LINE_WITH(error("text-csv", "target", 2),
                       "t.csv:1: record has 2 fields");
  EXPECT_ONE_LINE_WITH(error("drawings", "width", 3),
                       "a cat.ndjson.gz:1: 4 values are no image of 2 x 3");
  DatasetEntry unknown = entry("png");
  unknown.format = "jpeg";
  EXPECT_ONE_LINE_WITH(errorOf([&] { loadRawData(unknown); }),
                       "'png': format 'jpeg' is none of idx, delimited");
}

TEST_F(ReadersTest, DamagedFilesAreNamed) {
  auto all = [&](const std::string &bytes, const char *what, auto parse) {
    // No prefix of a file is a file, and none crashes. (What is missed of a
    // PNG file's end mark, 12 bytes, is nothing of the picture.)
    for (size_t size = 0; size + 16 < bytes.size();
         size += 1 + bytes.size() / 200) {
      std::string error = errorOf([&] { parse(bytes.substr(0, size), "f"); });
      EXPECT_ONE_LINE_WITH(error, "f: ");
      EXPECT_FALSE(error.empty()) << what << " cut to " << size;
    }
  };
  all(readFileBytes(folder / "png/picture.png"), "png", parsePng);
  all(readFileBytes(folder / "speech/expected-inputs.npy"), "npy", parseNpy);
  std::vector<BundleMember> sounds =
      readBundle(readFileBytes(folder / "speech/en.tar"), "en.tar");
  all(sounds[0].bytes, "wav", parseWav);
  EXPECT_ONE_LINE_WITH(errorOf([] { parsePng("GIF89a", "f"); }),
                       "f: is no PNG file");
  EXPECT_ONE_LINE_WITH(errorOf([] { readBundle("plain", "f"); }), "f: ");
  std::string stereo = sounds[0].bytes;
  stereo[22] = 2;
  EXPECT_ONE_LINE_WITH(errorOf([&] { parseWav(stereo, "f"); }),
                       "f: encoding 1 with 2 channels of 16 bits");
}

TEST_F(ReadersTest, GraphsHaveTheirNodesAndEdges) {
  // 0 - 1 - 2, 3 alone; edge 1 -> 2 twice, a loop at 0. Properties: `class`
  // (int32) and `name` (text) of the vertices, a vector of doubles of the
  // graph.
  std::string properties = number(3);
  properties += std::string("\x01") + number(5) + "class" + "\x02";
  for (int32_t value : {7, 7, 9, 9})
    properties.append(reinterpret_cast<const char *>(&value), 4);
  properties += std::string("\x01") + number(4) + "name" + "\x06";
  for (const char *name : {"a", "b", "c", "dd"})
    properties += number(std::string(name).size()) + name;
  properties += std::string(1, '\0') + number(3) + "pos" + "\x0b" + number(1) +
                std::string(8, '\x01');
  std::string bytes = graphFile(
      4, {std::string("\0\1", 2), std::string("\2\2"), "", ""}, properties);
  Graph graph = parseGraphTool(bytes, "g.gt");
  EXPECT_EQ(graph.vertices, 4);
  EXPECT_EQ(graph.edges.size(), 4u);
  EXPECT_EQ(graph.numbers["class"], std::vector<double>({7, 7, 9, 9}));
  EXPECT_EQ(graph.strings["name"][3], "dd");
  // D = (2, 3, 2, 1).
  double a = 1 / std::sqrt(6.0);
  at::Tensor expected = at::tensor({0.5, a, 0., 0., a, 1. / 3, a, 0., 0., a,
                                    0.5, 0., 0., 0., 0., 1.},
                                   at::kDouble)
                            .reshape({4, 4});
  EXPECT_TRUE(normalisedAdjacency(graph).allclose(expected));
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_ONE_LINE_WITH(
        errorOf([&] { parseGraphTool(bytes.substr(0, size), "g.gt"); }),
        "g.gt: ");
  EXPECT_ONE_LINE_WITH(errorOf([&] { parseGraphTool(bytes + "x", "g.gt"); }),
                       "g.gt: 1 bytes too many");
  EXPECT_ONE_LINE_WITH(
      errorOf([&] {
        parseGraphTool(graphFile(2, {"\x05", ""}, number(0)), "g.gt");
      }),
      "g.gt: an edge from 0 leads to 5, but there are 2 vertices");
}

TEST_F(ReadersTest, BundlesAreEqualForEqualFiles) {
  write("a/x/2.txt", "two");
  write("a/x/1.txt", "one");
  write("a/3.csv", "three");
  write("b/3.csv", "three");
  write("b/x/1.txt", "one");
  write("b/x/2.txt", "two");
  std::string bundle = makeBundle(folder, "a/*.txt");
  EXPECT_EQ(bundle, makeBundle(folder, "b/*.txt"));
  std::vector<BundleMember> members = readBundle(bundle, "b.tar");
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].name, "x/1.txt");
  EXPECT_EQ(members[1].bytes, "two");
  EXPECT_EQ(makeBundle(folder, "a/*.wav"), "");
  EXPECT_EQ(makeBundle(folder, "none/*.wav"), "");
}

TEST_F(ReadersTest, ParsedRowsAreKeptAndChecked) {
  DatasetEntry speech = entry("speech");
  RawData raw = loadRawData(speech);
  fs::remove(parsedCachePath(speech));
  EXPECT_FALSE(loadParsed(speech));
  storeParsed(speech, raw);
  auto kept = loadParsed(speech);
  ASSERT_TRUE(kept);
  EXPECT_TRUE(kept->pooled);
  EXPECT_TRUE(kept->train.inputs.equal(raw.train.inputs));
  EXPECT_TRUE(kept->train.groups.equal(raw.train.groups));
  EXPECT_FALSE(kept->validation.inputs.defined());
  // Other options are another file.
  DatasetEntry other = speech;
  other.source["options"]["hop"] = 32;
  EXPECT_NE(parsedCachePath(other), parsedCachePath(speech));
  // A damaged file is not used.
  std::string bytes = readFileBytes(parsedCachePath(speech));
  kept.reset();
  for (size_t at : {size_t(3), size_t(20), bytes.size() - 1}) {
    std::string damaged = bytes;
    damaged[at] ^= 0x40;
    writeFileAtomically(parsedCachePath(speech), damaged);
    EXPECT_FALSE(loadParsed(speech)) << at;
    writeFileAtomically(parsedCachePath(speech), bytes.substr(0, at));
    EXPECT_FALSE(loadParsed(speech)) << at;
  }
  EXPECT_TRUE(loadRawData(speech).train.inputs.equal(raw.train.inputs));
}
