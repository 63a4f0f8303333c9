// The rows of the graph, read and written within transactions of the callers'. Each change comes
// with its counts and its fact.
#pragma once

#include "base/clock.h"
#include "base/id.h"
#include "services/accounts/types.h"
#include "services/social/events.h"
#include "stores/database/database.h"

namespace freshet::social {

// Publishes a change in the transaction that makes it.
Result<> AddFollowEvent(stores::Transaction& tx, const FollowChanged& event);

// How `viewer` stands to `other`.
Result<accounts::Relationship> ReadRelationship(stores::Transaction& tx, AccountId viewer,
                                                AccountId other, Timestamp now);

// Whether either blocks the other.
Result<bool> AreBlocked(stores::Transaction& tx, AccountId one, AccountId other);

struct FollowEdge {
  AccountId follower;
  AccountId followee;
};

// Each returns whether there was something to do.
Result<bool> InsertFollow(stores::Transaction& tx, FollowEdge edge, bool accepted, Timestamp now);
Result<bool> DeleteFollow(stores::Transaction& tx, FollowEdge edge);
Result<bool> InsertRequest(stores::Transaction& tx, FollowEdge edge, Timestamp now);
Result<bool> DeleteRequest(stores::Transaction& tx, FollowEdge edge);

// Errors: kInvalid (code "following_limit") when the person follows, and asked to follow, `most`.
Result<> CheckFollowingLimit(stores::Transaction& tx, AccountId person, std::int64_t most);

}  // namespace freshet::social
