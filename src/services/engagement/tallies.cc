#include "services/engagement/tallies.h"

#include <array>

#include "services/engagement/counter_spaces.h"

namespace freshet::engagement {
namespace {

constexpr std::array kCounts{kPostLikes, kPostComments, kPostShares};
constexpr std::array kMemberships{kPostLikes, kPostSaves, kPostSharers};

}  // namespace

Awaitable<Result<std::vector<social::PostTallies>>> Tallies::Tally(
    AccountId viewer, std::span<const std::uint64_t> posts, Deadline deadline) {
  std::vector<social::PostTallies> tallies(posts.size());
  if (posts.empty()) co_return tallies;
  std::vector<stores::CounterKey> keys;
  keys.reserve(posts.size() * kCounts.size());
  for (const auto post : posts) {
    for (const auto& space : kCounts) keys.push_back({.space = space, .id = post});
  }
  CO_ASSIGN_OR_RETURN(const auto counts, co_await counters_.Count(std::move(keys), deadline));
  for (std::size_t i = 0; i < posts.size(); ++i) {
    const auto* const of_post = &counts[i * kCounts.size()];
    tallies[i].counts = {.likes = of_post[0], .comments = of_post[1], .shares = of_post[2]};
  }
  if (!viewer) co_return tallies;

  std::vector<stores::Membership> memberships;
  memberships.reserve(posts.size() * kMemberships.size());
  for (const auto post : posts) {
    for (const auto& space : kMemberships) {
      memberships.push_back({.set = {.space = space, .id = post}, .member = viewer});
    }
  }
  CO_ASSIGN_OR_RETURN(const auto present,
                      co_await counters_.Contains(std::move(memberships), deadline));
  for (std::size_t i = 0; i < posts.size(); ++i) {
    const auto first = i * kMemberships.size();
    tallies[i].viewer = {
        .liked = present[first], .saved = present[first + 1], .shared = present[first + 2]};
  }
  co_return tallies;
}

}  // namespace freshet::engagement
