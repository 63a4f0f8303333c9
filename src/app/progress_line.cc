#include "app/progress_line.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>

namespace freshet::app {

std::string Megabytes(std::int64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (open_) fmt::print(stderr, "\n");
}

void ProgressLine::Show(const ops::RunReport& report) {
  if (report.phase.empty()) return;
  const std::int64_t percent =
      report.total > 0 ? std::clamp<std::int64_t>(report.done * 100 / report.total, 0, 100) : 100;
  const std::int64_t step = terminal_ ? percent : percent / 10 * 10;
  if (report.phase == phase_ && step == shown_) return;
  phase_ = report.phase;
  shown_ = step;
  const std::string done = report.unit == "bytes"
                               ? fmt::format("of {}", Megabytes(report.total))
                               : fmt::format("{} of {} {}", report.done, report.total, report.unit);
  fmt::print(stderr, "{}{}: {} % {}{}", terminal_ ? "\r\x1b[K" : "", phase_, percent, done,
             terminal_ ? "" : "\n");
  open_ = terminal_;
  std::fflush(stderr);
}

}  // namespace freshet::app
