// The nouns of Web Push.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"
#include "net/json/json_types.h"

namespace freshet::notifications {

using PushSubscriptionId = Id<struct PushSubscriptionTag>;

struct PushOptions {
  std::string contact;
  Duration time_to_live{86'400'000};
  std::int32_t subscriptions = 20;
  std::int32_t waiting = 50;
  std::int32_t attempts = 8;
  Duration first_retry{30'000};
  Duration longest_retry{3'600'000};
  Duration timeout{10'000};
  Duration poll_interval{500};
  std::int32_t lanes = 8;
  bool private_addresses = false;

  static constexpr auto Describe() {
    using O = PushOptions;
    return Description(
        "push", "Web Push to browsers that are away. Off until a contact is given.",
        Field("contact", &O::contact)
            .Length(0, 300)
            .Check([](const std::string& uri) -> std::string_view {
              return uri.empty() || uri.starts_with("mailto:") || uri.starts_with("https://")
                         ? ""
                         : "must begin with mailto: or https://";
            })
            .Doc("Where push services reach the operator, such as mailto:admin@example.org; empty: "
                 "no push is sent."),
        Field("time_to_live", &O::time_to_live)
            .Range(1'000, 2.4e9)
            .Unit("ms")
            .Doc("What could not be delivered for so long is dropped, here and at the push "
                 "service; the inbox keeps it."),
        Field("subscriptions", &O::subscriptions)
            .Range(1, 1'000)
            .Doc("Of one person; one more takes the place of the oldest."),
        Field("waiting", &O::waiting)
            .Range(1, 10'000)
            .Doc("Pushes that may wait for one subscription; the oldest are dropped."),
        Field("attempts", &O::attempts).Range(1, 100).Doc("Failures after which one is dropped."),
        Field("first_retry", &O::first_retry)
            .Range(10, 3.6e6)
            .Unit("ms")
            .Doc("Pause after the first failure; doubles with each further one."),
        Field("longest_retry", &O::longest_retry)
            .Range(10, 8.64e7)
            .Unit("ms")
            .Doc("No pause is longer, unless the push service asks for it."),
        Field("timeout", &O::timeout)
            .Range(100, 60'000)
            .Unit("ms")
            .Doc("For a push service to take one message."),
        Field("poll_interval", &O::poll_interval)
            .Range(10, 60'000)
            .Unit("ms")
            .Doc("How often it is looked whether something is due."),
        Field("lanes", &O::lanes)
            .Range(1, 64)
            .Doc("Messages under way at the same time; a slow push service holds up one."),
        Field("private_addresses", &O::private_addresses)
            .Doc("Whether push services may be at private addresses and without TLS: for tests "
                 "alone."));
  }
};

struct PushKey {
  std::string public_key;

  static constexpr auto Describe() {
    return Description("PushKey", "What a browser subscribes with.",
                       Field("public_key", &PushKey::public_key)
                           .Doc("applicationServerKey of PushManager.subscribe(), in base64url."));
  }
};

struct PushSubscriptionKeys {
  std::string p256dh;
  std::string auth;

  static constexpr auto Describe() {
    return Description("PushSubscriptionKeys", "With which messages are encrypted.",
                       Field("p256dh", &PushSubscriptionKeys::p256dh).Length(1, 200),
                       Field("auth", &PushSubscriptionKeys::auth).Length(1, 100));
  }
};

// What PushSubscription.toJSON() gives, member for member.
struct PushSubscribe {
  std::string endpoint;
  PushSubscriptionKeys keys;
  std::optional<net::Nullable<double>> expiration_time;

  static constexpr auto Describe() {
    return Description("PushSubscribe", "A browser's subscription as JSON.stringify() writes it.",
                       Field("endpoint", &PushSubscribe::endpoint).Length(1, 2'000),
                       Field("keys", &PushSubscribe::keys),
                       Field("expirationTime", &PushSubscribe::expiration_time)
                           .Range(0, 9e15)
                           .Unit("ms")
                           .Doc("Taken as browsers send it; the push service decides."));
  }
};

struct PushSubscriptionInfo {
  PushSubscriptionId id;
  std::string service;
  Timestamp created_at;
  bool current = false;

  static constexpr auto Describe() {
    using I = PushSubscriptionInfo;
    return Description(
        "PushSubscription", "A browser that is told of notifications.", Field("id", &I::id),
        Field("service", &I::service).Doc("The origin of its push service."),
        Field("created_at", &I::created_at),
        Field("current", &I::current).Doc("Whether it belongs to the session that asks."));
  }
};

// What a browser gave away of itself, but for what messages to it are encrypted with.
struct ExportedPushSubscription {
  PushSubscriptionId id;
  std::string endpoint;
  Timestamp created_at;

  static constexpr auto Describe() {
    using E = ExportedPushSubscription;
    return Description("ExportedPushSubscription", "A browser that is told of notifications.",
                       Field("id", &E::id), Field("endpoint", &E::endpoint),
                       Field("created_at", &E::created_at));
  }
};

struct PushSubscriptionList {
  std::vector<PushSubscriptionInfo> items;

  static constexpr auto Describe() {
    return Description("PushSubscriptions", "Newest first.",
                       Field("items", &PushSubscriptionList::items));
  }
};

}  // namespace freshet::notifications
