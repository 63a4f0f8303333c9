#include "base/log.h"

#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/clock.h"

namespace freshet {
namespace {

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarn: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string Quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string(text));
}

// One line must stay one line, whatever a field holds.
bool NeedsQuotes(std::string_view value) {
  return value.empty() || std::ranges::any_of(value, [](unsigned char c) {
           return c <= ' ' || c == '"' || c == '=' || c == 0x7f;
         });
}

std::string RenderText(std::string_view message, std::initializer_list<LogField> fields) {
  std::string line(message);
  for (const auto& field : fields) {
    line += fmt::format("  {}={}", field.name,
                        NeedsQuotes(field.value) ? Quoted(field.value) : field.value);
  }
  return line;
}

std::string RenderJson(LogLevel level, std::string_view message,
                       std::initializer_list<LogField> fields) {
  std::string line =
      fmt::format(R"({{"time":"{}","level":"{}","message":{})",
                  FormatTimestamp(SystemClock().Now()), NameOf(level), Quoted(message));
  for (const auto& field : fields)
    line +=
        fmt::format(",{}:{}", Quoted(field.name), field.quoted ? Quoted(field.value) : field.value);
  return line + "}";
}

}  // namespace

struct Logger::Impl {
  std::shared_ptr<spdlog::sinks::ansicolor_stderr_sink_mt> sink =
      std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>();
  spdlog::logger logger{"freshet", sink};
  std::atomic<LogFormat> format{LogFormat::kText};

  void Write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
    const auto spdlog_level = ToSpdlog(level);
    if (!logger.should_log(spdlog_level)) return;
    const std::string line = format == LogFormat::kJson ? RenderJson(level, message, fields)
                                                        : RenderText(message, fields);
    logger.log(spdlog_level, spdlog::string_view_t(line.data(), line.size()));
  }
};

Logger::Logger(const LogOptions& options) : impl_(std::make_unique<Impl>()) { Configure(options); }
Logger::~Logger() = default;

void Logger::Configure(const LogOptions& options) {
  impl_->logger.set_level(ToSpdlog(options.level));
  impl_->format = options.format;
  impl_->sink->set_pattern(options.format == LogFormat::kJson ? "%v"
                                                              : "%Y-%m-%d %H:%M:%S.%e %^%-5l%$ %v");
}

void Logger::Debug(std::string_view message, std::initializer_list<LogField> fields) {
  impl_->Write(LogLevel::kDebug, message, fields);
}
void Logger::Info(std::string_view message, std::initializer_list<LogField> fields) {
  impl_->Write(LogLevel::kInfo, message, fields);
}
void Logger::Warn(std::string_view message, std::initializer_list<LogField> fields) {
  impl_->Write(LogLevel::kWarn, message, fields);
}
void Logger::Error(std::string_view message, std::initializer_list<LogField> fields) {
  impl_->Write(LogLevel::kError, message, fields);
}

}  // namespace freshet
