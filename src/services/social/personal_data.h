// What social holds about a person.
#pragma once

#include "services/accounts/api.h"
#include "services/social/graph.h"
#include "services/social/posts.h"
#include "services/social/restrictions.h"
#include "services/social/shares.h"
#include "stores/activity/activity.h"
#include "stores/database/database.h"
#include "stores/timelines/timelines.h"

namespace freshet::social {

// All must outlive it.
struct SocialDataParts {
  Graph& graph;
  Restrictions& restrictions;
  Posts& posts;
  Shares& shares;
  accounts::Profiles& profiles;
  stores::Database& database;
  stores::Activity& activity;
  stores::Timelines& timelines;
  const Clock& clock;
};

// Thread-safe.
class SocialData final : public accounts::PersonalData {
 public:
  explicit SocialData(SocialDataParts parts) : parts_(parts) {}

  Awaitable<Result<bool>> EraseSome(AccountId person, Deadline deadline) override;
  std::vector<std::string_view> Lists() const override;
  Awaitable<Result<accounts::ExportPage>> Export(std::string_view list, AccountId person,
                                                 accounts::ExportPosition from,
                                                 Deadline deadline) override;

 private:
  // Each removes some, and returns whether there was nothing.
  Awaitable<Result<bool>> ErasePosts(AccountId person, Deadline deadline);
  Awaitable<Result<bool>> EraseMentions(AccountId person, Deadline deadline);
  Awaitable<Result<bool>> EraseFollows(AccountId person, Deadline deadline);
  Awaitable<Result<bool>> EraseRestrictions(AccountId person, Deadline deadline);
  Awaitable<Result<>> EraseLists(AccountId person, Deadline deadline);

  Awaitable<Result<accounts::ExportPage>> ExportPeople(std::string_view list, AccountId person,
                                                       accounts::ExportPosition from,
                                                       Deadline deadline);
  Awaitable<Result<std::vector<RestrictionPage::Entry>>> People(std::string_view list,
                                                                AccountId person,
                                                                accounts::ExportPosition from,
                                                                Deadline deadline);

  const SocialDataParts parts_;
};

}  // namespace freshet::social
