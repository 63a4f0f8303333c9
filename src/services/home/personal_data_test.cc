#include "services/home/personal_data.h"

#include <gtest/gtest.h>

#include "base/io_threads.h"
#include "stores/cache/memory_cache.h"

namespace freshet::home {
namespace {

constexpr AccountId kAna{1}, kBen{2};
constexpr PostId kPost{7};

class HomeDataTest : public testing::Test {
 protected:
  bool HasSeen(AccountId person) {
    return RunBlocking(seen_.Find(person, Deadline::Never())).Contains(kPost);
  }

  FakeClock clock_;
  Metrics metrics_;
  stores::MemoryCache cache_{{}, clock_, metrics_};
  SeenPosts seen_{cache_};
  HomeData data_{seen_};
};

TEST_F(HomeDataTest, WhatSomebodySawIsForgottenWithThemAlone) {
  for (const auto person : {kAna, kBen}) {
    RunBlocking(seen_.Add(person, {&kPost, 1}, Deadline::Never()));
    ASSERT_TRUE(HasSeen(person));
  }
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(RunBlocking(data_.EraseSome(kAna, Deadline::Never())), true);
    EXPECT_FALSE(HasSeen(kAna));
  }
  EXPECT_TRUE(HasSeen(kBen));
}

}  // namespace
}  // namespace freshet::home
