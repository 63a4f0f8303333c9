#include "stores/counters/counter_lane.h"

#include <algorithm>
#include <limits>
#include <set>
#include <unordered_map>
#include <utility>

namespace freshet::stores {
namespace {

constexpr std::size_t kMostChangesAtOnce = 5'000;
constexpr std::size_t kMostRecordsAtOnce = 1'000;

// What a record takes in the log, roughly: retention counts it.
std::uint64_t BytesOf(const Record& record) {
  constexpr std::uint64_t kEnvelope = 64;
  return record.key.size() + record.value.size() + kEnvelope;
}

bool IsUnknown(const Error& error) {
  return error.kind() != ErrorKind::kExhausted && error.kind() != ErrorKind::kInvalid &&
         error.kind() != ErrorKind::kNotFound;
}

}  // namespace

void CounterCall::Finish(const Result<>& outcome) {
  if (!outcome) {
    MutexLock lock(mutex_);
    if (outcome_) outcome_ = outcome;
  }
  if (left_.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
  Result<> final_outcome;
  {
    MutexLock lock(mutex_);
    final_outcome = std::move(outcome_);
  }
  std::move(done_).Resolve(std::move(final_outcome));
}

bool CounterLane::Enqueue(PendingChange change) {
  MutexLock lock(queue_mutex_);
  queue_.push_back(std::move(change));
  return !std::exchange(held_, true);
}

Awaitable<> CounterLane::Hold() {
  co_await Suspend<bool>([this](Resolver<bool> resolver) {
    {
      MutexLock lock(queue_mutex_);
      if (std::exchange(held_, true)) {
        waiting_to_hold_.push_back(std::move(resolver));
        return;
      }
    }
    std::move(resolver).Resolve(true);
  });
}

bool CounterLane::Release() {
  MutexLock lock(queue_mutex_);
  if (!waiting_to_hold_.empty()) {
    auto next = std::move(waiting_to_hold_.back());
    waiting_to_hold_.pop_back();
    std::move(next).Resolve(true);
    return false;
  }
  held_ = !queue_.empty();
  return held_;
}

std::vector<PendingChange> CounterLane::TakeGroup() {
  std::vector<PendingChange> group;
  MutexLock lock(queue_mutex_);
  if (!waiting_to_hold_.empty()) {
    auto next = std::move(waiting_to_hold_.back());
    waiting_to_hold_.pop_back();
    std::move(next).Resolve(true);
    return group;
  }
  const std::size_t count = std::min(queue_.size(), kMostChangesAtOnce);
  group.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  held_ = !group.empty();
  return group;
}

Awaitable<> CounterLane::Drain() {
  for (auto group = TakeGroup(); !group.empty(); group = TakeGroup()) {
    shared_.queued -= group.size();
    std::erase_if(group, [&](const PendingChange& pending) {
      if (!pending.call->deadline.Expired(shared_.clock)) return false;
      pending.call->Finish(DeadlineExceeded("The counters had no time left to begin the change."));
      return true;
    });
    Result<> outcome;
    try {
      outcome = co_await Process(group);
    } catch (const std::exception& e) {
      behind_ = true;
      outcome = Internal(e.what());
    }
    for (const auto& pending : group) pending.call->Finish(outcome);
  }
}

Awaitable<Result<>> CounterLane::Process(std::vector<PendingChange>& group) {
  if (behind_) {
    CO_RETURN_IF_ERROR(co_await CatchUp(std::numeric_limits<Offset>::max()));
    behind_ = false;
  }
  std::vector<bool> logged(group.size());
  auto records = RecordsOf(group, logged);
  shared_.group_changes.Observe(static_cast<double>(group.size()));
  if (records.empty()) {
    Apply(group, logged, true);
    co_return Result<>();
  }
  std::uint64_t bytes = 0;
  for (const auto& record : records) bytes += BytesOf(record);
  const auto start = shared_.clock.Steady();
  const auto positions =
      co_await shared_.log.Append(std::string(kCountersTopic), std::move(records),
                                  Deadline::After(shared_.clock, shared_.append_timeout));
  shared_.append_seconds.Observe(shared_.clock.Steady() - start);
  if (!positions) {
    behind_ = IsUnknown(positions.error());
    co_return std::unexpected(positions.error());
  }
  if (positions->front().partition != partition_) {
    co_return Internal("the event log put a counter's record into another partition");
  }
  // Records in between are of an append whose outcome was not known. What was left out because it
  // seemed to be so already has to be asked for again.
  const bool gap = positions->front().offset != next_;
  if (gap) {
    if (auto caught_up = co_await CatchUp(positions->front().offset); !caught_up) {
      behind_ = true;
      co_return Unavailable("The counters could not read what they had written: " +
                            caught_up.error().message());
    }
  }
  Apply(group, logged, !gap);
  next_ = positions->back().offset + 1;
  CountBytes(bytes);
  if (gap) {
    std::size_t i = 0;
    std::erase_if(group, [&](const PendingChange& pending) {
      if (logged[i++]) return false;
      pending.call->Finish(Unavailable("The counter changed meanwhile; try again."));
      return true;
    });
  }
  co_return Result<>();
}

std::vector<Record> CounterLane::RecordsOf(const std::vector<PendingChange>& group,
                                           std::vector<bool>& logged) const {
  std::vector<Record> records;
  std::unordered_map<CounterKey, std::size_t> record_of;
  // Members whose state the group changes itself.
  std::set<std::tuple<std::uint16_t, std::uint64_t, std::uint64_t>> touched;
  ReaderLock lock(state_mutex_);
  for (std::size_t i = 0; i < group.size(); ++i) {
    const CounterChange& change = group[i].change;
    const std::tuple member(change.key.space.number, change.key.id, change.operand);
    if (state_.IsIdle(change) && !touched.contains(member)) continue;
    if (change.operation != CounterOperation::kIncrement && group.size() > 1) {
      touched.insert(member);
    }
    logged[i] = true;
    const auto [found, is_new] = record_of.try_emplace(change.key, records.size());
    if (is_new) {
      records.push_back(
          {.key = EncodeCounterKey(change.key), .value = BeginChanges(), .headers = {}});
    }
    AddChange(records[found->second].value, change);
  }
  return records;
}

void CounterLane::Apply(std::vector<PendingChange>& group, const std::vector<bool>& logged,
                        bool all) {
  WriterLock lock(state_mutex_);
  const auto bytes = static_cast<std::int64_t>(state_.bytes());
  const auto members = static_cast<std::int64_t>(state_.members());
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (all || logged[i]) group[i].call->results[group[i].index] = state_.Apply(group[i].change);
  }
  shared_.memory_bytes += static_cast<std::int64_t>(state_.bytes()) - bytes;
  shared_.members += static_cast<std::int64_t>(state_.members()) - members;
}

void CounterLane::CountBytes(std::uint64_t bytes) {
  logged_bytes_ += bytes;
  shared_.logged_bytes += bytes;
}

void CounterLane::Restore(Offset next, CounterState state) {
  WriterLock lock(state_mutex_);
  next_ = next;
  state_ = std::move(state);
  shared_.memory_bytes += static_cast<std::int64_t>(state_.bytes());
  shared_.members += static_cast<std::int64_t>(state_.members());
}

Awaitable<Result<>> CounterLane::CatchUp(Offset end) {
  while (next_ < end) {
    CO_ASSIGN_OR_RETURN(const auto records,
                        co_await shared_.log.Read(
                            {std::string(kCountersTopic), partition_, next_}, kMostRecordsAtOnce,
                            Deadline::After(shared_.clock, shared_.append_timeout)));
    if (records.empty()) break;
    for (const auto& stored : records) {
      if (stored.offset >= end) co_return Result<>();
      CO_ASSIGN_OR_RETURN(const auto changes,
                          DecodeChanges(stored.record.key, stored.record.value));
      WriterLock lock(state_mutex_);
      const auto bytes = static_cast<std::int64_t>(state_.bytes());
      const auto members = static_cast<std::int64_t>(state_.members());
      for (const auto& change : changes) state_.Apply(change);
      shared_.memory_bytes += static_cast<std::int64_t>(state_.bytes()) - bytes;
      shared_.members += static_cast<std::int64_t>(state_.members()) - members;
      next_ = stored.offset + 1;
      CountBytes(BytesOf(stored.record));
    }
  }
  co_return Result<>();
}

}  // namespace freshet::stores
