#include "stores/pubsub/testing/pubsub_conformance.h"

#include <gmock/gmock.h>

#include <thread>

#include "base/io_threads.h"

namespace freshet::stores {
namespace {

std::vector<Channel> Users(const std::vector<std::uint64_t>& ids) {
  std::vector<Channel> channels;
  for (const auto id : ids) channels.push_back({ChannelKind::kUser, id});
  return channels;
}

std::string Told(const Result<Message>& next) {
  return next ? **next : "(" + next.error().code() + ")";
}

}  // namespace

std::unique_ptr<Subscription> PubSubConformance::Subscribe(Channels channels,
                                                           std::size_t queue_bound) {
  return RunBlocking(
             pubsub_->Subscribe(Users(channels), {.queue_bound = queue_bound}, Deadline::Never()))
      .value();
}

std::size_t PubSubConformance::Publish(Channels channels, const std::string& text) {
  return RunBlocking(pubsub_->Publish(Users(channels), std::make_shared<const std::string>(text),
                                      Deadline::Never()))
      .value();
}

std::string PubSubConformance::Next(Subscription& subscription) {
  return Told(RunBlocking(subscription.Next(Deadline::After(clock_, Duration(10'000)))));
}

std::string PubSubConformance::NextSoon(Subscription& subscription) {
  return Told(RunBlocking(subscription.Next(Deadline::After(clock_, Duration(30)))));
}

TEST_P(PubSubConformance, WhatIsPublishedReachesThoseSubscribedToTheChannel) {
  const auto ana = Subscribe({1});
  const auto ben = Subscribe({2});
  EXPECT_EQ(Publish({1}, "for ana"), 1U);
  EXPECT_EQ(Next(*ana), "for ana");
  EXPECT_EQ(NextSoon(*ben), "(deadline)");
}

TEST_P(PubSubConformance, WhatIsPublishedToNobodyIsGone) {
  EXPECT_EQ(Publish({1, 2, 3}, "unheard"), 0U);
  const auto late = Subscribe({1});
  EXPECT_EQ(NextSoon(*late), "(deadline)");
}

TEST_P(PubSubConformance, EverySubscriberOfAChannelIsTold) {
  const auto phone = Subscribe({1});
  const auto laptop = Subscribe({1});
  const auto tablet = Subscribe({1});
  EXPECT_EQ(Publish({1}, "news"), 3U);
  EXPECT_EQ(Next(*phone), "news");
  EXPECT_EQ(Next(*laptop), "news");
  EXPECT_EQ(Next(*tablet), "news");
}

TEST_P(PubSubConformance, MessagesComeInTheOrderOfPublication) {
  const auto ana = Subscribe({1});
  for (int i = 0; i < 100; ++i) Publish({1}, std::to_string(i));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Next(*ana), std::to_string(i));
}

TEST_P(PubSubConformance, OneSubscriptionReadsSeveralChannels) {
  const auto both = Subscribe({1, 2, 2});
  EXPECT_EQ(Publish({1}, "one"), 1U);
  EXPECT_EQ(Publish({2}, "two"), 1U);
  EXPECT_EQ(Next(*both), "one");
  EXPECT_EQ(Next(*both), "two");
  EXPECT_EQ(NextSoon(*both), "(deadline)");
}

TEST_P(PubSubConformance, OnePublicationReachesThousandsOfChannels) {
  Channels all;
  std::vector<std::unique_ptr<Subscription>> some;
  for (std::uint64_t user = 1; user <= 5'000; ++user) {
    all.push_back(user);
    if (user % 500 == 0) some.push_back(Subscribe({user}));
  }
  EXPECT_EQ(Publish(all, "to all"), some.size());
  for (const auto& subscription : some) EXPECT_EQ(Next(*subscription), "to all");
}

TEST_P(PubSubConformance, AMessageWakesWhoWaits) {
  const auto ana = Subscribe({1});
  std::jthread publisher([this] { Publish({1}, "wake up"); });
  EXPECT_EQ(Next(*ana), "wake up");
}

TEST_P(PubSubConformance, ASubscriberThatIsTooSlowIsToldOnceAndGoesOn) {
  const auto ana = Subscribe({1}, 3);
  for (int i = 0; i < 5; ++i) Publish({1}, std::to_string(i));
  EXPECT_EQ(Next(*ana), "(overflow)");
  EXPECT_EQ(NextSoon(*ana), "(deadline)");
  Publish({1}, "after");
  EXPECT_EQ(Next(*ana), "after");
}

TEST_P(PubSubConformance, AQueueHoldsExactlyItsBound) {
  const auto ana = Subscribe({1}, 3);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 3; ++i) Publish({1}, std::to_string(i));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(Next(*ana), std::to_string(i));
  }
}

TEST_P(PubSubConformance, ASlowSubscriberDoesNotTouchTheOthers) {
  const auto slow = Subscribe({1}, 1);
  const auto fast = Subscribe({1});
  for (int i = 0; i < 5; ++i) Publish({1}, std::to_string(i));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Next(*fast), std::to_string(i));
  EXPECT_EQ(Next(*slow), "(overflow)");
}

TEST_P(PubSubConformance, AClosedSubscriptionSaysSoForEver) {
  const auto ana = Subscribe({1});
  Publish({1}, "too late");
  ana->Close();
  EXPECT_EQ(Next(*ana), "(closed)");
  ana->Close();
  Publish({1}, "later still");
  EXPECT_EQ(Next(*ana), "(closed)");
}

TEST_P(PubSubConformance, CloseWakesWhoWaitsFromAnyThread) {
  const auto ana = Subscribe({1});
  std::jthread closer([&ana] { ana->Close(); });
  EXPECT_EQ(Next(*ana), "(closed)");
}

TEST_P(PubSubConformance, ADestroyedSubscriptionIsNoSubscriberAnyMore) {
  auto first = Subscribe({1, 2});
  auto second = Subscribe({1});
  auto third = Subscribe({1});
  second.reset();
  EXPECT_EQ(Publish({1}, "a"), 2U);
  first.reset();
  EXPECT_EQ(Publish({1}, "b"), 1U);
  EXPECT_EQ(Publish({2}, "c"), 0U);
  EXPECT_EQ(Next(*third), "a");
  EXPECT_EQ(Next(*third), "b");
  third.reset();
  EXPECT_EQ(Publish({1}, "d"), 0U);
}

TEST_P(PubSubConformance, ASubscriptionMovesToOtherChannelsAndKeepsWhatIsQueued) {
  const auto ana = Subscribe({1, 2});
  Publish({1}, "before");
  ASSERT_TRUE(RunBlocking(ana->SetChannels(Users({4, 2, 3, 3}), Deadline::Never())));
  EXPECT_EQ(Publish({1}, "left"), 0U);
  for (const std::uint64_t channel : {2, 3, 4}) {
    EXPECT_EQ(Publish({channel}, std::to_string(channel)), 1U);
  }
  for (const char* text : {"before", "2", "3", "4"}) EXPECT_EQ(Next(*ana), text);
  ASSERT_TRUE(RunBlocking(ana->SetChannels({}, Deadline::Never())));
  EXPECT_EQ(Publish({1, 2, 3, 4}, "nobody"), 0U);
  EXPECT_EQ(RunBlocking(ana->SetChannels(Users({1}), Deadline::At(clock_.Steady()))).error().kind(),
            ErrorKind::kDeadline);
}

TEST_P(PubSubConformance, PostsAndPeopleWithEqualIdsAreDifferentChannels) {
  const auto ana = Subscribe({7});
  ASSERT_TRUE(RunBlocking(
      ana->SetChannels({{ChannelKind::kUser, 7}, {ChannelKind::kPost, 8}}, Deadline::Never())));
  const auto text = std::make_shared<const std::string>("post");
  EXPECT_EQ(*RunBlocking(pubsub_->Publish({{ChannelKind::kPost, 7}}, text, Deadline::Never())), 0U);
  EXPECT_EQ(*RunBlocking(pubsub_->Publish({{ChannelKind::kPost, 8}}, text, Deadline::Never())), 1U);
  EXPECT_EQ(Next(*ana), "post");
}

TEST_P(PubSubConformance, WhatASubscriberOffersItselfWaitsWithTheRestAndCounts) {
  const auto ana = Subscribe({1}, 2);
  Publish({1}, "published");
  ana->Offer(std::make_shared<const std::string>("own"));
  EXPECT_EQ(Next(*ana), "published");
  EXPECT_EQ(Next(*ana), "own");
  std::jthread waker([&ana] { ana->Offer(std::make_shared<const std::string>("awake")); });
  EXPECT_EQ(Next(*ana), "awake");
  for (int i = 0; i < 3; ++i) ana->Offer(std::make_shared<const std::string>("flood"));
  EXPECT_EQ(Next(*ana), "(overflow)");
}

TEST_P(PubSubConformance, NothingIsDoneAfterTheDeadline) {
  const auto ana = Subscribe({1});
  const auto passed = Deadline::At(clock_.Steady());
  const auto text = std::make_shared<const std::string>("late");
  EXPECT_EQ(RunBlocking(pubsub_->Publish(Users({1}), text, passed)).error().kind(),
            ErrorKind::kDeadline);
  EXPECT_EQ(RunBlocking(pubsub_->Subscribe(Users({1}), {}, passed)).error().kind(),
            ErrorKind::kDeadline);
  EXPECT_EQ(NextSoon(*ana), "(deadline)");
}

}  // namespace freshet::stores
