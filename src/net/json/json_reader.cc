#include "net/json/json_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_stack.hpp>
#include <charconv>
#include <cmath>

#include "base/id.h"
#include "base/utf8.h"

namespace freshet::net {
namespace {

namespace json = boost::json;
using json::error_code;

std::string_view View(json::string_view text) { return {text.data(), text.size()}; }

// Builds the value, as boost::json::parse does, and sees what a finished value no longer shows:
// members given twice, and numbers as they were written.
class Builder {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  explicit Builder(json::storage_ptr storage) { stack_.reset(std::move(storage)); }

  json::value Release() { return stack_.release(); }
  FieldErrors& errors() { return errors_; }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_array_begin(error_code&) {
    levels_.push_back({.first_key = keys_.size(), .is_array = true});
    return true;
  }
  bool on_array_end(std::size_t n, error_code&) {
    levels_.pop_back();
    stack_.push_array(n);
    Count();
    return true;
  }
  bool on_object_begin(error_code&) {
    levels_.push_back({.first_key = keys_.size(), .is_array = false});
    return true;
  }
  bool on_object_end(std::size_t n, error_code&) {
    ReportDuplicates();
    keys_.resize(levels_.back().first_key);
    levels_.pop_back();
    stack_.push_object(n);
    Count();
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, error_code&) {
    has_nul_ = has_nul_ || part.find('\0') != json::string_view::npos;
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view rest, std::size_t, error_code&) {
    if (has_nul_ || rest.find('\0') != json::string_view::npos) ReportNul();
    has_nul_ = false;
    stack_.push_string(rest);
    Count();
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, error_code&) {
    key_ += View(part);
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view rest, std::size_t, error_code&) {
    key_ += View(rest);
    keys_.push_back(std::exchange(key_, {}));
    if (keys_.back().find('\0') != std::string::npos) ReportNul();
    stack_.push_key(rest);
    return true;
  }
  bool on_number_part(json::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t value, json::string_view, error_code&) {
    stack_.push_int64(value);
    Count();
    return true;
  }
  bool on_uint64(std::uint64_t value, json::string_view, error_code&) {
    stack_.push_uint64(value);
    Count();
    return true;
  }
  // The parser's own conversion may be off by a unit in the last place.
  bool on_double(double rough, json::string_view text, error_code& error) {
    double value = rough;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec == std::errc::result_out_of_range && std::abs(rough) > 1) {
      error = json::error::exponent_overflow;
      return false;
    }
    stack_.push_double(parsed.ec == std::errc() ? value : rough);
    Count();
    return true;
  }
  bool on_bool(bool value, error_code&) {
    stack_.push_bool(value);
    Count();
    return true;
  }
  bool on_null(error_code&) {
    stack_.push_null();
    Count();
    return true;
  }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }

 private:
  struct Level {
    std::size_t first_key;  // of this object in keys_
    bool is_array;
    std::size_t elements = 0;  // complete ones, of an array
  };

  void Count() {
    if (!levels_.empty()) ++levels_.back().elements;
  }

  // Calls use(place) with the place of level `depth`, of the value that is being read when `depth`
  // is levels_.size().
  template <class Use>
  void WithPlace(std::size_t level, std::size_t depth, const FieldPlace& parent, const Use& use) {
    if (level == depth) return use(parent);
    const Level& at = levels_[level];
    if (at.is_array) return WithPlace(level + 1, depth, parent.Element(at.elements), use);
    const std::size_t keys_end =
        level + 1 < levels_.size() ? levels_[level + 1].first_key : keys_.size();
    WithPlace(level + 1, depth, parent.Member(keys_[keys_end - 1]), use);
  }

  void ReportNul() {
    WithPlace(0, levels_.size(), FieldPlace(), [&](const FieldPlace& place) {
      errors_.Add(place, "nul_character", "A text cannot hold the character U+0000.");
    });
  }

  void ReportDuplicates() {
    const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(levels_.back().first_key);
    if (keys_.end() - first < 2) return;
    std::vector<std::string_view> names(first, keys_.end());
    std::ranges::sort(names);
    for (auto at = std::ranges::adjacent_find(names); at != names.end();) {
      const std::string_view name = *at;
      WithPlace(0, levels_.size() - 1, FieldPlace(), [&](const FieldPlace& place) {
        errors_.Add(place.Member(name), "duplicate_member", "Must be given once only.");
      });
      at = std::find_if(at, names.end(), [&](std::string_view other) { return other != name; });
      at = std::adjacent_find(at, names.end());
    }
  }

  json::value_stack stack_;
  std::vector<Level> levels_;
  std::vector<std::string> keys_;  // of every open object, innermost last
  std::string key_;
  bool has_nul_ = false;
  FieldErrors errors_;
};

// "line 3, column 14", counting characters from 1.
std::string Position(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("line {}, column {}", line, CountCodePoints(before.substr(line_start)) + 1);
}

std::string WhatIsWrong(const error_code& error, const JsonLimits& limits) {
  if (error == json::error::incomplete) return "it ends too early";
  if (error == json::error::extra_data) return "something follows the value";
  if (error == json::error::too_deep) return fmt::format("more than {} levels deep", limits.depth);
  if (error == json::error::exponent_overflow) return "a number is too large";
  return error.message();
}

}  // namespace

Result<json::value> ParseJson(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.bytes) {
    return Invalid(fmt::format("The JSON text is longer than {} bytes.", limits.bytes),
                   kMalformedJson);
  }
  json::parse_options options;
  options.max_depth = limits.depth;
  json::basic_parser<Builder> parser(options,
                                     json::make_shared_resource<json::monotonic_resource>());
  error_code error;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  if (!error && used < text.size()) error = json::error::extra_data;
  if (error) {
    return Invalid(
        fmt::format("Not valid JSON at {}: {}.", Position(text, used), WhatIsWrong(error, limits)),
        kMalformedJson);
  }
  Builder& builder = parser.handler();
  json::value value = builder.Release();
  if (!builder.errors().empty()) return std::move(builder.errors()).Take();
  return value;
}

namespace internal {
namespace {

// An integer may be written with a fraction of zeros, or with an exponent.
bool IsWhole(double value, double least, double most) {
  return value == std::floor(value) && value >= least && value <= most;
}

std::string IntegerRange(auto least, auto most) {
  return fmt::format("Must be an integer from {} to {}.", least, most);
}

}  // namespace

void ReportType(std::string_view expected, FieldContext at) {
  at.errors.Add(at.place, "wrong_type", fmt::format("Must be {}.", expected));
}

bool ReadBool(const json::value& json, bool& out, FieldContext at) {
  const bool* const value = json.if_bool();
  if (!value) return ReportType("true or false", at), false;
  out = *value;
  return true;
}

bool ReadInteger(const json::value& json, std::int64_t least, std::int64_t most, std::int64_t& out,
                 FieldContext at) {
  constexpr double kExact = 9007199254740992;  // 2^53
  if (const auto* const integer = json.if_int64()) {
    out = *integer;
  } else if (const auto* real = json.if_double(); real && IsWhole(*real, -kExact, kExact)) {
    out = static_cast<std::int64_t>(*real);
  } else if (!json.is_number()) {
    return ReportType("an integer", at), false;
  } else if (const auto* fraction = json.if_double(); fraction && std::abs(*fraction) < kExact) {
    return ReportType("an integer, without a fraction", at), false;
  } else {
    return at.errors.Add(at.place, "out_of_range", IntegerRange(least, most)), false;
  }
  if (out < least || out > most) {
    return at.errors.Add(at.place, "out_of_range", IntegerRange(least, most)), false;
  }
  return CheckRange(static_cast<double>(out), at);
}

bool ReadUnsigned(const json::value& json, std::uint64_t most, std::uint64_t& out,
                  FieldContext at) {
  if (const auto* const large = json.if_uint64()) {
    out = *large;
  } else {
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    std::int64_t value = 0;
    if (!ReadInteger(json, 0, kMost, value, {FieldRules{}, at.place, at.errors})) return false;
    out = static_cast<std::uint64_t>(value);
  }
  if (out > most) {
    return at.errors.Add(at.place, "out_of_range", IntegerRange(0, most)), false;
  }
  return CheckRange(static_cast<double>(out), at);
}

bool ReadNumber(const json::value& json, double& out, FieldContext at) {
  if (!json.is_number()) return ReportType("a number", at), false;
  out = json.to_number<double>();
  return CheckRange(out, at);
}

bool ReadText(const json::value& json, std::string& out, FieldContext at) {
  const auto* const text = json.if_string();
  if (!text) return ReportType("a text", at), false;
  out.assign(text->data(), text->size());
  return CheckTextLength(out, at);
}

bool ReadId(const json::value& json, std::uint64_t& out, FieldContext at) {
  const auto* const text = json.if_string();
  if (!text) return ReportType("an id, as a text of digits", at), false;
  const auto id = ParseId(View(*text));
  if (!id) return at.errors.Add(at.place, id.error().code(), "Must be an id: digits only."), false;
  out = *id;
  return true;
}

bool ReadSecret(const json::value& json, Secret& out, FieldContext at) {
  std::string text;
  if (!ReadText(json, text, at)) return false;
  out = Secret(std::move(text));
  return true;
}

bool ReadTime(const json::value& json, Timestamp& out, FieldContext at) {
  const auto* const text = json.if_string();
  if (!text) return ReportType("a time, as a text", at), false;
  const auto time = ParseTimestamp(View(*text));
  if (!time) {
    at.errors.Add(at.place, "invalid_time", "Must be a time such as \"2026-01-31T08:05:09.123Z\".");
    return false;
  }
  out = *time;
  return true;
}

bool ReadDuration(const json::value& json, Duration& out, FieldContext at) {
  std::int64_t milliseconds = 0;
  if (!ReadIntegral(json, milliseconds, at)) return false;
  out = Duration(milliseconds);
  return true;
}

const json::string* ReadWord(const json::value& json, const std::vector<std::string_view>& words,
                             FieldContext at) {
  const auto* const text = json.if_string();
  if (!text) return ReportType("one of " + ListWords(words), at), nullptr;
  if (std::ranges::find(words, View(*text)) != words.end()) return text;
  at.errors.Add(at.place, "unknown_word", fmt::format("Must be one of {}.", ListWords(words)));
  return nullptr;
}

void ReadRaw(const json::value& json, std::string& out) { out = json::serialize(json); }

void ReportUnknownMembers(const json::object& object, const std::vector<std::string_view>& known,
                          FieldContext at) {
  for (const auto& member : object) {
    const std::string_view name = View(member.key());
    if (std::ranges::find(known, name) != known.end()) continue;
    at.errors.AddUnknown(at.place.Member(name), "member", name, known);
  }
}

}  // namespace internal
}  // namespace freshet::net
