#include "net/json/field_errors.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"

namespace freshet::net {
namespace {

constexpr std::size_t kLongestShownName = 64;

// "1 to 100 characters", "at least 1 character".
std::string Bounds(const FieldRules& rules, std::string_view unit) {
  const auto counted = [&](double n) {
    return unit.empty() ? fmt::format("{}", n) : fmt::format("{} {}{}", n, unit, n == 1 ? "" : "s");
  };
  if (rules.least && rules.most && *rules.least == *rules.most) return counted(*rules.least);
  if (rules.least && rules.most) return fmt::format("{} to {}", *rules.least, counted(*rules.most));
  return rules.least ? "at least " + counted(*rules.least) : "at most " + counted(*rules.most);
}

enum class Side { kWithin, kBelow, kAbove };
Side SideOf(double value, const FieldRules& rules) {
  if (rules.least && value < *rules.least) return Side::kBelow;
  if (rules.most && value > *rules.most) return Side::kAbove;
  return Side::kWithin;
}

}  // namespace

std::string FieldPlace::ToString() const {
  switch (kind_) {
    case Kind::kBody: return {};
    case Kind::kParameter: return ToValidUtf8(name_);
    case Kind::kElement: return fmt::format("{}/{}", parent_->ToString(), index_);
    case Kind::kMember: break;
  }
  std::string pointer = parent_->ToString() + '/';
  for (const char c : name_) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

void FieldErrors::Add(const FieldPlace& place, std::string_view code, std::string message) {
  if (full()) return;
  errors_.push_back({place.ToString(), std::string(code), std::move(message)});
}

void FieldErrors::AddUnknown(const FieldPlace& place, std::string_view what, std::string_view name,
                             const std::vector<std::string_view>& known) {
  if (full()) return;
  std::string shown = ToValidUtf8(name.substr(0, kLongestShownName));
  if (name.size() > kLongestShownName) shown += "...";
  std::string message = fmt::format("There is no {} \"{}\".", what, shown);
  if (const auto nearest = NearestName(name, known)) {
    message += fmt::format(" Did you mean \"{}\"?", *nearest);
  }
  Add(place, fmt::format("unknown_{}", what), std::move(message));
}

void FieldErrors::Append(const Error& error) {
  for (const auto& field : error.fields()) {
    if (!full()) errors_.push_back(field);
  }
}

bool CheckRange(double value, const FieldContext& at) {
  const Side side = SideOf(value, at.rules);
  if (side == Side::kWithin) return true;
  at.errors.Add(at.place, side == Side::kBelow ? "too_small" : "too_large",
                fmt::format("Must be {}.", Bounds(at.rules, "")));
  return false;
}

bool CheckTextLength(std::string_view text, const FieldContext& at) {
  if (!at.rules.least && !at.rules.most) return true;
  const Side side = SideOf(static_cast<double>(CountCodePoints(text)), at.rules);
  if (side == Side::kWithin) return true;
  at.errors.Add(at.place, side == Side::kBelow ? "too_short" : "too_long",
                fmt::format("Must have {}.", Bounds(at.rules, "character")));
  return false;
}

bool CheckElementCount(std::size_t count, const FieldContext& at) {
  const Side side = SideOf(static_cast<double>(count), at.rules);
  if (side == Side::kWithin) return true;
  at.errors.Add(at.place, side == Side::kBelow ? "too_few" : "too_many",
                fmt::format("Must have {}.", Bounds(at.rules, "element")));
  return false;
}

std::string ListWords(const std::vector<std::string_view>& words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) list += i + 1 == words.size() ? " or " : ", ";
    list += fmt::format("\"{}\"", words[i]);
  }
  return list;
}

std::optional<std::string_view> NearestName(std::string_view name,
                                            const std::vector<std::string_view>& known) {
  if (name.size() > kLongestShownName) return std::nullopt;
  std::optional<std::string_view> nearest;
  std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    const std::size_t distance = EditDistance(name, candidate);
    if (distance < least) least = distance, nearest = candidate;
  }
  return nearest;
}

}  // namespace freshet::net
