// Everything that is kept about a person, as an archive.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metrics.h"
#include "net/http/message.h"
#include "services/accounts/api.h"
#include "services/accounts/options.h"

namespace freshet::accounts {

// docs/formats/export.md is the archive's form. It is written while it is read, page by page, so
// that its size does not matter. Thread-safe.
class Exports {
 public:
  // All must outlive the answers.
  Exports(const AccountsOptions& options, std::vector<PersonalData*> data, const Clock& clock,
          Logger& logger, Metrics& metrics);

  // Errors: kExhausted (code "exports_busy": so many are written already).
  Result<net::Response> Open(AccountId person);

 private:
  Awaitable<Result<>> Write(AccountId person, net::BodyWriter& writer);

  const AccountsOptions options_;
  const std::vector<PersonalData*> data_;
  const Clock& clock_;
  Logger& logger_;
  Counter exported_;
  std::atomic<std::int64_t> under_way_{0};
};

}  // namespace freshet::accounts
