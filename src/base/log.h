// Log lines: one sentence and fields, for people on a terminal or as JSON for machines.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/describe.h"
#include "base/result.h"

namespace freshet {

enum class LogLevel { kDebug, kInfo, kWarn, kError };
enum class LogFormat { kText, kJson };

template <>
struct Enumerators<LogLevel> {
  static constexpr std::array kNames{
      std::pair{LogLevel::kDebug, "debug"}, std::pair{LogLevel::kInfo, "info"},
      std::pair{LogLevel::kWarn, "warn"}, std::pair{LogLevel::kError, "error"}};
};
template <>
struct Enumerators<LogFormat> {
  static constexpr std::array kNames{std::pair{LogFormat::kText, "text"},
                                     std::pair{LogFormat::kJson, "json"}};
};

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;

  static constexpr auto Describe() {
    return Description("log", "What is logged, and how.",
                       Field("level", &LogOptions::level)
                           .Doc("The least severe lines that are written.")
                           .Reloadable(),
                       Field("format", &LogOptions::format)
                           .Doc("text for people, json for machines.")
                           .Reloadable());
  }
};

struct LogField {
  std::string_view name;
  std::string value;
  bool quoted = true;  // false for numbers and booleans, in JSON

  template <class T>
  LogField(std::string_view field, const T& v)
      : name(field), value(fmt::format("{}", v)), quoted(!IsJsonValue(v)) {}

 private:
  template <class T>
  static bool IsJsonValue(const T& v) {
    if constexpr (std::is_floating_point_v<T>) {
      return std::isfinite(v);
    } else {
      return std::is_arithmetic_v<T> && !std::is_same_v<T, char>;
    }
  }
};

// Thread-safe; writes to standard error without buffering beyond a line. Never give it a secret:
// wrap those in Secret, which has no formatter and so does not compile here.
class Logger {
 public:
  explicit Logger(const LogOptions& options);
  // Hands each line, without its end, to `sink` instead of standard error; one call at a time.
  using Sink = std::function<void(std::string_view line)>;
  Logger(const LogOptions& options, Sink sink);
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  // `message` is a sentence of the program's own; what comes from outside goes into fields. A line
  // stays one line whatever they hold.
  void Debug(std::string_view message, std::initializer_list<LogField> fields = {});
  void Info(std::string_view message, std::initializer_list<LogField> fields = {});
  void Warn(std::string_view message, std::initializer_list<LogField> fields = {});
  void Error(std::string_view message, std::initializer_list<LogField> fields = {});

  // Whether lines of this level are written: asks before fields are rendered in vain.
  bool Enabled(LogLevel level) const;

  void Configure(const LogOptions& options);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A text that must not be seen: passwords, keys, tokens from the configuration.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  const std::string& Reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string value_;
};

}  // namespace freshet
