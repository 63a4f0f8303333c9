// The entries of one timeline: references, oldest first, in an array that grows until it is full
// and is a ring from then on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "stores/timelines/entry_table.h"

namespace freshet::stores {

// 16 bytes, and 4 per entry. `capacity` is the same in every call. Not thread-safe.
class RefRing {
 public:
  std::size_t size() const { return size_; }
  // Position 0 is the oldest.
  EntryRef At(std::size_t position) const { return refs_[Slot(position)]; }
  // Where the next Append writes, for prefetching; null before the first.
  const EntryRef* tail() const { return refs_.get() + Slot(size_ == room_ ? 0 : size_); }
  const EntryRef* slot(std::size_t position) const { return refs_.get() + Slot(position); }

  // Puts `ref` behind the newest. Returns whether the oldest had to go. Constant time, amortised.
  bool Append(EntryRef ref, std::size_t capacity) {
    if (size_ == room_) {
      if (room_ >= capacity) {
        refs_[head_] = ref;
        head_ = head_ + 1 == room_ ? 0 : static_cast<std::uint16_t>(head_ + 1);
        return true;
      }
      Grow(size_ + 1U, capacity);
    }
    refs_[Slot(size_)] = ref;
    ++size_;
    return false;
  }
  // Needs size() < capacity. Moves what is newer.
  void Insert(std::size_t position, EntryRef ref, std::size_t capacity);
  // Moves the shorter side.
  void Erase(std::size_t position);
  void DropOldest();
  // Makes room for exactly `room` entries, when it has less.
  void Reserve(std::size_t room);

  // What the array costs, the allocator's overhead included.
  std::size_t bytes() const { return room_ == 0 ? 0 : AllocatedBytes(room_); }

 private:
  static std::size_t AllocatedBytes(std::size_t room) {
    return (room * sizeof(EntryRef) + 8 + 15) / 16 * 16;  // glibc: 8 bytes before, 16 aligned
  }
  std::size_t Slot(std::size_t position) const {
    const std::size_t slot = head_ + position;
    return slot >= room_ ? slot - room_ : slot;
  }
  void Grow(std::size_t least, std::size_t capacity);

  std::unique_ptr<EntryRef[]> refs_;
  std::uint16_t head_ = 0;
  std::uint16_t size_ = 0;
  std::uint16_t room_ = 0;
};

}  // namespace freshet::stores
