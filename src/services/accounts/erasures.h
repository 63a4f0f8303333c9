// Removes people who left from every store.
#pragma once

#include <cstdint>
#include <map>
#include <stop_token>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metrics.h"
#include "services/accounts/api.h"
#include "services/accounts/options.h"
#include "stores/database/database.h"
#include "stores/log/event_log.h"

namespace freshet::accounts {

// All must outlive it.
struct ErasureParts {
  std::vector<PersonalData*> data;
  stores::Database& database;
  stores::EventLog& log;
  const Clock& clock;
  Logger& logger;
  Metrics& metrics;
};

// Every account that was erased is a row until nothing is left of it anywhere; so a crash at any
// moment only means that work which may be repeated is repeated. Each account is gone through
// twice: at once, and when requests and facts that were under way have had their effect. Then the
// database's files are freed of what was deleted.
class Erasures {
 public:
  Erasures(const AccountsOptions& options, ErasureParts parts);

  // Goes on until `stop`.
  Awaitable<> Run(std::stop_token stop);

  // How many accounts are not erased to the end. Errors: the database's.
  Awaitable<Result<std::int64_t>> Pending(Deadline deadline);

 private:
  struct Due {
    AccountId account;
    std::int64_t passes = 0;
  };
  Awaitable<Result<>> RunOnce(std::stop_token stop);
  Awaitable<Result<std::vector<Due>>> FindDue(Deadline deadline);
  // Whether everything is removed that there was when it was called.
  Awaitable<Result<bool>> EraseAll(AccountId account, std::stop_token stop);
  // Whether every consumer of the log has processed what was in it when this was first asked.
  Awaitable<Result<bool>> FactsHadTheirEffect(AccountId account);
  Awaitable<Result<>> EndFirstPass(AccountId account);
  Awaitable<Result<>> Finish(AccountId account);

  Deadline Soon() const;

  const AccountsOptions options_;
  const ErasureParts parts_;
  Gauge pending_;
  Counter erased_;
  // Up to where the log must be processed; forgotten with the process, which then waits anew.
  std::map<AccountId, std::map<std::pair<std::string, std::uint32_t>, stores::Offset>> ends_;
};

}  // namespace freshet::accounts
