//===- TrainTest.cpp - Tests of the training loop ---------------*- C++ -*-===//

#include "runtime/train/Train.h"

#include "runtime/data/Random.h"
#include "test/runtime/step/RepeatedWork.h"
#include "test/runtime/train/TestArchive.h"

#include <ATen/Parallel.h>
#include <cmath>
#include <cstring>
#include <numeric>
#include <set>

using namespace dynfault;

namespace {

class TrainTest : public ArchiveTest {
protected:
  struct Result {
    Trace trace;
    torch::jit::Module module;
    std::vector<EpochSummary> epochs;
  };

  Result run(const std::string &path, TrainOptions options = {}) {
    Archive archive = readArchive(path);
    DataStore data(Catalogue::load());
    PreparedData prepared = data.prepare(archive.file.data);
    Result result;
    result.module = loadModule(archive, options.device);
    options.onEpoch = [&](const EpochSummary &epoch) {
      result.epochs.push_back(epoch);
    };
    result.trace = train(result.module, archive.file, prepared, options);
    return result;
  }

  Result runWithSeed(const std::string &path, int64_t seed) {
    TrainOptions options;
    options.seed = seed;
    return run(path, options);
  }

  /// Archives of three kinds.
  std::vector<std::string> writeNets() {
    ArchiveOptions probed;
    probed.probes = true;
    return {writePointsNet("plain.pt"), writePointsNet("probed.pt", probed),
            writeLineNet("line.pt")};
  }

  std::string loadError(const std::string &path) {
    return errorOf([&] { loadModule(readArchive(path), "cpu"); });
  }
};

bool sameBits(const at::Tensor &a, const at::Tensor &b) {
  return a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type() &&
         std::memcmp(a.contiguous().data_ptr(), b.contiguous().data_ptr(),
                     a.nbytes()) == 0;
}

void expectSameSignal(const TraceSignal &a, const TraceSignal &b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.site, b.site);
  EXPECT_EQ(a.steps, b.steps) << a.name;
  ASSERT_EQ(a.values.size(), b.values.size()) << a.name;
  EXPECT_EQ(std::memcmp(a.values.data(), b.values.data(), 4 * a.values.size()),
            0)
      << a.name << " " << a.site;
}

void expectSameSignals(const Trace &a, const Trace &b) {
  ASSERT_EQ(a.signals.size(), b.signals.size());
  for (size_t i = 0; i < a.signals.size(); ++i)
    expectSameSignal(a.signals[i], b.signals[i]);
}

} // namespace

TEST_F(TrainTest, TheCompiledStepChangesNoBit) {
  for (const std::string &path : writeNets()) {
    TrainOptions options;
    Result with = run(path, options);
    options.compiledStep = false;
    Result without = run(path, options);
    EXPECT_EQ(with.trace.status, RunStatus::Completed) << with.trace.reason;
    EXPECT_EQ(stateDigest(with.module), stateDigest(without.module)) << path;
    expectSameSignals(with.trace, without.trace);
  }
}

TEST_F(TrainTest, SharedPlansChangeNoBit) {
  for (const std::string &path : writeNets()) {
    Archive archive = readArchive(path);
    DataStore data(Catalogue::load());
    PreparedData prepared = data.prepare(archive.file.data);
    torch::jit::Module module = loadModule(archive, "cpu");
    TrainOptions options;
    options.seed = 7;
    options.plans = planTraining(module, archive.file, prepared, options);
    ASSERT_TRUE(options.plans);
    for (int64_t seed : {1, 2, 3}) {
      options.seed = seed;
      Trace shared = train(module, archive.file, prepared, options);
      Result own = runWithSeed(path, seed);
      EXPECT_EQ(shared.status, RunStatus::Completed) << shared.reason;
      EXPECT_EQ(stateDigest(module), stateDigest(own.module)) << path;
      expectSameSignals(shared, own.trace);
    }
    options.plans.reset();
    options.compiledStep = false;
    EXPECT_FALSE(planTraining(module, archive.file, prepared, options));
  }
}

TEST_F(TrainTest, RecordedStepsChangeNoBit) {
  for (const std::string &path : writeNets()) {
    TrainOptions options;
    std::string steps;
    options.onSteps = [&](const std::string &text) { steps = text; };
    options.deviceGraphs = [](at::Device) { return graphsOf<RepeatedWork>(); };
    Result with = run(path, options);
    options.graphedStep = false;
    Result without = run(path, options);
    EXPECT_EQ(with.trace.status, RunStatus::Completed) << with.trace.reason;
    EXPECT_NE(steps.find(" steps replayed as a graph"), std::string::npos);
    EXPECT_EQ(steps.find("0 of"),
              path.find("probed") == std::string::npos ? std::string::npos : 0)
        << steps;
    EXPECT_EQ(stateDigest(with.module), stateDigest(without.module)) << path;
    expectSameSignals(with.trace, without.trace);
  }
}

TEST_F(TrainTest, RecordsTheBaselineSignals) {
  Result result = run(writePointsNet("a.pt"));
  const Trace &trace = result.trace;
  EXPECT_EQ(trace.status, RunStatus::Completed) << trace.reason;
  EXPECT_EQ(trace.reason, "");
  // 200 rows in batches of 16: the last of 13 batches has 8.
  EXPECT_EQ(trace.stepsPerEpoch, 13);
  EXPECT_EQ(trace.stepsPlanned, 39);
  EXPECT_EQ(trace.stepsDone, 39);
  EXPECT_EQ(result.module.attr("steps_done").toInt(), 39);
  const TraceSignal *loss = trace.find("baseline/train_loss");
  ASSERT_TRUE(loss);
  std::vector<int32_t> everyStep(39);
  std::iota(everyStep.begin(), everyStep.end(), 0);
  EXPECT_EQ(loss->steps, everyStep);
  for (const char *name : {"baseline/validation_loss", "baseline/train_metric",
                           "baseline/validation_metric"}) {
    const TraceSignal *signal = trace.find(name);
    ASSERT_TRUE(signal) << name;
    EXPECT_EQ(signal->steps, (std::vector<int32_t>{12, 25, 38})) << name;
  }
  EXPECT_EQ(trace.signals.size(), 4u);
  // The classes are well separated: it learns.
  EXPECT_GT(trace.find("baseline/validation_metric")->values.back(), 0.9);
  ASSERT_EQ(result.epochs.size(), 3u);
  EXPECT_FLOAT_EQ(result.epochs[2].validationLoss,
                  trace.find("baseline/validation_loss")->values[2]);
  float sum =
      std::accumulate(loss->values.begin() + 26, loss->values.end(), 0.0f);
  EXPECT_NEAR(result.epochs[2].trainLoss, sum / 13, 1e-5);
  for (const char *library : {"dynfault", "libtorch", "blas"})
    EXPECT_TRUE(nlohmann::json::parse(trace.versions).contains(library));
}

TEST_F(TrainTest, AgreesWithPlainLoops) {
  // Linear regression by gradient descent, written out.
  for (bool shuffle : {true, false})
    for (int64_t seed : {0, 1, 2}) {
      ArchiveOptions options;
      options.shuffle = shuffle;
      std::string path = writeLineNet("line.pt", options);
      Trace trace = runWithSeed(path, seed).trace;
      DataStore store(Catalogue::load());
      PreparedData data = store.prepare(readProgramFile(path).data);
      auto x = data.trainInputs.accessor<double, 2>();
      auto y = data.trainTargets.accessor<double, 2>();
      double w[3] = {}, b = 0;
      std::vector<float> losses, validation;
      Random order(seed, 3);
      for (int epoch = 0; epoch < 3; ++epoch) {
        std::vector<int64_t> rows(150);
        std::iota(rows.begin(), rows.end(), 0);
        if (shuffle)
          rows = order.permutation(150);
        for (int first = 0; first < 150; first += 16) {
          int size = std::min(16, 150 - first);
          double loss = 0, gw[3] = {}, gb = 0;
          for (int i = first; i < first + size; ++i) {
            int64_t row = rows[i];
            double error = b - y[row][0];
            for (int j = 0; j < 3; ++j)
              error += w[j] * x[row][j];
            loss += error * error / size;
            gb += 2 * error / size;
            for (int j = 0; j < 3; ++j)
              gw[j] += 2 * error * x[row][j] / size;
          }
          losses.push_back(loss);
          b -= 0.05 * gb;
          for (int j = 0; j < 3; ++j)
            w[j] -= 0.05 * gw[j];
        }
        auto vx = data.validationInputs.accessor<double, 2>();
        auto vy = data.validationTargets.accessor<double, 2>();
        double loss = 0;
        for (int row = 0; row < 50; ++row) {
          double error = b - vy[row][0];
          for (int j = 0; j < 3; ++j)
            error += w[j] * vx[row][j];
          loss += error * error / 50;
        }
        validation.push_back(loss);
      }
      auto expectNear = [&](const char *name,
                            const std::vector<float> &values) {
        const TraceSignal *signal = trace.find(name);
        ASSERT_TRUE(signal);
        ASSERT_EQ(signal->values.size(), values.size());
        for (size_t i = 0; i < values.size(); ++i)
          EXPECT_NEAR(signal->values[i], values[i], 1e-6 * (1 + values[i]))
              << name << " " << i;
      };
      expectNear("baseline/train_loss", losses);
      expectNear("baseline/validation_loss", validation);
      // Noise of .01 in a variance of 14.
      EXPECT_GT(trace.find("baseline/validation_metric")->values.back(), 0.9);
    }
}

TEST_F(TrainTest, SameSeedSameBits) {
  ArchiveOptions options;
  options.probes = true;
  std::string path = writePointsNet("a.pt", options);
  Result first = runWithSeed(path, 5);
  ASSERT_EQ(first.trace.status, RunStatus::Completed) << first.trace.reason;
  for (int repeat = 0; repeat < 3; ++repeat) {
    at::rand({100}); // The state that an earlier run left must not matter.
    Result again = runWithSeed(path, 5);
    expectSameSignals(first.trace, again.trace);
  }
  Result other = runWithSeed(path, 6);
  EXPECT_NE(other.trace.find("baseline/train_loss")->values,
            first.trace.find("baseline/train_loss")->values);
}

TEST_F(TrainTest, AModuleCanBeTrainedAgain) {
  ArchiveOptions options;
  options.probes = true;
  Archive archive = readArchive(writePointsNet("a.pt", options));
  DataStore store(Catalogue::load());
  PreparedData data = store.prepare(archive.file.data);
  torch::jit::Module module = loadModule(archive, "cpu");
  Trace first = train(module, archive.file, data, {});
  Trace second = train(module, archive.file, data, {});
  expectSameSignals(first, second);
}

TEST_F(TrainTest, ProbesChangeNothing) {
  ArchiveOptions plain, probed;
  probed.probes = true;
  std::string a = writePointsNet("plain.pt", plain);
  std::string b = writePointsNet("probed.pt", probed);
  std::set<std::string> digests;
  for (int64_t seed : {0, 1, 2}) {
    Result without = runWithSeed(a, seed), with = runWithSeed(b, seed);
    ASSERT_EQ(with.trace.status, RunStatus::Completed) << with.trace.reason;
    std::set<std::string> sets;
    for (const TraceSignal &signal : with.trace.signals)
      sets.insert(signal.name.substr(0, signal.name.find('/')));
    EXPECT_EQ(sets, (std::set<std::string>{"activation", "baseline",
                                           "curvature", "optimizer"}));
    auto compare = [](const auto &x, const auto &y) {
      ASSERT_EQ(x.size(), y.size());
      for (auto i = x.begin(), j = y.begin(); i != x.end(); ++i, ++j) {
        EXPECT_EQ((*i).name, (*j).name);
        EXPECT_TRUE(sameBits((*i).value, (*j).value)) << (*i).name;
      }
    };
    compare(without.module.named_parameters(), with.module.named_parameters());
    compare(without.module.named_buffers(), with.module.named_buffers());
    EXPECT_EQ(stateDigest(without.module), stateDigest(with.module));
    digests.insert(stateDigest(with.module));
    for (size_t i = 0; i < 4; ++i)
      expectSameSignal(without.trace.signals[i], with.trace.signals[i]);
  }
  EXPECT_EQ(digests.size(), 3u); // Other seeds, other parameters.
}

TEST_F(TrainTest, ProbesSampleTheLastPlannedStep) {
  ArchiveOptions options;
  options.probes = true; // Curvature in every second step.
  options.epochs = 2;    // 26 steps: the last one is odd.
  Trace trace = run(writePointsNet("a.pt", options)).trace;
  const TraceSignal *top = trace.find("curvature/hessian_top_eigenvalue");
  ASSERT_TRUE(top);
  EXPECT_EQ(top->steps.back(), 25);
  EXPECT_EQ(top->steps.size(), 14u);
}

TEST_F(TrainTest, ANonFiniteLossEndsTheRun) {
  ArchiveOptions options;
  options.lr = 1e30;
  options.probes = true;
  Result result = run(writePointsNet("a.pt", options));
  const Trace &trace = result.trace;
  EXPECT_EQ(trace.status, RunStatus::Diverged);
  EXPECT_TRUE(contains(trace.reason, "training loss is")) << trace.reason;
  const TraceSignal *loss = trace.find("baseline/train_loss");
  ASSERT_TRUE(loss);
  ASSERT_GE(loss->values.size(), 2u);
  EXPECT_LT(trace.stepsDone, trace.stepsPlanned);
  EXPECT_EQ(loss->values.size(), size_t(trace.stepsDone));
  for (size_t i = 0; i + 1 < loss->values.size(); ++i)
    EXPECT_TRUE(std::isfinite(loss->values[i]));
  EXPECT_FALSE(std::isfinite(loss->values.back()));
  for (const TraceSignal &signal : trace.signals)
    EXPECT_LT(signal.steps.back(), trace.stepsDone) << signal.name;
}

TEST_F(TrainTest, NonFiniteParametersEndTheRun) {
  ArchiveOptions options;
  // In the last step of the first epoch: no loss has seen it.
  options.statement = "if self.steps_done == 13:\n"
                      "        self.b2.detach().fill_(1e30).mul_(1e30)";
  Trace trace = run(writePointsNet("a.pt", options)).trace;
  EXPECT_EQ(trace.status, RunStatus::Diverged);
  EXPECT_EQ(trace.reason, "parameter 'b2' is not finite after step 12");
  EXPECT_EQ(trace.stepsDone, 13);
  EXPECT_EQ(trace.find("baseline/train_loss")->values.size(), 13u);
  EXPECT_FALSE(trace.find("baseline/validation_loss"));
}

TEST_F(TrainTest, AnExceptionIsTheRunsResult) {
  ArchiveOptions options;
  options.statement = "if self.steps_done == 5:\n"
                      "        value = torch.addmm(self.b1, self.w1, self.w1)";
  Trace trace = run(writePointsNet("a.pt", options)).trace;
  EXPECT_EQ(trace.status, RunStatus::Failed);
  EXPECT_EQ(trace.stepsDone, 4);
  EXPECT_ONE_LINE_WITH(trace.reason, "mat1 and mat2 shapes cannot be "
                                     "multiplied");
  EXPECT_EQ(trace.find("baseline/train_loss")->values.size(), 4u);
}

TEST_F(TrainTest, TimeoutKeepsTheTrace) {
  TrainOptions options;
  options.timeoutSeconds = 1e-9;
  Trace trace = run(writePointsNet("a.pt"), options).trace;
  EXPECT_EQ(trace.status, RunStatus::Timeout);
  EXPECT_EQ(trace.stepsDone, 1);
  EXPECT_ONE_LINE_WITH(trace.reason, "after 1 of 39 steps");
  EXPECT_EQ(trace.find("baseline/train_loss")->values.size(), 1u);
}

TEST_F(TrainTest, ThreadsAreSet) {
  TrainOptions options;
  options.threads = 2;
  run(writePointsNet("a.pt"), options);
  EXPECT_EQ(at::get_num_threads(), 2);
  options.threads = 1;
  run(writePointsNet("a.pt"), options);
  EXPECT_EQ(at::get_num_threads(), 1);
}

TEST_F(TrainTest, LoadErrorsAreOneLine) {
  EXPECT_ONE_LINE_WITH(loadError((folder / "none.pt").string()),
                       "none.pt: cannot read: No such file");
  std::string path = writePointsNet("a.pt");
  std::string bytes = readFileBytes(path);
  EXPECT_ONE_LINE_WITH(loadError(write("b.pt", "no zip file")),
                       "b.pt: is not a TorchScript archive, or is damaged");
  EXPECT_ONE_LINE_WITH(loadError(write("b.pt", "")),
                       "b.pt: is not a TorchScript archive, or is damaged");
  EXPECT_ONE_LINE_WITH(
      loadError(write("b.pt", bytes.substr(0, bytes.size() / 2))),
      "b.pt: is not a TorchScript archive, or is damaged");
  // A byte of the code: found by the archive's own checksum.
  std::string damaged = bytes;
  damaged[damaged.find("def forward") + 4] ^= 1;
  EXPECT_ONE_LINE_WITH(loadError(write("b.pt", damaged)), "b.pt: ");

  ArchiveOptions options;
  options.withProgramJson = false;
  EXPECT_ONE_LINE_WITH(loadError(writePointsNet("b.pt", options)),
                       "b.pt: has no program.json");
  options = {};
  options.withoutMethod = "reset_parameters";
  EXPECT_ONE_LINE_WITH(loadError(writePointsNet("b.pt", options)),
                       "b.pt: has no method 'reset_parameters'");
  options = {};
  options.patch = {{"schema", "dynfault.program/2"}};
  EXPECT_ONE_LINE_WITH(loadError(writePointsNet("b.pt", options)),
                       "b.pt: program.json: 'schema': this is "
                       "'dynfault.program/2', but this build reads");
}
