//===- ProbeOperators.cpp - The probes as operators -----------------------===//
//
// Most steps are not sampled. To take the arguments of a dispatched operator
// apart, lists of tensors and of names among them, costs a small program more
// than all else that a probe does in such a step. So probes are operators on
// the interpreter's stack, and read the recorder and the schedule only before
// they know that they are to record.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/ProbeOperators.h"

#include "runtime/ops/Operators.h"

#include <torch/script.h>

#include <algorithm>

using namespace dynfault;
namespace jit = torch::jit;

using Arguments = at::ArrayRef<c10::IValue>;

static RecorderPtr toRecorder(const c10::IValue &value) {
  // As toCustomClass does it, but without a look into the table of classes.
  c10::intrusive_ptr<torch::CustomClassHolder> holder;
  if (value.isObject() && value.toObjectRef().slots().size() == 1 &&
      value.toObjectRef().getSlot(0).isCapsule())
    holder = value.toObjectRef().getSlot(0).toCapsule();
  TORCH_CHECK(dynamic_cast<Recorder *>(holder.get()),
              "dynfault: a probe's first argument must be a Recorder, not ",
              value.tagKind());
  return c10::static_intrusive_pointer_cast<Recorder>(std::move(holder));
}

/// The three numbers of a schedule, which every probe has.
static ProbeSchedule toSchedule(Arguments numbers) {
  return {numbers[0].toInt(), numbers[1].toInt(), numbers[2].toInt()};
}

static std::vector<std::string> toStrings(const c10::IValue &value) {
  std::vector<std::string> result;
  for (const c10::IValue &entry : value.toListRef())
    result.push_back(entry.toStringRef());
  return result;
}

static void beginStepOnStack(jit::Stack &stack) {
  Arguments arguments = jit::last(stack, 2);
  beginStep(toRecorder(arguments[0]), arguments[1].toInt());
  jit::drop(stack, 2);
}

static void endStepOnStack(jit::Stack &stack) {
  endStep(toRecorder(jit::last(stack, 1)[0]));
  jit::drop(stack, 1);
}

static void beginForwardOnStack(jit::Stack &stack) {
  Arguments arguments = jit::last(stack, 7);
  RecorderPtr recorder = toRecorder(arguments[0]);
  if (arguments[1].toBool() && recorder->stepsAtForward())
    recorder->beginForward(arguments[2].toTensorVector(),
                           toStrings(arguments[3]),
                           toSchedule(arguments.slice(4, 3)));
  jit::drop(stack, 7);
}

static void recordActivationOnStack(jit::Stack &stack) {
  Arguments arguments = jit::last(stack, 8);
  RecorderPtr recorder = toRecorder(arguments[0]);
  ProbeSchedule schedule = toSchedule(arguments.slice(4, 3));
  at::Tensor x = arguments[1].toTensor();
  if (recorder->sampled(schedule))
    recordActivation(recorder, x, arguments[2].toStringRef(),
                     arguments[3].toStringRef(), schedule,
                     arguments[7].toInt());
  jit::drop(stack, 8);
  jit::push(stack, std::move(x));
}

static void recordGradientsOnStack(jit::Stack &stack) {
  Arguments arguments = jit::last(stack, 6);
  RecorderPtr recorder = toRecorder(arguments[0]);
  ProbeSchedule schedule = toSchedule(arguments.slice(3, 3));
  if (recorder->sampled(schedule))
    recordGradients(recorder, arguments[1].toTensorVector(),
                    toStrings(arguments[2]), schedule);
  jit::drop(stack, 6);
}

/// snapshot_gradients and snapshot_parameters.
template <void (*snapshot)(const RecorderPtr &, const TensorList &,
                           const ProbeSchedule &)>
static void snapshotOnStack(jit::Stack &stack) {
  Arguments arguments = jit::last(stack, 5);
  RecorderPtr recorder = toRecorder(arguments[0]);
  ProbeSchedule schedule = toSchedule(arguments.slice(2, 3));
  if (recorder->sampled(schedule))
    snapshot(recorder, arguments[1].toTensorVector(), schedule);
  jit::drop(stack, 5);
}

static OptimizerState toOptimizerState(Arguments arguments) {
  OptimizerState state;
  state.firstMoments = arguments[0].toTensorVector();
  state.secondMoments = arguments[1].toTensorVector();
  state.kind = arguments[2].toStringRef();
  for (int64_t count : arguments[3].toIntVector())
    state.updates = std::max(state.updates, count);
  state.beta1 = arguments[4].toDouble();
  state.beta2 = arguments[5].toDouble();
  state.momentumDecay = arguments[6].toDouble();
  return state;
}

static void recordOptimizerOnStack(jit::Stack &stack) {
  Arguments arguments = jit::last(stack, 13);
  RecorderPtr recorder = toRecorder(arguments[0]);
  ProbeSchedule schedule = toSchedule(arguments.slice(10, 3));
  if (recorder->sampled(schedule))
    recordOptimizer(recorder, arguments[1].toTensorVector(),
                    toStrings(arguments[2]),
                    toOptimizerState(arguments.slice(3, 7)), schedule);
  jit::drop(stack, 13);
}

std::vector<c10::optional<jit::Operator>> dynfault::probeOperators() {
  std::vector<c10::optional<jit::Operator>> result;
  auto define = [&](const std::string &name, const std::string &arguments,
                    const std::string &end, void (*operation)(jit::Stack &)) {
    result.emplace_back(jit::Operator(
        "dynfault::" + name + "(__torch__.torch.classes.dynfault.Recorder r" +
            arguments + end,
        operation, c10::AliasAnalysisKind::CONSERVATIVE));
  };
  define("begin_step", ", int step", ") -> ()", beginStepOnStack);
  define("end_step", "", ") -> ()", endStepOnStack);
  // A schedule is three numbers at the end, of which only the first is needed.
  const std::string schedule = ", int every, int warm_up=0, int epochs=0";
  define("begin_forward",
         ", bool training, Tensor[] parameters, str[] names" + schedule,
         ") -> ()", beginForwardOnStack);
  define("record_activation", ", Tensor x, str site, str kind" + schedule,
         ", int unit_dim=0) -> Tensor", recordActivationOnStack);
  define("record_gradients", ", Tensor[] parameters, str[] names" + schedule,
         ") -> ()", recordGradientsOnStack);
  define("snapshot_gradients", ", Tensor[] parameters" + schedule, ") -> ()",
         snapshotOnStack<snapshotGradients>);
  define("snapshot_parameters", ", Tensor[] parameters" + schedule, ") -> ()",
         snapshotOnStack<snapshotParameters>);
  define("record_optimizer",
         ", Tensor[] parameters, str[] names, Tensor[] first_moments, "
         "Tensor[] second_moments, str kind, int[] updates, float beta1, "
         "float beta2, float momentum_decay" +
             schedule,
         ") -> ()", recordOptimizerOnStack);
  return result;
}
