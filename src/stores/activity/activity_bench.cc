// Durable puts, pages and merges of the embedded activity store.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <memory>
#include <random>

#include "base/io_threads.h"
#include "base/task_group.h"
#include "stores/activity/rocksdb_activity.h"

namespace freshet::stores {
namespace {

constexpr std::size_t kBatch = 500;
constexpr auto kKind = ActivityKind::kAuthorPosts;

class Store {
 public:
  explicit Store(Durability durability) {
    std::filesystem::create_directories(folder_);
    store_ = RocksDbActivity::Open({.durability = durability}, folder_,
                                   {pool_, clock_, logger_, metrics_})
                 .value();
  }
  ~Store() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  Activity& operator*() { return *store_; }
  Activity* operator->() { return store_.get(); }
  Logger& logger() { return logger_; }

 private:
  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("freshet_bench_{}", ::getpid());
  SystemClock clock_;
  Logger logger_{{.level = LogLevel::kError}};
  Metrics metrics_;
  BlockingPool pool_{"bench", 2, 1'000, metrics_};
  std::unique_ptr<RocksDbActivity> store_;
};

std::vector<ActivityItem> Batch(std::mt19937_64& random, std::uint64_t owners, std::uint64_t& id) {
  std::vector<ActivityItem> items;
  for (std::size_t i = 0; i < kBatch; ++i) {
    items.push_back({{kKind, AccountId{random() % owners + 1}}, {++id, std::string(16, 'x')}});
  }
  return items;
}

Awaitable<> PutBatches(Activity& activity, std::uint64_t seed, int batches) {
  std::mt19937_64 random(seed);
  std::uint64_t id = seed << 40;
  for (int i = 0; i < batches; ++i) {
    if (!co_await activity.Put(Batch(random, 1'000'000, id), Deadline::Never())) std::abort();
  }
}

// Batches of 500 items for different owners, from range(1) callers at once.
void Put(benchmark::State& state) {
  Store store(state.range(0) == 0 ? Durability::kFsync : Durability::kOs);
  IoThreads threads(1);
  const auto callers = static_cast<std::uint64_t>(state.range(1));
  std::uint64_t seed = 0;
  constexpr int kEach = 4;
  for (auto _ : state) {
    TaskGroup tasks("bench", store.logger());
    for (std::uint64_t c = 0; c < callers; ++c) {
      tasks.Spawn(threads.At(0), PutBatches(*store, ++seed, kEach));
    }
    tasks.StopBlocking();
  }
  const auto batches = static_cast<double>(state.iterations()) * kEach * double(callers);
  state.counters["batches/s"] = benchmark::Counter(batches, benchmark::Counter::kIsRate);
  state.counters["items/s"] = benchmark::Counter(batches * kBatch, benchmark::Counter::kIsRate);
  state.SetLabel(state.range(0) == 0 ? "fsync" : "os");
}
BENCHMARK(Put)->ArgsProduct({{0, 1}, {1, 16}})->MeasureProcessCPUTime()->UseRealTime();

// 20,000 owners with 50 entries each.
Store& Filled() {
  static Store store(Durability::kOs);
  static const bool filled = [] {
    std::mt19937_64 random(1);
    std::uint64_t id = 0;
    for (int i = 0; i < 2'000; ++i) {
      if (!RunBlocking(store->Put(Batch(random, 20'000, id), Deadline::Never()))) std::abort();
    }
    return true;
  }();
  (void)filled;
  return store;
}

void Page(benchmark::State& state) {
  auto& store = Filled();
  std::mt19937_64 random(2);
  for (auto _ : state) {
    const ActivityList list{kKind, AccountId{random() % 20'000 + 1}};
    benchmark::DoNotOptimize(RunBlocking(store->Page(list, 0, 50, Deadline::Never())));
  }
}
BENCHMARK(Page)->MeasureProcessCPUTime()->UseRealTime();

// The newest 50 entries of range(0) owners.
void Merge(benchmark::State& state) {
  auto& store = Filled();
  std::mt19937_64 random(3);
  std::vector<AccountId> owners;
  for (std::int64_t i = 0; i < state.range(0); ++i) owners.push_back({random() % 20'000 + 1});
  for (auto _ : state) {
    benchmark::DoNotOptimize(RunBlocking(store->Merge(kKind, owners, 0, 50, Deadline::Never())));
  }
}
BENCHMARK(Merge)
    ->Arg(100)
    ->Arg(1'000)
    ->Arg(5'000)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace freshet::stores
