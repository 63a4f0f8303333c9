// The tests that every adapter of the Timelines port passes. An adapter's test lists
// timelines_conformance.cc among its sources and instantiates the suite:
//
//   INSTANTIATE_TEST_SUITE_P(Memory, TimelinesConformance, testing::Values(TimelinesAdapter{...}));
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "stores/timelines/timelines.h"

namespace freshet::stores {

struct TimelinesAdapter {
  static constexpr std::size_t kCapacity = 5;
  static constexpr Duration kTtl{24 * 3'600'000};
  static constexpr Duration kRebuildTimeout{30'000};

  // Empty, with these limits.
  std::function<std::unique_ptr<Timelines>(const Clock&, Metrics&)> make;
  // Whether it ages by the given clock; an engine of its own ages by its own.
  bool ages_by_clock = true;
};

// Posts and owners are numbers; post p is by author p + 1000.
class TimelinesConformance : public testing::TestWithParam<TimelinesAdapter> {
 protected:
  using Posts = std::vector<std::uint64_t>;  // newest first, as a reader sees them
  using MaybePosts = std::optional<Posts>;

  void SetUp() override { timelines_ = GetParam().make(clock_, metrics_); }

  std::size_t Push(std::uint64_t post, std::initializer_list<std::uint64_t> owners);
  void Remove(std::uint64_t post, std::initializer_list<std::uint64_t> owners);
  void Drop(std::uint64_t owner);
  RebuildToken Begin(std::uint64_t owner);
  // What FinishRebuild says: "ok", or the kind of its error.
  std::string Finish(std::uint64_t owner, RebuildToken token, Posts posts,
                     std::uint64_t complete_from = 0);
  // A rebuild from a source that holds `posts`.
  void Build(std::uint64_t owner, Posts posts = {}, std::uint64_t complete_from = 0);
  // nullopt where absent.
  MaybePosts Read(std::uint64_t owner) { return Page(owner, 0, 1'000); }
  MaybePosts Page(std::uint64_t owner, std::uint64_t before, std::size_t limit);
  std::uint64_t CompleteFrom(std::uint64_t owner);
  Deadline Passed() const { return Deadline::At(clock_.Steady()); }

  FakeClock clock_;
  Metrics metrics_;
  std::unique_ptr<Timelines> timelines_;
};

}  // namespace freshet::stores
