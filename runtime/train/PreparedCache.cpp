//===- PreparedCache.cpp - Data that the next runs need too ---------------===//

#include "runtime/train/PreparedCache.h"

#include <algorithm>

namespace dynfault {

namespace {

/// Runs come program by program: the clean recipe, and in between those of data
/// faults.
constexpr size_t Capacity = 3;

nlohmann::json describe(const TensorSpec &spec) {
  return {c10::toString(spec.dtype), spec.shape};
}

/// All that preparing depends on, as text.
std::string keyOf(const DataRequest &request) {
  const DatasetSpec &dataset = request.dataset;
  nlohmann::json key = {dataset.source,           dataset.train,
                        dataset.validation,       dataset.seed,
                        request.classification,   describe(request.input),
                        describe(request.target), describe(request.output)};
  for (const TransformSpec &transform : dataset.transforms)
    key.push_back(transform.json.asObject());
  return key.dump();
}

} // namespace

PreparedData PreparedCache::get(const DataRequest &request) {
  std::string key = keyOf(request);
  auto found =
      std::find_if(entries.begin(), entries.end(),
                   [&](const Entry &entry) { return entry.key == key; });
  if (found != entries.end()) {
    entries.splice(entries.begin(), entries, found);
    return entries.front().data;
  }
  entries.push_front({key, store.prepare(request)});
  if (entries.size() > Capacity)
    entries.pop_back();
  return entries.front().data;
}

} // namespace dynfault
