// A database that goes wrong when told to.
#pragma once

#include <atomic>

#include "base/testing/fault_plan.h"
#include "stores/database/database.h"

namespace freshet::stores {

// Wraps `inner` and asks `plan` about each "Write", "Read" and "Scrub". Thread-safe.
class FaultyDatabase final : public Database {
 public:
  FaultyDatabase(Database& inner, FaultPlan& plan) : inner_(inner), plan_(plan) {}

  // From now on the body of every write runs twice: once in a transaction that is rolled back, as
  // after a serialisation failure, and then for good.
  void RepeatBodies() { repeat_bodies_ = true; }

  Awaitable<Result<>> Write(Body body, Deadline deadline) override;
  Awaitable<Result<>> Read(Body body, Deadline deadline) override;
  Awaitable<Result<>> Scrub(Deadline deadline) override;
  void OnOutbox(std::function<void()> wake) override { inner_.OnOutbox(std::move(wake)); }

 private:
  Database& inner_;
  FaultPlan& plan_;
  std::atomic<bool> repeat_bodies_{false};
};

}  // namespace freshet::stores
