// Acknowledged likes, reads, and what sets and restarts cost.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <memory>
#include <random>

#include "base/io_threads.h"
#include "base/task_group.h"
#include "stores/counters/member_set.h"
#include "stores/counters/memory_counters.h"
#include "stores/log/testing/temporary_event_log.h"

namespace freshet::stores {
namespace {

constexpr CounterSpace kLikes{1, "post_likes"};

class Bench {
 public:
  explicit Bench(Durability durability)
      : log_(nullptr, {.durability = durability}), logger_({.level = LogLevel::kError}) {
    Reopen();
  }
  void Reopen() {
    counters_.reset();
    counters_ =
        RunBlocking(MemoryCounters::Open({}, log_.folder() / "counters" / "snapshot",
                                         {log_.log(), pool_, log_.clock(), logger_, metrics_},
                                         Deadline::Never()))
            .value();
  }
  MemoryCounters& operator*() { return *counters_; }
  MemoryCounters* operator->() { return counters_.get(); }
  Logger& logger() { return logger_; }

 private:
  TemporaryEventLog log_;
  Logger logger_;
  Metrics metrics_;
  BlockingPool pool_{"bench", 1, 100, metrics_};
  std::unique_ptr<MemoryCounters> counters_;
};

Awaitable<> Like(Counters& counters, std::uint64_t seed, int likes, std::uint64_t posts) {
  std::mt19937_64 random(seed);
  for (int i = 0; i < likes; ++i) {
    if (!co_await counters.AddMembers({{{kLikes, random() % posts}, AccountId{random()}}},
                                      Deadline::Never())) {
      std::abort();
    }
  }
}

// One like a call, range(1) callers at once, on range(2) posts.
void Likes(benchmark::State& state) {
  Bench counters(state.range(0) == 0 ? Durability::kFsync : Durability::kOs);
  IoThreads threads(1);
  std::uint64_t seed = 0;
  constexpr int kEach = 10;
  for (auto _ : state) {
    TaskGroup tasks("bench", counters.logger());
    for (std::int64_t c = 0; c < state.range(1); ++c) {
      tasks.Spawn(threads.At(0),
                  Like(*counters, ++seed, kEach, static_cast<std::uint64_t>(state.range(2))));
    }
    tasks.StopBlocking();
  }
  state.counters["likes/s"] =
      benchmark::Counter(static_cast<double>(state.iterations() * state.range(1) * kEach),
                         benchmark::Counter::kIsRate);
  state.SetLabel(state.range(0) == 0 ? "fsync" : "os");
}
BENCHMARK(Likes)
    ->Args({0, 1, 100'000})
    ->Args({0, 1'000, 100'000})
    ->Args({1, 1'000, 100'000})
    ->Args({1, 1'000, 1})
    ->MeasureProcessCPUTime()
    ->UseRealTime();

// A million likes on 100,000 posts.
Bench& Filled() {
  static Bench counters(Durability::kOs);
  static const bool filled = [] {
    std::mt19937_64 random(1);
    for (int batch = 0; batch < 200; ++batch) {
      std::vector<Membership> likes;
      for (int i = 0; i < 5'000; ++i) {
        likes.push_back({{kLikes, random() % 100'000}, AccountId{random()}});
      }
      if (!RunBlocking(counters->AddMembers(std::move(likes), Deadline::Never()))) std::abort();
    }
    return true;
  }();
  (void)filled;
  return counters;
}

// The 50 counts of one page.
void CountPage(benchmark::State& state) {
  auto& counters = Filled();
  std::mt19937_64 random(2);
  for (auto _ : state) {
    std::vector<CounterKey> keys;
    for (int i = 0; i < 50; ++i) keys.push_back({kLikes, random() % 100'000});
    benchmark::DoNotOptimize(RunBlocking(counters->Count(std::move(keys), Deadline::Never())));
  }
}
BENCHMARK(CountPage)->MeasureProcessCPUTime();

// What a page of 50 posts shows its reader: three counts and three memberships each.
void TallyPageByLookups(benchmark::State& state) {
  auto& counters = Filled();
  std::mt19937_64 random(2);
  for (auto _ : state) {
    std::vector<CounterKey> keys;
    std::vector<Membership> memberships;
    for (int i = 0; i < 50; ++i) {
      const std::uint64_t post = random() % 100'000;
      for (const CounterSpace space : {kLikes, CounterSpace{3, "c"}, CounterSpace{4, "s"}}) {
        keys.push_back({space, post});
        memberships.push_back({{space, post}, AccountId{7}});
      }
    }
    benchmark::DoNotOptimize(RunBlocking(counters->Count(std::move(keys), Deadline::Never())));
    benchmark::DoNotOptimize(
        RunBlocking(counters->Contains(std::move(memberships), Deadline::Never())));
  }
}
BENCHMARK(TallyPageByLookups)->MeasureProcessCPUTime();

// The same in one step; two more sets a post, because counts and memberships are of five.
void TallyPage(benchmark::State& state) {
  auto& counters = Filled();
  std::mt19937_64 random(2);
  for (auto _ : state) {
    std::vector<CounterKey> keys;
    for (int i = 0; i < 50; ++i) {
      const std::uint64_t post = random() % 100'000;
      for (std::uint16_t space = 1; space <= 5; ++space) keys.push_back({{space, "x"}, post});
    }
    benchmark::DoNotOptimize(
        RunBlocking(counters->Look(std::move(keys), AccountId{7}, Deadline::Never())));
  }
}
BENCHMARK(TallyPage)->MeasureProcessCPUTime();

void Snapshot(benchmark::State& state) {
  auto& counters = Filled();
  for (auto _ : state) {
    if (!RunBlocking(counters->TakeSnapshot())) std::abort();
  }
}
BENCHMARK(Snapshot)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

void OpenFromSnapshot(benchmark::State& state) {
  auto& counters = Filled();
  if (!RunBlocking(counters->TakeSnapshot())) std::abort();
  for (auto _ : state) counters.Reopen();
}
BENCHMARK(OpenFromSnapshot)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

// Random members into one set of range(0); memory per member.
void FillSet(benchmark::State& state) {
  std::size_t bytes = 0;
  for (auto _ : state) {
    std::mt19937_64 random(3);
    MemberSet set;
    for (std::int64_t i = 0; i < state.range(0); ++i) set.Insert(random());
    bytes = set.bytes() + sizeof(set);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["bytes/member"] = static_cast<double>(bytes) / static_cast<double>(state.range(0));
}
BENCHMARK(FillSet)->Arg(1)->Arg(10)->Arg(100)->Arg(10'000)->Arg(1'000'000);

}  // namespace
}  // namespace freshet::stores
