// One partition of the embedded event log: where it begins and ends, and its newest records in
// memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "base/signal.h"
#include "stores/log/event_log.h"
#include "stores/log/record_format.h"

namespace freshet::stores {

// How much one call may take.
struct FetchLimit {
  std::size_t records = 0;
  std::uint64_t bytes = 0;  // the first record is taken even when it is larger
  bool taken = false;

  bool Admits(std::uint64_t record_bytes) const {
    return records > 0 && (!taken || record_bytes <= bytes);
  }
  void Take(std::uint64_t record_bytes) {
    --records;
    bytes -= std::min(bytes, record_bytes);
    taken = true;
  }
};

// What is known of a partition without reading records. Segments are the unit in which bytes are
// remembered over a restart.
struct PartitionExtent {
  static constexpr std::uint64_t kSegmentBytes = 256 * 1024;
  static constexpr Offset kSegmentRecords = 4'096;

  Offset begin = 0;
  Timestamp last_time{};
  std::deque<Segment> sealed;
  Segment open;  // open.end is the partition's end

  std::uint64_t Bytes() const;
  // Adds one record at open.end. Returns the segment that became full thereby.
  std::optional<Segment> Extend(Timestamp appended_at, std::uint64_t bytes);
};

// A cut that was decided: records before `begin` go, which are whole segments and `bytes` of the
// first one that stays.
struct Trim {
  Offset begin = 0;
  std::uint64_t bytes = 0;

  void ApplyTo(PartitionExtent& extent) const;
};

// Thread-safe; what is marked for the writer is called by the one thread that writes.
class Partition {
 public:
  Partition(PartitionId id, PartitionExtent recovered);

  PartitionId id() const { return id_; }

  // Writer: what the partition will be when everything that is being written has succeeded.
  PartitionExtent& pending() { return pending_; }
  // Writer: makes written records visible, in order, and wakes the readers. The tail keeps at most
  // `tail_bytes` of the newest ones.
  struct Written {
    Timestamp appended_at;
    std::string body;
  };
  void Publish(std::vector<Written> records, std::uint64_t tail_bytes);
  void Publish(const Trim& trim);
  // Writer: forgets what was pending and failed. Rows of it may be on the disk.
  void Abandon();
  // Writer: the offset before which such rows lie, once after a failure; else 0.
  Offset TakeLeftovers() { return std::exchange(failed_, false) ? attempted_end_ : 0; }

  // Records from `from` on, or from the begin, if the tail has them; nothing when they must be read
  // from the disk. Empty at the end.
  std::optional<std::vector<StoredRecord>> FetchTail(Offset from, FetchLimit& limit) const;

  PartitionState State() const;
  PartitionExtent Extent() const;
  Offset Begin() const;
  Offset End() const;

  // `signal` is notified whenever records become visible, until it is removed.
  void AddReader(std::shared_ptr<Signal> signal);
  void RemoveReader(const Signal* signal);

 private:
  void DropTailBefore(Offset offset) REQUIRES(mutex_);

  const PartitionId id_;
  PartitionExtent pending_;
  bool failed_ = false;
  Offset attempted_end_ = 0;  // no failed write went further

  mutable Mutex mutex_;
  PartitionExtent visible_ GUARDED_BY(mutex_);
  std::uint64_t bytes_ GUARDED_BY(mutex_);
  std::deque<Written> tail_ GUARDED_BY(mutex_);  // ends at visible_.open.end
  std::uint64_t tail_bytes_ GUARDED_BY(mutex_) = 0;
  std::vector<std::shared_ptr<Signal>> readers_ GUARDED_BY(mutex_);
};

}  // namespace freshet::stores
