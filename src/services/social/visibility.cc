#include "services/social/visibility.h"

#include <algorithm>

namespace freshet::social {
namespace {

// Posts of which it takes more to decide who may see them.
struct Undecided {
  std::vector<std::size_t> places;
  std::vector<std::uint64_t> authors;  // of the places
  bool any_for_friends = false;
};

// Marks the viewer's own posts in `may_see`, and leaves out what no other may see.
Undecided SetApart(AccountId viewer, std::span<const PostAudience> posts,
                   std::vector<bool>& may_see) {
  Undecided undecided;
  for (std::size_t i = 0; i < posts.size(); ++i) {
    if (viewer && posts[i].author == viewer) {
      may_see[i] = true;
      continue;
    }
    const bool for_friends = posts[i].privacy == Privacy::kFriends;
    if (posts[i].privacy == Privacy::kPrivate || (for_friends && !viewer)) continue;
    undecided.any_for_friends |= for_friends;
    undecided.places.push_back(i);
    undecided.authors.push_back(posts[i].author.value);
  }
  return undecided;
}

}  // namespace

Awaitable<Result<std::vector<bool>>> Visibility::MaySee(AccountId viewer,
                                                        std::span<const PostAudience> posts,
                                                        Deadline deadline) {
  std::vector<bool> may_see(posts.size(), false);
  const auto [by_others, authors, any_for_friends] = SetApart(viewer, posts, may_see);
  if (by_others.empty()) co_return may_see;

  CO_ASSIGN_OR_RETURN(const auto cards, co_await profiles_.Cards(authors, deadline));
  FolloweeSet followees;
  std::vector<FolloweeSet> of_authors;
  std::vector<bool> blocked(authors.size(), false);
  if (viewer) {
    CO_ASSIGN_OR_RETURN(followees, co_await graph_.Followees(viewer, deadline));
    CO_ASSIGN_OR_RETURN(const auto own, co_await restrictions_.Of(viewer, deadline));
    CO_ASSIGN_OR_RETURN(blocked, co_await Blocked(viewer, authors, own, deadline));
  }
  if (any_for_friends) {
    CO_ASSIGN_OR_RETURN(of_authors, co_await graph_.Followees(authors, deadline));
  }
  for (std::size_t k = 0; k < by_others.size(); ++k) {
    const PostAudience& post = posts[by_others[k]];
    if (!cards[k] || blocked[k]) continue;
    const bool for_friends = post.privacy == Privacy::kFriends;
    const bool for_followers = for_friends || accounts::AuthorCardView(*cards[k]).is_private();
    may_see[by_others[k]] = (!for_followers || followees.Contains(post.author)) &&
                            (!for_friends || of_authors[k].Contains(viewer));
  }
  co_return may_see;
}

Awaitable<Result<std::vector<bool>>> Visibility::Blocked(AccountId viewer,
                                                         std::span<const std::uint64_t> people,
                                                         const RestrictionSet& own,
                                                         Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto theirs, co_await restrictions_.Of(people, deadline));
  std::vector<bool> blocked(people.size());
  for (std::size_t i = 0; i < people.size(); ++i) {
    blocked[i] = own.Blocks(AccountId{people[i]}) || theirs[i].Blocks(viewer);
  }
  co_return blocked;
}

Awaitable<Result<>> Visibility::CheckAccount(AccountId viewer, AccountId account,
                                             Deadline deadline) {
  const Failure no_such_account = NotFound("There is no such account.");
  CO_ASSIGN_OR_RETURN(const auto cards, co_await profiles_.Cards({&account.value, 1}, deadline));
  if (!cards.front()) co_return no_such_account;
  if (!viewer || viewer == account) co_return Result<>();
  CO_ASSIGN_OR_RETURN(const auto theirs, co_await restrictions_.Of(account, deadline));
  if (theirs.Blocks(viewer)) co_return no_such_account;
  co_return Result<>();
}

Awaitable<Result<>> Visibility::CheckAccountLists(AccountId viewer, AccountId account,
                                                  Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await CheckAccount(viewer, account, deadline));
  if (viewer == account) co_return Result<>();
  if (viewer) {
    CO_ASSIGN_OR_RETURN(const auto own, co_await restrictions_.Of(viewer, deadline));
    if (own.Blocks(account)) {
      co_return Forbidden("You block this account; unblock it to see its lists.", "blocking");
    }
  }
  CO_ASSIGN_OR_RETURN(const auto cards, co_await profiles_.Cards({&account.value, 1}, deadline));
  if (!cards.front()) co_return NotFound("There is no such account.");
  if (!accounts::AuthorCardView(*cards.front()).is_private()) co_return Result<>();
  FolloweeSet followees;
  if (viewer) {
    CO_ASSIGN_OR_RETURN(followees, co_await graph_.Followees(viewer, deadline));
  }
  if (followees.Contains(account)) co_return Result<>();
  co_return Forbidden("This account is private; ask to follow it to see its lists.",
                      "private_account");
}

Awaitable<Result<std::vector<bool>>> Visibility::MaySeePeople(AccountId viewer,
                                                              std::span<const std::uint64_t> people,
                                                              Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto cards, co_await profiles_.Cards(people, deadline));
  std::vector<bool> blocked(people.size(), false);
  if (viewer) {
    CO_ASSIGN_OR_RETURN(const auto own, co_await restrictions_.Of(viewer, deadline));
    CO_ASSIGN_OR_RETURN(blocked, co_await Blocked(viewer, people, own, deadline));
  }
  std::vector<bool> may_see(people.size());
  for (std::size_t i = 0; i < people.size(); ++i) may_see[i] = cards[i] && !blocked[i];
  co_return may_see;
}

Awaitable<Result<std::vector<bool>>> Visibility::MayBeToldOf(AccountId reader,
                                                             std::span<const std::uint64_t> people,
                                                             Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto may, co_await MaySeePeople(reader, people, deadline));
  CO_ASSIGN_OR_RETURN(const auto own, co_await restrictions_.Of(reader, deadline));
  for (std::size_t i = 0; i < people.size(); ++i) {
    if (own.Mutes(AccountId{people[i]}, clock_.Now())) may[i] = false;
  }
  co_return may;
}

Awaitable<Result<>> Visibility::KeepListeners(AccountId author, std::vector<AccountId>& followers,
                                              Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto muters, co_await restrictions_.MutersOf(author, deadline));
  if (muters.empty()) co_return Result<>();
  const Timestamp now = clock_.Now();
  std::erase_if(followers, [&](AccountId follower) { return muters.Contains(follower, now); });
  co_return Result<>();
}

Awaitable<Result<RestrictionSet>> Visibility::UnwantedBy(AccountId viewer, Deadline deadline) {
  return restrictions_.Of(viewer, deadline);
}

Awaitable<Result<std::vector<AccountId>>> Visibility::HeardFollowees(AccountId viewer,
                                                                     Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto followees, co_await graph_.Followees(viewer, deadline));
  CO_ASSIGN_OR_RETURN(const auto own, co_await restrictions_.Of(viewer, deadline));
  std::vector<AccountId> heard(followees.ids().begin(), followees.ids().end());
  if (own.empty()) co_return heard;
  const Timestamp now = clock_.Now();
  std::erase_if(heard, [&](AccountId followee) { return own.Mutes(followee, now); });
  co_return heard;
}

}  // namespace freshet::social
