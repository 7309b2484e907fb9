//===- SyntheticCorpus.h - Corpora with a known answer ----------*- C++ -*-===//
//
// For tests only. A real corpus does not say what a diagnosis can reach; these
// are built so that theory does.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_TEST_STUDY_SYNTHETICCORPUS_H
#define DYNFAULT_TEST_STUDY_SYNTHETICCORPUS_H

#include <cstdint>
#include <string>

namespace dynfault::study {

struct SyntheticOptions {
  int programs = 6;
  int mutantsPerClass = 3; ///< Per program, all killed.
  int seeds = 4;
  /// Shift of a class's own column, in noise standard deviations: the same for
  /// all programs, so it is known for an unseen one.
  double sharedSignal = 0;
  /// Shift of a column that only one program and class has: it separates the
  /// classes of a seen program and says nothing of an unseen one.
  double programSignal = 0;
  /// Gives the early window the shared signal too, with noise of its own;
  /// otherwise all of its values are 7.
  bool earlySignal = false;
  int noiseColumns = 6;
  /// Adds a column that is the number of the program.
  bool programIdentity = false;
  /// Leaves out curvature, optimizer and activation columns.
  bool baselineOnly = false;
  /// Value of `killed` of the mutants: 1, 0, or -1 for NULL.
  int killed = 1;
  /// Adds the rows that a study leaves out: a surviving, an untested and a
  /// failing mutant for each program.
  bool withLeftOut = false;
  /// Number of the first program, so that two corpora can be disjoint.
  int firstProgram = 0;
  uint64_t seed = 1;
};

/// Writes a corpus (docs/corpus.md) with the clean program and mutants of the
/// four classes. Overwrites `path`.
void writeSyntheticCorpus(const std::string &path,
                          const SyntheticOptions &options);

/// A path in a folder of this test process that is removed at exit.
std::string temporaryPath(const std::string &name);

} // namespace dynfault::study

#endif
