#include "services/ops/schema/schema.h"

#include <array>

namespace freshet::ops {
namespace {

// Ids are ordered by time. The status is null while the outcome is not known.
constexpr std::string_view kFirst = R"sql(
CREATE TABLE audit_log (
  id BIGINT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  details TEXT NOT NULL,
  request_id TEXT NOT NULL,
  status SMALLINT
);
)sql";

constexpr std::array kMigrations{stores::Migration{1, kFirst}};

}  // namespace

stores::Schema OpsSchema() { return {.service = "ops", .migrations = kMigrations}; }

}  // namespace freshet::ops
