//===- ProgramJson.cpp - program.json -------------------------------------===//

#include "passes/program/ProgramJson.h"
#include "passes/program/Configuration.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::program;

namespace {
class JsonWriter {
public:
  JsonWriter(const Program &program, raw_ostream &os)
      : program(program), json(os, 2) {}

  void write();

private:
  void writeValue(Attribute value);
  void writeConfiguration(ArrayRef<KindSpec> kinds, StringRef kind,
                          DictionaryAttr parameters);
  void writeTensor(StringRef name, Type type);
  void writeDataset();
  void writeFaults();
  void writeProbes();
  StringRef getModuleString(StringRef name);

  const Program &program;
  llvm::json::OStream json;
};
} // namespace

void JsonWriter::writeValue(Attribute value) {
  if (auto text = dyn_cast<StringAttr>(value))
    json.value(text.getValue());
  else if (auto boolean = dyn_cast<BoolAttr>(value))
    json.value(boolean.getValue());
  else if (auto integer = dyn_cast<IntegerAttr>(value))
    json.value(integer.getInt());
  else if (isa<ArrayAttr>(value))
    json.array([&] {
      for (int64_t element : getIntegers(value))
        json.value(element);
    });
  else
    json.value(cast<FloatAttr>(value).getValueAsDouble());
}

/// `{"kind": ..., parameter: value, ...}`, defaults filled in.
void JsonWriter::writeConfiguration(ArrayRef<KindSpec> kinds, StringRef kind,
                                    DictionaryAttr parameters) {
  const KindSpec *spec = findKind(kinds, kind);
  DictionaryAttr all = withDefaults(*spec, parameters);
  json.object([&] {
    json.attribute("kind", kind);
    for (const ParameterSpec &parameter : spec->parameters) {
      json.attributeBegin(parameter.name);
      writeValue(all.get(parameter.name));
      json.attributeEnd();
    }
  });
}

/// PyTorch's name of an element type.
static StringRef getDtypeName(Type dtype) {
  if (!dtype)
    return "unknown";
  if (dtype.isF32())
    return "float32";
  if (dtype.isF64())
    return "float64";
  if (dtype.isF16())
    return "float16";
  if (dtype.isBF16())
    return "bfloat16";
  if (dtype.isInteger(1))
    return "bool";
  if (dtype.isSignedInteger(64))
    return "int64";
  if (dtype.isSignedInteger(32))
    return "int32";
  if (dtype.isUnsignedInteger(8))
    return "uint8";
  return "unknown";
}

void JsonWriter::writeTensor(StringRef name, Type type) {
  auto info = torch::getTensorInfo(type);
  json.attributeObject(name, [&] {
    json.attribute("dtype", getDtypeName(info->dtype));
    if (!info->sizes)
      return json.attribute("shape", nullptr);
    json.attributeArray("shape", [&] {
      for (int64_t size : *info->sizes)
        json.value(ShapedType::isDynamic(size) ? -1 : size);
    });
  });
}

void JsonWriter::writeDataset() {
  DatasetOp dataset = program.getDataset();
  json.attributeObject("dataset", [&] {
    json.attribute("source", dataset.getSource());
    json.attribute("train", dataset.getTrain());
    json.attribute("validation", dataset.getValidation());
    json.attribute("seed", dataset.getSeed());
    json.attributeArray("transforms", [&] {
      for (auto transform : dataset.getTransforms().getAsRange<TransformAttr>())
        writeConfiguration(getTransformKinds(), transform.getKind(),
                           transform.getParameters());
    });
  });
}

void JsonWriter::writeFaults() {
  ModuleOp module = program.getModule();
  json.attributeArray("faults", [&] {
    auto faults = module->getAttrOfType<ArrayAttr>("dynfault.faults");
    if (!faults)
      return;
    for (auto fault : faults.getAsRange<DictionaryAttr>())
      json.object([&] {
        for (StringRef key : {"operator", "class", "site"})
          if (auto text = fault.getAs<StringAttr>(key))
            json.attribute(key, text.getValue());
        json.attributeObject("parameters", [&] {
          if (auto parameters = fault.getAs<DictionaryAttr>("parameters"))
            for (NamedAttribute parameter : parameters) {
              json.attributeBegin(parameter.getName());
              writeValue(parameter.getValue());
              json.attributeEnd();
            }
        });
        for (StringRef key : {"severity", "before", "after"})
          if (auto text = fault.getAs<StringAttr>(key))
            json.attribute(key, text.getValue());
      });
  });
}

void JsonWriter::writeProbes() {
  // Activation probes of one schedule are one entry that lists their sites.
  using Schedule = std::tuple<int64_t, int64_t, int64_t>;
  llvm::MapVector<Schedule, SmallVector<StringRef>> activations;
  auto getSchedule = [](ProbeOpInterface probe) {
    return Schedule(probe.getEvery(), probe.getWarmUp(), probe.getEpochs());
  };
  auto writeSchedule = [&](const Schedule &schedule) {
    auto [every, warmUp, epochs] = schedule;
    json.attribute("every", every);
    json.attribute("warm_up", warmUp);
    json.attribute("epochs", epochs);
  };
  ModuleOp module = program.getModule();
  module.walk<WalkOrder::PreOrder>([&](ProbeActivationOp probe) {
    activations[getSchedule(probe)].push_back(probe.getSite());
  });
  json.attributeArray("probes", [&] {
    for (auto &[schedule, sites] : activations)
      json.object([&, &schedule = schedule, &sites = sites] {
        json.attribute("kind", "activation");
        writeSchedule(schedule);
        json.attributeArray("sites", [&] {
          for (StringRef site : sites)
            json.value(site);
        });
      });
    TrainingStepOp step = program.getTrainingStep();
    auto writeProbe = [&](StringRef kind, auto probe) {
      json.object([&] {
        json.attribute("kind", kind);
        writeSchedule(getSchedule(probe));
        if (std::optional<ArrayAttr> names = probe.getParameters())
          json.attributeArray("parameters", [&] {
            for (StringRef name : names->template getAsValueRange<StringAttr>())
              json.value(name);
          });
      });
    };
    for (Operation &op : step.getBody().front()) {
      if (auto probe = dyn_cast<ProbeGradientsOp>(op))
        writeProbe("gradient", probe);
      else if (auto probe = dyn_cast<ProbeOptimizerOp>(op))
        writeProbe("optimizer", probe);
      else if (auto probe = dyn_cast<ProbeCurvatureOp>(op))
        json.object([&] {
          json.attribute("kind", "curvature");
          writeSchedule(getSchedule(probe));
          json.attribute("lanczos_steps", probe.getLanczosSteps());
          json.attribute("trace_samples", probe.getTraceSamples());
          json.attribute("seed", static_cast<int64_t>(probe.getSeed()));
          json.attribute("batch", probe.getFixedBatch() ? "fixed" : "current");
          json.attribute("mode", probe.getTraining() ? "train" : "eval");
          json.attribute("trace_estimator", probe.getTraceEstimator());
          json.attribute("tolerance", probe.getTolerance().convertToDouble());
          // As in the step: an archive without them has the same bytes as
          // before there were any.
          if (probe.getLanczosStop() != "residual")
            json.attribute("lanczos_stop", probe.getLanczosStop());
          if (probe.getRows() != 0)
            json.attribute("rows", probe.getRows());
          json.attributeArray("quantities", [&] {
            for (StringRef quantity :
                 probe.getQuantities().getAsValueRange<StringAttr>())
              json.value(quantity);
          });
        });
    }
  });
}

StringRef JsonWriter::getModuleString(StringRef name) {
  ModuleOp module = program.getModule();
  auto text = module->getAttrOfType<StringAttr>(name);
  return text ? text.getValue() : StringRef();
}

void JsonWriter::write() {
  ModuleOp module = program.getModule();
  TrainingStepOp step = program.getTrainingStep();
  ScheduleOp schedule = program.getSchedule();
  OptimizerStepOp update = program.getOptimizerStep();
  OptimizerAttr optimizer = update.getOptimizer();
  func::FuncOp forward = program.getForward();
  json.object([&] {
    json.attribute("schema", "dynfault.program/1");
    json.attribute("name", module.getName().value_or("program"));
    json.attribute("task", program.getTask());
    json.attribute("family", getModuleString("dynfault.family"));
    json.attribute("origin", getModuleString("dynfault.origin"));
    if (auto margin = module->getAttrOfType<FloatAttr>("dynfault.margin"))
      json.attribute("margin", margin.getValueAsDouble());
    writeTensor("input", step.getInput().getType());
    writeTensor("target", step.getTarget().getType());
    writeTensor("output", forward.getResultTypes().front());
    writeDataset();
    json.attributeObject("schedule", [&] {
      json.attribute("epochs", schedule.getEpochs());
      json.attribute("batch_size", schedule.getBatchSize());
      json.attribute("shuffle", schedule.getShuffle());
    });
    json.attributeBegin("optimizer");
    writeConfiguration(getOptimizerKinds(), optimizer.getKind(),
                       optimizer.getParameters());
    json.attributeEnd();
    if (auto schedule = update.getLrSchedule()) {
      json.attributeBegin("lr_schedule");
      writeConfiguration(getLrScheduleKinds(), schedule->getKind(),
                         schedule->getParameters());
      json.attributeEnd();
    }
    json.attributeArray("parameters", [&] {
      for (torch::GlobalSlotOp slot : program.getParameters())
        json.object([&] {
          json.attribute("name", slot.getSymName());
          auto info = torch::getTensorInfo(slot.getTypeBound());
          json.attributeArray("shape", [&] {
            for (int64_t size : *info->sizes)
              json.value(size);
          });
          // Only where it is so: most parameters are trained.
          if (update.isFrozen(slot.getSymName()))
            json.attribute("frozen", true);
          auto init = slot->getAttrOfType<InitAttr>("dynfault.init");
          json.attributeBegin("initialiser");
          writeConfiguration(getInitKinds(), init.getKind(),
                             init.getParameters());
          json.attributeEnd();
        });
    });
    writeFaults();
    writeProbes();
  });
}

std::string dynfault::program::toJson(const Program &program) {
  std::string text;
  llvm::raw_string_ostream os(text);
  JsonWriter(program, os).write();
  os << '\n';
  return text;
}
