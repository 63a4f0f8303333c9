// Who calls a route, and under which conditions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "base/operation_key.h"
#include "net/api/scope.h"

namespace freshet::net {

struct Caller {
  AccountId account;  // none: nobody is signed in
  Scopes scopes;
  std::uint64_t session = 0;  // of the token; 0 only without one
  Timestamp token_expires_at;
  std::string request_id;
  std::string remote_address;
  Deadline deadline = Deadline::Never();
  std::optional<OperationKey> operation;  // on Idempotent() routes, when the client sent a key

  bool signed_in() const { return static_cast<bool>(account); }
};

}  // namespace freshet::net
