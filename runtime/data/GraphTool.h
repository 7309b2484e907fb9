//===- GraphTool.h - Reader for graph-tool's .gt files ----------*- C++ -*-===//
//
// The binary format of the graph-tool library (Peixoto 2014): magic, version,
// byte order, a comment, the out-neighbours of each vertex, then named
// properties of the graph, its vertices and its edges.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_GRAPHTOOL_H
#define DYNFAULT_RUNTIME_DATA_GRAPHTOOL_H

#include <ATen/core/Tensor.h>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dynfault {

struct Graph {
  bool directed = false;
  int64_t vertices = 0;
  /// (source, target) in the file's order; parallel edges and loops are kept.
  std::vector<std::pair<int64_t, int64_t>> edges;
  /// Vertex properties whose values are numbers, [vertices].
  std::map<std::string, std::vector<double>> numbers;
  /// Vertex properties whose values are strings.
  std::map<std::string, std::vector<std::string>> strings;
};

/// The graph in `bytes` (unpacked). Properties of other kinds are skipped.
/// Throws std::runtime_error that names `file` if it is no such file,
/// truncated, big-endian, of an unknown version or kind of value, or has an
/// edge to no vertex.
Graph parseGraphTool(const std::string &bytes, const std::string &file);

/// D^-1/2 (A + I) D^-1/2, float64 [vertices, vertices] (Kipf, Welling, ICLR
/// 2017, equation 2): A is the adjacency of the graph without directions,
/// parallel edges and loops, D the degrees of A + I.
at::Tensor normalisedAdjacency(const Graph &graph);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_GRAPHTOOL_H
