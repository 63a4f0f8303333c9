#include "services/notifications/stream.h"

#include <stop_token>
#include <unordered_set>
#include <vector>

#include "base/mutex.h"
#include "net/http/sse.h"
#include "net/json/json_reader.h"

namespace freshet::notifications {
namespace {

constexpr std::uint16_t kGoingAway = 1001;
constexpr std::uint16_t kTokenRefused = 4401;  // the range for applications, RFC 6455 section 7.4.2

// At most so many messages of a client are heeded a second.
constexpr std::chrono::milliseconds kBetweenClientMessages{50};

struct ClientMessage {
  std::optional<std::string> token;
  std::optional<std::string> last_event_id;
  std::optional<Watch> subscribe;

  static constexpr auto Describe() {
    return Description("StreamMessage", "What a client says over a WebSocket.",
                       Field("token", &ClientMessage::token).Length(1, 8'192).Secret(),
                       Field("last_event_id", &ClientMessage::last_event_id).Length(1, 100),
                       Field("subscribe", &ClientMessage::subscribe));
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

// As long as it lasts, a reader may be told things.
struct Permission {
  const Clock* clock;
  const net::SessionRevocations* revocations;
  std::uint64_t session;
  SteadyTime expiry;

  bool Lasts() const { return clock->Steady() < expiry && !revocations->IsRevoked(session); }
};

Failure PermissionEnded() { return Unavailable("the session ended", "token_expired"); }

class WebSocketSink final : public StreamSink {
 public:
  WebSocketSink(net::WebSocket& socket, const Permission& permission)
      : socket_(socket), permission_(permission) {}
  Awaitable<Result<>> Send(stores::Message message) override {
    if (!permission_.Lasts()) co_return PermissionEnded();
    CO_RETURN_IF_ERROR(co_await socket_.Send(std::move(message)));
    co_return co_await socket_.Flush();
  }

 private:
  net::WebSocket& socket_;
  const Permission& permission_;
};

class EventSink final : public StreamSink {
 public:
  EventSink(net::EventStream& events, const Permission& permission)
      : events_(events), permission_(permission) {}
  Awaitable<Result<>> Send(stores::Message message) override {
    if (!permission_.Lasts()) co_return PermissionEnded();
    const Envelope envelope = ReadEnvelope(*message);
    // What a client remembers must not go back: an old post that is deleted has an old id.
    const auto id = ParseId(envelope.id);
    const bool newer = id && *id > newest_;
    if (newer) newest_ = *id;
    co_return co_await events_.Send({.id = newer ? envelope.id : std::string_view(),
                                     .event = envelope.event,
                                     .data = *message,
                                     .retry = {}});
  }

 private:
  net::EventStream& events_;
  const Permission& permission_;
  std::uint64_t newest_ = 0;
};

}  // namespace

struct StreamService::Impl {
  Impl(StreamOptions o, StreamParts p, net::Authenticator& a, const net::SessionRevocations& r,
       Metrics& metrics)
      : options(o),
        parts(p),
        authenticator(a),
        revocations(r),
        open_gauge(metrics.GetGauge("freshet_streams_open", "Connected readers")),
        counters{metrics.GetCounter("freshet_stream_messages_total",
                                    "Messages sent to connected readers"),
                 metrics.GetCounter("freshet_stream_resets_total",
                                    "Readers that were too slow or away for too long and start "
                                    "afresh"),
                 metrics.GetCounter("freshet_stream_resumes_total",
                                    "Readers that came back and were sent what they missed")} {}

  // What the client asked for when it opened the stream.
  struct Beginning {
    std::string last_event_id;
    std::optional<std::vector<PostId>> posts;
  };
  Awaitable<void> ServeWebSocket(net::WebSocket& socket, std::optional<net::Identity> identity,
                                 Beginning beginning);
  Awaitable<void> ForwardToWebSocket(net::WebSocket& socket, StreamSession& session,
                                     const Permission& permission);
  Awaitable<Result<>> ServeEvents(net::EventStream& events, net::Identity identity,
                                  Beginning beginning);
  // Reads the message that signs in; what else it asks for goes to `beginning`.
  Awaitable<Result<net::Identity>> ReadFirstMessage(net::WebSocket& socket, Beginning& beginning);
  Awaitable<Result<std::unique_ptr<stores::Subscription>>> Subscribe(AccountId account);
  Permission PermissionOf(const net::Identity& identity) const {
    const auto left = identity.expires_at - parts.clock.Now();
    return {.clock = &parts.clock,
            .revocations = &revocations,
            .session = identity.session,
            .expiry = parts.clock.Steady() + left};
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
  const StreamParts parts;
  net::Authenticator& authenticator;
  const net::SessionRevocations& revocations;
  Mutex mutex;
  std::unordered_set<stores::Subscription*> open GUARDED_BY(mutex);
  bool stopping GUARDED_BY(mutex) = false;
  Gauge open_gauge;
  StreamCounters counters;
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

Awaitable<Result<>> Heed(StreamSession& session, std::string_view text) {
  CO_ASSIGN_OR_RETURN(const auto message, net::ReadJson<ClientMessage>(text));
  if (message.last_event_id) session.Resume(*message.last_event_id);
  if (message.subscribe) co_return co_await session.WatchPosts(message.subscribe->posts);
  co_return Result<>();
}

// Heeds what the client says; reading also finds out when it leaves.
Awaitable<void> ReadUntilClosed(net::WebSocket& socket, StreamSession& session,
                                stores::Subscription& subscription) {
  for (;;) {
    const auto text = co_await socket.Receive(Deadline::Never());
    if (!text) break;
    if (auto heeded = co_await Heed(session, *text); !heeded) session.Refuse(heeded.error());
    co_await Sleep(kBetweenClientMessages);
  }
  subscription.Close();
}

}  // namespace

Awaitable<Result<std::unique_ptr<stores::Subscription>>> StreamService::Impl::Subscribe(
    AccountId account) {
  return parts.pubsub.Subscribe({{stores::ChannelKind::kUser, account.value}},
                                {.queue_bound = static_cast<std::size_t>(options.queue)},
                                Deadline::After(parts.clock, Duration(5'000)));
}

Awaitable<Result<net::Identity>> StreamService::Impl::ReadFirstMessage(net::WebSocket& socket,
                                                                       Beginning& beginning) {
  const Deadline deadline = Deadline::After(parts.clock, options.authentication_timeout);
  CO_ASSIGN_OR_RETURN(const std::string message, co_await socket.Receive(deadline));
  CO_ASSIGN_OR_RETURN(auto first, net::ReadJson<ClientMessage>(message));
  if (!first.token) co_return NoToken();
  CO_ASSIGN_OR_RETURN(auto identity, co_await authenticator.Authenticate(*first.token, deadline));
  if (!identity.scopes.Has(net::Scope::kRead))
    co_return Forbidden("The token lacks the scope read.");
  if (first.last_event_id) beginning.last_event_id = *std::move(first.last_event_id);
  if (first.subscribe) beginning.posts = std::move(first.subscribe->posts);
  co_return identity;
}

namespace {

Awaitable<void> Begin(StreamSession& session, std::string_view last_event_id,
                      const std::optional<std::vector<PostId>>& posts) {
  if (!last_event_id.empty()) session.Resume(last_event_id);
  if (!posts) co_return;
  if (auto watched = co_await session.WatchPosts(*posts); !watched) session.Refuse(watched.error());
}

}  // namespace

Awaitable<void> StreamService::Impl::ServeWebSocket(net::WebSocket& socket,
                                                    std::optional<net::Identity> identity,
                                                    Beginning beginning) {
  if (!identity) {
    auto read = co_await ReadFirstMessage(socket, beginning);
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
  const Permission permission = PermissionOf(*identity);
  StreamSession session(options, parts, counters, identity->account, **subscription);
  co_await Begin(session, beginning.last_event_id, beginning.posts);
  beginning = {};
  co_await Both(ForwardToWebSocket(socket, session, permission),
                ReadUntilClosed(socket, session, **subscription));
}

Awaitable<void> StreamService::Impl::ForwardToWebSocket(net::WebSocket& socket,
                                                        StreamSession& session,
                                                        const Permission& permission) {
  WebSocketSink sink(socket, permission);
  while (permission.Lasts()) {
    if (co_await session.Step(sink, Deadline::At(permission.expiry))) continue;
    if (!permission.Lasts()) break;
    socket.Close(kGoingAway, "stopping");
    co_return;
  }
  socket.Close(kTokenRefused, "token_expired");
}

Awaitable<Result<>> StreamService::Impl::ServeEvents(net::EventStream& events,
                                                     net::Identity identity, Beginning beginning) {
  CO_ASSIGN_OR_RETURN(const auto subscription, co_await Subscribe(identity.account));
  const OpenStream stream(*this, *subscription);
  if (!stream.accepted()) co_return Result<>();
  const Permission permission = PermissionOf(identity);
  StreamSession session(options, parts, counters, identity.account, *subscription);
  const std::stop_callback leave(events.gone(), [&] { subscription->Close(); });
  // To a ping, a client that has closed answers that it is gone; any other reads on.
  const std::stop_callback ask(events.finished_sending(), [&] { session.Ping(); });
  co_await Begin(session, beginning.last_event_id, beginning.posts);
  EventSink sink(events, permission);
  while (permission.Lasts()) {
    if (!co_await session.Step(sink, Deadline::At(permission.expiry))) break;
  }
  co_return Result<>();
}

StreamService::StreamService(StreamOptions options, StreamParts parts,
                             net::Authenticator& authenticator,
                             const net::SessionRevocations& revocations, Metrics& metrics)
    : impl_(std::make_unique<Impl>(options, parts, authenticator, revocations, metrics)) {}

StreamService::~StreamService() = default;

Awaitable<Result<net::Response>> StreamService::Open(const net::Request& request,
                                                     std::vector<PostId> posts, Deadline deadline) {
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
  Impl::Beginning beginning{.last_event_id = std::string(request.headers.Get("Last-Event-ID")),
                            .posts = {}};
  if (!posts.empty()) beginning.posts = std::move(posts);
  net::Response response;
  if (websocket) {
    if (!offered.answer.empty()) response.headers.Add("Sec-WebSocket-Protocol", offered.answer);
    response.status = 101;
    response.body =
        net::UpgradeBody([impl = impl_.get(), identity, beginning](net::WebSocket& socket) {
          return impl->ServeWebSocket(socket, identity, beginning);
        });
    co_return response;
  }
  if (!identity) co_return NoToken();
  co_return net::EventStreamResponse(
      [impl = impl_.get(), identity, beginning](net::EventStream& events) {
        return impl->ServeEvents(events, *identity, beginning);
      });
}

void StreamService::Stop() {
  MutexLock lock(impl_->mutex);
  impl_->stopping = true;
  for (auto* subscription : impl_->open) subscription->Close();
}

}  // namespace freshet::notifications
