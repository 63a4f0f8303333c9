// One WebSocket connection (RFC 6455), after the handshake.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"

namespace freshet::net {

// Used from the coroutine that was given it and from those that it starts on the same executor.
class WebSocket {
 public:
  virtual ~WebSocket() = default;

  // The next whole text message; control frames are answered below. Errors: kUnavailable (closed by
  // either side), kInvalid (over the size limit or not UTF-8: the connection is being closed),
  // kDeadline.
  virtual Awaitable<Result<std::string>> Receive(Deadline deadline) = 0;

  // Sends one text message; concurrent calls queue in order. Bytes are shared, not copied.
  // Errors: kUnavailable; kExhausted (the client reads too slowly and the send queue is full: the
  // connection is being closed).
  virtual Awaitable<Result<>> Send(std::shared_ptr<const std::string> message) = 0;

  // Returns when everything that was sent has been handed to the network: who waits for it after
  // each message never fills the send queue. One coroutine at a time. Errors: kUnavailable.
  virtual Awaitable<Result<>> Flush() = 0;

  // Starts the closing handshake. `code` as in RFC 6455 section 7.4; a waiting Receive returns
  // kUnavailable.
  virtual void Close(std::uint16_t code, std::string_view reason) = 0;
};

}  // namespace freshet::net
