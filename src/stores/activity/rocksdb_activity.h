// Activity lists on RocksDB, inside this process; docs/formats/activity.md says what it writes.
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
#include "stores/activity/activity.h"
#include "stores/durability.h"

namespace rocksdb {
class Env;
}

namespace freshet::stores {

struct RocksDbActivityOptions {
  Durability durability = Durability::kFsync;
  std::int64_t cache_bytes = 256 << 20;
  std::int64_t write_buffer_bytes = 64 << 20;
  std::int64_t queued_bytes = 64 << 20;

  static constexpr auto Describe() {
    using O = RocksDbActivityOptions;
    return Description(
        "activity_embedded", "The activity store inside the process.",
        Field("durability", &O::durability)
            .Doc(
                "fsync: what was acknowledged survives loss of power; os: the end of the process."),
        Field("cache_bytes", &O::cache_bytes)
            .Range(1 << 20, 1e12)
            .Unit("bytes")
            .Doc("Blocks of the files kept in memory."),
        Field("write_buffer_bytes", &O::write_buffer_bytes)
            .Range(1 << 20, 4e9)
            .Unit("bytes")
            .Doc("Entries held in memory before they are sorted into files; it is used up to "
                 "three times."),
        Field("queued_bytes", &O::queued_bytes)
            .Range(1 << 20, 1e11)
            .Unit("bytes")
            .Doc("Bytes that may wait to be written; more are refused."));
  }
};

// What the store works with; all of it outlives the store.
struct RocksDbActivityParts {
  BlockingPool& pool;  // reads
  const Clock& clock;
  Logger& logger;
  Metrics& metrics;
  rocksdb::Env* env = nullptr;  // another file system, for tests
};

// One thread writes. Merge looks once at each list's newest entries, so its cost is that of one
// look-up per owner, plus what it returns.
class RocksDbActivity final : public Activity {
 public:
  // One process at a time opens a folder. Blocks. Errors: kInvalid (code "newer_format"), kCorrupt,
  // kUnavailable.
  static Result<std::unique_ptr<RocksDbActivity>> Open(const RocksDbActivityOptions& options,
                                                       const std::filesystem::path& folder,
                                                       RocksDbActivityParts parts);
  ~RocksDbActivity() override;

  Awaitable<Result<>> Put(std::vector<ActivityItem> items, Deadline deadline) override;
  Awaitable<Result<>> Remove(std::vector<ActivityItem> items, Deadline deadline) override;
  Awaitable<Result<std::vector<ActivityEntry>>> Page(ActivityList list, std::uint64_t before,
                                                     std::size_t limit, Deadline deadline) override;
  Awaitable<Result<std::vector<ActivityItem>>> Merge(ActivityKind kind,
                                                     std::vector<AccountId> owners,
                                                     std::uint64_t before, std::size_t limit,
                                                     Deadline deadline) override;
  // Long lists are removed in parts: after an error some entries may be gone.
  Awaitable<Result<>> Erase(std::vector<ActivityList> lists, Deadline deadline) override;

  // For backups. All block. Flush: writes what is in memory to files, so that a checkpoint has
  // little left to do. WithWritesHeld: calls `run` while nothing is written; what would be written
  // waits, reads go on. Checkpoint: links what was written into `folder`, a new one on the same
  // disk. Errors: kExhausted (code "disk_full"), kUnavailable, those of `run`.
  Result<> Flush();
  Result<> WithWritesHeld(const std::function<Result<>()>& run);
  Result<> Checkpoint(const std::filesystem::path& folder) const;

 private:
  struct Impl;
  explicit RocksDbActivity(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace freshet::stores
