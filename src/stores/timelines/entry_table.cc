#include "stores/timelines/entry_table.h"

#include <algorithm>
#include <stdexcept>

namespace freshet::stores {
namespace {
constexpr std::size_t kRowsPerLock = 4096;

std::uint64_t HashOf(TimelineEntry entry) {
  return MixBits(entry.post.value ^ (entry.author.value << 1));
}
}  // namespace

EntryTable::~EntryTable() = default;

EntryRef EntryTable::Intern(TimelineEntry entry) {
  const std::uint64_t hash = HashOf(entry);
  const std::size_t number = ShardOf(hash, kStripeBits);
  Stripe& stripe = stripes_[number];
  const auto low = static_cast<std::uint32_t>(hash);
  MutexLock lock(stripe.mutex);
  std::uint32_t row = stripe.index.Find(low, [&](std::uint32_t candidate) {
    const Place place = PlaceOf(candidate);
    return stripe.chunks[place.chunk].rows[place.offset].entry() == entry;
  });
  const bool found = row != FlatIndex::kNone;
  if (!found) row = TakeRow(stripe);
  const Place place = PlaceOf(row);
  if (!found) {
    stripe.chunks[place.chunk].rows[place.offset] = {entry.post.value, entry.author.value};
    const std::size_t before = stripe.index.bytes();
    stripe.index.Insert(low, row);
    bytes_.fetch_add(stripe.index.bytes() - before, std::memory_order_relaxed);
    rows_.fetch_add(1, std::memory_order_relaxed);
  }
  stripe.chunks[place.chunk].marks[place.offset].store(true, std::memory_order_relaxed);
  return static_cast<EntryRef>(row << kStripeBits | number);
}

std::uint32_t EntryTable::TakeRow(Stripe& stripe) {
  if (stripe.first_free != 0) {
    const std::uint32_t row = stripe.first_free - 1;
    const Place place = PlaceOf(row);
    const Row& free = stripe.chunks[place.chunk].rows[place.offset];
    stripe.first_free = static_cast<std::uint32_t>(free.author);
    return row;
  }
  const std::uint32_t row = stripe.used;
  const Place place = PlaceOf(row);
  if (place.chunk >= kChunks) throw std::length_error("the timelines hold too many posts");
  if (place.offset == 0) {
    const std::size_t rows = kFirstChunk << place.chunk;
    stripe.chunks[place.chunk].rows = std::make_unique_for_overwrite<Row[]>(rows);
    stripe.chunks[place.chunk].marks = std::make_unique<std::atomic<bool>[]>(rows);
  }
  ++stripe.used;
  bytes_.fetch_add(kRowBytes, std::memory_order_relaxed);
  return row;
}

void EntryTable::Mark(EntryRef ref) {
  const Place place = PlaceOf(ref >> kStripeBits);
  std::atomic<bool>& mark = stripes_[ref & (kStripes - 1)].chunks[place.chunk].marks[place.offset];
  if (!mark.load(std::memory_order_relaxed)) mark.store(true, std::memory_order_relaxed);
}

std::size_t EntryTable::FreeUnmarked() {
  std::size_t freed = 0;
  for (Stripe& stripe : stripes_) {
    for (std::size_t from = 0;; from += kRowsPerLock) {
      MutexLock lock(stripe.mutex);
      if (from >= stripe.used) break;
      freed += FreeUnmarked(stripe, from, std::min<std::size_t>(from + kRowsPerLock, stripe.used));
    }
  }
  return freed;
}

std::size_t EntryTable::FreeUnmarked(Stripe& stripe, std::size_t from, std::size_t to) {
  std::size_t freed = 0;
  const std::size_t before = stripe.index.bytes();
  for (std::size_t row = from; row < to; ++row) {
    const Place place = PlaceOf(row);
    Chunk& chunk = stripe.chunks[place.chunk];
    if (chunk.marks[place.offset].load(std::memory_order_relaxed)) {
      chunk.marks[place.offset].store(false, std::memory_order_relaxed);
      continue;
    }
    Row& stored = chunk.rows[place.offset];
    if (stored.post == 0) continue;  // free already
    const auto number = static_cast<std::uint32_t>(row);
    stripe.index.Erase(static_cast<std::uint32_t>(HashOf(stored.entry())), number);
    stored = {.post = 0, .author = stripe.first_free};
    stripe.first_free = number + 1;
    ++freed;
  }
  rows_.fetch_sub(freed, std::memory_order_relaxed);
  bytes_.fetch_sub(before - stripe.index.bytes(), std::memory_order_relaxed);
  return freed;
}

std::size_t EntryTable::ref_bound() const {
  std::size_t most = 0;
  for (const Stripe& stripe : stripes_) {
    MutexLock lock(stripe.mutex);
    most = std::max<std::size_t>(most, stripe.used);
  }
  return most << kStripeBits;
}

}  // namespace freshet::stores
