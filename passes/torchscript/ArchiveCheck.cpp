//===- ArchiveCheck.cpp - What an archive must be before it is read -------===//
//
// A TorchScript archive is a zip file whose entries stand under one root folder
// (the format is that of PKWARE's APPNOTE.TXT). The sizes in its central
// directory are what LibTorch allocates, so they must be true and within
// bounds.
//
//===----------------------------------------------------------------------===//

#include "passes/torchscript/ArchiveCheck.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"

#include <vector>
#include <zlib.h>

using namespace llvm;
using namespace dynfault::torchscript;

/// Of one record's text; all of them together get four times as much.
static constexpr uint64_t kMaximalUnpacked = 64u << 20;

namespace {
struct Entry {
  StringRef name;
  uint64_t localHeader, compressed, size;
  bool isDeflated;
};
} // namespace

static uint16_t read16(StringRef text, uint64_t at) {
  return support::endian::read16le(text.data() + at);
}
static uint32_t read32(StringRef text, uint64_t at) {
  return support::endian::read32le(text.data() + at);
}
static uint64_t read64(StringRef text, uint64_t at) {
  return support::endian::read64le(text.data() + at);
}

/// A name as it may stand in a message.
static std::string quote(StringRef name) {
  std::string text = "'";
  for (char c : name.take_front(120))
    text += isPrint(c) ? c : '?';
  return text + "'";
}

/// Where the central directory lies: {offset, size, number of entries}.
struct Directory {
  uint64_t offset = 0, size = 0, count = 0;
};

/// Finds the end-of-directory record; empty text on success.
static std::string findDirectory(StringRef contents, Directory &directory) {
  constexpr size_t kEndSize = 22, kEnd64Size = 56, kLocatorSize = 20;
  size_t end = contents.rfind("PK\x05\x06");
  if (end == StringRef::npos || contents.size() - end < kEndSize)
    return "the file is truncated: the zip directory at its end is missing";
  directory.offset = read32(contents, end + 16);
  directory.size = read32(contents, end + 12);
  directory.count = read16(contents, end + 10);
  bool is64 = directory.offset == UINT32_MAX || directory.size == UINT32_MAX ||
              directory.count == UINT16_MAX;
  StringRef locator = contents.take_front(end).take_back(kLocatorSize);
  if (locator.starts_with(StringRef("PK\x06\x07", 4))) {
    uint64_t at = read64(locator, 8);
    if (at > end || end - at < kEnd64Size ||
        !contents.drop_front(at).starts_with(StringRef("PK\x06\x06", 4)))
      return "the zip64 directory record lies outside of the file";
    directory.offset = read64(contents, at + 48);
    directory.size = read64(contents, at + 40);
    directory.count = read64(contents, at + 32);
  } else if (is64) {
    return "the zip64 directory record is missing";
  }
  if (directory.offset > end || directory.size > end - directory.offset)
    return "the zip directory lies outside of the file";
  return {};
}

/// Reads one entry of the central directory and moves `at` behind it.
static std::string readEntry(StringRef directory, uint64_t &at, Entry &entry) {
  constexpr uint64_t kFixed = 46;
  if (directory.size() - at < kFixed ||
      !directory.drop_front(at).starts_with(StringRef("PK\x01\x02", 4)))
    return "the zip directory is damaged";
  uint64_t nameSize = read16(directory, at + 28);
  uint64_t extraSize = read16(directory, at + 30);
  uint64_t commentSize = read16(directory, at + 32);
  if (directory.size() - at - kFixed < nameSize + extraSize + commentSize)
    return "the zip directory is damaged";
  entry.name = directory.substr(at + kFixed, nameSize);
  uint16_t flags = read16(directory, at + 8),
           method = read16(directory, at + 10);
  entry.compressed = read32(directory, at + 20);
  entry.size = read32(directory, at + 24);
  entry.localHeader = read32(directory, at + 42);
  // Numbers that need 64 bits stand in an extra field, in this order.
  StringRef extra = directory.substr(at + kFixed + nameSize, extraSize);
  while (extra.size() >= 4) {
    uint64_t size = read16(extra, 2);
    if (extra.size() - 4 < size)
      return "record " + quote(entry.name) + ": its zip header is damaged";
    if (read16(extra, 0) == 1) {
      StringRef numbers = extra.substr(4, size);
      for (uint64_t *field :
           {&entry.size, &entry.compressed, &entry.localHeader})
        if (*field == UINT32_MAX) {
          if (numbers.size() < 8)
            return "record " + quote(entry.name) +
                   ": its zip64 header is too short";
          *field = read64(numbers, 0);
          numbers = numbers.drop_front(8);
        }
    }
    extra = extra.drop_front(4 + size);
  }
  at += kFixed + nameSize + extraSize + commentSize;
  constexpr uint16_t kEncrypted = 1;
  if (flags & kEncrypted)
    return "record " + quote(entry.name) + " is encrypted";
  constexpr uint16_t kStored = 0, kDeflated = 8;
  entry.isDeflated = method == kDeflated;
  if (method != kStored && method != kDeflated)
    return "record " + quote(entry.name) +
           " is packed by a method that PyTorch "
           "does not use";
  if (method == kStored && entry.compressed != entry.size)
    return "record " + quote(entry.name) + " has two different sizes";
  return {};
}

/// Whether the name is a plain path inside the archive.
static bool isPlainName(StringRef name) {
  if (name.empty() || name.starts_with("/") || name.size() > 4096)
    return false;
  for (char c : name)
    if (!isPrint(c) || c == '\\' || c == ':')
      return false;
  SmallVector<StringRef> parts;
  name.split(parts, '/');
  return llvm::none_of(parts, [](StringRef part) {
    return part.empty() || part == "." || part == "..";
  });
}

std::string dynfault::torchscript::readRecords(StringRef contents,
                                               Records &records) {
  Directory place;
  if (std::string problem = findDirectory(contents, place); !problem.empty())
    return problem;
  StringRef directory = contents.substr(place.offset, place.size);
  constexpr uint64_t kSmallest = 46;
  if (place.count > directory.size() / kSmallest)
    return "the zip directory is too short for its " +
           std::to_string(place.count) + " entries";

  StringRef root;
  std::vector<std::pair<uint64_t, uint64_t>> extents;
  uint64_t at = 0, unpacked = 0;
  for (uint64_t i = 0; i < place.count; ++i) {
    Entry entry;
    if (std::string problem = readEntry(directory, at, entry); !problem.empty())
      return problem;
    if (!isPlainName(entry.name))
      return "record " + quote(entry.name) +
             " has a name that is no plain path";
    auto [folder, name] = entry.name.split('/');
    if (i == 0)
      root = folder;
    if (name.empty() || folder != root)
      return "record " + quote(entry.name) +
             " lies outside of the archive's folder " + quote(root);
    constexpr uint64_t kLocal = 30;
    if (entry.localHeader > place.offset ||
        place.offset - entry.localHeader < kLocal ||
        !contents.drop_front(entry.localHeader)
             .starts_with(StringRef("PK\x03\x04", 4)))
      return "record " + quote(name) + " starts outside of the file";
    uint64_t begin = entry.localHeader + kLocal +
                     read16(contents, entry.localHeader + 26) +
                     read16(contents, entry.localHeader + 28);
    if (begin > place.offset || entry.compressed > place.offset - begin)
      return "record " + quote(name) + " ends outside of the file";
    if (entry.isDeflated) {
      if (!name.starts_with("code/"))
        return "record " + quote(name) +
               " is compressed, but PyTorch compresses only code";
      // Program text shrinks about tenfold; a bomb a thousandfold.
      unpacked += entry.size;
      if (entry.size > kMaximalUnpacked || unpacked > 4 * kMaximalUnpacked ||
          entry.size > 200 * entry.compressed + 1024)
        return "record " + quote(name) + " would unpack to " +
               std::to_string(entry.size) + " bytes, far more than code needs";
    }
    extents.emplace_back(entry.localHeader, begin + entry.compressed);
    Record record{contents.substr(begin, entry.compressed), entry.size,
                  entry.isDeflated};
    if (!records.try_emplace(name, record).second)
      return "record " + quote(name) + " stands twice";
  }
  llvm::sort(extents);
  for (size_t i = 1; i < extents.size(); ++i)
    if (extents[i].first < extents[i - 1].second)
      return "two records of the zip file overlap";
  return {};
}

/// Unpacks a record into `text`; empty on success.
static std::string unpack(const Record &record, std::string &text) {
  if (!record.isDeflated) {
    text = record.bytes.str();
    return {};
  }
  text.resize(record.size);
  z_stream stream{};
  // A negative window size: without a header of its own.
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return "cannot be unpacked";
  stream.next_in =
      reinterpret_cast<Bytef *>(const_cast<char *>(record.bytes.data()));
  stream.avail_in = record.bytes.size();
  stream.next_out = reinterpret_cast<Bytef *>(text.data());
  stream.avail_out = text.size();
  int status = inflate(&stream, Z_FINISH);
  bool isWhole = status == Z_STREAM_END && stream.avail_out == 0;
  inflateEnd(&stream);
  return isWhole ? "" : "its compressed bytes are damaged";
}

/// `data/0` becomes `0`.
static StringMap<StringRef> getStorages(const Records &records,
                                        StringRef folder) {
  StringMap<StringRef> storages;
  for (const auto &record : records) {
    StringRef name = record.getKey();
    if (name.consume_front(folder))
      storages[name] = record.getValue().bytes;
  }
  return storages;
}

std::string dynfault::torchscript::checkArchive(StringRef contents) {
  Records records;
  if (std::string problem = readRecords(contents, records); !problem.empty())
    return problem;
  if (records.count("model.json"))
    return "the archive is from a PyTorch before 1.2; load and save it anew "
           "with a PyTorch that reads it";
  // Newer file formats keep it apart.
  StringRef versionName =
      records.count("version") ? "version" : ".data/version";
  for (StringRef name :
       {StringRef("data.pkl"), StringRef("constants.pkl"), versionName})
    if (!records.count(name))
      return ("the file has no record '" + name +
              "', so it is no TorchScript archive (torch.save writes no "
              "program; use torch.jit.script or trace and save that)")
          .str();
  unsigned version;
  if (records[versionName].bytes.trim().getAsInteger(10, version))
    return ("record '" + versionName + "' holds no number").str();

  // Expanded views may look larger than they are, but not without bounds.
  uint64_t maximalTensorBytes = 4 * contents.size() + (64u << 20);
  for (auto [record, folder] : {std::pair("data.pkl", "data/"),
                                std::pair("constants.pkl", "constants/")}) {
    StringMap<StringRef> storages = getStorages(records, folder);
    std::string problem =
        checkPickle(records[record].bytes, &storages, maximalTensorBytes);
    if (!problem.empty())
      return std::string("record '") + record + "': " + problem;
  }
  for (const auto &record : records) {
    StringRef name = record.getKey();
    if (!name.starts_with("code/"))
      continue;
    std::string text;
    std::string problem = unpack(record.getValue(), text);
    if (problem.empty())
      problem = name.ends_with(".debug_pkl") ? checkDebugRecord(text)
                                             : checkCode(text);
    if (!problem.empty())
      return ("record '" + name + "': " + problem).str();
  }
  return {};
}
