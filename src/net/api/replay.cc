#include "net/api/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <variant>

#include "base/bytes.h"

namespace freshet::net {
namespace {

constexpr std::size_t kLongestKey = 255;
constexpr std::size_t kLargestStoredBody = 256 * 1024;
constexpr std::array<std::string_view, 4> kStoredHeaders{"Content-Type", "Location", "ETag",
                                                         "Link"};

// Each part with its length, so that no two lists of parts are the same text.
std::string Digest(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += fmt::format("{}:{}", part.size(), part);
  return EncodeHex(AsBytes(Sha256(text)));
}

const std::string* TextOf(const Response& response) {
  if (const auto* const text = std::get_if<std::string>(&response.body)) return text;
  const auto* const shared = std::get_if<std::shared_ptr<const std::string>>(&response.body);
  return shared ? shared->get() : nullptr;
}

std::optional<StoredAnswer> ToStored(const Response& response) {
  const std::string* const text = TextOf(response);
  if (!text || text->size() > kLargestStoredBody) return std::nullopt;
  StoredAnswer stored{response.status, {}, *text};
  for (const std::string_view name : kStoredHeaders) {
    if (response.headers.Has(name)) stored.headers.Add(name, response.headers.Get(name));
  }
  return stored;
}

}  // namespace

Result<std::optional<OperationKey>> OperationKeyOf(const RouteInfo& route, const Request& request,
                                                   AccountId account) {
  if (!route.takes_idempotency_key() || !request.headers.Has("Idempotency-Key"))
    return std::nullopt;
  const std::string_view key = request.headers.Get("Idempotency-Key");
  const bool visible = std::ranges::all_of(key, [](char c) { return c > ' ' && c < 0x7f; });
  if (key.empty() || key.size() > kLongestKey || !visible) {
    return Invalid("Idempotency-Key must have 1 to 255 visible ASCII characters.",
                   "invalid_idempotency_key");
  }
  const std::string owner = account ? fmt::format("account {}", account.value) : route.ToString();
  // The body may hold a password: with the key, which nobody keeps, its digest betrays nothing.
  return OperationKey{
      Digest({owner, key}),
      Digest({key, Name(request.method), request.path, request.query, request.body}), account};
}

// Marks an operation as running for as long as it lives.
class Replay::Running {
 public:
  Running(Replay& replay, const std::string& key) : replay_(replay), key_(key) {
    MutexLock lock(replay_.mutex_);
    first_ = replay_.running_.insert(key_).second;
  }
  ~Running() {
    if (!first_) return;
    MutexLock lock(replay_.mutex_);
    replay_.running_.erase(key_);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  bool first() const { return first_; }

 private:
  Replay& replay_;
  const std::string& key_;
  bool first_ = false;
};

Awaitable<Result<Response>> Replay::Once(const OperationKey& operation, Deadline deadline,
                                         const Run& run) {
  const Running running(*this, operation.key);
  if (!running.first()) {
    co_return Failure(Error(ErrorKind::kConflict,
                            "The first request with this Idempotency-Key is still running.",
                            "idempotency_key_in_use")
                          .WithRetryAfter(std::chrono::seconds(1)));
  }
  CO_ASSIGN_OR_RETURN(auto found, co_await store_.Find(operation, deadline));
  if (found) {
    Response response;
    response.status = found->status;
    response.headers = std::move(found->headers);
    response.headers.Add("Idempotency-Replayed", "true");
    response.body = std::move(found->body);
    co_return response;
  }
  Outcome outcome = co_await run();
  auto stored = outcome.keep ? ToStored(outcome.response) : std::nullopt;
  if (stored) {
    const auto kept = co_await store_.Store(operation, *std::move(stored), deadline);
    if (!kept) {
      logger_.Warn("an answer could not be kept for its Idempotency-Key",
                   {{"error", kept.error().ToString()}});
    }
  }
  co_return std::move(outcome.response);
}

}  // namespace freshet::net
