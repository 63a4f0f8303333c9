#include "stores/timelines/ref_ring.h"

#include <algorithm>
#include <utility>

namespace freshet::stores {

void RefRing::Insert(std::size_t position, EntryRef ref, std::size_t capacity) {
  if (size_ == room_) Grow(size_ + 1U, capacity);
  ++size_;
  for (std::size_t i = size_ - 1U; i > position; --i) refs_[Slot(i)] = refs_[Slot(i - 1)];
  refs_[Slot(position)] = ref;
}

void RefRing::Erase(std::size_t position) {
  if (position < size_ / 2U) {
    for (std::size_t i = position; i > 0; --i) refs_[Slot(i)] = refs_[Slot(i - 1)];
    DropOldest();
    return;
  }
  for (std::size_t i = position; i + 1 < size_; ++i) refs_[Slot(i)] = refs_[Slot(i + 1)];
  --size_;
}

void RefRing::DropOldest() {
  head_ = static_cast<std::uint16_t>(Slot(1));
  --size_;
}

void RefRing::Grow(std::size_t least, std::size_t capacity) {
  // Half as much again, and what the allocator rounds up to anyway.
  const std::size_t wanted = std::max<std::size_t>(least, room_ + room_ / 2U);
  const std::size_t rounded = (AllocatedBytes(std::max<std::size_t>(wanted, 6)) - 8) / 4;
  Reserve(std::min(rounded, capacity));
}

void RefRing::Reserve(std::size_t room) {
  if (room <= room_) return;
  auto larger = std::make_unique_for_overwrite<EntryRef[]>(room);
  for (std::size_t i = 0; i < size_; ++i) larger[i] = At(i);
  refs_ = std::move(larger);
  head_ = 0;
  room_ = static_cast<std::uint16_t>(room);
}

}  // namespace freshet::stores
