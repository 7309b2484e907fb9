//===- Forest.cpp - Decision trees and random forests ---------------------===//
//
// A node's histogram of class weights per bin is all that a split needs.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/Forest.h"

#include "tools/dynfault-study/model/LogisticRegression.h"
#include "tools/dynfault-study/util/Random.h"

#include <algorithm>
#include <numeric>

namespace dynfault::study {

using Eigen::Index;

struct Forest::Builder {
  const RowMatrix &rows;
  const std::vector<int> &labels;
  const ForestOptions &options;
  Forest &forest;
  Eigen::VectorXd weights;
  std::vector<std::vector<double>> edges; ///< Per feature, ascending.
  std::vector<uint8_t> bins;              ///< Feature by feature.
  std::vector<double> weight;             ///< Of each row in this tree.
  std::vector<int> order;                 ///< Rows of this tree, by node.
  std::vector<int> features;
  std::vector<double> histogram;
  std::vector<std::pair<uint8_t, int>> sorted; ///< Bin and row.

  Builder(const RowMatrix &rows, const std::vector<int> &labels,
          const ForestOptions &options, Forest &forest)
      : rows(rows), labels(labels), options(options), forest(forest),
        weights(balancedWeights(labels, forest.classes)) {
    const auto count = static_cast<size_t>(rows.rows());
    edges.resize(static_cast<size_t>(rows.cols()));
    bins.resize(count * edges.size());
    std::vector<double> values(count);
    for (size_t f = 0; f < edges.size(); ++f) {
      for (size_t r = 0; r < count; ++r)
        values[r] = rows(static_cast<Index>(r), static_cast<Index>(f));
      const std::vector<double> given = values;
      std::sort(values.begin(), values.end());
      std::vector<double> distinct = values;
      distinct.erase(std::unique(distinct.begin(), distinct.end()),
                     distinct.end());
      auto &edge = edges[f];
      if (distinct.size() <= 256) {
        for (size_t i = 1; i < distinct.size(); ++i)
          edge.push_back((distinct[i - 1] + distinct[i]) / 2);
      } else {
        for (size_t b = 1; b < 256; ++b) {
          const size_t place = b * count / 256;
          const double middle = (values[place - 1] + values[place]) / 2;
          if (values[place - 1] < values[place] &&
              (edge.empty() || edge.back() < middle))
            edge.push_back(middle);
        }
      }
      for (size_t r = 0; r < count; ++r)
        bins[f * count + r] = static_cast<uint8_t>(
            std::lower_bound(edge.begin(), edge.end(), given[r]) -
            edge.begin());
    }
    features.resize(edges.size());
  }

  void build(int tree) {
    Random random(deriveSeed(options.seed, "tree " + std::to_string(tree)));
    const auto count = static_cast<size_t>(rows.rows());
    weight.assign(count, 0);
    for (size_t r = 0; r < count; ++r) {
      const size_t drawn = options.bootstrap ? random.below(count) : r;
      weight[drawn] += weights(static_cast<Index>(drawn));
    }
    order.clear();
    for (size_t r = 0; r < count; ++r)
      if (weight[r] > 0)
        order.push_back(static_cast<int>(r));
    forest.trees.emplace_back();
    grow(0, order.size(), 0, random);
  }

  struct Split {
    int feature = -1;
    size_t bin = 0; ///< Rows of bins up to this one go left.
    double gain = 0;
  };

  /// Sum of the class weights of rows [begin, end).
  std::vector<double> totals(size_t begin, size_t end) const {
    std::vector<double> sum(static_cast<size_t>(forest.classes), 0);
    for (size_t i = begin; i < end; ++i)
      sum[static_cast<size_t>(labels[static_cast<size_t>(order[i])])] +=
          weight[static_cast<size_t>(order[i])];
    return sum;
  }

  /// Takes the split behind a bin if it is the best so far. Returns whether
  /// both sides have rows.
  bool consider(size_t feature, size_t bin, const std::vector<double> &left,
                const std::vector<double> &total, double parent,
                Split &found) const {
    double all = 0, inLeft = 0, leftScore = 0, rightScore = 0;
    for (size_t c = 0; c < left.size(); ++c) {
      all += total[c];
      inLeft += left[c];
      leftScore += left[c] * left[c];
      rightScore += (total[c] - left[c]) * (total[c] - left[c]);
    }
    const double inRight = all - inLeft;
    if (inLeft <= 1e-12 * all || inRight <= 1e-12 * all)
      return false;
    const double gain = leftScore / inLeft + rightScore / inRight - parent;
    if (gain > found.gain + 1e-12 * all)
      found = {static_cast<int>(feature), bin, gain};
    return true;
  }

  /// All splits of a node by one feature, from its histogram.
  bool scanBins(size_t begin, size_t end, size_t feature, const uint8_t *bin,
                const std::vector<double> &total, double parent, Split &found) {
    const size_t classes = total.size();
    const size_t width = edges[feature].size() + 1;
    histogram.assign(width * classes, 0);
    for (size_t i = begin; i < end; ++i) {
      const auto row = static_cast<size_t>(order[i]);
      histogram[bin[row] * classes + static_cast<size_t>(labels[row])] +=
          weight[row];
    }
    std::vector<double> left(classes, 0);
    bool splits = false;
    for (size_t b = 0; b + 1 < width; ++b) {
      for (size_t c = 0; c < classes; ++c)
        left[c] += histogram[b * classes + c];
      splits |= consider(feature, b, left, total, parent, found);
    }
    return splits;
  }

  /// Likewise for nodes of fewer rows than bins, from their sorted rows.
  bool scanRows(size_t begin, size_t end, size_t feature, const uint8_t *bin,
                const std::vector<double> &total, double parent, Split &found) {
    sorted.clear();
    for (size_t i = begin; i < end; ++i)
      sorted.emplace_back(bin[static_cast<size_t>(order[i])], order[i]);
    std::sort(sorted.begin(), sorted.end());
    std::vector<double> left(total.size(), 0);
    bool splits = false;
    for (size_t i = 0; i + 1 < sorted.size(); ++i) {
      const auto row = static_cast<size_t>(sorted[i].second);
      left[static_cast<size_t>(labels[row])] += weight[row];
      if (sorted[i].first != sorted[i + 1].first)
        splits |=
            consider(feature, sorted[i].first, left, total, parent, found);
    }
    return splits;
  }

  Split best(size_t begin, size_t end, const std::vector<double> &total,
             Random &random) {
    const auto classes = static_cast<size_t>(forest.classes);
    const auto count = static_cast<size_t>(rows.rows());
    const double all = std::accumulate(total.begin(), total.end(), 0.0);
    double parent = 0;
    for (double t : total)
      parent += t * t / all;
    std::iota(features.begin(), features.end(), 0);
    const size_t tried =
        options.tried > 0
            ? std::min(features.size(), static_cast<size_t>(options.tried))
            : features.size();
    Split found;
    size_t useful = 0;
    // Like scikit-learn, features that cannot split the node do not count.
    for (size_t t = 0; t < features.size() && useful < tried; ++t) {
      if (tried < features.size())
        std::swap(features[t], features[t + random.below(features.size() - t)]);
      const auto f = static_cast<size_t>(features[t]);
      const size_t width = edges[f].size() + 1;
      if (width == 1)
        continue;
      const uint8_t *bin = bins.data() + f * count;
      const bool splits =
          end - begin < width
              ? scanRows(begin, end, f, bin, total, parent, found)
              : scanBins(begin, end, f, bin, total, parent, found);
      useful += splits;
    }
    return found;
  }

  void grow(size_t begin, size_t end, int depth, Random &random) {
    auto &nodes = forest.trees.back();
    const size_t self = nodes.size();
    nodes.emplace_back();
    const std::vector<double> total = totals(begin, end);
    const auto present = std::count_if(total.begin(), total.end(),
                                       [](double t) { return t > 0; });
    Split split;
    if (depth < options.depth && present > 1)
      split = best(begin, end, total, random);
    if (split.feature < 0) {
      nodes[self].leaf = static_cast<Index>(forest.shares.size());
      const double all = std::accumulate(total.begin(), total.end(), 0.0);
      for (double t : total)
        forest.shares.push_back(t / all);
      return;
    }
    const auto f = static_cast<size_t>(split.feature);
    const uint8_t *bin = bins.data() + f * static_cast<size_t>(rows.rows());
    const auto middle = static_cast<size_t>(
        std::stable_partition(
            order.begin() + static_cast<std::ptrdiff_t>(begin),
            order.begin() + static_cast<std::ptrdiff_t>(end),
            [&](int row) {
              return bin[static_cast<size_t>(row)] <= split.bin;
            }) -
        order.begin());
    nodes[self].feature = split.feature;
    nodes[self].threshold = edges[f][split.bin];
    grow(begin, middle, depth + 1, random);
    forest.trees.back()[self].right =
        static_cast<int>(forest.trees.back().size());
    grow(middle, end, depth + 1, random);
  }
};

Forest::Forest(const RowMatrix &rows, const std::vector<int> &labels,
               int classes, const ForestOptions &options)
    : classes(classes) {
  Builder builder(rows, labels, options, *this);
  for (int tree = 0; tree < options.trees; ++tree)
    builder.build(tree);
}

Eigen::MatrixXd Forest::probabilities(const RowMatrix &rows) const {
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(rows.rows(), classes);
  for (const std::vector<Node> &nodes : trees)
    for (Index r = 0; r < rows.rows(); ++r) {
      size_t at = 0;
      while (nodes[at].feature >= 0)
        at = rows(r, nodes[at].feature) <= nodes[at].threshold
                 ? at + 1
                 : static_cast<size_t>(nodes[at].right);
      for (Index c = 0; c < classes; ++c)
        out(r, c) += shares[static_cast<size_t>(nodes[at].leaf + c)] /
                     static_cast<double>(trees.size());
    }
  return out;
}

} // namespace dynfault::study
