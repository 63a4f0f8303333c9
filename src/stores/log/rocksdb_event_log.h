// The event log on RocksDB, inside this process; docs/formats/event-log.md says what it writes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "base/blocking_pool.h"
#include "base/clock.h"
#include "base/describe.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "stores/durability.h"
#include "stores/log/event_log.h"

namespace rocksdb {
class Env;
}

namespace freshet::stores {

struct RocksDbEventLogOptions {
  Durability durability = Durability::kFsync;
  std::int64_t max_record_bytes = 1 << 20;
  Duration session_timeout{30'000};
  Duration retention_check_interval{60'000};
  std::int64_t queued_writes = 20'000;
  std::int64_t queued_bytes = 64 << 20;
  std::int64_t fetch_bytes = 8 << 20;
  std::int64_t tail_bytes = 64 << 20;
  std::int64_t write_buffer_bytes = 64 << 20;
  std::int64_t cache_bytes = 64 << 20;

  static constexpr auto Describe() {
    using O = RocksDbEventLogOptions;
    return Description(
        "log_embedded", "The event log inside the process.",
        Field("durability", &O::durability)
            .Doc(
                "fsync: what was acknowledged survives loss of power; os: the end of the process."),
        Field("max_record_bytes", &O::max_record_bytes)
            .Range(1'024, 64 << 20)
            .Unit("bytes")
            .Doc("Key and value of one record together."),
        Field("session_timeout", &O::session_timeout)
            .Range(1'000, 3.6e6)
            .Unit("ms")
            .Doc("A group's member that does not poll for so long loses its partitions."),
        Field("retention_check_interval", &O::retention_check_interval)
            .Range(100, 3.6e6)
            .Unit("ms")
            .Doc("Between two looks for records that are not kept any longer."),
        Field("queued_writes", &O::queued_writes)
            .Range(1, 1e6)
            .Doc("Appends and commits that may wait; more are refused."),
        Field("queued_bytes", &O::queued_bytes)
            .Range(1 << 20, 1e11)
            .Unit("bytes")
            .Doc("Bytes that may wait to be written; more are refused."),
        Field("fetch_bytes", &O::fetch_bytes)
            .Range(1 << 16, 1e9)
            .Unit("bytes")
            .Doc("What one poll or read brings at most, one larger record apart."),
        Field("tail_bytes", &O::tail_bytes)
            .Range(0, 1e11)
            .Unit("bytes")
            .Doc("The newest records that are kept in memory, over all partitions."),
        Field("write_buffer_bytes", &O::write_buffer_bytes)
            .Range(1 << 20, 4e9)
            .Unit("bytes")
            .Doc("Records held in memory before they are sorted into files; it is used up to "
                 "twice."),
        Field("cache_bytes", &O::cache_bytes)
            .Range(1 << 20, 1e12)
            .Unit("bytes")
            .Doc("Blocks of the files kept in memory."));
  }
};

// What the log works with; all of it outlives the log.
struct RocksDbEventLogParts {
  BlockingPool& pool;  // reads that are not answered from memory, creation of topics
  const Clock& clock;
  Logger& logger;
  Metrics& metrics;
  rocksdb::Env* env = nullptr;  // another file system, for tests
};

// One thread writes, one enforces retention and sessions. Topics have at most 4,096 partitions.
// Group names are as topic names are. A record's headers may hold 64 KiB.
class RocksDbEventLog final : public EventLog {
 public:
  // One process at a time opens a folder. Blocks. Errors: kInvalid (code "newer_format"), kCorrupt,
  // kUnavailable.
  static Result<std::unique_ptr<RocksDbEventLog>> Open(const RocksDbEventLogOptions& options,
                                                       const std::filesystem::path& folder,
                                                       RocksDbEventLogParts parts);
  ~RocksDbEventLog() override;

  Awaitable<Result<>> CreateTopic(std::string topic, TopicOptions options,
                                  Deadline deadline) override;
  Awaitable<Result<std::vector<PartitionPosition>>> Append(std::string topic,
                                                           std::vector<Record> records,
                                                           Deadline deadline) override;
  Awaitable<Result<std::vector<StoredRecord>>> Read(PartitionPosition from, std::size_t max_records,
                                                    Deadline deadline) override;
  Awaitable<Result<std::vector<PartitionPosition>>> FindTime(std::string topic, Timestamp time,
                                                             Deadline deadline) override;
  Awaitable<Result<std::unique_ptr<Consumer>>> Join(std::string group,
                                                    std::vector<std::string> topics,
                                                    Deadline deadline) override;
  Awaitable<Result<>> Seek(std::string group, std::vector<PartitionPosition> positions,
                           Deadline deadline) override;
  Awaitable<Result<EventLogState>> Describe(Deadline deadline) override;

  // Deletes now what is not kept any longer, as happens in the background every
  // retention_check_interval. Blocks. Errors: kUnavailable, kExhausted, kCorrupt.
  Result<> EnforceRetention();

  // For backups. All block. Flush: writes what is in memory to files, so that a checkpoint has
  // little left to do. WithWritesHeld: calls `run` while nothing is written; what would be written
  // waits, reads go on. Checkpoint: links what was written into `folder`, a new one on the same
  // disk. Errors: kExhausted (code "disk_full"), kUnavailable, those of `run`.
  Result<> Flush();
  Result<> WithWritesHeld(const std::function<Result<>()>& run);
  Result<> Checkpoint(const std::filesystem::path& folder) const;

 private:
  struct Impl;
  explicit RocksDbEventLog(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace freshet::stores
