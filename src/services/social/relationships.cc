#include "services/social/relationships.h"

#include <array>

#include "services/social/graph_rows.h"

namespace freshet::social {
namespace {

constexpr int kAcceptedAtOnce = 500;

Failure NoSuchAccount() { return NotFound("There is no such account."); }

Result<bool> HasRequest(stores::Transaction& tx, FollowEdge edge) {
  bool found = false;
  RETURN_IF_ERROR(
      tx.Query("SELECT 1 FROM follow_requests WHERE follower_id = $1 AND followee_id = $2",
               {edge.follower, edge.followee}, [&](const stores::Row&) { found = true; }));
  return found;
}

// Ends whatever there is of `edge`.
Result<> End(stores::Transaction& tx, FollowEdge edge) {
  RETURN_IF_ERROR(DeleteFollow(tx, edge));
  RETURN_IF_ERROR(DeleteRequest(tx, edge));
  return {};
}

}  // namespace

Relationships::Relationships(GraphOptions options, Graph& graph, Restrictions& restrictions,
                             accounts::Profiles& profiles, stores::Database& database,
                             const Clock& clock)
    : options_(options),
      graph_(graph),
      restrictions_(restrictions),
      profiles_(profiles),
      database_(database),
      clock_(clock) {}

Awaitable<Result<bool>> Relationships::IsPrivate(AccountId account, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto cards, co_await profiles_.Cards({&account.value, 1}, deadline));
  if (!cards.front()) co_return NoSuchAccount();
  co_return accounts::AuthorCardView(*cards.front()).is_private();
}

Awaitable<Result<>> Relationships::CheckOther(AccountId person, AccountId other,
                                              Deadline deadline) {
  if (person == other) co_return Invalid("This is your own account.", "own_account");
  CO_RETURN_IF_ERROR(co_await IsPrivate(other, deadline));
  co_return Result<>();
}

Awaitable<Result<accounts::Relationship>> Relationships::ChangeBetween(AccountId person,
                                                                       AccountId other,
                                                                       const Change& change,
                                                                       Deadline deadline) {
  bool was_following = false, was_followed = false;
  accounts::Relationship before;
  accounts::Relationship after;
  const auto run = [&](stores::Transaction& tx) -> Result<> {
    ASSIGN_OR_RETURN(before, ReadRelationship(tx, person, other, clock_.Now()));
    RETURN_IF_ERROR(change(tx));
    ASSIGN_OR_RETURN(after, ReadRelationship(tx, person, other, clock_.Now()));
    return {};
  };
  CO_RETURN_IF_ERROR(co_await database_.Write(run, deadline));
  was_following = before.following != after.following;
  was_followed = before.followed_by != after.followed_by;
  // A failure here is mended by the worker that reads the facts.
  std::vector<AccountId> followers;
  if (was_following) followers.push_back(person);
  if (was_followed) followers.push_back(other);
  if (!followers.empty()) (void)co_await graph_.ForgetFollowees(followers, deadline);
  if (before.blocking != after.blocking || before.muting != after.muting || after.muting) {
    (void)co_await restrictions_.Forget(person, other, deadline);
  }
  co_return after;
}

Awaitable<Result<accounts::Relationship>> Relationships::Follow(AccountId person, AccountId other,
                                                                Deadline deadline) {
  if (person == other) co_return Invalid("Nobody can follow themselves.", "self_follow");
  CO_ASSIGN_OR_RETURN(const bool is_private, co_await IsPrivate(other, deadline));
  const FollowEdge edge{.follower = person, .followee = other};
  const auto follow = [&](stores::Transaction& tx) -> Result<> {
    const Timestamp now = clock_.Now();
    ASSIGN_OR_RETURN(const auto standing, ReadRelationship(tx, person, other, now));
    if (standing.blocked_by) return NoSuchAccount();
    if (standing.blocking) {
      return Conflict("You block this account; unblock it first.", "blocking");
    }
    if (standing.following || (standing.requested && is_private)) return {};
    if (!standing.requested) {
      RETURN_IF_ERROR(CheckFollowingLimit(tx, person, options_.max_following));
    }
    if (is_private) {
      RETURN_IF_ERROR(InsertRequest(tx, edge, now));
      return {};
    }
    ASSIGN_OR_RETURN(const bool asked, DeleteRequest(tx, edge));
    RETURN_IF_ERROR(InsertFollow(tx, edge, asked, now));
    return {};
  };
  co_return co_await ChangeBetween(person, other, follow, deadline);
}

Awaitable<Result<accounts::Relationship>> Relationships::Unfollow(AccountId person, AccountId other,
                                                                  Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await CheckOther(person, other, deadline));
  const auto end = [&](stores::Transaction& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto standing, ReadRelationship(tx, person, other, clock_.Now()));
    if (standing.blocked_by) return NoSuchAccount();
    return End(tx, {.follower = person, .followee = other});
  };
  co_return co_await ChangeBetween(person, other, end, deadline);
}

Awaitable<Result<accounts::Relationship>> Relationships::Accept(AccountId person, AccountId other,
                                                                Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await CheckOther(person, other, deadline));
  const FollowEdge edge{.follower = other, .followee = person};
  const auto accept = [&](stores::Transaction& tx) -> Result<> {
    ASSIGN_OR_RETURN(const bool asked, DeleteRequest(tx, edge));
    if (asked) {
      RETURN_IF_ERROR(InsertFollow(tx, edge, /*accepted=*/true, clock_.Now()));
      return {};
    }
    ASSIGN_OR_RETURN(const auto standing, ReadRelationship(tx, person, other, clock_.Now()));
    if (standing.followed_by) return {};
    return NotFound("There is no such request; it may have been taken back.");
  };
  co_return co_await ChangeBetween(person, other, accept, deadline);
}

Awaitable<Result<accounts::Relationship>> Relationships::Refuse(AccountId person, AccountId other,
                                                                Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await CheckOther(person, other, deadline));
  const auto refuse = [&](stores::Transaction& tx) -> Result<> {
    RETURN_IF_ERROR(DeleteRequest(tx, {.follower = other, .followee = person}));
    return {};
  };
  co_return co_await ChangeBetween(person, other, refuse, deadline);
}

Awaitable<Result<accounts::Relationship>> Relationships::Block(AccountId person, AccountId other,
                                                               Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await CheckOther(person, other, deadline));
  const auto block = [&](stores::Transaction& tx) -> Result<> {
    RETURN_IF_ERROR(restrictions_.SetBlock(tx, person, other, true));
    RETURN_IF_ERROR(End(tx, {.follower = person, .followee = other}));
    return End(tx, {.follower = other, .followee = person});
  };
  co_return co_await ChangeBetween(person, other, block, deadline);
}

Awaitable<Result<accounts::Relationship>> Relationships::Unblock(AccountId person, AccountId other,
                                                                 Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await CheckOther(person, other, deadline));
  const auto unblock = [&](stores::Transaction& tx) -> Result<> {
    RETURN_IF_ERROR(restrictions_.SetBlock(tx, person, other, false));
    return {};
  };
  co_return co_await ChangeBetween(person, other, unblock, deadline);
}

Awaitable<Result<accounts::Relationship>> Relationships::Mute(AccountId person, AccountId other,
                                                              std::optional<Timestamp> expires_at,
                                                              Deadline deadline) {
  if (expires_at && *expires_at <= clock_.Now()) {
    co_return InvalidField("/expires_at", "in_the_past", "choose a time that is still to come");
  }
  CO_RETURN_IF_ERROR(co_await CheckOther(person, other, deadline));
  const auto mute = [&](stores::Transaction& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto standing, ReadRelationship(tx, person, other, clock_.Now()));
    if (standing.blocked_by) return NoSuchAccount();
    RETURN_IF_ERROR(restrictions_.SetMute(tx, person, other, true, expires_at));
    return {};
  };
  co_return co_await ChangeBetween(person, other, mute, deadline);
}

Awaitable<Result<accounts::Relationship>> Relationships::Unmute(AccountId person, AccountId other,
                                                                Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await CheckOther(person, other, deadline));
  const auto unmute = [&](stores::Transaction& tx) -> Result<> {
    RETURN_IF_ERROR(restrictions_.SetMute(tx, person, other, false, std::nullopt));
    return {};
  };
  co_return co_await ChangeBetween(person, other, unmute, deadline);
}

Awaitable<Result<>> Relationships::AcceptAllOf(AccountId account, Deadline deadline) {
  for (;;) {
    const auto is_private = co_await IsPrivate(account, deadline);
    if (!is_private && is_private.error().kind() != ErrorKind::kNotFound) {
      co_return std::unexpected(is_private.error());
    }
    if (!is_private || *is_private) co_return Result<>();
    std::vector<AccountId> accepted;
    const auto accept = [&](stores::Transaction& tx) -> Result<> {
      accepted.clear();
      RETURN_IF_ERROR(
          tx.Query("SELECT follower_id FROM follow_requests WHERE followee_id = $1 "
                   "ORDER BY created_at, follower_id LIMIT $2",
                   {account, kAcceptedAtOnce},
                   [&](const stores::Row& row) { accepted.push_back(row.AsId<AccountId>(0)); }));
      for (const auto follower : accepted) {
        const FollowEdge edge{.follower = follower, .followee = account};
        RETURN_IF_ERROR(DeleteRequest(tx, edge));
        RETURN_IF_ERROR(InsertFollow(tx, edge, /*accepted=*/true, clock_.Now()));
      }
      return {};
    };
    CO_RETURN_IF_ERROR(co_await database_.Write(accept, deadline));
    if (accepted.empty()) co_return Result<>();
    (void)co_await graph_.ForgetFollowees(accepted, deadline);
  }
}

Awaitable<Result<>> Relationships::Apply(std::span<const FollowChanged> facts, Deadline deadline) {
  std::vector<AccountId> followers;
  for (const auto& fact : facts) {
    switch (fact.type) {
      case FollowEventType::kFollowChanged: followers.push_back(fact.follower_id); break;
      case FollowEventType::kRequested: {
        // Asked while the account was private: those who ask are few, so each is looked at.
        const FollowEdge edge{.follower = fact.follower_id, .followee = fact.followee_id};
        CO_ASSIGN_OR_RETURN(
            const bool open,
            co_await stores::ReadReturning(
                database_, [&](stores::Transaction& tx) { return HasRequest(tx, edge); },
                deadline));
        if (open) CO_RETURN_IF_ERROR(co_await AcceptAllOf(fact.followee_id, deadline));
        break;
      }
      case FollowEventType::kRequestEnded: break;
      case FollowEventType::kBlockChanged:
      case FollowEventType::kMuteChanged:
      case FollowEventType::kMutedWordsChanged:
        CO_RETURN_IF_ERROR(
            co_await restrictions_.Forget(fact.follower_id, fact.followee_id, deadline));
        break;
    }
  }
  if (followers.empty()) co_return Result<>();
  co_return co_await graph_.ForgetFollowees(followers, deadline);
}

}  // namespace freshet::social
