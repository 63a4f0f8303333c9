// The port to counters: who did it, exactly, and how many, fast.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"

namespace freshet::stores {

// A family of counters. Declared once by the service that owns it; numbers are part of the stored
// format and never reused.
struct CounterSpace {
  std::uint16_t number = 0;
  std::string_view name;  // "post_likes"
};

struct CounterKey {
  CounterSpace space;
  std::uint64_t id = 0;  // what is counted: a post, a comment

  bool operator==(const CounterKey& other) const {
    return space.number == other.space.number && id == other.id;
  }
};

struct Membership {
  CounterKey set;
  AccountId member;
};

struct MembershipChange {
  bool changed = false;    // false: it was so already
  std::int64_t count = 0;  // members afterwards
};

// Of one set: how many members it has, and whether somebody is one.
struct SetLook {
  std::int64_t count = 0;
  bool member = false;

  bool operator==(const SetLook&) const = default;
};

struct CounterDelta {
  CounterKey counter;
  std::int64_t by = 1;
};

// Every change of a set is told on this topic of the event log, keyed by counter, in the form of
// counter_changes.h: what the records of a set add up to, in their order, is the set. A record
// stands there before its change can be seen, so that no change is without its fact; whoever reads
// it may find Counters a moment behind. A removal of nobody (member 0) changes nothing and waits
// for what was told before it was asked for; its count includes that.
inline constexpr std::string_view kCountersTopic = "counters";

// Sets of people with exact counts (likes), and plain sums (views). Operations on different keys
// are independent of each other, also within one call. Success means durable like an event-log
// append. Thread-safe.
class Counters {
 public:
  virtual ~Counters() = default;

  // Makes `member` a member; idempotent. In the order of `memberships`.
  // Errors: kExhausted, kUnavailable, kDeadline (outcome unknown: do it again).
  virtual Awaitable<Result<std::vector<MembershipChange>>> AddMembers(
      std::vector<Membership> memberships, Deadline deadline) = 0;
  // Ends memberships; idempotent. Errors as AddMembers.
  virtual Awaitable<Result<std::vector<MembershipChange>>> RemoveMembers(
      std::vector<Membership> memberships, Deadline deadline) = 0;

  // In the order of `memberships`. Errors: kUnavailable, kDeadline.
  virtual Awaitable<Result<std::vector<bool>>> Contains(std::vector<Membership> memberships,
                                                        Deadline deadline) = 0;

  // Members of `set` with ids greater than `after`, ascending, at most `limit`.
  virtual Awaitable<Result<std::vector<AccountId>>> Members(CounterKey set, AccountId after,
                                                            std::size_t limit,
                                                            Deadline deadline) = 0;

  // Adds to sums. Not idempotent: kUnavailable and kDeadline leave it open whether it was counted.
  virtual Awaitable<Result<>> Increment(std::vector<CounterDelta> deltas, Deadline deadline) = 0;

  // Members of a set, or the sum of a counter; 0 for what was never touched. In the order of
  // `keys`.
  virtual Awaitable<Result<std::vector<std::int64_t>>> Count(std::vector<CounterKey> keys,
                                                             Deadline deadline) = 0;

  // Count and Contains of each of `keys`, which are sets, for one `member` (0: nobody), in one
  // step: what a page of posts asks. In the order of `keys`. Errors: kUnavailable, kDeadline.
  virtual Awaitable<Result<std::vector<SetLook>>> Look(std::vector<CounterKey> keys,
                                                       AccountId member, Deadline deadline) = 0;
};

}  // namespace freshet::stores

template <>
struct std::hash<freshet::stores::CounterKey> {
  std::size_t operator()(const freshet::stores::CounterKey& key) const noexcept {
    return freshet::MixBits(key.id ^ (std::uint64_t{key.space.number} << 48));
  }
};
