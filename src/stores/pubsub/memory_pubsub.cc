#include "stores/pubsub/memory_pubsub.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <span>
#include <stdexcept>
#include <utility>

#include "base/flat_index.h"
#include "base/mutex.h"
#include "stores/pubsub/channel_table.h"
#include "stores/pubsub/subscriber_queue.h"

namespace freshet::stores {
namespace {
constexpr std::size_t kLargestQueue = std::size_t{1} << 24;

std::uint64_t HashOf(Channel channel) { return std::hash<Channel>()(channel); }

Failure TooLate() { return DeadlineExceeded("the call came after its deadline"); }

std::vector<Channel> EachOnce(std::vector<Channel> channels) {
  std::ranges::sort(channels);
  const auto repeated = std::ranges::unique(channels);
  channels.erase(repeated.begin(), repeated.end());
  return channels;
}
}  // namespace

struct MemoryPubSub::Impl {
  using Table = ChannelTable<SubscriberQueue>;
  struct alignas(64) LockedTable {
    Mutex mutex;
    Table table GUARDED_BY(mutex);
  };

  Impl(const MemoryPubSubOptions& options, const Clock& system, Metrics& metrics)
      : clock(system),
        published(metrics.GetCounter("freshet_pubsub_published_total", "Messages published")),
        delivered(metrics.GetCounter("freshet_pubsub_delivered_total",
                                     "Messages put into subscribers' queues")),
        overflowed(metrics.GetCounter("freshet_pubsub_overflowed_total",
                                      "Times that a slow subscriber's queue was dropped")),
        subscriptions(metrics.GetGauge("freshet_pubsub_subscriptions", "Subscriptions open")) {
    if (options.shards < 1 || options.shards > 1'024) {
      throw std::invalid_argument("pubsub: an option is out of bounds");
    }
    bits = std::bit_width(static_cast<std::uint64_t>(options.shards - 1));
    for (std::size_t i = 0; i < std::size_t{1} << bits; ++i) {
      tables.push_back(std::make_unique<LockedTable>());
    }
  }

  class OpenSubscription;

  std::size_t Publish(std::span<const Channel> channels, const Message& message);

  const Clock& clock;
  int bits = 0;
  std::vector<std::unique_ptr<LockedTable>> tables;
  std::atomic<std::size_t> subscription_bytes{0};
  Counter published, delivered, overflowed;
  Gauge subscriptions;
};

// Its queue is reached from the tables, under their locks, until the destructor has taken it out.
class MemoryPubSub::Impl::OpenSubscription final : public Subscription {
 public:
  OpenSubscription(Impl& impl, std::vector<Channel> channels, std::size_t bound)
      : impl_(impl), queue_(bound) {
    Replace(std::move(channels));
    impl_.subscription_bytes.fetch_add(sizeof(*this) + kAllocation, std::memory_order_relaxed);
    impl_.subscriptions.Add(1);
  }

  ~OpenSubscription() override {
    Replace({});
    impl_.subscription_bytes.fetch_sub(sizeof(*this) + kAllocation, std::memory_order_relaxed);
    impl_.subscriptions.Add(-1);
  }

  // `channels` sorted, each once.
  void Replace(std::vector<Channel> channels) {
    impl_.subscription_bytes.fetch_sub(links_.capacity() * sizeof(Place),
                                       std::memory_order_relaxed);
    std::vector<Place> kept;
    kept.reserve(channels.size());
    auto old = links_.begin();
    for (const Channel channel : channels) {
      for (; old != links_.end() && old->channel < channel; ++old) Leave(*old);
      if (old != links_.end() && old->channel == channel) {
        kept.push_back(*old++);
      } else {
        kept.push_back(Join(channel));
      }
    }
    for (; old != links_.end(); ++old) Leave(*old);
    links_ = std::move(kept);
    impl_.subscription_bytes.fetch_add(links_.capacity() * sizeof(Place),
                                       std::memory_order_relaxed);
  }

  Awaitable<Result<Message>> Next(Deadline deadline) override {
    return queue_.Next(deadline, impl_.clock);
  }
  Awaitable<Result<>> SetChannels(std::vector<Channel> channels, Deadline deadline) override {
    if (deadline.Expired(impl_.clock)) co_return TooLate();
    Replace(EachOnce(std::move(channels)));
    co_return Result<>();
  }
  void Offer(Message message) override {
    std::vector<SharedResolverPtr<bool>> woken;
    if (queue_.Offer(message, woken) == SubscriberQueue::Offered::kOverflowed) {
      impl_.overflowed.Add();
    }
    for (const auto& resolver : woken) resolver->Resolve(true);
  }
  void Close() override { queue_.Close(); }

 private:
  static constexpr std::size_t kAllocation = 32;  // what the allocator adds
  struct Place {
    Channel channel;
    Table::Link link;
  };
  Place Join(Channel channel) {
    const std::uint64_t hash = HashOf(channel);
    LockedTable& locked = *impl_.tables[ShardOf(hash, impl_.bits)];
    MutexLock lock(locked.mutex);
    return {.channel = channel, .link = locked.table.Add(hash, channel, &queue_)};
  }
  void Leave(const Place& place) {
    const std::uint64_t hash = HashOf(place.channel);
    LockedTable& locked = *impl_.tables[ShardOf(hash, impl_.bits)];
    MutexLock lock(locked.mutex);
    locked.table.Remove(hash, place.link);
  }

  Impl& impl_;
  SubscriberQueue queue_;
  std::vector<Place> links_;
};

std::size_t MemoryPubSub::Impl::Publish(std::span<const Channel> channels, const Message& message) {
  std::size_t subscribers = 0;
  std::size_t taken = 0;
  std::size_t too_slow = 0;
  std::vector<SharedResolverPtr<bool>> woken;
  for (std::size_t start = 0; start < channels.size(); start += ShardBatch::kMost) {
    const auto some = channels.subspan(start, std::min(ShardBatch::kMost, channels.size() - start));
    const ShardBatch batch(some.size(), bits, [&](std::size_t i) { return HashOf(some[i]); });
    batch.ForEachShard(0, [&](std::size_t shard, auto hashes, auto positions) {
      LockedTable& locked = *tables[shard];
      MutexLock lock(locked.mutex);
      for (const std::uint64_t hash : hashes) locked.table.Prefetch(hash);
      for (std::size_t i = 0; i < hashes.size(); ++i) {
        locked.table.ForEach(hashes[i], some[positions[i]], [&](SubscriberQueue& queue) {
          const auto offered = queue.Offer(message, woken);
          ++subscribers;
          taken += offered == SubscriberQueue::Offered::kTaken ? 1 : 0;
          too_slow += offered == SubscriberQueue::Offered::kOverflowed ? 1 : 0;
        });
      }
    });
  }
  for (const auto& resolver : woken) resolver->Resolve(true);
  published.Add();
  if (taken > 0) delivered.Add(static_cast<double>(taken));
  if (too_slow > 0) overflowed.Add(static_cast<double>(too_slow));
  return subscribers;
}

MemoryPubSub::MemoryPubSub(const MemoryPubSubOptions& options, const Clock& clock, Metrics& metrics)
    : impl_(std::make_unique<Impl>(options, clock, metrics)) {}

MemoryPubSub::~MemoryPubSub() = default;

Awaitable<Result<std::size_t>> MemoryPubSub::Publish(std::vector<Channel> channels, Message message,
                                                     Deadline deadline) {
  if (deadline.Expired(impl_->clock)) co_return TooLate();
  co_return impl_->Publish(channels, message);
}

Awaitable<Result<std::unique_ptr<Subscription>>> MemoryPubSub::Subscribe(
    std::vector<Channel> channels, SubscriberOptions options, Deadline deadline) {
  if (deadline.Expired(impl_->clock)) co_return TooLate();
  if (options.queue_bound < 1 || options.queue_bound > kLargestQueue) {
    co_return Invalid("a subscriber's queue holds from 1 to 2^24 messages");
  }
  co_return std::make_unique<Impl::OpenSubscription>(*impl_, EachOnce(std::move(channels)),
                                                     options.queue_bound);
}

std::size_t MemoryPubSub::bytes() const {
  std::size_t sum = impl_->subscription_bytes.load(std::memory_order_relaxed);
  for (const auto& locked : impl_->tables) {
    MutexLock lock(locked->mutex);
    sum += locked->table.bytes();
  }
  return sum;
}

}  // namespace freshet::stores
