//===- Enumerate.cpp - All mutants of a program ---------------------------===//

#include "passes/inject/Enumerate.h"
#include "passes/inject/Injection.h"
#include "passes/inject/Sampling.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"
#include <deque>

using namespace mlir;
using namespace dynfault::inject;
using dynfault::program::Program;

static StringRef getKindName(const Refusal &refusal) {
  return refusal.kind == Refusal::Equivalent ? "equivalent" : "impossible";
}

namespace {
/// Collects the candidates of one operator at one site.
class SiteEnumerator {
public:
  SiteEnumerator(const FaultOperator &op, const FaultSite &site,
                 const EnumerationOptions &options, Rejections &rejections,
                 SmallVector<MutantCandidate> &candidates)
      : op(op), site(site), options(options), rejections(rejections),
        candidates(candidates) {}

  void run() {
    if (op.parameters.empty())
      return add({}, std::nullopt);
    for (Severity severity : options.severities)
      addSeverity(severity);
  }

private:
  void reject(const Refusal &refusal) {
    ++rejections[{getKindName(refusal).str(), op.id.str(), refusal.reason}];
  }

  /// The values to try for a parameter, refused ones counted and left out.
  SmallVector<Attribute> findValues(const FaultParameter &parameter,
                                    Severity severity);

  /// All combinations of the parameters' values.
  void addSeverity(Severity severity) {
    SmallVector<FaultArguments> all(1);
    for (const FaultParameter &parameter : op.parameters) {
      SmallVector<FaultArguments> extended;
      for (Attribute value : findValues(parameter, severity))
        for (const FaultArguments &arguments : all) {
          extended.push_back(arguments);
          extended.back()[parameter.name] = value;
        }
      all = std::move(extended);
    }
    for (FaultArguments &arguments : all)
      add(std::move(arguments), severity);
  }

  void add(FaultArguments arguments, std::optional<Severity> severity) {
    std::string key = makeFaultKey(op, site.id, arguments, options.seed);
    // A choice may stand under several severities; the mildest has it.
    if (!seen.insert(key).second)
      return;
    if (MaybeRefusal refusal = findRefusal(op, site, arguments))
      return reject(*refusal);
    candidates.push_back({&op, site.id, std::move(arguments), severity, key});
  }

  const FaultOperator &op;
  const FaultSite &site;
  const EnumerationOptions &options;
  Rejections &rejections;
  SmallVector<MutantCandidate> &candidates;
  llvm::StringSet<> seen;
};
} // namespace

SmallVector<Attribute>
SiteEnumerator::findValues(const FaultParameter &parameter, Severity severity) {
  Builder builder(site.op->getContext());
  int level = static_cast<int>(severity);
  SmallVector<Attribute> values;
  for (StringRef choice : parameter.choices[level])
    values.push_back(parseValue(parameter, choice, builder.getContext()));
  Interval range = getPermittedRange(op, parameter, site);
  ArrayRef<Interval> intervals = parameter.intervals[level];
  for (size_t i = 0; i < intervals.size(); ++i) {
    FaultParameter single = parameter;
    single.intervals[level] = intervals.slice(i, 1);
    // The first interval's number is the one that dynfault-inject draws where
    // there is one interval only.
    std::string stream = parameter.name.str();
    if (i > 0)
      stream += "#" + std::to_string(i);
    Sampler sampler(options.seed, op.id, site.id, stream);
    std::optional<double> number = sampler.draw(single, severity, range);
    if (!number)
      continue;
    if (parameter.type == FaultParameter::Type::Integer)
      values.push_back(
          builder.getI64IntegerAttr(static_cast<int64_t>(*number)));
    else
      values.push_back(builder.getF64FloatAttr(*number));
  }
  llvm::erase_if(values, [&](Attribute value) {
    if (!op.refuses)
      return false;
    MaybeRefusal refusal = op.refuses(site, parameter, value);
    if (refusal)
      reject(*refusal);
    return refusal.has_value();
  });
  return values;
}

SmallVector<MutantCandidate>
dynfault::inject::findMutants(const Program &program,
                              const EnumerationOptions &options,
                              Rejections &rejections) {
  SmallVector<MutantCandidate> candidates;
  for (const FaultOperator *op : options.operators)
    for (const FaultSite &site : op->findSites(program))
      SiteEnumerator(*op, site, options, rejections, candidates).run();
  return candidates;
}

SmallVector<MutantCandidate>
dynfault::inject::stratify(SmallVector<MutantCandidate> candidates,
                           uint64_t seed) {
  // A stratum's order is by a hash of the key, so that it does not depend on
  // what else there is.
  auto rank = [&](const MutantCandidate &candidate) {
    return Sampler(seed, candidate.op->id, candidate.key, "sample").uniform();
  };
  using Queue = std::deque<MutantCandidate>;
  using Severities = llvm::MapVector<int, Queue>;
  using Operators = llvm::MapVector<StringRef, Severities>;
  llvm::MapVector<StringRef, Operators> classes;
  llvm::stable_sort(candidates, [&](const auto &left, const auto &right) {
    return rank(left) < rank(right);
  });
  // Which operator of a class and which severity of an operator comes first is
  // drawn too: small samples would else consist of mild faults.
  auto drawn = [&](StringRef of, const FaultOperator &op, int level = 0) {
    return Sampler(seed, op.id, std::to_string(level), of).uniform();
  };
  SmallVector<const FaultOperator *> operators(getFaultOperators());
  llvm::stable_sort(operators, [&](const auto *left, const auto *right) {
    return drawn("operator", *left) < drawn("operator", *right);
  });
  for (const FaultOperator *op : operators) {
    SmallVector<int> levels = {-1, 0, 1, 2};
    llvm::stable_sort(levels, [&](int left, int right) {
      return drawn("severity", *op, left) < drawn("severity", *op, right);
    });
    for (int level : levels)
      for (MutantCandidate &candidate : candidates)
        if (candidate.op == op &&
            (candidate.severity ? static_cast<int>(*candidate.severity) : -1) ==
                level)
          classes[op->faultClass][op->id][level].push_back(candidate);
  }

  SmallVector<MutantCandidate> order;
  size_t total = candidates.size();
  // The next stratum on each level moves to the end once it was served.
  auto rotate = [](auto &map) {
    auto entries = map.takeVector();
    std::rotate(entries.begin(), entries.begin() + 1, entries.end());
    for (auto &entry : entries)
      map.insert(std::move(entry));
  };
  while (order.size() < total) {
    Operators &operators = classes.front().second;
    Severities &severities = operators.front().second;
    Queue &queue = severities.front().second;
    order.push_back(std::move(queue.front()));
    queue.pop_front();
    if (queue.empty())
      severities.erase(severities.begin());
    else
      rotate(severities);
    if (severities.empty())
      operators.erase(operators.begin());
    else
      rotate(operators);
    if (operators.empty())
      classes.erase(classes.begin());
    else
      rotate(classes);
  }
  return order;
}
