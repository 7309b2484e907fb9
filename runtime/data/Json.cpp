//===- Json.cpp - Typed access to JSON with errors that name the field ----===//

#include "runtime/data/Json.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <stdexcept>

namespace dynfault {

JsonField JsonField::parse(const std::string &text, const std::string &file) {
  JsonField field;
  field.file = file;
  try {
    field.document =
        std::make_shared<const nlohmann::json>(nlohmann::json::parse(text));
  } catch (const nlohmann::json::parse_error &error) {
    throw std::runtime_error(
        fmt::format("{}: not valid JSON (byte {})", file, error.byte));
  }
  field.value = field.document.get();
  return field;
}

void JsonField::fail(const std::string &message) const {
  if (place.empty())
    throw std::runtime_error(fmt::format("{}: {}", file, message));
  throw std::runtime_error(fmt::format("{}: '{}': {}", file, place, message));
}

std::optional<JsonField> JsonField::find(const std::string &key) const {
  if (!value->is_object())
    fail("expected an object");
  auto found = value->find(key);
  if (found == value->end() || found->is_null())
    return std::nullopt;
  JsonField member = *this;
  member.value = &*found;
  member.place = place.empty() ? key : place + "." + key;
  return member;
}

JsonField JsonField::at(const std::string &key) const {
  std::optional<JsonField> member = find(key);
  if (!member)
    fail(fmt::format("the field '{}' is missing", key));
  return *member;
}

void JsonField::checkMembers(const std::vector<std::string> &known) const {
  for (const auto &[name, ignored] : asObject().items())
    if (std::find(known.begin(), known.end(), name) == known.end())
      fail(fmt::format("unknown field '{}'; known are: {}", name,
                       fmt::join(known, ", ")));
}

JsonField JsonField::replaced(nlohmann::json other) const {
  JsonField field = *this;
  field.document = std::make_shared<const nlohmann::json>(std::move(other));
  field.value = field.document.get();
  return field;
}

std::vector<JsonField> JsonField::elements() const {
  if (!value->is_array())
    fail("expected an array");
  std::vector<JsonField> result;
  for (size_t i = 0; i < value->size(); ++i) {
    JsonField element = *this;
    element.value = &(*value)[i];
    element.place = fmt::format("{}[{}]", place, i);
    result.push_back(element);
  }
  return result;
}

std::string JsonField::asString() const {
  if (!value->is_string())
    fail("expected a string");
  return value->get<std::string>();
}

bool JsonField::asBool() const {
  if (!value->is_boolean())
    fail("expected true or false");
  return value->get<bool>();
}

int64_t JsonField::asInt() const {
  if (!value->is_number_integer())
    fail("expected an integer");
  return value->get<int64_t>();
}

int64_t JsonField::asIntAtLeast(int64_t minimum) const {
  int64_t number = asInt();
  if (number < minimum)
    fail(fmt::format("{} is too small, the least is {}", number, minimum));
  return number;
}

double JsonField::asDouble() const {
  if (!value->is_number())
    fail("expected a number");
  return value->get<double>();
}

// Arrays may hold millions of numbers, so their places are made up only for
// the one that is wrong.
std::vector<int64_t> JsonField::asInts() const {
  if (!value->is_array())
    fail("expected an array");
  std::vector<int64_t> numbers;
  numbers.reserve(value->size());
  for (const nlohmann::json &element : *value) {
    if (!element.is_number_integer())
      return {elements()[numbers.size()].asInt()};
    numbers.push_back(element.get<int64_t>());
  }
  return numbers;
}

std::vector<double> JsonField::asDoubles() const {
  if (!value->is_array())
    fail("expected an array");
  std::vector<double> numbers;
  numbers.reserve(value->size());
  for (const nlohmann::json &element : *value) {
    if (!element.is_number())
      return {elements()[numbers.size()].asDouble()};
    numbers.push_back(element.get<double>());
  }
  return numbers;
}

const nlohmann::json &JsonField::asObject() const {
  if (!value->is_object())
    fail("expected an object");
  return *value;
}

void JsonField::checkSchema(const std::string &expected) const {
  std::string schema = at("schema").asString();
  if (schema != expected)
    at("schema").fail(fmt::format(
        "this is '{}', but this build reads '{}'; use the matching version of "
        "dynfault",
        schema, expected));
}

} // namespace dynfault
