#include "services/engagement/worker.h"

#include <algorithm>
#include <array>
#include <map>

#include "net/json/json_reader.h"
#include "net/json/json_writer.h"
#include "services/engagement/counter_spaces.h"
#include "services/social/events.h"
#include "stores/counters/counter_changes.h"

namespace freshet::engagement {
namespace {

constexpr Duration kStepTime{60'000};
constexpr std::size_t kFactsAtOnce = 1'000;
constexpr std::size_t kMembersAtOnce = 1'000;
constexpr std::array kPurged{kPostLikes, kPostSaves, kPostComments, kPostShares, kPostSharers};

std::optional<Reaction> ReactionOf(const stores::CounterKey& key) {
  if (key.space.number == kPostLikes.number) return Reaction::kLike;
  if (key.space.number == kPostSaves.number) return Reaction::kSave;
  return std::nullopt;
}

EngagementEventType TypeOf(const ReactionChange& change) {
  using T = EngagementEventType;
  if (change.reaction == Reaction::kLike) return change.present ? T::kLikeCreated : T::kLikeRemoved;
  return change.present ? T::kSaveCreated : T::kSaveRemoved;
}

// The last change of every reaction that the records change.
Result<std::vector<ReactionChange>> ReactionsIn(std::span<const stores::StoredRecord> records) {
  std::vector<ReactionChange> changes;
  std::map<std::tuple<std::uint16_t, std::uint64_t, std::uint64_t>, std::size_t> index;
  for (const auto& stored : records) {
    ASSIGN_OR_RETURN(const auto told,
                     stores::DecodeChanges(stored.record.key, stored.record.value));
    for (const auto& change : told) {
      const auto reaction = ReactionOf(change.key);
      if (!reaction || change.operation == stores::CounterOperation::kIncrement) continue;
      const auto [at, is_new] = index.try_emplace(
          {change.key.space.number, change.key.id, change.operand}, changes.size());
      const bool present = change.operation == stores::CounterOperation::kAdd;
      const bool ended_before =
          !is_new && (!changes[at->second].present || changes[at->second].anew);
      const ReactionChange reacted{.reaction = *reaction,
                                   .post = PostId{change.key.id},
                                   .account = AccountId{change.operand},
                                   .present = present,
                                   .anew = present && ended_before,
                                   .at = stored.appended_at};
      if (is_new) {
        changes.push_back(reacted);
      } else {
        changes[at->second] = reacted;
      }
    }
  }
  return changes;
}

}  // namespace

stores::LogSubscription EngagementWorker::ReactionsSubscription() {
  return {.group = "engagement.reactions", .topics = {std::string(stores::kCountersTopic)}};
}

stores::LogHandler EngagementWorker::ReactionsHandler() {
  return [this](const std::string&, std::span<const stores::StoredRecord> records) {
    return OnReactions(records);
  };
}

stores::LogSubscription EngagementWorker::Subscription() {
  return {.group = "engagement",
          .topics = {std::string(kEngagementTopic), std::string(social::kPostsTopic)}};
}

stores::LogHandler EngagementWorker::Handler() {
  return [this](const std::string& topic, std::span<const stores::StoredRecord> records) {
    return topic == kEngagementTopic ? OnFacts(records) : OnPosts(records);
  };
}

Deadline EngagementWorker::StepDeadline() const { return Deadline::After(parts_.clock, kStepTime); }

Awaitable<Result<>> EngagementWorker::OnReactions(std::span<const stores::StoredRecord> records) {
  CO_ASSIGN_OR_RETURN(const auto all, ReactionsIn(records));
  for (std::span rest(all); !rest.empty();) {
    const auto changes = rest.first(std::min(rest.size(), kFactsAtOnce));
    rest = rest.subspan(changes.size());
    CO_RETURN_IF_ERROR(co_await parts_.lists.Follow(changes, StepDeadline()));
    CO_RETURN_IF_ERROR(co_await Publish(changes, StepDeadline()));
  }
  co_return Result<>();
}

Awaitable<Result<>> EngagementWorker::Publish(std::span<const ReactionChange> changes,
                                              Deadline deadline) {
  std::vector<std::uint64_t> posts;
  posts.reserve(changes.size());
  for (const auto& change : changes) posts.push_back(change.post.value);
  CO_ASSIGN_OR_RETURN(const auto authors, co_await parts_.social.Authors(posts, deadline));
  std::vector<stores::Record> records;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (!authors[i]) continue;  // the post is gone: nobody is to be told
    const EngagementEvent event{.type = TypeOf(changes[i]),
                                .post_id = changes[i].post,
                                .author_id = authors[i],
                                .account_id = changes[i].account,
                                .at = changes[i].at};
    records.push_back(
        {.key = std::to_string(event.post_id.value), .value = net::ToJson(event), .headers = {}});
  }
  if (records.empty()) co_return Result<>();
  CO_RETURN_IF_ERROR(
      co_await parts_.log.Append(std::string(kEngagementTopic), std::move(records), deadline));
  co_return Result<>();
}

Awaitable<Result<>> EngagementWorker::OnFacts(std::span<const stores::StoredRecord> records) {
  std::vector<CommentId> comments;
  for (const auto& stored : records) {
    CO_ASSIGN_OR_RETURN(const auto event, net::ReadJson<EngagementEvent>(stored.record.value));
    using T = EngagementEventType;
    if (event.type != T::kCommentCreated && event.type != T::kCommentDeleted) continue;
    if (event.comment_id) comments.push_back(*event.comment_id);
  }
  if (comments.empty()) co_return Result<>();
  co_return co_await parts_.comments.Count(comments, StepDeadline());
}

Awaitable<Result<>> EngagementWorker::OnPosts(std::span<const stores::StoredRecord> records) {
  std::vector<social::ShareOfPost> shares;
  for (const auto& stored : records) {
    CO_ASSIGN_OR_RETURN(const auto event, net::ReadJson<social::PostEvent>(stored.record.value));
    if (event.share_of) {
      shares.push_back({.id = event.post_id, .post = *event.share_of, .sharer = event.author_id});
    } else if (event.type == social::PostEventType::kPurged) {
      CO_RETURN_IF_ERROR(co_await Purge(event.post_id, StepDeadline()));
    }
  }
  if (shares.empty()) co_return Result<>();
  co_return co_await CountShares(std::move(shares), StepDeadline());
}

Awaitable<Result<>> EngagementWorker::CountShares(std::vector<social::ShareOfPost> shares,
                                                  Deadline deadline) {
  std::vector<PostId> ids;
  for (const auto& share : shares) ids.push_back(share.id);
  CO_ASSIGN_OR_RETURN(const auto found,
                      co_await parts_.social.FindShares(std::move(ids), deadline));
  std::vector<stores::Membership> present, gone;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const auto& share = shares[i];
    bool shared = found[i].has_value();
    (shared ? present : gone)
        .push_back({.set = {.space = kPostShares, .id = share.post.value},
                    .member = AccountId{share.id.value}});
    if (!shared) {
      // By another share than this one, perhaps.
      CO_ASSIGN_OR_RETURN(const auto other,
                          co_await parts_.social.FindShare(share.post, share.sharer, deadline));
      shared = other.has_value();
    }
    (shared ? present : gone)
        .push_back(
            {.set = {.space = kPostSharers, .id = share.post.value}, .member = share.sharer});
  }
  CO_RETURN_IF_ERROR(co_await parts_.counters.AddMembers(std::move(present), deadline));
  CO_RETURN_IF_ERROR(co_await parts_.counters.RemoveMembers(std::move(gone), deadline));
  co_return Result<>();
}

Awaitable<Result<>> EngagementWorker::Purge(PostId post, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await parts_.comments.Purge(post, deadline));
  for (const auto& space : kPurged) {
    CO_RETURN_IF_ERROR(co_await Empty({.space = space, .id = post.value}, deadline));
  }
  co_return Result<>();
}

Awaitable<Result<>> EngagementWorker::Empty(stores::CounterKey set, Deadline deadline) {
  for (;;) {
    CO_ASSIGN_OR_RETURN(const auto members, co_await parts_.counters.Members(
                                                set, AccountId{}, kMembersAtOnce, deadline));
    if (members.empty()) co_return Result<>();
    std::vector<stores::Membership> memberships;
    for (const auto member : members) memberships.push_back({.set = set, .member = member});
    CO_RETURN_IF_ERROR(co_await parts_.counters.RemoveMembers(std::move(memberships), deadline));
  }
}

}  // namespace freshet::engagement
