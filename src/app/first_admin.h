// How an installation without administrators gets its first one: whoever can read what the server
// prints opens a link, once.
#pragma once

#include <string>

#include "base/mutex.h"
#include "net/api/routes.h"
#include "services/accounts/service.h"
#include "services/ops/audit.h"

namespace freshet::app {

// Thread-safe.
class FirstAdmin {
 public:
  // `wanted`: there is no administrator yet; else no code works.
  FirstAdmin(accounts::AccountsService& accounts, ops::Audit& audit, bool wanted);

  // The link's path with its code, which works until it was used or the process ends; empty when
  // there is none.
  std::string Path() const;

  // GET and POST /admin/claim: a form for user name and password, and what it does.
  void AddRoutes(net::Routes& routes);

 private:
  Awaitable<Result<net::RawResponse>> Claim(std::string form, accounts::SessionOrigin origin,
                                            std::string request_id, Deadline deadline);

  accounts::AccountsService& accounts_;
  ops::Audit& audit_;
  mutable Mutex mutex_;
  std::string code_ GUARDED_BY(mutex_);  // empty once it was used
};

}  // namespace freshet::app
