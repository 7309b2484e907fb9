//===- TestArchive.h - Small programs and data for tests --------*- C++ -*-===//
//
// Archives as dynfault-opt writes them (docs/archive.md) and data sets that
// need no download, so that tests exercise the real training loop and the real
// command.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_TEST_RUNTIME_TRAIN_TESTARCHIVE_H
#define DYNFAULT_TEST_RUNTIME_TRAIN_TESTARCHIVE_H

#include "test/runtime/TestFolder.h"

#include <nlohmann/json.hpp>

namespace dynfault {

/// What sets one test archive apart from another.
struct ArchiveOptions {
  std::string name = "points_net";
  /// All probes but curvature in every step, curvature in every second one.
  bool probes = false;
  double lr = 0.05;
  int64_t epochs = 3;
  int64_t batchSize = 16;
  bool shuffle = true;
  /// A TorchScript statement at the end of `training_step`. It may call
  /// `dynfault_test.crash()`, `.hang()`, `.vanish()` (SIGKILL), which exist in
  /// the test binary only.
  std::string statement = "pass";
  /// Source of one method to leave out.
  std::string withoutMethod;
  /// Changes to program.json (JSON merge patch, RFC 7396).
  nlohmann::json patch = nlohmann::json::object();
  bool withProgramJson = true;
};

/// A `faults` list with one fault, for `patch`.
nlohmann::json oneFault(const std::string &operatorId, const std::string &site,
                        nlohmann::json parameters);

/// A test with the data sets `points` (classification: 300 rows, 4 inputs, 3
/// well separated classes) and `line` (regression: 200 rows, 3 inputs, float64
/// exact linear function plus noise).
class ArchiveTest : public FolderTest {
protected:
  ArchiveTest();

  /// linear(4, 8) - BatchNorm - relu - dropout(.2) - linear(8, 3), cross
  /// entropy, SGD with momentum .9, on `points` (200 + 100 rows). \returns the
  /// path.
  std::string writePointsNet(const std::string &file,
                             const ArchiveOptions &options = {});

  /// x w + b in float64, starting at zero, mean squared error, plain SGD, on
  /// `line` (150 + 50 rows).
  std::string writeLineNet(const std::string &file,
                           const ArchiveOptions &options = {});

private:
  void addDataset(nlohmann::json &catalogue, const std::string &name,
                  const std::string &task, int64_t classes,
                  const std::string &text, int64_t rows);
};

} // namespace dynfault

#endif // DYNFAULT_TEST_RUNTIME_TRAIN_TESTARCHIVE_H
