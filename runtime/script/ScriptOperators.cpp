//===- ScriptOperators.cpp - The loop's operators for Python --------------===//
//
// `record_step` takes the state and the parameter groups of a Python optimizer
// as they are. Their values have many types, which only an operator on the
// interpreter's stack can take.
//
//===----------------------------------------------------------------------===//
#include "runtime/script/TrainingLoop.h"

#include <torch/csrc/jit/runtime/custom_operator.h>
#include <torch/script.h>

using namespace dynfault;

namespace {

using Dictionary = c10::impl::GenericDict;

/// The tensor of that name; undefined where there is none, or it is None.
at::Tensor tensorIn(const Dictionary &state, const char *name) {
  auto entry = state.find(name);
  if (entry == state.end() || !entry->value().isTensor())
    return {};
  return entry->value().toTensor();
}

double numberIn(const Dictionary &dictionary, const char *name) {
  auto entry = dictionary.find(name);
  if (entry == dictionary.end())
    return 0;
  const c10::IValue &value = entry->value();
  if (value.isTensor())
    return value.toTensor().item<double>();
  return value.isScalar() ? value.toScalar().to<double>() : 0;
}

/// The optimizer by what it remembers of a parameter (torch.optim).
const char *kindOf(const Dictionary &state) {
  if (state.contains("exp_inf"))
    return "adamax";
  if (state.contains("mu_product"))
    return "nadam";
  if (state.contains("exp_avg_sq"))
    return "adam";
  return "";
}

void readState(const Dictionary &state, OptimizerState &result) {
  at::Tensor first = tensorIn(state, "exp_avg"), second;
  if (!first.defined())
    first = tensorIn(state, "momentum_buffer");
  for (const char *name : {"exp_avg_sq", "exp_inf", "square_avg", "sum"})
    if (!second.defined())
      second = tensorIn(state, name);
  result.firstMoments.push_back(first);
  result.secondMoments.push_back(second);
  result.kind = kindOf(state);
  result.updates = static_cast<int64_t>(numberIn(state, "step"));
}

void readGroup(const Dictionary &group, OptimizerState &result) {
  auto betas = group.find("betas");
  if (betas != group.end() && betas->value().isTuple()) {
    const auto &pair = betas->value().toTupleRef().elements();
    result.beta1 = pair[0].toDouble();
    result.beta2 = pair[1].toDouble();
  }
  result.momentumDecay = numberIn(group, "momentum_decay");
}

void recordPythonStep(torch::jit::Stack &stack) {
  c10::List<c10::IValue> groups = torch::jit::pop(stack).toList();
  Dictionary states = torch::jit::pop(stack).toGenericDict();
  at::Tensor loss = torch::jit::pop(stack).toTensor();
  auto recorder = torch::jit::pop(stack).toCustomClass<Recorder>();
  TensorList parameters;
  OptimizerState result;
  // Reading the optimizer's own counters is for sampled steps only.
  if (recorder->sampled(recorder->forwardStep.schedule)) {
    for (const c10::IValue &group : groups)
      readGroup(group.toGenericDict(), result);
    for (const auto &entry : states) {
      parameters.push_back(entry.key().toTensor());
      readState(entry.value().toGenericDict(), result);
    }
  }
  recordStep(recorder, loss, parameters, result);
}

torch::jit::RegisterOperators registerRecordStep({torch::jit::Operator(
    "dynfault::record_step(__torch__.torch.classes.dynfault.Recorder r, Tensor "
    "loss, Dict(Tensor, Dict(str, Any)) state, Dict(str, Any)[] param_groups) "
    "-> ()",
    recordPythonStep, c10::AliasAnalysisKind::CONSERVATIVE)});

} // namespace

TORCH_LIBRARY_FRAGMENT(dynfault, m) {
  const std::string recorder = "__torch__.torch.classes.dynfault.Recorder r, ";
  m.def(
      torch::schema(
          ("record_value(" + recorder + "str name, float value) -> ()").c_str(),
          c10::AliasAnalysisKind::CONSERVATIVE),
      +[](const RecorderPtr &r, std::string name, double value) {
        recordValue(r, name, value);
      });
  m.def(
      torch::schema(("write_trace(" + recorder +
                     "str archive, str corpus, int seed) -> ()")
                        .c_str(),
                    c10::AliasAnalysisKind::CONSERVATIVE),
      +[](const RecorderPtr &r, std::string archive, std::string corpus,
          int64_t seed) { writeTrace(r, archive, corpus, seed); });
}
