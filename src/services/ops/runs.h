// Work of an operator's that takes long: begun by one request, watched by others.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "base/signal.h"
#include "services/ops/types.h"

namespace freshet::ops {

// How far one run is. Thread-safe.
class Progress {
 public:
  explicit Progress(std::stop_token stop) : stop_(std::move(stop)) {}

  // Begins another part of the work, with so much to do.
  void Begin(std::string phase, std::string unit, std::int64_t total);
  void Add(std::int64_t done) { done_ += done; }
  // What the report says at the end.
  void Note(std::string name, std::int64_t value);
  bool stopping() const { return stop_.stop_requested(); }
  const std::stop_token& stop_token() const { return stop_; }

  void Show(RunReport& report) const;

 private:
  const std::stop_token stop_;
  std::atomic<std::int64_t> done_{0};
  mutable Mutex mutex_;
  std::string phase_ GUARDED_BY(mutex_);
  std::string unit_ GUARDED_BY(mutex_);
  std::int64_t total_ GUARDED_BY(mutex_) = 0;
  std::map<std::string, net::RawJson> notes_ GUARDED_BY(mutex_);
};

// Runs of one sort, one at a time. The last ones are remembered as long as the process lives; one
// that the process's end interrupts is not taken up again. Thread-safe.
class Runs {
 public:
  using Work = std::function<Awaitable<Result<>>(Progress&)>;

  // `name` labels metrics and says in messages what runs here: "backup", "rebuild".
  Runs(std::string name, IdGenerator& ids, const Clock& clock, Logger& logger, Metrics& metrics);

  // Begins `work`, soon. Errors: kConflict (code "already_running").
  Result<RunReport> Start(std::string kind, Work work);
  // Newest first.
  std::vector<RunReport> List() const;
  // Errors: kNotFound.
  Result<RunReport> Find(const std::string& id) const;

  // Does what is begun, until `stop`.
  Awaitable<> Run(std::stop_token stop);

 private:
  struct Entry {
    RunReport report;
    Work work;
    std::shared_ptr<Progress> progress;
  };
  RunReport Show(const Entry& entry) const REQUIRES(mutex_);
  Awaitable<> RunOne(std::shared_ptr<Entry> entry);

  const std::string name_;
  IdGenerator& ids_;
  const Clock& clock_;
  Logger& logger_;
  Counter done_;
  Counter failed_;
  Gauge running_;
  Signal signal_;
  std::stop_source stop_;
  mutable Mutex mutex_;
  std::shared_ptr<Entry> waiting_ GUARDED_BY(mutex_);
  std::deque<std::shared_ptr<Entry>> entries_ GUARDED_BY(mutex_);  // newest first
};

}  // namespace freshet::ops
