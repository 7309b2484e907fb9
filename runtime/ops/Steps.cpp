//===- Steps.cpp - begin_step and end_step --------------------------------===//
//
// The brackets of a training step. Outside of them probes record nothing, so
// that the same forward can serve validation.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"

using namespace dynfault;

void dynfault::beginStep(const RecorderPtr &recorder, int64_t step) {
  recorder->beginStep(step);
}

void dynfault::endStep(const RecorderPtr &recorder) { recorder->endStep(); }
