//===- GraphTool.cpp - Reader for graph-tool's .gt files ------------------===//

#include "runtime/data/GraphTool.h"

#include <ATen/ATen.h>
#include <cstring>
#include <fmt/format.h>
#include <stdexcept>

namespace dynfault {

namespace {

/// What a property's values are, by the format's type codes.
enum class ValueKind {
  Byte,
  Int16,
  Int32,
  Int64,
  Double,
  LongDouble,
  String,
  Bytes, // The first of the vectors, which follow in the same order.
  Object = 14
};

class GraphToolParser {
public:
  GraphToolParser(const std::string &bytes, const std::string &file)
      : bytes(bytes), file(file) {}

  Graph run() {
    if (bytes.compare(0, 6, "\xe2\x9b\xbe gt") != 0)
      fail("is no graph-tool file");
    at = 6;
    if (int version = take<uint8_t>(); version != 1)
      fail(fmt::format("version {} of the format is not known", version));
    if (take<uint8_t>() != 0)
      fail("big-endian files are not supported");
    takeString(); // A comment.
    graph.directed = take<uint8_t>() != 0;
    uint64_t vertices = take<uint64_t>();
    // Each vertex has at least its number of neighbours in the file.
    if (vertices > bytes.size())
      fail("truncated: more vertices than bytes");
    graph.vertices = vertices;
    takeEdges();
    takeProperties();
    return std::move(graph);
  }

private:
  [[noreturn]] void fail(const std::string &what) const {
    throw std::runtime_error(fmt::format("{}: {}", file, what));
  }

  void need(uint64_t count) const {
    if (count > bytes.size() - at)
      fail(fmt::format("truncated at byte {}", at));
  }

  template <typename T>
  T take() {
    need(sizeof(T));
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof(T));
    at += sizeof(T);
    return value;
  }

  std::string takeString() {
    uint64_t length = take<uint64_t>();
    need(length);
    std::string text = bytes.substr(at, length);
    at += length;
    return text;
  }

  /// A vertex number; as wide as the number of vertices asks for.
  uint64_t takeVertex() {
    if (graph.vertices <= UINT8_MAX)
      return take<uint8_t>();
    if (graph.vertices <= UINT16_MAX)
      return take<uint16_t>();
    if (graph.vertices <= UINT32_MAX)
      return take<uint32_t>();
    return take<uint64_t>();
  }

  void takeEdges() {
    for (int64_t source = 0; source < graph.vertices; ++source) {
      uint64_t count = take<uint64_t>();
      need(count);
      for (uint64_t i = 0; i < count; ++i) {
        int64_t target = takeVertex();
        if (target >= graph.vertices)
          fail(fmt::format("an edge from {} leads to {}, but there are {} "
                           "vertices",
                           source, target, graph.vertices));
        graph.edges.emplace_back(source, target);
      }
    }
  }

  void takeProperties() {
    uint64_t properties = take<uint64_t>();
    for (uint64_t i = 0; i < properties; ++i) {
      int owner = take<uint8_t>();
      std::string name = takeString();
      int kind = take<uint8_t>();
      if (owner > 2 || kind > int(ValueKind::Object))
        fail(fmt::format("the property '{}' is of an unknown kind", name));
      int64_t count = owner == 0   ? 1
                      : owner == 1 ? graph.vertices
                                   : graph.edges.size();
      for (int64_t j = 0; j < count; ++j)
        takeValue(name, ValueKind(kind), owner == 1);
    }
    if (at != bytes.size())
      fail(fmt::format("{} bytes too many", bytes.size() - at));
  }

  void takeValue(const std::string &name, ValueKind kind, bool keep) {
    if (kind == ValueKind::String) {
      std::string text = takeString();
      if (keep)
        graph.strings[name].push_back(std::move(text));
      return;
    }
    if (kind == ValueKind::Object) {
      takeString();
      return;
    }
    if (kind >= ValueKind::Bytes) {
      auto element =
          ValueKind(int(kind) - int(ValueKind::Bytes) + int(ValueKind::Byte));
      uint64_t length = take<uint64_t>();
      for (uint64_t i = 0; i < length; ++i)
        takeValue(name, element, /*keep=*/false);
      return;
    }
    double number = takeNumber(kind);
    if (keep)
      graph.numbers[name].push_back(number);
  }

  double takeNumber(ValueKind kind) {
    switch (kind) {
    case ValueKind::Byte:
      return take<uint8_t>();
    case ValueKind::Int16:
      return take<int16_t>();
    case ValueKind::Int32:
      return take<int32_t>();
    case ValueKind::Int64:
      return take<int64_t>();
    case ValueKind::Double:
      return take<double>();
    default:
      // 16 bytes as x86 stores it.
      static_assert(sizeof(long double) == 16, "long double is not 16 bytes");
      return take<long double>();
    }
  }

  const std::string &bytes;
  const std::string &file;
  size_t at = 0;
  Graph graph;
};

} // namespace

Graph parseGraphTool(const std::string &bytes, const std::string &file) {
  return GraphToolParser(bytes, file).run();
}

at::Tensor normalisedAdjacency(const Graph &graph) {
  at::Tensor adjacency = at::eye(graph.vertices, at::kDouble);
  auto entry = adjacency.accessor<double, 2>();
  for (const auto &[source, target] : graph.edges)
    entry[source][target] = entry[target][source] = 1;
  at::Tensor scale = adjacency.sum(1).rsqrt();
  return adjacency * scale.unsqueeze(1) * scale.unsqueeze(0);
}

} // namespace dynfault
