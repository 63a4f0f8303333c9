// Ids for what is brought in as if it had been made in the past.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "stores/database/database.h"

namespace freshet::stores {

// The next free id of the millisecond `time`. `newest_between` says which ids are taken: a constant
// that selects the greatest from $1 on and below $2. Errors: kInvalid (a time that no id can hold;
// code "out_of_range": all ids of the millisecond are taken), the database's.
Result<std::uint64_t> NextIdAt(Transaction& tx, Timestamp time, std::string_view newest_between);

}  // namespace freshet::stores
