#include "services/notifications/stream.h"

#include <boost/json/parse.hpp>
#include <unordered_set>
#include <vector>

#include "base/mutex.h"
#include "net/api/problem.h"
#include "net/http/sse.h"
#include "net/json/json_reader.h"

namespace freshet::notifications {
namespace {

constexpr std::uint16_t kGoingAway = 1001;
constexpr std::uint16_t kTokenRefused = 4401;  // the range for applications, RFC 6455 section 7.4.2

struct FirstMessage {
  std::string token;

  static constexpr auto Describe() {
    return Description("FirstMessage", "Signs a WebSocket in.",
                       Field("token", &FirstMessage::token).Length(1, 8'192).Secret());
  }
};

Failure NoToken() {
  return Unauthenticated(
      "Send an access token: in Sec-WebSocket-Protocol, as the first message, or in Authorization.",
      "token_required");
}

// What a Sec-WebSocket-Protocol header offers: a token, and perhaps a name beside it to answer
// with.
struct OfferedProtocols {
  std::string token;
  std::string answer;
};

OfferedProtocols ReadProtocols(std::string_view header) {
  OfferedProtocols offered;
  while (!header.empty()) {
    const auto comma = header.find(',');
    std::string_view item = header.substr(0, comma);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    const bool is_token = item.find('.') != item.rfind('.');  // header.claims.signature
    if (is_token) {
      offered.token = item;
    } else if (offered.answer.empty()) {
      offered.answer = item;
    }
    if (comma == std::string_view::npos) break;
    header.remove_prefix(comma + 1);
  }
  // A browser gives up unless one of its offers comes back.
  if (offered.answer.empty()) offered.answer = offered.token;
  return offered;
}

std::string_view BearerToken(const net::Request& request) {
  const std::string_view header = request.headers.Get("Authorization");
  constexpr std::string_view kScheme = "Bearer ";
  return header.size() > kScheme.size() ? header.substr(kScheme.size()) : std::string_view();
}

stores::Message Share(std::string_view text) { return std::make_shared<const std::string>(text); }

}  // namespace

struct StreamService::Impl {
  Impl(StreamOptions o, stores::PubSub& p, net::Authenticator& a, const net::SessionRevocations& r,
       const Clock& c, Metrics& metrics)
      : options(o),
        pubsub(p),
        authenticator(a),
        revocations(r),
        clock(c),
        open_gauge(metrics.GetGauge("freshet_streams_open", "Connected readers")),
        sent(metrics.GetCounter("freshet_stream_messages_total",
                                "Messages sent to connected readers")),
        resets(metrics.GetCounter("freshet_stream_resets_total",
                                  "Readers that were too slow and start afresh")) {}

  // What a stream ends by.
  struct Reader {
    std::uint64_t session;
    SteadyTime expiry;
  };

  Awaitable<void> ServeWebSocket(net::WebSocket& socket, std::optional<net::Identity> identity);
  Awaitable<void> ForwardToWebSocket(net::WebSocket& socket, stores::Subscription& subscription,
                                     Reader reader);
  Awaitable<Result<>> ServeEvents(net::EventStream& events, net::Identity identity);
  Awaitable<Result<net::Identity>> ReadFirstMessage(net::WebSocket& socket);
  Awaitable<Result<std::unique_ptr<stores::Subscription>>> Subscribe(AccountId account);
  Deadline NextDeadline(const Reader& reader) const {
    return Deadline::At(std::min(reader.expiry, clock.Steady() + options.heartbeat));
  }
  Reader ReaderOf(const net::Identity& identity) const {
    return {.session = identity.session,
            .expiry = clock.Steady() + (identity.expires_at - clock.Now())};
  }
  bool MayRead(const Reader& reader) const {
    return clock.Steady() < reader.expiry && !revocations.IsRevoked(reader.session);
  }

  bool Register(stores::Subscription& subscription) {
    MutexLock lock(mutex);
    if (stopping) return false;
    open.insert(&subscription);
    open_gauge.Set(static_cast<double>(open.size()));
    return true;
  }
  void Unregister(stores::Subscription& subscription) {
    MutexLock lock(mutex);
    open.erase(&subscription);
    open_gauge.Set(static_cast<double>(open.size()));
  }

  const StreamOptions options;
  stores::PubSub& pubsub;
  net::Authenticator& authenticator;
  const net::SessionRevocations& revocations;
  const Clock& clock;
  Mutex mutex;
  std::unordered_set<stores::Subscription*> open GUARDED_BY(mutex);
  bool stopping GUARDED_BY(mutex) = false;
  Gauge open_gauge;
  Counter sent;
  Counter resets;
  const stores::Message ping = Share(R"({"event":"ping"})");
  const stores::Message reset = Share(R"({"event":"reset"})");
};

namespace {

// Keeps a subscription among the open ones as long as it is served.
template <class Registry>
class OpenStream {
 public:
  OpenStream(Registry& registry, stores::Subscription& subscription)
      : registry_(registry),
        subscription_(subscription),
        accepted_(registry.Register(subscription)) {}
  ~OpenStream() {
    if (accepted_) registry_.Unregister(subscription_);
  }
  OpenStream(const OpenStream&) = delete;
  OpenStream& operator=(const OpenStream&) = delete;
  bool accepted() const { return accepted_; }

 private:
  Registry& registry_;
  stores::Subscription& subscription_;
  const bool accepted_;
};

// Clients have nothing to say after the token; reading finds out when they leave.
Awaitable<void> ReadUntilClosed(net::WebSocket& socket, stores::Subscription& subscription) {
  while (co_await socket.Receive(Deadline::Never())) {
  }
  subscription.Close();
}

}  // namespace

Awaitable<Result<std::unique_ptr<stores::Subscription>>> StreamService::Impl::Subscribe(
    AccountId account) {
  return pubsub.Subscribe({{stores::ChannelKind::kUser, account.value}},
                          {.queue_bound = static_cast<std::size_t>(options.queue)},
                          Deadline::After(clock, Duration(5'000)));
}

Awaitable<Result<net::Identity>> StreamService::Impl::ReadFirstMessage(net::WebSocket& socket) {
  const Deadline deadline = Deadline::After(clock, options.authentication_timeout);
  CO_ASSIGN_OR_RETURN(const std::string message, co_await socket.Receive(deadline));
  CO_ASSIGN_OR_RETURN(const auto first, net::ReadJson<FirstMessage>(message));
  CO_ASSIGN_OR_RETURN(auto identity, co_await authenticator.Authenticate(first.token, deadline));
  if (!identity.scopes.Has(net::Scope::kRead))
    co_return Forbidden("The token lacks the scope read.");
  co_return identity;
}

Awaitable<void> StreamService::Impl::ServeWebSocket(net::WebSocket& socket,
                                                    std::optional<net::Identity> identity) {
  if (!identity) {
    auto read = co_await ReadFirstMessage(socket);
    if (!read) {
      socket.Close(kTokenRefused, read.error().code());
      co_return;
    }
    identity = *read;
  }
  auto subscription = co_await Subscribe(identity->account);
  if (!subscription) {
    socket.Close(kGoingAway, "try again");
    co_return;
  }
  const OpenStream stream(*this, **subscription);
  if (!stream.accepted()) {
    socket.Close(kGoingAway, "stopping");
    co_return;
  }
  co_await Both(ForwardToWebSocket(socket, **subscription, ReaderOf(*identity)),
                ReadUntilClosed(socket, **subscription));
}

Awaitable<void> StreamService::Impl::ForwardToWebSocket(net::WebSocket& socket,
                                                        stores::Subscription& subscription,
                                                        Reader reader) {
  for (;;) {
    auto message = co_await subscription.Next(NextDeadline(reader));
    stores::Message next;
    if (!MayRead(reader)) {
      socket.Close(kTokenRefused, "token_expired");
      co_return;
    }
    if (message) {
      next = *std::move(message);
      sent.Add();
    } else if (message.error().kind() == ErrorKind::kExhausted) {
      next = reset;
      resets.Add();
    } else if (message.error().kind() == ErrorKind::kDeadline) {
      next = ping;
    } else {
      socket.Close(kGoingAway, "stopping");
      co_return;
    }
    if (!co_await socket.Send(std::move(next))) co_return;
  }
}

Awaitable<Result<>> StreamService::Impl::ServeEvents(net::EventStream& events,
                                                     net::Identity identity) {
  CO_ASSIGN_OR_RETURN(const auto subscription, co_await Subscribe(identity.account));
  const OpenStream stream(*this, *subscription);
  if (!stream.accepted()) co_return Result<>();
  const Reader reader = ReaderOf(identity);
  for (;;) {
    auto message = co_await subscription->Next(NextDeadline(reader));
    if (!MayRead(reader)) co_return Result<>();
    if (message) {
      const auto parsed = boost::json::parse(**message).as_object();
      CO_RETURN_IF_ERROR(co_await events.Send({.id = std::string(parsed.at("id").as_string()),
                                               .event = std::string(parsed.at("event").as_string()),
                                               .data = **message,
                                               .retry = {}}));
      sent.Add();
    } else if (message.error().kind() == ErrorKind::kExhausted) {
      CO_RETURN_IF_ERROR(
          co_await events.Send({.id = {}, .event = "reset", .data = *reset, .retry = {}}));
      resets.Add();
    } else if (message.error().kind() == ErrorKind::kDeadline) {
      CO_RETURN_IF_ERROR(co_await events.Heartbeat());
    } else {
      co_return Result<>();
    }
  }
}

StreamService::StreamService(StreamOptions options, stores::PubSub& pubsub,
                             net::Authenticator& authenticator,
                             const net::SessionRevocations& revocations, const Clock& clock,
                             Metrics& metrics)
    : impl_(std::make_unique<Impl>(options, pubsub, authenticator, revocations, clock, metrics)) {}

StreamService::~StreamService() = default;

Awaitable<Result<net::Response>> StreamService::Open(const net::Request& request,
                                                     Deadline deadline) {
  const bool websocket = request.headers.Has("Sec-WebSocket-Key");
  const OfferedProtocols offered = ReadProtocols(request.headers.Get("Sec-WebSocket-Protocol"));
  std::string token(BearerToken(request));
  if (token.empty() && websocket) token = offered.token;

  std::optional<net::Identity> identity;
  if (!token.empty()) {
    CO_ASSIGN_OR_RETURN(identity, co_await impl_->authenticator.Authenticate(token, deadline));
    if (!identity->scopes.Has(net::Scope::kRead))
      co_return Forbidden("The token lacks the scope read.", "missing_scope");
  }
  net::Response response;
  if (websocket) {
    if (!offered.answer.empty()) response.headers.Add("Sec-WebSocket-Protocol", offered.answer);
    response.status = 101;
    response.body = net::UpgradeBody([impl = impl_.get(), identity](net::WebSocket& socket) {
      return impl->ServeWebSocket(socket, identity);
    });
    co_return response;
  }
  if (!identity) co_return NoToken();
  co_return net::EventStreamResponse([impl = impl_.get(), identity](net::EventStream& events) {
    return impl->ServeEvents(events, *identity);
  });
}

void StreamService::Stop() {
  MutexLock lock(impl_->mutex);
  impl_->stopping = true;
  for (auto* subscription : impl_->open) subscription->Close();
}

void AddRoutes(net::Routes& routes, StreamService& streams) {
  routes.Get("/v1/stream", net::Scope::kPublic, net::RateClass::kRead)
      .Summary("Live updates")
      .Tag("Live")
      .Doc(
          "A WebSocket, or Server-Sent Events. Messages are {id, event, data}; events: "
          "post.created, post.deleted, ping, and reset "
          "when the reader was too slow and should read its feed afresh.\n\n"
          "A WebSocket sends its access token in Sec-WebSocket-Protocol, or as its first message "
          "{\"token\": \"...\"}; for "
          "Server-Sent Events it comes in the Authorization header.")
      .AnswersWith<101>("", "WebSocket.")
      .AnswersWith<200>("text/event-stream", "Server-Sent Events.")
      .Fails(ErrorKind::kUnauthenticated, ErrorKind::kForbidden)
      .Handle([&streams](const net::Caller& caller,
                         const net::Request& request) -> Awaitable<Result<net::RawResponse>> {
        CO_ASSIGN_OR_RETURN(auto response, co_await streams.Open(request, caller.deadline));
        co_return net::RawResponse{std::move(response)};
      });
}

}  // namespace freshet::notifications
