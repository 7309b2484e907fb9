//===- ProbeSites.cpp - Where and when probes record ----------------------===//

#include "passes/instrument/ProbeSites.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>

using namespace mlir;
using namespace dynfault;
using namespace dynfault::instrument;

static constexpr StringLiteral kMark = "dynfault.probe";

/// Training steps of the whole program, or 0 where it does not say.
static int64_t getPlannedSteps(const program::Program &program) {
  program::DatasetOp dataset = program.getDataset();
  program::ScheduleOp schedule = program.getSchedule();
  if (!dataset || !schedule)
    return 0;
  return schedule.getEpochs() *
         llvm::divideCeil(dataset.getTrain(), schedule.getBatchSize());
}

FailureOr<ProbeSchedule>
ProbeSchedule::create(const program::Program &program, StringRef pass,
                      ProbeSchedule given, int64_t samples, int64_t minEvery) {
  std::pair<StringRef, int64_t> numbers[] = {{"every", given.every},
                                             {"samples", samples},
                                             {"min-every", minEvery},
                                             {"warm-up", given.warmUp},
                                             {"epochs", given.epochs}};
  for (auto [name, value] : numbers)
    if (value < 0) {
      ModuleOp module = program.getModule();
      module.emitError() << pass << ": " << name
                         << " must not be negative, got " << value;
      return failure();
    }
  int64_t planned = getPlannedSteps(program);
  if (samples > 0 && planned > 0)
    given.every =
        std::max<int64_t>(llvm::divideCeil(planned, samples), minEvery);
  return given;
}

FailureOr<ProbeSites> ProbeSites::create(ModuleOp module, StringRef pass,
                                         ArrayRef<std::string> patterns) {
  ProbeSites sites;
  sites.module = module;
  sites.pass = pass;
  for (const std::string &text : patterns) {
    llvm::Expected<llvm::GlobPattern> pattern = llvm::GlobPattern::create(text);
    if (!pattern) {
      module.emitError() << pass << ": '" << text << "' is no pattern: "
                         << llvm::toString(pattern.takeError());
      return failure();
    }
    sites.texts.push_back(text);
    sites.patterns.push_back(std::move(*pattern));
  }
  return sites;
}

void ProbeSites::add(StringRef site, Operation *op) {
  places.push_back({site.str(), op});
}

FailureOr<SmallVector<Operation *>> ProbeSites::choose(StringRef what) {
  auto isExcluded = [](const Place &place) {
    auto mark = place.op->getAttrOfType<BoolAttr>(kMark);
    return mark && !mark.getValue();
  };
  auto isMarked = [&](const Place &place) {
    return place.op->hasAttr(kMark) && !isExcluded(place);
  };
  bool onlyMarked = patterns.empty() && llvm::any_of(places, isMarked);
  SmallVector<Operation *> chosen;
  for (const Place &place : places) {
    bool matches =
        patterns.empty() ||
        llvm::any_of(patterns, [&](const llvm::GlobPattern &pattern) {
          return pattern.match(place.site);
        });
    if (matches && !isExcluded(place) && (!onlyMarked || isMarked(place)))
      chosen.push_back(place.op);
  }
  if (chosen.empty() && !patterns.empty()) {
    InFlightDiagnostic diagnostic =
        module.emitError() << pass << ": no " << what << " matches "
                           << llvm::join(texts, ", ") << "; the sites are: ";
    llvm::interleaveComma(places, diagnostic, [&](const Place &place) {
      diagnostic << place.site;
    });
    return failure();
  }
  return chosen;
}

FailureOr<ArrayAttr>
ProbeSites::chooseParameters(const program::Program &program, StringRef pass,
                             ArrayRef<std::string> patterns) {
  FailureOr<ProbeSites> sites = create(program.getModule(), pass, patterns);
  if (failed(sites))
    return failure();
  for (dynfault::torch::GlobalSlotOp slot : program.getParameters())
    sites->add(slot.getSymName(), slot);
  auto chosen = sites->choose("parameter");
  if (failed(chosen))
    return failure();
  if (chosen->size() == program.getParameters().size())
    return ArrayAttr();
  SmallVector<Attribute> names;
  for (Operation *op : *chosen)
    names.push_back(cast<dynfault::torch::GlobalSlotOp>(op).getSymNameAttr());
  return ArrayAttr::get(program.getModule()->getContext(), names);
}

ProbeSchedule ProbeSites::scheduleOf(Operation *op, ProbeSchedule schedule) {
  auto mark = op->getAttrOfType<DictionaryAttr>(kMark);
  if (!mark)
    return schedule;
  auto read = [&](StringRef name, int64_t &value) {
    if (auto number = mark.getAs<IntegerAttr>(name))
      value = number.getInt();
  };
  read("every", schedule.every);
  read("warm_up", schedule.warmUp);
  read("epochs", schedule.epochs);
  return schedule;
}
