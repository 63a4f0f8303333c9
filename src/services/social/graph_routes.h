// The graph over HTTP: follows, requests, blocks, mutes, suggestions.
#pragma once

#include "net/api/routes.h"
#include "services/social/people_lists.h"
#include "services/social/relationships.h"
#include "services/social/restrictions.h"
#include "services/social/suggestions.h"

namespace freshet::social {

struct RelationshipAnswer {
  accounts::Relationship relationship;

  static constexpr auto Describe() {
    return Description("RelationshipAnswer",
                       "How the reader and the account stand to each other now.",
                       Field("relationship", &RelationshipAnswer::relationship));
  }
};

using RelationshipChange = Awaitable<Result<accounts::Relationship>> (Relationships::*)(
    AccountId person, AccountId other, Deadline deadline);

// The handler of a route that changes how the caller stands to the account in its path.
inline auto Changing(Relationships& relationships, RelationshipChange change) {
  return [&relationships, change](const net::Caller& caller,
                                  AccountId id) -> Awaitable<Result<RelationshipAnswer>> {
    CO_ASSIGN_OR_RETURN(const auto now,
                        co_await (relationships.*change)(caller.account, id, caller.deadline));
    co_return RelationshipAnswer{now};
  };
}

void AddGraphRoutes(net::Routes& routes, Relationships& relationships, PeopleLists& people,
                    Suggestions& suggestions);
void AddRestrictionRoutes(net::Routes& routes, Relationships& relationships,
                          Restrictions& restrictions, PeopleLists& people);

}  // namespace freshet::social
