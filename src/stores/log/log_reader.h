// Reads of the embedded event log: from memory where possible, else on a blocking thread.
#pragma once

#include <vector>

#include "base/async.h"
#include "base/blocking_pool.h"
#include "base/metrics.h"
#include "base/result.h"
#include "stores/log/log_store.h"
#include "stores/log/partition.h"

namespace freshet::stores {

// Thread-safe.
class LogReader {
 public:
  LogReader(const LogStore& store, BlockingPool& pool, Metrics& metrics);

  // Records from `from` on, or from the oldest kept one; empty at the end. Uses `limit` up.
  // Errors: kCorrupt, kUnavailable.
  Awaitable<Result<std::vector<StoredRecord>>> Fetch(const Partition& partition, Offset from,
                                                     FetchLimit& limit);

  // The first offset of a record that was appended at or after `time`, or the end. A damaged record
  // counts as appended with the next whole one of its segment. O(log n) reads and one for each
  // damaged record on the way; blocks. Errors: kUnavailable.
  Result<Offset> FindTime(const Partition& partition, Timestamp time) const;

 private:
  const LogStore& store_;
  BlockingPool& pool_;
  Counter disk_reads_;
};

}  // namespace freshet::stores
