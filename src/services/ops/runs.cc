#include "services/ops/runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace freshet::ops {
namespace {

constexpr std::size_t kRemembered = 50;

}  // namespace

void Progress::Begin(std::string phase, std::string unit, std::int64_t total) {
  MutexLock lock(mutex_);
  phase_ = std::move(phase);
  unit_ = std::move(unit);
  total_ = total;
  done_ = 0;
}

void Progress::Note(std::string name, std::int64_t value) {
  MutexLock lock(mutex_);
  notes_[std::move(name)] = {std::to_string(value)};
}

void Progress::Show(RunReport& report) const {
  MutexLock lock(mutex_);
  report.phase = phase_;
  report.unit = unit_;
  report.total = total_;
  report.done = done_;
  report.figures = notes_;
}

Runs::Runs(std::string name, IdGenerator& ids, const Clock& clock, Logger& logger, Metrics& metrics)
    : name_(std::move(name)),
      ids_(ids),
      clock_(clock),
      logger_(logger),
      done_(metrics.GetCounter("freshet_operator_runs_total", "Backups and rebuilds that ended",
                               {{"runs", name_}, {"outcome", "done"}})),
      failed_(metrics.GetCounter("freshet_operator_runs_total", "Backups and rebuilds that ended",
                                 {{"runs", name_}, {"outcome", "failed"}})),
      running_(metrics.GetGauge("freshet_operator_runs_running", "Backups and rebuilds under way",
                                {{"runs", name_}})) {}

Result<RunReport> Runs::Start(std::string kind, Work work) {
  MutexLock lock(mutex_);
  if (!entries_.empty() && entries_.front()->report.state == RunState::kRunning) {
    return Conflict(fmt::format("A {} is under way ({}); wait for its end.", name_,
                                entries_.front()->report.id),
                    "already_running");
  }
  auto entry = std::make_shared<Entry>();
  entry->report.id = std::to_string(ids_.Next());
  entry->report.kind = std::move(kind);
  entry->report.started_at = clock_.Now();
  entry->work = std::move(work);
  entry->progress = std::make_shared<Progress>(stop_.get_token());
  waiting_ = entry;
  entries_.push_front(entry);
  if (entries_.size() > kRemembered) entries_.pop_back();
  signal_.Notify();
  return entry->report;
}

RunReport Runs::Show(const Entry& entry) const {
  RunReport report = entry.report;
  entry.progress->Show(report);
  return report;
}

std::vector<RunReport> Runs::List() const {
  MutexLock lock(mutex_);
  std::vector<RunReport> reports;
  for (const auto& entry : entries_) reports.push_back(Show(*entry));
  return reports;
}

Result<RunReport> Runs::Find(const std::string& id) const {
  MutexLock lock(mutex_);
  const auto found =
      std::ranges::find(entries_, id, [](const auto& entry) { return entry->report.id; });
  if (found == entries_.end()) {
    return NotFound(fmt::format("There is no such {} since the last start.", name_));
  }
  return Show(**found);
}

Awaitable<> Runs::Run(std::stop_token stop) {
  const std::stop_callback on_stop(stop, [this] {
    stop_.request_stop();
    signal_.Notify();
  });
  while (!stop.stop_requested()) {
    signal_.Clear();
    std::shared_ptr<Entry> entry;
    {
      MutexLock lock(mutex_);
      entry = std::exchange(waiting_, nullptr);
    }
    if (entry) {
      co_await RunOne(std::move(entry));
    } else if (!stop.stop_requested()) {
      co_await signal_.Wait(Deadline::Never(), clock_);
    }
  }
}

Awaitable<> Runs::RunOne(std::shared_ptr<Entry> entry) {
  running_.Set(1);
  Result<> outcome;
  try {
    outcome = co_await entry->work(*entry->progress);
  } catch (const std::exception& e) {
    outcome = Internal(e.what());
  }
  entry->work = {};
  running_.Set(0);
  (outcome ? done_ : failed_).Add();
  if (outcome) {
    logger_.Info("Done", {{"run", name_}, {"kind", entry->report.kind}});
  } else {
    logger_.Error(
        "An operator's run failed",
        {{"run", name_}, {"kind", entry->report.kind}, {"error", outcome.error().ToString()}});
  }
  MutexLock lock(mutex_);
  entry->report.ended_at = clock_.Now();
  entry->report.state = outcome ? RunState::kDone : RunState::kFailed;
  if (!outcome) entry->report.error = outcome.error().message();
}

}  // namespace freshet::ops
