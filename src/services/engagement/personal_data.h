// What engagement holds about a person.
#pragma once

#include "services/accounts/api.h"
#include "services/engagement/comments.h"
#include "services/engagement/reaction_lists.h"
#include "services/social/api.h"
#include "stores/activity/activity.h"
#include "stores/counters/counters.h"
#include "stores/database/database.h"

namespace freshet::engagement {

// All must outlive it.
struct EngagementDataParts {
  Comments& comments;
  ReactionLists& lists;
  social::SocialReads& social;
  stores::Database& database;
  stores::Counters& counters;
  stores::Activity& activity;
  const Clock& clock;
};

// Thread-safe.
class EngagementData final : public accounts::PersonalData {
 public:
  explicit EngagementData(EngagementDataParts parts) : parts_(parts) {}

  Awaitable<Result<bool>> EraseSome(AccountId person, Deadline deadline) override;
  std::vector<std::string_view> Lists() const override;
  Awaitable<Result<accounts::ExportPage>> Export(std::string_view list, AccountId person,
                                                 accounts::ExportPosition from,
                                                 Deadline deadline) override;

 private:
  // Each removes some, and returns whether there was nothing.
  Awaitable<Result<bool>> EraseComments(AccountId person, Deadline deadline);
  Awaitable<Result<bool>> EraseCommentLikes(AccountId person, Deadline deadline);
  Awaitable<Result<bool>> EraseReactions(AccountId person, Reaction reaction, Deadline deadline);

  const EngagementDataParts parts_;
};

}  // namespace freshet::engagement
