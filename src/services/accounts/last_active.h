// When people were here last, to within some minutes.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "base/async.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "net/api/authenticator.h"
#include "services/accounts/options.h"
#include "stores/database/database.h"

namespace freshet::accounts {

// Noticed on every request, written in batches. What was noticed since the last Flush is lost with
// the process. Thread-safe.
class LastActive {
 public:
  LastActive(const AccountsOptions& options, stores::Database& database, const Clock& clock);

  // One load where the session was noticed in this interval already. Where too many sessions wait
  // to be written, new ones are left out.
  void Notice(AccountId account, std::uint64_t session);
  // Writes what was noticed. What cannot be written is forgotten.
  Awaitable<Result<>> Flush(Deadline deadline);

 private:
  struct Seen {
    AccountId account;
    Timestamp at;
  };

  const std::int64_t interval_;  // ms
  stores::Database& database_;
  const Clock& clock_;
  // By session: what was noticed lately, as a session mixed with an interval.
  std::array<std::atomic<std::uint64_t>, 16'384> lately_{};
  Mutex mutex_;
  std::unordered_map<std::uint64_t, Seen> seen_ GUARDED_BY(mutex_);  // by session
};

// Notices everybody whose token is good.
class NoticingAuthenticator final : public net::Authenticator {
 public:
  NoticingAuthenticator(net::Authenticator& inner, LastActive& last_active)
      : inner_(inner), last_active_(last_active) {}

  std::optional<Result<net::Identity>> Recall(std::string_view bearer_token) override;
  Awaitable<Result<net::Identity>> Authenticate(std::string_view bearer_token,
                                                Deadline deadline) override;

 private:
  net::Authenticator& inner_;
  LastActive& last_active_;
};

}  // namespace freshet::accounts
