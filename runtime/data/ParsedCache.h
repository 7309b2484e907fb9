//===- ParsedCache.h - Parsed data sets, kept -------------------*- C++ -*-===//
//
// Decoding pictures and reading megabytes of JSON takes seconds, and thousands
// of runs need the same rows. What took long to parse is kept beside the data
// files as a safetensors file (the format of Hugging Face's library: a length,
// a JSON header, the elements), mapped into memory by all who read it.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_PARSEDCACHE_H
#define DYNFAULT_RUNTIME_DATA_PARSEDCACHE_H

#include "runtime/data/Dataset.h"

#include <optional>

namespace dynfault {

/// Where the rows of `entry` are kept. The name says of what they were made:
/// the files' hashes, the format with its options, and the version of the
/// readers; so a change of any of them is another file.
std::filesystem::path parsedCachePath(const DatasetEntry &entry);

/// What is kept, or nothing if there is nothing or it is damaged (its hash says
/// so). The tensors lie in mapped memory that must not be written.
std::optional<RawData> loadParsed(const DatasetEntry &entry);

/// Keeps `data`. Nobody needs it, so an error (a full disk) is ignored; nothing
/// half-written stays.
void storeParsed(const DatasetEntry &entry, const RawData &data);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_PARSEDCACHE_H
