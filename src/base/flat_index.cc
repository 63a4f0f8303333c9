#include "base/flat_index.h"

#include <algorithm>
#include <utility>

namespace freshet {
namespace {
constexpr std::size_t kFewestSlots = 16;
}

void FlatIndex::Insert(std::uint32_t hash, std::uint32_t value) {
  if ((size_ + 1) * 10 > slots_.size() * 7) Resize(std::max(kFewestSlots, slots_.size() * 2));
  Place({hash, value});
  ++size_;
}

void FlatIndex::Place(Slot slot) {
  std::size_t at = slot.hash & mask_;
  while (slots_[at].value != kNone) at = (at + 1) & mask_;
  slots_[at] = slot;
}

void FlatIndex::Erase(std::uint32_t hash, std::uint32_t value) {
  std::size_t hole = hash & mask_;
  while (slots_[hole].hash != hash || slots_[hole].value != value) hole = (hole + 1) & mask_;
  // Whatever was pushed past the hole by what stood in it moves back.
  for (std::size_t at = (hole + 1) & mask_; slots_[at].value != kNone; at = (at + 1) & mask_) {
    const std::size_t home = slots_[at].hash & mask_;
    if (((at - home) & mask_) < ((at - hole) & mask_)) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole] = Slot{};
  --size_;
  if (slots_.size() > kFewestSlots && size_ * 8 < slots_.size()) Resize(slots_.size() / 2);
}

void FlatIndex::Clear() {
  std::vector<Slot>().swap(slots_);
  mask_ = 0;
  size_ = 0;
}

void FlatIndex::Resize(std::size_t slots) {
  const auto old = std::exchange(slots_, std::vector<Slot>(slots));
  mask_ = slots - 1;
  for (const Slot& slot : old) {
    if (slot.value != kNone) Place(slot);
  }
}

}  // namespace freshet
