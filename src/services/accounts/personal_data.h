// What accounts itself holds about people.
#pragma once

#include "services/accounts/api.h"
#include "services/accounts/sessions.h"
#include "stores/database/database.h"

namespace freshet::accounts {

// Thread-safe.
class OwnPersonalData final : public PersonalData {
 public:
  OwnPersonalData(stores::Database& database, Sessions& sessions, const Clock& clock)
      : database_(database), sessions_(sessions), clock_(clock) {}
  Awaitable<Result<bool>> EraseSome(AccountId person, Deadline deadline) override;
  std::vector<std::string_view> Lists() const override;
  Awaitable<Result<ExportPage>> Export(std::string_view list, AccountId person, ExportPosition from,
                                       Deadline deadline) override;

 private:
  stores::Database& database_;
  Sessions& sessions_;
  const Clock& clock_;
};

}  // namespace freshet::accounts
