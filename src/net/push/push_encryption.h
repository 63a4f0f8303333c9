// What a browser's subscription is sent, readable by that browser alone (RFC 8291, RFC 8188).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace freshet::net {

// Longer payloads need not be taken by a push service (RFC 8291 section 4).
inline constexpr std::size_t kMostPushPayload = 3'993;

// The keys of a subscription, as bytes.
struct PushKeys {
  std::string public_key;  // an uncompressed point of P-256: 65 bytes
  std::string auth;        // 16 bytes
};

// From `p256dh` and `auth` as browsers give them, in base64url. Errors: kInvalid for the fields
// keys/p256dh and keys/auth.
Result<PushKeys> ReadPushKeys(std::string_view p256dh, std::string_view auth);

// The body of a push message in the coding aes128gcm, under a key pair and a salt of its own.
// Errors: kInvalid (a payload over kMostPushPayload, a point that is not on the curve).
Result<std::string> EncryptPush(std::string_view payload, const PushKeys& keys);

namespace internal {

// For tests against known answers: the key pair as bytes, the salt of 16.
struct PushSecrets {
  std::string private_key;
  std::string public_key;
  std::string salt;
};
Result<std::string> EncryptPushWith(std::string_view payload, const PushKeys& keys,
                                    const PushSecrets& secrets);

}  // namespace internal
}  // namespace freshet::net
