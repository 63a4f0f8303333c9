// One option of the configuration: what it accepts, and how its values are written. For config.h;
// include that.
#pragma once

#include <algorithm>
#include <any>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/log.h"
#include "base/result.h"

namespace freshet {

// What an option holds, whatever its C++ type. Durations are in milliseconds; choices and secrets
// are texts.
using ConfigValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

enum class ConfigType {
  kBool,
  kInteger,
  kBytes,
  kDuration,
  kNumber,
  kText,
  kSecret,
  kChoice,
  kList
};

struct ConfigOption {
  std::string section;
  std::string name;
  ConfigType type = ConfigType::kText;
  FieldRules rules;  // bounds narrowed to what the C++ type holds
  std::vector<std::string> choices;
  std::function<ConfigValue(const std::any& section)> get;
  std::function<void(std::any& section, const ConfigValue&)> set;
  // What is wrong with the value in the section, or an empty text.
  std::function<std::string_view(const std::any& section)> check;

  std::string path() const { return section + "." + name; }
  bool secret() const { return type == ConfigType::kSecret; }
};

// Reads a value from an environment variable or a flag. Errors: kInvalid, with the message "must
// be ..."; it never repeats the value.
Result<ConfigValue> ConfigValueFromText(const ConfigOption& option, std::string_view text);
// Reads a value that a TOML file gave with a type. Errors as ConfigValueFromText.
Result<ConfigValue> ConfigValueFromToml(const ConfigOption& option, const ConfigValue& given);

// "a duration such as ...", "one of ...", with the bounds.
std::string DescribeAccepted(const ConfigOption& option);
// "1 to 100", "at least 1", or nothing.
std::string DescribeBounds(const ConfigOption& option);

// The value as TOML that reads back as the same value: "30s", "256MiB". Secrets are "***".
std::string RenderConfigValue(const ConfigOption& option, const ConfigValue& value);

namespace internal {

template <class M>
constexpr ConfigType ConfigTypeOf(const FieldRules& rules) {
  if constexpr (std::is_same_v<M, bool>) {
    return ConfigType::kBool;
  } else if constexpr (std::is_integral_v<M>) {
    return rules.unit == "bytes" ? ConfigType::kBytes : ConfigType::kInteger;
  } else if constexpr (std::is_floating_point_v<M>) {
    return ConfigType::kNumber;
  } else if constexpr (std::is_same_v<M, Duration>) {
    return ConfigType::kDuration;
  } else if constexpr (std::is_same_v<M, Secret>) {
    return ConfigType::kSecret;
  } else if constexpr (std::is_same_v<M, std::string>) {
    return rules.secret ? ConfigType::kSecret : ConfigType::kText;
  } else if constexpr (std::is_same_v<M, std::vector<std::string>>) {
    return ConfigType::kList;
  } else {
    static_assert(NamedEnum<M>, "an option cannot have this type");
    return ConfigType::kChoice;
  }
}

template <class M>
ConfigValue EncodeConfig(const M& value) {
  if constexpr (std::is_same_v<M, bool>) {
    return value;
  } else if constexpr (std::is_integral_v<M>) {
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if constexpr (std::is_unsigned_v<M>) {
      return static_cast<std::int64_t>(std::min<std::uint64_t>(value, kMost));
    } else {
      return static_cast<std::int64_t>(value);
    }
  } else if constexpr (std::is_floating_point_v<M>) {
    return static_cast<double>(value);
  } else if constexpr (std::is_same_v<M, Duration>) {
    return static_cast<std::int64_t>(value.count());
  } else if constexpr (std::is_same_v<M, Secret>) {
    return value.Reveal();
  } else if constexpr (std::is_enum_v<M>) {
    return std::string(NameOf(value));
  } else {
    return value;
  }
}

template <class M>
M DecodeConfig(const ConfigValue& value) {
  if constexpr (std::is_same_v<M, bool>) {
    return std::get<bool>(value);
  } else if constexpr (std::is_integral_v<M>) {
    return static_cast<M>(std::get<std::int64_t>(value));
  } else if constexpr (std::is_floating_point_v<M>) {
    return static_cast<M>(std::get<double>(value));
  } else if constexpr (std::is_same_v<M, Duration>) {
    return Duration(std::get<std::int64_t>(value));
  } else if constexpr (std::is_same_v<M, Secret>) {
    return Secret(std::get<std::string>(value));
  } else if constexpr (std::is_enum_v<M>) {
    return EnumNamed<M>(std::get<std::string>(value)).value();
  } else {
    return std::get<M>(value);
  }
}

template <class M>
FieldRules NarrowToType(FieldRules rules) {
  if constexpr (std::is_integral_v<M> && !std::is_same_v<M, bool>) {
    if constexpr (std::is_unsigned_v<M> || sizeof(M) < sizeof(std::int64_t)) {
      const auto least = static_cast<double>(std::numeric_limits<M>::min());
      rules.least = std::max(rules.least.value_or(least), least);
    }
    if constexpr (sizeof(M) < sizeof(std::int64_t)) {
      const auto most = static_cast<double>(std::numeric_limits<M>::max());
      rules.most = std::min(rules.most.value_or(most), most);
    }
  }
  return rules;
}

template <class T, class M>
ConfigOption MakeConfigOption(std::string section, const FieldOf<T, M>& field) {
  ConfigOption option{.section = std::move(section),
                      .name = std::string(field.name),
                      .type = ConfigTypeOf<M>(field.rules),
                      .rules = NarrowToType<M>(field.rules),
                      .choices = {},
                      .get = {},
                      .set = {},
                      .check = {}};
  if constexpr (NamedEnum<M>) {
    for (const auto& [value, name] : Enumerators<M>::kNames) option.choices.emplace_back(name);
  }
  option.get = [member = field.member](const std::any& values) {
    return EncodeConfig<M>(std::any_cast<const T&>(values).*member);
  };
  option.set = [member = field.member](std::any& values, const ConfigValue& value) {
    std::any_cast<T&>(values).*member = DecodeConfig<M>(value);
  };
  option.check = [member = field.member, check = field.check](const std::any& values) {
    return check ? check(std::any_cast<const T&>(values).*member) : std::string_view();
  };
  return option;
}

}  // namespace internal
}  // namespace freshet
