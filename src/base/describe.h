// Small compile-time reflection. A type describes its fields once; configuration, JSON, validation,
// OpenAPI and reference pages follow from the description.
//
//   struct Location {
//     std::string name;
//     double lat = 0;
//     static constexpr auto Describe() {
//       return Description("Location", "A place on the map.",
//                          Field("name", &Location::name).Length(1, 255).Doc("As people call it."),
//                          Field("lat", &Location::lat).Range(-90, 90).Unit("degrees"));
//     }
//   };
//
//   template <> struct freshet::Enumerators<Privacy> {
//     static constexpr std::array kNames{std::pair{Privacy::kPublic, "public"},
//     std::pair{Privacy::kPrivate, "private"}};
//   };
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace freshet {

// What holds for a field besides its type.
struct FieldRules {
  std::string_view doc;
  std::string_view unit;
  // For numbers the value, for texts the length in code points, for lists the number of elements;
  // both ends are included.
  std::optional<double> least;
  std::optional<double> most;
  std::string_view format;  // OpenAPI's `format`, where it has a name: "password", "email"
  bool required =
      true;  // JSON: whether a request must have the member; std::optional members never are
  bool reloadable = false;  // configuration: takes effect on SIGHUP, without a restart
  bool secret = false;      // never printed, logged or shown
};

template <class Class, class Member>
struct FieldOf {
  std::string_view name;
  Member Class::* member;
  FieldRules rules;
  // Returns what is wrong with a value that keeps the bounds, or an empty text.
  std::string_view (*check)(const Member&) = nullptr;

  constexpr FieldOf Doc(std::string_view text) const {
    return With([&](FieldOf& f) { f.rules.doc = text; });
  }
  constexpr FieldOf Unit(std::string_view text) const {
    return With([&](FieldOf& f) { f.rules.unit = text; });
  }
  constexpr FieldOf Range(double least, double most) const {
    return With([&](FieldOf& f) { f.rules.least = least, f.rules.most = most; });
  }
  constexpr FieldOf Length(double least, double most) const { return Range(least, most); }
  constexpr FieldOf Format(std::string_view text) const {
    return With([&](FieldOf& f) { f.rules.format = text; });
  }
  // The member may be left out of a request; it then keeps the value of a default-constructed
  // object.
  constexpr FieldOf Defaulted() const {
    return With([&](FieldOf& f) { f.rules.required = false; });
  }
  constexpr FieldOf Reloadable() const {
    return With([&](FieldOf& f) { f.rules.reloadable = true; });
  }
  constexpr FieldOf Secret() const {
    return With([&](FieldOf& f) { f.rules.secret = true; });
  }
  constexpr FieldOf Check(std::string_view (*function)(const Member&)) const {
    return With([&](FieldOf& f) { f.check = function; });
  }

 private:
  template <class Change>
  constexpr FieldOf With(Change change) const {
    FieldOf copy = *this;
    change(copy);
    return copy;
  }
};

template <class Class, class Member>
constexpr FieldOf<Class, Member> Field(std::string_view name, Member Class::* member) {
  return {.name = name, .member = member, .rules = {}};
}

template <class... Fields>
struct DescriptionOf {
  std::string_view name;
  std::string_view doc;
  std::tuple<Fields...> fields;
};

template <class... Fields>
constexpr DescriptionOf<Fields...> Description(std::string_view name, std::string_view doc,
                                               Fields... fields) {
  return {name, doc, {fields...}};
}

template <class T>
concept Described = requires { T::Describe(); };

// Calls visit(field) for each field of T in the order of declaration.
template <Described T, class Visit>
constexpr void ForEachField(Visit&& visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, T::Describe().fields);
}

// Specialise for enumerations that are written as words.
template <class E>
struct Enumerators;

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires { Enumerators<E>::kNames; };

template <NamedEnum E>
constexpr std::string_view NameOf(E value) {
  for (const auto& [enumerator, name] : Enumerators<E>::kNames) {
    if (enumerator == value) return name;
  }
  return {};
}

template <NamedEnum E>
constexpr std::optional<E> EnumNamed(std::string_view text) {
  for (const auto& [enumerator, name] : Enumerators<E>::kNames) {
    if (text == name) return enumerator;
  }
  return std::nullopt;
}

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

}  // namespace freshet
