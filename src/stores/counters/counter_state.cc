#include "stores/counters/counter_state.h"

#include "stores/counters/bytes_io.h"

namespace freshet::stores {

MembershipChange CounterState::Apply(const CounterChange& change) {
  if (change.operation == CounterOperation::kIncrement) {
    auto& sum = sums_.At(change.key);
    // Wraps around, as two's complement does.
    sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) + change.operand);
    return {change.operand != 0, sum};
  }
  const bool adding = change.operation == CounterOperation::kAdd;
  if (!adding && sets_.Find(change.key) == nullptr) return {};
  auto& set = sets_.At(change.key);
  const std::uint64_t bytes = set.bytes();
  const bool changed = adding ? set.Insert(change.operand) : set.Erase(change.operand);
  if (changed) {
    set_bytes_ += set.bytes() - bytes;
    members_ += adding ? 1 : std::uint64_t(-1);
  }
  return {changed, static_cast<std::int64_t>(set.size())};
}

bool CounterState::IsIdle(const CounterChange& change) const {
  switch (change.operation) {
    case CounterOperation::kAdd: return Contains(change.key, AccountId{change.operand});
    case CounterOperation::kRemove: return !Contains(change.key, AccountId{change.operand});
    case CounterOperation::kIncrement: return change.operand == 0;
  }
  return false;
}

bool CounterState::Contains(const CounterKey& set, AccountId member) const {
  const MemberSet* const members = sets_.Find(set);
  return members != nullptr && members->Contains(member.value);
}

std::int64_t CounterState::Count(const CounterKey& key) const {
  const MemberSet* const members = sets_.Find(key);
  const std::int64_t* const sum = sums_.Find(key);
  return (members != nullptr ? static_cast<std::int64_t>(members->size()) : 0) +
         (sum != nullptr ? *sum : 0);
}

SetLook CounterState::Look(const CounterKey& set, AccountId member) const {
  const MemberSet* const members = sets_.Find(set);
  if (members == nullptr) return {};
  return {static_cast<std::int64_t>(members->size()), member && members->Contains(member.value)};
}

std::vector<AccountId> CounterState::Members(const CounterKey& set, AccountId after,
                                             std::size_t limit) const {
  std::vector<AccountId> page;
  const MemberSet* const members = sets_.Find(set);
  if (members == nullptr || limit == 0 || after.value == ~std::uint64_t{0}) return page;
  members->ForEachFrom(after.value + 1, [&](std::uint64_t id) {
    page.push_back({id});
    return page.size() < limit;
  });
  return page;
}

std::string CounterState::Encode() const {
  std::string section;
  section.reserve(members_ * 8 + counters() * 16);
  const auto put_key = [&](std::uint16_t space, std::uint64_t id) {
    PutNumber(section, space);
    PutNumber(section, id);
  };
  sets_.ForEach([&](std::uint16_t space, std::uint64_t id, const MemberSet& set) {
    if (set.size() == 0) return;
    PutVarint(section, set.size());
    put_key(space, id);
    std::uint64_t last = 0;
    set.ForEachFrom(0, [&](std::uint64_t member) {
      PutVarint(section, member - last);
      last = member;
      return true;
    });
  });
  PutVarint(section, 0);
  sums_.ForEach([&](std::uint16_t space, std::uint64_t id, std::int64_t sum) {
    if (sum == 0) return;
    put_key(space, id);
    PutNumber(section, sum);
  });
  return section;
}

Result<CounterState> CounterState::Decode(std::string_view section) {
  CounterState state;
  ByteReader reader(section);
  const auto key = [&] {
    CounterKey counter;
    counter.space.number = reader.Number<std::uint16_t>();
    counter.id = reader.Number<std::uint64_t>();
    return counter;
  };
  while (std::uint64_t members = reader.Varint()) {
    const CounterKey set = key();
    for (std::uint64_t last = 0; members > 0 && reader.ok(); --members) {
      last += reader.Varint();
      state.Apply({set, CounterOperation::kAdd, last});
    }
  }
  while (reader.ok() && reader.left() > 0) {
    const CounterKey counter = key();
    state.Apply({counter, CounterOperation::kIncrement, reader.Number<std::uint64_t>()});
  }
  if (!reader.ok()) return Corrupt("The snapshot of the counters cannot be read.");
  return state;
}

}  // namespace freshet::stores
