#include "base/log.h"

#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>

#include "base/clock.h"
#include "base/utf8.h"

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

bool NeedsQuotes(std::string_view value) {
  return value.empty() || std::ranges::any_of(value, [](unsigned char c) {
           return c <= ' ' || c == '"' || c == '=' || c >= 0x7f;
         });
}

std::string RenderText(std::string_view message, std::initializer_list<LogField> fields) {
  std::string line = EscapeControls(message);
  for (const auto& field : fields) {
    line += fmt::format("  {}={}", field.name,
                        NeedsQuotes(field.value) ? QuoteText(field.value) : field.value);
  }
  return line;
}

std::string RenderJson(LogLevel level, std::string_view message,
                       std::initializer_list<LogField> fields) {
  std::string line =
      fmt::format(R"({{"time":"{}","level":"{}","message":{})",
                  FormatTimestamp(SystemClock().Now()), NameOf(level), QuoteText(message));
  for (const auto& field : fields)
    line += fmt::format(",{}:{}", QuoteText(field.name),
                        field.quoted ? QuoteText(field.value) : field.value);
  return line + "}";
}

class FunctionSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FunctionSink(Logger::Sink sink) : sink_(std::move(sink)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    std::string_view text(line.data(), line.size());
    sink_(text.substr(0, text.find_last_not_of("\r\n") + 1));
  }
  void flush_() override {}

  const Logger::Sink sink_;
};

}  // namespace

struct Logger::Impl {
  explicit Impl(spdlog::sink_ptr to) : sink(std::move(to)), logger("freshet", sink) {}

  spdlog::sink_ptr sink;
  spdlog::logger logger;
  std::atomic<LogFormat> format{LogFormat::kText};

  void Write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
    const auto spdlog_level = ToSpdlog(level);
    if (!logger.should_log(spdlog_level)) return;
    const std::string line = format == LogFormat::kJson ? RenderJson(level, message, fields)
                                                        : RenderText(message, fields);
    logger.log(spdlog_level, spdlog::string_view_t(line.data(), line.size()));
  }
};

Logger::Logger(const LogOptions& options)
    : impl_(std::make_unique<Impl>(std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>())) {
  Configure(options);
}
Logger::Logger(const LogOptions& options, Sink sink)
    : impl_(std::make_unique<Impl>(std::make_shared<FunctionSink>(std::move(sink)))) {
  Configure(options);
}
Logger::~Logger() = default;

void Logger::Configure(const LogOptions& options) {
  impl_->logger.set_level(ToSpdlog(options.level));
  impl_->format = options.format;
  impl_->sink->set_pattern(options.format == LogFormat::kJson ? "%v"
                                                              : "%Y-%m-%d %H:%M:%S.%e %^%-5l%$ %v");
}

bool Logger::Enabled(LogLevel level) const { return impl_->logger.should_log(ToSpdlog(level)); }

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
