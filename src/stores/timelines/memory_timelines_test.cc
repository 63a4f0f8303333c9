#include "stores/timelines/memory_timelines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/io_threads.h"
#include "stores/timelines/testing/faulty_timelines.h"
#include "stores/timelines/testing/timelines_conformance.h"
#include "stores/timelines/timeline_shard.h"

namespace freshet::stores {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::Optional;

constexpr auto kHome = TimelineKind::kHome;

INSTANTIATE_TEST_SUITE_P(
    Memory, TimelinesConformance,
    testing::Values(TimelinesAdapter{.make = [](const Clock& clock, Metrics& metrics) {
      return std::make_unique<MemoryTimelines>(
          TimelinesOptions{.capacity = TimelinesAdapter::kCapacity,
                           .ttl = TimelinesAdapter::kTtl,
                           .shards = 4,
                           .rebuild_timeout = TimelinesAdapter::kRebuildTimeout},
          clock, metrics);
    }}));

// One shard and a wrapper that does nothing wrong unless told to.
INSTANTIATE_TEST_SUITE_P(
    FaultyMemory, TimelinesConformance,
    testing::Values(TimelinesAdapter{.make = [](const Clock& clock, Metrics& metrics) {
      struct Wrapped final : FaultyTimelines {
        explicit Wrapped(std::unique_ptr<Timelines> inner)
            : FaultyTimelines(*inner, plan), wrapped(std::move(inner)) {}
        FaultPlan plan;
        std::unique_ptr<Timelines> wrapped;
      };
      return std::make_unique<Wrapped>(std::make_unique<MemoryTimelines>(
          TimelinesOptions{.capacity = TimelinesAdapter::kCapacity, .shards = 1}, clock, metrics));
    }}));

class MemoryTimelinesTest : public testing::Test {
 protected:
  using Posts = std::vector<std::uint64_t>;

  MemoryTimelinesTest() { Open({.capacity = 5, .shards = 2}); }

  void Open(TimelinesOptions options) {
    timelines_ = std::make_unique<MemoryTimelines>(options, clock_, metrics_);
  }
  static TimelineKey Home(AccountId owner) { return {.kind = kHome, .owner = owner}; }

  RebuildToken Begin(AccountId owner) {
    return RunBlocking(timelines_->BeginRebuild(Home(owner), Deadline::Never())).value();
  }
  Result<> Finish(AccountId owner, RebuildToken token, const Posts& posts) {
    TimelineSlice slice;
    for (const auto post : posts) slice.entries.push_back({{post}, {post + 1'000}});
    return RunBlocking(
        timelines_->FinishRebuild(Home(owner), token, std::move(slice), Deadline::Never()));
  }
  void Build(AccountId owner, const Posts& posts = {}) {
    ASSERT_TRUE(Finish(owner, Begin(owner), posts));
  }
  std::size_t Push(std::uint64_t post, const std::vector<AccountId>& owners) {
    return RunBlocking(timelines_->Push(kHome, owners, {{post}, {post + 1'000}}, Deadline::Never()))
        .value();
  }
  std::optional<TimelineSlice> Slice(AccountId owner) {
    return RunBlocking(timelines_->Read(std::array{Home(owner)}, {}, 1'000, Deadline::Never()))
        .value()
        .at(0);
  }
  std::optional<Posts> Read(AccountId owner) {
    const auto slice = Slice(owner);
    if (!slice) return std::nullopt;
    Posts posts;
    for (const auto& entry : slice->entries) posts.push_back(entry.post.value);
    return posts;
  }
  TimelinesState State() { return RunBlocking(timelines_->Describe(Deadline::Never())).value(); }
  double DistinctEntries() {
    timelines_->Sweep();
    return metrics_.GetGauge("freshet_timelines_distinct_entries", "").Value();
  }

  FakeClock clock_;
  Metrics metrics_;
  std::unique_ptr<MemoryTimelines> timelines_;
};

TEST_F(MemoryTimelinesTest, APresentTimelineIsReadWhileItIsRebuilt) {
  Build({1}, {20, 10});
  const auto token = Begin({1});
  Push(30, {{1}});
  EXPECT_THAT(Read({1}), Optional(ElementsAre(30, 20, 10)));
  ASSERT_TRUE(Finish({1}, token, {20}));
  EXPECT_THAT(Read({1}), Optional(ElementsAre(30, 20)));
}

TEST_F(MemoryTimelinesTest, ABuilderGetsNoPushesFromBeforeItBegan) {
  Begin({1});
  Push(30, {{1}});
  const auto later = Begin({1});
  Push(40, {{1}});
  ASSERT_TRUE(Finish({1}, later, {20}));
  EXPECT_THAT(Read({1}), Optional(ElementsAre(40, 20))) << "the source has 30 no more";
}

TEST_F(MemoryTimelinesTest, TakingEverythingOutOfAFullTimelineLeavesItsRangeAsItWas) {
  Build({1});
  for (std::uint64_t post = 1; post <= 9; ++post) Push(post, {{1}});
  EXPECT_EQ(Slice({1})->complete_from, PostId{5});
  for (std::uint64_t post = 5; post <= 9; ++post) {
    RunBlocking(timelines_->Remove(kHome, std::array{AccountId{1}}, {post}, Deadline::Never()))
        .value();
    EXPECT_EQ(Slice({1})->complete_from, PostId{5}) << "without " << post;
  }
  EXPECT_THAT(Read({1}), Optional(IsEmpty()));
  EXPECT_EQ(Push(4, {{1}}), 0U);
  EXPECT_EQ(Push(7, {{1}}), 1U);
  EXPECT_THAT(Read({1}), Optional(ElementsAre(7)));
}

TEST_F(MemoryTimelinesTest, ASliceThatDoesNotDescendIsRefused) {
  const auto token = Begin({1});
  EXPECT_EQ(Finish({1}, token, {10, 20}).error().kind(), ErrorKind::kInvalid);
  EXPECT_EQ(Finish({1}, token, {10, 10}).error().kind(), ErrorKind::kInvalid);
  EXPECT_TRUE(Finish({1}, token, {20, 10}));
}

TEST_F(MemoryTimelinesTest, OwnersWhoseHashesCollideAreToldApart) {
  // Equal in the half of the hash that the index stores and in the bits that choose the shard.
  std::vector<AccountId> owners;
  for (std::uint64_t i = 0; owners.size() < 3; ++i) {
    const TimelineKey key = KeyOf(0x4000'0000'1234'5678ULL + (i << 32));
    if (key.kind == kHome && key.owner.value <= kMaxIdValue) owners.push_back(key.owner);
  }
  for (const AccountId owner : owners) {
    EXPECT_EQ(KeyOf(MixedKey(kHome, owner)), Home(owner));
    EXPECT_EQ(MixedKey(kHome, owner) & 0xffff'ffff, 0x1234'5678U);
  }
  Build(owners[0], {10});
  Build(owners[1], {20});
  EXPECT_EQ(Push(30, owners), 2U);
  EXPECT_THAT(Read(owners[0]), Optional(ElementsAre(30, 10)));
  EXPECT_THAT(Read(owners[1]), Optional(ElementsAre(30, 20)));
  EXPECT_THAT(Read(owners[2]), Eq(std::nullopt));
}

TEST_F(MemoryTimelinesTest, TheLeastRecentlyReadLeaveWhenMemoryIsShort) {
  Open({.capacity = 500, .max_bytes = 150'000, .shards = 1});
  std::vector<AccountId> owners;
  for (std::uint64_t owner = 1; owner <= 100; ++owner) {
    owners.push_back({owner});
    Build({owner});
    clock_.Advance(Duration(1'000));
  }
  for (std::uint64_t owner = 1; owner <= 20; ++owner) Read({owner});
  for (std::uint64_t post = 1; post <= 500; ++post) Push(post, owners);
  EXPECT_THAT(State().evictions, Gt(30U));
  EXPECT_THAT(State().bytes, Lt(150'000U));
  std::size_t lately_read_left = 0;
  for (std::uint64_t owner = 1; owner <= 20; ++owner) lately_read_left += Read({owner}) ? 1 : 0;
  EXPECT_THAT(lately_read_left, Gt(15U));
}

TEST_F(MemoryTimelinesTest, ARebuildUnderWaySurvivesTheEvictionOfWhatItReplaces) {
  Open({.capacity = 500, .max_bytes = 20'000, .shards = 1});
  Build({1}, {10});
  const auto token = Begin({1});
  Posts many(100);
  std::ranges::generate(many, [post = std::uint64_t{200}]() mutable { return post--; });
  clock_.Advance(Duration(1'000));
  for (std::uint64_t owner = 2; owner < 50; ++owner) Build({owner}, many);
  EXPECT_THAT(Read({1}), Eq(std::nullopt));
  Push(30, {{1}});
  EXPECT_TRUE(Finish({1}, token, {20, 10}));
}

TEST_F(MemoryTimelinesTest, ASweepFreesUnreadTimelinesAndTheEntriesThatNobodyHolds) {
  Build({1});
  Build({2});
  for (std::uint64_t post = 1; post <= 5; ++post) Push(post, {{1}, {2}});
  EXPECT_EQ(DistinctEntries(), 5);
  EXPECT_EQ(DistinctEntries(), 5) << "those that are held stay";
  for (std::uint64_t post = 6; post <= 9; ++post) Push(post, {{1}});
  DistinctEntries();
  EXPECT_EQ(DistinctEntries(), 9);
  clock_.Advance(Duration(12 * 3'600'000));
  EXPECT_THAT(Read({1}), Optional(ElementsAre(9, 8, 7, 6, 5)));
  clock_.Advance(Duration(12 * 3'600'000));
  EXPECT_EQ(DistinctEntries(), 5);
  EXPECT_EQ(State().timelines, 1U);
  EXPECT_THAT(Read({1}), Optional(ElementsAre(9, 8, 7, 6, 5)));
}

TEST_F(MemoryTimelinesTest, RebuildsBeyondTheBoundAreRefusedUntilSomeEnd) {
  Open({.shards = 1, .max_rebuilds = 2});
  const auto token = Begin({1});
  Begin({2});
  const auto refused = RunBlocking(timelines_->BeginRebuild(Home({3}), Deadline::Never()));
  EXPECT_EQ(refused.error().kind(), ErrorKind::kExhausted);
  EXPECT_TRUE(Finish({1}, token, {}));
  Begin({3});
  clock_.Advance(Duration(30'000));
  Begin({4});
  Begin({5});
}

TEST_F(MemoryTimelinesTest, OptionsOutOfBoundsAreRefused) {
  EXPECT_THROW(Open({.capacity = 0}), std::invalid_argument);
  EXPECT_THROW(Open({.capacity = 100'000}), std::invalid_argument);
  EXPECT_THROW(Open({.shards = 0}), std::invalid_argument);
}

TEST(FaultyTimelinesTest, APushCanFailBeforeAndAfterItsEffect) {
  FakeClock clock;
  Metrics metrics;
  MemoryTimelines inner({}, clock, metrics);
  FaultPlan plan;
  FaultyTimelines timelines(inner, plan);
  const TimelineKey key{.kind = kHome, .owner = {1}};
  const std::array owners{AccountId{1}};
  const auto token = RunBlocking(timelines.BeginRebuild(key, Deadline::Never())).value();
  RunBlocking(timelines.FinishRebuild(key, token, {}, Deadline::Never())).value();
  const auto entries = [&] {
    return RunBlocking(inner.Describe(Deadline::Never())).value().entries;
  };

  plan.FailNext(1, "Push");
  EXPECT_FALSE(RunBlocking(timelines.Push(kHome, owners, {{10}, {2}}, Deadline::Never())));
  EXPECT_EQ(entries(), 0U);
  plan.FailNextAfterEffect(1, "Push");
  EXPECT_FALSE(RunBlocking(timelines.Push(kHome, owners, {{10}, {2}}, Deadline::Never())));
  EXPECT_EQ(entries(), 1U);
  EXPECT_EQ(RunBlocking(timelines.Push(kHome, owners, {{10}, {2}}, Deadline::Never())), 1U);
  EXPECT_EQ(entries(), 1U);
}

class TimelinesSnapshotTest : public MemoryTimelinesTest {
 protected:
  TimelinesSnapshotTest()
      : folder_(std::filesystem::temp_directory_path() /
                ("freshet-timelines-" + std::to_string(::getpid()))),
        path_(folder_ / "timelines") {
    std::filesystem::create_directories(folder_);
  }
  ~TimelinesSnapshotTest() override { std::filesystem::remove_all(folder_); }

  // What the golden file holds.
  void BuildTheExample() {
    Build({1}, {20, 10});
    Build({2});
    for (const std::uint64_t post : {30, 40, 50, 60}) Push(post, {{1}, {2}, {3}});
  }
  void ExpectTheExample() {
    EXPECT_THAT(Read({1}), Optional(ElementsAre(60, 50, 40, 30, 20)));
    EXPECT_EQ(Slice({1})->complete_from, PostId{20});
    EXPECT_THAT(Read({2}), Optional(ElementsAre(60, 50, 40, 30)));
    EXPECT_EQ(Slice({2})->complete_from, PostId{0});
    EXPECT_EQ(Slice({2})->entries[0].author, AccountId{1'060});
    EXPECT_EQ(State().timelines, 2U);
  }
  void Restart(TimelinesOptions options = {.capacity = 5, .shards = 8}) { Open(options); }

  std::string Bytes(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Write(std::string_view bytes) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }
  ErrorKind LoadError() {
    const auto loaded = timelines_->Load(path_);
    if (loaded) ADD_FAILURE() << "loaded";
    return loaded ? ErrorKind::kInternal : loaded.error().kind();
  }

  const std::filesystem::path folder_;
  const std::filesystem::path path_;
};

TEST_F(TimelinesSnapshotTest, WhatWasSavedIsThereAfterARestartWithItsPosition) {
  BuildTheExample();
  ASSERT_TRUE(timelines_->Save(path_, "fanout:0=42"));
  Restart();
  EXPECT_EQ(timelines_->Load(path_), "fanout:0=42");
  ExpectTheExample();
  EXPECT_EQ(Push(60, {{1}, {2}}), 2U) << "pushes are repeated from the position on";
  EXPECT_EQ(Push(70, {{1}, {2}}), 2U);
  EXPECT_THAT(Read({2}), Optional(ElementsAre(70, 60, 50, 40, 30)));
}

TEST_F(TimelinesSnapshotTest, NothingIsSavedOfRebuildsUnderWay) {
  const auto token = Begin({1});
  Push(10, {{1}});
  ASSERT_TRUE(timelines_->Save(path_));
  Restart();
  ASSERT_TRUE(timelines_->Load(path_));
  EXPECT_THAT(Read({1}), Eq(std::nullopt));
  EXPECT_EQ(Finish({1}, token, {}).error().kind(), ErrorKind::kConflict);
}

TEST_F(TimelinesSnapshotTest, TheAgeOfATimelineGoesOnWhileTheProgramIsDown) {
  Build({1});
  clock_.Advance(Duration(12 * 3'600'000));
  Build({2});
  ASSERT_TRUE(timelines_->Save(path_));
  clock_.Advance(Duration(12 * 3'600'000));
  Restart();
  ASSERT_TRUE(timelines_->Load(path_));
  EXPECT_THAT(Read({1}), Eq(std::nullopt));
  EXPECT_THAT(Read({2}), Optional(IsEmpty()));
}

TEST_F(TimelinesSnapshotTest, ASmallerCapacityKeepsTheNewest) {
  BuildTheExample();
  ASSERT_TRUE(timelines_->Save(path_));
  Restart({.capacity = 2});
  ASSERT_TRUE(timelines_->Load(path_));
  EXPECT_THAT(Read({2}), Optional(ElementsAre(60, 50)));
  EXPECT_EQ(Slice({2})->complete_from, PostId{50});
}

TEST_F(TimelinesSnapshotTest, ThousandsOfTimelinesComeBack) {
  Restart({.shards = 4});
  std::vector<AccountId> owners;
  for (std::uint64_t owner = 1; owner <= 3'000; ++owner) {
    owners.push_back({owner});
    Build({owner});
  }
  for (std::uint64_t post = 1; post <= 700; ++post) {
    Push(post, post % 2 == 0 ? owners : std::vector<AccountId>{{post}});
  }
  const auto before = State();
  ASSERT_TRUE(timelines_->Save(path_));
  Restart();
  Open({});
  ASSERT_TRUE(timelines_->Load(path_));
  EXPECT_EQ(State().timelines, before.timelines);
  EXPECT_EQ(State().entries, before.entries);
  EXPECT_EQ(Read({699})->size(), 351U);
}

TEST_F(TimelinesSnapshotTest, ADamagedByteAnywhereIsNoticedAndLeavesTheStoreEmpty) {
  BuildTheExample();
  ASSERT_TRUE(timelines_->Save(path_, "p"));
  const std::string whole = Bytes(path_);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    SCOPED_TRACE(i);
    std::string damaged = whole;
    damaged[i] ^= 0x10;
    Write(damaged);
    Restart();
    EXPECT_THAT(LoadError(), testing::AnyOf(ErrorKind::kCorrupt, ErrorKind::kConflict));
    EXPECT_EQ(State().timelines, 0U);
  }
}

TEST_F(TimelinesSnapshotTest, AFileCutShortAnywhereIsNoticed) {
  BuildTheExample();
  ASSERT_TRUE(timelines_->Save(path_, "p"));
  const std::string whole = Bytes(path_);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Write(whole.substr(0, i));
    Restart();
    EXPECT_EQ(LoadError(), ErrorKind::kCorrupt) << i;
    EXPECT_EQ(State().timelines, 0U);
  }
}

TEST_F(TimelinesSnapshotTest, AFileOfANewerVersionIsRefused) {
  ASSERT_TRUE(timelines_->Save(path_));
  std::string bytes = Bytes(path_);
  bytes[8] = 2;
  Write(bytes);
  EXPECT_EQ(LoadError(), ErrorKind::kConflict);
}

TEST_F(TimelinesSnapshotTest, NoFileIsToldFromABadOne) {
  EXPECT_EQ(LoadError(), ErrorKind::kNotFound);
}

TEST_F(TimelinesSnapshotTest, AFailedSaveLeavesTheOldFileAndNoOther) {
  BuildTheExample();
  ASSERT_TRUE(timelines_->Save(path_));
  const auto elsewhere = folder_ / "missing" / "timelines";
  EXPECT_EQ(timelines_->Save(elsewhere).error().kind(), ErrorKind::kUnavailable);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
  Restart();
  ASSERT_TRUE(timelines_->Load(path_));
}

TEST_F(TimelinesSnapshotTest, TheGoldenFileOfVersion1IsReadAndWrittenStill) {
  const auto golden =
      std::filesystem::path(FRESHET_SOURCE_FOLDER) / "tests/golden/timelines-snapshot/v1";
  if (const char* folder = std::getenv("FRESHET_WRITE_GOLDEN")) {
    Restart({.capacity = 5, .shards = 1});
    BuildTheExample();
    ASSERT_TRUE(timelines_->Save(std::filesystem::path(folder) / "v1", "fanout:0=42"));
  }
  Restart();
  EXPECT_EQ(timelines_->Load(golden), "fanout:0=42");
  ExpectTheExample();
  Restart({.capacity = 5, .shards = 1});
  BuildTheExample();
  ASSERT_TRUE(timelines_->Save(path_, "fanout:0=42"));
  EXPECT_EQ(Bytes(path_), Bytes(golden));
}

}  // namespace
}  // namespace freshet::stores
