// Server-Sent Events (WHATWG HTML, section 9.2).
//
//   return EventStreamResponse([this](EventStream& events) -> Awaitable<Result<>> {
//     CO_RETURN_IF_ERROR(co_await events.Send({.id = "7", .event = "post", .data = json}));
//     ...
//   });
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"
#include "net/http/message.h"

namespace freshet::net {

struct ServerSentEvent {
  std::string_view id;  // what the client sends as Last-Event-ID when it comes back; may be empty
  std::string_view event;         // its name; empty for "message"
  std::string_view data;          // any number of lines
  std::optional<Duration> retry;  // how long the client waits before it comes back
};

// Errors of every method: the writer's.
class EventStream {
 public:
  explicit EventStream(BodyWriter& writer) : writer_(writer) {}

  // Line breaks in `id` and `event` become spaces.
  Awaitable<Result<>> Send(const ServerSentEvent& event);
  // A line that clients ignore. Send one now and then, so that proxies keep the connection and a
  // client whose machine has lost its network is noticed.
  Awaitable<Result<>> Heartbeat();

  // The writer's.
  std::stop_token gone() const { return writer_.gone(); }
  std::stop_token finished_sending() const { return writer_.finished_sending(); }

 private:
  BodyWriter& writer_;
};

// The event as it is sent, with the empty line at its end.
std::string FormatEvent(const ServerSentEvent& event);

// A response with the right fields; the stream ends when `run` returns.
Response EventStreamResponse(std::function<Awaitable<Result<>>(EventStream&)> run);

}  // namespace freshet::net
