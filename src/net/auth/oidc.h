// Tokens of other issuers: OpenID Connect providers whose keys are found by discovery (OpenID
// Connect Discovery 1.0, RFC 8414).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/task_group.h"
#include "net/api/scope.h"
#include "net/auth/jwt.h"
#include "net/auth/signature_key.h"

namespace freshet::net {

class HttpClient;

// An OpenID Connect provider whose tokens are accepted.
struct OidcIssuer {
  std::string issuer;    // its URL, exactly as in the tokens' iss
  std::string audience;  // what the tokens' aud must contain: our client id there
};
// From "<issuer URL> <audience>". Errors: kInvalid (not that; a URL that is neither https nor on
// this machine).
Result<OidcIssuer> ParseOidcIssuer(std::string_view text);

struct OidcOptions {
  std::vector<std::string> issuers;
  std::string scopes = "read write";
  Duration keys_for{std::chrono::hours(1)};
  Duration stale_keys_for{std::chrono::hours(24)};
  Duration fetch_pause{std::chrono::seconds(30)};
  Duration fetch_timeout{std::chrono::seconds(5)};

  static constexpr auto Describe() {
    return Description(
        "oidc", "Tokens of other issuers: OpenID Connect providers.",
        Field("issuers", &OidcOptions::issuers)
            .Check(CheckIssuers)
            .Doc("Whose tokens are accepted: \"<issuer URL> <audience>\" each; https, or http on "
                 "this machine."),
        Field("scopes", &OidcOptions::scopes)
            .Doc("What their tokens may do at most; less when a token itself names some of them."),
        Field("keys_for", &OidcOptions::keys_for)
            .Range(1e3, 8.64e7)
            .Unit("ms")
            .Doc("After this an issuer's keys are fetched again."),
        Field("stale_keys_for", &OidcOptions::stale_keys_for)
            .Range(0, 6.05e8)
            .Unit("ms")
            .Doc("How much longer they serve while the issuer cannot be reached."),
        Field("fetch_pause", &OidcOptions::fetch_pause)
            .Range(1e3, 3.6e6)
            .Unit("ms")
            .Doc("An issuer's keys are not fetched more often than this."),
        Field("fetch_timeout", &OidcOptions::fetch_timeout)
            .Range(100, 6e4)
            .Unit("ms")
            .Doc("For discovery and keys together."));
  }
  static std::string_view CheckIssuers(const std::vector<std::string>& issuers);
};

// Fetches the documents of discovery. Thread-safe.
class DocumentSource {
 public:
  virtual ~DocumentSource() = default;
  // The body of a 200 response, at most 256 KiB, without following redirects.
  // Errors: kUnavailable, kDeadline, kExhausted.
  virtual Awaitable<Result<std::string>> Fetch(std::string url, Deadline deadline) = 0;
};
// `client` must outlive the result.
std::unique_ptr<DocumentSource> MakeHttpDocumentSource(HttpClient& client);

// Who somebody signed in elsewhere is here. Implemented by the accounts service. Thread-safe.
class ExternalAccounts {
 public:
  virtual ~ExternalAccounts() = default;
  // Errors: kNotFound (nobody is linked to this subject), kUnavailable, kDeadline.
  virtual Awaitable<Result<AccountId>> AccountOf(std::string_view issuer, std::string_view subject,
                                                 Deadline deadline) = 0;
};

// The configured issuers and their keys. A key that is not known makes the keys be fetched again,
// one fetch at a time and not more often than fetch_pause, so that made-up key ids do not hammer
// the issuer. Thread-safe. Call Stop before destruction.
class OidcIssuers {
 public:
  // Throws std::invalid_argument for issuers that CheckIssuers refuses. `source` must outlive it.
  OidcIssuers(OidcOptions options, DocumentSource& source, const Clock& clock, Logger& logger);
  ~OidcIssuers();
  OidcIssuers(const OidcIssuers&) = delete;
  OidcIssuers& operator=(const OidcIssuers&) = delete;

  // Null when it is none of the configured ones.
  const OidcIssuer* Find(std::string_view issuer) const;
  // What tokens of these issuers may do at most.
  Scopes scopes() const { return scopes_; }

  // The key that `jws` says it is signed with; when it says none, the issuer's only key of the
  // token's algorithm.
  // Errors: kUnauthenticated with the code token_unknown_key; kUnavailable, kDeadline when the keys
  // are not here and cannot be fetched.
  Awaitable<Result<VerificationKey>> KeyFor(const OidcIssuer& issuer, const Jws& jws,
                                            Deadline deadline);

  Awaitable<void> Stop() { co_await fetches_.Stop(); }

 private:
  struct Held;
  Held& HeldFor(const OidcIssuer& issuer) const;
  struct FetchWish {
    bool unknown_key;  // the keys that are here do not suffice
    bool may_start;
  };
  // What ends when the fetch under way does, after starting one where it is due; nothing when none
  // is under way.
  std::optional<std::stop_token> Fetching(Held& held, FetchWish wish, Executor executor);
  Awaitable<void> Fetch(Held& held, std::stop_source done);
  Awaitable<Result<std::vector<VerificationKey>>> FetchKeys(std::string issuer);

  const OidcOptions options_;
  const Scopes scopes_;
  DocumentSource& source_;
  const Clock& clock_;
  Logger& logger_;
  std::map<std::string, std::unique_ptr<Held>, std::less<>> held_;  // by issuer; never changes
  TaskGroup fetches_;
};

}  // namespace freshet::net
