// What administrators did: kept before it is done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"
#include "net/api/answers.h"
#include "net/api/arguments.h"
#include "net/api/audit_trail.h"
#include "net/api/cursor.h"
#include "services/ops/types.h"
#include "stores/database/database.h"

namespace freshet::ops {

struct AuditOptions {
  Duration retention{34'560'000'000};

  static constexpr auto Describe() {
    return Description("audit", "The log of what administrators did.",
                       Field("retention", &AuditOptions::retention)
                           .Range(60'000, 3.1536e11)
                           .Unit("ms")
                           .Doc("Older entries are removed."));
  }
};

// Thread-safe.
class Audit final : public net::AuditTrail {
 public:
  Audit(AuditOptions options, stores::Database& database, const net::CursorCodec& cursors,
        IdGenerator& ids, const Clock& clock)
      : options_(options), database_(database), cursors_(cursors), ids_(ids), clock_(clock) {}

  Awaitable<Result<std::uint64_t>> Begin(net::AdminAction action, Deadline deadline) override;
  Awaitable<Result<>> End(std::uint64_t id, int status, Deadline deadline) override;
  // For what is done otherwise than by a route of administrators.
  Awaitable<Result<>> Record(net::AdminAction action, Deadline deadline);

  // Newest first. Errors: kInvalid (the cursor), the database's.
  Awaitable<Result<net::Page<AuditEntry>>> List(net::PageQuery query, Deadline deadline);
  // Removes what is older than the retention; some thousands at once.
  Awaitable<Result<>> Purge(Deadline deadline);
  // 0 when there is none.
  Awaitable<Result<std::uint64_t>> NewestId(Deadline deadline);

 private:
  Awaitable<Result<std::uint64_t>> Add(net::AdminAction action, std::optional<int> status,
                                       Deadline deadline);

  const AuditOptions options_;
  stores::Database& database_;
  const net::CursorCodec& cursors_;
  IdGenerator& ids_;
  const Clock& clock_;
};

}  // namespace freshet::ops
