// The keys that sign this installation's own tokens.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/blocking_pool.h"
#include "base/clock.h"
#include "base/describe.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/signal.h"
#include "net/auth/signature_key.h"

namespace freshet::net {

struct SigningKeysOptions {
  JwsAlgorithm algorithm = JwsAlgorithm::kEdDsa;
  Duration key_lifetime{std::chrono::days(30)};
  Duration longest_token{std::chrono::days(30)};

  static constexpr auto Describe() {
    return Description(
        "signing_keys", "The keys that sign access tokens.",
        Field("algorithm", &SigningKeysOptions::algorithm)
            .Check([](const JwsAlgorithm& algorithm) -> std::string_view {
              return algorithm == JwsAlgorithm::kRs256 ? "must be EdDSA or ES256" : "";
            })
            .Doc("Of new keys: EdDSA or ES256."),
        Field("key_lifetime", &SigningKeysOptions::key_lifetime)
            .Range(6e4, 3.2e11)
            .Unit("ms")
            .Doc("How long a key signs before a new one takes over."),
        Field("longest_token", &SigningKeysOptions::longest_token)
            .Range(6e4, 3.2e11)
            .Unit("ms")
            .Doc("No token is valid for longer; a replaced key verifies this much longer."));
  }
};

// A folder (0700) of private keys in PEM (0600), each in a file named <created, ms>.<kid>.pem. The
// newest key signs; each verifies until every token that it may have signed has expired, and is
// then removed. Files appear whole or not at all, also after a loss of power. Several processes may
// share the folder: an unknown key id makes KeepRotating look again. Thread-safe.
class SigningKeys {
 public:
  // Creates the folder and the first key where there are none, and rotates what is due.
  // Errors: kInvalid (anybody may read the folder or a file, kRs256 asked for), kCorrupt (a file is
  // not what its name says), kUnavailable (the disk).
  static Result<std::unique_ptr<SigningKeys>> Open(std::filesystem::path folder,
                                                   SigningKeysOptions options, const Clock& clock,
                                                   Logger& logger);

  // The key that signs now.
  std::shared_ptr<const SigningKey> Current() const;
  // The key of this id, if it is known here and may still verify. Never waits for the disk.
  std::optional<VerificationKey> Find(std::string_view key_id);
  // What /.well-known/jwks.json answers.
  std::string PublicJwks() const;

  // Makes a new key when the newest has signed for key_lifetime, and removes keys that no valid
  // token can need. Writes to disk: run it on a thread that may block. Errors: as Open.
  Result<> Rotate();

  // Rotates on `pool` every hour, and within a second of Find's being asked for an unknown id,
  // until `stop` is requested. Run it once.
  Awaitable<void> KeepRotating(BlockingPool& pool, std::stop_token stop);

  Duration longest_token() const { return options_.longest_token; }

 private:
  struct Held {
    Timestamp created;
    std::filesystem::path file;
    std::shared_ptr<const SigningKey> key;
  };
  // Ascending by creation. Never changed once it is shared.
  using Keys = std::vector<Held>;

  SigningKeys(std::filesystem::path folder, SigningKeysOptions options, const Clock& clock,
              Logger& logger);
  Result<> Prepare();
  Result<Keys> Load() const;
  Result<Held> LoadFile(const std::filesystem::path& file) const;
  Result<Held> Create() const;
  bool Retired(const Keys& keys, std::size_t index) const;
  std::shared_ptr<const Keys> Snapshot() const;
  void Publish(Keys keys);

  const std::filesystem::path folder_;
  const SigningKeysOptions options_;
  const Clock& clock_;
  Logger& logger_;
  Mutex disk_;  // held while the folder is read or written; taken before mutex_
  mutable Mutex mutex_;
  std::shared_ptr<const Keys> keys_ GUARDED_BY(mutex_);
  Signal unknown_key_;
};

}  // namespace freshet::net
