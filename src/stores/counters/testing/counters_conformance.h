// The tests that every adapter of the Counters port passes. An adapter's test lists
// counters_conformance.cc among its sources and instantiates the suite:
//
//   INSTANTIATE_TEST_SUITE_P(Memory, CountersConformance, testing::Values(CountersAdapter{...}));
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "stores/counters/counters.h"

namespace freshet::stores {

// Counters that were never touched, owned by whatever keeps them alive.
class CountersUnderTest {
 public:
  virtual ~CountersUnderTest() = default;
  virtual Counters& counters() = 0;
  // As when the process ends and starts again.
  virtual void Reopen() {}
};

struct CountersAdapter {
  std::function<std::unique_ptr<CountersUnderTest>(const Clock&)> make;
};

class CountersConformance : public testing::TestWithParam<CountersAdapter> {
 protected:
  void SetUp() override { subject_ = GetParam().make(clock_); }

  Counters& counters() { return subject_->counters(); }
  // "changed, count"; nullopt on failure.
  using Outcome = std::optional<std::pair<bool, std::int64_t>>;
  Outcome Add(CounterKey set, std::uint64_t member);
  Outcome Remove(CounterKey set, std::uint64_t member);
  void Increment(CounterKey counter, std::int64_t by);
  bool Contains(CounterKey set, std::uint64_t member);
  std::int64_t Count(CounterKey key);
  std::vector<std::uint64_t> Members(CounterKey set, std::uint64_t after = 0,
                                     std::size_t limit = 1'000'000);

  FakeClock clock_;
  std::unique_ptr<CountersUnderTest> subject_;
};

}  // namespace freshet::stores
