// JSON to values, with every mistake found and none forgiven.
//
//   ASSIGN_OR_RETURN(const auto request, ReadJson<CreatePost>(body));
#pragma once

#include <boost/json/value.hpp>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/clock.h"
#include "base/describe.h"
#include "base/log.h"
#include "base/result.h"
#include "net/json/field_errors.h"
#include "net/json/json_types.h"

namespace freshet::net {

struct JsonLimits {
  std::size_t bytes = std::size_t{1} << 20;
  std::size_t depth = 32;
};

inline constexpr std::string_view kMalformedJson = "malformed_json";

// Parses one JSON text.
// Errors: kInvalid with code kMalformedJson and the position (not JSON, not UTF-8, nested deeper or
// longer than `limits`), or with fields (a member given twice, U+0000 in a text).
Result<boost::json::value> ParseJson(std::string_view text, JsonLimits limits = {});

namespace internal {

// Each reads one value, or reports why it cannot; values that are secret are never repeated.
bool ReadBool(const boost::json::value& json, bool& out, FieldContext at);
bool ReadInteger(const boost::json::value& json, std::int64_t least, std::int64_t most,
                 std::int64_t& out, FieldContext at);
bool ReadUnsigned(const boost::json::value& json, std::uint64_t most, std::uint64_t& out,
                  FieldContext at);
bool ReadNumber(const boost::json::value& json, double& out, FieldContext at);
bool ReadText(const boost::json::value& json, std::string& out, FieldContext at);
bool ReadId(const boost::json::value& json, std::uint64_t& out, FieldContext at);
bool ReadSecret(const boost::json::value& json, Secret& out, FieldContext at);
bool ReadTime(const boost::json::value& json, Timestamp& out, FieldContext at);
bool ReadDuration(const boost::json::value& json, Duration& out, FieldContext at);
void ReadRaw(const boost::json::value& json, std::string& out);
// The text of a word, or null after a report.
const boost::json::string* ReadWord(const boost::json::value& json,
                                    const std::vector<std::string_view>& words, FieldContext at);
void ReportType(std::string_view expected, FieldContext at);
void ReportUnknownMembers(const boost::json::object& object,
                          const std::vector<std::string_view>& known, FieldContext at);

template <class T>
bool ReadJsonValue(const boost::json::value& json, T& out, FieldContext at);

template <class T>
bool ReadIntegral(const boost::json::value& json, T& out, FieldContext at) {
  if constexpr (std::unsigned_integral<T>) {
    std::uint64_t value = 0;
    if (!ReadUnsigned(json, std::numeric_limits<T>::max(), value, at)) return false;
    out = static_cast<T>(value);
  } else {
    std::int64_t value = 0;
    using Limits = std::numeric_limits<T>;
    if (!ReadInteger(json, Limits::min(), Limits::max(), value, at)) return false;
    out = static_cast<T>(value);
  }
  return true;
}

template <std::floating_point T>
bool ReadFloating(const boost::json::value& json, T& out, FieldContext at) {
  double value = 0;
  if (!ReadNumber(json, value, at)) return false;
  out = static_cast<T>(value);
  return true;
}

template <NamedEnum T>
bool ReadEnum(const boost::json::value& json, T& out, FieldContext at) {
  const auto* const word = ReadWord(json, WordsOf<T>(), at);
  if (!word) return false;
  out = *EnumNamed<T>({word->data(), word->size()});
  return true;
}

template <class T>
bool ReadList(const boost::json::value& json, std::vector<T>& out, FieldContext at) {
  const auto* const array = json.if_array();
  if (!array) return ReportType("a list", at), false;
  if (!CheckElementCount(array->size(), at)) return false;
  FieldRules element_rules;
  element_rules.secret = at.rules.secret;
  const std::size_t errors_before = at.errors.size();
  out.clear();
  out.reserve(array->size());
  for (std::size_t i = 0; i < array->size() && !at.errors.full(); ++i) {
    // Not emplace_back's reference: vector<bool> has none.
    T element{};
    ReadJsonValue((*array)[i], element, {element_rules, at.place.Element(i), at.errors});
    out.push_back(std::move(element));
  }
  return at.errors.size() == errors_before;
}

template <class Map>
bool ReadMap(const boost::json::value& json, Map& out, FieldContext at) {
  const auto* const object = json.if_object();
  if (!object) return ReportType("an object", at), false;
  if (!CheckElementCount(object->size(), at)) return false;
  FieldRules element_rules;
  element_rules.secret = at.rules.secret;
  const std::size_t errors_before = at.errors.size();
  out.clear();
  for (const auto& member : *object) {
    const std::string_view name(member.key().data(), member.key().size());
    ReadJsonValue(member.value(), out[std::string(name)],
                  {element_rules, at.place.Member(name), at.errors});
  }
  return at.errors.size() == errors_before;
}

template <class T, class Member>
bool ReadMember(const boost::json::object& object, T& out, const FieldOf<T, Member>& field,
                FieldContext at) {
  const FieldPlace place = at.place.Member(field.name);
  const auto* const found = object.if_contains({field.name.data(), field.name.size()});
  if (!found) {
    const bool needed = field.rules.required && !kIsOptional<Member>;
    if (needed) at.errors.Add(place, "required", "Must be given.");
    return false;
  }
  FieldRules rules = field.rules;
  rules.secret = rules.secret || at.rules.secret;
  if (ReadJsonValue(*found, out.*(field.member), {rules, place, at.errors}) && field.check) {
    const std::string_view wrong = field.check(out.*(field.member));
    if (!wrong.empty()) at.errors.Add(place, "invalid", std::string(wrong));
  }
  return true;
}

template <Described T>
bool ReadObject(const boost::json::value& json, T& out, FieldContext at) {
  const auto* const object = json.if_object();
  if (!object) return ReportType("an object", at), false;
  const std::size_t errors_before = at.errors.size();
  std::size_t found = 0;
  ForEachField<T>([&](const auto& field) { found += ReadMember(*object, out, field, at) ? 1 : 0; });
  if (found != object->size()) {
    std::vector<std::string_view> known;
    ForEachField<T>([&](const auto& field) { known.push_back(field.name); });
    ReportUnknownMembers(*object, known, at);
  }
  return at.errors.size() == errors_before;
}

template <class T>
bool ReadJsonValue(const boost::json::value& json, T& out, FieldContext at) {
  if constexpr (std::same_as<T, bool>) {
    return ReadBool(json, out, at);
  } else if constexpr (std::integral<T>) {
    return ReadIntegral(json, out, at);
  } else if constexpr (std::floating_point<T>) {
    return ReadFloating(json, out, at);
  } else if constexpr (std::same_as<T, std::string>) {
    return ReadText(json, out, at);
  } else if constexpr (std::same_as<T, Secret>) {
    return ReadSecret(json, out, at);
  } else if constexpr (kIsId<T>) {
    return ReadId(json, out.value, at);
  } else if constexpr (std::same_as<T, Timestamp>) {
    return ReadTime(json, out, at);
  } else if constexpr (std::same_as<T, Duration>) {
    return ReadDuration(json, out, at);
  } else if constexpr (NamedEnum<T>) {
    return ReadEnum(json, out, at);
  } else if constexpr (std::same_as<T, RawJson>) {
    ReadRaw(json, out.text);
    return true;
  } else if constexpr (kIsNullable<T>) {
    if (json.is_null()) return out.reset(), true;
    return ReadJsonValue(json, out.emplace(), at);
  } else if constexpr (kIsOptional<T>) {
    return ReadJsonValue(json, out.emplace(), at);
  } else if constexpr (kIsVector<T>) {
    return ReadList(json, out, at);
  } else if constexpr (kIsTextMap<T>) {
    return ReadMap(json, out, at);
  } else {
    static_assert(Described<T>, "this type has no form in JSON: give it a Describe()");
    return ReadObject(json, out, at);
  }
}

}  // namespace internal

// Reads `text` as a T. Members that T does not have, members that are missing, values of another
// type, values that break a field's rules: all are reported together, at most FieldErrors::kMost.
// Errors: as ParseJson; kInvalid with fields.
template <class T>
Result<T> ReadJson(std::string_view text, JsonLimits limits = {}) {
  ASSIGN_OR_RETURN(const boost::json::value json, ParseJson(text, limits));
  T value{};
  FieldErrors errors;
  internal::ReadJsonValue(json, value, {FieldRules{}, FieldPlace(), errors});
  if (!errors.empty()) return std::move(errors).Take();
  return value;
}

}  // namespace freshet::net
