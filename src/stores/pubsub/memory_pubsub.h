// Publish/subscribe within this process.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/metrics.h"
#include "stores/pubsub/pubsub.h"

namespace freshet::stores {

struct MemoryPubSubOptions {
  std::int64_t shards = 64;

  static constexpr auto Describe() {
    return Description(
        "pubsub", "Publish/subscribe within the process.",
        Field("shards", &MemoryPubSubOptions::shards)
            .Range(1, 1'024)
            .Doc("Parts with a lock each, rounded up to a power of two; at least four per core."));
  }
};

// A channel costs nothing until somebody subscribes; a subscription to one channel costs about 250
// bytes, and 16 per message that waits. After an overflow further messages are dropped until Next
// has told of it. Publish and Subscribe complete at once on the calling thread; a message that is
// published to two channels of one subscription arrives twice.
//
// Metrics: freshet_pubsub_published_total (messages), freshet_pubsub_delivered_total (messages
// times subscribers), freshet_pubsub_overflowed_total (times that a subscriber was too slow),
// freshet_pubsub_subscriptions.
class MemoryPubSub final : public PubSub {
 public:
  // Throws std::invalid_argument for options out of bounds. `clock` and `metrics` must outlive it;
  // it must outlive its subscriptions.
  MemoryPubSub(const MemoryPubSubOptions& options, const Clock& clock, Metrics& metrics);
  ~MemoryPubSub() override;

  Awaitable<Result<std::size_t>> Publish(std::vector<Channel> channels, Message message,
                                         Deadline deadline) override;
  // Errors besides the port's: kInvalid for a queue_bound of 0 or above 2^24.
  Awaitable<Result<std::unique_ptr<Subscription>>> Subscribe(std::vector<Channel> channels,
                                                             SubscriberOptions options,
                                                             Deadline deadline) override;

  // The memory of channels and subscriptions, without what waits in queues.
  std::size_t bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace freshet::stores
