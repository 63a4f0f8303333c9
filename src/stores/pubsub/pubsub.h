// The port to publish/subscribe: tells those who are connected, and remembers nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"

namespace freshet::stores {

enum class ChannelKind : std::uint8_t {
  kUser,  // "user:{id}": what one person should see at once
  kPost,  // "post:{id}": what stands under a post has changed
};

struct Channel {
  ChannelKind kind = ChannelKind::kUser;
  std::uint64_t id = 0;

  auto operator<=>(const Channel&) const = default;
};

// Immutable and shared by all who receive it.
using Message = std::shared_ptr<const std::string>;

struct SubscriberOptions {
  std::size_t queue_bound = 256;  // messages that may wait for a slow subscriber
};

// One reader of some channels. One coroutine at a time may use it; destruction unsubscribes.
class Subscription {
 public:
  virtual ~Subscription() = default;

  // The next message; waits for it until `deadline`. Errors: kDeadline; kExhausted (code
  // "overflow") once, after messages had to be dropped because the queue was full: what was queued
  // is gone too, and the subscriber must read its state afresh; kUnavailable.
  virtual Awaitable<Result<Message>> Next(Deadline deadline) = 0;

  // Subscribes to exactly these channels from now on; what is queued stays. Not while another call
  // of it is under way on another thread. Errors: kUnavailable, kDeadline (as before, or some of
  // both: do it again).
  virtual Awaitable<Result<>> SetChannels(std::vector<Channel> channels, Deadline deadline) = 0;

  // Puts a message of the subscriber's own among those that wait, as if it had been published.
  // Thread-safe.
  virtual void Offer(Message message) = 0;

  // Makes a waiting Next return kUnavailable (code "closed"), now and for ever. Thread-safe.
  virtual void Close() = 0;
};

// At most once, in the order of publication per channel and publisher, to those subscribed at the
// time. Thread-safe.
class PubSub {
 public:
  virtual ~PubSub() = default;

  // Hands `message` to every subscriber of each channel and returns how many there were. Never
  // waits for a subscriber. Batches of thousands of channels are cheap, most of them without
  // subscribers. Errors: kUnavailable, kDeadline.
  virtual Awaitable<Result<std::size_t>> Publish(std::vector<Channel> channels, Message message,
                                                 Deadline deadline) = 0;

  virtual Awaitable<Result<std::unique_ptr<Subscription>>> Subscribe(std::vector<Channel> channels,
                                                                     SubscriberOptions options,
                                                                     Deadline deadline) = 0;
};

}  // namespace freshet::stores

template <>
struct std::hash<freshet::stores::Channel> {
  std::size_t operator()(freshet::stores::Channel channel) const noexcept {
    return freshet::MixBits(channel.id ^
                            (std::uint64_t{static_cast<std::uint8_t>(channel.kind)} << 56));
  }
};
