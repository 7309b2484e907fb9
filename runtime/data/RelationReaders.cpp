//===- RelationReaders.cpp - Formats that hold who goes with whom ---------===//

#include "runtime/data/Csv.h"
#include "runtime/data/GraphTool.h"
#include "runtime/data/Readers.h"

#include <ATen/ATen.h>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <numeric>

namespace dynfault {

namespace {

/// `graph_tool` {`label`}: a graph as one row: the input is its normalised
/// adjacency [1, nodes, nodes], the target [1, nodes] the class of each node
/// (the property `label`, its values numbered in their order). Only the largest
/// connected component is kept, since nothing reaches the other nodes.
class GraphReader : public DatasetReader {
public:
  explicit GraphReader(const DatasetEntry &entry) : DatasetReader(entry) {
    entry.options.checkMembers({"label"});
    label = entry.options.at("label").asString();
  }

  RawRows read(const DataPart &part) override {
    Graph graph = parseGraphTool(contents(part.table), path(part.table));
    std::vector<double> classes = classesOf(graph, part);
    std::vector<int64_t> kept = largestComponent(graph);
    at::Tensor index = at::tensor(kept, at::kLong);
    // A component has no edges to others, so their nodes change no degree.
    at::Tensor adjacency =
        normalisedAdjacency(graph).index_select(0, index).index_select(1,
                                                                       index);
    at::Tensor targets =
        at::tensor(classes, at::kDouble).index_select(0, index);
    return {adjacency.unsqueeze(0).to(at::kFloat), targets.unsqueeze(0)};
  }

private:
  template <typename T>
  static std::vector<double> number(const std::vector<T> &values) {
    std::map<T, double> codes;
    for (const T &value : values)
      codes.emplace(value, 0);
    double next = 0;
    for (auto &[value, code] : codes)
      code = next++;
    std::vector<double> numbered;
    for (const T &value : values)
      numbered.push_back(codes[value]);
    return numbered;
  }

  std::vector<double> classesOf(const Graph &graph,
                                const DataPart &part) const {
    if (auto found = graph.numbers.find(label); found != graph.numbers.end())
      return number(found->second);
    if (auto found = graph.strings.find(label); found != graph.strings.end())
      return number(found->second);
    fail(part.table,
         fmt::format("no vertex property '{}' of numbers or text", label));
  }

  static std::vector<int64_t> largestComponent(const Graph &graph) {
    std::vector<int64_t> parent(graph.vertices), size(graph.vertices, 0);
    std::iota(parent.begin(), parent.end(), 0);
    auto root = [&](int64_t node) {
      while (parent[node] != node)
        node = parent[node] = parent[parent[node]];
      return node;
    };
    for (const auto &[source, target] : graph.edges)
      parent[root(source)] = root(target);
    for (int64_t node = 0; node < graph.vertices; ++node)
      ++size[root(node)];
    int64_t largest = std::max_element(size.begin(), size.end()) - size.begin();
    std::vector<int64_t> nodes;
    for (int64_t node = 0; node < graph.vertices; ++node)
      if (root(node) == largest)
        nodes.push_back(node);
    return nodes;
  }

  std::string label;
};

/// `ratings` {`user`, `item`, `rating`, `lowest`, `highest`, `least` = 1}: the
/// columns of a CSV file with a header. A row is (user, item), each numbered
/// from 0 in the order of their numbers in the file; the target is the rating,
/// scaled from [lowest, highest] to [0, 1]. Users and items with fewer than
/// `least` ratings are left out until all that are left have as many (the
/// k-core of the ratings, as recommenders are often evaluated on).
class RatingsReader : public DatasetReader {
public:
  explicit RatingsReader(const DatasetEntry &entry) : DatasetReader(entry) {
    const JsonField &options = entry.options;
    options.checkMembers(
        {"user", "item", "rating", "lowest", "highest", "least"});
    for (const char *name : {"user", "item", "rating"})
      names.push_back(options.at(name).asString());
    lowest = options.at("lowest").asDouble();
    highest = options.at("highest").asDouble();
    if (!(lowest < highest))
      options.at("highest").fail("must be above 'lowest'");
    if (auto field = options.find("least"))
      least = field->asIntAtLeast(1);
  }

  RawRows read(const DataPart &part) override {
    std::string file = path(part.table);
    Table table = csvTable(parseCsv(contents(part.table), file),
                           /*header=*/true, file);
    at::Tensor ratings = column(table, names[2], part);
    if (ratings.min().item<double>() < lowest ||
        ratings.max().item<double>() > highest)
      fail(part.table,
           fmt::format("a rating is outside {} to {}", lowest, highest));
    at::Tensor users = numbered(column(table, names[0], part));
    at::Tensor items = numbered(column(table, names[1], part));
    while (true) {
      at::Tensor kept =
          counts(users).ge(least).logical_and(counts(items).ge(least));
      if (kept.all().item<bool>())
        break;
      users = numbered(users.masked_select(kept));
      items = numbered(items.masked_select(kept));
      ratings = ratings.masked_select(kept);
    }
    if (ratings.numel() == 0)
      fail(part.table,
           fmt::format("no user and item have {} ratings among them", least));
    return {at::stack({users, items}, 1),
            (ratings - lowest) / (highest - lowest)};
  }

private:
  at::Tensor column(const Table &table, const std::string &name,
                    const DataPart &part) const {
    int64_t width = table.columns.size();
    for (int64_t i = 0; i < width; ++i) {
      if (table.columns[i].name != name)
        continue;
      at::Tensor values = at::tensor(table.values, at::kDouble)
                              .reshape({-1, width})
                              .select(1, i);
      if (table.columns[i].categories.empty() &&
          !values.isnan().any().item<bool>())
        return values.contiguous();
    }
    fail(part.table,
         fmt::format("no column '{}' of numbers, all present", name));
  }

  static at::Tensor numbered(const at::Tensor &ids) {
    return std::get<1>(
               at::_unique(ids, /*sorted=*/true, /*return_inverse=*/true))
        .to(at::kInt);
  }

  /// How often each row's number occurs.
  static at::Tensor counts(const at::Tensor &numbers) {
    return at::bincount(numbers).index_select(0, numbers);
  }

  std::vector<std::string> names;
  double lowest, highest;
  int64_t least = 1;
};

} // namespace

std::unique_ptr<DatasetReader> makeGraphReader(const DatasetEntry &entry) {
  return std::make_unique<GraphReader>(entry);
}
std::unique_ptr<DatasetReader> makeRatingsReader(const DatasetEntry &entry) {
  return std::make_unique<RatingsReader>(entry);
}

} // namespace dynfault
