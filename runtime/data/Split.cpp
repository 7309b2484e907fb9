//===- Split.cpp - Which rows train and which validate --------------------===//

#include "runtime/data/Split.h"

#include "runtime/data/Random.h"

#include <ATen/ATen.h>
#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <unordered_map>

namespace dynfault {

namespace {

/// Streams of Random, so that the draws are unrelated. The first one is that of
/// the training rows of a data set with fixed parts, too.
constexpr uint64_t OrderStream = 1, TrainOrderStream = 4,
                   ValidationOrderStream = 5;

/// Rows that stay together.
struct Unit {
  std::vector<int64_t> rows;
  double place = 0; ///< In the order of systematic sampling.
};

std::vector<Unit> unitsOf(const PoolRows &pool) {
  std::vector<Unit> units;
  if (!pool.groups.defined()) {
    units.resize(pool.rows);
    for (int64_t row = 0; row < pool.rows; ++row)
      units[row].rows = {row};
    return units;
  }
  auto groups = pool.groups.accessor<int64_t, 1>();
  std::unordered_map<int64_t, size_t> unitOf;
  for (int64_t row = 0; row < pool.rows; ++row) {
    auto [found, added] = unitOf.emplace(groups[row], units.size());
    if (added)
      units.emplace_back();
    units[found->second].rows.push_back(row);
  }
  return units;
}

/// Spreads the units of each class evenly over [0, 1), so that any stretch of
/// the order holds every class in proportion.
void placeByClass(std::vector<Unit> &units, const at::Tensor &classes) {
  auto classOf = classes.accessor<double, 1>();
  std::map<double, int64_t> sizes, before;
  for (const Unit &unit : units)
    sizes[classOf[unit.rows[0]]] += unit.rows.size();
  for (Unit &unit : units) {
    double label = classOf[unit.rows[0]];
    unit.place =
        (before[label] + 0.5 * unit.rows.size()) / double(sizes[label]);
    before[label] += unit.rows.size();
  }
  std::stable_sort(
      units.begin(), units.end(),
      [](const Unit &a, const Unit &b) { return a.place < b.place; });
}

/// Fills `part` with `count` rows of units not yet `taken`.
bool fill(std::vector<int64_t> &part, int64_t count,
          const std::vector<Unit> &units, std::vector<bool> &taken) {
  auto take = [&](bool cut) {
    for (size_t i = 0; i < units.size() && int64_t(part.size()) < count; ++i) {
      size_t room = count - part.size();
      if (taken[i] || (!cut && units[i].rows.size() > room))
        continue;
      taken[i] = true;
      const std::vector<int64_t> &rows = units[i].rows;
      part.insert(part.end(), rows.begin(),
                  rows.begin() + std::min(rows.size(), room));
    }
  };
  take(/*cut=*/false);
  take(/*cut=*/true);
  return int64_t(part.size()) == count;
}

void shuffle(std::vector<int64_t> &rows, uint64_t seed, uint64_t stream) {
  std::vector<int64_t> shuffled;
  for (int64_t i : Random(seed, stream).permutation(rows.size()))
    shuffled.push_back(rows[i]);
  rows = std::move(shuffled);
}

} // namespace

std::optional<Split> splitPool(const PoolRows &pool, int64_t train,
                               int64_t validation, uint64_t seed) {
  if (train + validation > pool.rows)
    return std::nullopt;
  std::vector<Unit> inOrder = unitsOf(pool), units;
  for (int64_t i : Random(seed, OrderStream).permutation(inOrder.size()))
    units.push_back(std::move(inOrder[i]));
  if (pool.classes.defined())
    placeByClass(units, pool.classes);
  Split split;
  std::vector<bool> taken(units.size());
  if (!fill(split.train, train, units, taken) ||
      !fill(split.validation, validation, units, taken))
    return std::nullopt;
  // Systematic sampling and groups leave a pattern in the order.
  if (pool.classes.defined() || pool.groups.defined()) {
    shuffle(split.train, seed, TrainOrderStream);
    shuffle(split.validation, seed, ValidationOrderStream);
  }
  return split;
}

at::Tensor joinEqualRows(const at::Tensor &inputs, const at::Tensor &groups) {
  int64_t rows = inputs.size(0);
  // Union-find over rows; a group is linked through its first row.
  std::vector<int64_t> parent(rows);
  std::iota(parent.begin(), parent.end(), 0);
  auto root = [&](int64_t row) {
    while (parent[row] != row)
      row = parent[row] = parent[parent[row]];
    return row;
  };
  auto join = [&](int64_t a, int64_t b) {
    a = root(a);
    b = root(b);
    parent[std::max(a, b)] = std::min(a, b);
  };
  if (groups.defined()) {
    std::unordered_map<int64_t, int64_t> first;
    auto group = groups.accessor<int64_t, 1>();
    for (int64_t row = 0; row < rows; ++row)
      join(first.emplace(group[row], row).first->second, row);
  }
  at::Tensor bytes = inputs.contiguous();
  size_t width = rows ? bytes.nbytes() / rows : 0;
  const auto *data = static_cast<const char *>(bytes.data_ptr());
  std::unordered_map<std::string_view, int64_t> first;
  first.reserve(rows);
  for (int64_t row = 0; row < rows; ++row)
    join(first.emplace(std::string_view(data + row * width, width), row)
             .first->second,
         row);
  at::Tensor joined = at::empty({rows}, at::kLong);
  auto number = joined.accessor<int64_t, 1>();
  bool single = true;
  for (int64_t row = 0; row < rows; ++row) {
    number[row] = root(row);
    single &= number[row] == row;
  }
  return single ? at::Tensor() : joined;
}

} // namespace dynfault
