// Counters in the memory of this process, made durable by the event log.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>

#include "base/blocking_pool.h"
#include "base/clock.h"
#include "base/describe.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "stores/counters/counters.h"
#include "stores/log/event_log.h"

namespace freshet::stores {

struct MemoryCountersOptions {
  std::int64_t partitions = 32;
  std::int64_t queued_changes = 100'000;
  std::int64_t memory_bytes = 4LL << 30;
  std::int64_t snapshot_bytes = 64 << 20;
  Duration snapshot_interval{300'000};
  std::int64_t retention_bytes = 1LL << 30;
  Duration append_timeout{10'000};

  static constexpr auto Describe() {
    using O = MemoryCountersOptions;
    return Description(
        "counters_embedded", "The counters inside the process.",
        Field("partitions", &O::partitions)
            .Range(1, 1'024)
            .Doc("Parts that change independently; fixed once the topic exists."),
        Field("queued_changes", &O::queued_changes)
            .Range(1, 1e8)
            .Doc("Changes that may wait for the log; more are refused."),
        Field("memory_bytes", &O::memory_bytes)
            .Range(1 << 20, 1e13)
            .Unit("bytes")
            .Doc("What members and counts may take; beyond it no member is added."),
        Field("snapshot_bytes", &O::snapshot_bytes)
            .Range(1 << 16, 1e11)
            .Unit("bytes")
            .Doc("A snapshot is taken when so much was logged since the last one."),
        Field("snapshot_interval", &O::snapshot_interval)
            .Range(1'000, 8.64e7)
            .Unit("ms")
            .Doc("The longest time between two snapshots while anything changes."),
        Field("retention_bytes", &O::retention_bytes)
            .Range(1 << 20, 1e12)
            .Unit("bytes")
            .Doc("What the log keeps of the changes. Writes are refused when half of it was logged "
                 "since the last snapshot, so that the log never loses what no snapshot holds."),
        Field("append_timeout", &O::append_timeout)
            .Range(100, 600'000)
            .Unit("ms")
            .Doc("How long one append or read of the log may take."));
  }
};

// What the counters work with; all of it outlives them.
struct MemoryCountersParts {
  EventLog& log;       // the counters are the only writer of the topic "counters"
  BlockingPool& pool;  // snapshots
  const Clock& clock;
  Logger& logger;
  Metrics& metrics;
};

// Every change is in the log before it is seen or acknowledged; changes that wait together share
// appends. The state is rebuilt from the newest snapshot and the log behind it. Snapshots and log
// records: docs/formats/counters.md. Exactly one object per topic exists at a time: the composition
// root sees to it. Destroy after Run has returned, from a thread that runs no io_context.
class MemoryCounters final : public Counters {
 public:
  // `file` is the snapshot's; its folder is made. Errors: the log's; kInvalid (code
  // "newer_format"); kConflict (the topic has other partitions); kCorrupt, also when the log no
  // longer holds what follows the snapshot.
  static Awaitable<Result<std::unique_ptr<MemoryCounters>>> Open(MemoryCountersOptions options,
                                                                 std::filesystem::path file,
                                                                 MemoryCountersParts parts,
                                                                 Deadline deadline);
  ~MemoryCounters() override;

  Awaitable<Result<std::vector<MembershipChange>>> AddMembers(std::vector<Membership> memberships,
                                                              Deadline deadline) override;
  Awaitable<Result<std::vector<MembershipChange>>> RemoveMembers(
      std::vector<Membership> memberships, Deadline deadline) override;
  Awaitable<Result<std::vector<bool>>> Contains(std::vector<Membership> memberships,
                                                Deadline deadline) override;
  Awaitable<Result<std::vector<AccountId>>> Members(CounterKey set, AccountId after,
                                                    std::size_t limit, Deadline deadline) override;
  Awaitable<Result<>> Increment(std::vector<CounterDelta> deltas, Deadline deadline) override;
  Awaitable<Result<std::vector<std::int64_t>>> Count(std::vector<CounterKey> keys,
                                                     Deadline deadline) override;
  Awaitable<Result<std::vector<SetLook>>> Look(std::vector<CounterKey> keys, AccountId member,
                                               Deadline deadline) override;

  // Takes snapshots as the options say, until `stop`.
  Awaitable<> Run(std::stop_token stop);

  // Writes a snapshot of everything that was acknowledged, as before the process ends. A partition
  // is not changed while it is copied, but read. Errors: kConflict (one is being taken),
  // kExhausted (code "disk_full", or the pool is busy), kUnavailable.
  Awaitable<Result<>> TakeSnapshot();

 private:
  struct Impl;
  explicit MemoryCounters(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace freshet::stores
