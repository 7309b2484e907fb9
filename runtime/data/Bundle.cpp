//===- Bundle.cpp - Many small files of a package as one ------------------===//

#include "runtime/data/Bundle.h"

#include "runtime/data/FileBytes.h"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <fnmatch.h>
#include <memory>
#include <stdexcept>

namespace fs = std::filesystem;

namespace dynfault {

namespace {

/// What an archive may unpack to; far above any data set, far below what a
/// hostile file could ask for.
constexpr size_t LargestUnpacked = size_t(2) << 30;

ssize_t appendBlock(struct archive *, void *client, const void *block,
                    size_t size) {
  static_cast<std::string *>(client)->append(static_cast<const char *>(block),
                                             size);
  return size;
}

std::string defect(struct archive *archive) {
  const char *text = archive_error_string(archive);
  return text ? text : "unknown defect";
}

/// Files under `folder`, relative to it, sorted by name.
std::vector<std::string> filesUnder(const fs::path &folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::recursive_directory_iterator
           file(folder, fs::directory_options::skip_permission_denied, error),
       end;
       !error && file != end; file.increment(error))
    if (file->is_regular_file(error))
      names.push_back(file->path().lexically_relative(folder).string());
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace

bool isPattern(const std::string &path) {
  return path.find_first_of("*?[") != std::string::npos;
}

std::string makeBundle(const fs::path &root, const std::string &pattern) {
  size_t folderEnd = pattern.rfind('/', pattern.find_first_of("*?["));
  folderEnd = folderEnd == std::string::npos ? 0 : folderEnd + 1;
  fs::path folder = root / pattern.substr(0, folderEnd);
  std::string rest = pattern.substr(folderEnd);

  std::string bytes;
  std::unique_ptr<struct archive, decltype(&archive_write_free)> archive(
      archive_write_new(), archive_write_free);
  archive_write_set_format_pax_restricted(archive.get());
  archive_write_set_bytes_per_block(archive.get(), 0);
  if (archive_write_open(archive.get(), &bytes, nullptr, appendBlock,
                         nullptr) != ARCHIVE_OK)
    throw std::runtime_error("libarchive cannot write a tar file");
  bool any = false;
  for (const std::string &name : filesUnder(folder)) {
    if (::fnmatch(rest.c_str(), name.c_str(), 0) != 0)
      continue;
    std::string contents = readFileBytes(folder / name);
    std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(
        archive_entry_new(), archive_entry_free);
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_size(entry.get(), contents.size());
    archive_entry_set_mtime(entry.get(), 0, 0);
    if (archive_write_header(archive.get(), entry.get()) != ARCHIVE_OK ||
        archive_write_data(archive.get(), contents.data(), contents.size()) !=
            ssize_t(contents.size()))
      throw std::runtime_error(fmt::format("{}: cannot be put into a tar "
                                           "file: {}",
                                           (folder / name).string(),
                                           defect(archive.get())));
    any = true;
  }
  if (archive_write_close(archive.get()) != ARCHIVE_OK)
    throw std::runtime_error("libarchive cannot finish a tar file");
  return any ? bytes : "";
}

std::vector<BundleMember> readBundle(const std::string &bytes,
                                     const std::string &file) {
  std::unique_ptr<struct archive, decltype(&archive_read_free)> archive(
      archive_read_new(), archive_read_free);
  archive_read_support_format_tar(archive.get());
  archive_read_support_format_zip_seekable(archive.get());
  auto fail = [&](const std::string &what) {
    throw std::runtime_error(fmt::format("{}: {}", file, what));
  };
  if (archive_read_open_memory(archive.get(), bytes.data(), bytes.size()) !=
      ARCHIVE_OK)
    fail("is no tar or zip file");
  std::vector<BundleMember> members;
  size_t unpacked = 0;
  while (true) {
    archive_entry *entry = nullptr;
    int status = archive_read_next_header(archive.get(), &entry);
    if (status == ARCHIVE_EOF)
      break;
    if (status != ARCHIVE_OK)
      fail(fmt::format("damaged archive: {}", defect(archive.get())));
    if (archive_entry_filetype(entry) != AE_IFREG)
      continue;
    BundleMember member;
    member.name = archive_entry_pathname(entry);
    // The announced size is not trusted; what comes out is counted.
    char block[1 << 16];
    while (true) {
      ssize_t count = archive_read_data(archive.get(), block, sizeof(block));
      if (count == 0)
        break;
      if (count < 0)
        fail(fmt::format("damaged archive at '{}': {}", member.name,
                         defect(archive.get())));
      unpacked += count;
      if (unpacked > LargestUnpacked)
        fail("unpacks to more than 2 GiB");
      member.bytes.append(block, count);
    }
    members.push_back(std::move(member));
  }
  if (members.empty())
    fail("the archive holds no files");
  return members;
}

} // namespace dynfault
