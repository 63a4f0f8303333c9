#include "services/engagement/tallies.h"

#include <array>

#include "services/engagement/counter_spaces.h"
#include "services/engagement/post_counts.h"

namespace freshet::engagement {
namespace {

constexpr std::array kSpaces{kPostLikes, kPostSaves, kPostComments, kPostShares, kPostSharers};

Counter RungCounter(Metrics& metrics, std::string rung) {
  return metrics.GetCounter("freshet_engagement_rung_total",
                            "Pages of counts by the rung of the ladder that answered",
                            {{"rung", std::move(rung)}});
}

}  // namespace

Tallies::Tallies(EngagementOptions options, stores::Counters& counters, stores::Database& database,
                 const Clock& clock, Metrics& metrics)
    : options_(options),
      counters_(counters),
      database_(database),
      clock_(clock),
      from_counters_(RungCounter(metrics, "counters")),
      from_database_(RungCounter(metrics, "database")) {}

Awaitable<Result<std::vector<social::PostTallies>>> Tallies::Tally(
    AccountId viewer, std::span<const std::uint64_t> posts, Deadline deadline) {
  std::vector<social::PostTallies> tallies(posts.size());
  if (posts.empty()) co_return tallies;
  std::vector<stores::CounterKey> keys;
  keys.reserve(posts.size() * kSpaces.size());
  for (const auto post : posts) {
    for (const auto& space : kSpaces) keys.push_back({.space = space, .id = post});
  }
  const auto patience = Deadline::After(clock_, options_.counters_patience);
  const auto looks = co_await counters_.Look(std::move(keys), viewer, deadline.Within(patience));
  if (!looks) co_return co_await FromDatabase(posts, deadline);
  from_counters_.Add();
  for (std::size_t i = 0; i < posts.size(); ++i) {
    const auto* const of_post = &(*looks)[i * kSpaces.size()];
    tallies[i] = {
        .counts = {.likes = of_post[0].count,
                   .comments = of_post[2].count,
                   .shares = of_post[3].count},
        .viewer = {
            .liked = of_post[0].member, .saved = of_post[1].member, .shared = of_post[4].member}};
  }
  co_return tallies;
}

Awaitable<Result<>> Tallies::ShareChanged(social::ShareOfPost share, bool present,
                                          Deadline deadline) {
  std::vector<stores::Membership> memberships{
      {.set = {.space = kPostShares, .id = share.post.value}, .member = AccountId{share.id.value}},
      {.set = {.space = kPostSharers, .id = share.post.value}, .member = share.sharer}};
  CO_RETURN_IF_ERROR(present ? co_await counters_.AddMembers(std::move(memberships), deadline)
                             : co_await counters_.RemoveMembers(std::move(memberships), deadline));
  co_return Result<>();
}

Awaitable<Result<std::vector<social::PostTallies>>> Tallies::FromDatabase(
    std::span<const std::uint64_t> posts, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(
      const auto counts,
      co_await stores::ReadReturning(
          database_, [&](stores::Transaction& tx) { return ReadPostCounts(tx, posts); }, deadline));
  from_database_.Add();
  std::vector<social::PostTallies> tallies(posts.size());
  for (std::size_t i = 0; i < posts.size(); ++i) tallies[i].counts = counts[i];
  co_return tallies;
}

}  // namespace freshet::engagement
