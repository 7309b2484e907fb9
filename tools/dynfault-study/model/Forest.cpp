//===- Forest.cpp - Decision trees and random forests ---------------------===//
//
// A node's histogram of class counts per bin is all that a split needs.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/Forest.h"

#include "tools/dynfault-study/model/LogisticRegression.h"
#include "tools/dynfault-study/util/Random.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <numeric>
#include <utility>

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

/// Counts of some classes, in the kernel's portions.
using Counts = std::array<int, splitClasses>;

/// A number that orders as a value does, and where the value stands.
struct Keyed {
  uint64_t key;
  uint32_t row;
};

uint64_t keyOf(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  // Larger magnitudes come first among negative values.
  return bits >> 63 ? ~bits : bits | uint64_t{1} << 63;
}

/// Radix sort, which takes a quarter of std::sort's time on a column.
void sortByKey(std::vector<Keyed> &items, std::vector<Keyed> &spare) {
  constexpr size_t digits = 6, width = 11, buckets = size_t{1} << width;
  spare.resize(items.size());
  std::vector<uint32_t> starts(digits * buckets, 0);
  auto digit = [](uint64_t key, size_t d) {
    return key >> (d * width) & (buckets - 1);
  };
  for (const Keyed &item : items)
    for (size_t d = 0; d < digits; ++d)
      ++starts[d * buckets + digit(item.key, d)];
  for (size_t d = 0; d < digits; ++d) {
    uint32_t *start = starts.data() + d * buckets;
    uint32_t before = 0;
    for (size_t b = 0; b < buckets; ++b)
      before += std::exchange(start[b], before);
    for (const Keyed &item : items)
      spare[start[digit(item.key, d)]++] = item;
    items.swap(spare);
  }
}

/// Split points are 255 per feature at most.
constexpr size_t maxBins = 256;
/// From this many rows on all bins are looked at, not only those in use.
constexpr size_t manyRows = 192;

} // namespace

struct Forest::Builder {
  const RowMatrix &rows;
  const std::vector<int> &labels;
  const ForestOptions &options;
  Forest &forest;
  size_t wide;                     ///< Classes, rounded up for the kernel.
  std::vector<double> classWeight; ///< `wide`; 0 above the classes.
  std::vector<std::vector<double>> edges; ///< Per feature, ascending.
  std::vector<uint8_t> bins;              ///< Feature by feature.
  std::vector<Sample> samples;            ///< Of this tree, by node.
  std::vector<int> features;
  size_t portions;               ///< Of `wide`.
  std::vector<Counts> histogram; ///< Bins x portions; zero between uses.
  /// Of the bins of one feature that have rows: bin, counts (x portions) and
  /// what the split behind it gains.
  std::vector<size_t> splitBin;
  std::vector<Counts> counts;
  std::vector<double> gains;

  Builder(const RowMatrix &rows, const std::vector<int> &labels,
          const ForestOptions &options, Forest &forest)
      : rows(rows), labels(labels), options(options), forest(forest) {
    const auto count = static_cast<size_t>(rows.rows());
    const auto classes = static_cast<size_t>(forest.classes);
    portions = (classes + splitClasses - 1) / splitClasses;
    wide = portions * splitClasses;
    const Eigen::VectorXd weights = balancedWeights(labels, forest.classes);
    classWeight.assign(wide, 0);
    for (size_t r = 0; r < count; ++r)
      classWeight[static_cast<size_t>(labels[r])] =
          weights(static_cast<Index>(r));
    edges.resize(static_cast<size_t>(rows.cols()));
    bins.resize(count * edges.size());
    histogram.assign(maxBins * portions, Counts{});
    splitBin.resize(maxBins);
    counts.assign(maxBins * portions, Counts{});
    gains.resize(maxBins);
    std::vector<double> values(count), distinct;
    std::vector<Keyed> order(count), spare;
    for (size_t f = 0; f < edges.size(); ++f) {
      for (size_t r = 0; r < count; ++r)
        order[r] = {keyOf(rows(static_cast<Index>(r), static_cast<Index>(f))),
                    static_cast<uint32_t>(r)};
      sortByKey(order, spare);
      for (size_t i = 0; i < count; ++i)
        values[i] =
            rows(static_cast<Index>(order[i].row), static_cast<Index>(f));
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
      // As many edges as lie below a value.
      size_t bin = 0;
      for (size_t i = 0; i < count; ++i) {
        while (bin < edge.size() && edge[bin] < values[i])
          ++bin;
        bins[f * count + order[i].row] = static_cast<uint8_t>(bin);
      }
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
    std::vector<int> drawn(wide, 0);
    for (size_t i = begin; i < end; ++i)
      drawn[static_cast<size_t>(samples[i].label)] += samples[i].drawn;
    std::vector<double> sum(drawn.size());
    for (size_t c = 0; c < drawn.size(); ++c)
      sum[c] = drawn[c] * classWeight[c];
    return sum;
  }

  /// Moves a bin's counts out of the histogram. `Portions` is their number,
  /// where it is known to the compiler, or 0.
  template <size_t Portions>
  void take(size_t at, size_t count) {
    const size_t size = Portions > 0 ? Portions : portions;
    for (size_t p = 0; p < size; ++p) {
      counts[count * size + p] = histogram[at * size + p];
      histogram[at * size + p] = {};
    }
    splitBin[count] = at;
  }

  template <size_t Portions>
  bool hasRows(size_t at) const {
    const size_t size = Portions > 0 ? Portions : portions;
    int any = 0;
    for (size_t p = 0; p < size; ++p)
      for (int drawn : histogram[at * size + p])
        any |= drawn;
    return any != 0;
  }

  /// Counts a node's rows by bin of one feature. Returns the number of bins
  /// that have rows.
  template <size_t Portions>
  size_t collect(size_t begin, size_t end, const uint8_t *bin, size_t bins) {
    const size_t wide = (Portions > 0 ? Portions : portions) *
                        static_cast<size_t>(splitClasses);
    int *to = histogram.front().data();
    size_t count = 0;
    if (end - begin >= manyRows) {
      for (size_t i = begin; i < end; ++i) {
        const Sample &sample = samples[i];
        to[bin[sample.row] * wide + static_cast<size_t>(sample.label)] +=
            sample.drawn;
      }
      for (size_t at = 0; at < bins; ++at)
        if (hasRows<Portions>(at))
          take<Portions>(at, count++);
      return count;
    }
    uint64_t used[maxBins / 64] = {};
    for (size_t i = begin; i < end; ++i) {
      const Sample &sample = samples[i];
      const size_t at = bin[sample.row];
      to[at * wide + static_cast<size_t>(sample.label)] += sample.drawn;
      used[at / 64] |= uint64_t{1} << (at % 64);
    }
    for (size_t word = 0; word < maxBins / 64; ++word)
      for (uint64_t bits = used[word]; bits != 0; bits &= bits - 1)
        take<Portions>(word * 64 + static_cast<size_t>(__builtin_ctzll(bits)),
                       count++);
    return count;
  }

  /// Takes the best split of a node by one feature if it is the best so far.
  /// Returns whether the feature splits the node.
  bool consider(size_t begin, size_t end, size_t feature, const uint8_t *bin,
                const std::vector<double> &total, double all, double parent,
                Split &found) {
    const size_t bins = edges[feature].size() + 1;
    const size_t used = portions == 1 ? collect<1>(begin, end, bin, bins)
                                      : collect<0>(begin, end, bin, bins);
    if (used == 1)
      return false;
    splitGains(counts.front().data(), static_cast<Index>(wide),
               static_cast<Index>(used), classWeight.data(), total.data(), all,
               parent, gains.data());
    double least = found.gain + 1e-12 * all;
    // Nothing is right of the last bin.
    for (size_t s = 0; s + 1 < used; ++s)
      if (gains[s] > least) {
        found = {static_cast<int>(feature), splitBin[s], gains[s]};
        least = found.gain + 1e-12 * all;
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
      for (size_t c = 0; c < static_cast<size_t>(forest.classes); ++c)
        forest.shares.push_back(total[c] / all);
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
