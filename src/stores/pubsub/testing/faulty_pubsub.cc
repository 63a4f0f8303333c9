#include "stores/pubsub/testing/faulty_pubsub.h"

#include <utility>

namespace freshet::stores {
namespace {

class FaultySubscription final : public Subscription {
 public:
  FaultySubscription(std::unique_ptr<Subscription> inner, FaultPlan& plan)
      : inner_(std::move(inner)), plan_(plan) {}

  Awaitable<Result<Message>> Next(Deadline deadline) override {
    CO_RETURN_IF_ERROR(co_await plan_.Before("Next"));
    auto message = co_await inner_->Next(deadline);
    if (message) CO_RETURN_IF_ERROR(plan_.After("Next"));
    co_return message;
  }
  Awaitable<Result<>> SetChannels(std::vector<Channel> channels, Deadline deadline) override {
    CO_RETURN_IF_ERROR(co_await plan_.Before("SetChannels"));
    auto outcome = co_await inner_->SetChannels(std::move(channels), deadline);
    if (outcome) CO_RETURN_IF_ERROR(plan_.After("SetChannels"));
    co_return outcome;
  }
  void Offer(Message message) override { inner_->Offer(std::move(message)); }
  void Close() override { inner_->Close(); }

 private:
  std::unique_ptr<Subscription> inner_;
  FaultPlan& plan_;
};

}  // namespace

Awaitable<Result<std::size_t>> FaultyPubSub::Publish(std::vector<Channel> channels, Message message,
                                                     Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Publish"));
  auto subscribers = co_await inner_.Publish(std::move(channels), std::move(message), deadline);
  if (subscribers) CO_RETURN_IF_ERROR(plan_.After("Publish"));
  co_return subscribers;
}

Awaitable<Result<std::unique_ptr<Subscription>>> FaultyPubSub::Subscribe(
    std::vector<Channel> channels, SubscriberOptions options, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Subscribe"));
  auto subscription = co_await inner_.Subscribe(std::move(channels), options, deadline);
  if (!subscription) co_return subscription;
  CO_RETURN_IF_ERROR(plan_.After("Subscribe"));
  co_return std::make_unique<FaultySubscription>(*std::move(subscription), plan_);
}

}  // namespace freshet::stores
