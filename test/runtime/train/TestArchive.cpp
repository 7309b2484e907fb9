//===- TestArchive.cpp - Small programs and data for tests ----------------===//

#include "test/runtime/train/TestArchive.h"

#include "runtime/data/Random.h"
#include "runtime/data/Sha256.h"
#include "runtime/ops/Recorder.h"

#include <csignal>
#include <fmt/format.h>
#include <torch/csrc/jit/frontend/resolver.h>
#include <torch/csrc/jit/frontend/sugared_value.h>
#include <unistd.h>

// Ways in which a mutant may end its process.
TORCH_LIBRARY(dynfault_test, library) {
  library.def("crash", [] { std::raise(SIGSEGV); });
  library.def("vanish", [] { std::raise(SIGKILL); });
  library.def("hang", [] {
    while (true)
      ::pause();
  });
}

namespace dynfault {

namespace {

struct OperatorResolver : torch::jit::NativeResolver {
  std::shared_ptr<torch::jit::SugaredValue>
  resolveValue(const std::string &name, torch::jit::GraphFunction &function,
               const torch::jit::SourceRange &range) override {
    if (name == "dynfault" || name == "dynfault_test")
      return std::make_shared<torch::jit::BuiltinModule>(name);
    return NativeResolver::resolveValue(name, function, range);
  }
};

std::string replaceAll(std::string text, const std::string &from,
                       const std::string &to) {
  for (size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

constexpr const char *PointsForward = R"(
def forward(self, x: Tensor) -> Tensor:
    h = torch.addmm(self.b1, x, self.w1.t())
    h = torch.batch_norm(h, self.gamma, self.beta, self.mean, self.var, self.training, 0.1, 1e-5, False)
    ACTIVATION
    h = torch.dropout(torch.relu(h), 0.2, self.training)
    return torch.addmm(self.b2, h, self.w2.t())
)";

constexpr const char *PointsLoss = R"(
def loss(self, output: Tensor, target: Tensor) -> Tensor:
    return torch.cross_entropy_loss(output, target)
)";

constexpr const char *PointsReset = R"(
def reset_parameters(self) -> None:
    for p in [self.w1, self.w2]:
        p.detach().normal_(0.0, 0.5)
    for p in [self.b1, self.b2, self.beta, self.mean]:
        p.detach().zero_()
    for p in [self.gamma, self.var]:
        p.detach().fill_(1.0)
    for p in [self.m0, self.m1, self.m2, self.m3, self.m4, self.m5]:
        p.zero_()
    self.steps_done = 0
    self.optimizer_steps = [0, 0, 0, 0, 0, 0]
)";

constexpr const char *PointsStep = R"(
def training_step(self, x: Tensor, target: Tensor) -> Tensor:
    ps = [self.w1, self.b1, self.gamma, self.beta, self.w2, self.b2]
    bufs = [self.m0, self.m1, self.m2, self.m3, self.m4, self.m5]
    names = ["w1", "b1", "gamma", "beta", "w2", "b2"]
    BEGIN
    value = self.loss(self.forward(x), target)
    dynfault.zero_grad_(ps)
    value.backward()
    BEFORE_UPDATE
    self.optimizer_steps = dynfault.sgd_(ps, bufs, self.optimizer_steps, LR, 0.9, 0.0, 0.0, False)
    AFTER_UPDATE
    self.steps_done = self.steps_done + 1
    STATEMENT
    return value.detach()
)";

constexpr const char *ProbeBegin =
    R"(dynfault.begin_step(self.recorder, self.steps_done)
    dynfault.record_curvature(self, self.recorder, x, target, ps, LR, 2, 8, 2, 0, False, True))";
constexpr const char *ProbeBefore =
    R"(dynfault.record_gradients(self.recorder, ps, names, 1)
    dynfault.snapshot_parameters(self.recorder, ps, 1))";
constexpr const char *ProbeAfter =
    R"(dynfault.record_optimizer(self.recorder, ps, names, bufs, [], "sgd", self.optimizer_steps, 0.0, 0.0, 0.0, 1)
    dynfault.end_step(self.recorder))";

constexpr const char *LineForward = R"(
def forward(self, x: Tensor) -> Tensor:
    return torch.addmm(self.b, x, self.w)
)";

constexpr const char *LineLoss = R"(
def loss(self, output: Tensor, target: Tensor) -> Tensor:
    return torch.mse_loss(output, target)
)";

constexpr const char *LineReset = R"(
def reset_parameters(self) -> None:
    self.w.detach().zero_()
    self.b.detach().zero_()
    self.steps_done = 0
    self.optimizer_steps = [0, 0]
)";

constexpr const char *LineStep = R"(
def training_step(self, x: Tensor, target: Tensor) -> Tensor:
    ps = [self.w, self.b]
    value = self.loss(self.forward(x), target)
    dynfault.zero_grad_(ps)
    value.backward()
    self.optimizer_steps = dynfault.sgd_(ps, [], self.optimizer_steps, LR, 0.0, 0.0, 0.0, False)
    self.steps_done = self.steps_done + 1
    STATEMENT
    return value.detach()
)";

torch::jit::Module emptyModule(bool probes) {
  torch::jit::Module module("Program");
  module.register_attribute("training", c10::BoolType::get(), true);
  module.register_attribute("steps_done", c10::IntType::get(), 0);
  module.register_attribute("optimizer_steps", c10::ListType::ofInts(),
                            c10::List<int64_t>());
  if (probes)
    module.register_attribute(
        "recorder", c10::getCustomClassType<c10::intrusive_ptr<Recorder>>(),
        c10::make_intrusive<Recorder>());
  return module;
}

void define(torch::jit::Module &module, const std::string &source,
            const ArchiveOptions &options) {
  bool left = !options.withoutMethod.empty() &&
              source.find("def " + options.withoutMethod) != std::string::npos;
  if (left)
    return;
  std::string text = source;
  text = replaceAll(text, "ACTIVATION",
                    options.probes ? "h = dynfault.record_activation("
                                     "self.recorder, h, \"relu\", \"relu\", 1)"
                                   : "pass");
  text = replaceAll(text, "BEGIN", options.probes ? ProbeBegin : "pass");
  text =
      replaceAll(text, "BEFORE_UPDATE", options.probes ? ProbeBefore : "pass");
  text = replaceAll(text, "AFTER_UPDATE", options.probes ? ProbeAfter : "pass");
  text = replaceAll(text, "STATEMENT", options.statement);
  text = replaceAll(text, "LR", fmt::format("{:.17e}", options.lr));
  module.define(text, std::make_shared<OperatorResolver>());
}

nlohmann::json programJson(const ArchiveOptions &options) {
  return {{"schema", "dynfault.program/1"},
          {"name", options.name},
          {"family", "mlp"},
          {"origin", "a test"},
          {"dataset", {{"seed", 0}, {"transforms", nlohmann::json::array()}}},
          {"schedule",
           {{"epochs", options.epochs},
            {"batch_size", options.batchSize},
            {"shuffle", options.shuffle}}},
          {"optimizer", {{"kind", "sgd"}, {"lr", options.lr}}},
          {"parameters", nlohmann::json::array()},
          {"faults", nlohmann::json::array()},
          {"probes", nlohmann::json::array()}};
}

std::string save(const torch::jit::Module &module, const std::string &path,
                 nlohmann::json json, const ArchiveOptions &options) {
  json.merge_patch(options.patch);
  torch::jit::ExtraFilesMap files;
  if (options.withProgramJson)
    files["program.json"] = json.dump();
  module.save(path, files);
  return path;
}

} // namespace

nlohmann::json oneFault(const std::string &operatorId, const std::string &site,
                        nlohmann::json parameters) {
  return {{{"operator", operatorId},
           {"class", "optimization"},
           {"site", site},
           {"parameters", parameters},
           {"before", "x"},
           {"after", "y"}}};
}

ArchiveTest::ArchiveTest() {
  setEnvironment("DYNFAULT_DATA_DIR", (folder / "data").string());
  nlohmann::json catalogue = {{"schema", "dynfault.datasets/1"},
                              {"datasets", nlohmann::json::array()}};
  Random random(1);
  std::string points, line;
  for (int row = 0; row < 300; ++row) {
    int label = row % 3;
    for (int column = 0; column < 4; ++column)
      points +=
          fmt::format("{:.6f},", (column == label ? 4 : 0) + random.normal());
    points += fmt::format("{}\n", label);
  }
  for (int row = 0; row < 200; ++row) {
    double x[3], y = 0.25;
    for (int column = 0; column < 3; ++column) {
      x[column] = random.normal();
      y += (column + 1) * x[column];
    }
    line += fmt::format("{:.17g},{:.17g},{:.17g},{:.17g}\n", x[0], x[1], x[2],
                        y + 0.1 * random.normal());
  }
  addDataset(catalogue, "points", "classification", 3, points, 300);
  addDataset(catalogue, "line", "regression", 0, line, 200);
  setEnvironment("DYNFAULT_DATA_CATALOGUE",
                 write("catalogue.json", catalogue.dump()));
}

void ArchiveTest::addDataset(nlohmann::json &catalogue, const std::string &name,
                             const std::string &task, int64_t classes,
                             const std::string &text, int64_t rows) {
  write("data/" + name + "/" + name + ".csv", text);
  catalogue["datasets"].push_back(
      {{"name", name},
       {"licence", "none"},
       {"task", task},
       {"classes", classes},
       {"format", "delimited"},
       {"files", {{{"path", name + ".csv"}, {"sha256", sha256(text)}}}},
       {"parts",
        {{{"role", "pool"}, {"rows", rows}, {"table", name + ".csv"}}}}});
}

std::string ArchiveTest::writePointsNet(const std::string &file,
                                        const ArchiveOptions &options) {
  torch::jit::Module module = emptyModule(options.probes);
  int64_t index = 0;
  auto parameter = [&](const char *name, at::IntArrayRef shape) {
    module.register_parameter(name, torch::zeros(shape).requires_grad_(),
                              false);
    module.register_buffer("m" + std::to_string(index++), torch::zeros(shape));
  };
  parameter("w1", {8, 4});
  parameter("b1", {8});
  parameter("gamma", {8});
  parameter("beta", {8});
  parameter("w2", {3, 8});
  parameter("b2", {3});
  module.register_buffer("mean", torch::zeros({8}));
  module.register_buffer("var", torch::ones({8}));
  for (const char *source :
       {PointsForward, PointsLoss, PointsReset, PointsStep})
    define(module, source, options);
  nlohmann::json json = programJson(options);
  json["task"] = "classification";
  json["input"] = {{"dtype", "float32"}, {"shape", {-1, 4}}};
  json["target"] = {{"dtype", "int64"}, {"shape", {-1}}};
  json["output"] = {{"dtype", "float32"}, {"shape", {-1, 3}}};
  json["dataset"]["source"] = "points";
  json["dataset"]["train"] = 200;
  json["dataset"]["validation"] = 100;
  std::filesystem::path path = folder / file;
  std::filesystem::create_directories(path.parent_path());
  return save(module, path.string(), json, options);
}

std::string ArchiveTest::writeLineNet(const std::string &file,
                                      const ArchiveOptions &options) {
  torch::jit::Module module = emptyModule(false);
  module.register_parameter(
      "w", torch::zeros({3, 1}, at::kDouble).requires_grad_(), false);
  module.register_parameter(
      "b", torch::zeros({1}, at::kDouble).requires_grad_(), false);
  for (const char *source : {LineForward, LineLoss, LineReset, LineStep})
    define(module, source, options);
  nlohmann::json json = programJson(options);
  json["name"] = "line_net";
  json["task"] = "regression";
  json["input"] = {{"dtype", "float64"}, {"shape", {-1, 3}}};
  json["target"] = {{"dtype", "float64"}, {"shape", {-1, 1}}};
  json["output"] = {{"dtype", "float64"}, {"shape", {-1, 1}}};
  json["dataset"]["source"] = "line";
  json["dataset"]["train"] = 150;
  json["dataset"]["validation"] = 50;
  return save(module, (folder / file).string(), json, options);
}

} // namespace dynfault
