//===- OutVariant.cpp - Operators that write into given memory ------------===//
//
// Found by schema, not by a list of names: overloads are called `out`,
// `IntList_out` or `grad_input`, and each release has more of them.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/OutVariant.h"

#include <torch/csrc/jit/runtime/operator.h>

#include <algorithm>

using namespace dynfault;

static bool takesTheSame(const c10::FunctionSchema &plain,
                         const c10::FunctionSchema &out, size_t results) {
  const auto &given = plain.arguments(), &taken = out.arguments();
  if (taken.size() != given.size() + results || out.returns().size() != results)
    return false;
  bool same = std::equal(given.begin(), given.end(), taken.begin(),
                         [](const c10::Argument &a, const c10::Argument &b) {
                           return a.name() == b.name() &&
                                  *a.type() == *b.type() && !a.alias_info() &&
                                  !b.alias_info();
                         });
  auto isWritten = [](const c10::Argument &argument) {
    return argument.alias_info() && argument.alias_info()->isWrite() &&
           *argument.type() == *c10::TensorType::get();
  };
  return same &&
         std::all_of(taken.begin() + given.size(), taken.end(), isWritten);
}

c10::optional<c10::OperatorHandle>
dynfault::findOutVariant(const c10::OperatorHandle &op, size_t results) {
  const c10::OperatorName &name = op.operator_name();
  for (const auto &overload :
       torch::jit::getAllOperatorsFor(c10::Symbol::fromQualString(name.name))) {
    if (!takesTheSame(op.schema(), overload->schema(), results))
      continue;
    auto out = c10::Dispatcher::singleton().findSchema(
        overload->schema().operator_name());
    if (out && out->hasKernelForDispatchKey(c10::DispatchKey::CPU))
      return out;
  }
  return c10::nullopt;
}
