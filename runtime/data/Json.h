//===- Json.h - Typed access to JSON with errors that name the field ------===//
//
// program.json, the data catalogue and the manifest are written by other
// programs or by hand. A wrong field must be answered with the file, the field
// and what was expected, not with the JSON library's internal message.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_JSON_H
#define DYNFAULT_RUNTIME_DATA_JSON_H

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace dynfault {

/// A value inside a JSON document, with the file and the place it stands at,
/// e.g. `program.pt: program.json: schedule.epochs`. All accessors throw
/// std::runtime_error with one line that names that place.
class JsonField {
public:
  /// Parses `text`; `file` is the name to use in errors. The document lives as
  /// long as any field of it.
  static JsonField parse(const std::string &text, const std::string &file);

  /// The member `key` of an object; an error if it is absent.
  JsonField at(const std::string &key) const;
  /// The member `key`, or nothing if it is absent or null.
  std::optional<JsonField> find(const std::string &key) const;
  /// Throws unless all members of the object are among `known`.
  void checkMembers(const std::vector<std::string> &known) const;
  /// `other` at this field's place, for errors.
  JsonField replaced(nlohmann::json other) const;
  /// The elements of an array.
  std::vector<JsonField> elements() const;

  bool isString() const { return value->is_string(); }
  bool isArray() const { return value->is_array(); }
  std::string asString() const;
  bool asBool() const;
  int64_t asInt() const;
  /// An integer of at least `minimum`.
  int64_t asIntAtLeast(int64_t minimum) const;
  double asDouble() const;
  /// An array of integers, e.g. a shape.
  std::vector<int64_t> asInts() const;
  /// An array of numbers.
  std::vector<double> asDoubles() const;
  /// An object, for what is passed on unread (operator parameters).
  const nlohmann::json &asObject() const;

  /// Throws `FILE: PLACE: MESSAGE`.
  [[noreturn]] void fail(const std::string &message) const;
  /// Throws unless the string member `schema` is `expected`.
  void checkSchema(const std::string &expected) const;

private:
  std::shared_ptr<const nlohmann::json> document;
  const nlohmann::json *value = nullptr;
  std::string file;
  std::string place;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_JSON_H
