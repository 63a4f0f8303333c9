// The counters of one partition of the log, in memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "stores/counters/counter_changes.h"
#include "stores/counters/counter_table.h"
#include "stores/counters/counters.h"
#include "stores/counters/member_set.h"

namespace freshet::stores {

// What the partition's records add up to, from its beginning to some offset. Not thread-safe.
class CounterState {
 public:
  // Of an increment, count is the sum afterwards.
  MembershipChange Apply(const CounterChange& change);
  // Whether the change would leave everything as it is.
  bool IsIdle(const CounterChange& change) const;

  bool Contains(const CounterKey& set, AccountId member) const;
  // Members of the set plus the sum of the counter; a counter is one or the other.
  std::int64_t Count(const CounterKey& key) const;
  SetLook Look(const CounterKey& set, AccountId member) const;
  std::vector<AccountId> Members(const CounterKey& set, AccountId after, std::size_t limit) const;

  std::uint64_t members() const { return members_; }
  std::uint64_t counters() const { return sets_.size() + sums_.size(); }
  std::uint64_t bytes() const { return set_bytes_ + sets_.bytes() + sums_.bytes(); }

  // docs/formats/counters.md, "section". Empty counters are left out.
  std::string Encode() const;
  // Errors: kCorrupt.
  static Result<CounterState> Decode(std::string_view section);

 private:
  CounterTable<MemberSet> sets_;
  CounterTable<std::int64_t> sums_;
  std::uint64_t members_ = 0;
  std::uint64_t set_bytes_ = 0;
};

}  // namespace freshet::stores
