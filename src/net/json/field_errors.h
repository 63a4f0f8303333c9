// Collects what is wrong with the members of a request, and where.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/describe.h"
#include "base/result.h"

namespace freshet::net {

// A place in a request. A chain on the stack: it costs nothing until an error is reported.
class FieldPlace {
 public:
  // The whole body.
  constexpr FieldPlace() = default;
  // A query or path parameter.
  static constexpr FieldPlace Parameter(std::string_view name) {
    return FieldPlace(nullptr, name, 0, Kind::kParameter);
  }
  // The `parent` must outlive what these return.
  constexpr FieldPlace Member(std::string_view name) const {
    return FieldPlace(this, name, 0, Kind::kMember);
  }
  constexpr FieldPlace Element(std::size_t index) const {
    return FieldPlace(this, {}, index, Kind::kElement);
  }

  // A JSON pointer (RFC 6901), or a parameter's name.
  std::string ToString() const;

 private:
  enum class Kind { kBody, kParameter, kMember, kElement };
  constexpr FieldPlace(const FieldPlace* parent, std::string_view name, std::size_t index,
                       Kind kind)
      : parent_(parent), name_(name), index_(index), kind_(kind) {}

  const FieldPlace* parent_ = nullptr;
  std::string_view name_;
  std::size_t index_ = 0;
  Kind kind_ = Kind::kBody;
};

class FieldErrors {
 public:
  // A request can be wrong in more places than anybody wants to read about.
  static constexpr std::size_t kMost = 100;

  void Add(const FieldPlace& place, std::string_view code, std::string message);
  // A name that is not among `known`, with the nearest one that is. `what`: "member", "parameter".
  void AddUnknown(const FieldPlace& place, std::string_view what, std::string_view name,
                  const std::vector<std::string_view>& known);

  bool empty() const { return errors_.empty(); }
  std::size_t size() const { return errors_.size(); }
  bool full() const { return errors_.size() >= kMost; }
  // Takes over the fields of `error`.
  void Append(const Error& error);
  // kInvalid with everything that was added.
  Failure Take() && { return Failure(Error::Fields(std::move(errors_))); }

 private:
  std::vector<FieldError> errors_;
};

// What one value is read under: the rules for it, where it stands, and whom to tell. Lives on the
// stack of the caller.
struct FieldContext {
  const FieldRules& rules;
  const FieldPlace& place;
  FieldErrors& errors;
};

// Report values beyond their bounds, and say whether they keep them.
bool CheckRange(double value, const FieldContext& at);
bool CheckTextLength(std::string_view text, const FieldContext& at);
bool CheckElementCount(std::size_t count, const FieldContext& at);

// "\"public\", \"friends\" or \"private\"": the words of a named enumeration.
std::string ListWords(const std::vector<std::string_view>& words);

template <NamedEnum E>
std::vector<std::string_view> WordsOf() {
  std::vector<std::string_view> words;
  for (const auto& [value, name] : Enumerators<E>::kNames) words.push_back(name);
  return words;
}

// The one of `known` with the least edit distance from `name`, unless even that is another word.
std::optional<std::string_view> NearestName(std::string_view name,
                                            const std::vector<std::string_view>& known);

}  // namespace freshet::net
