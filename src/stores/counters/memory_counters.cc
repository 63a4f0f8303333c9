#include "stores/counters/memory_counters.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "base/task_group.h"
#include "stores/counters/counter_lane.h"
#include "stores/counters/counters_snapshot.h"
#include "stores/log/murmur2.h"

namespace freshet::stores {
namespace {

// The log must not lose by age what no snapshot holds: only bytes count.
constexpr Duration kNoAge = std::chrono::hours(24 * 365 * 100);

Failure Late() { return DeadlineExceeded("There was no time left to use the counters."); }

Failure Full(std::string message, std::string_view code) {
  return Failure(
      Error(ErrorKind::kExhausted, std::move(message), code).WithRetryAfter(Duration(1'000)));
}

std::vector<CounterChange> ChangesOf(const std::vector<Membership>& memberships,
                                     CounterOperation operation) {
  std::vector<CounterChange> changes;
  changes.reserve(memberships.size());
  for (const auto& [set, member] : memberships) changes.push_back({set, operation, member.value});
  return changes;
}

}  // namespace

struct MemoryCounters::Impl {
  Impl(MemoryCountersOptions o, std::filesystem::path f, MemoryCountersParts p)
      : options(o),
        file(std::move(f)),
        parts(p),
        shared{.log = p.log,
               .clock = p.clock,
               .append_timeout = o.append_timeout,
               .group_changes = p.metrics.GetHistogram(
                   "freshet_counters_group_changes", "Changes that shared one append", {},
                   {1, 2, 5, 10, 20, 50, 100, 200, 500, 1'000, 5'000}),
               .append_seconds = p.metrics.GetHistogram("freshet_counters_append_seconds",
                                                        "Time of one append to the log")},
        memory_gauge(p.metrics.GetGauge("freshet_counters_bytes", "Memory of members and counts")),
        members_gauge(p.metrics.GetGauge("freshet_counters_members", "Members of all sets")),
        unsaved_gauge(p.metrics.GetGauge("freshet_counters_unsaved_bytes",
                                         "What was logged since the last snapshot")),
        rejected(p.metrics.GetCounter("freshet_counters_rejected_total",
                                      "Calls refused because a bound was reached")),
        snapshot_seconds(
            p.metrics.GetHistogram("freshet_counters_snapshot_seconds", "Time of one snapshot")),
        snapshot_failures(p.metrics.GetCounter("freshet_counters_snapshot_failures_total",
                                               "Snapshots that failed")),
        tasks("counters", p.logger, p.metrics) {
    for (std::int64_t i = 0; i < options.partitions; ++i) {
      lanes.push_back(std::make_unique<CounterLane>(static_cast<std::uint32_t>(i), shared));
    }
  }

  std::uint32_t LaneIndex(const CounterKey& key) const {
    const auto bytes = CounterKeyBytes(key);
    return PartitionOf({bytes.data(), bytes.size()}, static_cast<std::uint32_t>(lanes.size()));
  }
  CounterLane& LaneOf(const CounterKey& key) { return *lanes[LaneIndex(key)]; }
  std::uint64_t unsaved_bytes() const { return shared.logged_bytes - saved_bytes; }

  Awaitable<Result<>> Open(Deadline deadline);
  Result<> CheckOffset(const PartitionState& kept, Offset next) const;
  // Refuses what exceeds a bound; else the changes count as queued.
  Result<> Admit(const std::vector<CounterChange>& changes);
  Awaitable<Result<std::vector<MembershipChange>>> Change(std::vector<CounterChange> changes,
                                                          Deadline deadline);
  Awaitable<Result<>> TakeSnapshot();
  // The section of one partition, and how many bytes of log it holds.
  Awaitable<Result<std::string>> Encode(CounterLane& lane, Offset& next, std::uint64_t& bytes);
  void ShowGauges();

  const MemoryCountersOptions options;
  const std::filesystem::path file;
  const MemoryCountersParts parts;
  CounterLaneShared shared;
  Gauge memory_gauge;
  Gauge members_gauge;
  Gauge unsaved_gauge;
  Counter rejected;
  Histogram snapshot_seconds;
  Counter snapshot_failures;
  std::vector<std::unique_ptr<CounterLane>> lanes;
  std::atomic<std::uint64_t> saved_bytes{0};  // of shared.logged_bytes
  std::atomic<bool> saving{false};
  TaskGroup tasks;  // the drains
};

MemoryCounters::MemoryCounters(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MemoryCounters::~MemoryCounters() { impl_->tasks.StopBlocking(); }

Awaitable<Result<std::unique_ptr<MemoryCounters>>> MemoryCounters::Open(
    MemoryCountersOptions options, std::filesystem::path file, MemoryCountersParts parts,
    Deadline deadline) {
  auto impl = std::make_unique<Impl>(options, std::move(file), parts);
  CO_RETURN_IF_ERROR(co_await impl->Open(deadline));
  co_return std::unique_ptr<MemoryCounters>(new MemoryCounters(std::move(impl)));
}

Awaitable<Result<>> MemoryCounters::Impl::Open(Deadline deadline) {
  const auto start = parts.clock.Steady();
  CO_ASSIGN_OR_RETURN(auto snapshot,
                      co_await parts.pool.Run([this] { return ReadSnapshot(file); }));
  CO_RETURN_IF_ERROR(co_await parts.log.CreateTopic(
      std::string(kCountersTopic),
      {.partitions = static_cast<std::uint32_t>(lanes.size()),
       .retention_time = kNoAge,
       .retention_bytes = static_cast<std::uint64_t>(options.retention_bytes)},
      deadline));
  if (snapshot && snapshot->size() != lanes.size()) {
    co_return Conflict(fmt::format("The snapshot of the counters has {} partitions, not {}.",
                                   snapshot->size(), lanes.size()));
  }
  CO_ASSIGN_OR_RETURN(const auto state, co_await parts.log.Describe(deadline));
  const auto topic = std::ranges::find(state.topics, kCountersTopic, &TopicState::name);
  if (topic == state.topics.end() || topic->partitions.size() != lanes.size()) {
    co_return Internal("the event log does not describe the topic that it made");
  }
  for (const PartitionState& kept : topic->partitions) {
    CounterLane& lane = *lanes[kept.partition];
    if (snapshot) {
      auto& part = (*snapshot)[kept.partition];
      lane.Restore(part.next, std::move(part.state));
    }
    CO_RETURN_IF_ERROR(CheckOffset(kept, lane.next()));
    CO_RETURN_IF_ERROR(co_await lane.CatchUp(std::numeric_limits<Offset>::max()));
  }
  ShowGauges();
  parts.logger.Info(
      "The counters are rebuilt",
      {{"members", shared.members.load()},
       {"bytes", shared.memory_bytes.load()},
       {"replayed_bytes", shared.logged_bytes.load()},
       {"ms", std::chrono::duration_cast<Duration>(parts.clock.Steady() - start).count()}});
  co_return Result<>();
}

Result<> MemoryCounters::Impl::CheckOffset(const PartitionState& kept, Offset next) const {
  if (kept.begin <= next && next <= kept.end) return {};
  return Corrupt(fmt::format(
      "The counters' snapshot ends at offset {} of partition {}, but the event log holds {} to {}: "
      "they are not of the same time. Restore both from one backup.",
      next, kept.partition, kept.begin, kept.end));
}

void MemoryCounters::Impl::ShowGauges() {
  memory_gauge.Set(static_cast<double>(shared.memory_bytes));
  members_gauge.Set(static_cast<double>(shared.members));
  unsaved_gauge.Set(static_cast<double>(unsaved_bytes()));
}

Result<> MemoryCounters::Impl::Admit(const std::vector<CounterChange>& changes) {
  const bool adds = std::ranges::any_of(changes, [](const CounterChange& change) {
    return change.operation != CounterOperation::kRemove;
  });
  Result<> outcome;
  if (adds && shared.memory_bytes > options.memory_bytes) {
    outcome = Full("The memory of the counters is full; raise counters_embedded.memory_bytes.",
                   "memory_full");
  } else if (unsaved_bytes() > static_cast<std::uint64_t>(options.retention_bytes) / 2) {
    outcome = Full("The counters could not be saved for too long; see the log of the server.",
                   "snapshot_overdue");
  } else if (shared.queued.fetch_add(changes.size()) + changes.size() >
             static_cast<std::uint64_t>(options.queued_changes)) {
    shared.queued -= changes.size();
    outcome = Full("Too many changes of counters are waiting; try again shortly.", "queue_full");
  }
  if (!outcome) rejected.Add();
  return outcome;
}

Awaitable<Result<std::vector<MembershipChange>>> MemoryCounters::Impl::Change(
    std::vector<CounterChange> changes, Deadline deadline) {
  if (deadline.Expired(parts.clock)) co_return Late();
  if (changes.empty()) co_return std::vector<MembershipChange>();
  CO_RETURN_IF_ERROR(Admit(changes));
  const Executor executor = co_await boost::asio::this_coro::executor;
  std::shared_ptr<CounterCall> call;
  CO_RETURN_IF_ERROR(co_await Suspend<Result<>>([&](Resolver<Result<>> resolver) {
    call = std::make_shared<CounterCall>(changes.size(), deadline, std::move(resolver));
    for (std::size_t i = 0; i < changes.size(); ++i) {
      CounterLane& lane = LaneOf(changes[i].key);
      if (lane.Enqueue({changes[i], call, i})) tasks.Spawn(executor, lane.Drain());
    }
  }));
  ShowGauges();
  co_return std::move(call->results);
}

Awaitable<Result<std::string>> MemoryCounters::Impl::Encode(CounterLane& lane, Offset& next,
                                                            std::uint64_t& bytes) {
  const Executor executor = co_await boost::asio::this_coro::executor;
  co_await lane.Hold();
  next = lane.next();
  bytes += lane.logged_bytes();
  auto section = co_await parts.pool.Run([&lane]() -> Result<std::string> {
    return lane.Reading([](const CounterState& state) { return state.Encode(); });
  });
  if (lane.Release()) tasks.Spawn(executor, lane.Drain());
  co_return section;
}

Awaitable<Result<>> MemoryCounters::Impl::TakeSnapshot() {
  const auto count = static_cast<std::uint32_t>(lanes.size());
  CO_ASSIGN_OR_RETURN(auto writer, co_await parts.pool.Run(
                                       [&] { return CountersSnapshotWriter::Begin(file, count); }));
  std::uint64_t bytes = 0;
  for (const auto& lane : lanes) {
    Offset next = 0;
    CO_ASSIGN_OR_RETURN(const auto section, co_await Encode(*lane, next, bytes));
    CO_RETURN_IF_ERROR(co_await parts.pool.Run([&] { return writer.Add(next, section); }));
  }
  CO_RETURN_IF_ERROR(co_await parts.pool.Run([&] { return writer.Finish(); }));
  saved_bytes = bytes;
  ShowGauges();
  co_return Result<>();
}

Awaitable<Result<>> MemoryCounters::TakeSnapshot() {
  if (impl_->saving.exchange(true)) co_return Conflict("A snapshot is being taken.");
  const auto start = impl_->parts.clock.Steady();
  auto outcome = co_await impl_->TakeSnapshot();
  impl_->saving = false;
  if (outcome) {
    impl_->snapshot_seconds.Observe(impl_->parts.clock.Steady() - start);
  } else {
    impl_->snapshot_failures.Add();
    impl_->parts.logger.Error("The counters could not be saved",
                              {{"error", outcome.error().ToString()}});
  }
  co_return outcome;
}

Awaitable<> MemoryCounters::Run(std::stop_token stop) {
  constexpr auto kLook = std::chrono::seconds(1);
  auto last = impl_->parts.clock.Steady();
  while (co_await Sleep(kLook, stop)) {
    const auto unsaved = impl_->unsaved_bytes();
    const bool due = impl_->parts.clock.Steady() - last >= impl_->options.snapshot_interval;
    const bool many = unsaved >= static_cast<std::uint64_t>(impl_->options.snapshot_bytes);
    if (unsaved == 0 || (!due && !many)) continue;
    (void)co_await TakeSnapshot();  // a failure is logged, and tried again
    last = impl_->parts.clock.Steady();
  }
}

Awaitable<Result<std::vector<MembershipChange>>> MemoryCounters::AddMembers(
    std::vector<Membership> memberships, Deadline deadline) {
  return impl_->Change(ChangesOf(memberships, CounterOperation::kAdd), deadline);
}

Awaitable<Result<std::vector<MembershipChange>>> MemoryCounters::RemoveMembers(
    std::vector<Membership> memberships, Deadline deadline) {
  return impl_->Change(ChangesOf(memberships, CounterOperation::kRemove), deadline);
}

Awaitable<Result<>> MemoryCounters::Increment(std::vector<CounterDelta> deltas, Deadline deadline) {
  std::vector<CounterChange> changes;
  changes.reserve(deltas.size());
  for (const auto& [counter, by] : deltas) {
    changes.push_back({counter, CounterOperation::kIncrement, static_cast<std::uint64_t>(by)});
  }
  CO_RETURN_IF_ERROR(co_await impl_->Change(std::move(changes), deadline));
  co_return Result<>();
}

Awaitable<Result<std::vector<bool>>> MemoryCounters::Contains(std::vector<Membership> memberships,
                                                              Deadline deadline) {
  if (deadline.Expired(impl_->parts.clock)) co_return Late();
  std::vector<bool> contained;
  contained.reserve(memberships.size());
  for (const auto& [set, member] : memberships) {
    contained.push_back(impl_->LaneOf(set).Reading(
        [&](const CounterState& state) { return state.Contains(set, member); }));
  }
  co_return contained;
}

Awaitable<Result<std::vector<AccountId>>> MemoryCounters::Members(CounterKey set, AccountId after,
                                                                  std::size_t limit,
                                                                  Deadline deadline) {
  if (deadline.Expired(impl_->parts.clock)) co_return Late();
  co_return impl_->LaneOf(set).Reading(
      [&](const CounterState& state) { return state.Members(set, after, limit); });
}

Awaitable<Result<std::vector<std::int64_t>>> MemoryCounters::Count(std::vector<CounterKey> keys,
                                                                   Deadline deadline) {
  if (deadline.Expired(impl_->parts.clock)) co_return Late();
  std::vector<std::int64_t> counts;
  counts.reserve(keys.size());
  for (const CounterKey& key : keys) {
    counts.push_back(
        impl_->LaneOf(key).Reading([&](const CounterState& state) { return state.Count(key); }));
  }
  co_return counts;
}

Awaitable<Result<std::vector<SetLook>>> MemoryCounters::Look(std::vector<CounterKey> keys,
                                                             AccountId member, Deadline deadline) {
  if (deadline.Expired(impl_->parts.clock)) co_return Late();
  // Sorted by lane, counting, so that each lane is locked once.
  const std::size_t lanes = impl_->lanes.size();
  std::vector<std::uint32_t> lane_of(keys.size());
  std::vector<std::uint32_t> ends(lanes + 1);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    lane_of[i] = impl_->LaneIndex(keys[i]);
    ++ends[lane_of[i] + 1];
  }
  for (std::size_t lane = 1; lane <= lanes; ++lane) ends[lane] += ends[lane - 1];
  std::vector<std::uint32_t> order(keys.size());
  for (std::uint32_t i = 0; i < keys.size(); ++i) order[ends[lane_of[i]]++] = i;
  std::vector<SetLook> looks(keys.size());
  for (std::size_t lane = 0, at = 0; lane < lanes; ++lane) {
    if (at == ends[lane]) continue;
    impl_->lanes[lane]->Reading([&](const CounterState& state) {
      for (; at < ends[lane]; ++at) looks[order[at]] = state.Look(keys[order[at]], member);
    });
  }
  co_return looks;
}

}  // namespace freshet::stores
