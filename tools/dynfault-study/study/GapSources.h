//===- GapSources.h - Where the gap comes from ------------------*- C++ -*-===//
//
// Each is an experiment whose answer would be another if the models learned
// programs rather than faults.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_STUDY_GAPSOURCES_H
#define DYNFAULT_STUDY_STUDY_GAPSOURCES_H

#include "tools/dynfault-study/study/Study.h"

namespace dynfault::study {

/// The experiments on the main feature set of one task:
///  - identity: the program is predicted from the features (ridge, folds over
///    mutants), raw and centred by program;
///  - variance: each feature's share of variance between programs;
///  - centred: the gap after each program's mean is taken off;
///  - permutation: labels permuted within each program, among runs and among
///    mutants, and among the runs of all programs, the whole pipeline;
///  - learning curve: held-out score over the number of training programs;
///  - thresholds: labels made with halved and doubled limits, and for
///    train/validation mismatch with calibrated ones.
class GapSources {
public:
  GapSources(TaskStudy &study, const FeatureTable &table,
             const StudyOptions &options, Plan &plan);

  Json json(const TaskStudy &study, const StudyOptions &options,
            const Plan &plan, const ClusterBootstrap &bootstrap) const;

private:
  void planIdentity(TaskStudy &study, const StudyOptions &options, Plan &plan);
  void planPermutations(TaskStudy &study, const StudyOptions &options,
                        Plan &plan);
  void planCurve(TaskStudy &study, const StudyOptions &options, Plan &plan);
  void planThresholds(TaskStudy &study, const FeatureTable &table,
                      const StudyOptions &options, Plan &plan);

  struct Identity {
    std::string name;
    size_t experiment;
  };
  std::vector<Identity> identity;
  size_t centredWithin = 0, centredHeldOut = 0;
  /// Labels permuted in one way, and a protocol's experiment on them per arm.
  struct Permutation {
    std::vector<int> labels;
    std::vector<std::pair<const char *, size_t>> arms;
  };
  struct PermutationKind {
    const char *name; ///< In study.json.
    std::vector<Permutation> draws;
  };
  std::vector<PermutationKind> permutations;
  struct CurvePoint {
    int programs, draw;
    size_t experiment;
  };
  std::vector<CurvePoint> curve;
  struct ThresholdPoint {
    std::string name;
    const TaskData *data; ///< Null where the labels leave a class out.
    std::string reason;
    size_t within, heldOut;
  };
  std::vector<ThresholdPoint> thresholds;
};

} // namespace dynfault::study

#endif
