#include "services/social/fanout.h"

#include <fmt/format.h>

#include <algorithm>

#include "net/json/json_reader.h"

namespace freshet::social {
namespace {

// For a store that hangs; the record is then tried again.
constexpr Duration kCallDeadline{30'000};

stores::ActivityItem AuthorListItem(const PostEvent& event) {
  const auto kind = event.privacy == Privacy::kPrivate ? stores::ActivityKind::kPrivatePosts
                                                       : stores::ActivityKind::kAuthorPosts;
  return {.list = {.kind = kind, .owner = event.author_id},
          .entry = {.id = event.post_id.value, .payload = {}}};
}

// A post for friends is in every follower's timeline, because who is a friend is decided when it is
// read and changes with time; but only the friends of now are told live.
void KeepAudience(const PostEvent& event, const FolloweeSet& friends,
                  std::vector<AccountId>& followers) {
  if (event.privacy != Privacy::kFriends) return;
  std::erase_if(followers, [&](AccountId follower) { return !friends.Contains(follower); });
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
  std::vector<PostEvent> events;
  events.reserve(records.size());
  for (const auto& stored : records) {
    CO_ASSIGN_OR_RETURN(events.emplace_back(), net::ReadJson<PostEvent>(stored.record.value));
  }
  for (std::span<const PostEvent> rest = events; !rest.empty();) {
    const auto run_end = std::ranges::find(rest, PostEventType::kDeleted, &PostEvent::type);
    const auto created = static_cast<std::size_t>(run_end - rest.begin());
    if (created > 0) CO_RETURN_IF_ERROR(co_await DeliverAll(rest.first(created)));
    rest = rest.subspan(created);
    if (rest.empty()) break;
    CO_RETURN_IF_ERROR(co_await Withdraw(rest.front()));
    rest = rest.subspan(1);
  }
  co_return Result<>();
}

Awaitable<Result<>> Fanout::DeliverAll(std::span<const PostEvent> events) {
  // The authors' lists come first: a timeline that is being rebuilt either finds a post there or is
  // pushed to below.
  std::vector<stores::ActivityItem> items;
  std::vector<std::uint64_t> live;
  for (const auto& event : events) {
    items.push_back(AuthorListItem(event));
    if (!event.imported) live.push_back(event.post_id.value);
  }
  CO_RETURN_IF_ERROR(co_await activity_.Put(std::move(items), Soon()));
  CO_RETURN_IF_ERROR(co_await FindCelebrities(events));
  CO_ASSIGN_OR_RETURN(const auto shown, co_await posts_.ForDelivery(live, Soon()));
  std::size_t next_live = 0;
  for (const auto& event : events) {
    std::optional<ShownPost> post;
    if (!event.imported) {
      post = shown[next_live++];
      if (!post) continue;  // deleted meanwhile
    }
    CO_RETURN_IF_ERROR(co_await Deliver(event, post));
    if (event.imported) continue;
    const auto age = clock_.Now() - IdTime(event.post_id.value);
    lag_.Observe(std::chrono::duration<double>(age).count());
  }
  co_return Result<>();
}

Awaitable<Result<>> Fanout::Deliver(const PostEvent& event, const std::optional<ShownPost>& shown) {
  const AccountId author = event.author_id;
  const stores::TimelineEntry entry{.post = event.post_id, .author = author};
  if (event.privacy != Privacy::kPrivate) {
    CO_RETURN_IF_ERROR(
        co_await timelines_.Push(stores::TimelineKind::kAuthor, {&author, 1}, entry, Soon()));
  }
  CO_RETURN_IF_ERROR(
      co_await timelines_.Push(stores::TimelineKind::kHome, {&author, 1}, entry, Soon()));
  stores::Message message;
  if (shown) {
    message = CreatedMessage(*shown);
    CO_RETURN_IF_ERROR(co_await Tell({&author, 1}, message));
  }
  if (event.privacy == Privacy::kPrivate) co_return Result<>();
  if (IsCelebrity(author)) {
    skipped_.Add();
    co_return Result<>();
  }
  CO_ASSIGN_OR_RETURN(const FolloweeSet friends, co_await FriendsFor(event));
  const auto deliver = [&](std::vector<AccountId>& followers) -> Awaitable<Result<>> {
    CO_RETURN_IF_ERROR(
        co_await timelines_.Push(stores::TimelineKind::kHome, followers, entry, Soon()));
    delivered_.Add(static_cast<double>(followers.size()));
    if (!message) co_return Result<>();
    KeepAudience(event, friends, followers);
    co_return co_await Tell(followers, message);
  };
  co_return co_await ForEachBatch(author, deliver);
}

Awaitable<Result<>> Fanout::Withdraw(const PostEvent& event) {
  const AccountId author = event.author_id;
  CO_RETURN_IF_ERROR(co_await posts_.Forget(event.post_id, Soon()));
  CO_RETURN_IF_ERROR(co_await activity_.Remove({AuthorListItem(event)}, Soon()));
  CO_RETURN_IF_ERROR(co_await timelines_.Remove(stores::TimelineKind::kAuthor, {&author, 1},
                                                event.post_id, Soon()));
  CO_RETURN_IF_ERROR(
      co_await timelines_.Remove(stores::TimelineKind::kHome, {&author, 1}, event.post_id, Soon()));
  const stores::Message message = DeletedMessage(event.post_id);
  CO_RETURN_IF_ERROR(co_await Tell({&author, 1}, message));
  if (IsCelebrity(author) || event.privacy == Privacy::kPrivate) co_return Result<>();
  CO_ASSIGN_OR_RETURN(const FolloweeSet friends, co_await FriendsFor(event));
  const auto withdraw = [&](std::vector<AccountId>& followers) -> Awaitable<Result<>> {
    CO_RETURN_IF_ERROR(
        co_await timelines_.Remove(stores::TimelineKind::kHome, followers, event.post_id, Soon()));
    KeepAudience(event, friends, followers);
    co_return co_await Tell(followers, message);
  };
  co_return co_await ForEachBatch(author, withdraw);
}

bool Fanout::IsCelebrity(AccountId author) const {
  return std::ranges::binary_search(*graph_.celebrities().All(), author);
}

Awaitable<Result<>> Fanout::FindCelebrities(std::span<const PostEvent> events) {
  std::vector<AccountId> authors;
  for (const auto& event : events) {
    if (!IsCelebrity(event.author_id)) authors.push_back(event.author_id);
  }
  std::ranges::sort(authors);
  const auto repeats = std::ranges::unique(authors);
  authors.erase(repeats.begin(), repeats.end());
  CO_ASSIGN_OR_RETURN(const auto counts, co_await graph_.FollowerCounts(authors, Soon()));
  for (std::size_t i = 0; i < authors.size(); ++i) {
    if (counts[i] < options_.celebrity_threshold) continue;
    CO_RETURN_IF_ERROR(co_await graph_.MakeCelebrity(authors[i], Soon()));
  }
  co_return Result<>();
}

Awaitable<Result<FolloweeSet>> Fanout::FriendsFor(const PostEvent& event) {
  if (event.privacy != Privacy::kFriends) co_return FolloweeSet();
  co_return co_await graph_.Followees(event.author_id, Soon());
}

Deadline Fanout::Soon() const { return Deadline::After(clock_, kCallDeadline); }

Awaitable<Result<>> Fanout::Tell(std::span<const AccountId> people,
                                 const stores::Message& message) {
  std::vector<stores::Channel> channels;
  channels.reserve(people.size());
  for (const auto person : people) channels.push_back({stores::ChannelKind::kUser, person.value});
  CO_RETURN_IF_ERROR(co_await pubsub_.Publish(std::move(channels), message, Soon()));
  co_return Result<>();
}

template <class Visit>
Awaitable<Result<>> Fanout::ForEachBatch(AccountId author, Visit visit) {
  const auto batch = static_cast<std::size_t>(options_.batch);
  std::vector<AccountId> followers;
  FollowPage::Entry last{};
  for (;;) {
    CO_ASSIGN_OR_RETURN(const auto entries,
                        co_await graph_.FollowersAfter(author, last, batch, Soon()));
    followers.clear();
    for (const auto& entry : entries) followers.push_back(entry.account);
    if (!followers.empty()) CO_RETURN_IF_ERROR(co_await visit(followers));
    if (entries.size() < batch) co_return Result<>();
    last = entries.back();
  }
}

}  // namespace freshet::social
