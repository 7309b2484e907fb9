//===- Operators.cpp - Schemas of the archive's operators -----------------===//
//
// TorchScript drops calls whose results nobody uses. An operator that records
// or updates in place must say that it may touch anything: alias analysis
// CONSERVATIVE, with a schema free of alias annotations. The recorder's class
// is registered here as well, because the schemas that name it can be parsed
// only after it, and initialisers of one file run in order.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"

#include "runtime/ops/ProbeOperators.h"

#include <torch/csrc/jit/runtime/custom_operator.h>
#include <torch/script.h>

#include <algorithm>

using namespace dynfault;

TORCH_LIBRARY(dynfault, m) {
  m.class_<Recorder>("Recorder")
      .def(torch::init<>())
      .def("names", [](const RecorderPtr &self) { return self->names(); })
      .def("sites", [](const RecorderPtr &self,
                       std::string name) { return self->sites(name); })
      .def("steps", [](const RecorderPtr &self, std::string name,
                       std::string site) { return self->steps(name, site); })
      .def("values", [](const RecorderPtr &self, std::string name,
                        std::string site) { return self->values(name, site); })
      .def("clear", [](const RecorderPtr &self) { self->clear(); })
      .def("set_planned_steps",
           [](const RecorderPtr &self, int64_t steps) {
             self->setPlannedSteps(steps);
           })
      .def("set_steps_per_epoch",
           [](const RecorderPtr &self, int64_t steps) {
             self->setStepsPerEpoch(steps);
           })
      .def("planned_steps",
           [](const RecorderPtr &self) { return self->plannedSteps(); })
      .def_pickle(
          [](const RecorderPtr &self) -> Recorder::State {
            return self->state();
          },
          [](Recorder::State state) { return Recorder::fromState(state); });

  auto define = [&m](const std::string &schema, auto *function) {
    m.def(torch::schema(schema.c_str(), c10::AliasAnalysisKind::CONSERVATIVE),
          function);
  };
  define("zero_grad_(Tensor[] parameters) -> ()", zeroGrad);
  define("clip_grad_norm_(Tensor[] parameters, float max_norm) -> ()",
         clipGradNorm);
  define("clip_grad_value_(Tensor[] parameters, float clip_value) -> ()",
         clipGradValue);
  define("delay_gradients_(Tensor[] parameters, Tensor[] previous) -> ()",
         delayGradients);
  define("sgd_(Tensor[] parameters, Tensor[] momentum_buffers, int[] steps, "
         "float lr, float momentum, float dampening, float weight_decay, "
         "bool nesterov) -> int[]",
         sgd);
  define("adam_(Tensor[] parameters, Tensor[] exp_avgs, Tensor[] exp_avg_sqs, "
         "int[] steps, float lr, float beta1, float beta2, float eps, "
         "float weight_decay, bool decoupled_weight_decay) -> int[]",
         adam);
  define("rmsprop_(Tensor[] parameters, Tensor[] square_avgs, "
         "Tensor[] grad_avgs, Tensor[] momentum_buffers, int[] steps, "
         "float lr, float alpha, float eps, float weight_decay, "
         "float momentum) -> int[]",
         rmsprop);
  define("adagrad_(Tensor[] parameters, Tensor[] sums, int[] steps, float lr, "
         "float lr_decay, float weight_decay, "
         "float initial_accumulator_value, float eps) -> int[]",
         adagrad);
  define("adadelta_(Tensor[] parameters, Tensor[] square_avgs, "
         "Tensor[] acc_deltas, int[] steps, float lr, float rho, float eps, "
         "float weight_decay) -> int[]",
         adadelta);
  define("adamax_(Tensor[] parameters, Tensor[] exp_avgs, Tensor[] exp_infs, "
         "int[] steps, float lr, float beta1, float beta2, float eps, "
         "float weight_decay) -> int[]",
         adamax);
  define("nadam_(Tensor[] parameters, Tensor[] exp_avgs, "
         "Tensor[] exp_avg_sqs, int[] steps, float lr, float beta1, "
         "float beta2, float eps, float weight_decay, float momentum_decay) "
         "-> int[]",
         nadam);
  define("scheduled_lr(float lr, int time, str kind, int warmup, int period, "
         "int[] milestones, float gamma, float minimum, float power) -> float",
         scheduledLr);
}

// Not in the library above, whose operators go through the dispatcher.
static torch::jit::RegisterOperators registerProbes(probeOperators());

/// The object under a stack entry that a schema calls `t`, any type.
static torch::jit::Module toModule(const c10::IValue &value, const char *name) {
  TORCH_CHECK(value.isObject(), "dynfault::", name,
              ": the first argument must be the module, not ", value.tagKind());
  return torch::jit::Module(value.toObject());
}

static std::vector<std::string> toStrings(const c10::IValue &value) {
  std::vector<std::string> result;
  if (!value.isNone())
    for (const c10::IValue &entry : value.toListRef())
      result.push_back(entry.toStringRef());
  return result;
}

static void recordCurvatureOnStack(torch::jit::Stack &stack) {
  auto arguments = torch::jit::last(stack, 28);
  CurvatureRequest request;
  request.input = arguments[2].toTensor();
  request.target = arguments[3].toTensor();
  request.parameters = arguments[4].toTensorVector();
  request.lr = arguments[5].toDouble();
  request.schedule = {arguments[6].toInt(), arguments[24].toInt(),
                      arguments[25].toInt()};
  request.lanczosSteps = arguments[7].toInt();
  request.traceSamples = arguments[8].toInt();
  request.seed = arguments[9].toInt();
  request.fixedBatch = arguments[10].toBool();
  request.training = arguments[11].toBool();
  request.names = toStrings(arguments[12]);
  request.quantities = toStrings(arguments[13]);
  request.tolerance = arguments[14].toDouble();
  request.traceEstimator = arguments[15].toStringRef();
  request.optimizer.kind = arguments[16].toStringRef();
  request.optimizer.momentum = arguments[17].toDouble();
  request.optimizer.dampening = arguments[18].toDouble();
  request.optimizer.nesterov = arguments[19].toBool();
  request.optimizer.beta2 = arguments[20].toDouble();
  request.optimizer.eps = arguments[21].toDouble();
  if (!arguments[22].isNone())
    request.optimizer.secondMoments = arguments[22].toTensorVector();
  if (!arguments[23].isNone())
    request.optimizer.steps = arguments[23].toIntVector();
  request.lanczosStop = arguments[26].toStringRef();
  request.rows = arguments[27].toInt();
  RecorderPtr recorder = arguments[1].toCustomClass<Recorder>();
  torch::jit::Module module = toModule(arguments[0], "record_curvature");
  torch::jit::drop(stack, 28);
  recordCurvature(module, recorder, request);
}

static void hessianProductOnStack(torch::jit::Stack &stack) {
  auto arguments = torch::jit::last(stack, 8);
  at::Tensor result = hessianProduct(
      toModule(arguments[0], "hessian_product"), arguments[1].toTensor(),
      arguments[2].toTensor(), arguments[3].toTensorVector(),
      arguments[4].toTensor(), arguments[5].toStringRef(), arguments[6].toInt(),
      arguments[7].toBool());
  torch::jit::drop(stack, 8);
  torch::jit::push(stack, std::move(result));
}

// A whole module as argument is beyond the dispatcher's types (`t` stands for
// any); only operators on the interpreter's stack can take it.
static torch::jit::RegisterOperators registerCurvature(
    {torch::jit::Operator(
         "dynfault::record_curvature(t module, "
         "__torch__.torch.classes.dynfault.Recorder r, Tensor x, "
         "Tensor target, Tensor[] parameters, float lr, int every, "
         "int lanczos_steps, int trace_samples, int seed, bool fixed_batch, "
         "bool training, str[]? names=None, str[]? quantities=None, "
         "float tolerance=0.001, str trace_estimator=\"hutchinson\", "
         "str optimizer=\"\", float momentum=0., float dampening=0., "
         "bool nesterov=False, float beta2=0., float eps=0., "
         "Tensor[]? second_moments=None, int[]? optimizer_steps=None, "
         "int warm_up=0, int epochs=0, str lanczos_stop=\"residual\", "
         "int rows=0) -> ()",
         recordCurvatureOnStack, c10::AliasAnalysisKind::CONSERVATIVE),
     torch::jit::Operator(
         "dynfault::hessian_product(t module, Tensor x, Tensor target, "
         "Tensor[] parameters, Tensor vectors, str matrix=\"hessian\", "
         "int seed=0, bool training=True) -> Tensor",
         hessianProductOnStack, c10::AliasAnalysisKind::CONSERVATIVE)});
