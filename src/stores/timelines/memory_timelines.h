// Timelines in the memory of this process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/describe.h"
#include "base/metrics.h"
#include "stores/timelines/timelines.h"

namespace freshet::stores {

struct TimelinesOptions {
  std::int64_t capacity = 500;
  Duration ttl{24 * 3'600'000};
  std::int64_t max_bytes = std::int64_t{2} << 30;
  std::int64_t shards = 64;
  Duration rebuild_timeout{30'000};
  std::int64_t max_rebuilds = 10'000;

  static constexpr auto Describe() {
    return Description(
        "timelines", "The timelines that are kept ready in memory.",
        Field("capacity", &TimelinesOptions::capacity)
            .Range(1, 50'000)
            .Unit("entries")
            .Doc("Newest entries that each timeline keeps."),
        Field("ttl", &TimelinesOptions::ttl)
            .Range(1'000, 3.1536e10)
            .Unit("ms")
            .Doc("A timeline that nobody has read for this long is forgotten."),
        Field("max_bytes", &TimelinesOptions::max_bytes)
            .Range(1 << 20, 1e13)
            .Unit("bytes")
            .Doc("Memory for all of them; the least recently read leave first."),
        Field("shards", &TimelinesOptions::shards)
            .Range(1, 1'024)
            .Doc("Parts with a lock each, rounded up to a power of two; at least four per core."),
        Field("rebuild_timeout", &TimelinesOptions::rebuild_timeout)
            .Range(100, 3.6e6)
            .Unit("ms")
            .Doc("A rebuild that takes longer is given up."),
        Field("max_rebuilds", &TimelinesOptions::max_rebuilds)
            .Range(1, 1e7)
            .Doc("Rebuilds under way at the same time; more are refused."));
  }
};

// A timeline costs 48 bytes, about 12 in the index, and 4 per entry in an array that grows by half;
// each distinct entry costs about 32 once, however many timelines hold it. A push finds its owners
// a shard at a time and overlaps their cache misses. Nothing waits but for a shard's lock, so the
// methods of the port complete at once on the calling thread.
//
// Memory: each shard has its part of max_bytes, less what the distinct entries take, and evicts the
// least recently read of 16 neighbours when it is above. Timelines are aged in whole seconds.
//
// Metrics: freshet_timelines_deliveries_total, freshet_timelines_reads_total{result},
// freshet_timelines_rebuilds_total{result}, freshet_timelines_evictions_total; as of the last Sweep
// freshet_timelines{_entries,_distinct_entries,_bytes}.
class MemoryTimelines final : public Timelines {
 public:
  // Throws std::invalid_argument for options out of bounds. `clock` and `metrics` must outlive it.
  MemoryTimelines(const TimelinesOptions& options, const Clock& clock, Metrics& metrics);
  ~MemoryTimelines() override;

  Awaitable<Result<std::size_t>> Push(TimelineKind kind, std::span<const AccountId> owners,
                                      TimelineEntry entry, Deadline deadline) override;
  Awaitable<Result<std::vector<std::optional<TimelineSlice>>>> Read(
      std::span<const TimelineKey> keys, PostId before, std::size_t limit,
      Deadline deadline) override;
  Awaitable<Result<RebuildToken>> BeginRebuild(TimelineKey key, Deadline deadline) override;
  Awaitable<Result<>> FinishRebuild(TimelineKey key, RebuildToken token, TimelineSlice slice,
                                    Deadline deadline) override;
  Awaitable<Result<>> Remove(TimelineKind kind, std::span<const AccountId> owners, PostId post,
                             Deadline deadline) override;
  Awaitable<Result<>> Drop(std::span<const TimelineKey> keys, Deadline deadline) override;
  Awaitable<Result<TimelinesState>> Describe(Deadline deadline) override;

  // Forgets unread timelines, abandoned rebuilds and entries that no timeline holds any more. Call
  // it every minute, on a thread that may block: it takes about 2 ms per million entries, each
  // shard locked for well below a millisecond at a time.
  void Sweep();

  // A snapshot holds the timelines as they were at some time during Save, each for itself. It is
  // true only together with what happened since: `position` says to the caller from where on to
  // repeat pushes, removals and drops (the offsets of the fan-out, read before Save is called), and
  // Load returns it. Both block. Errors of Save: kUnavailable (the file system says no).
  Result<> Save(const std::filesystem::path& path, std::string_view position = {});
  // Call it before anything else uses this store. After an error the store is empty. Errors:
  // kNotFound, kCorrupt (damaged), kConflict (written by a newer version), kUnavailable.
  Result<std::string> Load(const std::filesystem::path& path);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace freshet::stores
