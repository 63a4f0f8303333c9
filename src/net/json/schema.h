// What a type looks like in JSON, as data: for the OpenAPI document, the reference page and
// whoever makes up requests. Made from the same Describe() that reading and writing follow.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "base/describe.h"
#include "base/log.h"
#include "net/json/json_types.h"
#include "net/json/json_writer.h"

namespace freshet::net {

struct Schema;

struct SchemaMember {
  std::string_view name;
  const Schema* schema;  // of the value, when there is one
  FieldRules rules;
  bool optional;                  // std::optional: an answer may lack it
  std::string (*default_json)();  // what a request that leaves it out gets; null when there is none

  // Whether a request must have it.
  constexpr bool required() const { return rules.required && !optional; }
};

// Constant: kSchema<T> is the one of T, and types refer to each other by address, in circles too.
struct Schema {
  enum class Kind { kBoolean, kInteger, kNumber, kText, kWord, kList, kMap, kObject, kAny };

  Kind kind = Kind::kAny;
  bool nullable = false;
  std::string_view name;  // of an object
  std::string_view doc;
  std::string_view format;                  // "date-time", "int64", ...
  std::string_view pattern;                 // of a text
  std::span<const std::string_view> words;  // of kWord
  std::span<const SchemaMember> members;    // of kObject, in the order of declaration
  const Schema* element = nullptr;          // of kList and kMap
  bool is_unsigned = false;
};

namespace internal {

template <class T>
constexpr Schema MakeSchema();

template <Described T, std::size_t I>
std::string DefaultJson() {
  const T value{};
  return ToJson(value.*(std::get<I>(T::Describe().fields).member));
}

}  // namespace internal

template <class T>
inline constexpr Schema kSchema = internal::MakeSchema<T>();

namespace internal {

template <class T>
struct Unwrapped {
  using Type = T;
};
template <class T>
struct Unwrapped<std::optional<T>> {
  using Type = T;
};

template <Described T, std::size_t I>
constexpr SchemaMember MakeMember() {
  constexpr auto kField = std::get<I>(T::Describe().fields);
  using Member = std::remove_cvref_t<decltype(std::declval<T>().*(kField.member))>;
  SchemaMember member{kField.name, &kSchema<typename Unwrapped<Member>::Type>, kField.rules,
                      kIsOptional<Member>, nullptr};
  if constexpr (!kField.rules.required && !kIsOptional<Member> && !std::same_as<Member, Secret>) {
    member.default_json = &DefaultJson<T, I>;
  }
  return member;
}

template <Described T>
inline constexpr auto kMembers = []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array<SchemaMember, sizeof...(I)>{MakeMember<T, I>()...};
}(std::make_index_sequence<std::tuple_size_v<decltype(T::Describe().fields)>>());

template <NamedEnum E>
inline constexpr auto kWords = [] {
  std::array<std::string_view, Enumerators<E>::kNames.size()> words;
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = Enumerators<E>::kNames[i].second;
  return words;
}();

template <class T>
constexpr Schema MakeSchema() {
  using enum Schema::Kind;
  Schema schema;
  if constexpr (std::same_as<T, bool>) {
    schema.kind = kBoolean;
  } else if constexpr (std::integral<T> || std::same_as<T, Duration>) {
    schema.kind = kInteger;
    schema.format = sizeof(T) > sizeof(std::int32_t) ? "int64" : "int32";
    if constexpr (std::unsigned_integral<T>) schema.is_unsigned = true;
  } else if constexpr (std::floating_point<T>) {
    schema.kind = kNumber;
    schema.format = "double";
  } else if constexpr (std::same_as<T, std::string> || std::same_as<T, Secret>) {
    schema.kind = kText;
  } else if constexpr (kIsId<T>) {
    schema.kind = kText;
    schema.pattern = "^[1-9][0-9]{0,18}$";
  } else if constexpr (std::same_as<T, Timestamp>) {
    schema.kind = kText;
    schema.format = "date-time";
  } else if constexpr (NamedEnum<T>) {
    schema.kind = kWord;
    schema.words = kWords<T>;
  } else if constexpr (kIsNullable<T>) {
    schema = kSchema<typename T::value_type>;
    schema.nullable = true;
  } else if constexpr (kIsVector<T>) {
    schema.kind = kList;
    schema.element = &kSchema<typename T::value_type>;
  } else if constexpr (kIsTextMap<T>) {
    schema.kind = kMap;
    schema.element = &kSchema<typename T::mapped_type>;
  } else if constexpr (std::same_as<T, RawJson>) {
    schema.kind = kAny;
  } else {
    static_assert(Described<T>, "this type has no form in JSON: give it a Describe()");
    schema.kind = kObject;
    schema.name = T::Describe().name;
    schema.doc = T::Describe().doc;
    schema.members = kMembers<T>;
  }
  return schema;
}

}  // namespace internal
}  // namespace freshet::net
