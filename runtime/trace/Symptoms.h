//===- Symptoms.h - What established techniques look for --------*- C++ -*-===//
//
// AutoTrainer (ICSE 2021), DeepDiagnosis (ICSE 2022), DeepFD (ICSE 2022) and
// DEFault (2025) judge a training by yes-or-no symptoms, each from a few series
// and a threshold. They are computed here from what a run recorded, so that
// nothing has to watch the training, and thresholds can be checked on series
// made by hand. docs/probes.md, "Symptoms", lists all with their sources.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRACE_SYMPTOMS_H
#define DYNFAULT_RUNTIME_TRACE_SYMPTOMS_H

#include "runtime/trace/Trace.h"

namespace dynfault {

/// One series `baseline/symptom_NAME` per symptom, with a sample (1: present,
/// 0: not; shares in between) at the last step of each epoch, the last epoch's
/// begun steps included. A symptom has no sample in an epoch in which what it
/// looks at was not recorded, or which has too few epochs before it, and no
/// series if it has no sample. `stepsPerEpoch` must be positive.
std::vector<TraceSignal> deriveSymptoms(const std::vector<TraceSignal> &signals,
                                        int64_t stepsPerEpoch);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRACE_SYMPTOMS_H
