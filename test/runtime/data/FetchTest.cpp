//===- FetchTest.cpp - Tests of fetching from packages ----------*- C++ -*-===//
//
// A real package, built here, and an `apt-get` that hands it out: everything
// but the network.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/Fetch.h"

#include "runtime/data/Sha256.h"
#include "runtime/data/Subprocess.h"
#include "test/runtime/TestFolder.h"

using namespace dynfault;
namespace fs = std::filesystem;

namespace {

class FetchTest : public FolderTest {
protected:
  void SetUp() override {
    setEnvironment("DYNFAULT_DATA_DIR", (folder / "data").string());
    write("tree/DEBIAN/control",
          "Package: some-data\nVersion: 2\nArchitecture: all\n"
          "Maintainer: nobody <nobody@example.org>\nDescription: data\n");
    write("tree/opt/dynfault-test/a.csv", "1,2\n");
    write("tree/opt/dynfault-test/b.csv", "3,4\n");
    SubprocessResult built = runSubprocess(
        {"dpkg-deb", "--root-owner-group", "-b", "tree", "offered.deb"},
        folder);
    ASSERT_EQ(built.status, 0) << built.output;
    offer("*");
    std::string path = std::getenv("PATH");
    setEnvironment("PATH", (folder / "bin").string() + ":" + path);
    entry.name = "mine";
    entry.package = "some-data";
    entry.version = "1";
    for (const char *name : {"a.csv", "b.csv"}) {
      std::string file = std::string("opt/dynfault-test/") + name;
      entry.files.push_back(
          {file, sha256(readFileBytes(folder / "tree" / file))});
    }
  }

  /// Makes an `apt-get` that knows packages that match the shell pattern, and
  /// notes each call.
  void offer(const std::string &pattern) {
    write("bin/apt-get", "#!/bin/sh\n"
                         "echo \"$@\" >> " +
                             (folder / "calls").string() +
                             "\n"
                             "for last; do :; done\n"
                             "case $last in " +
                             pattern + ") cp " +
                             (folder / "offered.deb").string() +
                             " . ;; *) echo \"E: no $last\" >&2; exit 100 ;; "
                             "esac\n");
    fs::permissions(folder / "bin/apt-get", fs::perms::owner_all);
  }

  std::string calls() {
    return fs::exists(folder / "calls") ? readFileBytes(folder / "calls") : "";
  }

  void fetch() {
    fetchDatasets({entry},
                  [&](const std::string &line) { log += line + "\n"; });
  }

  /// Everything in the data folder.
  size_t countFiles() {
    size_t count = 0;
    if (fs::exists(folder / "data"))
      for (const auto &file : fs::recursive_directory_iterator(folder / "data"))
        count += file.is_regular_file();
    return count;
  }

  DatasetEntry entry;
  std::string log;
};

} // namespace

TEST_F(FetchTest, FetchesVerifiesAndSkipsWhatIsThere) {
  EXPECT_FALSE(isFetched(entry));
  fetch();
  EXPECT_TRUE(isFetched(entry));
  EXPECT_EQ(readFileBytes(folder / "data/mine/b.csv"), "3,4\n");
  EXPECT_EQ(countFiles(), 2u);
  EXPECT_TRUE(contains(calls(), "download some-data=1\n")) << calls();
  std::string before = calls();
  fetch();
  EXPECT_EQ(calls(), before);
  EXPECT_TRUE(contains(log, "mine: already there")) << log;
}

TEST_F(FetchTest, FallsBackToTheVersionThatIsOffered) {
  offer("some-data");
  fetch();
  EXPECT_TRUE(isFetched(entry));
  EXPECT_TRUE(contains(calls(), "download some-data\n")) << calls();
}

TEST_F(FetchTest, RepairsDamagedFilesOnly) {
  fetch();
  auto untouched = fs::last_write_time(folder / "data/mine/a.csv");
  write("data/mine/b.csv", "damaged");
  EXPECT_EQ(checkDataFile(entry, entry.files[1]), FileState::Changed);
  fetch();
  EXPECT_TRUE(isFetched(entry));
  EXPECT_EQ(fs::last_write_time(folder / "data/mine/a.csv"), untouched);
}

TEST_F(FetchTest, OtherContentsAreRefused) {
  entry.files[1].sha256 = sha256("something else");
  EXPECT_ONE_LINE_WITH(
      errorOf([&] { fetch(); }),
      "holds no 'opt/dynfault-test/b.csv' with the expected contents");
  EXPECT_FALSE(fs::exists(folder / "data/mine/b.csv"));
}

TEST_F(FetchTest, UnknownPackageSaysWhatToDo) {
  offer("nothing");
  std::string error = errorOf([&] { fetch(); });
  EXPECT_ONE_LINE_WITH(error, "cannot download the Debian package 'some-data' "
                              "(E: no some-data); run 'apt-get update'");
  EXPECT_EQ(countFiles(), 0u);
}

TEST_F(FetchTest, CopiesFromAnInstalledPackage) {
  // The data set's file path, taken from the root folder, is this one.
  entry.files = {
      {(folder / "tree/opt/dynfault-test/a.csv").relative_path().string(),
       entry.files[0].sha256}};
  fetch();
  EXPECT_TRUE(isFetched(entry));
  EXPECT_EQ(calls(), "");
}

TEST_F(FetchTest, DownloadsAPackageOnce) {
  DatasetEntry other = entry;
  other.name = "other";
  std::vector<DatasetEntry> both = {entry, other};
  fetchDatasets(both, [](const std::string &) {});
  EXPECT_TRUE(isFetched(other));
  std::string all = calls();
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 1);
}

TEST_F(FetchTest, UnwritableDataFolderSaysWhatToDo) {
  write("file", "");
  setEnvironment("DYNFAULT_DATA_DIR", (folder / "file/data").string());
  EXPECT_ONE_LINE_WITH(errorOf([&] { fetch(); }),
                       "set DYNFAULT_DATA_DIR to a folder that you can write");
}

TEST_F(FetchTest, SubprocessReportsStatusAndOutput) {
  SubprocessResult result =
      runSubprocess({"sh", "-c", "echo out; echo err >&2; exit 3"}, folder);
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.output, "out\nerr\n");
  EXPECT_EQ(result.lastLine(), "err");
  EXPECT_EQ(runSubprocess({"sh", "-c", "kill -9 $$"}, folder).status, 137);
  EXPECT_EQ(runSubprocess({"no-such-program"}, folder).status, 127);
}
