// SQLite's result codes as errors. Internal to the SQLite adapter.
#pragma once

#include <string_view>

#include "base/result.h"

struct sqlite3;

namespace freshet::stores {

// The error of the call on `connection` that just returned `code`; `what` says what it was for.
// A constraint that refused a row is kConflict (code "unique", "foreign_key" or "check"); a full
// disk or database kExhausted ("disk_full"); a broken file kCorrupt; a locked or unreadable one
// kUnavailable; an interrupted read kDeadline; everything else kInternal.
Failure SqliteFailure(sqlite3* connection, int code, std::string_view what);

}  // namespace freshet::stores
