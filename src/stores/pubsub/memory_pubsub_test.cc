#include "stores/pubsub/memory_pubsub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <thread>
#include <tuple>

#include "base/io_threads.h"
#include "stores/pubsub/testing/faulty_pubsub.h"
#include "stores/pubsub/testing/pubsub_conformance.h"

namespace freshet::stores {
namespace {

PubSubAdapter MemoryAdapter(std::int64_t shards) {
  return {.make = [shards](const Clock& clock, Metrics& metrics) {
    return std::make_unique<MemoryPubSub>(MemoryPubSubOptions{.shards = shards}, clock, metrics);
  }};
}

INSTANTIATE_TEST_SUITE_P(Memory, PubSubConformance,
                         testing::Values(MemoryAdapter(1), MemoryAdapter(64)));

INSTANTIATE_TEST_SUITE_P(FaultyMemory, PubSubConformance,
                         testing::Values(PubSubAdapter{.make = [](const Clock& clock,
                                                                  Metrics& metrics) {
                           struct Wrapped final : FaultyPubSub {
                             explicit Wrapped(std::unique_ptr<PubSub> inner)
                                 : FaultyPubSub(*inner, plan), wrapped(std::move(inner)) {}
                             FaultPlan plan;
                             std::unique_ptr<PubSub> wrapped;
                           };
                           return std::make_unique<Wrapped>(MemoryAdapter(4).make(clock, metrics));
                         }}));

class MemoryPubSubTest : public testing::Test {
 protected:
  std::unique_ptr<Subscription> Subscribe(const std::vector<std::uint64_t>& ids,
                                          std::size_t queue_bound = 256) {
    return RunBlocking(
               pubsub_.Subscribe(Users(ids), {.queue_bound = queue_bound}, Deadline::Never()))
        .value();
  }
  std::size_t Publish(const std::vector<std::uint64_t>& ids, const std::string& text) {
    return RunBlocking(pubsub_.Publish(Users(ids), std::make_shared<const std::string>(text),
                                       Deadline::Never()))
        .value();
  }
  static std::vector<Channel> Users(const std::vector<std::uint64_t>& ids) {
    std::vector<Channel> channels;
    for (const auto id : ids) channels.push_back({ChannelKind::kUser, id});
    return channels;
  }

  SystemClock clock_;
  Metrics metrics_;
  MemoryPubSub pubsub_{{.shards = 4}, clock_, metrics_};
};

TEST_F(MemoryPubSubTest, AMessageThatWasQueuedIsReturnedAlthoughTheDeadlineIsNear) {
  const auto ana = Subscribe({1});
  Publish({1}, "here");
  EXPECT_EQ(**RunBlocking(ana->Next(Deadline::After(clock_, Duration(60'000)))), "here");
}

TEST_F(MemoryPubSubTest, AQueueWithoutRoomIsRefused) {
  const auto refused =
      RunBlocking(pubsub_.Subscribe(Users({1}), {.queue_bound = 0}, Deadline::Never()));
  EXPECT_EQ(refused.error().kind(), ErrorKind::kInvalid);
}

TEST_F(MemoryPubSubTest, MetricsTellWhatWasPublishedDeliveredAndDropped) {
  const auto slow = Subscribe({1}, 2);
  const auto fast = Subscribe({1});
  for (int i = 0; i < 5; ++i) Publish({1}, "m");
  EXPECT_EQ(metrics_.GetCounter("freshet_pubsub_published_total", "").Value(), 5);
  EXPECT_EQ(metrics_.GetCounter("freshet_pubsub_delivered_total", "").Value(), 7);
  EXPECT_EQ(metrics_.GetCounter("freshet_pubsub_overflowed_total", "").Value(), 1);
  EXPECT_EQ(metrics_.GetGauge("freshet_pubsub_subscriptions", "").Value(), 2);
}

TEST_F(MemoryPubSubTest, MemoryOfSubscriptionsIsGivenBack) {
  std::vector<std::unique_ptr<Subscription>> many;
  for (std::uint64_t user = 1; user <= 1'000; ++user) many.push_back(Subscribe({user}));
  const std::size_t full = pubsub_.bytes();
  many.clear();
  const std::size_t empty = pubsub_.bytes();
  EXPECT_LT(empty, full / 2);
  for (std::uint64_t user = 1; user <= 1'000; ++user) many.push_back(Subscribe({user}));
  EXPECT_EQ(pubsub_.bytes(), full) << "places are used again";
}

// A model: who is subscribed to what, by random subscribing, leaving and publishing.
TEST_F(MemoryPubSubTest, RandomUseReachesExactlyTheSubscribers) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    struct Model {
      std::unique_ptr<Subscription> subscription;
      std::set<std::uint64_t> channels;
      std::vector<std::string> expected;
    };
    std::vector<Model> open;
    const auto drain = [&](Model& model) {
      for (const auto& text : model.expected) {
        ASSERT_EQ(**RunBlocking(model.subscription->Next(Deadline::Never())), text);
      }
      model.expected.clear();
    };
    for (int step = 0; step < 600; ++step) {
      const auto choice = random() % 10;
      if (choice < 3) {
        std::set<std::uint64_t> channels;
        for (auto i = random() % 4; i > 0; --i) channels.insert(random() % 20);
        open.push_back({Subscribe({channels.begin(), channels.end()}), channels, {}});
      } else if (choice < 5 && !open.empty()) {
        const auto leaving = open.begin() + static_cast<std::ptrdiff_t>(random() % open.size());
        drain(*leaving);
        open.erase(leaving);
      } else {
        std::vector<std::uint64_t> channels;
        for (auto i = random() % 5; i > 0; --i) channels.push_back(random() % 20);
        std::size_t subscribers = 0;
        for (auto& model : open) {
          for (const auto channel : channels) {
            if (!model.channels.contains(channel)) continue;
            ++subscribers;
            model.expected.push_back(std::to_string(step));
          }
        }
        ASSERT_EQ(Publish(channels, std::to_string(step)), subscribers);
      }
      if (!open.empty() && step % 7 == 0) drain(open[random() % open.size()]);
    }
    for (auto& model : open) drain(model);
  }
}

TEST_F(MemoryPubSubTest, ThreadsThatPublishSubscribeAndCloseAtOnceAgree) {
  constexpr int kMessages = 2'000;
  std::atomic<int> publishing{2};
  const auto reader = Subscribe({1}, 2 * kMessages);
  const auto closed = Subscribe({1}, 2 * kMessages);
  std::vector<std::jthread> threads;
  for (int publisher = 0; publisher < 2; ++publisher) {
    threads.emplace_back([&, publisher] {
      for (int i = 0; i < kMessages; ++i) {
        Publish({1, 2, 3}, std::to_string(publisher) + ":" + std::to_string(i));
      }
      publishing.fetch_sub(1);
    });
  }
  threads.emplace_back([&] {
    while (publishing.load() > 0) {
      const auto brief = Subscribe({2, 3}, 4);
      std::ignore = RunBlocking(brief->Next(Deadline::After(clock_, Duration(1))));
    }
  });
  threads.emplace_back([&] {
    while (RunBlocking(closed->Next(Deadline::Never()))) {
    }
  });
  threads.emplace_back([&] {
    while (publishing.load() > 1) std::this_thread::yield();
    closed->Close();
  });
  std::array<int, 2> next{};
  for (int i = 0; i < 2 * kMessages; ++i) {
    const auto message = RunBlocking(reader->Next(Deadline::Never()));
    const int publisher = (*message)->at(0) - '0';
    ASSERT_EQ(std::stoi((*message)->substr(2)), next[static_cast<std::size_t>(publisher)]++)
        << "out of a publisher's order";
  }
}

TEST_F(MemoryPubSubTest, APublicationCanFailBeforeAndAfterItsEffect) {
  FaultPlan plan;
  FaultyPubSub faulty(pubsub_, plan);
  const auto ana = Subscribe({1});
  const auto text = std::make_shared<const std::string>("heard");
  plan.FailNext(1, "Publish");
  EXPECT_FALSE(RunBlocking(faulty.Publish(Users({1}), text, Deadline::Never())));
  plan.FailNextAfterEffect(1, "Publish");
  EXPECT_FALSE(RunBlocking(faulty.Publish(Users({1}), text, Deadline::Never())));
  EXPECT_EQ(**RunBlocking(ana->Next(Deadline::Never())), "heard");
  EXPECT_FALSE(RunBlocking(ana->Next(Deadline::After(clock_, Duration(10)))));
}

}  // namespace
}  // namespace freshet::stores
