#include "services/social/suggestions.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace freshet::social {
namespace {

// Candidates that are looked at for one that may be suggested.
constexpr std::size_t kSpare = 4;

// At most `most` of the followees, those with the greatest scores.
std::vector<std::uint64_t> Closest(const FolloweeSet& followees, std::size_t most) {
  const auto ids = followees.ids();
  const auto scores = followees.scores();
  std::vector<std::size_t> order(ids.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(std::min(most, order.size()));
  std::ranges::partial_sort(order, middle, std::ranges::greater(),
                            [&](std::size_t i) { return scores[i]; });
  std::vector<std::uint64_t> closest;
  for (auto at = order.begin(); at != middle; ++at) closest.push_back(ids[*at].value);
  return closest;
}

}  // namespace

Awaitable<Result<std::vector<Suggestions::Candidate>>> Suggestions::Candidates(AccountId person,
                                                                               Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto own, co_await graph_.Followees(person, deadline));
  const auto closest = Closest(own, kMostPeople);
  CO_ASSIGN_OR_RETURN(const auto theirs, co_await graph_.Followees(closest, deadline));
  std::unordered_map<AccountId, std::int64_t> mutuals;
  for (const auto& followees : theirs) {
    // Evenly over the set, so that nobody is left out for the age of their account.
    const auto ids = followees.ids();
    const std::size_t step = ids.size() / kMostEach + 1;
    for (std::size_t i = 0; i < ids.size(); i += step) ++mutuals[ids[i]];
  }
  const auto popular = graph_.celebrities().All();
  for (const auto author : *popular) mutuals.try_emplace(author, 0);
  std::vector<Candidate> candidates;
  for (const auto& [account, count] : mutuals) {
    if (account == person || own.Contains(account)) continue;
    candidates.push_back({.account = account, .mutuals = count});
  }
  std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
    return std::tuple(-a.mutuals, a.account) < std::tuple(-b.mutuals, b.account);
  });
  co_return candidates;
}

Awaitable<Result<std::vector<Suggestion>>> Suggestions::For(AccountId person, std::size_t limit,
                                                            Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto candidates, co_await Candidates(person, deadline));
  if (candidates.size() > limit * kSpare) candidates.resize(limit * kSpare);
  std::vector<std::uint64_t> values;
  std::vector<AccountId> ids;
  for (const auto& candidate : candidates) values.push_back(candidate.account.value);
  CO_ASSIGN_OR_RETURN(const auto may, co_await visibility_.MayBeToldOf(person, values, deadline));
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (may[i]) ids.push_back(candidates[i].account);
  }
  CO_ASSIGN_OR_RETURN(auto found, co_await profiles_.Find(ids, deadline));
  std::vector<accounts::Account> accounts;
  for (auto& account : found) {
    if (account) accounts.push_back(*std::move(account));
  }
  CO_RETURN_IF_ERROR(co_await graph_.Complete(person, accounts, deadline));
  std::vector<Suggestion> suggestions;
  for (auto& account : accounts) {
    // The cached sets may be older than the relationship.
    const auto& now = account.relationship;
    if (now && (now->following || now->requested || now->blocking || now->blocked_by)) continue;
    const auto of = std::ranges::find(candidates, account.id, &Candidate::account);
    suggestions.push_back({.account = std::move(account), .mutual_count = of->mutuals});
    if (suggestions.size() == limit) break;
  }
  co_return suggestions;
}

}  // namespace freshet::social
