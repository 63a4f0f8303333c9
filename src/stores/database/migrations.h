// Numbered schema migrations, one sequence per service.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/async.h"
#include "stores/database/database.h"

namespace freshet::stores {

struct Migration {
  int number;  // from 1, without gaps
  std::string_view
      sql;  // statements separated by ';' at the end of a line, in the SQL that all adapters share
};

// The migrations of one service, by its folder's name.
struct Schema {
  std::string_view service;
  std::span<const Migration> migrations;
};

// Brings every schema up to date, each migration in a transaction of its own, and records it in
// schema_migrations. Errors: kConflict (code "newer_schema") when the database knows a migration
// that this program does not: a newer freshet wrote it.
Awaitable<Result<>> Migrate(Database& database, std::span<const Schema> schemas, const Clock& clock,
                            Deadline deadline);

}  // namespace freshet::stores
