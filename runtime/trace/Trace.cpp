//===- Trace.cpp - What one run recorded ----------------------------------===//

#include "runtime/trace/Trace.h"

#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace dynfault {

using Json = nlohmann::json;

const char *toString(RunStatus status) {
  switch (status) {
  case RunStatus::Completed:
    return "completed";
  case RunStatus::Diverged:
    return "diverged";
  case RunStatus::Failed:
    return "failed";
  case RunStatus::Timeout:
    return "timeout";
  }
  return "";
}

RunStatus parseRunStatus(const std::string &text) {
  for (RunStatus status : {RunStatus::Completed, RunStatus::Diverged,
                           RunStatus::Failed, RunStatus::Timeout})
    if (text == toString(status))
      return status;
  throw std::invalid_argument("no such run status: " + text);
}

const TraceSignal *Trace::find(const std::string &name,
                               const std::string &site) const {
  for (const TraceSignal &signal : signals)
    if (signal.name == name && signal.site == site)
      return &signal;
  return nullptr;
}

namespace {

template <typename T>
Json toBinary(const std::vector<T> &values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return Json::binary(std::move(bytes));
}

template <typename T>
std::vector<T> fromBinary(const Json &json) {
  const Json::binary_t &bytes = json.get_binary();
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}

} // namespace

std::string packTrace(const Trace &trace) {
  Json signals = Json::array();
  for (const TraceSignal &signal : trace.signals)
    signals.push_back({{"name", signal.name},
                       {"site", signal.site},
                       {"steps", toBinary(signal.steps)},
                       {"values", toBinary(signal.values)}});
  // Binary throughout: a reason may quote bytes that are not UTF-8.
  Json json = {
      {"status", toString(trace.status)},
      {"reason",
       toBinary(std::vector<char>(trace.reason.begin(), trace.reason.end()))},
      {"steps_planned", trace.stepsPlanned},
      {"steps_done", trace.stepsDone},
      {"steps_per_epoch", trace.stepsPerEpoch},
      {"duration_ms", trace.durationMs},
      {"versions", trace.versions},
      {"signals", std::move(signals)},
  };
  std::string bytes;
  Json::to_cbor(json, bytes);
  return bytes;
}

std::optional<Trace> unpackTrace(const std::string &bytes) {
  Json json = Json::from_cbor(bytes, /*strict=*/true,
                              /*allow_exceptions=*/false);
  if (json.is_discarded() || !json.is_object())
    return std::nullopt;
  try {
    Trace trace;
    trace.status = parseRunStatus(json.at("status"));
    std::vector<char> reason = fromBinary<char>(json.at("reason"));
    trace.reason.assign(reason.begin(), reason.end());
    trace.stepsPlanned = json.at("steps_planned");
    trace.stepsDone = json.at("steps_done");
    trace.stepsPerEpoch = json.at("steps_per_epoch");
    trace.durationMs = json.at("duration_ms");
    trace.versions = json.at("versions");
    for (const Json &entry : json.at("signals"))
      trace.signals.push_back({entry.at("name"), entry.at("site"),
                               fromBinary<int32_t>(entry.at("steps")),
                               fromBinary<float>(entry.at("values"))});
    return trace;
  } catch (const std::exception &) {
    return std::nullopt;
  }
}

} // namespace dynfault
