// Hands messages to the push services of browsers (RFC 8030).
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/clock.h"
#include "base/describe.h"
#include "base/result.h"
#include "net/client/http_client.h"
#include "net/push/push_encryption.h"
#include "net/push/vapid.h"

namespace freshet::net {

// RFC 8030 section 5.3: below which battery level a device need not be woken.
enum class PushUrgency { kVeryLow, kLow, kNormal, kHigh };

struct PushMessage {
  std::string endpoint;
  PushKeys keys;
  std::string payload;
  std::string topic;  // replaces what waits under the same topic; at most 32 base64url characters
  PushUrgency urgency = PushUrgency::kNormal;
  Duration time_to_live{};  // how long the service keeps it for a device that is away
};

// The serialised origin of an endpoint (RFC 6454): "https://push.example". Errors: kInvalid for the
// field "/endpoint": no absolute https URL, or one with a user, or of an address that is not
// public; with `private_allowed` plain http and any address pass.
Result<std::string> PushOrigin(std::string_view endpoint, bool private_allowed);

// Thread-safe.
class PushClient {
 public:
  // `client` and `clock` must outlive it.
  PushClient(HttpClient& client, Vapid vapid, bool private_allowed, const Clock& clock)
      : client_(client),
        vapid_(std::move(vapid)),
        private_allowed_(private_allowed),
        clock_(clock) {}

  // Success means that the push service has taken the message over. Errors: kNotFound (code
  // "subscription_gone": it ended, forget it), kInvalid (code "push_refused": this message will
  // never be taken, or PushOrigin's and EncryptPush's), kExhausted (429) and kUnavailable (5xx),
  // both with retry_after where the service gave one; the HTTP client's.
  Awaitable<Result<>> Send(PushMessage message, Deadline deadline);

  const std::string& public_key() const { return vapid_.public_key(); }

 private:
  HttpClient& client_;
  const Vapid vapid_;
  const bool private_allowed_;
  const Clock& clock_;
};

}  // namespace freshet::net

template <>
struct freshet::Enumerators<freshet::net::PushUrgency> {
  using enum freshet::net::PushUrgency;
  static constexpr std::array kNames{std::pair{kVeryLow, "very-low"}, std::pair{kLow, "low"},
                                     std::pair{kNormal, "normal"}, std::pair{kHigh, "high"}};
};
