#include "stores/database/past_ids.h"

#include "base/id.h"

namespace freshet::stores {

Result<std::uint64_t> NextIdAt(Transaction& tx, Timestamp time, std::string_view newest_between) {
  ASSIGN_OR_RETURN(const std::uint64_t first, FirstIdAt(time));
  ASSIGN_OR_RETURN(const std::uint64_t end, FirstIdAt(time + Duration(1)));
  std::uint64_t id = first;
  RETURN_IF_ERROR(tx.Query(newest_between, {first, end}, [&](const Row& row) {
    if (!row.IsNull(0)) id = static_cast<std::uint64_t>(row.Int(0)) + 1;
  }));
  if (id >= end) return Invalid("too many things have the same created_at", "out_of_range");
  return id;
}

}  // namespace freshet::stores
