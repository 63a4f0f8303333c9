#include "services/notifications/notifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <map>
#include <set>

#include "services/engagement/events.h"
#include "services/social/events.h"

namespace freshet::notifications {
namespace {

// For a store that hangs; the records are then tried again.
constexpr Duration kCallDeadline{30'000};
// How long a like may take to become true after its fact.
constexpr int kLikeLooks = 20;
constexpr std::chrono::milliseconds kBetweenLooks{50};
constexpr std::size_t kReadersAtOnce = 500;

template <class T>
void SortEachOnce(std::vector<T>& values) {
  std::ranges::sort(values);
  const auto repeats = std::ranges::unique(values);
  values.erase(repeats.begin(), repeats.end());
}

bool IsLikeOfPost(const Reason& reason) {
  return reason.kind == Kind::kLike && reason.subject == reason.post.value;
}

// Of several facts about one like only the last counts.
void KeepLastLikes(std::vector<Reason>& reasons) {
  std::set<std::pair<AccountId, PostId>> later;
  for (auto reason = reasons.rbegin(); reason != reasons.rend(); ++reason) {
    if (IsLikeOfPost(*reason) && !later.emplace(reason->actor, reason->post).second) {
      reason->reader = {};
    }
  }
}

// What the records ask for together: each post once, and no comment that is gone again.
Result<Consequences> CollectAll(const std::string& topic,
                                std::span<const stores::StoredRecord> records) {
  Consequences all;
  for (const auto& stored : records) {
    RETURN_IF_ERROR(Collect(topic, stored.record.value, all));
  }
  std::erase_if(all.reasons, [&](const Reason& reason) {
    const bool text = reason.kind == Kind::kComment || reason.kind == Kind::kReply;
    return text && std::ranges::find(all.withdrawn_texts, reason.source, &WithdrawnText::comment) !=
                       all.withdrawn_texts.end();
  });
  SortEachOnce(all.changed_posts);
  SortEachOnce(all.edited_posts);
  return all;
}

// Whom a post's JSON mentions.
std::vector<AccountId> MentionedIn(const std::string& json) {
  std::vector<AccountId> mentioned;
  const auto post = boost::json::parse(json);
  for (const auto& entity : post.at("entities").as_array()) {
    const auto* const id = entity.as_object().if_contains("account_id");
    if (!id || !id->is_string()) continue;
    if (const auto parsed = ParseId(id->as_string())) mentioned.push_back(AccountId{*parsed});
  }
  return mentioned;
}

}  // namespace

stores::Message NotificationMessage(std::uint64_t position, std::string_view notification,
                                    std::int64_t unread) {
  return std::make_shared<const std::string>(fmt::format(
      R"({{"id":"{}","event":"notification","data":{{"notification":{},"unread_count":{}}}}})",
      position, notification, unread));
}

Notifier::Notifier(NotifierParts parts, Metrics& metrics)
    : parts_(parts),
      made_(metrics.GetCounter("freshet_notifications_made_total",
                               "Notifications that something new came into")),
      told_(metrics.GetCounter("freshet_notifications_told_total",
                               "Notifications handed to connected readers")) {}

Awaitable<Result<>> Notifier::Handle(const std::string& topic,
                                     std::span<const stores::StoredRecord> records) {
  CO_ASSIGN_OR_RETURN(auto all, CollectAll(topic, records));
  for (const auto post : all.changed_posts) {
    CO_RETURN_IF_ERROR(co_await parts_.social.Forget(post, Soon()));
  }
  CO_ASSIGN_OR_RETURN(const auto reasons, co_await Permitted(std::move(all.reasons)));
  if (!reasons.empty()) {
    CO_ASSIGN_OR_RETURN(const auto news, co_await parts_.inbox.Apply(reasons, Soon()));
    made_.Add(static_cast<double>(news.size()));
    co_await Tell(news);
  }
  CO_RETURN_IF_ERROR(co_await Withdraw(all));
  CO_RETURN_IF_ERROR(co_await ReviewPosts(all));
  for (const auto post : all.counted_posts) parts_.live_counts.Touch(post);
  co_return Result<>();
}

Awaitable<Result<>> Notifier::Withdraw(const Consequences& all) {
  for (const auto& [reader, actor] : all.separations) {
    CO_RETURN_IF_ERROR(co_await parts_.inbox.WithdrawPerson(reader, actor, Soon()));
  }
  for (const auto& [comment, author] : all.withdrawn_texts) {
    CO_RETURN_IF_ERROR(co_await parts_.inbox.WithdrawComment(comment, author, Soon()));
  }
  co_return Result<>();
}

Awaitable<Result<>> Notifier::ReviewPosts(const Consequences& all) {
  for (const auto post : all.changed_posts) CO_RETURN_IF_ERROR(co_await Review(post));
  for (const auto post : all.edited_posts) CO_RETURN_IF_ERROR(co_await ReviewMentions(post));
  for (const auto post : all.purged_posts) {
    CO_RETURN_IF_ERROR(co_await parts_.inbox.RemovePost(post, Soon()));
  }
  co_return Result<>();
}

Awaitable<Result<std::vector<Reason>>> Notifier::Permitted(std::vector<Reason> reasons) {
  KeepLastLikes(reasons);
  std::erase_if(reasons, [](const Reason& reason) {
    return !reason.reader || reason.reader == reason.actor;
  });
  CO_RETURN_IF_ERROR(co_await AskWhetherLiked(reasons));
  std::vector<AccountId> readers;
  for (const auto& reason : reasons) {
    if (reason.present) readers.push_back(reason.reader);
  }
  SortEachOnce(readers);
  CO_ASSIGN_OR_RETURN(const auto preferences, co_await parts_.preferences.Find(readers, Soon()));
  std::vector<bool> wanted(reasons.size());
  for (std::size_t i = 0; i < reasons.size(); ++i) wanted[i] = !reasons[i].present;
  for (std::size_t i = 0; i < readers.size(); ++i) {
    CO_RETURN_IF_ERROR(co_await AskReader(readers[i], reasons, preferences[i], wanted));
  }
  std::vector<Reason> permitted;
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    if (wanted[i]) permitted.push_back(reasons[i]);
  }
  co_return permitted;
}

Awaitable<Result<>> Notifier::AskReader(AccountId reader, std::span<const Reason> reasons,
                                        const Preferences& preferences, std::vector<bool>& wanted) {
  std::vector<std::size_t> mine;
  std::vector<AccountId> actors;
  std::vector<std::uint64_t> posts;
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    const Reason& reason = reasons[i];
    if (!reason.present || reason.reader != reader) continue;
    if (preferences.types.Of(reason.kind) == Delivery::kOff) continue;
    mine.push_back(i);
    actors.push_back(reason.actor);
    if (reason.post) posts.push_back(reason.post.value);
  }
  if (mine.empty()) co_return Result<>();
  SortEachOnce(posts);
  CO_ASSIGN_OR_RETURN(const auto may,
                      co_await parts_.presenter.MayBeToldOf(reader, actors, Soon()));
  CO_ASSIGN_OR_RETURN(const auto shown, co_await parts_.social.Show(reader, posts, Soon()));
  for (std::size_t k = 0; k < mine.size(); ++k) {
    const auto post = reasons[mine[k]].post;
    const auto place = std::ranges::lower_bound(posts, post.value) - posts.begin();
    wanted[mine[k]] = may[k] && (!post || shown[static_cast<std::size_t>(place)]);
  }
  co_return Result<>();
}

// A like's fact may come before the like itself, and others may have followed. What is so now
// counts; where it is not what the fact says, it is given a moment.
Awaitable<Result<>> Notifier::AskWhetherLiked(std::vector<Reason>& reasons) {
  std::map<AccountId, std::vector<std::size_t>> by_actor;
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    if (IsLikeOfPost(reasons[i])) by_actor[reasons[i].actor].push_back(i);
  }
  for (int look = 0; !by_actor.empty() && look < kLikeLooks; ++look) {
    if (look > 0) co_await Sleep(kBetweenLooks);
    for (auto actor = by_actor.begin(); actor != by_actor.end();) {
      std::vector<std::uint64_t> posts;
      for (const auto i : actor->second) posts.push_back(reasons[i].post.value);
      CO_ASSIGN_OR_RETURN(const auto shown,
                          co_await parts_.social.Show(actor->first, posts, Soon()));
      const bool last = look + 1 == kLikeLooks;
      std::vector<std::size_t> unsettled;
      for (std::size_t k = 0; k < posts.size(); ++k) {
        Reason& reason = reasons[actor->second[k]];
        const bool liked = shown[k] && shown[k]->tallies().viewer.liked;
        if (shown[k] && liked != reason.present && !last) unsettled.push_back(actor->second[k]);
        if (last || !shown[k]) reason.present = liked;
      }
      actor->second = std::move(unsettled);
      actor = actor->second.empty() ? by_actor.erase(actor) : std::next(actor);
    }
  }
  co_return Result<>();
}

Awaitable<Result<>> Notifier::Review(PostId post) {
  AccountId after;
  for (;;) {
    CO_ASSIGN_OR_RETURN(const auto readers,
                        co_await parts_.inbox.ReadersOf(post, after, kReadersAtOnce, Soon()));
    std::vector<bool> hidden;
    for (const auto reader : readers) {
      CO_ASSIGN_OR_RETURN(const auto shown,
                          co_await parts_.social.Show(reader, {&post.value, 1}, Soon()));
      hidden.push_back(!shown.front());
    }
    if (!readers.empty()) {
      CO_RETURN_IF_ERROR(co_await parts_.inbox.SetHidden(post, readers, hidden, Soon()));
    }
    if (readers.size() < kReadersAtOnce) co_return Result<>();
    after = readers.back();
  }
}

// Who may not see the post now may see it later: what it says counts, not who reads it.
Awaitable<Result<>> Notifier::ReviewMentions(PostId post) {
  CO_ASSIGN_OR_RETURN(const auto authors, co_await parts_.social.Authors({&post.value, 1}, Soon()));
  if (!authors.front()) co_return Result<>();
  CO_ASSIGN_OR_RETURN(const auto shown,
                      co_await parts_.social.Show(authors.front(), {&post.value, 1}, Soon()));
  if (!shown.front()) co_return Result<>();
  const auto mentioned = MentionedIn(shown.front()->Json());
  for (AccountId after;;) {
    CO_ASSIGN_OR_RETURN(const auto readers,
                        co_await parts_.inbox.ReadersOf(post, after, kReadersAtOnce, Soon()));
    std::vector<Reason> gone;
    for (const auto reader : readers) {
      if (std::ranges::find(mentioned, reader) != mentioned.end()) continue;
      gone.push_back({.kind = Kind::kMention,
                      .reader = reader,
                      .actor = {},
                      .subject = post.value,
                      .source = post.value,
                      .post = post,
                      .present = false});
    }
    if (!gone.empty()) CO_RETURN_IF_ERROR(co_await parts_.inbox.Apply(gone, Soon()));
    if (readers.size() < kReadersAtOnce) co_return Result<>();
    after = readers.back();
  }
}

Awaitable<void> Notifier::Tell(std::span<const Group> groups) {
  if (groups.empty()) co_return;
  std::vector<AccountId> readers;
  for (const auto& group : groups) readers.push_back(group.reader);
  auto preferences = co_await parts_.preferences.Find(readers, Soon());
  for (std::size_t i = 0; preferences && i < groups.size(); ++i) {
    // The inbox has it; a connected reader who was not told sees it on the next look.
    if (auto told = co_await TellOne(groups[i], (*preferences)[i]); !told) {
      parts_.logger.Warn("A notification could not be told live",
                         {{"error", told.error().ToString()}});
    }
  }
}

Awaitable<Result<>> Notifier::TellOne(const Group& group, const Preferences& preferences) {
  if (preferences.types.Of(group.kind) != Delivery::kPush) co_return Result<>();
  if (preferences.quiet_hours && IsQuiet(*preferences.quiet_hours, parts_.clock.Now())) {
    co_return Result<>();
  }
  CO_ASSIGN_OR_RETURN(const auto rendered,
                      co_await parts_.presenter.Render(group.reader, {&group, 1}, Soon()));
  if (!rendered.front()) co_return Result<>();
  CO_ASSIGN_OR_RETURN(const auto unread,
                      co_await parts_.presenter.UnreadCount(parts_.inbox, group.reader, Soon()));
  CO_ASSIGN_OR_RETURN(const auto readers,
                      co_await parts_.pubsub.Publish(
                          {{stores::ChannelKind::kUser, group.reader.value}},
                          NotificationMessage(group.position, *rendered.front(), unread), Soon()));
  told_.Add(static_cast<double>(readers));
  co_return Result<>();
}

Deadline Notifier::Soon() const { return Deadline::After(parts_.clock, kCallDeadline); }

stores::LogSubscription NotifierSubscription() {
  return {.group = "notifications",
          .topics = {std::string(social::kFollowsTopic), std::string(social::kPostsTopic),
                     std::string(engagement::kEngagementTopic)}};
}

stores::LogHandler NotifierHandler(Notifier& notifier) {
  return [&notifier](const std::string& topic, std::span<const stores::StoredRecord> records) {
    return notifier.Handle(topic, records);
  };
}

}  // namespace freshet::notifications
