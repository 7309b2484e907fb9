//===- ReplaceLayers.h - Layers with a cheap second derivative --*- C++ -*-===//

#ifndef DYNFAULT_RUNTIME_OPS_REPLACELAYERS_H
#define DYNFAULT_RUNTIME_OPS_REPLACELAYERS_H

#include <torch/csrc/jit/ir/ir.h>

namespace dynfault {

/// Replaces `aten::linear`, `aten::conv1d`, `aten::conv2d`, `aten::batch_norm`,
/// `aten::max_pool2d` and `aten::relu` by operators that compute the same and
/// have a cheaper second derivative (runtime/curvature/DoubleBackward.h). Only
/// for graphs that are interpreted here: an archive must not depend on these
/// operators.
void replaceLayers(torch::jit::Graph &graph);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_REPLACELAYERS_H
