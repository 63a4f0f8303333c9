// Fan-out into timelines in memory, reading them, and what they weigh.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <boost/asio/detached.hpp>
#include <filesystem>
#include <memory>
#include <random>

#include "base/io_threads.h"
#include "stores/timelines/memory_timelines.h"

namespace freshet::stores {
namespace {
constexpr std::size_t kFollowers = 1'000;
constexpr std::uint64_t kFirstPost = std::uint64_t{1} << 40;

// Runs a coroutine that never waits; RunBlocking would make an io_context each time.
template <class T>
T Now(boost::asio::io_context& context, Awaitable<T> work) {
  std::optional<T> value;
  boost::asio::co_spawn(
      context,
      [](Awaitable<T> inner, std::optional<T>& out) -> Awaitable<void> {
        out.emplace(co_await std::move(inner));
      }(std::move(work), value),
      boost::asio::detached);
  context.restart();
  context.run();
  return std::move(*value);
}

// People with timelines, of whom each post reaches random ones.
struct World {
  World(std::int64_t people_count, std::int64_t entries, std::int64_t shards)
      : people(static_cast<std::size_t>(people_count)),
        timelines({.max_bytes = std::int64_t{16} << 30, .shards = shards}, clock, metrics) {
    boost::asio::io_context context(1);
    std::mt19937_64 random(7);
    // Accounts are named by ids of people who came at some time.
    for (auto& person : people) person = AccountId{random() >> 1};
    for (const AccountId person : people) {
      const TimelineKey key{.kind = TimelineKind::kHome, .owner = person};
      const auto token = Now(context, timelines.BeginRebuild(key, Deadline::Never()));
      Now(context, timelines.FinishRebuild(key, *token, {}, Deadline::Never())).value();
    }
    const auto posts = people_count * entries / static_cast<std::int64_t>(kFollowers);
    for (std::int64_t i = 0; i < posts; ++i) Publish(context, random);
  }

  std::size_t Publish(boost::asio::io_context& context, std::mt19937_64& random) {
    std::array<AccountId, kFollowers> followers;
    for (auto& follower : followers) follower = people[random() % people.size()];
    const TimelineEntry entry{.post = {next_post.fetch_add(1)}, .author = {random() % 100'000 + 1}};
    return Now(context, timelines.Push(TimelineKind::kHome, followers, entry, Deadline::Never()))
        .value();
  }

  SystemClock clock;
  Metrics metrics;
  std::atomic<std::uint64_t> next_post{kFirstPost};
  std::vector<AccountId> people;
  MemoryTimelines timelines;
};

std::unique_ptr<World> world;
std::array<std::int64_t, 3> world_arguments;

// Filling a world takes seconds, so the next benchmark with the same one takes it over.
void SetUp(const benchmark::State& state) {
  const std::array arguments{state.range(0), state.range(1), state.range(2)};
  if (world && world_arguments == arguments) return;
  world.reset();
  world = std::make_unique<World>(arguments[0], arguments[1], arguments[2]);
  world_arguments = arguments;
}

void ReportMemory(benchmark::State& state) {
  boost::asio::io_context context(1);
  world->timelines.Sweep();
  const auto held = Now(context, world->timelines.Describe(Deadline::Never())).value();
  state.counters["bytes_per_entry"] = static_cast<double>(held.bytes) /
                                      static_cast<double>(std::max<std::uint64_t>(held.entries, 1));
  state.counters["entries"] = static_cast<double>(held.entries);
  state.counters["MB"] = static_cast<double>(held.bytes) / 1e6;
}

// range(0) timelines with about range(1) entries, range(2) shards; each iteration delivers one post
// to 1,000 random owners.
void BM_Push(benchmark::State& state) {
  boost::asio::io_context context(1);
  std::mt19937_64 random(static_cast<std::uint64_t>(state.thread_index()) + 100);
  std::size_t delivered = 0;
  std::vector<std::array<AccountId, kFollowers>> batches(256);
  for (auto& batch : batches) {
    for (auto& follower : batch) follower = world->people[random() % world->people.size()];
  }
  std::size_t next = 0;
  for (auto _ : state) {
    const TimelineEntry entry{.post = {world->next_post.fetch_add(1)},
                              .author = {next % 100'000 + 1}};
    delivered += Now(context, world->timelines.Push(TimelineKind::kHome, batches[next++ % 256],
                                                    entry, Deadline::Never()))
                     .value();
  }
  state.counters["deliveries/s"] =
      benchmark::Counter(static_cast<double>(delivered), benchmark::Counter::kIsRate);
  if (state.thread_index() == 0) ReportMemory(state);
}
BENCHMARK(BM_Push)->Args({100'000, 500, 64})->Setup(SetUp)->Threads(1)->Threads(2)->UseRealTime();

// Owners without timelines.
void BM_PushToAbsent(benchmark::State& state) {
  boost::asio::io_context context(1);
  std::mt19937_64 random(5);
  std::array<AccountId, kFollowers> strangers;
  std::size_t sent = 0;
  for (auto _ : state) {
    state.PauseTiming();
    for (auto& stranger : strangers) stranger = AccountId{random() >> 1};
    state.ResumeTiming();
    const TimelineEntry entry{.post = {world->next_post.fetch_add(1)}, .author = {1}};
    benchmark::DoNotOptimize(Now(
        context, world->timelines.Push(TimelineKind::kHome, strangers, entry, Deadline::Never())));
    sent += strangers.size();
  }
  state.counters["probes/s"] =
      benchmark::Counter(static_cast<double>(sent), benchmark::Counter::kIsRate);
}
BENCHMARK(BM_PushToAbsent)->Args({100'000, 500, 64})->Setup(SetUp)->UseRealTime();

// The newest 50 of one random home timeline.
void BM_ReadHome(benchmark::State& state) {
  boost::asio::io_context context(1);
  std::mt19937_64 random(static_cast<std::uint64_t>(state.thread_index()) + 9);
  for (auto _ : state) {
    const std::array key{TimelineKey{.kind = TimelineKind::kHome,
                                     .owner = world->people[random() % world->people.size()]}};
    benchmark::DoNotOptimize(
        Now(context, world->timelines.Read(key, PostId{}, 50, Deadline::Never())));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_ReadHome)
    ->Args({100'000, 500, 64})
    ->Setup(SetUp)
    ->Threads(1)
    ->Threads(2)
    ->UseRealTime();

// The newest 10 of 1,000 timelines in one call: rebuilding a home from the followees' own posts.
void BM_ReadThousand(benchmark::State& state) {
  boost::asio::io_context context(1);
  std::mt19937_64 random(11);
  std::vector<TimelineKey> keys(1'000);
  for (auto _ : state) {
    state.PauseTiming();
    for (auto& key : keys) key.owner = world->people[random() % world->people.size()];
    state.ResumeTiming();
    benchmark::DoNotOptimize(
        Now(context, world->timelines.Read(keys, PostId{}, 10, Deadline::Never())));
  }
  state.SetItemsProcessed(state.iterations() * 1'000);
}
BENCHMARK(BM_ReadThousand)->Args({100'000, 500, 64})->Setup(SetUp)->UseRealTime();

void BM_Sweep(benchmark::State& state) {
  for (auto _ : state) world->timelines.Sweep();
  ReportMemory(state);
}
BENCHMARK(BM_Sweep)
    ->Args({100'000, 500, 64})
    ->Setup(SetUp)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

std::filesystem::path SnapshotPath() {
  return std::filesystem::temp_directory_path() / ("timelines-bench-" + std::to_string(::getpid()));
}

// A planned restart: everything written and synced, then read into an empty store.
void BM_Save(benchmark::State& state) {
  for (auto _ : state) world->timelines.Save(SnapshotPath()).value();
  state.counters["file_MB"] = static_cast<double>(std::filesystem::file_size(SnapshotPath())) / 1e6;
  std::filesystem::remove(SnapshotPath());
  ReportMemory(state);
}
BENCHMARK(BM_Save)
    ->Args({100'000, 500, 64})
    ->Setup(SetUp)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(2)
    ->UseRealTime();

void BM_Load(benchmark::State& state) {
  world->timelines.Save(SnapshotPath()).value();
  for (auto _ : state) {
    MemoryTimelines restarted({.max_bytes = std::int64_t{16} << 30}, world->clock, world->metrics);
    benchmark::DoNotOptimize(restarted.Load(SnapshotPath()).value());
  }
  std::filesystem::remove(SnapshotPath());
}
BENCHMARK(BM_Load)
    ->Args({100'000, 500, 64})
    ->Setup(SetUp)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(2)
    ->UseRealTime();

BENCHMARK(BM_Push)->Args({1'000'000, 30, 64})->Setup(SetUp)->Threads(1)->Threads(2)->UseRealTime();
}  // namespace
}  // namespace freshet::stores
