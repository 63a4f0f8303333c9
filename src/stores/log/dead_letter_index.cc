#include "stores/log/dead_letter_index.h"

#include <algorithm>
#include <utility>

namespace freshet::stores {

Offset DeadLetterIndex::Next() {
  // What resolves a letter comes after it, so noting from there on again finds its state.
  if (left_out_ && by_id_.size() <= most_ / 2) next_ = *std::exchange(left_out_, std::nullopt);
  return next_;
}

void DeadLetterIndex::NoteLetter(Offset offset, const std::string& id) {
  Skip(offset);
  if (by_id_.contains(id)) return;
  if (by_id_.size() >= most_) {
    if (!left_out_) left_out_ = offset;
    return;
  }
  by_id_[id] = offset;
  by_offset_[offset] = id;
}

void DeadLetterIndex::NoteResolved(Offset offset, const std::string& id) {
  Skip(offset);
  const auto known = by_id_.find(id);
  if (known == by_id_.end()) return;
  by_offset_.erase(known->second);
  by_id_.erase(known);
}

void DeadLetterIndex::DropBefore(Offset begin) {
  next_ = std::max(next_, begin);
  while (!by_offset_.empty() && by_offset_.begin()->first < begin) {
    by_id_.erase(by_offset_.begin()->second);
    by_offset_.erase(by_offset_.begin());
  }
}

std::optional<Offset> DeadLetterIndex::Find(const std::string& id) const {
  const auto known = by_id_.find(id);
  if (known == by_id_.end()) return std::nullopt;
  return known->second;
}

std::vector<Offset> DeadLetterIndex::ListFrom(Offset from, std::size_t limit) const {
  std::vector<Offset> offsets;
  for (auto letter = by_offset_.lower_bound(from);
       letter != by_offset_.end() && offsets.size() < limit; ++letter) {
    offsets.push_back(letter->first);
  }
  return offsets;
}

}  // namespace freshet::stores
