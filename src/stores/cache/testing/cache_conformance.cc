#include "stores/cache/testing/cache_conformance.h"

#include <gmock/gmock.h>

#include <array>

#include "base/io_threads.h"

namespace freshet::stores {
namespace {

CacheEntry Entry(CacheKey key, CacheLease lease, CacheValue value, Duration ttl) {
  return {.key = key, .value = std::move(value), .ttl = ttl, .lease = lease};
}

CacheValue Text(const std::string& text) { return std::make_shared<const std::string>(text); }

}  // namespace

CacheLookup CacheConformance::Look(std::uint64_t id, CacheSpace space) {
  const std::array key{CacheKey{space, id}};
  return RunBlocking(cache_->Get(key, Deadline::Never())).value().at(0);
}

std::string CacheConformance::Get(std::uint64_t id, CacheSpace space) {
  const CacheLookup lookup = Look(id, space);
  if (!lookup.hit) return "miss";
  return lookup.value ? *lookup.value : "none";
}

CacheLease CacheConformance::Miss(std::uint64_t id) {
  const CacheLookup lookup = Look(id);
  EXPECT_FALSE(lookup.hit);
  return lookup.lease;
}

void CacheConformance::Fill(std::uint64_t id, CacheLease lease, const std::string& value,
                            Duration ttl) {
  RunBlocking(cache_->Put({Entry({kPosts, id}, lease, Text(value), ttl)}, Deadline::Never()))
      .value();
}

void CacheConformance::Store(std::uint64_t id, const std::string& value, Duration ttl) {
  Fill(id, Miss(id), value, ttl);
}

void CacheConformance::Remove(std::uint64_t id, CacheSpace space) {
  const std::array key{CacheKey{space, id}};
  RunBlocking(cache_->Remove(key, Deadline::Never())).value();
}

TEST_P(CacheConformance, WhatWasNeverPutIsMissed) { EXPECT_EQ(Get(1), "miss"); }

TEST_P(CacheConformance, WhatIsPutAfterAMissIsFound) {
  Store(1, "first");
  EXPECT_EQ(Get(1), "first");
  EXPECT_EQ(Get(2), "miss");
}

TEST_P(CacheConformance, AnyBytesAreKept) {
  const std::string bytes("\0\r\n\xff text", 9);
  Store(1, bytes);
  Store(2, "");
  EXPECT_EQ(Get(1), bytes);
  EXPECT_EQ(Get(2), "");
}

TEST_P(CacheConformance, ThatSomethingDoesNotExistCanBeKnown) {
  RunBlocking(
      cache_->Put({Entry({kPosts, 1}, Miss(1), nullptr, Duration(60'000))}, Deadline::Never()))
      .value();
  EXPECT_EQ(Get(1), "none");
}

TEST_P(CacheConformance, SpacesAreApart) {
  Store(1, "post");
  EXPECT_EQ(Get(1, kPeople), "miss");
  Remove(1, kPeople);
  EXPECT_EQ(Get(1), "post");
}

TEST_P(CacheConformance, ManyAreFoundAtOnceInTheOrderAsked) {
  std::vector<CacheKey> keys;
  for (std::uint64_t id = 1; id <= 5'000; ++id) {
    keys.push_back({kPosts, id});
    if (id % 100 == 0) Store(id, std::to_string(id));
  }
  keys.push_back({kPosts, 100});
  const auto lookups = RunBlocking(cache_->Get(keys, Deadline::Never())).value();
  ASSERT_EQ(lookups.size(), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    ASSERT_EQ(lookups[i].hit, keys[i].id % 100 == 0) << i;
    if (lookups[i].hit) EXPECT_EQ(*lookups[i].value, std::to_string(keys[i].id));
  }
}

TEST_P(CacheConformance, APutReplaces) {
  const auto lease = Miss(1);
  Fill(1, lease, "first");
  Fill(1, lease, "second");
  EXPECT_EQ(Get(1), "second");
}

TEST_P(CacheConformance, WhatIsRemovedIsMissed) {
  Store(1, "first");
  Remove(1);
  Remove(1);
  EXPECT_EQ(Get(1), "miss");
}

TEST_P(CacheConformance, ALoadThatBeganBeforeARemovalDoesNotFillTheKey) {
  const auto lease = Miss(1);
  Remove(1);
  Fill(1, lease, "stale");
  EXPECT_EQ(Get(1), "miss");
  Store(1, "fresh");
  Fill(1, lease, "stale");
  EXPECT_EQ(Get(1), "fresh");
}

TEST_P(CacheConformance, WithoutALeaseNothingIsPut) {
  Fill(1, CacheLease{}, "unasked");
  EXPECT_EQ(Get(1), "miss");
}

TEST_P(CacheConformance, OfSeveralEntriesThoseWhoseLeaseHoldsArePut) {
  const auto broken = Miss(1);
  Remove(1);
  const auto whole = Miss(2);
  RunBlocking(cache_->Put({Entry({kPosts, 1}, broken, Text("stale"), Duration(60'000)),
                           Entry({kPosts, 2}, whole, Text("fresh"), Duration(60'000))},
                          Deadline::Never()))
      .value();
  EXPECT_EQ(Get(1), "miss");
  EXPECT_EQ(Get(2), "fresh");
}

TEST_P(CacheConformance, AnEntryEndsWithItsTimeToLive) {
  if (!GetParam().ages_by_clock) GTEST_SKIP() << "it ages by its own clock";
  Store(1, "short", Duration(1'000));
  Store(2, "long", Duration(2'000));
  clock_.Advance(Duration(999));
  EXPECT_EQ(Get(1), "short");
  clock_.Advance(Duration(1));
  EXPECT_EQ(Get(1), "miss");
  EXPECT_EQ(Get(2), "long");
  Store(1, "again");
  EXPECT_EQ(Get(1), "again");
}

TEST_P(CacheConformance, TheLeastRecentlyUsedLeavesFirst) {
  if (!GetParam().evicts_least_recently_used) GTEST_SKIP() << "it chooses by itself";
  Open(16'000);
  const std::string large(1'000, 'x');
  for (std::uint64_t id = 1; id <= 10; ++id) Store(id, large);
  for (std::uint64_t id = 1; id <= 3; ++id) EXPECT_EQ(Get(id), large);
  for (std::uint64_t id = 11; id <= 17; ++id) Store(id, large);
  for (std::uint64_t id = 1; id <= 3; ++id) EXPECT_EQ(Get(id), large) << id;
  EXPECT_EQ(Get(4), "miss");
  EXPECT_EQ(Get(17), large);
  const auto state = RunBlocking(cache_->Describe(Deadline::Never())).value();
  EXPECT_LE(state.bytes, 16'000U);
  EXPECT_GT(state.evictions, 0U);
}

TEST_P(CacheConformance, DescribeCounts) {
  Store(1, "first");
  Get(1);
  const auto state = RunBlocking(cache_->Describe(Deadline::Never())).value();
  EXPECT_EQ(state.entries, 1U);
  EXPECT_EQ(state.hits, 1U);
  EXPECT_EQ(state.misses, 1U);
}

TEST_P(CacheConformance, NothingIsDoneAfterTheDeadline) {
  const auto lease = Miss(1);
  const auto passed = Deadline::At(clock_.Steady());
  const std::array key{CacheKey{kPosts, 1}};
  EXPECT_EQ(RunBlocking(cache_->Get(key, passed)).error().kind(), ErrorKind::kDeadline);
  EXPECT_EQ(RunBlocking(cache_->Put({Entry(key[0], lease, Text("late"), Duration(60'000))}, passed))
                .error()
                .kind(),
            ErrorKind::kDeadline);
  EXPECT_EQ(RunBlocking(cache_->Remove(key, passed)).error().kind(), ErrorKind::kDeadline);
  EXPECT_EQ(Get(1), "miss");
}

}  // namespace freshet::stores
