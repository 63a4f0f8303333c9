// Hash tables for those who keep the things themselves elsewhere, and sorting keys by shard: what
// the in-memory stores are made of.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace freshet {

// Maps 32-bit hashes to 32-bit values, equal hashes allowed; the caller tells values of equal hash
// apart. Linear probing with deletion by shifting back (Knuth, The Art of Computer Programming 3,
// section 6.4, algorithms L and R), at most 70 % full; a probe that finds nothing costs about one
// cache line. The low bits of the hashes must be well mixed (MixBits). Not thread-safe.
class FlatIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffff'ffff;  // no value

  // The value stored under `hash` for which matches(value) holds, or kNone.
  template <class Matches>
  std::uint32_t Find(std::uint32_t hash, Matches matches) const {
    if (slots_.empty()) return kNone;
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Slot slot = slots_[at];
      if (slot.value == kNone) return kNone;
      if (slot.hash == hash && matches(slot.value)) return slot.value;
    }
  }
  // The first value stored under `hash`: the one looked for, unless two keys share a hash.
  std::uint32_t First(std::uint32_t hash) const {
    return Find(hash, [](std::uint32_t) { return true; });
  }
  void Prefetch(std::uint32_t hash) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[hash & mask_]);
  }

  void Insert(std::uint32_t hash, std::uint32_t value);
  // The pair must be there.
  void Erase(std::uint32_t hash, std::uint32_t value);
  void Clear();

  std::size_t size() const { return size_; }
  std::size_t bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t value = kNone;
  };
  void Resize(std::size_t slots);
  void Place(Slot slot);

  std::vector<Slot> slots_;  // a power of two, or none
  std::size_t mask_ = 0;
  std::size_t size_ = 0;
};

// `bits` high bits of the hash choose the shard; FlatIndex uses the low ones.
constexpr std::size_t ShardOf(std::uint64_t hash, int bits) {
  return bits == 0 ? 0 : static_cast<std::size_t>(hash >> (64 - bits));
}

// Up to kMost hashed keys sorted by shard (counting sort), so that a batch takes each shard's lock
// once. Lives on the stack and allocates nothing.
//   ShardBatch batch(keys.size(), bits, [&](std::size_t i) { return Hash(keys[i]); });
//   batch.ForEachShard(0, [&](std::size_t shard, auto hashes, auto positions) { ... });
class ShardBatch {
 public:
  static constexpr std::size_t kMost = 2048;
  static constexpr int kMaxBits = 10;

  template <class HashAt>
  ShardBatch(std::size_t count, int bits, HashAt hash_at) : shards_(std::size_t{1} << bits) {
    std::array<std::uint64_t, kMost> hashes;
    for (std::size_t shard = 0; shard <= shards_; ++shard) ends_[shard] = 0;
    for (std::size_t i = 0; i < count; ++i) {
      hashes[i] = hash_at(i);
      ++ends_[ShardOf(hashes[i], bits) + 1];
    }
    for (std::size_t shard = 0; shard < shards_; ++shard) ends_[shard + 1] += ends_[shard];
    // Each start moves to its end, which is the next shard's start.
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t to = ends_[ShardOf(hashes[i], bits)]++;
      hashes_[to] = hashes[i];
      positions_[to] = static_cast<std::uint16_t>(i);
    }
  }

  std::size_t size() const { return ends_[shards_ - 1]; }

  // Calls visit(shard, hashes, positions) for each shard that has any, round from `first`;
  // positions are indices into the batch, ascending.
  template <class Visit>
  void ForEachShard(std::size_t first, Visit visit) const {
    for (std::size_t i = 0; i < shards_; ++i) {
      const std::size_t shard = (first + i) & (shards_ - 1);
      const std::size_t begin = shard == 0 ? 0 : ends_[shard - 1];
      const std::size_t count = ends_[shard] - begin;
      if (count == 0) continue;
      visit(shard, std::span(hashes_).subspan(begin, count),
            std::span(positions_).subspan(begin, count));
    }
  }

 private:
  const std::size_t shards_;
  std::array<std::uint64_t, kMost> hashes_;
  std::array<std::uint16_t, kMost> positions_;
  std::array<std::uint32_t, (std::size_t{1} << kMaxBits) + 1> ends_;
};

}  // namespace freshet
