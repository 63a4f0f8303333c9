// Values that are written as plain text: query and path parameters.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/describe.h"
#include "net/json/field_errors.h"
#include "net/json/json_types.h"

namespace freshet::net {
namespace internal {

// Each reads one value, or reports why it cannot.
bool ReadTextBool(std::string_view text, bool& out, const FieldContext& at);
bool ReadTextInteger(std::string_view text, std::int64_t least, std::int64_t most,
                     std::int64_t& out, const FieldContext& at);
bool ReadTextUnsigned(std::string_view text, std::uint64_t most, std::uint64_t& out,
                      const FieldContext& at);
bool ReadTextNumber(std::string_view text, double& out, const FieldContext& at);
bool ReadTextString(std::string_view text, std::string& out, const FieldContext& at);
bool ReadTextId(std::string_view text, std::uint64_t& out, const FieldContext& at);
bool ReadTextTime(std::string_view text, Timestamp& out, const FieldContext& at);
void ReportWord(const std::vector<std::string_view>& words, const FieldContext& at);
std::vector<std::string_view> SplitList(std::string_view text);

}  // namespace internal

// Reads `text` as a T, under the bounds of a field. A list is its elements between commas.
template <class T>
bool ReadTextValue(std::string_view text, T& out, const FieldContext& at) {
  if constexpr (std::same_as<T, bool>) {
    return internal::ReadTextBool(text, out, at);
  } else if constexpr (std::unsigned_integral<T>) {
    std::uint64_t value = 0;
    if (!internal::ReadTextUnsigned(text, std::numeric_limits<T>::max(), value, at)) return false;
    out = static_cast<T>(value);
    return true;
  } else if constexpr (std::integral<T>) {
    std::int64_t value = 0;
    using Limits = std::numeric_limits<T>;
    if (!internal::ReadTextInteger(text, Limits::min(), Limits::max(), value, at)) return false;
    out = static_cast<T>(value);
    return true;
  } else if constexpr (std::floating_point<T>) {
    return internal::ReadTextNumber(text, out, at);
  } else if constexpr (std::same_as<T, std::string>) {
    return internal::ReadTextString(text, out, at);
  } else if constexpr (kIsId<T>) {
    return internal::ReadTextId(text, out.value, at);
  } else if constexpr (std::same_as<T, Timestamp>) {
    return internal::ReadTextTime(text, out, at);
  } else if constexpr (NamedEnum<T>) {
    const auto named = EnumNamed<T>(text);
    if (!named) return internal::ReportWord(WordsOf<T>(), at), false;
    out = *named;
    return true;
  } else if constexpr (kIsOptional<T>) {
    return ReadTextValue(text, out.emplace(), at);
  } else {
    static_assert(kIsVector<T>, "a parameter cannot have this type");
    const auto parts = internal::SplitList(text);
    if (!CheckElementCount(parts.size(), at)) return false;
    const FieldRules element_rules;
    out.clear();
    for (const std::string_view part : parts) {
      typename T::value_type element{};
      if (!ReadTextValue(part, element, {element_rules, at.place, at.errors})) return false;
      out.push_back(std::move(element));
    }
    return true;
  }
}

// Whether `text` is a T; what the router asks of a path parameter.
template <class T>
bool IsTextValue(std::string_view text) {
  T value{};
  FieldErrors errors;
  return ReadTextValue(text, value, {FieldRules(), FieldPlace(), errors});
}

}  // namespace freshet::net
