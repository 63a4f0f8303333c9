// The cache in memory: 50 keys at a time, as hydrating a page of a feed does.
#include <benchmark/benchmark.h>

#include <array>
#include <boost/asio/detached.hpp>
#include <memory>
#include <random>

#include "base/io_threads.h"
#include "stores/cache/memory_cache.h"
#include "stores/cache/single_flight.h"

namespace freshet::stores {
namespace {
constexpr CacheSpace kPosts{.number = 1, .name = "post"};
constexpr std::size_t kPage = 50;
constexpr std::size_t kValueBytes = 600;

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

struct Filled {
  explicit Filled(std::int64_t entries, std::int64_t max_bytes = std::int64_t{8} << 30)
      : cache({.max_bytes = max_bytes}, clock, metrics) {
    boost::asio::io_context context(1);
    for (std::int64_t id = 1; id <= entries; ++id) Put(context, static_cast<std::uint64_t>(id));
  }
  void Put(boost::asio::io_context& context, std::uint64_t id) {
    const std::array key{CacheKey{kPosts, id}};
    const auto looked = Now(context, cache.Get(key, Deadline::Never())).value();
    std::vector<CacheEntry> entries(1);
    entries[0] = {.key = key[0],
                  .value = std::make_shared<const std::string>(kValueBytes, 'x'),
                  .ttl = Duration(3'600'000),
                  .lease = looked[0].lease};
    Now(context, cache.Put(std::move(entries), Deadline::Never())).value();
  }
  SystemClock clock;
  Metrics metrics;
  MemoryCache cache;
};

std::unique_ptr<Filled> filled;

void SetUp(const benchmark::State& state) { filled = std::make_unique<Filled>(state.range(0)); }
void TearDown(const benchmark::State&) { filled.reset(); }

// 50 random ones of range(0) entries of 600 bytes.
void BM_GetPage(benchmark::State& state) {
  boost::asio::io_context context(1);
  std::mt19937_64 random(static_cast<std::uint64_t>(state.thread_index()) + 1);
  const auto entries = static_cast<std::uint64_t>(state.range(0));
  std::array<CacheKey, kPage> keys;
  for (auto _ : state) {
    for (auto& key : keys) key = {kPosts, random() % entries + 1};
    benchmark::DoNotOptimize(Now(context, filled->cache.Get(keys, Deadline::Never())));
  }
  state.counters["values/s"] = benchmark::Counter(static_cast<double>(state.iterations()) * kPage,
                                                  benchmark::Counter::kIsRate);
  if (state.thread_index() == 0) {
    const auto held = Now(context, filled->cache.Describe(Deadline::Never())).value();
    state.counters["overhead_bytes"] =
        static_cast<double>(held.bytes) / static_cast<double>(held.entries) - kValueBytes;
  }
}
BENCHMARK(BM_GetPage)
    ->Arg(10'000)
    ->Arg(1'000'000)
    ->Setup(SetUp)
    ->Teardown(TearDown)
    ->Threads(1)
    ->Threads(2)
    ->UseRealTime();

// A miss, its value put, and another evicted.
void BM_FillWhenFull(benchmark::State& state) {
  boost::asio::io_context context(1);
  Filled full(100'000, 64 << 20);
  std::uint64_t id = 1'000'000;
  for (auto _ : state) full.Put(context, ++id);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_FillWhenFull);

void BM_SingleFlightPage(benchmark::State& state) {
  boost::asio::io_context context(1);
  Filled some(100'000);
  SingleFlight posts(
      some.cache, kPosts, {},
      [](std::vector<std::uint64_t> ids, Deadline) -> Awaitable<Result<std::vector<CacheValue>>> {
        co_return std::vector<CacheValue>(ids.size());
      },
      some.clock);
  std::mt19937_64 random(3);
  std::array<std::uint64_t, kPage> ids;
  for (auto _ : state) {
    for (auto& id : ids) id = random() % 100'000 + 1;
    benchmark::DoNotOptimize(Now(context, posts.Get(ids, Deadline::Never())));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kPage));
}
BENCHMARK(BM_SingleFlightPage);
}  // namespace
}  // namespace freshet::stores
