//===- Closing.h - How far the gap can be closed ----------------*- C++ -*-===//
//
// A method that lowers both scores closes the gap as well, so the score that is
// kept stands beside the gap that is closed.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_STUDY_CLOSING_H
#define DYNFAULT_STUDY_STUDY_CLOSING_H

#include "tools/dynfault-study/study/Study.h"

namespace dynfault::study {

/// Every method on the main feature set of one task, within and held-out.
/// Parameters are chosen inside the training parts, by programs left out in
/// them; nothing is chosen by a held-out score, and no best method is named.
class Closing {
public:
  Closing(TaskStudy &study, const StudyOptions &options, Plan &plan);

  /// `within` and `heldOut` are the plain model's scores.
  Json json(const TaskStudy &study, const StudyOptions &options,
            const Plan &plan, const ClusterBootstrap &bootstrap,
            const ScoreCard &within, const ScoreCard &heldOut) const;

private:
  struct Method {
    std::string name;
    /// What it must know of the unseen program: nothing, clean-runs (an
    /// inductive claim), unlabelled-runs (a transductive one).
    std::string needs;
    size_t within, heldOut;
  };
  std::vector<Method> methods;
  std::vector<std::pair<std::string, std::string>> excluded;
};

} // namespace dynfault::study

#endif
