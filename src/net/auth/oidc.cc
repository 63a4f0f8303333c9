#include "net/auth/oidc.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <set>
#include <stdexcept>

#include "net/client/http_client.h"

namespace freshet::net {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDocumentBytes = std::size_t{256} << 10;

class HttpDocumentSource final : public DocumentSource {
 public:
  explicit HttpDocumentSource(HttpClient& client) : client_(client) {}

  Awaitable<Result<std::string>> Fetch(std::string url, Deadline deadline) override {
    ClientRequest request{.url = url, .max_response_bytes = kMaxDocumentBytes};
    request.headers.Add("Accept", "application/json");
    CO_ASSIGN_OR_RETURN(auto response, co_await client_.Send(std::move(request), deadline));
    if (response.status != 200) {
      co_return Unavailable(fmt::format("{} answers {}", url, response.status));
    }
    co_return std::move(response.body);
  }

 private:
  HttpClient& client_;
};

// Tokens are worth as much as the way by which their keys came.
bool SafeUrl(std::string_view url) {
  if (url.starts_with("https://")) return true;
  for (std::string_view host : {"http://localhost", "http://127.0.0.1", "http://[::1]"}) {
    if (url.starts_with(host) &&
        (url.size() == host.size() || url[host.size()] == ':' || url[host.size()] == '/')) {
      return true;
    }
  }
  return false;
}

std::string DiscoveryUrl(std::string_view issuer) {
  if (issuer.ends_with('/')) issuer.remove_suffix(1);
  return fmt::format("{}/.well-known/openid-configuration", issuer);
}

Result<std::string> JwksUri(std::string_view issuer, std::string_view document) {
  boost::system::error_code malformed;
  const json::value value = json::parse(document, malformed);
  const auto text = [&](std::string_view name) -> std::string {
    const json::value* member =
        malformed || !value.is_object() ? nullptr : value.get_object().if_contains(name);
    return member != nullptr && member->is_string() ? std::string(member->get_string())
                                                    : std::string();
  };
  if (text("issuer") != issuer) {
    return Unavailable(fmt::format("the discovery document of {} names another issuer", issuer));
  }
  std::string uri = text("jwks_uri");
  if (!SafeUrl(uri)) {
    return Unavailable(fmt::format("the discovery document of {} names no safe jwks_uri", issuer));
  }
  return uri;
}

}  // namespace

std::unique_ptr<DocumentSource> MakeHttpDocumentSource(HttpClient& client) {
  return std::make_unique<HttpDocumentSource>(client);
}

Result<OidcIssuer> ParseOidcIssuer(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos || space == 0 || space + 1 == text.size() ||
      text.find(' ', space + 1) != std::string_view::npos || !SafeUrl(text.substr(0, space))) {
    return Invalid("an issuer is \"<issuer URL> <audience>\", with an https URL");
  }
  return OidcIssuer{std::string(text.substr(0, space)), std::string(text.substr(space + 1))};
}

std::string_view OidcOptions::CheckIssuers(const std::vector<std::string>& issuers) {
  std::set<std::string> seen;
  for (const std::string& text : issuers) {
    const auto issuer = ParseOidcIssuer(text);
    if (!issuer) {
      return "must be \"<issuer URL> <audience>\" each, with an https URL, or http on this machine";
    }
    if (!seen.insert(issuer->issuer).second) return "must name each issuer once";
  }
  return {};
}

// One issuer and what is known of its keys.
struct OidcIssuers::Held {
  explicit Held(OidcIssuer configured) : issuer(std::move(configured)) {}
  const OidcIssuer issuer;
  Mutex mutex;
  std::shared_ptr<const std::vector<VerificationKey>> keys
      GUARDED_BY(mutex);  // null: never fetched
  SteadyTime fetched_at GUARDED_BY(mutex);
  std::optional<SteadyTime> tried_at GUARDED_BY(mutex);
  std::optional<std::stop_source> fetching GUARDED_BY(mutex);
};

OidcIssuers::OidcIssuers(OidcOptions options, DocumentSource& source, const Clock& clock,
                         Logger& logger)
    : options_(std::move(options)),
      scopes_(Scopes::Parse(options_.scopes)),
      source_(source),
      clock_(clock),
      logger_(logger),
      fetches_("oidc", logger) {
  const std::string_view wrong = OidcOptions::CheckIssuers(options_.issuers);
  if (!wrong.empty()) throw std::invalid_argument(fmt::format("oidc.issuers {}", wrong));
  for (const std::string& text : options_.issuers) {
    auto held = std::make_unique<Held>(ParseOidcIssuer(text).value());
    held_.emplace(held->issuer.issuer, std::move(held));
  }
}

OidcIssuers::~OidcIssuers() = default;

const OidcIssuer* OidcIssuers::Find(std::string_view issuer) const {
  const auto found = held_.find(issuer);
  return found == held_.end() ? nullptr : &found->second->issuer;
}

OidcIssuers::Held& OidcIssuers::HeldFor(const OidcIssuer& issuer) const {
  return *held_.find(issuer.issuer)->second;
}

namespace {
const VerificationKey* Pick(const std::vector<VerificationKey>& keys, const Jws& jws) {
  const VerificationKey* only = nullptr;
  for (const VerificationKey& key : keys) {
    if (key.algorithm() != jws.algorithm) continue;
    if (!jws.key_id.empty()) {
      if (key.id() == jws.key_id) return &key;
    } else if (only != nullptr) {
      return nullptr;  // which of them is not said
    } else {
      only = &key;
    }
  }
  return only;
}
}  // namespace

Awaitable<Result<VerificationKey>> OidcIssuers::KeyFor(const OidcIssuer& issuer, const Jws& jws,
                                                       Deadline deadline) {
  Held& held = HeldFor(issuer);
  const Executor executor = co_await boost::asio::this_coro::executor;
  for (bool waited = false;; waited = true) {
    if (deadline.Expired(clock_)) {
      co_return DeadlineExceeded(fmt::format("the keys of {} did not arrive", issuer.issuer));
    }
    std::shared_ptr<const std::vector<VerificationKey>> keys;
    SteadyTime fetched_at;
    {
      MutexLock lock(held.mutex);
      keys = held.keys;
      fetched_at = held.fetched_at;
    }
    const auto age = clock_.Steady() - fetched_at;
    if (keys && age >= options_.keys_for + options_.stale_keys_for) keys = nullptr;
    const VerificationKey* key = keys ? Pick(*keys, jws) : nullptr;
    if (key != nullptr && age < options_.keys_for) co_return *key;
    const auto fetching =
        Fetching(held, {.unknown_key = key == nullptr, .may_start = !waited}, executor);
    if (key != nullptr) co_return *key;  // a little old; the fetch goes on without us
    if (!fetching) {
      if (keys) co_return Unauthenticated("the token's key is not known", "token_unknown_key");
      co_return Unavailable(fmt::format("the keys of {} cannot be fetched", issuer.issuer));
    }
    // A little longer than what remains, which is cut to milliseconds.
    const Duration longest = 2 * options_.fetch_timeout;
    co_await Sleep(std::min(deadline.Remaining(clock_), longest) + Duration(1), *fetching);
  }
}

std::optional<std::stop_token> OidcIssuers::Fetching(Held& held, FetchWish wish,
                                                     Executor executor) {
  std::stop_source done;
  {
    MutexLock lock(held.mutex);
    if (held.fetching) return held.fetching->get_token();
    const auto now = clock_.Steady();
    const bool wanted = wish.unknown_key || now - held.fetched_at >= options_.keys_for;
    if (!wish.may_start || !wanted ||
        (held.tried_at && now - *held.tried_at < options_.fetch_pause)) {
      return std::nullopt;
    }
    if (fetches_.stop_token().stop_requested()) return std::nullopt;
    held.tried_at = now;
    held.fetching = done;
  }
  fetches_.Spawn(executor, Fetch(held, done));
  return done.get_token();
}

Awaitable<void> OidcIssuers::Fetch(Held& held, std::stop_source done) {
  // However the fetch ends, the next may start and the waiting go on.
  struct Ending {
    ~Ending() {
      {
        MutexLock lock(held.mutex);
        held.fetching.reset();
      }
      done.request_stop();
    }
    Held& held;
    std::stop_source done;
  };
  const Ending ending{held, std::move(done)};
  auto keys = co_await FetchKeys(held.issuer.issuer);
  if (!keys) {
    logger_.Warn("The keys of an issuer were not fetched",
                 {{"issuer", held.issuer.issuer}, {"error", keys.error().ToString()}});
    co_return;
  }
  MutexLock lock(held.mutex);
  held.keys = std::make_shared<const std::vector<VerificationKey>>(*std::move(keys));
  held.fetched_at = clock_.Steady();
}

Awaitable<Result<std::vector<VerificationKey>>> OidcIssuers::FetchKeys(std::string issuer) {
  const Deadline deadline = Deadline::After(clock_, options_.fetch_timeout);
  CO_ASSIGN_OR_RETURN(const auto document, co_await source_.Fetch(DiscoveryUrl(issuer), deadline));
  CO_ASSIGN_OR_RETURN(auto uri, JwksUri(issuer, document));
  CO_ASSIGN_OR_RETURN(const auto set, co_await source_.Fetch(std::move(uri), deadline));
  co_return ParseJwks(set);
}

}  // namespace freshet::net
