//===- FileBytesTest.cpp - Tests of file access and hashing -----*- C++ -*-===//

#include "runtime/data/FileBytes.h"

#include "runtime/data/Sha256.h"
#include "test/runtime/TestFolder.h"

#include <random>
#include <zlib.h>

using namespace dynfault;

namespace {

class FileBytesTest : public FolderTest {
protected:
  std::string gzip(const std::string &bytes) {
    std::string path = (folder / "packed.gz").string();
    gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, bytes.data(), bytes.size());
    gzclose(file);
    return readFileBytes(path);
  }

  std::string randomBytes(size_t size, uint64_t seed) {
    std::mt19937_64 engine(seed);
    std::string bytes;
    for (size_t i = 0; i < size; ++i)
      bytes += char(engine() % 7);
    return bytes;
  }
};

} // namespace

TEST_F(FileBytesTest, UnpacksWhatZlibPacked) {
  for (size_t size : {0, 1, 1000, 3000000}) {
    std::string bytes = randomBytes(size, size);
    EXPECT_EQ(gunzipIfPacked(gzip(bytes), "x"), bytes);
    EXPECT_EQ(gunzipIfPacked(gzip(bytes) + gzip("tail"), "x"), bytes + "tail");
  }
}

TEST_F(FileBytesTest, LeavesOtherBytesAlone) {
  for (std::string bytes : {"", "\x1f", "plain text", "\x1f\x8a"})
    EXPECT_EQ(gunzipIfPacked(bytes, "x"), bytes);
}

TEST_F(FileBytesTest, SaysWhatIsWrongWithAGzipStream) {
  std::string packed = gzip(randomBytes(100000, 1));
  for (size_t length :
       {size_t(2), size_t(9), packed.size() / 2, packed.size() - 1})
    EXPECT_ONE_LINE_WITH(
        errorOf([&] { gunzipIfPacked(packed.substr(0, length), "d.gz"); }),
        "d.gz: the gzip stream is truncated");
  std::string damaged = packed;
  damaged[packed.size() - 6] ^= 1; // In the checksum.
  EXPECT_ONE_LINE_WITH(errorOf([&] { gunzipIfPacked(damaged, "d.gz"); }),
                       "d.gz: the gzip stream is damaged");
}

TEST_F(FileBytesTest, NamesTheFileThatCannotBeRead) {
  EXPECT_ONE_LINE_WITH(errorOf([&] { readFileBytes(folder / "none"); }),
                       "none: cannot read: No such file or directory");
  EXPECT_ONE_LINE_WITH(errorOf([&] { readFileBytes(folder); }), "is a folder");
  EXPECT_EQ(readFileBytes(write("empty", "")), "");
}

TEST_F(FileBytesTest, FailedWriteLeavesNothing) {
  std::filesystem::create_directories(folder / "taken" / "by a folder");
  EXPECT_ONE_LINE_WITH(
      errorOf([&] { writeFileAtomically(folder / "taken", "x"); }),
      "taken: cannot write");
  EXPECT_ONE_LINE_WITH(
      errorOf([&] { writeFileAtomically(folder / "none" / "x", "x"); }),
      "none/x: cannot write: No such file or directory");
  int64_t entries = 0;
  for (const auto &entry : std::filesystem::directory_iterator(folder))
    entries += entry.path().filename() != "taken";
  EXPECT_EQ(entries, 0);
}

TEST_F(FileBytesTest, HashesAsFips180Says) {
  // The examples of FIPS 180-4.
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223"
                           "b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb924"
                        "27ae41e4649b934ca495991b7852b855");
}
