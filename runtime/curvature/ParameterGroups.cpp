//===- ParameterGroups.cpp - Parameters of one layer ----------------------===//
//
// The order of first members is the order of the layers in the program, which
// the features `layer_first` and `layer_last` rely on.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/ParameterGroups.h"

#include <map>

using namespace dynfault;

std::vector<ParameterGroup>
dynfault::groupByLayer(const std::vector<std::string> &names) {
  std::vector<ParameterGroup> groups;
  std::map<std::string, size_t> index;
  for (size_t i = 0; i < names.size(); ++i) {
    std::string layer = names[i].substr(0, names[i].rfind('.'));
    auto [entry, isNew] = index.try_emplace(layer, groups.size());
    if (isNew)
      groups.push_back({layer, {}});
    groups[entry->second].members.push_back(i);
  }
  return groups;
}

int64_t dynfault::groupSize(const ParameterGroup &group,
                            const std::vector<at::Tensor> &parameters) {
  int64_t size = 0;
  for (size_t member : group.members)
    size += parameters[member].numel();
  return size;
}
