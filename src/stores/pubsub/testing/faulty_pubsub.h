// Publish/subscribe that goes wrong when told to.
#pragma once

#include "base/testing/fault_plan.h"
#include "stores/pubsub/pubsub.h"

namespace freshet::stores {

// Wraps `inner` and asks `plan` about each call, by the method's name; Next of its subscriptions
// too. A Next that fails after its effect has lost the message. Thread-safe; must outlive its
// subscriptions.
class FaultyPubSub : public PubSub {
 public:
  FaultyPubSub(PubSub& inner, FaultPlan& plan) : inner_(inner), plan_(plan) {}

  Awaitable<Result<std::size_t>> Publish(std::vector<Channel> channels, Message message,
                                         Deadline deadline) override;
  Awaitable<Result<std::unique_ptr<Subscription>>> Subscribe(std::vector<Channel> channels,
                                                             SubscriberOptions options,
                                                             Deadline deadline) override;

 private:
  PubSub& inner_;
  FaultPlan& plan_;
};

}  // namespace freshet::stores
