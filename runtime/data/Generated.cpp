//===- Generated.cpp - Data sets that are computed ------------------------===//
//
// Some published programs train on data that their source computes. Its formula
// and parameters stand here and in the catalogue; the random numbers are those
// of Random.h, from the catalogue's seed, so that they are the same everywhere.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/Random.h"
#include "runtime/data/Readers.h"

#include <ATen/ATen.h>
#include <cmath>
#include <fmt/format.h>
#include <set>

namespace dynfault {

namespace {

RawRows emptyRows(int64_t rows, int64_t features) {
  return {at::empty({rows, features}, at::kDouble),
          at::empty({rows}, at::kDouble)};
}

/// `circles` {`factor`, `noise`}: two circles of radius 1 (class 0) and
/// `factor` (class 1), points at equal angles, N(0, noise^2) added to each
/// coordinate (scikit-learn's make_circles).
RawRows circles(const JsonField &options, int64_t rows, Random &random) {
  double factor = options.at("factor").asDouble();
  double noise = options.at("noise").asDouble();
  RawRows result = emptyRows(rows, 2);
  int64_t outer = rows / 2;
  for (int64_t i = 0; i < rows; ++i) {
    bool inner = i >= outer;
    double share =
        inner ? double(i - outer) / (rows - outer) : double(i) / outer;
    double radius = inner ? factor : 1;
    result.inputs[i][0] =
        radius * std::cos(2 * M_PI * share) + noise * random.normal();
    result.inputs[i][1] =
        radius * std::sin(2 * M_PI * share) + noise * random.normal();
    result.targets[i] = inner ? 1.0 : 0.0;
  }
  return result;
}

/// `blobs` {`centres`, `deviation`}: points around `centres` places that are
/// uniform in [-10, 10]^2, N(0, deviation^2) in each coordinate (scikit-learn's
/// make_blobs).
RawRows blobs(const JsonField &options, int64_t rows, Random &random) {
  int64_t centres = options.at("centres").asIntAtLeast(2);
  double deviation = options.at("deviation").asDouble();
  std::vector<double> places;
  for (int64_t i = 0; i < 2 * centres; ++i)
    places.push_back(20 * random.uniform() - 10);
  RawRows result = emptyRows(rows, 2);
  for (int64_t i = 0; i < rows; ++i) {
    int64_t centre = i % centres;
    for (int64_t j = 0; j < 2; ++j)
      result.inputs[i][j] =
          places[2 * centre + j] + deviation * random.normal();
    result.targets[i] = double(centre);
  }
  return result;
}

/// `parabola` {`low`, `high`, `noise`}: x uniform in [low, high),
/// y = x^2 + N(0, noise^2).
RawRows parabola(const JsonField &options, int64_t rows, Random &random) {
  double low = options.at("low").asDouble();
  double high = options.at("high").asDouble();
  double noise = options.at("noise").asDouble();
  RawRows result = emptyRows(rows, 1);
  for (int64_t i = 0; i < rows; ++i) {
    double x = low + (high - low) * random.uniform();
    result.inputs[i][0] = x;
    result.targets[i] = x * x + noise * random.normal();
  }
  return result;
}

/// `polynomial` {`degree`}: x ~ N(0, 1), inputs x, x^2, ..., x^degree, target
/// their sum with weights ~ N(0, 25) plus a constant ~ N(0, 25)
/// (pytorch/examples, regression).
RawRows polynomial(const JsonField &options, int64_t rows, Random &random) {
  int64_t degree = options.at("degree").asIntAtLeast(1);
  std::vector<double> weights;
  for (int64_t i = 0; i <= degree; ++i)
    weights.push_back(5 * random.normal());
  RawRows result = emptyRows(rows, degree);
  for (int64_t i = 0; i < rows; ++i) {
    double x = random.normal(), power = 1, sum = weights[degree];
    for (int64_t j = 0; j < degree; ++j) {
      power *= x;
      result.inputs[i][j] = power;
      sum += weights[j] * power;
    }
    result.targets[i] = sum;
  }
  return result;
}

/// `sine` {`period`, `length`}: sin((t + s) / period) for t = 0, 1, ..., with s
/// a whole number, uniform in [-4 period, 4 period); the target of each value
/// is the next one (pytorch/examples, time_sequence_prediction).
RawRows sine(const JsonField &options, int64_t rows, Random &random) {
  int64_t period = options.at("period").asIntAtLeast(1);
  int64_t length = options.at("length").asIntAtLeast(2);
  at::Tensor values = at::empty({rows, length}, at::kDouble);
  auto value = values.accessor<double, 2>();
  for (int64_t i = 0; i < rows; ++i) {
    int64_t shift = int64_t(random.below(8 * period)) - 4 * period;
    for (int64_t t = 0; t < length; ++t)
      value[i][t] = std::sin(double(t + shift) / period);
  }
  return {values.narrow(1, 0, length - 1).contiguous(),
          values.narrow(1, 1, length - 1).contiguous()};
}

/// `addition` {`digits`}: questions "a+b" and their answers, each number of one
/// to `digits` digits, no pair twice, not even with its numbers exchanged
/// (Keras' addition_rnn). Both are padded with blanks at the end, and the
/// question is written backwards. Characters are numbered in byte order:
/// blank 0, plus 1, digits 2 to 11.
RawRows addition(const JsonField &options, int64_t rows, Random &random) {
  int64_t digits = options.at("digits").asIntAtLeast(1);
  double possible = std::pow(10, digits);
  if (digits > 9 || rows > possible * possible / 4)
    options.at("digits").fail(
        fmt::format("there are not {} different sums of so many digits", rows));
  auto number = [&] {
    int64_t value = 0;
    for (int64_t left = 1 + random.below(digits); left > 0; --left)
      value = 10 * value + random.below(10);
    return value;
  };
  auto write = [](at::Tensor row, const std::string &text) {
    for (size_t i = 0; i < text.size(); ++i)
      row[i] = text[i] == ' ' ? 0 : text[i] == '+' ? 1 : text[i] - '0' + 2;
  };
  int64_t width = 2 * digits + 1;
  RawRows result = {at::zeros({rows, width}, at::kInt),
                    at::zeros({rows, digits + 1}, at::kInt)};
  std::set<std::pair<int64_t, int64_t>> seen;
  while (int64_t(seen.size()) < rows) {
    int64_t a = number(), b = number(), row = seen.size();
    if (!seen.insert(std::minmax(a, b)).second)
      continue;
    std::string question = fmt::format("{}+{}", a, b);
    question.resize(width, ' ');
    write(result.inputs[row], {question.rbegin(), question.rend()});
    write(result.targets[row], std::to_string(a + b));
  }
  return result;
}

struct GeneratorKind {
  const char *name;
  std::vector<std::string> parameters;
  RawRows (*make)(const JsonField &, int64_t, Random &);
};

const std::vector<GeneratorKind> &generatorKinds() {
  static const std::vector<GeneratorKind> kinds = {
      {"circles", {"factor", "noise"}, circles},
      {"blobs", {"centres", "deviation"}, blobs},
      {"parabola", {"low", "high", "noise"}, parabola},
      {"polynomial", {"degree"}, polynomial},
      {"sine", {"period", "length"}, sine},
      {"addition", {"digits"}, addition},
  };
  return kinds;
}

/// `generated` {`generator`, `seed`}: with the generator's own parameters.
class Generator : public DatasetReader {
public:
  explicit Generator(const DatasetEntry &entry) : DatasetReader(entry) {
    std::string wanted = entry.options.at("generator").asString(), known;
    seed = entry.options.at("seed").asIntAtLeast(0);
    for (const GeneratorKind &candidate : generatorKinds()) {
      known += (known.empty() ? "" : ", ") + std::string(candidate.name);
      if (wanted == candidate.name)
        kind = &candidate;
    }
    if (!kind)
      entry.options.at("generator")
          .fail(fmt::format("'{}' is none of {}", wanted, known));
    std::vector<std::string> members = kind->parameters;
    members.insert(members.end(), {"generator", "seed"});
    entry.options.checkMembers(members);
  }

  RawRows read(const DataPart &part) override {
    Random random(seed);
    return kind->make(entry.options, part.rows, random);
  }

private:
  const GeneratorKind *kind = nullptr;
  uint64_t seed = 0;
};

} // namespace

std::unique_ptr<DatasetReader> makeGenerator(const DatasetEntry &entry) {
  return std::make_unique<Generator>(entry);
}

} // namespace dynfault
