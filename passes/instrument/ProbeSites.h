//===- ProbeSites.h - Where and when probes record --------------*- C++ -*-===//
//
// All probe passes choose places by the same rules: names, patterns, and the
// attribute `dynfault.probe` in the program itself.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_INSTRUMENT_PROBESITES_H
#define DYNFAULT_PASSES_INSTRUMENT_PROBESITES_H

#include "passes/program/Program.h"
#include "llvm/Support/GlobPattern.h"

namespace dynfault::instrument {

/// When a probe records, in training steps and epochs (ProbeOpInterface).
struct ProbeSchedule {
  int64_t every = 0, warmUp = 0, epochs = 0;

  /// The schedule that a pass's options ask for. Where `samples` is not 0 and
  /// the program says how long it trains, `every` is such that about so many
  /// samples are spread over the training, and at least `minEvery`. Reports,
  /// for `pass`, a negative number.
  static mlir::FailureOr<ProbeSchedule>
  create(const program::Program &program, llvm::StringRef pass,
         ProbeSchedule given, int64_t samples, int64_t minEvery);
};

/// Places that could be probed, and the choice among them. `dynfault.probe`
/// says of a place: probe it (a unit attribute, `true`), never (`false`), or
/// probe it with a schedule of its own (a dictionary).
class ProbeSites {
public:
  /// Reports a text that is no pattern.
  static mlir::FailureOr<ProbeSites>
  create(mlir::ModuleOp module, llvm::StringRef pass,
         llvm::ArrayRef<std::string> patterns);

  /// Tells of a place that could be probed.
  void add(llvm::StringRef site, mlir::Operation *op);

  /// The places to probe. Never one that is marked `false`. Of the others,
  /// those that match a pattern; without patterns those that are marked;
  /// without marks all. Reports patterns that match no place.
  mlir::FailureOr<llvm::SmallVector<mlir::Operation *>>
  choose(llvm::StringRef what);

  /// The chosen parameters' names; null: all parameters.
  static mlir::FailureOr<mlir::ArrayAttr>
  chooseParameters(const program::Program &program, llvm::StringRef pass,
                   llvm::ArrayRef<std::string> patterns);

  /// `schedule`, with what the operation's mark says instead.
  static ProbeSchedule scheduleOf(mlir::Operation *op, ProbeSchedule schedule);

private:
  struct Place {
    std::string site;
    mlir::Operation *op;
  };

  mlir::ModuleOp module;
  llvm::StringRef pass;
  std::vector<std::string> texts;
  std::vector<llvm::GlobPattern> patterns;
  std::vector<Place> places;
};

} // namespace dynfault::instrument

#endif // DYNFAULT_PASSES_INSTRUMENT_PROBESITES_H
