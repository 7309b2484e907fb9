//===- Forest.cpp - Decision trees and random forests ---------------------===//
//
// A node's histogram of class counts per bin is all that a split needs.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/Forest.h"

#include "tools/dynfault-study/model/LogisticRegression.h"
#include "tools/dynfault-study/util/Random.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <numeric>

namespace dynfault::study {

using Eigen::Index;

namespace {

/// A row of a tree. How often the bootstrap drew it is a whole number, so sums
/// are exact until the class's weight is multiplied in.
struct Sample {
  int row;
  int label;
  int drawn;
};

/// Split points are 255 per feature at most.
constexpr size_t maxBins = 256;

} // namespace

struct Forest::Builder {
  const RowMatrix &rows;
  const std::vector<int> &labels;
  const ForestOptions &options;
  Forest &forest;
  std::vector<double> classWeight;
  std::vector<std::vector<double>> edges; ///< Per feature, ascending.
  std::vector<uint8_t> bins;              ///< Feature by feature.
  std::vector<Sample> samples;            ///< Of this tree, by node.
  std::vector<int> features;
  std::vector<int> histogram; ///< Bins x classes; zero between uses.
  /// Of the splits of one feature: bin, and by class the weight to the left.
  std::vector<size_t> splitBin;
  std::vector<double> left, inLeft, leftScore, rightScore;

  Builder(const RowMatrix &rows, const std::vector<int> &labels,
          const ForestOptions &options, Forest &forest)
      : rows(rows), labels(labels), options(options), forest(forest) {
    const auto count = static_cast<size_t>(rows.rows());
    const auto classes = static_cast<size_t>(forest.classes);
    const Eigen::VectorXd weights = balancedWeights(labels, forest.classes);
    classWeight.assign(classes, 0);
    for (size_t r = 0; r < count; ++r)
      classWeight[static_cast<size_t>(labels[r])] =
          weights(static_cast<Index>(r));
    edges.resize(static_cast<size_t>(rows.cols()));
    bins.resize(count * edges.size());
    histogram.assign(maxBins * classes, 0);
    splitBin.resize(maxBins);
    left.resize(maxBins * classes);
    inLeft.resize(maxBins);
    leftScore.resize(maxBins);
    rightScore.resize(maxBins);
    std::vector<double> values(count), given(count), distinct;
    for (size_t f = 0; f < edges.size(); ++f) {
      for (size_t r = 0; r < count; ++r)
        given[r] = rows(static_cast<Index>(r), static_cast<Index>(f));
      values = given;
      std::sort(values.begin(), values.end());
      distinct.clear();
      std::unique_copy(values.begin(), values.end(),
                       std::back_inserter(distinct));
      auto &edge = edges[f];
      if (distinct.size() <= maxBins) {
        for (size_t i = 1; i < distinct.size(); ++i)
          edge.push_back((distinct[i - 1] + distinct[i]) / 2);
      } else {
        for (size_t b = 1; b < maxBins; ++b) {
          const size_t place = b * count / maxBins;
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
    std::vector<int> drawn(count, 0);
    for (size_t r = 0; r < count; ++r)
      ++drawn[options.bootstrap ? random.below(count) : r];
    samples.clear();
    for (size_t r = 0; r < count; ++r)
      if (drawn[r] > 0)
        samples.push_back({static_cast<int>(r), labels[r], drawn[r]});
    forest.trees.emplace_back();
    grow(0, samples.size(), 0, random);
  }

  struct Split {
    int feature = -1;
    size_t bin = 0; ///< Rows of bins up to this one go left.
    double gain = 0;
  };

  /// Sum of the class weights of samples [begin, end).
  std::vector<double> totals(size_t begin, size_t end) const {
    std::vector<int> drawn(static_cast<size_t>(forest.classes), 0);
    for (size_t i = begin; i < end; ++i)
      drawn[static_cast<size_t>(samples[i].label)] += samples[i].drawn;
    std::vector<double> sum(drawn.size());
    for (size_t c = 0; c < drawn.size(); ++c)
      sum[c] = drawn[c] * classWeight[c];
    return sum;
  }

  /// Fills the splits of a node by one feature: behind each bin that has rows
  /// but the last. Returns their number.
  size_t collect(size_t begin, size_t end, const uint8_t *bin) {
    const size_t classes = classWeight.size();
    uint64_t used[maxBins / 64] = {};
    for (size_t i = begin; i < end; ++i) {
      const Sample &sample = samples[i];
      const size_t at = bin[sample.row];
      histogram[at * classes + static_cast<size_t>(sample.label)] +=
          sample.drawn;
      used[at / 64] |= uint64_t{1} << (at % 64);
    }
    size_t count = 0;
    for (size_t word = 0; word < maxBins / 64; ++word)
      for (uint64_t bits = used[word]; bits != 0; bits &= bits - 1) {
        const size_t at =
            word * 64 + static_cast<size_t>(__builtin_ctzll(bits));
        int *own = histogram.data() + at * classes;
        splitBin[count] = at;
        for (size_t c = 0; c < classes; ++c) {
          const double before = count > 0 ? left[c * maxBins + count - 1] : 0;
          left[c * maxBins + count] = before + own[c] * classWeight[c];
          own[c] = 0;
        }
        ++count;
      }
    return count - 1;
  }

  /// Takes the best split of a node by one feature if it is the best so far.
  /// Returns whether the feature splits the node.
  bool consider(size_t begin, size_t end, size_t feature, const uint8_t *bin,
                const std::vector<double> &total, double all, double parent,
                Split &found) {
    const size_t count = collect(begin, end, bin);
    if (count == 0)
      return false;
    std::fill_n(inLeft.begin(), count, 0);
    std::fill_n(leftScore.begin(), count, 0);
    std::fill_n(rightScore.begin(), count, 0);
    for (size_t c = 0; c < total.size(); ++c) {
      const double *own = left.data() + c * maxBins;
      for (size_t s = 0; s < count; ++s) {
        inLeft[s] += own[s];
        leftScore[s] += own[s] * own[s];
        rightScore[s] += (total[c] - own[s]) * (total[c] - own[s]);
      }
    }
    for (size_t s = 0; s < count; ++s) {
      const double gain =
          leftScore[s] / inLeft[s] + rightScore[s] / (all - inLeft[s]) - parent;
      if (gain > found.gain + 1e-12 * all)
        found = {static_cast<int>(feature), splitBin[s], gain};
    }
    return true;
  }

  Split best(size_t begin, size_t end, const std::vector<double> &total,
             Random &random) {
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
      if (!edges[f].empty())
        useful += consider(begin, end, f, bins.data() + f * count, total, all,
                           parent, found);
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
            samples.begin() + static_cast<std::ptrdiff_t>(begin),
            samples.begin() + static_cast<std::ptrdiff_t>(end),
            [&](const Sample &sample) {
              return bin[sample.row] <= split.bin;
            }) -
        samples.begin());
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
