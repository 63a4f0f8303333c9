#include "stores/cache/single_flight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <map>

#include "base/io_threads.h"
#include "base/mutex.h"
#include "stores/cache/memory_cache.h"
#include "stores/cache/testing/faulty_cache.h"

namespace freshet::stores {
namespace {

using ::testing::ElementsAre;

constexpr CacheSpace kPosts{.number = 1, .name = "post"};

// A source whose loads wait until the test lets them go.
class SingleFlightTest : public testing::Test {
 protected:
  using Answers = std::vector<std::string>;

  // What a caller got: its values ("none" for null), or the kind of its error.
  struct Caller {
    Answers answers;
    bool done = false;
  };

  Awaitable<Result<std::vector<CacheValue>>> Load(std::vector<std::uint64_t> ids) {
    loads_.push_back(ids);
    std::vector<CacheValue> values;
    for (const std::uint64_t id : ids) {
      const auto found = source_.find(id);
      values.push_back(found == source_.end() ? nullptr
                                              : std::make_shared<const std::string>(found->second));
    }
    const auto failure = failure_;
    if (gated_) {
      co_await Suspend<bool>(
          [this](Resolver<bool> resolver) { gate_.push_back(std::move(resolver)); });
    }
    if (throws_) throw std::runtime_error("as planned");
    if (failure) co_return std::unexpected(*failure);
    co_return values;
  }

  // Starts a caller; Run lets it go as far as it can.
  Caller& Ask(std::vector<std::uint64_t> ids, Deadline deadline = Deadline::Never()) {
    callers_.push_back(std::make_unique<Caller>());
    boost::asio::co_spawn(context_, Call(std::move(ids), deadline, *callers_.back()),
                          [](std::exception_ptr) {});
    return *callers_.back();
  }
  Awaitable<void> Call(std::vector<std::uint64_t> ids, Deadline deadline, Caller& caller) {
    const auto values = co_await posts_.Get(ids, deadline);
    caller.done = true;
    if (!values) {
      caller.answers = {std::string(Name(values.error().kind()))};
      co_return;
    }
    for (const auto& value : *values) caller.answers.push_back(value ? *value : "none");
  }
  void Run() {
    context_.restart();
    context_.poll();
  }
  void OpenGate() {
    auto waiting = std::exchange(gate_, {});
    for (auto& resolver : waiting) std::move(resolver).Resolve(true);
    Run();
  }
  // A caller that nothing delays.
  Answers Get(std::vector<std::uint64_t> ids) {
    Caller& caller = Ask(std::move(ids));
    Run();
    EXPECT_TRUE(caller.done);
    return caller.answers;
  }
  void Remove(std::uint64_t id) {
    const std::array ids{id};
    EXPECT_TRUE(RunBlocking(posts_.Remove(ids, Deadline::Never())));
  }

  FakeClock clock_;
  Metrics metrics_;
  MemoryCache memory_{{}, clock_, metrics_};
  FaultPlan plan_;
  FaultyCache cache_{memory_, plan_};
  std::map<std::uint64_t, std::string> source_{{1, "one"}, {2, "two"}, {3, "three"}};
  std::vector<std::vector<std::uint64_t>> loads_;
  std::optional<Error> failure_;
  bool gated_ = false;
  bool throws_ = false;
  std::vector<Resolver<bool>> gate_;
  std::vector<std::unique_ptr<Caller>> callers_;
  SingleFlight posts_{cache_,
                      kPosts,
                      {.found = Duration(60'000), .missing = Duration(1'000)},
                      [this](std::vector<std::uint64_t> ids, Deadline) { return Load(ids); },
                      clock_};
  boost::asio::io_context context_{1};
};

TEST_F(SingleFlightTest, WhatTheCacheLacksIsLoadedInOneCallAndKept) {
  EXPECT_THAT(Get({1}), ElementsAre("one"));
  EXPECT_THAT(Get({2, 1, 3}), ElementsAre("two", "one", "three"));
  EXPECT_THAT(Get({3, 2, 1}), ElementsAre("three", "two", "one"));
  EXPECT_THAT(loads_, ElementsAre(ElementsAre(1), ElementsAre(2, 3)));
}

TEST_F(SingleFlightTest, WhatDoesNotExistIsAskedForOnceInItsOwnLifetime) {
  EXPECT_THAT(Get({9}), ElementsAre("none"));
  EXPECT_THAT(Get({9}), ElementsAre("none"));
  EXPECT_EQ(loads_.size(), 1U);
  clock_.Advance(Duration(1'000));
  source_[9] = "nine";
  EXPECT_THAT(Get({9, 1}), ElementsAre("nine", "one"));
}

TEST_F(SingleFlightTest, AnIdAskedForTwiceInOneCallIsLoadedOnce) {
  EXPECT_THAT(Get({1, 1}), ElementsAre("one", "one"));
  EXPECT_THAT(loads_, ElementsAre(ElementsAre(1)));
}

TEST_F(SingleFlightTest, AThousandCallersLoadOnce) {
  gated_ = true;
  for (int i = 0; i < 1'000; ++i) Ask({1});
  Run();
  EXPECT_THAT(loads_, ElementsAre(ElementsAre(1)));
  OpenGate();
  for (const auto& caller : callers_) ASSERT_THAT(caller->answers, ElementsAre("one"));
  EXPECT_EQ(loads_.size(), 1U);
}

TEST_F(SingleFlightTest, OnlyWhatNobodyLoadsIsLoaded) {
  gated_ = true;
  Caller& first = Ask({1, 2});
  Run();
  Caller& second = Ask({2, 3});
  Run();
  EXPECT_THAT(loads_, ElementsAre(ElementsAre(1, 2), ElementsAre(3)));
  OpenGate();
  EXPECT_THAT(first.answers, ElementsAre("one", "two"));
  EXPECT_THAT(second.answers, ElementsAre("two", "three"));
}

TEST_F(SingleFlightTest, AFailedLoadFailsAllWhoWaitAndIsForgotten) {
  gated_ = true;
  failure_ = Unavailable("as planned").error();
  Caller& first = Ask({1});
  Caller& second = Ask({1});
  Run();
  failure_.reset();
  OpenGate();
  EXPECT_THAT(first.answers, ElementsAre("unavailable"));
  EXPECT_THAT(second.answers, ElementsAre("unavailable"));
  gated_ = false;
  EXPECT_THAT(Get({1}), ElementsAre("one"));
}

TEST_F(SingleFlightTest, ALoadThatThrowsLeavesNobodyWaiting) {
  gated_ = true;
  throws_ = true;
  Caller& first = Ask({1});
  Caller& second = Ask({1});
  Run();
  OpenGate();
  EXPECT_FALSE(first.done);
  EXPECT_THAT(second.answers, ElementsAre("unavailable"));
  gated_ = throws_ = false;
  EXPECT_THAT(Get({1}), ElementsAre("one"));
}

TEST_F(SingleFlightTest, AWaiterLeavesAtItsOwnDeadline) {
  gated_ = true;
  Caller& patient = Ask({1});
  Run();
  Caller& hurried = Ask({1}, Deadline::After(clock_, Duration(5)));
  context_.restart();
  while (!hurried.done) context_.run_one();
  EXPECT_THAT(hurried.answers, ElementsAre("deadline"));
  EXPECT_FALSE(patient.done);
  OpenGate();
  EXPECT_THAT(patient.answers, ElementsAre("one"));
}

TEST_F(SingleFlightTest, ARemoveDuringALoadLeavesNoStaleValue) {
  gated_ = true;
  Caller& early = Ask({1});
  Run();
  source_[1] = "changed";
  Remove(1);
  Caller& late = Ask({1});
  Run();
  OpenGate();
  EXPECT_THAT(early.answers, ElementsAre("one"));
  EXPECT_THAT(late.answers, ElementsAre("changed"));
  gated_ = false;
  EXPECT_THAT(Get({1}), ElementsAre("changed"));
}

TEST_F(SingleFlightTest, ALoadFromBeforeARemoveDoesNotEndTheOneAfterIt) {
  gated_ = true;
  Ask({1});
  Run();
  source_[1] = "changed";
  Remove(1);
  Caller& late = Ask({1});
  Run();
  std::move(gate_.front()).Resolve(true);
  gate_.erase(gate_.begin());
  Run();
  Caller& later = Ask({1});
  Run();
  EXPECT_EQ(loads_.size(), 2U);
  OpenGate();
  EXPECT_THAT(late.answers, ElementsAre("changed"));
  EXPECT_THAT(later.answers, ElementsAre("changed"));
}

TEST_F(SingleFlightTest, ACacheThatFailsIsPassedOver) {
  plan_.FailNext(1'000);
  EXPECT_THAT(Get({1, 2}), ElementsAre("one", "two"));
  EXPECT_THAT(Get({1}), ElementsAre("one"));
  EXPECT_EQ(loads_.size(), 2U);
  plan_.Heal();
  plan_.FailNext(1, "Put");
  EXPECT_THAT(Get({1}), ElementsAre("one"));
  EXPECT_THAT(Get({1}), ElementsAre("one"));
  EXPECT_THAT(Get({1}), ElementsAre("one"));
  EXPECT_EQ(loads_.size(), 4U);
}

TEST_F(SingleFlightTest, ALoadOfAnotherNumberOfValuesIsABug) {
  SingleFlight broken(
      cache_, kPosts, {},
      [](std::vector<std::uint64_t>, Deadline) -> Awaitable<Result<std::vector<CacheValue>>> {
        co_return std::vector<CacheValue>{};
      },
      clock_);
  const std::array ids{std::uint64_t{1}};
  EXPECT_EQ(RunBlocking(broken.Get(ids, Deadline::Never())).error().kind(), ErrorKind::kInternal);
}

TEST_F(SingleFlightTest, AfterTheDeadlineNothingIsLoaded) {
  const std::array ids{std::uint64_t{1}};
  const auto late = RunBlocking(posts_.Get(ids, Deadline::At(clock_.Steady())));
  EXPECT_EQ(late.error().kind(), ErrorKind::kDeadline);
  EXPECT_TRUE(loads_.empty());
}

// Callers on several threads ask for, load and remove the same few posts.
TEST(SingleFlightThreads, ACallerNeverGetsWhatWasTrueBeforeItsOwnRemoval) {
  constexpr std::uint64_t kIds = 5;
  SystemClock clock;
  Metrics metrics;
  MemoryCache cache({}, clock, metrics);
  std::array<std::atomic<int>, kIds> versions{};
  SingleFlight posts(
      cache, kPosts, {},
      [&](std::vector<std::uint64_t> ids, Deadline) -> Awaitable<Result<std::vector<CacheValue>>> {
        std::vector<CacheValue> values;
        for (const std::uint64_t id : ids) {
          values.push_back(
              std::make_shared<const std::string>(std::to_string(versions[id].load())));
        }
        co_await boost::asio::post(co_await boost::asio::this_coro::executor, kUseAwaitable);
        co_return values;
      },
      clock);
  const auto work = [&](std::uint64_t seed) -> Awaitable<void> {
    for (std::uint64_t i = 0; i < 2'000; ++i) {
      const std::array ids{(i * 7 + seed) % kIds};
      int known = 0;
      if (i % 5 == 0) {
        known = versions[ids[0]].fetch_add(1) + 1;
        EXPECT_TRUE(co_await posts.Remove(ids, Deadline::Never()));
      }
      const auto values = co_await posts.Get(ids, Deadline::Never());
      EXPECT_GE(std::stoi(*values.value()[0]), known);
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      threads.emplace_back([&work, seed] { RunBlocking(work(seed)); });
    }
  }
  for (std::uint64_t id = 0; id < kIds; ++id) {
    const std::array ids{id};
    const auto values = RunBlocking(posts.Get(ids, Deadline::Never()));
    EXPECT_EQ(*values.value()[0], std::to_string(versions[id].load()));
  }
}

}  // namespace
}  // namespace freshet::stores
