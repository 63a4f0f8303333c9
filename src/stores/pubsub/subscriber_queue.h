// The messages that wait for one subscriber, and the subscriber that waits for messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/mutex.h"
#include "base/suspend_until.h"
#include "stores/pubsub/pubsub.h"

namespace freshet::stores {

// Thread-safe; one coroutine at a time may call Next.
class SubscriberQueue {
 public:
  explicit SubscriberQueue(std::size_t bound) : bound_(static_cast<std::uint32_t>(bound)) {}
  SubscriberQueue(const SubscriberQueue&) = delete;
  SubscriberQueue& operator=(const SubscriberQueue&) = delete;

  enum class Offered { kTaken, kOverflowed, kDropped };
  // kOverflowed when this message found the queue full: it and all that waited are gone. kDropped
  // while nobody has been told of that, or when closed. `woken` gets whom to resolve once no lock
  // is held.
  Offered Offer(const Message& message, std::vector<SharedResolverPtr<bool>>& woken);

  // Subscription's contract.
  Awaitable<Result<Message>> Next(Deadline deadline, const Clock& clock);
  void Close();

 private:
  // What Next can return at once, if anything.
  std::optional<Result<Message>> Take();
  void Clear() REQUIRES(mutex_);

  Mutex mutex_;
  // A ring that grows up to the bound and is let go when it is empty.
  std::vector<Message> ring_ GUARDED_BY(mutex_);
  std::uint32_t head_ GUARDED_BY(mutex_) = 0;
  std::uint32_t size_ GUARDED_BY(mutex_) = 0;
  const std::uint32_t bound_;
  bool overflowed_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
  SharedResolverPtr<bool> waiting_ GUARDED_BY(mutex_);
};

}  // namespace freshet::stores
