#include "services/social/delivery.h"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::social {
namespace {

// For a store that hangs; the record is then tried again.
constexpr Duration kCallDeadline{30'000};

stores::Message PostMessage(std::string_view event, const ShownPost& post) {
  std::string text =
      fmt::format(R"({{"id":"{}","event":"{}","data":{{"post":)", post.entry().value, event);
  post.Write(text);
  text += "}}";
  return std::make_shared<const std::string>(std::move(text));
}

stores::Message GoneMessage(const PostEvent& event) {
  if (event.share_of) {
    return std::make_shared<const std::string>(fmt::format(
        R"({{"id":"{}","event":"post.unshared","data":{{"id":"{}","account_id":"{}"}}}})",
        event.post_id.value, event.share_of->value, event.author_id.value));
  }
  return std::make_shared<const std::string>(fmt::format(
      R"({{"id":"{0}","event":"post.deleted","data":{{"id":"{0}"}}}})", event.post_id.value));
}

bool ChangesPrivacy(const PostEvent& event) {
  return event.earlier_privacy && *event.earlier_privacy != event.privacy;
}

// Whether anybody is told live.
bool IsTold(const PostDelivery& delivery) {
  return !delivery.event.imported && !delivery.doubtful &&
         delivery.event.type != PostEventType::kPurged;
}

bool NeedsFollowers(const PostDelivery& delivery) {
  return delivery.ForFollowers() != PostDelivery::Change::kNone || IsTold(delivery);
}

}  // namespace

PostDelivery::Change PostDelivery::ForFollowers() const {
  if (ForOthers()) {
    const bool was_there = event.type == PostEventType::kUpdated &&
                           event.earlier_privacy != Privacy::kPrivate && !doubtful;
    return was_there ? Change::kNone : Change::kPush;
  }
  const bool never_was =
      (Appears() || (event.privacy == Privacy::kPrivate && !ChangesPrivacy(event))) && !doubtful;
  return never_was ? Change::kNone : Change::kRemove;
}

Delivery::Delivery(Graph& graph, Posts& posts, Visibility& visibility, stores::Timelines& timelines,
                   stores::PubSub& pubsub, const Clock& clock, Metrics& metrics)
    : graph_(graph),
      posts_(posts),
      visibility_(visibility),
      timelines_(timelines),
      pubsub_(pubsub),
      clock_(clock),
      delivered_(metrics.GetCounter("freshet_fanout_deliveries_total",
                                    "Followers that posts were pushed to")) {}

Awaitable<Result<>> Delivery::TellAuthors(std::span<const PostDelivery> deliveries) {
  CO_ASSIGN_OR_RETURN(const auto messages, co_await Compose(deliveries));
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    const auto& message = messages[i].shown ? messages[i].shown : messages[i].gone;
    CO_RETURN_IF_ERROR(co_await Tell({&deliveries[i].event.author_id, 1}, message));
  }
  co_return Result<>();
}

Awaitable<Result<>> Delivery::ToFollowers(AccountId author,
                                          std::span<const PostDelivery> deliveries,
                                          std::size_t batch) {
  if (std::ranges::none_of(deliveries, NeedsFollowers)) co_return Result<>();
  CO_ASSIGN_OR_RETURN(const auto messages, co_await Compose(deliveries));
  FolloweeSet friends;
  const bool for_friends = std::ranges::any_of(deliveries, [](const PostDelivery& delivery) {
    return delivery.now.privacy == Privacy::kFriends || delivery.event.privacy == Privacy::kFriends;
  });
  if (for_friends) {
    CO_ASSIGN_OR_RETURN(friends, co_await graph_.Followees(author, Soon()));
  }
  std::vector<AccountId> followers;
  FollowPage::Entry last{};
  for (;;) {
    CO_ASSIGN_OR_RETURN(const auto entries,
                        co_await graph_.FollowersAfter(author, last, batch, Soon()));
    followers.clear();
    for (const auto& entry : entries) followers.push_back(entry.account);
    if (!followers.empty()) {
      CO_RETURN_IF_ERROR(co_await ToBatch(author, deliveries, messages, friends, followers));
    }
    if (entries.size() < batch) co_return Result<>();
    last = entries.back();
  }
}

Awaitable<Result<std::vector<Delivery::Messages>>> Delivery::Compose(
    std::span<const PostDelivery> deliveries) {
  std::vector<Messages> messages(deliveries.size());
  std::vector<std::uint64_t> ids;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    const PostDelivery& delivery = deliveries[i];
    if (!IsTold(delivery)) continue;
    if (delivery.now.exists) {
      ids.push_back(delivery.event.post_id.value);
      places.push_back(i);
    }
    const bool left = !delivery.now.exists && !delivery.Appears();
    if (left || ChangesPrivacy(delivery.event)) messages[i].gone = GoneMessage(delivery.event);
  }
  if (ids.empty()) co_return messages;
  CO_ASSIGN_OR_RETURN(const auto shown, co_await posts_.ForDelivery(ids, Soon()));
  for (std::size_t k = 0; k < places.size(); ++k) {
    if (!shown[k]) continue;
    const ShownPost& post = *shown[k];
    Messages& message = messages[places[k]];
    const bool updated = deliveries[places[k]].event.type == PostEventType::kUpdated;
    const std::string_view event = updated ? "post.updated" : "post.created";
    message.shown = PostMessage(event, post);
    if (post.sharer()) message.original = {.author = post.author(), .privacy = post.privacy()};
    if (post.quote()) {
      message.quote = {.author = post.quote()->author(), .privacy = post.quote()->privacy()};
      ShownPost bare = post;
      bare.AddQuote(nullptr);
      message.without_quote = PostMessage(event, bare);
    }
  }
  co_return messages;
}

Awaitable<Result<>> Delivery::ToBatch(AccountId author, std::span<const PostDelivery> deliveries,
                                      std::span<const Messages> messages,
                                      const FolloweeSet& friends,
                                      std::span<const AccountId> followers) {
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    const PostDelivery& delivery = deliveries[i];
    const PostId post = delivery.event.post_id;
    switch (delivery.ForFollowers()) {
      case PostDelivery::Change::kNone: break;
      case PostDelivery::Change::kPush:
        CO_RETURN_IF_ERROR(co_await timelines_.Push(stores::TimelineKind::kHome, followers,
                                                    {.post = post, .author = author}, Soon()));
        delivered_.Add(static_cast<double>(followers.size()));
        break;
      case PostDelivery::Change::kRemove:
        CO_RETURN_IF_ERROR(
            co_await timelines_.Remove(stores::TimelineKind::kHome, followers, post, Soon()));
        break;
    }
    CO_RETURN_IF_ERROR(co_await TellBatch(delivery, messages[i], friends, followers));
  }
  co_return Result<>();
}

Awaitable<Result<>> Delivery::TellBatch(const PostDelivery& delivery, const Messages& messages,
                                        const FolloweeSet& friends,
                                        std::span<const AccountId> followers) {
  if (!messages.shown && !messages.gone) co_return Result<>();
  // Of a post that is gone, those are told who could see it.
  const Privacy privacy = delivery.now.exists ? delivery.now.privacy : delivery.event.privacy;
  std::vector<AccountId> listeners(followers.begin(), followers.end());
  CO_RETURN_IF_ERROR(
      co_await visibility_.KeepListeners(delivery.event.author_id, listeners, Soon()));
  if (messages.original) {
    CO_RETURN_IF_ERROR(
        co_await visibility_.KeepListeners(messages.original->author, listeners, Soon()));
  }
  std::vector<AccountId> all, bare, rest;
  for (const auto follower : listeners) {
    bool sees =
        privacy == Privacy::kPublic || (privacy == Privacy::kFriends && friends.Contains(follower));
    bool sees_quote = true;
    if (sees && (messages.original || messages.quote)) {
      const PostAudience own{.author = delivery.event.author_id, .privacy = privacy};
      const std::array audiences{messages.original.value_or(own), messages.quote.value_or(own)};
      CO_ASSIGN_OR_RETURN(const auto may_see,
                          co_await visibility_.MaySee(follower, audiences, Soon()));
      sees = may_see[0];
      sees_quote = may_see[1];
    }
    (sees ? (sees_quote ? all : bare) : rest).push_back(follower);
  }
  if (!delivery.now.exists) co_return co_await Tell(all, messages.gone);
  CO_RETURN_IF_ERROR(co_await Tell(all, messages.shown));
  CO_RETURN_IF_ERROR(co_await Tell(bare, messages.without_quote));
  co_return co_await Tell(rest, messages.gone);
}

Awaitable<Result<>> Delivery::Tell(std::span<const AccountId> people,
                                   const stores::Message& message) {
  if (!message || people.empty()) co_return Result<>();
  std::vector<stores::Channel> channels;
  channels.reserve(people.size());
  for (const auto person : people) channels.push_back({stores::ChannelKind::kUser, person.value});
  CO_RETURN_IF_ERROR(co_await pubsub_.Publish(std::move(channels), message, Soon()));
  co_return Result<>();
}

Deadline Delivery::Soon() const { return Deadline::After(clock_, kCallDeadline); }

}  // namespace freshet::social
