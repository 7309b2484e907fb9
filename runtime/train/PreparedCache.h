//===- PreparedCache.h - Data that the next runs need too -------*- C++ -*-===//
//
// Nearly all mutants of a program train on the same rows with the same
// transforms. The parent process prepares them once, and the workers that it
// forks share the memory.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRAIN_PREPAREDCACHE_H
#define DYNFAULT_RUNTIME_TRAIN_PREPAREDCACHE_H

#include "runtime/data/Dataset.h"

#include <list>

namespace dynfault {

/// The last few prepared data sets. Not for concurrent use.
class PreparedCache {
public:
  /// `store` must live as long.
  explicit PreparedCache(DataStore &store) : store(store) {}

  /// What DataStore::prepare gives for `request`, which does not depend on the
  /// program's file. Throws as it does.
  PreparedData get(const DataRequest &request);

private:
  struct Entry {
    std::string key;
    PreparedData data;
  };

  DataStore &store;
  std::list<Entry> entries; ///< The last used one first.
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRAIN_PREPAREDCACHE_H
