#include "stores/timelines/memory_timelines.h"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <utility>

#include "base/flat_index.h"
#include "base/mutex.h"
#include "stores/timelines/entry_table.h"
#include "stores/timelines/grace_period.h"
#include "stores/timelines/timeline_shard.h"
#include "stores/timelines/timelines_snapshot.h"

namespace freshet::stores {
namespace {
constexpr std::size_t kPlacesPerLock = 64;      // of Collect and Save: up to 32,000 entries
constexpr std::size_t kPlacesPerSweep = 4'096;  // which looks at no entries
constexpr std::size_t kFewRows = 1 << 16;       // not worth collecting

// Store time begins here, so that timelines from a snapshot can be older than the store.
constexpr TimelineSeconds kStart = TimelineSeconds{1} << 30;

Failure TooLate() { return DeadlineExceeded("the call came after its deadline"); }

TimelineShard::Limits LimitsOf(const TimelinesOptions& options) {
  if (options.capacity < 1 || options.capacity > 50'000 || options.shards < 1 ||
      options.shards > 1'024 || options.ttl < std::chrono::seconds(1) || options.max_bytes < 1) {
    throw std::invalid_argument("timelines: an option is out of bounds");
  }
  const auto ttl = std::chrono::ceil<std::chrono::seconds>(options.ttl).count();
  return {.capacity = static_cast<std::size_t>(options.capacity),
          .ttl = static_cast<TimelineSeconds>(std::min<std::int64_t>(ttl, kStart - 1))};
}

// Numbers the posts of a snapshot in the order in which timelines first hold them.
class PostNumbers {
 public:
  PostNumbers(const EntryTable& table, TimelinesSnapshotWriter& writer)
      : table_(table), writer_(writer) {}

  std::uint32_t Of(EntryRef ref) {
    if (ref >= numbers_.size()) numbers_.resize(std::max<std::size_t>(ref + 1, table_.ref_bound()));
    if (numbers_[ref] == 0) {
      writer_.Add(table_.At(ref));
      numbers_[ref] = ++count_;
    }
    return numbers_[ref] - 1;
  }

 private:
  const EntryTable& table_;
  TimelinesSnapshotWriter& writer_;
  std::vector<std::uint32_t> numbers_;  // + 1; 0: none yet
  std::uint32_t count_ = 0;
};
}  // namespace

struct MemoryTimelines::Impl {
  struct alignas(64) LockedShard {
    LockedShard(EntryTable& table, TimelineShard::Limits limits) : shard(table, limits) {}
    Mutex mutex;
    TimelineShard shard GUARDED_BY(mutex);
  };

  Impl(const TimelinesOptions& given, const Clock& system, Metrics& metrics)
      : options(given),
        limits(LimitsOf(given)),
        clock(system),
        shard_bits(std::bit_width(static_cast<std::uint64_t>(given.shards - 1))),
        started(system.Steady()),
        deliveries(metrics.GetCounter("freshet_timelines_deliveries_total",
                                      "Entries that were pushed into timelines")),
        hits(metrics.GetCounter("freshet_timelines_reads_total", kReadsHelp, {{"result", "hit"}})),
        misses(
            metrics.GetCounter("freshet_timelines_reads_total", kReadsHelp, {{"result", "miss"}})),
        finished(metrics.GetCounter("freshet_timelines_rebuilds_total", kRebuildsHelp,
                                    {{"result", "finished"}})),
        broken(metrics.GetCounter("freshet_timelines_rebuilds_total", kRebuildsHelp,
                                  {{"result", "broken"}})),
        evictions(metrics.GetCounter("freshet_timelines_evictions_total",
                                     "Timelines that left for want of memory")),
        timelines(metrics.GetGauge("freshet_timelines", "Timelines in memory")),
        entries(metrics.GetGauge("freshet_timelines_entries", "Entries in all timelines")),
        distinct(metrics.GetGauge("freshet_timelines_distinct_entries",
                                  "Entries that at least one timeline holds, or held lately")),
        bytes(metrics.GetGauge("freshet_timelines_bytes", "Memory that timelines take")) {
    for (std::size_t i = 0; i < std::size_t{1} << shard_bits; ++i) {
      shards.push_back(std::make_unique<LockedShard>(table, limits));
    }
  }

  TimelineShard::Moment Now() const {
    const SteadyTime steady = clock.Steady();
    const auto since = std::chrono::floor<std::chrono::seconds>(steady - started).count();
    return {.seconds = static_cast<TimelineSeconds>(kStart + since), .steady = steady};
  }

  LockedShard& ShardFor(std::uint64_t key) { return *shards[ShardOf(key, shard_bits)]; }

  std::size_t ShardBudget() const {
    const auto all = static_cast<std::size_t>(options.max_bytes);
    return (all - std::min(table.bytes(), all / 8 * 7)) >> shard_bits;
  }

  void KeepBudget(TimelineShard& shard, std::size_t budget) {
    if (shard.bytes() <= budget) return;
    if (const std::size_t evicted = shard.Evict(budget)) {
      evictions.Add(static_cast<double>(evicted));
    }
  }

  // Calls visit(locked shard, mixed keys, positions) in batches; positions count from `start`.
  template <class KeyAt, class Visit>
  void ForEachShard(std::size_t count, std::uint64_t first, KeyAt key_at, Visit visit) {
    for (std::size_t start = 0; start < count; start += ShardBatch::kMost) {
      const ShardBatch batch(std::min(ShardBatch::kMost, count - start), shard_bits,
                             [&](std::size_t i) { return key_at(start + i); });
      batch.ForEachShard(first, [&](std::size_t shard, auto keys, auto positions) {
        visit(*shards[shard], keys, positions, start);
      });
    }
  }

  std::size_t Push(TimelineKind kind, std::span<const AccountId> owners, TimelineEntry entry);
  void Read(std::span<const TimelineKey> keys, TimelineShard::Query query,
            std::span<std::optional<TimelineSlice>> slices);
  Result<> Finish(TimelineKey key, RebuildToken token, const TimelineSlice& slice);
  TimelinesState State();
  void Collect();
  void CollectIfPressed();
  Result<> Save(TimelinesSnapshotWriter& writer);
  Result<> Save(TimelinesSnapshotWriter& writer, LockedShard& locked, PostNumbers& numbers);
  Result<std::string> Load(const std::filesystem::path& path);
  Result<> Install(const SnapshotTimeline& stored, std::span<const EntryRef> refs_by_number);

  static constexpr const char* kReadsHelp = "Timelines that were asked for";
  static constexpr const char* kRebuildsHelp = "Rebuilds that ended";

  const TimelinesOptions options;
  const TimelineShard::Limits limits;
  const Clock& clock;
  const int shard_bits;
  const SteadyTime started;
  EntryTable table;
  GracePeriod interning;
  std::vector<std::unique_ptr<LockedShard>> shards;
  std::atomic<std::uint64_t> last_token{0};
  Mutex collecting;
  std::atomic<bool> pressed{false};
  std::atomic<std::size_t> collect_at{kFewRows};  // rows
  Counter deliveries, hits, misses, finished, broken, evictions;
  Gauge timelines, entries, distinct, bytes;
};

std::size_t MemoryTimelines::Impl::Push(TimelineKind kind, std::span<const AccountId> owners,
                                        TimelineEntry entry) {
  std::size_t taken = 0;
  {
    const GracePeriod::Inside inside(interning);
    const TimelineShard::Delivery delivery{
        .entry = entry, .ref = table.Intern(entry), .now = Now()};
    const std::size_t budget = ShardBudget();
    // Workers begin at different shards, so that they seldom meet.
    ForEachShard(
        owners.size(), MixBits(entry.post.value),
        [&](std::size_t i) { return MixedKey(kind, owners[i]); },
        [&](LockedShard& locked, auto keys, auto, std::size_t) {
          MutexLock lock(locked.mutex);
          taken += locked.shard.Push(keys, delivery);
          KeepBudget(locked.shard, budget);
        });
  }
  CollectIfPressed();
  deliveries.Add(static_cast<double>(taken));
  return taken;
}

void MemoryTimelines::Impl::Read(std::span<const TimelineKey> keys, TimelineShard::Query query,
                                 std::span<std::optional<TimelineSlice>> slices) {
  ForEachShard(
      keys.size(), keys.empty() ? 0 : MixedKey(keys[0].kind, keys[0].owner),
      [&](std::size_t i) { return MixedKey(keys[i].kind, keys[i].owner); },
      [&](LockedShard& locked, auto mixed, auto positions, std::size_t start) {
        MutexLock lock(locked.mutex);
        locked.shard.Read(mixed, positions, query, slices.subspan(start));
      });
  const auto found = std::ranges::count_if(slices, [](const auto& s) { return s.has_value(); });
  if (found > 0) hits.Add(static_cast<double>(found));
  if (const auto absent = std::ssize(slices) - found; absent > 0) {
    misses.Add(static_cast<double>(absent));
  }
}

Result<> MemoryTimelines::Impl::Finish(TimelineKey key, RebuildToken token,
                                       const TimelineSlice& slice) {
  for (std::size_t i = 0; i < slice.entries.size(); ++i) {
    if (!slice.entries[i].post || (i > 0 && slice.entries[i - 1].post <= slice.entries[i].post)) {
      return Invalid("the entries of a timeline must descend");
    }
  }
  const GracePeriod::Inside inside(interning);
  const std::uint64_t mixed = MixedKey(key.kind, key.owner);
  LockedShard& locked = ShardFor(mixed);
  MutexLock lock(locked.mutex);
  auto outcome = locked.shard.Finish(mixed, token, slice, Now());
  KeepBudget(locked.shard, ShardBudget());
  (outcome ? finished : broken).Add();
  return outcome;
}

TimelinesState MemoryTimelines::Impl::State() {
  TimelinesState sum{.timelines = 0, .entries = 0, .bytes = table.bytes(), .evictions = 0};
  for (const auto& locked : shards) {
    MutexLock lock(locked->mutex);
    const TimelinesState state = locked->shard.state();
    sum.timelines += state.timelines;
    sum.entries += state.entries;
    sum.bytes += state.bytes;
    sum.evictions += state.evictions;
  }
  timelines.Set(static_cast<double>(sum.timelines));
  entries.Set(static_cast<double>(sum.entries));
  distinct.Set(static_cast<double>(table.rows()));
  bytes.Set(static_cast<double>(sum.bytes));
  return sum;
}

// Frees the rows that no timeline holds. What must not be freed is a row of which somebody still
// has a reference: either it stands in a timeline, which MarkEntries sees; or a call has interned
// it and not yet put it in. Intern marks the row, so the next FreeUnmarked spares it, and the one
// after that begins with a grace period, by which time the call has ended. References are only read
// under the lock of a shard that holds them, and never copied from one timeline to another.
void MemoryTimelines::Impl::Collect() {
  MutexLock collection(collecting);
  interning.Wait();
  for (const auto& locked : shards) {
    for (std::size_t from = 0;; from += kPlacesPerLock) {
      MutexLock lock(locked->mutex);
      if (from >= locked->shard.places()) break;
      locked->shard.MarkEntries(from, kPlacesPerLock);
    }
  }
  table.FreeUnmarked();
  collect_at.store(std::max(kFewRows, table.rows() * 2));
}

// Sweep collects in time, unless posts come so fast, or are held by so few timelines, that rows
// take a good part of the memory before a minute is over.
void MemoryTimelines::Impl::CollectIfPressed() {
  if (table.rows() < collect_at.load(std::memory_order_relaxed)) return;
  if (table.bytes() < static_cast<std::size_t>(options.max_bytes) / 4) return;
  if (pressed.exchange(true)) return;
  Collect();
  pressed.store(false);
}

Result<> MemoryTimelines::Impl::Save(TimelinesSnapshotWriter& writer) {
  MutexLock collection(collecting);  // while rows keep their numbers
  PostNumbers numbers(table, writer);
  for (const auto& locked : shards) RETURN_IF_ERROR(Save(writer, *locked, numbers));
  return writer.Finish();
}

Result<> MemoryTimelines::Impl::Save(TimelinesSnapshotWriter& writer, LockedShard& locked,
                                     PostNumbers& numbers) {
  const TimelineShard::Moment now = Now();
  const Timestamp wall = clock.Now();
  SnapshotTimeline stored;
  for (std::size_t from = 0;; from += kPlacesPerLock) {
    {
      MutexLock lock(locked.mutex);
      if (from >= locked.shard.places()) return {};
      locked.shard.ForEach(
          from, kPlacesPerLock, now, [&](const Timeline& timeline, PostId complete_from) {
            stored.key = KeyOf(timeline.mixed_key);
            stored.complete_from = complete_from;
            stored.last_read = wall - std::chrono::seconds(now.seconds - timeline.last_read);
            stored.posts.clear();
            for (std::size_t i = 0; i < timeline.entries.size(); ++i) {
              stored.posts.push_back(numbers.Of(timeline.entries.At(i)));
            }
            writer.Add(stored);
          });
    }
    RETURN_IF_ERROR(writer.FlushIfLarge());
  }
}

Result<std::string> MemoryTimelines::Impl::Load(const std::filesystem::path& path) {
  MutexLock collection(collecting);  // while loaded rows stand in no timeline yet
  std::vector<EntryRef> refs;
  auto position = ReadSnapshot(
      path, {.post = [&](TimelineEntry entry) { refs.push_back(table.Intern(entry)); },
             .timeline = [&](const SnapshotTimeline& stored) { return Install(stored, refs); }});
  if (position) return position;
  for (const auto& locked : shards) {
    MutexLock lock(locked->mutex);
    locked->shard.Clear();
  }
  return position;
}

Result<> MemoryTimelines::Impl::Install(const SnapshotTimeline& stored,
                                        std::span<const EntryRef> refs_by_number) {
  const TimelineShard::Moment now = Now();
  const auto age = std::max<std::int64_t>(
      std::chrono::floor<std::chrono::seconds>(clock.Now() - stored.last_read).count(), 0);
  std::vector<EntryRef> refs;
  refs.reserve(stored.posts.size());
  PostId newest;
  for (const std::uint32_t number : stored.posts) {
    refs.push_back(refs_by_number[number]);
    const PostId post = table.At(refs.back()).post;
    if (post <= newest) return Corrupt("the snapshot of timelines is damaged: out of order");
    newest = post;
  }
  if (age >= limits.ttl) return {};
  PostId complete_from = stored.complete_from;
  if (refs.size() > limits.capacity) {
    const auto surplus = static_cast<std::ptrdiff_t>(refs.size() - limits.capacity);
    refs.erase(refs.begin(), refs.begin() + surplus);
    complete_from = std::max(complete_from, table.At(refs.front()).post);
  }
  const std::uint64_t mixed = MixedKey(stored.key.kind, stored.key.owner);
  LockedShard& locked = ShardFor(mixed);
  MutexLock lock(locked.mutex);
  locked.shard.Install(mixed, refs, complete_from, now.seconds - static_cast<TimelineSeconds>(age));
  KeepBudget(locked.shard, ShardBudget());
  return {};
}

MemoryTimelines::MemoryTimelines(const TimelinesOptions& options, const Clock& clock,
                                 Metrics& metrics)
    : impl_(std::make_unique<Impl>(options, clock, metrics)) {}

MemoryTimelines::~MemoryTimelines() = default;

Awaitable<Result<std::size_t>> MemoryTimelines::Push(TimelineKind kind,
                                                     std::span<const AccountId> owners,
                                                     TimelineEntry entry, Deadline deadline) {
  if (deadline.Expired(impl_->clock)) co_return TooLate();
  if (!entry.post) co_return Invalid("an entry needs a post");
  co_return impl_->Push(kind, owners, entry);
}

Awaitable<Result<std::vector<std::optional<TimelineSlice>>>> MemoryTimelines::Read(
    std::span<const TimelineKey> keys, PostId before, std::size_t limit, Deadline deadline) {
  if (deadline.Expired(impl_->clock)) co_return TooLate();
  std::vector<std::optional<TimelineSlice>> slices(keys.size());
  impl_->Read(keys, {.before = before, .limit = limit, .now = impl_->Now()}, slices);
  co_return slices;
}

Awaitable<Result<RebuildToken>> MemoryTimelines::BeginRebuild(TimelineKey key, Deadline deadline) {
  if (deadline.Expired(impl_->clock)) co_return TooLate();
  const std::uint64_t mixed = MixedKey(key.kind, key.owner);
  const TimelineShard::Moment now = impl_->Now();
  const RebuildToken token{impl_->last_token.fetch_add(1) + 1};
  Impl::LockedShard& locked = impl_->ShardFor(mixed);
  MutexLock lock(locked.mutex);
  locked.shard.ExpireRebuilds(now);
  if ((locked.shard.rebuilds() << impl_->shard_bits) >=
      static_cast<std::size_t>(impl_->options.max_rebuilds)) {
    co_return Exhausted("too many timelines are being rebuilt");
  }
  locked.shard.Begin(
      mixed,
      {.token = token, .expires_at = now.steady + impl_->options.rebuild_timeout, .now = now});
  co_return token;
}

Awaitable<Result<>> MemoryTimelines::FinishRebuild(TimelineKey key, RebuildToken token,
                                                   TimelineSlice slice, Deadline deadline) {
  if (deadline.Expired(impl_->clock)) co_return TooLate();
  auto outcome = impl_->Finish(key, token, slice);
  impl_->CollectIfPressed();
  co_return outcome;
}

Awaitable<Result<>> MemoryTimelines::Remove(TimelineKind kind, std::span<const AccountId> owners,
                                            PostId post, Deadline deadline) {
  if (deadline.Expired(impl_->clock)) co_return TooLate();
  const TimelineShard::Moment now = impl_->Now();
  impl_->ForEachShard(
      owners.size(), MixBits(post.value), [&](std::size_t i) { return MixedKey(kind, owners[i]); },
      [&](Impl::LockedShard& locked, auto keys, auto, std::size_t) {
        MutexLock lock(locked.mutex);
        locked.shard.Remove(keys, post, now);
      });
  co_return Result<>{};
}

Awaitable<Result<>> MemoryTimelines::Drop(std::span<const TimelineKey> keys, Deadline deadline) {
  if (deadline.Expired(impl_->clock)) co_return TooLate();
  impl_->ForEachShard(
      keys.size(), 0, [&](std::size_t i) { return MixedKey(keys[i].kind, keys[i].owner); },
      [&](Impl::LockedShard& locked, auto mixed, auto, std::size_t) {
        MutexLock lock(locked.mutex);
        locked.shard.Drop(mixed);
      });
  co_return Result<>{};
}

Awaitable<Result<TimelinesState>> MemoryTimelines::Describe(Deadline deadline) {
  if (deadline.Expired(impl_->clock)) co_return TooLate();
  co_return impl_->State();
}

void MemoryTimelines::Sweep() {
  const TimelineShard::Moment now = impl_->Now();
  for (const auto& locked : impl_->shards) {
    for (std::size_t from = 0;; from += kPlacesPerSweep) {
      MutexLock lock(locked->mutex);
      if (from == 0) locked->shard.ExpireRebuilds(now);
      if (from >= locked->shard.places()) break;
      locked->shard.DropUnread(from, kPlacesPerSweep, now);
    }
  }
  impl_->Collect();
  impl_->State();
}

Result<> MemoryTimelines::Save(const std::filesystem::path& path, std::string_view position) {
  ASSIGN_OR_RETURN(const auto writer,
                   TimelinesSnapshotWriter::Open(path, impl_->clock.Now(), position));
  return impl_->Save(*writer);
}

Result<std::string> MemoryTimelines::Load(const std::filesystem::path& path) {
  return impl_->Load(path);
}

}  // namespace freshet::stores
