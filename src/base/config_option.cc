#include "base/config_option.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <cmath>
#include <span>

#include "base/utf8.h"

namespace freshet {
namespace {

struct Suffix {
  std::string_view text;
  std::int64_t factor;
};

// The first of equal factors is the one that is written; greatest first.
constexpr std::array kDurationSuffixes{Suffix{"d", 86'400'000}, Suffix{"h", 3'600'000},
                                       Suffix{"m", 60'000}, Suffix{"s", 1'000}, Suffix{"ms", 1}};
constexpr std::array kByteSuffixes{Suffix{"TiB", 1LL << 40},
                                   Suffix{"GiB", 1LL << 30},
                                   Suffix{"MiB", 1LL << 20},
                                   Suffix{"KiB", 1LL << 10},
                                   Suffix{"TB", 1'000'000'000'000},
                                   Suffix{"GB", 1'000'000'000},
                                   Suffix{"MB", 1'000'000},
                                   Suffix{"kB", 1'000},
                                   Suffix{"B", 1}};
constexpr std::size_t kBinaryByteSuffixes = 4;

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(x) == lower(y);
  });
}

template <class T>
std::optional<T> ParseNumber(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// An integer, alone or followed by one of `suffixes`; spaces may stand between them.
std::optional<std::int64_t> ParseWithSuffix(std::string_view text,
                                            std::span<const Suffix> suffixes) {
  std::size_t digits = 0;
  while (digits < text.size() && (std::isdigit(static_cast<unsigned char>(text[digits])) ||
                                  (digits == 0 && text[0] == '-'))) {
    ++digits;
  }
  const auto number = ParseNumber<std::int64_t>(text.substr(0, digits));
  text.remove_prefix(digits);
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (!number) return std::nullopt;
  if (text.empty()) return number;
  const auto suffix = std::ranges::find_if(
      suffixes, [&](const Suffix& s) { return EqualIgnoringCase(s.text, text); });
  std::int64_t product = 0;
  if (suffix == suffixes.end() || __builtin_mul_overflow(*number, suffix->factor, &product)) {
    return std::nullopt;
  }
  return product;
}

std::string RenderWithSuffix(std::int64_t value, std::span<const Suffix> suffixes) {
  for (const auto& suffix : suffixes) {
    if (value != 0 && value % suffix.factor == 0) {
      return fmt::format("{}{}", value / suffix.factor, suffix.text);
    }
  }
  return fmt::format("{}{}", value, suffixes.back().text);
}

std::string RenderDuration(std::int64_t milliseconds) {
  return RenderWithSuffix(milliseconds, kDurationSuffixes);
}

std::string RenderBytes(std::int64_t bytes) {
  if (bytes % 1'024 != 0 || bytes == 0) return fmt::format("{}", bytes);
  return RenderWithSuffix(bytes, std::span(kByteSuffixes).first(kBinaryByteSuffixes));
}

std::string RenderBound(const ConfigOption& option, double bound) {
  const bool whole = std::abs(bound) < 9e18 && bound == std::floor(bound);
  if (whole && option.type == ConfigType::kDuration) {
    return RenderDuration(static_cast<std::int64_t>(bound));
  }
  if (whole && option.type == ConfigType::kBytes) {
    return RenderBytes(static_cast<std::int64_t>(bound));
  }
  if (whole) return fmt::format("{}", static_cast<std::int64_t>(bound));
  return fmt::format("{}", bound);
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    auto part = text.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

// What bounds apply to: a number, a length in code points, a number of elements.
std::optional<double> Measure(const ConfigOption& option, const ConfigValue& value) {
  switch (option.type) {
    case ConfigType::kInteger:
    case ConfigType::kBytes:
    case ConfigType::kDuration: return static_cast<double>(std::get<std::int64_t>(value));
    case ConfigType::kNumber: return std::get<double>(value);
    case ConfigType::kText:
    case ConfigType::kSecret:
      return static_cast<double>(CountCodePoints(std::get<std::string>(value)));
    case ConfigType::kList:
      return static_cast<double>(std::get<std::vector<std::string>>(value).size());
    case ConfigType::kBool:
    case ConfigType::kChoice: return std::nullopt;
  }
  return std::nullopt;
}

// Whether the alternative that `value` holds is the option's, and the value is among those it may
// take.
bool IsAccepted(const ConfigOption& option, const ConfigValue& value) {
  if (option.type == ConfigType::kChoice) {
    return std::ranges::find(option.choices, std::get<std::string>(value)) != option.choices.end();
  }
  const auto measure = Measure(option, value);
  if (!measure) return true;
  return std::isfinite(*measure) && *measure >= option.rules.least.value_or(*measure) &&
         *measure <= option.rules.most.value_or(*measure);
}

Result<ConfigValue> Accept(const ConfigOption& option, std::optional<ConfigValue> value) {
  if (!value || !IsAccepted(option, *value)) {
    return Invalid("must be " + DescribeAccepted(option));
  }
  return std::move(*value);
}

std::optional<ConfigValue> Lift(auto value) {
  return value ? std::optional<ConfigValue>(*std::move(value)) : std::nullopt;
}

// Texts that stand for values that TOML has no type for.
std::optional<ConfigValue> FromWords(const ConfigOption& option, std::string_view text) {
  switch (option.type) {
    case ConfigType::kBytes: return Lift(ParseWithSuffix(text, kByteSuffixes));
    case ConfigType::kDuration: return Lift(ParseWithSuffix(text, kDurationSuffixes));
    case ConfigType::kText:
    case ConfigType::kSecret:
    case ConfigType::kChoice:
      return IsUtf8(text) ? std::optional<ConfigValue>(std::string(text)) : std::nullopt;
    default: return std::nullopt;
  }
}

}  // namespace

Result<ConfigValue> ConfigValueFromText(const ConfigOption& option, std::string_view text) {
  switch (option.type) {
    case ConfigType::kBool:
      if (text != "true" && text != "false") return Accept(option, std::nullopt);
      return ConfigValue(text == "true");
    case ConfigType::kInteger: return Accept(option, Lift(ParseNumber<std::int64_t>(text)));
    case ConfigType::kNumber: return Accept(option, Lift(ParseNumber<double>(text)));
    case ConfigType::kList:
      if (!IsUtf8(text)) return Accept(option, std::nullopt);
      return Accept(option, SplitList(text));
    default: return Accept(option, FromWords(option, text));
  }
}

Result<ConfigValue> ConfigValueFromToml(const ConfigOption& option, const ConfigValue& given) {
  std::optional<ConfigValue> value;
  switch (option.type) {
    case ConfigType::kBool:
      if (std::holds_alternative<bool>(given)) value = given;
      break;
    case ConfigType::kInteger:
    case ConfigType::kBytes:
    case ConfigType::kDuration:
      if (std::holds_alternative<std::int64_t>(given)) value = given;
      break;
    case ConfigType::kNumber:
      if (std::holds_alternative<double>(given)) value = given;
      if (const auto* integer = std::get_if<std::int64_t>(&given)) {
        value = static_cast<double>(*integer);
      }
      break;
    case ConfigType::kList:
      if (std::holds_alternative<std::vector<std::string>>(given)) value = given;
      break;
    default: break;
  }
  if (const auto* text = std::get_if<std::string>(&given)) value = FromWords(option, *text);
  return Accept(option, std::move(value));
}

std::string DescribeBounds(const ConfigOption& option) {
  const auto& rules = option.rules;
  if (rules.least && rules.most) {
    return fmt::format("{} to {}", RenderBound(option, *rules.least),
                       RenderBound(option, *rules.most));
  }
  if (rules.least) return "at least " + RenderBound(option, *rules.least);
  if (rules.most) return "at most " + RenderBound(option, *rules.most);
  return {};
}

std::string DescribeAccepted(const ConfigOption& option) {
  std::string bounds = DescribeBounds(option);
  const auto with = [&](std::string what, std::string_view of) {
    return bounds.empty() ? what : fmt::format("{}, {}{}", what, bounds, of);
  };
  switch (option.type) {
    case ConfigType::kBool: return "true or false";
    case ConfigType::kInteger: return with("an integer", "");
    case ConfigType::kNumber: return with("a number", "");
    case ConfigType::kBytes: return with("a size such as 4096, \"256MiB\" or \"1GB\"", "");
    case ConfigType::kDuration:
      return with("a duration such as 1500 (ms), \"1500ms\", \"30s\", \"5m\", \"24h\" or \"7d\"",
                  "");
    case ConfigType::kText:
    case ConfigType::kSecret: return with("a text", " characters");
    case ConfigType::kList: return with("a list of texts", " of them");
    case ConfigType::kChoice:
      return fmt::format("one of \"{}\"", fmt::join(option.choices, "\", \""));
  }
  return {};
}

std::string RenderConfigValue(const ConfigOption& option, const ConfigValue& value) {
  switch (option.type) {
    case ConfigType::kBool: return std::get<bool>(value) ? "true" : "false";
    case ConfigType::kInteger: return fmt::format("{}", std::get<std::int64_t>(value));
    case ConfigType::kBytes: {
      const auto bytes = std::get<std::int64_t>(value);
      const std::string text = RenderBytes(bytes);
      return std::isdigit(static_cast<unsigned char>(text.back())) ? text : QuoteText(text);
    }
    case ConfigType::kDuration: return QuoteText(RenderDuration(std::get<std::int64_t>(value)));
    case ConfigType::kNumber: {
      std::string text = fmt::format("{}", std::get<double>(value));
      return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
    }
    case ConfigType::kSecret: return std::get<std::string>(value).empty() ? "\"\"" : "\"***\"";
    case ConfigType::kText:
    case ConfigType::kChoice: return QuoteText(std::get<std::string>(value));
    case ConfigType::kList: {
      std::vector<std::string> items;
      for (const auto& item : std::get<std::vector<std::string>>(value)) {
        items.push_back(QuoteText(item));
      }
      return fmt::format("[{}]", fmt::join(items, ", "));
    }
  }
  return {};
}

}  // namespace freshet
