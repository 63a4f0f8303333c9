// The tests that every adapter of the PubSub port passes. An adapter's test lists
// pubsub_conformance.cc among its sources and instantiates the suite:
//
//   INSTANTIATE_TEST_SUITE_P(Memory, PubSubConformance, testing::Values(PubSubAdapter{...}));
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "stores/pubsub/pubsub.h"

namespace freshet::stores {

struct PubSubAdapter {
  std::function<std::unique_ptr<PubSub>(const Clock&, Metrics&)> make;
};

// Channels are numbers of people.
class PubSubConformance : public testing::TestWithParam<PubSubAdapter> {
 protected:
  using Channels = std::vector<std::uint64_t>;

  void SetUp() override { pubsub_ = GetParam().make(clock_, metrics_); }

  std::unique_ptr<Subscription> Subscribe(Channels channels, std::size_t queue_bound = 256);
  // Returns how many subscribers there were.
  std::size_t Publish(Channels channels, const std::string& text);
  // The next message, or "(closed)", "(overflow)" or "(deadline)"; waits for ten seconds at most.
  std::string Next(Subscription& subscription);
  // The same without waiting for what is not there.
  std::string NextSoon(Subscription& subscription);

  SystemClock clock_;
  Metrics metrics_;
  std::unique_ptr<PubSub> pubsub_;
};

}  // namespace freshet::stores
