// Random operations on timelines in memory, compared with a source of truth that is never a cache.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "base/io_threads.h"
#include "base/mutex.h"
#include "stores/timelines/memory_timelines.h"

namespace freshet::stores {
namespace {

constexpr std::uint64_t kOwners = 40;
constexpr std::uint64_t kAuthors = 7;

TimelineEntry Entry(std::uint64_t post) { return {{post}, {post % kAuthors + 1}}; }

TimelineKey Key(std::uint64_t number) {
  return {.kind = number % 4 == 0 ? TimelineKind::kAuthor : TimelineKind::kHome,
          .owner = {number + 1}};
}

// What `truth` says a reader must see of a timeline that is complete from `complete_from` on.
std::vector<TimelineEntry> Expected(const std::set<std::uint64_t>& truth, PostId complete_from,
                                    PostId before, std::size_t limit) {
  std::vector<TimelineEntry> entries;
  for (auto post = truth.rbegin(); post != truth.rend() && entries.size() < limit; ++post) {
    if (before && *post >= before.value) continue;
    if (*post < complete_from.value) break;
    entries.push_back(Entry(*post));
  }
  return entries;
}

TimelineSlice SourceOf(const std::set<std::uint64_t>& truth, std::size_t limit) {
  TimelineSlice slice;
  for (auto post = truth.rbegin(); post != truth.rend(); ++post) {
    if (slice.entries.size() == limit) {
      slice.complete_from = PostId{*post + 1};
      break;
    }
    slice.entries.push_back(Entry(*post));
  }
  return slice;
}

class TimelinesModelTest : public testing::TestWithParam<std::uint64_t> {
 protected:
  struct UnderWay {
    std::uint64_t owner;
    RebuildToken token;
    std::optional<TimelineSlice> source;  // once it has been read
    bool dropped = false;
  };

  TimelinesModelTest() : random_(GetParam()) { Restart(); }

  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }

  void Restart() {
    timelines_ = std::make_unique<MemoryTimelines>(
        TimelinesOptions{.capacity = 12, .max_bytes = max_bytes_, .shards = 4}, clock_, metrics_);
  }

  void Step() {
    const std::uint64_t choice = Below(100);
    if (choice < 45) return Push();
    if (choice < 65) return ReadSome();
    if (choice < 72) return Begin();
    if (choice < 82) return Progress();
    if (choice < 88) return Remove();
    if (choice < 91) return ChangeTheSource();
    if (choice < 95) return clock_.Advance(Duration(static_cast<std::int64_t>(Below(12'000))));
    if (choice < 96 && Below(10) == 0) return clock_.Advance(Duration(9 * 3'600'000));
    if (choice < 98) return timelines_->Sweep();
    if (choice == 98 && Below(10) == 0) return SaveAndLoad();
  }

  void Push() {
    // Mostly in order, sometimes late, sometimes again.
    std::uint64_t post = next_post_ += 1 + Below(3);
    if (Below(5) == 0) post -= std::min(post - 1, Below(40));
    const auto kind = Below(4) == 0 ? TimelineKind::kAuthor : TimelineKind::kHome;
    std::vector<AccountId> owners;
    for (std::uint64_t number = 0; number < kOwners; ++number) {
      if (Key(number).kind != kind || Below(3) == 0) continue;
      truth_[number].insert(post);
      owners.push_back(Key(number).owner);
    }
    std::ranges::shuffle(owners, random_);
    RunBlocking(timelines_->Push(kind, owners, Entry(post), Deadline::Never())).value();
  }

  void ReadSome() {
    std::vector<std::uint64_t> numbers;
    std::vector<TimelineKey> keys;
    for (std::uint64_t i = 0; i < 6; ++i) {
      numbers.push_back(Below(kOwners));
      keys.push_back(Key(numbers.back()));
    }
    const PostId before{Below(2) == 0 ? 0 : next_post_ - std::min(next_post_, Below(40))};
    const std::size_t limit = Below(15);
    const auto slices =
        RunBlocking(timelines_->Read(keys, before, limit, Deadline::Never())).value();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (!slices[i]) continue;
      ++present_reads_;
      ASSERT_EQ(slices[i]->entries,
                Expected(truth_[numbers[i]], slices[i]->complete_from, before, limit))
          << "owner " << numbers[i] << ", complete from " << slices[i]->complete_from.value;
    }
  }

  void Begin() {
    const std::uint64_t owner = Below(kOwners);
    const auto token = RunBlocking(timelines_->BeginRebuild(Key(owner), Deadline::Never()));
    under_way_.push_back({owner, token.value(), std::nullopt});
  }

  // Reads the source for a rebuild, or finishes one that has read it.
  void Progress() {
    if (under_way_.empty()) return;
    const auto at = under_way_.begin() + static_cast<std::ptrdiff_t>(Below(under_way_.size()));
    if (!at->source) {
      at->source = SourceOf(truth_[at->owner], Below(20));
      return;
    }
    const auto outcome = RunBlocking(
        timelines_->FinishRebuild(Key(at->owner), at->token, *at->source, Deadline::Never()));
    if (at->dropped) {
      EXPECT_FALSE(outcome) << "a rebuild outlived a drop";
    }
    under_way_.erase(at);
  }

  void Remove() {
    const std::uint64_t post = next_post_ - std::min(next_post_ - 1, Below(20));
    for (const auto kind : {TimelineKind::kHome, TimelineKind::kAuthor}) {
      std::vector<AccountId> owners;
      for (std::uint64_t number = 0; number < kOwners; ++number) {
        if (Key(number).kind != kind) continue;
        truth_[number].erase(post);
        owners.push_back(Key(number).owner);
      }
      RunBlocking(timelines_->Remove(kind, owners, {post}, Deadline::Never())).value();
    }
  }

  // As an unfollow does: an author's posts leave the source, and the timeline is dropped.
  void ChangeTheSource() {
    const std::uint64_t owner = Below(kOwners);
    const AccountId author{Below(kAuthors) + 1};
    std::erase_if(truth_[owner], [&](std::uint64_t post) { return Entry(post).author == author; });
    for (auto& rebuild : under_way_) rebuild.dropped |= rebuild.owner == owner;
    RunBlocking(timelines_->Drop(std::array{Key(owner)}, Deadline::Never())).value();
  }

  void SaveAndLoad() {
    const auto path = std::filesystem::temp_directory_path() /
                      ("freshet-timelines-model-" + std::to_string(::getpid()));
    ASSERT_TRUE(timelines_->Save(path));
    under_way_.clear();
    Restart();
    ASSERT_TRUE(timelines_->Load(path));
    std::filesystem::remove(path);
  }

  std::mt19937_64 random_;
  std::int64_t max_bytes_ = GetParam() % 2 == 0 ? 1 << 20 : 60'000;  // 60 kB: evictions
  FakeClock clock_;
  Metrics metrics_;
  std::unique_ptr<MemoryTimelines> timelines_;
  std::map<std::uint64_t, std::set<std::uint64_t>> truth_;
  std::vector<UnderWay> under_way_;
  std::uint64_t next_post_ = 1'000;
  std::size_t present_reads_ = 0;
};

TEST_P(TimelinesModelTest, ATimelineIsAbsentOrTrue) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  for (int step = 0; step < 6'000 && !HasFatalFailure(); ++step) Step();
  EXPECT_GT(present_reads_, 100U) << "the test hardly ever saw a timeline";
}

INSTANTIATE_TEST_SUITE_P(Seeds, TimelinesModelTest, testing::Range<std::uint64_t>(1, 21));

// Threads push, read, rebuild, drop and sweep at once; a reader must never see anything impossible,
// and when all is quiet each timeline that is left must equal its source.
class TimelinesConcurrencyTest : public testing::Test {
 protected:
  struct Source {
    freshet::Mutex mutex;
    std::set<std::uint64_t> posts GUARDED_BY(mutex);
  };

  void PushSome(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (int i = 0; i < kPushes; ++i) {
      const std::uint64_t post = next_post_.fetch_add(1);
      std::vector<AccountId> owners;
      for (std::uint64_t owner = 1; owner <= kOwners; ++owner) {
        if (random() % 3 == 0) continue;
        owners.push_back({owner});
        freshet::MutexLock lock(sources_[owner].mutex);
        sources_[owner].posts.insert(post);
      }
      RunBlocking(timelines_.Push(TimelineKind::kHome, owners, Entry(post), Deadline::Never()))
          .value();
    }
    pushers_.fetch_sub(1);
  }

  void RebuildAndRead(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    while (pushers_.load() > 0) {
      const std::uint64_t owner = random() % kOwners + 1;
      const TimelineKey key{.kind = TimelineKind::kHome, .owner = {owner}};
      const auto slices = Read(owner);
      if (slices) CheckShape(*slices);
      if (slices && random() % 8 != 0) continue;
      const auto token = RunBlocking(timelines_.BeginRebuild(key, Deadline::Never()));
      TimelineSlice source;
      {
        freshet::MutexLock lock(sources_[owner].mutex);
        source = SourceOf(sources_[owner].posts, 15);
      }
      auto outcome = RunBlocking(
          timelines_.FinishRebuild(key, token.value(), std::move(source), Deadline::Never()));
      EXPECT_TRUE(outcome || outcome.error().kind() == ErrorKind::kConflict);
    }
  }

  void DropAndSweep(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    while (pushers_.load() > 0) {
      const TimelineKey key{.kind = TimelineKind::kHome, .owner = {random() % kOwners + 1}};
      RunBlocking(timelines_.Drop(std::array{key}, Deadline::Never())).value();
      timelines_.Sweep();
    }
  }

  std::optional<TimelineSlice> Read(std::uint64_t owner) {
    const std::array key{TimelineKey{.kind = TimelineKind::kHome, .owner = {owner}}};
    return RunBlocking(timelines_.Read(key, {}, 100, Deadline::Never())).value().at(0);
  }

  static void CheckShape(const TimelineSlice& slice) {
    PostId newer{kMaxIdValue};
    for (const TimelineEntry& entry : slice.entries) {
      ASSERT_LT(entry.post, newer);
      ASSERT_GE(entry.post, slice.complete_from);
      ASSERT_EQ(entry, Entry(entry.post.value)) << "a row was given away while it was held";
      newer = entry.post;
    }
  }

  static constexpr int kPushes = 3'000;
  SystemClock clock_;
  Metrics metrics_;
  MemoryTimelines timelines_{{.capacity = 12, .shards = 4}, clock_, metrics_};
  std::array<Source, kOwners + 1> sources_;
  std::atomic<std::uint64_t> next_post_{1'000};
  std::atomic<int> pushers_{2};
};

TEST_F(TimelinesConcurrencyTest, NoReaderSeesAnythingImpossibleAndTheRestIsTrue) {
  {
    std::vector<std::jthread> threads;
    threads.emplace_back([this] { PushSome(1); });
    threads.emplace_back([this] { PushSome(2); });
    threads.emplace_back([this] { RebuildAndRead(3); });
    threads.emplace_back([this] { RebuildAndRead(4); });
    threads.emplace_back([this] { DropAndSweep(5); });
  }
  for (std::uint64_t owner = 1; owner <= kOwners; ++owner) {
    const auto slice = Read(owner);
    if (!slice) continue;
    freshet::MutexLock lock(sources_[owner].mutex);
    EXPECT_EQ(slice->entries, Expected(sources_[owner].posts, slice->complete_from, {}, 100));
  }
}

}  // namespace
}  // namespace freshet::stores
