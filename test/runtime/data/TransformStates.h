//===- TransformStates.h - Random data for tests of transforms --*- C++ -*-===//
#ifndef DYNFAULT_TEST_RUNTIME_DATA_TRANSFORMSTATES_H
#define DYNFAULT_TEST_RUNTIME_DATA_TRANSFORMSTATES_H

#include "runtime/data/Transforms.h"

#include "test/runtime/TestFolder.h"

namespace dynfault {

inline TransformSpec spec(const std::string &text) {
  JsonField json = JsonField::parse(text, "p.pt: program.json");
  return {json.at("kind").asString(), json};
}

/// 400 training and 50 validation rows of shape [2, 3]; class 0 is the most
/// frequent one.
inline TransformState randomState(uint64_t seed, bool classification,
                                  int64_t classes = 3) {
  at::manual_seed(seed);
  TransformState state;
  state.classification = classification;
  state.classes = classification ? classes : 0;
  auto rows = [&](int64_t count, at::Tensor &inputs, at::Tensor &targets) {
    inputs = at::randn({count, 2, 3}, at::kDouble) * 7 + 3;
    targets = classification
                  // Squaring makes class 0 the most frequent one.
                  ? (at::rand({count}, at::kDouble).square() * classes).floor()
                  : at::randn({count}, at::kDouble) * 4 - 1;
  };
  rows(400, state.data.trainInputs, state.data.trainTargets);
  rows(50, state.data.validationInputs, state.data.validationTargets);
  return state;
}

inline TransformState copyOf(const TransformState &state) {
  TransformState copy = state;
  for (at::Tensor *tensor :
       {&copy.data.trainInputs, &copy.data.trainTargets,
        &copy.data.validationInputs, &copy.data.validationTargets})
    *tensor = tensor->clone();
  return copy;
}

} // namespace dynfault

#endif // DYNFAULT_TEST_RUNTIME_DATA_TRANSFORMSTATES_H
