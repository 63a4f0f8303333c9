#include "stores/timelines/timeline_shard.h"

#include <algorithm>
#include <array>
#include <utility>

namespace freshet::stores {
namespace {
constexpr std::size_t kSampled = 16;  // timelines that Evict chooses from

// A free list runs through TimelineSeconds, and a place costs what the comment at Timeline says.
static_assert(sizeof(Timeline) == 48);
}  // namespace

TimelineKey KeyOf(std::uint64_t mixed) {
  // MixBits backwards: a shift by more than 31 undoes itself, and the factors have inverses.
  mixed ^= mixed >> 33;
  mixed *= 0x9cb4b2f8129337dbULL;
  mixed ^= mixed >> 33;
  mixed *= 0x4f74430c22a54005ULL;
  mixed ^= mixed >> 33;
  return {.kind = static_cast<TimelineKind>(mixed & 1), .owner = {mixed >> 1}};
}

TimelineShard::Place TimelineShard::Find(std::uint64_t key) const {
  return index_.Find(static_cast<std::uint32_t>(key),
                     [&](Place place) { return At(place).mixed_key == key; });
}

TimelineShard::Place TimelineShard::FindOrTake(std::uint64_t key) {
  if (const Place found = Find(key); found != FlatIndex::kNone) return found;
  Place place = first_free_ - 1;
  if (first_free_ != 0) {
    first_free_ = At(place).last_read;
  } else {
    if (used_ % kChunk == 0) chunks_.push_back(std::make_unique<Timeline[]>(kChunk));
    place = static_cast<Place>(used_++);
  }
  At(place).mixed_key = key;
  At(place).last_read = 0;
  index_.Insert(static_cast<std::uint32_t>(key), place);
  return place;
}

void TimelineShard::Free(Place place) {
  Timeline& timeline = At(place);
  index_.Erase(static_cast<std::uint32_t>(timeline.mixed_key), place);
  timeline = Timeline{};
  timeline.last_read = std::exchange(first_free_, place + 1);
}

void TimelineShard::Vanish(Place place) {
  Timeline& timeline = At(place);
  if (timeline.Has(Timeline::kPresent)) {
    --present_;
    entries_ -= timeline.entries.size();
    ring_bytes_ -= timeline.entries.bytes();
    timeline.entries = RefRing{};
  }
  timeline.flags &= Timeline::kRebuilding;
  if (timeline.flags == 0) Free(place);
}

// Runs apply(i, place) for each key, kNone where there is none, with the cache misses of a block
// of keys overlapped: first the index's lines, then the timelines', then the arrays'.
template <class Apply>
void TimelineShard::ForEachPrefetched(std::span<const std::uint64_t> keys, Apply apply) {
  constexpr std::size_t kBlock = 32;
  std::array<Place, kBlock> places;
  for (std::size_t start = 0; start < keys.size(); start += kBlock) {
    const auto block = keys.subspan(start, std::min(kBlock, keys.size() - start));
    for (const std::uint64_t key : block) index_.Prefetch(static_cast<std::uint32_t>(key));
    for (std::size_t i = 0; i < block.size(); ++i) {
      places[i] = index_.First(static_cast<std::uint32_t>(block[i]));
      if (places[i] == FlatIndex::kNone) continue;
      const auto* timeline = reinterpret_cast<const char*>(&At(places[i]));
      __builtin_prefetch(timeline, 1);
      __builtin_prefetch(timeline + sizeof(Timeline) - 1, 1);
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
      if (places[i] == FlatIndex::kNone) continue;
      if (At(places[i]).mixed_key != block[i]) places[i] = Find(block[i]);
      if (places[i] != FlatIndex::kNone) __builtin_prefetch(At(places[i]).entries.tail(), 1);
    }
    for (std::size_t i = 0; i < block.size(); ++i) apply(start + i, places[i]);
  }
}

std::size_t TimelineShard::Push(std::span<const std::uint64_t> keys, const Delivery& delivery) {
  std::size_t taken = 0;
  ForEachPrefetched(keys, [&](std::size_t, Place place) {
    if (place != FlatIndex::kNone && Deliver(place, delivery)) ++taken;
  });
  return taken;
}

bool TimelineShard::Deliver(Place place, const Delivery& delivery) {
  Timeline& timeline = At(place);
  const std::uint64_t post = delivery.entry.post.value;
  const bool plain =
      (timeline.flags & (Timeline::kPresent | Timeline::kRebuilding)) == Timeline::kPresent;
  if (!plain || post < timeline.next_post || Expired(timeline, delivery.now)) [[unlikely]] {
    return DeliverSlowly(place, delivery);
  }
  const std::size_t before = timeline.entries.bytes();
  if (timeline.entries.Append(delivery.ref, limits_.capacity)) {
    timeline.flags |= Timeline::kTruncated;
  } else {
    ++entries_;
    ring_bytes_ += timeline.entries.bytes() - before;
  }
  timeline.next_post = post + 1;
  return true;
}

bool TimelineShard::DeliverSlowly(Place place, const Delivery& delivery) {
  bool taken = false;
  Timeline& timeline = At(place);
  if (RebuildLog* log = LiveLog(place, delivery.now.steady)) {
    rebuild_bytes_ -= log->bytes();
    log->Pushed(delivery.entry, limits_.capacity);
    rebuild_bytes_ += log->bytes();
    taken = log->active();
    SettleLog(place);
  }
  if (!timeline.Has(Timeline::kPresent)) return taken;
  if (Expired(timeline, delivery.now)) {
    Vanish(place);
    return taken;
  }
  return InsertInOrder(timeline, delivery) || taken;
}

bool TimelineShard::InsertInOrder(Timeline& timeline, const Delivery& delivery) {
  const PostId post = delivery.entry.post;
  if (post < CompleteFrom(timeline)) return false;
  RefRing& entries = timeline.entries;
  std::size_t position = CountBelow(timeline, post);
  if (position < entries.size() && PostAt(timeline, position) == post) return true;
  if (entries.size() == limits_.capacity) {
    timeline.flags |= Timeline::kTruncated;
    if (position == 0) return false;
    entries.DropOldest();
    --entries_;
    --position;
  }
  const std::size_t before = entries.bytes();
  entries.Insert(position, delivery.ref, limits_.capacity);
  ring_bytes_ += entries.bytes() - before;
  ++entries_;
  timeline.next_post = std::max(timeline.next_post, post.value + 1);
  return true;
}

PostId TimelineShard::CompleteFrom(const Timeline& timeline) const {
  const PostId stored{timeline.complete_from};
  return timeline.Has(Timeline::kTruncated) ? std::max(stored, PostAt(timeline, 0)) : stored;
}

std::size_t TimelineShard::CountBelow(const Timeline& timeline, PostId post) const {
  // What is out of order is seldom far out of order: look at the newest few first.
  std::size_t high = timeline.entries.size();
  for (int i = 0; i < 8; ++i) {
    if (high == 0 || PostAt(timeline, high - 1) < post) return high;
    --high;
  }
  std::size_t low = 0;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (PostAt(timeline, middle) < post) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void TimelineShard::Read(std::span<const std::uint64_t> keys,
                         std::span<const std::uint16_t> positions, const Query& query,
                         std::span<std::optional<TimelineSlice>> slices) {
  ForEachPrefetched(keys, [&](std::size_t i, Place place) {
    if (place == FlatIndex::kNone) return;
    Timeline& timeline = At(place);
    if (!timeline.Has(Timeline::kPresent)) return;
    if (Expired(timeline, query.now)) {
      Vanish(place);
      return;
    }
    timeline.last_read = query.now.seconds;
    slices[positions[i]] = Copy(timeline, query);
  });
}

TimelineSlice TimelineShard::Copy(const Timeline& timeline, const Query& query) const {
  const RefRing& entries = timeline.entries;
  const std::size_t end = query.before ? CountBelow(timeline, query.before) : entries.size();
  const std::size_t count = std::min(query.limit, end);
  for (std::size_t i = 1; i <= count; ++i) table_.Prefetch(entries.At(end - i));
  TimelineSlice slice;
  slice.entries.reserve(count);
  for (std::size_t i = 1; i <= count; ++i) slice.entries.push_back(table_.At(entries.At(end - i)));
  slice.complete_from = CompleteFrom(timeline);
  return slice;
}

void TimelineShard::Begin(std::uint64_t key, const Rebuild& rebuild) {
  ExpireRebuilds(rebuild.now);
  const Place place = FindOrTake(key);
  Timeline& timeline = At(place);
  timeline.flags |= Timeline::kRebuilding;
  if (timeline.Has(Timeline::kPresent) && Expired(timeline, rebuild.now)) Vanish(place);
  RebuildLog& log = rebuilds_[key];
  if (!log.idle()) rebuild_bytes_ -= log.bytes();
  log.Begin(rebuild.token, rebuild.expires_at);
  rebuild_bytes_ += log.bytes();
  expiries_.push_back({key, rebuild.expires_at});
}

Result<> TimelineShard::Finish(std::uint64_t key, RebuildToken token, const TimelineSlice& slice,
                               Moment now) {
  const Place place = Find(key);
  RebuildLog* log = place == FlatIndex::kNone ? nullptr : LiveLog(place, now.steady);
  if (log == nullptr) {
    return Conflict("the rebuild was broken or took too long; read the source again",
                    "rebuild_broken");
  }
  rebuild_bytes_ -= log->bytes();
  auto content = log->Finish(token, slice, limits_.capacity);
  rebuild_bytes_ += log->bytes();
  if (content && *content) {
    std::vector<EntryRef> refs;
    refs.reserve((*content)->entries.size());
    for (const TimelineEntry& entry : (*content)->entries) refs.push_back(table_.Intern(entry));
    Fill(At(place), refs, (*content)->complete_from, now.seconds);
  }
  SettleLog(place);
  if (!content) return std::unexpected(std::move(content).error());
  return {};
}

void TimelineShard::Fill(Timeline& timeline, std::span<const EntryRef> refs, PostId complete_from,
                         TimelineSeconds last_read) {
  if (timeline.Has(Timeline::kPresent)) {
    --present_;
    entries_ -= timeline.entries.size();
    ring_bytes_ -= timeline.entries.bytes();
  }
  timeline.entries = RefRing{};
  timeline.entries.Reserve(refs.size());
  for (const EntryRef ref : refs) timeline.entries.Append(ref, limits_.capacity);
  timeline.flags &= Timeline::kRebuilding;
  timeline.flags |= Timeline::kPresent;
  timeline.complete_from = complete_from.value;
  const std::uint64_t newest = refs.empty() ? 0 : table_.At(refs.back()).post.value;
  timeline.next_post = std::max(newest + 1, complete_from.value);
  timeline.last_read = last_read;
  ++present_;
  entries_ += timeline.entries.size();
  ring_bytes_ += timeline.entries.bytes();
}

void TimelineShard::Remove(std::span<const std::uint64_t> keys, PostId post, Moment now) {
  ForEachPrefetched(keys, [&](std::size_t, Place place) {
    if (place == FlatIndex::kNone) return;
    if (RebuildLog* log = LiveLog(place, now.steady)) {
      rebuild_bytes_ -= log->bytes();
      log->Removed(post, limits_.capacity);
      rebuild_bytes_ += log->bytes();
      SettleLog(place);
    }
    if (At(place).Has(Timeline::kPresent)) RemoveFrom(At(place), post);
  });
}

void TimelineShard::RemoveFrom(Timeline& timeline, PostId post) {
  const std::size_t position = CountBelow(timeline, post);
  if (position == timeline.entries.size() || PostAt(timeline, position) != post) return;
  timeline.complete_from = CompleteFrom(timeline).value;
  timeline.flags &= static_cast<std::uint8_t>(~Timeline::kTruncated);
  timeline.entries.Erase(position);
  --entries_;
}

void TimelineShard::Drop(std::span<const std::uint64_t> keys) {
  for (const std::uint64_t key : keys) {
    const Place place = Find(key);
    if (place == FlatIndex::kNone) continue;
    if (const auto log = rebuilds_.find(key); log != rebuilds_.end()) {
      rebuild_bytes_ -= log->second.bytes();
      rebuilds_.erase(log);
    }
    At(place).flags &= static_cast<std::uint8_t>(~Timeline::kRebuilding);
    Vanish(place);
  }
}

// The log of the timeline, if somebody still rebuilds it. Frees a place that nothing needs.
RebuildLog* TimelineShard::LiveLog(Place place, SteadyTime now) {
  const Timeline& timeline = At(place);
  if (!timeline.Has(Timeline::kRebuilding)) return nullptr;
  const auto found = rebuilds_.find(timeline.mixed_key);
  found->second.Expire(now);
  if (!found->second.idle()) return &found->second;
  SettleLog(place);
  return nullptr;
}

// Lets the log go when nobody rebuilds any more, and the place too if it holds nothing.
void TimelineShard::SettleLog(Place place) {
  Timeline& timeline = At(place);
  const auto found = rebuilds_.find(timeline.mixed_key);
  if (!found->second.idle()) return;
  rebuild_bytes_ -= found->second.bytes();
  rebuilds_.erase(found);
  timeline.flags &= static_cast<std::uint8_t>(~Timeline::kRebuilding);
  if (timeline.flags == 0) Free(place);
}

void TimelineShard::ExpireRebuilds(Moment now) {
  while (!expiries_.empty() && expiries_.front().at <= now.steady) {
    const Place place = Find(expiries_.front().key);
    expiries_.pop_front();
    if (place != FlatIndex::kNone) LiveLog(place, now.steady);
  }
}

void TimelineShard::Install(std::uint64_t key, std::span<const EntryRef> refs, PostId complete_from,
                            TimelineSeconds last_read) {
  const Place place = FindOrTake(key);
  if (At(place).flags == 0) Fill(At(place), refs, complete_from, last_read);
}

void TimelineShard::Clear() {
  index_.Clear();
  chunks_.clear();
  used_ = first_free_ = 0;
  hand_ = 0;
  rebuilds_.clear();
  expiries_.clear();
  present_ = entries_ = ring_bytes_ = rebuild_bytes_ = 0;
}

std::size_t TimelineShard::Evict(std::size_t budget) {
  std::size_t evicted = 0;
  while (bytes() > budget && EvictOne()) ++evicted;
  return evicted;
}

bool TimelineShard::EvictOne() {
  std::size_t victim = used_;
  std::size_t sampled = 0;
  for (std::size_t looked = 0; looked < used_ && sampled < kSampled; ++looked) {
    hand_ = hand_ + 1 < used_ ? hand_ + 1 : 0;
    if (!At(hand_).Has(Timeline::kPresent)) continue;
    ++sampled;
    if (victim == used_ || At(hand_).last_read < At(victim).last_read) victim = hand_;
  }
  if (victim == used_) return false;
  Vanish(static_cast<Place>(victim));
  ++evictions_;
  return true;
}

void TimelineShard::DropUnread(std::size_t from, std::size_t count, Moment now) {
  for (std::size_t i = from; i < std::min(from + count, used_); ++i) {
    if (At(i).Has(Timeline::kPresent) && Expired(At(i), now)) Vanish(static_cast<Place>(i));
  }
}

void TimelineShard::MarkEntries(std::size_t from, std::size_t count) const {
  for (std::size_t i = from; i < std::min(from + count, used_); ++i) {
    const RefRing& entries = At(i).entries;
    for (std::size_t position = 0; position < entries.size(); ++position) {
      table_.Mark(entries.At(position));
    }
  }
}

TimelinesState TimelineShard::state() const {
  return {.timelines = present_, .entries = entries_, .bytes = bytes(), .evictions = evictions_};
}

std::size_t TimelineShard::bytes() const {
  return index_.bytes() + chunks_.size() * kChunk * sizeof(Timeline) + ring_bytes_ + rebuild_bytes_;
}

}  // namespace freshet::stores
