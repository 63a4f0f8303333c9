#include "base/clock.h"

#include <fmt/format.h>

#include <charconv>

namespace freshet {

Timestamp SystemClock::Now() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}
SteadyTime SystemClock::Steady() const { return std::chrono::steady_clock::now(); }

FakeClock::FakeClock(Timestamp start) : now_ms_(start.time_since_epoch().count()) {}
Timestamp FakeClock::Now() const { return Timestamp(std::chrono::milliseconds(now_ms_.load())); }
SteadyTime FakeClock::Steady() const {
  return SteadyTime(std::chrono::milliseconds(steady_ms_.load()));
}
void FakeClock::Advance(Duration by) {
  now_ms_ += by.count();
  steady_ms_ += by.count();
}
void FakeClock::SetNow(Timestamp now) { now_ms_ = now.time_since_epoch().count(); }

Duration Deadline::Remaining(const Clock& clock) const {
  if (at_ == SteadyTime::max()) return Duration::max();
  const auto now = clock.Steady();
  return now >= at_ ? Duration::zero() : std::chrono::duration_cast<Duration>(at_ - now);
}

std::string FormatTimestamp(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

namespace {

// Reads fixed-width numbers and literal characters from the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool Number(std::size_t digits, int& value) {
    if (rest_.size() < digits) return false;
    for (char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return false;
    }
    std::from_chars(rest_.data(), rest_.data() + digits, value);
    rest_.remove_prefix(digits);
    return true;
  }
  bool Any(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return false;
    last_ = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  // The digits of a fraction as milliseconds; further digits are cut off.
  bool Fraction(int& milliseconds) {
    int digits = 0;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
         rest_.remove_prefix(1), ++digits) {
      if (digits < 3) milliseconds = milliseconds * 10 + (rest_.front() - '0');
    }
    for (int i = digits; i < 3; ++i) milliseconds *= 10;
    return digits > 0;
  }
  char last() const { return last_; }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  char last_ = '\0';
};

}  // namespace

Result<Timestamp> ParseTimestamp(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, fraction = 0,
      offset_hours = 0, offset_minutes = 0;
  Scanner scan(text);
  bool ok = scan.Number(4, year) && scan.Any("-") && scan.Number(2, month) && scan.Any("-") &&
            scan.Number(2, day) && scan.Any("Tt ") && scan.Number(2, hour) && scan.Any(":") &&
            scan.Number(2, minute) && scan.Any(":") && scan.Number(2, second);
  if (ok && scan.Any(".")) ok = scan.Fraction(fraction);
  ok = ok && scan.Any("Zz+-");
  const char zone = scan.last();
  if (ok && (zone == '+' || zone == '-'))
    ok = scan.Number(2, offset_hours) && scan.Any(":") && scan.Number(2, offset_minutes);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  // A leap second (60) is read as the first second of the next minute.
  ok = ok && scan.done() && date.ok() && hour < 24 && minute < 60 && second <= 60 &&
       offset_hours < 24 && offset_minutes < 60;
  if (!ok) return Invalid("a time looks like \"2026-01-31T08:05:09.123Z\"", "invalid_time");
  auto offset = std::chrono::hours(offset_hours) + std::chrono::minutes(offset_minutes);
  if (zone == '-') offset = -offset;
  return Timestamp(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second) +
         std::chrono::milliseconds(fraction) - offset;
}

}  // namespace freshet
