//===- ChangeLrSchedule.cpp - OSC and OWU ---------------------------------===//
//
// A learning-rate schedule that is missing, counted in batches where it was
// meant in epochs, or decays far too fast (common PyTorch mistakes); and a
// warm-up that is missing (DEFault++, 2026).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/StepRewrites.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace dynfault::inject;
using dynfault::program::LrScheduleAttr;
using dynfault::program::OptimizerStepOp;
using dynfault::program::Program;

static std::optional<LrScheduleAttr> getLrSchedule(const FaultSite &site) {
  return cast<OptimizerStepOp>(site.op).getLrSchedule();
}

static SmallVector<FaultSite> findSites(const Program &program,
                                        bool (*isSite)(LrScheduleAttr)) {
  SmallVector<FaultSite> sites = findOptimizer(program);
  llvm::erase_if(sites, [&](const FaultSite &site) {
    auto schedule = getLrSchedule(site);
    return !schedule || !isSite(*schedule);
  });
  return sites;
}

/// Puts the schedule in, or none where it is the constant rate, and records
/// both.
static void setLrSchedule(const FaultSite &site, LrScheduleAttr schedule,
                          FaultRecord &record) {
  auto update = cast<OptimizerStepOp>(site.op);
  llvm::raw_string_ostream(record.before) << *update.getLrSchedule();
  if (schedule.getKind() == "constant" && schedule.getNumber("warmup") == 0) {
    record.after = "no schedule";
    update.removeLrScheduleAttr();
    return;
  }
  llvm::raw_string_ostream(record.after) << schedule;
  update.setLrScheduleAttr(schedule);
}

//===----------------------------------------------------------------------===//
// OSC
//===----------------------------------------------------------------------===//

static SmallVector<FaultSite> findDecays(const Program &program) {
  return findSites(program, [](LrScheduleAttr schedule) {
    return schedule.getKind() != "constant";
  });
}

/// The parameter that says how fast the rate decays.
static StringRef getDecayName(LrScheduleAttr schedule) {
  if (schedule.getKind() == "cosine")
    return "t_max";
  return schedule.getKind() == "polynomial" ? "total_iters" : "gamma";
}

static LrScheduleAttr withWrongDecay(LrScheduleAttr schedule) {
  StringRef name = getDecayName(schedule);
  double value = schedule.getNumber(name);
  MLIRContext *context = schedule.getContext();
  if (name == "gamma")
    return schedule.with(name, getRoundedAttr(context, value / 10));
  return schedule.with(
      name, Builder(context).getI64IntegerAttr(
                std::max<int64_t>(1, static_cast<int64_t>(value) / 4)));
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  LrScheduleAttr schedule = *getLrSchedule(site);
  StringRef which = cast<StringAttr>(value).getValue();
  if (which == "per_batch" && schedule.getNumber("per_batch") != 0)
    return equivalent("the schedule is counted in batches already");
  if (which == "wrong_decay" && withWrongDecay(schedule) == schedule)
    return equivalent("'" + getDecayName(schedule) +
                      "' cannot decay any faster");
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  LrScheduleAttr schedule = *getLrSchedule(site);
  StringRef which = arguments.getText("which");
  Builder builder(schedule.getContext());
  if (which == "per_batch") {
    schedule = schedule.with("per_batch", builder.getBoolAttr(true));
  } else if (which == "wrong_decay") {
    schedule = withWrongDecay(schedule);
  } else {
    // The warm-up is another fault's.
    NamedAttrList rest;
    for (StringRef name : {"warmup", "per_batch"})
      if (Attribute value = schedule.getParameters().get(name))
        rest.set(name, value);
    schedule = LrScheduleAttr::get(builder.getContext(), "constant",
                                   rest.getDictionary(builder.getContext()));
  }
  setLrSchedule(site, schedule, record);
  return success();
}

static const StringRef kLow[] = {"missing"};
static const StringRef kMedium[] = {"wrong_decay"};
static const StringRef kHigh[] = {"per_batch"};
static const FaultParameter kParameters[] = {FaultParameter::choice(
    "which",
    "missing: the rate stays what it is (after a warm-up); wrong_decay: gamma "
    "a tenth, t_max or total_iters a quarter; per_batch: stepped in each batch "
    "and not in each epoch",
    kLow, kMedium, kHigh)};

const FaultOperator dynfault::inject::kChangeLrSchedule = {
    "OSC",
    "change learning-rate schedule",
    "optimization",
    "Removes the learning-rate schedule, or makes it decay too fast.",
    "an optimizer update with a learning-rate schedule",
    "common PyTorch training mistake",
    kParameters,
    findDecays,
    refuses,
    apply};

//===----------------------------------------------------------------------===//
// OWU
//===----------------------------------------------------------------------===//

static SmallVector<FaultSite> findWarmups(const Program &program) {
  return findSites(program, [](LrScheduleAttr schedule) {
    return schedule.getNumber("warmup") > 0;
  });
}

static LogicalResult applyNoWarmup(const FaultSite &site,
                                   const FaultArguments &, uint64_t,
                                   FaultRecord &record) {
  LrScheduleAttr schedule = *getLrSchedule(site);
  NamedAttrList rest(schedule.getParameters());
  rest.erase("warmup");
  MLIRContext *context = schedule.getContext();
  setLrSchedule(site,
                LrScheduleAttr::get(context, schedule.getKind(),
                                    rest.getDictionary(context)),
                record);
  return success();
}

const FaultOperator dynfault::inject::kRemoveWarmup = {
    "OWU",
    "missing warm-up",
    "optimization",
    "Removes the warm-up of the learning rate.",
    "an optimizer update whose learning-rate schedule has a warm-up",
    "DEFault++ (2026)",
    {},
    findWarmups,
    nullptr,
    applyNoWarmup};
