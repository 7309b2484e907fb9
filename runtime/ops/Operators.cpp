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

#include <torch/csrc/jit/runtime/custom_operator.h>
#include <torch/script.h>

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
      .def("planned_steps",
           [](const RecorderPtr &self) { return self->plannedSteps(); })
      .def_pickle(
          [](const RecorderPtr &self) -> Recorder::State {
            return self->state();
          },
          [](Recorder::State state) { return Recorder::fromState(state); });

  auto define = [&m](const char *schema, auto *function) {
    m.def(torch::schema(schema, c10::AliasAnalysisKind::CONSERVATIVE),
          function);
  };
  define("zero_grad_(Tensor[] parameters) -> ()", zeroGrad);
  define("clip_grad_norm_(Tensor[] parameters, float max_norm) -> ()",
         clipGradNorm);
  define("clip_grad_value_(Tensor[] parameters, float clip_value) -> ()",
         clipGradValue);
  define("sgd_(Tensor[] parameters, Tensor[] momentum_buffers, int step, "
         "float lr, float momentum, float dampening, float weight_decay, "
         "bool nesterov) -> int",
         sgd);
  define("adam_(Tensor[] parameters, Tensor[] exp_avgs, Tensor[] exp_avg_sqs, "
         "int step, float lr, float beta1, float beta2, float eps, "
         "float weight_decay, bool decoupled_weight_decay) -> int",
         adam);
  define("rmsprop_(Tensor[] parameters, Tensor[] square_avgs, int step, "
         "float lr, float alpha, float eps, float weight_decay) -> int",
         rmsprop);

  define("begin_step(__torch__.torch.classes.dynfault.Recorder r, int step) "
         "-> ()",
         dynfault::beginStep);
  define("end_step(__torch__.torch.classes.dynfault.Recorder r) -> ()",
         dynfault::endStep);
  define("record_activation(__torch__.torch.classes.dynfault.Recorder r, "
         "Tensor x, str site, str kind, int every) -> Tensor",
         recordActivation);
  define("record_gradients(__torch__.torch.classes.dynfault.Recorder r, "
         "Tensor[] parameters, str[] names, int every) -> ()",
         recordGradients);
  define("snapshot_parameters(__torch__.torch.classes.dynfault.Recorder r, "
         "Tensor[] parameters, int every) -> ()",
         snapshotParameters);
  define("record_optimizer(__torch__.torch.classes.dynfault.Recorder r, "
         "Tensor[] parameters, str[] names, Tensor[] first_moments, "
         "Tensor[] second_moments, int every) -> ()",
         recordOptimizer);
}

// A whole module as argument is beyond the dispatcher's types (`t` stands for
// any); only an operator on the interpreter's stack can take it.
static torch::jit::RegisterOperators registerCurvature({torch::jit::Operator(
    "dynfault::record_curvature(t module, "
    "__torch__.torch.classes.dynfault.Recorder r, Tensor x, Tensor target, "
    "Tensor[] parameters, float lr, int every, int lanczos_steps, "
    "int trace_samples, int seed, bool fixed_batch, bool training) -> ()",
    [](torch::jit::Stack &stack) {
      c10::IValue module;
      RecorderPtr recorder;
      CurvatureRequest request;
      request.training = torch::jit::pop(stack).toBool();
      request.fixedBatch = torch::jit::pop(stack).toBool();
      request.seed = torch::jit::pop(stack).toInt();
      request.traceSamples = torch::jit::pop(stack).toInt();
      request.lanczosSteps = torch::jit::pop(stack).toInt();
      request.every = torch::jit::pop(stack).toInt();
      request.lr = torch::jit::pop(stack).toDouble();
      request.parameters = torch::jit::pop(stack).toTensorVector();
      request.target = torch::jit::pop(stack).toTensor();
      request.input = torch::jit::pop(stack).toTensor();
      recorder = torch::jit::pop(stack).toCustomClass<Recorder>();
      module = torch::jit::pop(stack);
      TORCH_CHECK(module.isObject(),
                  "dynfault::record_curvature: the first "
                  "argument must be the module, not ",
                  module.tagKind());
      recordCurvature(torch::jit::Module(module.toObject()), recorder, request);
    },
    c10::AliasAnalysisKind::CONSERVATIVE)});
