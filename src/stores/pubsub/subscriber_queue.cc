#include "stores/pubsub/subscriber_queue.h"

#include <algorithm>
#include <utility>

namespace freshet::stores {

SubscriberQueue::Offered SubscriberQueue::Offer(const Message& message,
                                                std::vector<SharedResolverPtr<bool>>& woken) {
  MutexLock lock(mutex_);
  if (closed_ || overflowed_) return Offered::kDropped;
  if (size_ == bound_) {
    Clear();
    overflowed_ = true;
    return Offered::kOverflowed;  // nobody waits before a full queue
  }
  if (size_ == ring_.size()) {
    std::vector<Message> larger(std::min<std::size_t>(std::max<std::size_t>(size_ * 2, 2), bound_));
    for (std::uint32_t i = 0; i < size_; ++i) larger[i] = std::move(ring_[(head_ + i) % size_]);
    ring_ = std::move(larger);
    head_ = 0;
  }
  ring_[(head_ + size_) % ring_.size()] = message;
  ++size_;
  if (waiting_) woken.push_back(std::exchange(waiting_, nullptr));
  return Offered::kTaken;
}

std::optional<Result<Message>> SubscriberQueue::Take() {
  MutexLock lock(mutex_);
  if (closed_) return Unavailable("the subscription is closed", "closed");
  if (std::exchange(overflowed_, false)) {
    return Exhausted("messages were dropped because the subscriber was too slow", "overflow");
  }
  if (size_ == 0) return std::nullopt;
  Message message = std::move(ring_[head_]);
  head_ = static_cast<std::uint32_t>((head_ + 1) % ring_.size());
  // A ring of a few is kept: messages mostly come one at a time.
  if (--size_ == 0 && ring_.size() > 4) Clear();
  return message;
}

Awaitable<Result<Message>> SubscriberQueue::Next(Deadline deadline, const Clock& clock) {
  for (;;) {
    if (deadline.Expired(clock)) co_return DeadlineExceeded("no message came in time");
    if (auto taken = Take()) co_return *std::move(taken);
    const auto woken =
        co_await SuspendUntil<bool>(deadline, clock, [this](SharedResolverPtr<bool> resolver) {
          {
            MutexLock lock(mutex_);
            if (size_ == 0 && !overflowed_ && !closed_) {
              waiting_ = std::move(resolver);
              return;
            }
          }
          resolver->Resolve(true);
        });
    if (!woken) {
      {
        MutexLock lock(mutex_);
        waiting_ = nullptr;
      }
      if (auto taken = Take()) co_return *std::move(taken);
      co_return DeadlineExceeded("no message came in time");
    }
  }
}

void SubscriberQueue::Close() {
  SharedResolverPtr<bool> waiting;
  {
    MutexLock lock(mutex_);
    closed_ = true;
    Clear();
    waiting = std::exchange(waiting_, nullptr);
  }
  if (waiting) waiting->Resolve(true);
}

void SubscriberQueue::Clear() {
  std::vector<Message>().swap(ring_);
  head_ = size_ = 0;
}

}  // namespace freshet::stores
