// What JSON can say and plain C++ types cannot.
#pragma once

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/describe.h"
#include "base/id.h"

namespace freshet::net {

// A member that is always there and null when there is none. Where absence means "unknown" or
// "leave it as it is", use std::optional; std::optional<Nullable<T>> tells all three apart.
template <class T>
struct Nullable : std::optional<T> {
  using std::optional<T>::optional;
  Nullable(std::optional<T> value) : std::optional<T>(std::move(value)) {}  // NOLINT: is one
  Nullable() = default;

  template <class U>
    requires std::convertible_to<U, T>
  Nullable& operator=(U&& value) {
    this->emplace(std::forward<U>(value));
    return *this;
  }
  Nullable& operator=(std::nullopt_t) {
    this->reset();
    return *this;
  }

  friend bool operator==(const Nullable& a, const Nullable& b) {
    return static_cast<const std::optional<T>&>(a) == static_cast<const std::optional<T>&>(b);
  }
};

// A value that is JSON already, or that nobody looks into.
struct RawJson {
  std::string text = "null";

  bool operator==(const RawJson&) const = default;
};

template <class T>
inline constexpr bool kIsNullable = false;
template <class T>
inline constexpr bool kIsNullable<Nullable<T>> = true;

template <class T>
inline constexpr bool kIsId = false;
template <class Tag>
inline constexpr bool kIsId<Id<Tag>> = true;

template <class T>
inline constexpr bool kIsTextMap = false;
template <class T, class Compare>
inline constexpr bool kIsTextMap<std::map<std::string, T, Compare>> = true;

}  // namespace freshet::net
