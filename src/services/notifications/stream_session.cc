#include "services/notifications/stream_session.h"

#include <fmt/format.h>

#include <algorithm>

#include "net/json/json_writer.h"
#include "services/notifications/live_counts.h"
#include "services/notifications/notifier.h"

namespace freshet::notifications {
namespace {

constexpr Duration kCallDeadline{10'000};
constexpr std::size_t kPostsAtOnce = 100;
constexpr std::string_view kResume = "resume ";

stores::Message Share(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

const stores::Message& PingMessage() {
  static const stores::Message message = Share(R"({"event":"ping"})");
  return message;
}

const stores::Message& ResetMessage() {
  static const stores::Message message = Share(R"({"event":"reset"})");
  return message;
}

// `id` is its place in the list: of a share its own.
stores::Message CreatedMessage(std::uint64_t id, const social::ShownPost& post) {
  std::string text = fmt::format(R"({{"id":"{}","event":"post.created","data":{{"post":)", id);
  post.Write(text);
  return Share(text + "}}");
}

std::string CountsOf(const social::ShownPost& post) {
  return fmt::format(R"({{"id":"{}","counts":{}}})", post.id().value,
                     net::ToJson(post.tallies().counts));
}

// Takes `prefix` and the text up to the next quote from the front of `rest`.
std::string_view TakeQuoted(std::string_view& rest, std::string_view prefix) {
  if (!rest.starts_with(prefix)) return {};
  const auto end = rest.find('"', prefix.size());
  if (end == std::string_view::npos) return {};
  const auto text = rest.substr(prefix.size(), end - prefix.size());
  rest.remove_prefix(end + 1);
  if (rest.starts_with(',')) rest.remove_prefix(1);
  return text;
}

}  // namespace

Envelope ReadEnvelope(std::string_view message) {
  if (message.starts_with('{')) message.remove_prefix(1);
  Envelope envelope;
  envelope.id = TakeQuoted(message, R"("id":")");
  envelope.event = TakeQuoted(message, R"("event":")");
  return envelope;
}

Deadline StreamSession::Soon() const { return Deadline::After(parts_.clock, kCallDeadline); }

void StreamSession::Resume(std::string_view last_event_id) {
  subscription_.Offer(Share(std::string(kResume) + std::string(last_event_id)));
}

void StreamSession::Ping() { subscription_.Offer(PingMessage()); }

void StreamSession::Refuse(const Error& error) {
  subscription_.Offer(Share(fmt::format(R"({{"event":"error","data":{{"code":{},"detail":{}}}}})",
                                        net::ToJson(error.code()), net::ToJson(error.message()))));
}

Awaitable<Result<>> StreamSession::WatchPosts(const std::vector<PostId>& posts) {
  if (posts.size() > static_cast<std::size_t>(options_.watched_posts)) {
    co_return Invalid(
        fmt::format("Subscribe to at most {} posts at a time.", options_.watched_posts),
        "too_many_posts");
  }
  std::vector<std::uint64_t> ids;
  for (const auto post : posts) ids.push_back(post.value);
  std::ranges::sort(ids);
  const auto repeats = std::ranges::unique(ids);
  ids.erase(repeats.begin(), repeats.end());
  // First the channels, then the counts: what changes in between is told afterwards.
  std::vector<stores::Channel> channels{{stores::ChannelKind::kUser, reader_.value}};
  for (const auto id : ids) channels.push_back({stores::ChannelKind::kPost, id});
  CO_RETURN_IF_ERROR(co_await subscription_.SetChannels(std::move(channels), Soon()));
  CO_ASSIGN_OR_RETURN(const auto shown, co_await parts_.social.Show(reader_, ids, Soon()));
  std::vector<Watched> watched;
  std::string text = R"({"event":"subscribed","data":{"posts":[)";
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!shown[i]) continue;
    const auto before = std::ranges::lower_bound(watched_, PostId{ids[i]}, {}, &Watched::post);
    const bool known = before != watched_.end() && before->post.value == ids[i];
    watched.push_back(known ? *before : Watched{.post = PostId{ids[i]}});
    if (text.back() != '[') text += ',';
    text += CountsOf(*shown[i]);
  }
  watched_ = std::move(watched);
  subscription_.Offer(Share(text + "]}}"));
  co_return Result<>();
}

Awaitable<Result<>> StreamSession::Step(StreamSink& sink, Deadline until) {
  const SteadyTime ping_at = sent_at_ + options_.heartbeat;
  SteadyTime wake_at = std::min(until.at(), ping_at);
  for (const auto& post : watched_) {
    if (post.touched) wake_at = std::min(wake_at, post.next_at);
  }
  auto message = co_await subscription_.Next(Deadline::At(wake_at));
  if (message) {
    CO_RETURN_IF_ERROR(co_await Take(sink, *std::move(message)));
  } else if (message.error().kind() == ErrorKind::kExhausted) {
    counters_.resets.Add();
    CO_RETURN_IF_ERROR(co_await SendNow(sink, ResetMessage()));
  } else if (message.error().kind() != ErrorKind::kDeadline) {
    co_return std::unexpected(std::move(message).error());
  }
  CO_RETURN_IF_ERROR(co_await SendCounts(sink));
  if (parts_.clock.Steady() < sent_at_ + options_.heartbeat) co_return Result<>();
  co_return co_await SendNow(sink, PingMessage());
}

Awaitable<Result<>> StreamSession::SendNow(StreamSink& sink, stores::Message message) {
  CO_RETURN_IF_ERROR(co_await sink.Send(std::move(message)));
  sent_at_ = parts_.clock.Steady();
  co_return Result<>();
}

Awaitable<Result<>> StreamSession::Take(StreamSink& sink, stores::Message message) {
  if (const auto touched = ReadTouched(*message)) {
    const auto post = std::ranges::lower_bound(watched_, *touched, {}, &Watched::post);
    if (post != watched_.end() && post->post == *touched) post->touched = true;
    co_return Result<>();
  }
  if (message->starts_with(kResume)) {
    co_return co_await Replay(sink, std::string_view(*message).substr(kResume.size()));
  }
  if (!replayed_.empty()) {
    const Envelope envelope = ReadEnvelope(*message);
    const auto id = ParseId(envelope.id);
    const bool news = envelope.event == "post.created" || envelope.event == "notification";
    if (news && id && std::ranges::binary_search(replayed_, *id)) co_return Result<>();
  }
  counters_.sent.Add();
  co_return co_await SendNow(sink, std::move(message));
}

Awaitable<Result<>> StreamSession::SendCounts(StreamSink& sink) {
  const SteadyTime now = parts_.clock.Steady();
  std::vector<std::uint64_t> due;
  for (auto& post : watched_) {
    if (!post.touched || post.next_at > now) continue;
    post.touched = false;
    post.next_at = now + options_.counts_interval;
    due.push_back(post.post.value);
  }
  if (due.empty()) co_return Result<>();
  const auto shown = co_await parts_.social.Show(reader_, due, Soon());
  if (!shown) co_return Result<>();  // the next change tells
  for (const auto& post : *shown) {
    if (!post) continue;
    counters_.sent.Add();
    CO_RETURN_IF_ERROR(co_await SendNow(
        sink, Share(fmt::format(R"({{"event":"post.counts","data":{}}})", CountsOf(*post)))));
  }
  co_return Result<>();
}

Awaitable<Result<>> StreamSession::Replay(StreamSink& sink, std::string_view last_event_id) {
  const auto after = ParseId(last_event_id);
  const auto oldest = FirstIdAt(parts_.clock.Now() - options_.resume_window);
  std::optional<std::vector<Missed>> missed;
  if (after && oldest && *after >= *oldest) {
    if (auto found = co_await FindMissed(*after)) missed = *std::move(found);
  }
  if (!missed) {
    counters_.resets.Add();
    co_return co_await SendNow(sink, ResetMessage());
  }
  counters_.resumed.Add();
  replayed_.clear();
  for (const auto& one : *missed) replayed_.push_back(one.id);
  for (auto& one : *missed) {
    counters_.sent.Add();
    CO_RETURN_IF_ERROR(co_await SendNow(sink, std::move(one.message)));
  }
  co_return Result<>();
}

Awaitable<Result<std::optional<std::vector<StreamSession::Missed>>>> StreamSession::FindMissed(
    std::uint64_t after) {
  const auto most = static_cast<std::size_t>(options_.resume_messages);
  CO_ASSIGN_OR_RETURN(const auto posts, co_await MissedPosts(after));
  if (posts.size() > most) co_return std::nullopt;
  CO_ASSIGN_OR_RETURN(auto missed, co_await MissedNotifications(after));
  if (posts.size() + missed.size() > most) co_return std::nullopt;
  CO_ASSIGN_OR_RETURN(const auto shown,
                      co_await parts_.social.ShowList(
                          {.viewer = reader_, .entries = posts, .began = {}, .owner = {}}, Soon()));
  for (std::size_t i = 0; i < posts.size(); ++i) {
    if (shown[i])
      missed.push_back({.id = posts[i], .message = CreatedMessage(posts[i], *shown[i])});
  }
  std::ranges::sort(missed, {}, &Missed::id);
  co_return missed;
}

Awaitable<Result<std::vector<std::uint64_t>>> StreamSession::MissedPosts(std::uint64_t after) {
  std::vector<std::uint64_t> posts;
  PostId before;
  do {
    CO_ASSIGN_OR_RETURN(const auto page,
                        co_await parts_.social.Latest(reader_, before, kPostsAtOnce, Soon()));
    for (const auto& entry : page.entries) {
      if (entry.post.value > after) posts.push_back(entry.post.value);
    }
    before = page.next;
  } while (before.value > after &&
           posts.size() <= static_cast<std::size_t>(options_.resume_messages));
  co_return posts;
}

Awaitable<Result<std::vector<StreamSession::Missed>>> StreamSession::MissedNotifications(
    std::uint64_t after) {
  std::vector<Missed> missed;
  CO_ASSIGN_OR_RETURN(const auto preferences, co_await parts_.preferences.Find(reader_, Soon()));
  if (preferences.quiet_hours && IsQuiet(*preferences.quiet_hours, parts_.clock.Now())) {
    co_return missed;
  }
  const auto most = static_cast<std::size_t>(options_.resume_messages) + 1;
  CO_ASSIGN_OR_RETURN(auto groups, co_await parts_.inbox.After(reader_, after, most, Soon()));
  std::erase_if(groups, [&](const Group& group) {
    return preferences.types.Of(group.kind) != Delivery::kPush;
  });
  if (groups.empty()) co_return missed;
  CO_ASSIGN_OR_RETURN(const auto rendered,
                      co_await parts_.presenter.Render(reader_, groups, Soon()));
  CO_ASSIGN_OR_RETURN(const auto unread,
                      co_await parts_.presenter.UnreadCount(parts_.inbox, reader_, Soon()));
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!rendered[i]) continue;
    missed.push_back({.id = groups[i].position,
                      .message = NotificationMessage(groups[i].position, *rendered[i], unread)});
  }
  co_return missed;
}

}  // namespace freshet::notifications
