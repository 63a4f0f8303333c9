// One shard of the timelines in memory: what MemoryTimelines does under one lock.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/flat_index.h"
#include "base/result.h"
#include "stores/timelines/entry_table.h"
#include "stores/timelines/rebuild_log.h"
#include "stores/timelines/ref_ring.h"
#include "stores/timelines/timelines.h"

namespace freshet::stores {

// A timeline's key, mixed. MixBits loses nothing, so equal mixed keys are equal keys.
constexpr std::uint64_t MixedKey(TimelineKind kind, AccountId owner) {
  return MixBits(owner.value * 2 + static_cast<std::uint64_t>(kind));
}
TimelineKey KeyOf(std::uint64_t mixed);

// Seconds on a clock of the store's own, so that 32 bits are enough.
using TimelineSeconds = std::uint32_t;

// 48 bytes.
struct Timeline {
  bool Has(std::uint8_t flag) const { return (flags & flag) != 0; }

  static constexpr std::uint8_t kPresent = 1;
  static constexpr std::uint8_t kRebuilding = 2;  // the shard has an active RebuildLog for it
  static constexpr std::uint8_t kTruncated = 4;   // complete from its oldest entry on

  std::uint64_t mixed_key = 0;
  std::uint64_t next_post = 0;      // a post from here on goes behind the newest
  std::uint64_t complete_from = 0;  // unless truncated
  RefRing entries;
  TimelineSeconds last_read = 0;  // in a free place: the next free place + 1
  std::uint8_t flags = 0;         // 0: free place
};

// Not thread-safe, but for the EntryTable. Keys are mixed and belong to this shard.
class TimelineShard {
 public:
  struct Limits {
    std::size_t capacity;
    TimelineSeconds ttl;
  };
  struct Moment {
    TimelineSeconds seconds;
    SteadyTime steady;
  };
  struct Delivery {
    TimelineEntry entry;
    EntryRef ref;
    Moment now;
  };
  struct Query {
    PostId before;
    std::size_t limit;
    Moment now;
  };
  struct Rebuild {
    RebuildToken token;
    SteadyTime expires_at;
    Moment now;
  };

  TimelineShard(EntryTable& table, Limits limits) : table_(table), limits_(limits) {}

  // Returns how many took the entry or had it.
  std::size_t Push(std::span<const std::uint64_t> keys, const Delivery& delivery);
  // slices[positions[i]] answers keys[i].
  void Read(std::span<const std::uint64_t> keys, std::span<const std::uint16_t> positions,
            const Query& query, std::span<std::optional<TimelineSlice>> slices);
  void Begin(std::uint64_t key, const Rebuild& rebuild);
  Result<> Finish(std::uint64_t key, RebuildToken token, const TimelineSlice& slice, Moment now);
  void Remove(std::span<const std::uint64_t> keys, PostId post, Moment now);
  void Drop(std::span<const std::uint64_t> keys);

  // Puts a timeline from a snapshot in, unless one is there; `refs` oldest first.
  void Install(std::uint64_t key, std::span<const EntryRef> refs, PostId complete_from,
               TimelineSeconds last_read);
  void Clear();

  // Makes the least recently read of the next few timelines absent, again and again, until at most
  // `budget` bytes are in use (approximate LRU by sampling, as Redis does). Returns how many went.
  std::size_t Evict(std::size_t budget);

  // Places hold timelines or are free; they never move. These handle the places [from, from +
  // count), so that a caller can let go of the lock in between.
  std::size_t places() const { return used_; }
  void DropUnread(std::size_t from, std::size_t count, Moment now);
  void MarkEntries(std::size_t from, std::size_t count) const;
  // visit(const Timeline&, PostId complete_from) for those that are present.
  template <class Visit>
  void ForEach(std::size_t from, std::size_t count, Moment now, Visit visit) const {
    for (std::size_t i = from; i < std::min(from + count, used_); ++i) {
      const Timeline& timeline = At(i);
      if (timeline.Has(Timeline::kPresent) && !Expired(timeline, now)) {
        visit(timeline, CompleteFrom(timeline));
      }
    }
  }
  void ExpireRebuilds(Moment now);

  std::size_t rebuilds() const { return rebuilds_.size(); }
  TimelinesState state() const;
  std::size_t bytes() const;

 private:
  using Place = std::uint32_t;
  static constexpr std::size_t kChunk = 256;

  Timeline& At(std::size_t place) { return chunks_[place / kChunk][place % kChunk]; }
  const Timeline& At(std::size_t place) const { return chunks_[place / kChunk][place % kChunk]; }
  Place Find(std::uint64_t key) const;
  Place FindOrTake(std::uint64_t key);
  void Free(Place place);
  // Takes the content away; the place stays if it is being rebuilt.
  void Vanish(Place place);

  bool Expired(const Timeline& timeline, Moment now) const {
    return now.seconds - timeline.last_read >= limits_.ttl;
  }
  PostId PostAt(const Timeline& timeline, std::size_t position) const {
    return table_.At(timeline.entries.At(position)).post;
  }
  PostId CompleteFrom(const Timeline& timeline) const;
  // How many entries are older than `post`.
  std::size_t CountBelow(const Timeline& timeline, PostId post) const;

  template <class Apply>
  void ForEachPrefetched(std::span<const std::uint64_t> keys, Apply apply);
  bool Deliver(Place place, const Delivery& delivery);
  bool DeliverSlowly(Place place, const Delivery& delivery);
  bool InsertInOrder(Timeline& timeline, const Delivery& delivery);
  TimelineSlice Copy(const Timeline& timeline, const Query& query) const;
  void Fill(Timeline& timeline, std::span<const EntryRef> refs, PostId complete_from,
            TimelineSeconds last_read);
  void RemoveFrom(Timeline& timeline, PostId post);
  RebuildLog* LiveLog(Place place, SteadyTime now);
  void SettleLog(Place place);
  bool EvictOne();

  EntryTable& table_;
  const Limits limits_;
  FlatIndex index_;  // low half of the mixed key -> place
  std::vector<std::unique_ptr<Timeline[]>> chunks_;
  std::size_t used_ = 0;
  Place first_free_ = 0;  // + 1; 0: none
  std::size_t hand_ = 0;  // where Evict looks next

  struct Expiry {
    std::uint64_t key;
    SteadyTime at;
  };
  std::unordered_map<std::uint64_t, RebuildLog> rebuilds_;
  std::deque<Expiry> expiries_;  // ascending

  std::size_t present_ = 0;
  std::size_t entries_ = 0;
  std::size_t ring_bytes_ = 0;
  std::size_t rebuild_bytes_ = 0;
  std::uint64_t evictions_ = 0;
};

}  // namespace freshet::stores
