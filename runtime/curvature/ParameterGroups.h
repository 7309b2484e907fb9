//===- ParameterGroups.h - Parameters of one layer --------------*- C++ -*-===//
//
// Curvature per layer needs to know which entries of a flat vector belong
// together. A layer's parameters share the part of their names before the last
// dot, as torch.nn names them.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_PARAMETERGROUPS_H
#define DYNFAULT_RUNTIME_CURVATURE_PARAMETERGROUPS_H

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace dynfault {

/// The parameters of one layer.
struct ParameterGroup {
  std::string name;            ///< `conv1` for `conv1.weight`, `conv1.bias`.
  std::vector<size_t> members; ///< Indices of parameters, ascending.
};

/// Groups `names` by layer, in the order of their first member. A name without
/// a dot is a group of its own.
std::vector<ParameterGroup> groupByLayer(const std::vector<std::string> &names);

/// Number of entries of the members.
int64_t groupSize(const ParameterGroup &group,
                  const std::vector<at::Tensor> &parameters);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_PARAMETERGROUPS_H
