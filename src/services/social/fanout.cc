#include "services/social/fanout.h"

#include "net/json/json_reader.h"

namespace freshet::social {
namespace {

// A post reaches at most a celebrity's threshold of people, so one event never takes long; the
// deadline is for a store that hangs.
constexpr Duration kEventDeadline{30'000};

std::vector<stores::ActivityItem> AuthorList(const PostEvent& event) {
  return {{.list = {.kind = stores::ActivityKind::kAuthorPosts, .owner = event.author_id},
           .entry = {.id = event.post_id.value, .payload = {}}}};
}

}  // namespace

Fanout::Fanout(FanoutOptions options, Graph& graph, Posts& posts, stores::Timelines& timelines,
               stores::Activity& activity, stores::PubSub& pubsub, const Clock& clock,
               Metrics& metrics)
    : options_(options),
      graph_(graph),
      posts_(posts),
      timelines_(timelines),
      activity_(activity),
      pubsub_(pubsub),
      clock_(clock),
      delivered_(metrics.GetCounter("freshet_fanout_deliveries_total",
                                    "Followers that posts were pushed to")),
      skipped_(metrics.GetCounter("freshet_fanout_celebrity_posts_total",
                                  "Posts that are merged when read instead of pushed")),
      lag_(metrics.GetHistogram("freshet_fanout_lag_seconds",
                                "From a post's creation to its last delivery")) {}

Awaitable<Result<>> Fanout::Handle(std::span<const stores::StoredRecord> records) {
  for (const auto& stored : records) {
    CO_ASSIGN_OR_RETURN(const auto event, net::ReadJson<PostEvent>(stored.record.value));
    const Deadline deadline = Deadline::After(clock_, kEventDeadline);
    if (event.type == PostEventType::kCreated) {
      CO_RETURN_IF_ERROR(co_await Deliver(event, deadline));
      if (!event.imported)
        lag_.Observe(
            std::chrono::duration<double>(clock_.Now() - IdTime(event.post_id.value)).count());
    } else {
      CO_RETURN_IF_ERROR(co_await Withdraw(event, deadline));
    }
  }
  co_return Result<>();
}

Awaitable<Result<>> Fanout::Deliver(const PostEvent& event, Deadline deadline) {
  const AccountId author = event.author_id;
  const stores::TimelineEntry entry{.post = event.post_id, .author = author};
  // The author's list comes first: a timeline that is being rebuilt either finds the post there or
  // is pushed to below.
  CO_RETURN_IF_ERROR(co_await activity_.Put(AuthorList(event), deadline));
  CO_RETURN_IF_ERROR(
      co_await timelines_.Push(stores::TimelineKind::kAuthor, {&author, 1}, entry, deadline));
  CO_RETURN_IF_ERROR(
      co_await timelines_.Push(stores::TimelineKind::kHome, {&author, 1}, entry, deadline));

  stores::Message message;
  if (!event.imported) {
    auto shown = co_await posts_.Show(author, event.post_id, deadline);
    if (!shown && shown.error().kind() == ErrorKind::kNotFound)
      co_return Result<>();  // deleted meanwhile
    if (!shown) co_return std::unexpected(std::move(shown).error());
    std::string text =
        fmt::format(R"({{"id":"{}","event":"post.created","data":{{"post":)", event.post_id.value);
    shown->Write(text);
    text += "}}";
    message = std::make_shared<const std::string>(std::move(text));
    CO_RETURN_IF_ERROR(
        co_await pubsub_.Publish({{stores::ChannelKind::kUser, author.value}}, message, deadline));
  }
  if (event.privacy == Privacy::kPrivate) co_return Result<>();

  CO_ASSIGN_OR_RETURN(const bool celebrity, co_await IsCelebrity(author, deadline));
  if (celebrity) {
    skipped_.Add();
    co_return Result<>();
  }
  co_return co_await ForEachBatch(
      author, event.privacy, deadline,
      [&](std::span<const AccountId> followers) -> Awaitable<Result<>> {
        CO_RETURN_IF_ERROR(
            co_await timelines_.Push(stores::TimelineKind::kHome, followers, entry, deadline));
        delivered_.Add(static_cast<double>(followers.size()));
        if (!message) co_return Result<>();
        std::vector<stores::Channel> channels;
        channels.reserve(followers.size());
        for (const auto follower : followers)
          channels.push_back({stores::ChannelKind::kUser, follower.value});
        CO_RETURN_IF_ERROR(co_await pubsub_.Publish(std::move(channels), message, deadline));
        co_return Result<>();
      });
}

Awaitable<Result<>> Fanout::Withdraw(const PostEvent& event, Deadline deadline) {
  const AccountId author = event.author_id;
  CO_RETURN_IF_ERROR(co_await activity_.Remove(AuthorList(event), deadline));
  CO_RETURN_IF_ERROR(co_await timelines_.Remove(stores::TimelineKind::kAuthor, {&author, 1},
                                                event.post_id, deadline));
  CO_RETURN_IF_ERROR(co_await timelines_.Remove(stores::TimelineKind::kHome, {&author, 1},
                                                event.post_id, deadline));
  const auto message = std::make_shared<const std::string>(fmt::format(
      R"({{"id":"{0}","event":"post.deleted","data":{{"id":"{0}"}}}})", event.post_id.value));
  CO_RETURN_IF_ERROR(
      co_await pubsub_.Publish({{stores::ChannelKind::kUser, author.value}}, message, deadline));
  CO_ASSIGN_OR_RETURN(const bool celebrity, co_await IsCelebrity(author, deadline));
  if (celebrity) co_return Result<>();
  co_return co_await ForEachBatch(
      author, Privacy::kPublic, deadline,
      [&](std::span<const AccountId> followers) -> Awaitable<Result<>> {
        CO_RETURN_IF_ERROR(co_await timelines_.Remove(stores::TimelineKind::kHome, followers,
                                                      event.post_id, deadline));
        std::vector<stores::Channel> channels;
        channels.reserve(followers.size());
        for (const auto follower : followers)
          channels.push_back({stores::ChannelKind::kUser, follower.value});
        CO_RETURN_IF_ERROR(co_await pubsub_.Publish(std::move(channels), message, deadline));
        co_return Result<>();
      });
}

Awaitable<Result<bool>> Fanout::IsCelebrity(AccountId author, Deadline deadline) {
  if (std::ranges::binary_search(*graph_.celebrities().All(), author)) co_return true;
  CO_ASSIGN_OR_RETURN(const auto counts, co_await graph_.FollowerCounts({author}, deadline));
  if (counts.front() < options_.celebrity_threshold) co_return false;
  CO_RETURN_IF_ERROR(co_await graph_.MakeCelebrity(author, deadline));
  co_return true;
}

template <class Visit>
Awaitable<Result<>> Fanout::ForEachBatch(AccountId author, Privacy privacy, Deadline deadline,
                                         Visit visit) {
  FolloweeSet friends;
  if (privacy == Privacy::kFriends) {
    CO_ASSIGN_OR_RETURN(friends, co_await graph_.Followees(author, deadline));
  }
  const auto batch = static_cast<std::size_t>(options_.batch);
  std::vector<AccountId> followers;
  FollowPage::Entry last{};
  for (;;) {
    CO_ASSIGN_OR_RETURN(const auto entries,
                        co_await graph_.FollowersAfter(author, last, batch, deadline));
    followers.clear();
    for (const auto& entry : entries) {
      if (privacy != Privacy::kFriends || friends.Contains(entry.account))
        followers.push_back(entry.account);
    }
    if (!followers.empty())
      CO_RETURN_IF_ERROR(co_await visit(std::span<const AccountId>(followers)));
    if (entries.size() < batch) co_return Result<>();
    last = entries.back();
  }
}

}  // namespace freshet::social
