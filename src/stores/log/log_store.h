// The embedded event log's rows in RocksDB.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "stores/durability.h"
#include "stores/log/partition.h"
#include "stores/log/record_format.h"

namespace rocksdb {
class Env;
}

namespace freshet::stores {

struct LogStoreOptions {
  Durability durability = Durability::kFsync;
  std::uint64_t write_buffer_bytes = 64 << 20;
  std::uint64_t cache_bytes = 64 << 20;
};

// Changes that become durable together or not at all.
class LogBatch {
 public:
  LogBatch();
  ~LogBatch();
  LogBatch(const LogBatch&) = delete;
  LogBatch& operator=(const LogBatch&) = delete;

 private:
  friend class LogStore;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Everything but the records.
struct LogContents {
  struct Topic {
    std::string name;
    TopicRow row;
    std::vector<PartitionExtent> partitions;
  };
  struct Commit {
    std::string group;
    PartitionId partition;
    Offset offset = 0;
  };
  std::vector<Topic> topics;
  std::vector<Commit> commits;
};

// Blocks. Reading is thread-safe; one thread at a time writes.
class LogStore {
 public:
  // Locks `folder` and makes it if it is not there. `env` replaces the file system in tests.
  // Errors: kInvalid (code "newer_format"), kCorrupt, kUnavailable (held by another process).
  static Result<std::unique_ptr<LogStore>> Open(const LogStoreOptions& options,
                                                const std::filesystem::path& folder,
                                                rocksdb::Env* env = nullptr);
  ~LogStore();
  LogStore(const LogStore&) = delete;
  LogStore& operator=(const LogStore&) = delete;

  // Reads the segment that is not sealed of each partition, and no other record.
  Result<LogContents> Load() const;

  void PutRecord(LogBatch& batch, PartitionId partition, Offset offset, Timestamp appended_at,
                 std::string_view body) const;
  void PutSegment(LogBatch& batch, PartitionId partition, const Segment& segment) const;
  void PutTopic(LogBatch& batch, std::string_view name, const TopicRow& topic) const;
  void PutCommit(LogBatch& batch, std::string_view group, PartitionId partition,
                 Offset offset) const;
  // Deletes what is before `trim.begin`. `extent` is the partition before the trim.
  void PutTrim(LogBatch& batch, PartitionId partition, const PartitionExtent& extent,
               const Trim& trim) const;

  // Deletes what a write whose outcome is not known may have left of the partition: records in
  // [extent's end, end), and segments from the open one's first on.
  void PutRollback(LogBatch& batch, PartitionId partition, const PartitionExtent& extent,
                   Offset end) const;

  // After a failed write, opens the database again, if the disk takes writes; at most once a
  // second, with the last failure as the answer in between. What failed may then be there. Call it
  // before a batch is filled. Errors: kExhausted (code "disk_full"), kUnavailable.
  Result<> MakeWritable(SteadyTime now);
  // Applies `batch`, as durably as the options say. Errors: kExhausted (code "disk_full"),
  // kUnavailable; the outcome is unknown.
  Result<> Write(LogBatch& batch);

  // Writes what is in memory to files, so that a checkpoint has little left to do. Errors: as
  // Write.
  Result<> Flush();
  // Calls `run` while nothing is written; what would be written waits, reads go on. `run` may call
  // Checkpoint. Errors: `run`'s.
  Result<> WithWritesHeld(const std::function<Result<>()>& run);
  // Links everything that was written into `folder`, which must not be there and is on the same
  // disk. Errors: kExhausted (code "disk_full"), kUnavailable.
  Result<> Checkpoint(const std::filesystem::path& folder) const;

  // Consecutive records from `from` on, or from the first one after it that is kept, up to `end`.
  // Ends before a damaged record. Errors: kCorrupt (the first one is damaged), kUnavailable.
  Result<std::vector<StoredRecord>> Read(PartitionId partition, Offset from, Offset end,
                                         FetchLimit& limit) const;
  // Errors: kNotFound (no such record), kCorrupt, kUnavailable.
  Result<Timestamp> TimeOf(PartitionId partition, Offset offset) const;
  // The sum of the records' StoredBytes in [from, end).
  Result<std::uint64_t> BytesBetween(PartitionId partition, Offset from, Offset end) const;
  // The offset after the shortest run of records from `from` on that holds `bytes`; at most `end`.
  Result<Offset> OffsetAfter(PartitionId partition, Offset from, Offset end,
                             std::uint64_t bytes) const;
  // Gives the disk space of trimmed records back without waiting for a compaction, where whole
  // files are affected.
  void Reclaim(PartitionId partition, Offset before);

 private:
  struct Impl;
  explicit LogStore(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace freshet::stores
