#include "services/social/affinity.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "net/json/json_reader.h"
#include "services/clickstream/events.h"
#include "services/engagement/events.h"
#include "services/social/events.h"

namespace freshet::social {
namespace {

using engagement::EngagementEvent;
using engagement::EngagementEventType;

constexpr double kVisitWeight = 0.5;
constexpr double kDwellWeight = 0.5;  // for each kDwellUnit
constexpr double kDwellUnit = 30;     // s
constexpr double kMostDwell = 1;
constexpr double kLikeWeight = 1;
constexpr double kCommentWeight = 3;
constexpr double kShareWeight = 4;

// Scores are read from sets that are cached for long. A set is forgotten when a score in it has
// about doubled, so that a busy reader costs few readings.
bool IsLargeStep(double before, double after) {
  return std::floor(std::log2(1 + before)) != std::floor(std::log2(1 + after));
}

std::optional<Interaction> Read(const EngagementEvent& event) {
  Interaction interaction{.follower = event.account_id, .author = event.author_id, .at = event.at};
  switch (event.type) {
    case EngagementEventType::kLikeRemoved: interaction.undone = true; [[fallthrough]];
    case EngagementEventType::kLikeCreated:
      interaction.kind = InteractionKind::kLike;
      return interaction;
    case EngagementEventType::kCommentCreated:
      interaction.kind = InteractionKind::kComment;
      return interaction;
    default: return std::nullopt;
  }
}

std::optional<Interaction> Read(const PostEvent& event, Timestamp at) {
  const bool shared = event.type == PostEventType::kShared;
  if ((!shared && event.type != PostEventType::kUnshared) || !event.about_author) {
    return std::nullopt;
  }
  return Interaction{.follower = event.author_id,
                     .author = *event.about_author,
                     .kind = InteractionKind::kShare,
                     .undone = !shared,
                     .at = at};
}

std::optional<Interaction> Read(const clickstream::UserAction& action) {
  Interaction interaction{
      .follower = action.account_id, .author = action.author_id, .at = action.at};
  if (action.type == clickstream::ActionType::kProfileView) {
    interaction.kind = InteractionKind::kProfileVisit;
  } else {
    interaction.kind = InteractionKind::kDwell;
    interaction.dwell_seconds = static_cast<double>(action.dwell_ms.value_or(0)) / 1'000;
  }
  return interaction;
}

}  // namespace

double WeightOf(const Interaction& interaction) {
  const double weight = [&] {
    switch (interaction.kind) {
      case InteractionKind::kProfileVisit: return kVisitWeight;
      case InteractionKind::kDwell:
        return std::clamp(interaction.dwell_seconds / kDwellUnit * kDwellWeight, 0.0, kMostDwell);
      case InteractionKind::kLike: return kLikeWeight;
      case InteractionKind::kComment: return kCommentWeight;
      case InteractionKind::kShare: return kShareWeight;
    }
    return 0.0;
  }();
  return interaction.undone ? -weight : weight;
}

double FadedScore(double score, Duration age, Duration half_life) {
  if (score <= 0) return 0;
  const double half_lives =
      static_cast<double>(age.count()) / static_cast<double>(half_life.count());
  return score * std::exp2(-std::max(half_lives, 0.0));
}

Awaitable<Result<>> Affinity::Record(std::vector<Interaction> interactions, Deadline deadline) {
  std::erase_if(interactions, [](const Interaction& one) { return one.follower == one.author; });
  if (interactions.empty()) co_return Result<>();
  std::ranges::sort(interactions, {}, &Interaction::at);
  std::set<AccountId> stepped;
  const auto record = [&](stores::Transaction& tx) -> Result<> {
    stepped.clear();
    for (const auto& interaction : interactions) {
      std::optional<double> score;
      Timestamp scored_at;
      RETURN_IF_ERROR(
          tx.Query("SELECT interaction_score, scored_at FROM follows "
                   "WHERE follower_id = $1 AND followee_id = $2",
                   {interaction.follower, interaction.author}, [&](const stores::Row& row) {
                     score = row.Real(0);
                     scored_at = row.Time(1);
                   }));
      if (!score || interaction.at <= scored_at) continue;
      const double faded =
          FadedScore(*score, interaction.at - scored_at, options_.interaction_half_life);
      const double raised = std::max(0.0, faded + WeightOf(interaction));
      RETURN_IF_ERROR(
          tx.Execute("UPDATE follows SET interaction_score = $3, scored_at = $4 "
                     "WHERE follower_id = $1 AND followee_id = $2",
                     {interaction.follower, interaction.author, raised, interaction.at}));
      if (IsLargeStep(faded, raised)) stepped.insert(interaction.follower);
    }
    return {};
  };
  CO_RETURN_IF_ERROR(co_await database_.Write(record, deadline));
  if (stepped.empty()) co_return Result<>();
  const std::vector<AccountId> followers(stepped.begin(), stepped.end());
  // The score is in the database; a set that stays cached is only less fresh.
  (void)co_await graph_.ForgetScores(followers, deadline);
  co_return Result<>();
}

Awaitable<Result<std::vector<Tie>>> Affinity::Ties(AccountId reader,
                                                   std::span<const AccountId> people,
                                                   Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto followees, co_await graph_.Followees(reader, deadline));
  const auto ids = followees.ids();
  const double fading =
      FadedScore(1, clock_.Now() - followees.scored_at(), options_.interaction_half_life);
  std::vector<Tie> ties(people.size());
  for (std::size_t i = 0; i < people.size(); ++i) {
    const auto found = std::ranges::lower_bound(ids, people[i]);
    if (found == ids.end() || *found != people[i]) continue;
    const auto at = static_cast<std::size_t>(found - ids.begin());
    ties[i] = {.score = followees.scores()[at] * fading, .friends = followees.follow_back()[at]};
  }
  co_return ties;
}

Result<std::vector<Interaction>> InteractionsIn(const std::string& topic,
                                                std::span<const stores::StoredRecord> records) {
  std::vector<Interaction> interactions;
  for (const auto& stored : records) {
    std::optional<Interaction> read;
    if (topic == engagement::kEngagementTopic) {
      ASSIGN_OR_RETURN(const auto event, net::ReadJson<EngagementEvent>(stored.record.value));
      read = Read(event);
    } else if (topic == clickstream::kUserActionsTopic) {
      ASSIGN_OR_RETURN(const auto action,
                       net::ReadJson<clickstream::UserAction>(stored.record.value));
      read = Read(action);
    } else {
      ASSIGN_OR_RETURN(const auto event, net::ReadJson<PostEvent>(stored.record.value));
      read = Read(event, stored.appended_at);
    }
    if (read) interactions.push_back(*read);
  }
  return interactions;
}

}  // namespace freshet::social
