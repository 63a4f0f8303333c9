// Records per second of the embedded event log: appends by durability, records per call and
// concurrent callers; polls from memory and from disk.
#include <benchmark/benchmark.h>

#include <stdexcept>

#include "base/io_threads.h"
#include "base/task_group.h"
#include "stores/log/testing/temporary_event_log.h"

namespace freshet::stores {
namespace {

constexpr std::size_t kValueBytes = 200;
constexpr std::size_t kCallsAtOnce = 5;

std::vector<Record> Records(std::size_t count) {
  std::vector<Record> records;
  for (std::size_t i = 0; i < count; ++i) {
    records.push_back(
        {.key = std::to_string(i), .value = std::string(kValueBytes, 'x'), .headers = {}});
  }
  return records;
}

RocksDbEventLogOptions OptionsFor(std::int64_t fsync) {
  RocksDbEventLogOptions options;
  options.durability = fsync == 1 ? Durability::kFsync : Durability::kOs;
  return options;
}

Awaitable<> AppendTimes(EventLog& log, std::size_t per_call, std::size_t calls) {
  for (std::size_t i = 0; i < calls; ++i) {
    const auto appended = co_await log.Append("posts", Records(per_call), Deadline::Never());
    if (!appended) throw std::runtime_error(appended.error().ToString());
  }
}

void Append(benchmark::State& state) {
  TemporaryEventLog temporary(nullptr, OptionsFor(state.range(0)));
  const auto per_call = static_cast<std::size_t>(state.range(1));
  const auto callers = static_cast<std::size_t>(state.range(2));
  RunBlocking(temporary.log().CreateTopic("posts", {}, Deadline::Never())).value();
  IoThreads threads(1);
  for (auto _ : state) {
    TaskGroup tasks("appends", temporary.logger());
    for (std::size_t i = 0; i < callers; ++i) {
      tasks.Spawn(threads.Next(), AppendTimes(temporary.log(), per_call, kCallsAtOnce));
    }
    tasks.StopBlocking();
  }
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(per_call * callers * kCallsAtOnce));
}
BENCHMARK(Append)
    ->ArgNames({"fsync", "records", "callers"})
    ->ArgsProduct({{0, 1}, {1, 10, 500}, {1, 16}})
    ->ArgsProduct({{0, 1}, {1}, {1'000}})
    ->UseRealTime();

// 100,000 records polled to the end again and again, 500 at a time.
void Poll(benchmark::State& state) {
  constexpr std::size_t kRecords = 100'000;
  const bool from_memory = state.range(0) == 1;
  TemporaryEventLog temporary;
  auto& log = temporary.log();
  RunBlocking(log.CreateTopic("posts", {}, Deadline::Never())).value();
  RunBlocking(AppendTimes(log, 500, kRecords / 500));
  if (!from_memory) temporary.Reopen();
  std::int64_t polled = 0;
  int group = 0;
  for (auto _ : state) {
    auto consumer = RunBlocking(
        temporary.log().Join("group-" + std::to_string(++group), {"posts"}, Deadline::Never()));
    for (;;) {
      const auto batches =
          RunBlocking((*consumer)->Poll(500, Deadline::After(temporary.clock(), Duration(0))));
      if (batches->empty()) break;
      for (const auto& batch : *batches) polled += static_cast<std::int64_t>(batch.records.size());
    }
  }
  state.SetItemsProcessed(polled);
}
BENCHMARK(Poll)->ArgName("memory")->Arg(1)->Arg(0)->UseRealTime();

// One record after the other from append to poll: what a reader waits at least.
void AppendToPoll(benchmark::State& state) {
  TemporaryEventLog temporary(nullptr, OptionsFor(state.range(0)));
  auto& log = temporary.log();
  RunBlocking(log.CreateTopic("posts", {}, Deadline::Never())).value();
  const auto consumer = *RunBlocking(log.Join("fanout", {"posts"}, Deadline::Never()));
  RunBlocking([](EventLog& l, Consumer& c, benchmark::State& s) -> Awaitable<> {
    for (auto _ : s) {
      (void)co_await l.Append("posts", Records(1), Deadline::Never());
      (void)co_await c.Poll(1, Deadline::Never());
    }
  }(log, *consumer, state));
}
BENCHMARK(AppendToPoll)->ArgName("fsync")->Arg(0)->Arg(1)->UseRealTime();

}  // namespace
}  // namespace freshet::stores
