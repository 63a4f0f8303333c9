// Publish/subscribe in process: publishing to many who are not there, and what subscribers weigh.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <boost/asio/detached.hpp>
#include <memory>
#include <random>

#include "base/io_threads.h"
#include "stores/pubsub/memory_pubsub.h"

namespace freshet::stores {
namespace {
constexpr std::size_t kChannels = 1'000;

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

// 100,000 people, range(0) of whom are connected; one message to 1,000 random people.
void BM_Publish(benchmark::State& state) {
  boost::asio::io_context context(1);
  SystemClock clock;
  Metrics metrics;
  MemoryPubSub pubsub({}, clock, metrics);
  std::mt19937_64 random(1);
  const auto before = mallinfo2().uordblks;
  std::vector<std::unique_ptr<Subscription>> connected;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    const std::vector<Channel> own{{ChannelKind::kUser, random() % 100'000}};
    connected.push_back(Now(context, pubsub.Subscribe(own, {}, Deadline::Never())).value());
  }
  const auto after = mallinfo2().uordblks;
  const auto message = std::make_shared<const std::string>("{\"kind\":\"post\"}");
  std::size_t delivered = 0;
  for (auto _ : state) {
    std::vector<Channel> channels(kChannels);
    for (auto& channel : channels) channel.id = random() % 100'000;
    delivered +=
        Now(context, pubsub.Publish(std::move(channels), message, Deadline::Never())).value();
  }
  state.counters["channels/s"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * kChannels, benchmark::Counter::kIsRate);
  state.counters["subscribers/publish"] =
      static_cast<double>(delivered) / static_cast<double>(state.iterations());
  if (state.range(0) > 0) {
    const auto people = static_cast<double>(state.range(0));
    state.counters["heap_bytes/subscription"] = static_cast<double>(after - before) / people;
    state.counters["counted_bytes/subscription"] = static_cast<double>(pubsub.bytes()) / people;
  }
}
BENCHMARK(BM_Publish)->Arg(0)->Arg(1'000)->Arg(20'000)->UseRealTime();

// One subscriber, one message through: published, then read.
void BM_RoundTrip(benchmark::State& state) {
  boost::asio::io_context context(1);
  SystemClock clock;
  Metrics metrics;
  MemoryPubSub pubsub({}, clock, metrics);
  const std::vector<Channel> own{{ChannelKind::kUser, 1}};
  const auto ana = Now(context, pubsub.Subscribe(own, {}, Deadline::Never())).value();
  const auto message = std::make_shared<const std::string>("{\"kind\":\"post\"}");
  for (auto _ : state) {
    Now(context, pubsub.Publish(own, message, Deadline::Never())).value();
    benchmark::DoNotOptimize(Now(context, ana->Next(Deadline::Never())));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_RoundTrip);
}  // namespace
}  // namespace freshet::stores
