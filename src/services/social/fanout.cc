#include "services/social/fanout.h"

#include <fmt/format.h>

#include <algorithm>

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

stores::Message CreatedMessage(const ShownPost& post) {
  std::string text =
      fmt::format(R"({{"id":"{}","event":"post.created","data":{{"post":)", post.id().value);
  post.Write(text);
  text += "}}";
  return std::make_shared<const std::string>(std::move(text));
}

stores::Message DeletedMessage(PostId id) {
  return std::make_shared<const std::string>(
      fmt::format(R"({{"id":"{0}","event":"post.deleted","data":{{"id":"{0}"}}}})", id.value));
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
    if (!shown && shown.error().kind() == ErrorKind::kNotFound) {
      co_return Result<>();  // deleted meanwhile
    }
    if (!shown) co_return std::unexpected(std::move(shown).error());
    message = CreatedMessage(*shown);
    CO_RETURN_IF_ERROR(co_await Tell({&author, 1}, message, deadline));
  }
  if (event.privacy == Privacy::kPrivate) co_return Result<>();

  CO_ASSIGN_OR_RETURN(const bool celebrity, co_await IsCelebrity(author, deadline));
  if (celebrity) {
    skipped_.Add();
    co_return Result<>();
  }
  FolloweeSet friends;
  if (event.privacy == Privacy::kFriends) {
    CO_ASSIGN_OR_RETURN(friends, co_await graph_.Followees(author, deadline));
  }
  // A post for friends goes to every follower's timeline: who is a friend is decided when it is
  // read, and may have changed by then. Live, only the friends of now are told.
  const auto deliver = [&](std::vector<AccountId>& followers) -> Awaitable<Result<>> {
    CO_RETURN_IF_ERROR(
        co_await timelines_.Push(stores::TimelineKind::kHome, followers, entry, deadline));
    delivered_.Add(static_cast<double>(followers.size()));
    if (!message) co_return Result<>();
    if (event.privacy == Privacy::kFriends) {
      std::erase_if(followers, [&](AccountId follower) { return !friends.Contains(follower); });
    }
    co_return co_await Tell(followers, message, deadline);
  };
  co_return co_await ForEachBatch(author, deadline, deliver);
}

Awaitable<Result<>> Fanout::Withdraw(const PostEvent& event, Deadline deadline) {
  const AccountId author = event.author_id;
  CO_RETURN_IF_ERROR(co_await activity_.Remove(AuthorList(event), deadline));
  CO_RETURN_IF_ERROR(co_await timelines_.Remove(stores::TimelineKind::kAuthor, {&author, 1},
                                                event.post_id, deadline));
  CO_RETURN_IF_ERROR(co_await timelines_.Remove(stores::TimelineKind::kHome, {&author, 1},
                                                event.post_id, deadline));
  const stores::Message message = DeletedMessage(event.post_id);
  CO_RETURN_IF_ERROR(co_await Tell({&author, 1}, message, deadline));
  CO_ASSIGN_OR_RETURN(const bool celebrity, co_await IsCelebrity(author, deadline));
  if (celebrity || event.privacy == Privacy::kPrivate) co_return Result<>();
  const auto withdraw = [&](std::vector<AccountId>& followers) -> Awaitable<Result<>> {
    CO_RETURN_IF_ERROR(co_await timelines_.Remove(stores::TimelineKind::kHome, followers,
                                                  event.post_id, deadline));
    co_return co_await Tell(followers, message, deadline);
  };
  co_return co_await ForEachBatch(author, deadline, withdraw);
}

Awaitable<Result<>> Fanout::Tell(std::span<const AccountId> people, const stores::Message& message,
                                 Deadline deadline) {
  std::vector<stores::Channel> channels;
  channels.reserve(people.size());
  for (const auto person : people) channels.push_back({stores::ChannelKind::kUser, person.value});
  CO_RETURN_IF_ERROR(co_await pubsub_.Publish(std::move(channels), message, deadline));
  co_return Result<>();
}

Awaitable<Result<bool>> Fanout::IsCelebrity(AccountId author, Deadline deadline) {
  if (std::ranges::binary_search(*graph_.celebrities().All(), author)) co_return true;
  CO_ASSIGN_OR_RETURN(const auto counts, co_await graph_.FollowerCounts({author}, deadline));
  if (counts.front() < options_.celebrity_threshold) co_return false;
  CO_RETURN_IF_ERROR(co_await graph_.MakeCelebrity(author, deadline));
  co_return true;
}

template <class Visit>
Awaitable<Result<>> Fanout::ForEachBatch(AccountId author, Deadline deadline, Visit visit) {
  const auto batch = static_cast<std::size_t>(options_.batch);
  std::vector<AccountId> followers;
  FollowPage::Entry last{};
  for (;;) {
    CO_ASSIGN_OR_RETURN(const auto entries,
                        co_await graph_.FollowersAfter(author, last, batch, deadline));
    followers.clear();
    for (const auto& entry : entries) followers.push_back(entry.account);
    if (!followers.empty()) CO_RETURN_IF_ERROR(co_await visit(followers));
    if (entries.size() < batch) co_return Result<>();
    last = entries.back();
  }
}

}  // namespace freshet::social
