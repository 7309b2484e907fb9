//===- CorpusFile.cpp - Where a corpus or a part of it is written ---------===//

#include "runtime/train/CorpusFile.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <stdexcept>
#include <unistd.h>

namespace fs = std::filesystem;

namespace dynfault {

namespace {

fs::path lockPath(const fs::path &corpus) {
  return corpus.parent_path() / ("." + corpus.filename().string() + ".lock");
}

/// Unlike flock, a record lock is not handed on to forked workers, and it holds
/// on network file systems too.
struct flock wholeFile(short type) {
  struct flock whole = {};
  whole.l_type = type;
  whole.l_whence = SEEK_SET;
  return whole;
}

std::optional<int64_t> parseNumber(const char *begin, const char *end) {
  int64_t number = 0;
  auto [rest, error] = std::from_chars(begin, end, number);
  if (error != std::errc() || rest != end)
    return std::nullopt;
  return number;
}

} // namespace

std::optional<Shard> parseShard(const std::string &text) {
  size_t slash = text.find('/');
  if (slash == std::string::npos)
    return std::nullopt;
  const char *begin = text.data(), *end = begin + text.size();
  auto index = parseNumber(begin, begin + slash);
  auto count = parseNumber(begin + slash + 1, end);
  if (!index || !count || *index < 1 || *index > *count)
    return std::nullopt;
  return Shard{*index, *count};
}

fs::path corpusFile(const fs::path &folder, const Shard &shard) {
  if (shard.count == 1)
    return folder / "corpus.sqlite";
  return folder /
         fmt::format("shard-{}-of-{}.sqlite", shard.index, shard.count);
}

std::vector<fs::path> corpusFiles(const fs::path &folder) {
  std::vector<fs::path> found;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder)) {
    std::string name = entry.path().filename().string();
    bool shard =
        name.rfind("shard-", 0) == 0 && entry.path().extension() == ".sqlite";
    if (shard || name == "corpus.sqlite")
      found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

CorpusLock::CorpusLock(const fs::path &corpus, int jobs) {
  std::string path = lockPath(corpus).string();
  descriptor = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
  if (descriptor < 0)
    throw std::runtime_error(
        fmt::format("{}: cannot write: {}", path, std::strerror(errno)));
  struct flock whole = wholeFile(F_WRLCK);
  if (::fcntl(descriptor, F_SETLK, &whole) != 0) {
    int reason = errno;
    ::close(descriptor);
    if (reason == EACCES || reason == EAGAIN)
      throw std::runtime_error(
          fmt::format("{}: another dynfault-run is writing this corpus; wait "
                      "for it, or use another --out",
                      corpus.string()));
    throw std::runtime_error(
        fmt::format("{}: cannot lock: {}", path, std::strerror(reason)));
  }
  // Only who asks for the time left reads this; not knowing does no harm.
  std::string text = fmt::format("{}\n", jobs);
  if (::ftruncate(descriptor, 0) == 0)
    (void)!::pwrite(descriptor, text.data(), text.size(), 0);
}

CorpusLock::~CorpusLock() { ::close(descriptor); }

int CorpusLock::jobsAtWork(const fs::path &corpus) {
  int file = ::open(lockPath(corpus).c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0)
    return 0;
  struct flock whole = wholeFile(F_WRLCK);
  int jobs = 0;
  if (::fcntl(file, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK) {
    char text[32] = {};
    ssize_t count = ::pread(file, text, sizeof(text) - 1, 0);
    const char *end = std::find(text, text + std::max<ssize_t>(count, 0), '\n');
    jobs = int(std::max<int64_t>(1, parseNumber(text, end).value_or(1)));
  }
  ::close(file);
  return jobs;
}

} // namespace dynfault
