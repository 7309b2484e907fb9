//===- Corpus.cpp - All runs of a manifest --------------------------------===//

#include "runtime/train/Corpus.h"

#include "runtime/data/Fetch.h"
#include "runtime/train/PreparedCache.h"
#include "runtime/train/Progress.h"
#include "runtime/train/Versions.h"
#include "runtime/train/Worker.h"

#include <csignal>
#include <fmt/format.h>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace dynfault {

namespace {

/// A worker stops itself between two steps; only one that hangs inside a step
/// is killed, this much later.
constexpr double TimeoutGraceSeconds = 5;
/// Larger archives are loaded in each worker: what they cost counts less there
/// and would weigh more here.
constexpr uintmax_t MostSharedBytes = 16 << 20;
/// Likewise the plans of longer runs, which may need much memory.
constexpr int64_t MostSharedMilliseconds = 5000;

struct PlannedRun {
  const ProgramFile *file;
  int64_t mutant; ///< Id in the corpus.
  int64_t seed;
};

/// Blocks the signals that the loop waits for, so that none is missed between
/// a look at the workers and the wait.
class SignalWait {
public:
  SignalWait() {
    sigemptyset(&signals);
    for (int signal : {SIGCHLD, SIGINT, SIGTERM})
      sigaddset(&signals, signal);
    ::pthread_sigmask(SIG_BLOCK, &signals, &before);
  }
  ~SignalWait() { ::pthread_sigmask(SIG_SETMASK, &before, nullptr); }
  SignalWait(const SignalWait &) = delete;
  SignalWait &operator=(const SignalWait &) = delete;

  /// Waits for at most `milliseconds`. True if the user wants to stop.
  bool wait(int milliseconds) {
    timespec limit{milliseconds / 1000, milliseconds % 1000 * 1000000L};
    int signal = ::sigtimedwait(&signals, nullptr, &limit);
    return signal == SIGINT || signal == SIGTERM;
  }

private:
  sigset_t signals, before;
};

/// Whether `device` works, asked in a process of its own: a parent that has
/// opened a CUDA context cannot fork workers that use it.
void checkDeviceApart(const std::string &device) {
  if (device == "cpu")
    return;
  pid_t child = ::fork();
  if (child == 0) {
    try {
      checkDevice(device);
      ::_exit(0);
    } catch (...) {
      ::_exit(1);
    }
  }
  int status = 1;
  if (child > 0)
    ::waitpid(child, &status, 0);
  if (status != 0)
    throw std::runtime_error("no CUDA device, or LibTorch was built without "
                             "CUDA; use --device cpu");
}

class CorpusRun {
public:
  CorpusRun(const Manifest &manifest, const CorpusOptions &options)
      : manifest(manifest), options(options), data(Catalogue::load()),
        prepared(data),
        file(corpusFile(makeFolder(options.folder), options.shard)),
        lock(file, options.jobs),
        store(TraceStore::openOrCreate(file.string())) {
    result.file = file.string();
  }

  CorpusResult run() {
    // Workers must find neither threads nor locks (Worker.h).
    setThreadCount(1);
    checkDeviceApart(options.device);
    std::vector<PlannedRun> pending = collect();
    store.setManifest(manifest.digest());
    warmUp(pending);
    Progress progress("runs", result.planned, result.alreadyRecorded);
    SignalWait signals;
    auto next = pending.begin();
    int interruptions = 0;
    while (next != pending.end() || !active.empty()) {
      while (next != pending.end() && !interruptions &&
             active.size() < size_t(options.jobs))
        start(*next++);
      if (active.empty())
        break;
      if (signals.wait(200) && ++interruptions > 1)
        break;
      collectFinished();
      progress.update(result.alreadyRecorded + result.recorded, describe());
    }
    active.clear();
    result.interrupted =
        result.alreadyRecorded + result.recorded < result.planned;
    store.updateKilled(options.device);
    return result;
  }

private:
  struct Active {
    PlannedRun run;
    Worker worker;
    bool stopped = false;
  };

  static fs::path makeFolder(const std::string &folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error || !fs::is_directory(folder))
      throw std::runtime_error(
          fmt::format("{}: cannot make this folder: {}", folder,
                      error ? error.message() : "a file of that name exists"));
    return folder;
  }

  /// Checks everything and lists the runs that are not recorded.
  std::vector<PlannedRun> collect() {
    for (size_t i = 0; i < manifest.mutants.size(); ++i) {
      if (!options.shard.contains(i))
        continue;
      const PlannedMutant &planned = manifest.mutants[i];
      files.push_back({&planned, readProgramFile(planned.archive)});
      const ProgramFile &file = files.back().file;
      bool same = file.mutant.archiveSha256 == planned.sha256 &&
                  file.program.name == planned.program &&
                  file.mutant.key == planned.key;
      if (!same)
        throw std::runtime_error(
            fmt::format("{}: has changed since it was planned; make a new "
                        "manifest with 'dynfault-run plan'",
                        planned.archive));
    }
    std::vector<PlannedRun> pending;
    std::set<std::string> sources;
    for (const auto &[planned, file] : files) {
      const DatasetEntry &entry =
          data.catalogue().entry(file.data.dataset.source);
      bool present = looksFetched(entry);
      int64_t mutant = store.addMutant(file.program, file.mutant);
      for (int64_t seed : manifest.seedsOf(*planned)) {
        ++result.planned;
        if (store.hasRun(mutant, {seed, options.device})) {
          ++result.alreadyRecorded;
          continue;
        }
        if (!present) {
          ++result.leftOut[absentData(entry)];
          --result.planned;
          continue;
        }
        pending.push_back({&file, mutant, seed});
        ++runsLeft[&file];
        sources.insert(file.data.dataset.source);
      }
    }
    for (const std::string &source : sources)
      data.raw(source);
    return pending;
  }

  /// LibTorch sets up much when it loads its first archive. Done here, that is
  /// done once, and not in every worker again.
  void warmUp(const std::vector<PlannedRun> &pending) {
    if (pending.empty() || options.device != "cpu")
      return;
    try {
      loadModule(readArchive(pending.front().file->path), options.device);
    } catch (const std::exception &) {
      // The run itself will say what is wrong with it.
    }
  }

  /// Loads the archive of the next run here if others need it as well: the
  /// workers share the memory, and the time.
  void load(const PlannedRun &run) {
    int64_t left = --runsLeft[run.file];
    if (loaded && loaded->file == run.file)
      return;
    loaded.reset();
    std::error_code error;
    uintmax_t bytes = fs::file_size(run.file->path, error);
    if (left == 0 || options.device != "cpu" || error ||
        bytes > MostSharedBytes)
      return;
    try {
      Archive archive = readArchive(run.file->path);
      if (archive.file.mutant.archiveSha256 == run.file->mutant.archiveSha256)
        loaded = {run.file, loadModule(archive, options.device), nullptr};
    } catch (const std::exception &) {
      // The run itself will say what is wrong with it.
    }
  }

  /// Plans the next run of a loaded archive here once another run of it has
  /// gone well: its workers share the plans, too.
  void plan(const PlannedRun &run, const PreparedData &ready,
            TrainOptions &train) {
    if (!loaded || loaded->file != run.file || !goesWell.count(run.file) ||
        train.threads > 1 || !train.compiledStep)
      return;
    try {
      if (!loaded->plans)
        loaded->plans = planTraining(loaded->module, *run.file, ready, train);
      train.plans = loaded->plans;
    } catch (const std::exception &) {
      // The run itself will say what is wrong with it.
    }
  }

  /// The run's data, if it can be prepared here; the worker says why not.
  std::optional<PreparedData> prepare(const ProgramFile &file) {
    try {
      return prepared.get(file.data);
    } catch (const std::exception &) {
      return std::nullopt;
    }
  }

  void start(const PlannedRun &run) {
    TrainOptions train;
    train.seed = run.seed;
    train.device = options.device;
    train.threads = options.threads;
    train.timeoutSeconds = options.timeoutSeconds;
    train.compiledStep = options.compiledStep;
    train.graphedStep = options.graphedStep;
    std::optional<PreparedData> ready = prepare(*run.file);
    load(run);
    if (ready)
      plan(run, *ready, train);
    active.push_back({run, Worker([&] { return work(*run.file, ready, train); },
                                  {options.memoryMib << 20})});
  }

  /// In the worker.
  torch::jit::Module moduleOf(const ProgramFile &file,
                              const std::string &device) {
    if (loaded && loaded->file == &file)
      return loaded->module;
    Archive archive = readArchive(file.path);
    if (archive.file.mutant.archiveSha256 != file.mutant.archiveSha256)
      throw std::runtime_error(file.path + ": changed during the runs");
    return loadModule(archive, device);
  }

  /// In the worker.
  Trace work(const ProgramFile &file, std::optional<PreparedData> &ready,
             const TrainOptions &train) {
    try {
      torch::jit::Module module = moduleOf(file, train.device);
      if (!ready)
        ready = data.prepare(file.data);
      return dynfault::train(module, file, *ready, train);
    } catch (const std::exception &error) {
      Trace trace;
      trace.status = RunStatus::Failed;
      trace.reason = firstLine(error);
      return trace;
    }
  }

  void collectFinished() {
    for (auto it = active.begin(); it != active.end();) {
      if (std::optional<Trace> trace = it->worker.poll()) {
        record(it->run, *trace);
        it = active.erase(it);
        continue;
      }
      double limit = options.timeoutSeconds + TimeoutGraceSeconds;
      if (options.timeoutSeconds > 0 && !it->stopped &&
          it->worker.seconds() > limit) {
        it->stopped = true;
        it->worker.stopForTimeout(
            fmt::format("over {} s inside one step", options.timeoutSeconds));
      }
      ++it;
    }
  }

  void record(const PlannedRun &run, Trace &trace) {
    // A worker that never came to train knows none of this; how many rows a
    // fault would have left is not known here.
    if (trace.stepsPlanned == 0) {
      trace.stepsPerEpoch =
          run.file->stepsPerEpoch(run.file->data.dataset.train);
      trace.stepsPlanned = run.file->epochs * trace.stepsPerEpoch;
    }
    if (trace.versions == "{}")
      trace.versions = versionsJson();
    store.addRun(run.mutant, {run.seed, options.device}, options.threads,
                 trace);
    if (trace.status == RunStatus::Completed &&
        trace.durationMs <= MostSharedMilliseconds)
      goesWell.insert(run.file);
    ++result.recorded;
    ++result.byStatus[toString(trace.status)];
    if (trace.status == RunStatus::Failed)
      ++result.reasons[trace.reason];
  }

  std::string describe() const {
    std::string text;
    for (const auto &[status, count] : result.byStatus)
      if (status != toString(RunStatus::Completed))
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, status);
    return text;
  }

  const Manifest &manifest;
  const CorpusOptions &options;
  DataStore data;
  PreparedCache prepared;
  fs::path file;
  CorpusLock lock;
  TraceStore store;
  CorpusResult result;
  struct PlannedFile {
    const PlannedMutant *planned;
    ProgramFile file;
  };
  std::list<PlannedFile> files;
  std::list<Active> active;
  struct LoadedArchive {
    const ProgramFile *file;
    torch::jit::Module module;
    std::shared_ptr<TrainingPlans> plans;
  };
  std::optional<LoadedArchive> loaded;
  /// Some run of these was completed.
  std::set<const ProgramFile *> goesWell;
  std::map<const ProgramFile *, int64_t> runsLeft; ///< Not started yet.
};

} // namespace

CorpusResult runCorpus(const Manifest &manifest, const CorpusOptions &options) {
  return CorpusRun(manifest, options).run();
}

} // namespace dynfault
