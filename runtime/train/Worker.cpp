//===- Worker.cpp - One run in a process of its own -----------------------===//

#include "runtime/train/Worker.h"

#include "runtime/train/Versions.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dynfault {

namespace {

double now() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string contents(FILE *file) {
  std::rewind(file);
  std::string bytes;
  char buffer[1 << 16];
  while (size_t count = std::fread(buffer, 1, sizeof(buffer), file))
    bytes.append(buffer, count);
  return bytes;
}

std::string lastLine(const std::string &text) {
  size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string::npos)
    return "";
  size_t begin = text.rfind('\n', end);
  begin = begin == std::string::npos ? 0 : begin + 1;
  return text.substr(begin, end - begin + 1);
}

/// A file in memory: a full disk must not look like a failed run.
FILE *memoryFile(const char *name) {
  int descriptor = ::memfd_create(name, MFD_CLOEXEC);
  FILE *file = descriptor < 0 ? nullptr : ::fdopen(descriptor, "w+");
  if (!file)
    throw std::runtime_error(
        fmt::format("cannot make a file in memory: {}", std::strerror(errno)));
  return file;
}

/// Bytes of this process's private writable memory, which is what RLIMIT_DATA
/// counts since Linux 4.7.
int64_t dataBytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word)
    if (word == "VmData:") {
      int64_t kibibytes = 0;
      status >> kibibytes;
      return kibibytes << 10;
    }
  return 0;
}

void applyLimits(const WorkerLimits &limits) {
  // The kernel's choice when memory runs out: never the parent.
  std::ofstream("/proc/self/oom_score_adj") << 1000;
  if (limits.memoryBytes == 0)
    return;
  startBlas();
  rlim_t most = rlim_t(dataBytes() + limits.memoryBytes);
  rlimit limit{most, most};
  ::setrlimit(RLIMIT_DATA, &limit);
}

[[noreturn]] void runChild(const std::function<Trace()> &work,
                           const WorkerLimits &limits, FILE *result, FILE *log,
                           pid_t parent) {
  // A worker whose parent was killed has nobody to report to.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent)
    ::_exit(1);
  // The terminal sends an interrupt to all; the parent decides what stops.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(null, STDIN_FILENO);
  ::dup2(::fileno(log), STDOUT_FILENO);
  ::dup2(::fileno(log), STDERR_FILENO);
  // A file-size limit is about the corpus; this one lies in memory.
  std::signal(SIGXFSZ, SIG_IGN);
  applyLimits(limits);
  try {
    std::string bytes = packTrace(work());
    bool whole =
        std::fwrite(bytes.data(), 1, bytes.size(), result) == bytes.size() &&
        std::fflush(result) == 0;
    if (!whole)
      std::fprintf(stderr, "cannot write the trace: %s\n",
                   std::strerror(errno));
    std::fflush(nullptr);
    ::_exit(whole ? 0 : 1);
  } catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
    std::fflush(nullptr);
    ::_exit(1);
  }
}

} // namespace

Worker::Process::~Process() {
  if (pid > 0) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  if (result)
    std::fclose(result);
  if (log)
    std::fclose(log);
}

Worker::Worker(const std::function<Trace()> &work, const WorkerLimits &limits)
    : process(std::make_unique<Process>()) {
  process->result = memoryFile("dynfault-trace");
  process->log = memoryFile("dynfault-log");
  // What is still buffered would be written twice.
  std::fflush(nullptr);
  process->started = now();
  pid_t parent = ::getpid();
  pid_t pid = ::fork();
  if (pid < 0)
    throw std::runtime_error(
        fmt::format("cannot start a worker: {}", std::strerror(errno)));
  if (pid == 0)
    runChild(work, limits, process->result, process->log, parent);
  process->pid = pid;
}

Worker::~Worker() = default;

double Worker::seconds() const { return now() - process->started; }

std::optional<Trace> Worker::poll() {
  int status = 0;
  if (::waitpid(process->pid, &status, WNOHANG) != process->pid)
    return std::nullopt;
  process->pid = 0;
  return finish(status);
}

void Worker::stopForTimeout(const std::string &reason) {
  process->timeoutReason = reason;
  ::kill(process->pid, SIGKILL);
}

Trace Worker::finish(int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    if (std::optional<Trace> trace = unpackTrace(contents(process->result)))
      return *trace;
  Trace trace;
  trace.durationMs = int64_t(1000 * seconds());
  if (!process->timeoutReason.empty()) {
    trace.status = RunStatus::Timeout;
    trace.reason = process->timeoutReason;
    return trace;
  }
  trace.status = RunStatus::Failed;
  if (WIFSIGNALED(status)) {
    int signal = WTERMSIG(status);
    trace.reason = fmt::format("worker ended by signal {} ({})", signal,
                               ::strsignal(signal));
    if (signal == SIGKILL)
      trace.reason += ", most likely for lack of memory";
  } else {
    trace.reason =
        fmt::format("worker ended with exit status {}", WEXITSTATUS(status));
  }
  std::string line = lastLine(contents(process->log));
  if (!line.empty())
    trace.reason += ": " + line.substr(0, 300);
  return trace;
}

} // namespace dynfault
