// The port behind which it is kept what administrators did.
#pragma once

#include <cstdint>
#include <string>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"

namespace freshet::net {

struct AdminAction {
  AccountId by;
  std::string action;   // the route: "PUT /v1/admin/accounts/{id}/verified"
  std::string target;   // the path that was called
  std::string details;  // the body, if it is short and holds no secret
  std::string request_id;
};

// Thread-safe.
class AuditTrail {
 public:
  virtual ~AuditTrail() = default;

  // Keeps, durably, that the action begins. Errors: kUnavailable, kExhausted, kDeadline; then it
  // must not begin.
  virtual Awaitable<Result<std::uint64_t>> Begin(AdminAction action, Deadline deadline) = 0;
  // How it ended, as an HTTP status. One that was refused (4xx) is forgotten: it changed nothing.
  // Without this its outcome stays unknown.
  virtual Awaitable<Result<>> End(std::uint64_t id, int status, Deadline deadline) = 0;
};

}  // namespace freshet::net
