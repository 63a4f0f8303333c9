// What an operator asks: is it well, what is it doing, what went wrong.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "services/ops/types.h"
#include "stores/database/database.h"
#include "stores/log/dead_letters.h"
#include "stores/log/event_log.h"

namespace freshet::ops {

// What a component says of itself when asked. Errors are shown in its place.
struct StateSource {
  std::string name;
  std::function<Awaitable<Result<ComponentState>>(Deadline)> read;
};

// Thread-safe.
class OpsService {
 public:
  OpsService(std::string version, stores::Database& database, stores::EventLog& log,
             stores::DeadLetters& dead_letters, const Clock& clock, Metrics& metrics);

  // Before serving starts.
  void AddState(StateSource source) { sources_.push_back(std::move(source)); }

  // Whether the stores answer and the process is not stopping.
  Awaitable<Health> Ready(Deadline deadline);
  // From now on the process is not ready: load balancers turn away before connections end.
  void StartDraining() { draining_ = true; }

  Awaitable<Result<InstallationState>> State(Deadline deadline);
  Awaitable<Result<TopicReports>> Topics(Deadline deadline);
  Awaitable<Result<LagReports>> Lag(Deadline deadline);
  stores::DeadLetters& dead_letters() { return dead_letters_; }
  std::string RenderMetrics() const { return metrics_.Render(); }

 private:
  const std::string version_;
  stores::Database& database_;
  stores::EventLog& log_;
  stores::DeadLetters& dead_letters_;
  const Clock& clock_;
  Metrics& metrics_;
  const Timestamp started_at_;
  std::vector<StateSource> sources_;
  std::atomic<bool> draining_{false};
};

}  // namespace freshet::ops
