//===- TestFolder.h - A folder of its own for each test ---------*- C++ -*-===//
//
// Tests of readers, stores and commands need files and environment variables;
// both go away with the test.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_TEST_RUNTIME_TESTFOLDER_H
#define DYNFAULT_TEST_RUNTIME_TESTFOLDER_H

#include "runtime/data/FileBytes.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <map>
#include <optional>

namespace dynfault {

/// A test with a folder `folder` that is removed afterwards, and environment
/// variables that are put back.
class FolderTest : public ::testing::Test {
protected:
  FolderTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "dynfault-test-XXXXXX")
            .string();
    if (!::mkdtemp(pattern.data()))
      throw std::runtime_error("cannot make " + pattern);
    folder = pattern;
  }

  ~FolderTest() override {
    for (const auto &[name, value] : before)
      if (value)
        ::setenv(name.c_str(), value->c_str(), 1);
      else
        ::unsetenv(name.c_str());
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  void setEnvironment(const std::string &name, const std::string &value) {
    const char *old = std::getenv(name.c_str());
    before.emplace(name, old ? std::optional<std::string>(old) : std::nullopt);
    ::setenv(name.c_str(), value.c_str(), 1);
  }

  /// Writes `bytes` to `name` in the folder (sub-folders are made).
  std::string write(const std::string &name, const std::string &bytes) {
    std::filesystem::path path = folder / name;
    std::filesystem::create_directories(path.parent_path());
    writeFileAtomically(path, bytes);
    return path.string();
  }

  std::filesystem::path folder;

private:
  std::map<std::string, std::optional<std::string>> before;
};

/// The message of the exception that `body` throws; empty if it throws none.
template <typename Body>
std::string errorOf(Body body) {
  try {
    body();
  } catch (const std::exception &error) {
    return error.what();
  }
  return "";
}

inline bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

} // namespace dynfault

/// Expects `text` to be one line that contains `part`.
#define EXPECT_ONE_LINE_WITH(text, part)                                       \
  do {                                                                         \
    std::string oneLine = (text);                                              \
    EXPECT_TRUE(::dynfault::contains(oneLine, part)) << oneLine;               \
    EXPECT_EQ(oneLine.find('\n'), std::string::npos) << oneLine;               \
  } while (false)

#endif // DYNFAULT_TEST_RUNTIME_TESTFOLDER_H
