// The tests that every adapter of the Activity port passes. An adapter's test lists
// activity_conformance.cc among its sources and instantiates the suite:
//
//   INSTANTIATE_TEST_SUITE_P(RocksDb, ActivityConformance, testing::Values(ActivityAdapter{...}));
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "stores/activity/activity.h"

namespace freshet::stores {

// An empty store, owned by whatever keeps it alive.
class ActivityUnderTest {
 public:
  virtual ~ActivityUnderTest() = default;
  virtual Activity& activity() = 0;
  // As when the process ends and starts again.
  virtual void Reopen() {}
};

struct ActivityAdapter {
  std::function<std::unique_ptr<ActivityUnderTest>(const Clock&)> make;
};

class ActivityConformance : public testing::TestWithParam<ActivityAdapter> {
 protected:
  using Ids = std::vector<std::uint64_t>;

  void SetUp() override { subject_ = GetParam().make(clock_); }

  Activity& activity() { return subject_->activity(); }
  void Put(std::uint64_t owner, Ids ids, std::string payload = "");
  void Remove(std::uint64_t owner, Ids ids);
  void Erase(std::initializer_list<std::uint64_t> owners);
  // The whole list, newest first.
  Ids List(std::uint64_t owner) { return Page(owner, 0, 1'000'000); }
  Ids Page(std::uint64_t owner, std::uint64_t before, std::size_t limit);
  std::string PayloadOf(std::uint64_t owner, std::uint64_t id);
  // "owner:id", newest first.
  std::vector<std::string> Merge(Ids owners, std::uint64_t before, std::size_t limit);

  FakeClock clock_;
  std::unique_ptr<ActivityUnderTest> subject_;
};

}  // namespace freshet::stores
