// Every entry that some timeline holds, once: timelines hold 32-bit references into it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/flat_index.h"
#include "base/mutex.h"
#include "stores/timelines/timelines.h"

namespace freshet::stores {

using EntryRef = std::uint32_t;

// A post is fanned out to many timelines, so that 4 bytes in each and one row here take a third of
// the memory of 12 bytes in each. Rows are not counted but collected: mark every reference that is
// held, then FreeUnmarked. A row stays readable as long as a timeline holds it; how that is ensured
// is written at MemoryTimelines::Collect. Thread-safe.
class EntryTable {
 public:
  EntryTable() = default;
  ~EntryTable();
  EntryTable(const EntryTable&) = delete;
  EntryTable& operator=(const EntryTable&) = delete;

  // The row of `entry`, made if there is none; marked.
  EntryRef Intern(TimelineEntry entry);

  // Without a lock. The row must have been interned before, in this thread or one that
  // synchronised with it.
  TimelineEntry At(EntryRef ref) const { return RowOf(ref)->entry(); }
  void Prefetch(EntryRef ref) const { __builtin_prefetch(RowOf(ref)); }

  // The next FreeUnmarked spares the row. Without a lock.
  void Mark(EntryRef ref);
  // Frees the rows that are not marked and takes every mark away. Returns how many it freed. Locks
  // briefly and often.
  std::size_t FreeUnmarked();

  std::size_t rows() const { return rows_.load(std::memory_order_relaxed); }
  std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  // Every reference is below this.
  std::size_t ref_bound() const;

 private:
  static constexpr int kStripeBits = 4;
  static constexpr std::size_t kStripes = std::size_t{1} << kStripeBits;
  // Chunk k holds kFirstChunk << k rows, so that rows never move and 20 pointers are enough.
  static constexpr int kFirstChunkBits = 8;
  static constexpr std::size_t kFirstChunk = std::size_t{1} << kFirstChunkBits;
  static constexpr std::size_t kChunks = 20;

  // Left uninitialised until it is taken, so that the unused part of a chunk costs no memory.
  struct Row {
    TimelineEntry entry() const { return {.post = {post}, .author = {author}}; }
    std::uint64_t post;    // 0: free
    std::uint64_t author;  // when free: the next free row + 1
  };
  static constexpr std::size_t kRowBytes = sizeof(Row) + 1;

  struct Chunk {
    std::unique_ptr<Row[]> rows;
    std::unique_ptr<std::atomic<bool>[]> marks;
  };
  struct Place {
    std::size_t chunk;
    std::size_t offset;
  };
  struct alignas(64) Stripe {
    // Written under the mutex, before any reference into the chunk exists; read without it.
    std::array<Chunk, kChunks> chunks;
    mutable Mutex mutex;
    FlatIndex index GUARDED_BY(mutex);
    std::uint32_t used GUARDED_BY(mutex) = 0;        // rows ever used
    std::uint32_t first_free GUARDED_BY(mutex) = 0;  // + 1; 0: none
  };

  static Place PlaceOf(std::size_t row) {
    const std::size_t n = row + kFirstChunk;
    const int chunk = 63 - __builtin_clzll(n) - kFirstChunkBits;
    return {static_cast<std::size_t>(chunk), n - (kFirstChunk << chunk)};
  }
  const Row* RowOf(EntryRef ref) const {
    const Place place = PlaceOf(ref >> kStripeBits);
    return &stripes_[ref & (kStripes - 1)].chunks[place.chunk].rows[place.offset];
  }
  std::uint32_t TakeRow(Stripe& stripe) REQUIRES(stripe.mutex);
  std::size_t FreeUnmarked(Stripe& stripe, std::size_t from, std::size_t to) REQUIRES(stripe.mutex);

  std::array<Stripe, kStripes> stripes_;
  std::atomic<std::size_t> rows_{0};
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace freshet::stores
