// What programs tell of what people do, as they send it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"

namespace freshet::clickstream {

struct EventSubject {
  std::string kind;
  std::string id;

  static constexpr auto Describe() {
    return Description(
        "EventSubject", "What an event is about.",
        Field("kind", &EventSubject::kind).Length(1, 50).Doc("post, or account for its profile."),
        Field("id", &EventSubject::id).Length(1, 50));
  }
};

struct ClientEvent {
  std::string id;
  std::string type;
  EventSubject subject;
  Timestamp at;
  std::optional<std::int64_t> dwell_ms;

  static constexpr auto Describe() {
    using E = ClientEvent;
    return Description("ClientEvent", "Something that the signed-in person did.",
                       Field("id", &E::id)
                           .Length(1, 64)
                           .Doc("Made by the client; an event that is sent again has the same."),
                       Field("type", &E::type).Length(1, 50).Doc("view."),
                       Field("subject", &E::subject),
                       Field("at", &E::at).Doc("When it happened, by the client's clock."),
                       Field("dwell_ms", &E::dwell_ms)
                           .Range(0, 3.6e6)
                           .Unit("ms")
                           .Doc("How long it was in sight."));
  }
};

struct EventBatch {
  std::vector<ClientEvent> events;

  static constexpr auto Describe() {
    return Description("EventBatch", "Events, in the order in which they happened.",
                       Field("events", &EventBatch::events).Length(1, 100));
  }
};

struct RejectedEvent {
  std::int64_t index = 0;
  std::string code;
  std::string message;

  static constexpr auto Describe() {
    return Description("RejectedEvent", "An event that was left out.",
                       Field("index", &RejectedEvent::index).Doc("In the batch, from 0."),
                       Field("code", &RejectedEvent::code),
                       Field("message", &RejectedEvent::message));
  }
};

struct Collected {
  std::int64_t accepted = 0;
  std::vector<RejectedEvent> rejected;

  static constexpr auto Describe() {
    return Description("Collected", "What came of a batch.",
                       Field("accepted", &Collected::accepted),
                       Field("rejected", &Collected::rejected).Doc("Do not send these again."));
  }
};

}  // namespace freshet::clickstream
