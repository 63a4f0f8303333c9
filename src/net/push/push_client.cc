#include "net/push/push_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "net/client/address_filter.h"
#include "net/http/http_date.h"

namespace freshet::net {
namespace {

constexpr std::size_t kAnswerBytes = 16'384;  // services explain refusals in a few lines
constexpr std::chrono::hours kLongestRetryAfter{24};

Failure BadEndpoint(std::string_view message) {
  return InvalidField("/endpoint", "invalid", std::string(message));
}

// RFC 9110 section 10.2.3: seconds or a date.
std::optional<Duration> RetryAfter(const HeaderFields& headers, Timestamp now) {
  const std::string_view text = Trimmed(headers.Get("Retry-After"));
  if (text.empty()) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  Duration delay = std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, 86'400));
  if (error != std::errc() || end != text.data() + text.size()) {
    const auto date = ParseHttpDate(text);
    if (!date) return std::nullopt;
    delay = std::max<Duration>(*date - now, Duration(0));
  }
  return std::min<Duration>(delay, kLongestRetryAfter);
}

Failure Later(ErrorKind kind, int status, std::optional<Duration> delay) {
  Error error(kind, fmt::format("the push service answered {}", status), "push_service_busy");
  if (delay) return Failure(std::move(error).WithRetryAfter(*delay));
  return Failure(std::move(error));
}

Result<> Judge(const ClientResponse& response, Timestamp now) {
  const int status = response.status;
  if (status >= 200 && status < 300) return {};
  if (status == 404 || status == 410) {
    return NotFound("the push service ended the subscription", "subscription_gone");
  }
  if (status == 429) {
    return Later(ErrorKind::kExhausted, status, RetryAfter(response.headers, now));
  }
  if (status >= 500) {
    return Later(ErrorKind::kUnavailable, status, RetryAfter(response.headers, now));
  }
  return Invalid(fmt::format("the push service answered {}", status), "push_refused");
}

}  // namespace

Result<std::string> PushOrigin(std::string_view endpoint, bool private_allowed) {
  const auto url = boost::urls::parse_uri(endpoint);
  if (!url) return BadEndpoint("must be the endpoint of a browser's subscription, an https URL");
  const bool https = url->scheme_id() == boost::urls::scheme::https;
  if (!https && !(private_allowed && url->scheme_id() == boost::urls::scheme::http)) {
    return BadEndpoint("must begin with https://");
  }
  if (url->encoded_host().empty() || url->has_userinfo()) {
    return BadEndpoint("must name a host, and no user");
  }
  boost::system::error_code none;
  const auto address = boost::asio::ip::make_address(url->host_address(), none);
  if (!none && !private_allowed && !IsPublicAddress(address)) {
    return BadEndpoint("must be at a public address");
  }
  const std::string port = std::string(url->port());
  const bool plain = port.empty() || port == (https ? "443" : "80");
  return fmt::format("{}://{}{}{}", https ? "https" : "http",
                     ToLower(std::string_view(url->encoded_host())), plain ? "" : ":",
                     plain ? "" : port);
}

Awaitable<Result<>> PushClient::Send(PushMessage message, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto origin, PushOrigin(message.endpoint, private_allowed_));
  CO_ASSIGN_OR_RETURN(auto body, EncryptPush(message.payload, message.keys));
  ClientRequest request{.method = Method::kPost,
                        .url = std::move(message.endpoint),
                        .body = std::move(body),
                        .max_response_bytes = kAnswerBytes,
                        .public_addresses_only = !private_allowed_};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(message.time_to_live);
  request.headers.Add("Authorization", vapid_.Authorization(origin, clock_.Now()));
  request.headers.Add("Content-Encoding", "aes128gcm");
  request.headers.Add("Content-Type", "application/octet-stream");
  request.headers.Add("TTL", std::to_string(std::max<std::int64_t>(seconds.count(), 0)));
  request.headers.Add("Urgency", NameOf(message.urgency));
  if (!message.topic.empty()) request.headers.Add("Topic", message.topic);
  CO_ASSIGN_OR_RETURN(const auto response, co_await client_.Send(std::move(request), deadline));
  co_return Judge(response, clock_.Now());
}

}  // namespace freshet::net
