//===- Subprocess.cpp - Run a program and keep what it prints -------------===//

#include "runtime/data/Subprocess.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace dynfault {

std::string SubprocessResult::lastLine() const {
  size_t end = output.find_last_not_of(" \t\r\n");
  if (end == std::string::npos)
    return "";
  size_t begin = output.rfind('\n', end);
  begin = begin == std::string::npos ? 0 : begin + 1;
  return output.substr(begin, end - begin + 1);
}

SubprocessResult runSubprocess(const std::vector<std::string> &arguments,
                               const std::filesystem::path &workingDirectory,
                               const KeepGoing &keepGoing) {
  // Everything that allocates is done before the fork.
  std::vector<char *> argv;
  for (const std::string &argument : arguments)
    argv.push_back(const_cast<char *>(argument.c_str()));
  argv.push_back(nullptr);
  std::string folder = workingDirectory.string();

  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error(
        fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  pid_t child = ::fork();
  if (child < 0) {
    int reason = errno;
    ::close(ends[0]);
    ::close(ends[1]);
    throw std::runtime_error(fmt::format("cannot start '{}': {}", arguments[0],
                                         std::strerror(reason)));
  }
  if (child == 0) {
    int null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, STDIN_FILENO);
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    // Messages are matched and shown; keep them in one language.
    ::setenv("LC_ALL", "C.UTF-8", 1);
    if (::chdir(folder.c_str()) == 0)
      ::execvp(argv[0], argv.data());
    const char *reason = std::strerror(errno);
    (void)!::write(STDERR_FILENO, reason, std::strlen(reason));
    ::_exit(127);
  }
  ::close(ends[1]);
  SubprocessResult result;
  constexpr int TickMilliseconds = 200;
  char buffer[4096];
  bool ended = false;
  while (true) {
    if (keepGoing && !ended && !keepGoing()) {
      ::kill(child, SIGTERM);
      ended = true;
    }
    struct pollfd readable = {ends[0], POLLIN, 0};
    int ready = ::poll(&readable, 1, keepGoing ? TickMilliseconds : -1);
    if (ready == 0 || (ready < 0 && errno == EINTR))
      continue;
    ssize_t count = ::read(ends[0], buffer, sizeof(buffer));
    if (count > 0)
      result.output.append(buffer, count);
    else if (count == 0 || errno != EINTR)
      break;
  }
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  result.status =
      WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

} // namespace dynfault
