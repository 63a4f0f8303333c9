#include "stores/counters/member_set.h"

#include <algorithm>
#include <utility>

namespace freshet::stores {

struct MemberSet::Runs {
  static constexpr std::size_t kMost = 512;  // of a run
  static constexpr std::size_t kFew = 96;    // fewer are joined with a neighbour
  static constexpr std::size_t kStep = 64;   // by which a run's memory grows

  std::vector<std::uint64_t> firsts;
  std::vector<std::vector<std::uint64_t>> runs;
  std::size_t slots = 0;  // of all runs: their capacity, since adding it up takes long in a hot set

  std::size_t Find(std::uint64_t id) const {
    const auto after = std::ranges::upper_bound(firsts, id);
    return after == firsts.begin() ? 0 : static_cast<std::size_t>(after - firsts.begin()) - 1;
  }

  bool Insert(std::uint64_t id) {
    const std::size_t at = Find(id);
    auto& run = runs[at];
    const auto place = std::ranges::lower_bound(run, id) - run.begin();
    if (place < std::ssize(run) && run[static_cast<std::size_t>(place)] == id) return false;
    if (run.size() == run.capacity()) {
      slots -= run.capacity();
      run.reserve(run.size() + kStep);
      slots += run.capacity();
    }
    run.insert(run.begin() + place, id);
    firsts[at] = run.front();
    if (run.size() == kMost) Split(at);
    return true;
  }

  bool Erase(std::uint64_t id) {
    const std::size_t at = Find(id);
    auto& run = runs[at];
    const auto place = std::ranges::lower_bound(run, id);
    if (place == run.end() || *place != id) return false;
    run.erase(place);
    if (run.size() < kFew && runs.size() > 1) {
      Join(at == 0 ? 0 : at - 1);
    } else {
      firsts[at] = run.front();
    }
    return true;
  }

  void Split(std::size_t at) {
    auto& run = runs[at];
    slots -= run.capacity();
    const auto middle = run.begin() + static_cast<std::ptrdiff_t>(run.size() / 2);
    std::vector<std::uint64_t> upper(middle, run.end());
    std::vector<std::uint64_t> lower(run.begin(), middle);
    run = std::move(lower);
    slots += run.capacity() + upper.capacity();
    const auto next = static_cast<std::ptrdiff_t>(at) + 1;
    firsts.insert(firsts.begin() + next, upper.front());
    runs.insert(runs.begin() + next, std::move(upper));
  }

  // Joins the run with the next one, and splits what became too long.
  void Join(std::size_t at) {
    const auto next = static_cast<std::ptrdiff_t>(at) + 1;
    auto& run = runs[at];
    slots -= run.capacity() + runs[at + 1].capacity();
    run.insert(run.end(), runs[at + 1].begin(), runs[at + 1].end());
    runs.erase(runs.begin() + next);
    firsts.erase(firsts.begin() + next);
    slots += run.capacity();
    firsts[at] = run.front();
    if (run.size() >= kMost) Split(at);
  }

  std::size_t bytes() const {
    return sizeof(*this) + (firsts.capacity() + slots) * sizeof(std::uint64_t) +
           runs.capacity() * sizeof(runs[0]);
  }
};

std::size_t MemberSet::runs() const {
  if (!flat()) return ids_.runs->runs.size();
  return size_ == 0 ? 0 : 1;
}

std::span<const std::uint64_t> MemberSet::Run(std::size_t index) const {
  if (!flat()) return ids_.runs->runs[index];
  return {capacity_ == 1 ? &ids_.one : ids_.array, size_};
}

std::size_t MemberSet::RunOf(std::uint64_t id) const { return flat() ? 0 : ids_.runs->Find(id); }

bool MemberSet::Contains(std::uint64_t id) const {
  if (size_ == 0) return false;
  return std::ranges::binary_search(Run(RunOf(id)), id);
}

bool MemberSet::Insert(std::uint64_t id) {
  if (flat()) {
    if (size_ < kMostFlat) return InsertFlat(id);
    if (Contains(id)) return false;
    ToRuns();
  }
  const bool inserted = ids_.runs->Insert(id);
  size_ += inserted ? 1 : 0;
  return inserted;
}

bool MemberSet::Erase(std::uint64_t id) {
  if (flat()) return EraseFlat(id);
  const bool erased = ids_.runs->Erase(id);
  size_ -= erased ? 1 : 0;
  if (size_ <= kMostFlat / 2) ToFlat();
  return erased;
}

bool MemberSet::InsertFlat(std::uint64_t id) {
  const auto members = Run(0);
  const auto place = std::ranges::lower_bound(members, id) - members.begin();
  if (place < std::ssize(members) && members[static_cast<std::size_t>(place)] == id) return false;
  if (size_ == 0 && capacity_ == 1) {
    ids_.one = id;
    size_ = 1;
    return true;
  }
  if (size_ == capacity_) {
    const std::uint32_t capacity = capacity_ + std::max<std::uint32_t>(capacity_ / 4, 2);
    auto* const array = new std::uint64_t[capacity];
    std::ranges::copy(members, array);
    if (capacity_ > 1) delete[] ids_.array;
    ids_.array = array;
    capacity_ = capacity;
  }
  std::copy_backward(ids_.array + place, ids_.array + size_, ids_.array + size_ + 1);
  ids_.array[place] = id;
  ++size_;
  return true;
}

bool MemberSet::EraseFlat(std::uint64_t id) {
  const auto members = Run(0);
  const auto found = std::ranges::lower_bound(members, id);
  if (found == members.end() || *found != id) return false;
  if (size_ == 1) {
    Clear();
    return true;
  }
  const auto place = found - members.begin();
  std::copy(ids_.array + place + 1, ids_.array + size_, ids_.array + place);
  --size_;
  return true;
}

void MemberSet::ToRuns() {
  auto runs = std::make_unique<Runs>();
  const auto members = Run(0);
  const auto middle = static_cast<std::ptrdiff_t>(members.size() / 2);
  runs->runs.emplace_back(members.begin(), members.begin() + middle);
  runs->runs.emplace_back(members.begin() + middle, members.end());
  runs->firsts = {runs->runs[0].front(), runs->runs[1].front()};
  runs->slots = runs->runs[0].capacity() + runs->runs[1].capacity();
  const std::uint32_t size = size_;
  Clear();
  size_ = size;
  capacity_ = kInRuns;
  ids_.runs = runs.release();
}

void MemberSet::ToFlat() {
  const std::unique_ptr<Runs> runs(ids_.runs);
  auto* const array = new std::uint64_t[size_];
  auto* end = array;
  for (const auto& run : runs->runs) end = std::ranges::copy(run, end).out;
  ids_.array = array;
  capacity_ = size_;
}

std::size_t MemberSet::bytes() const {
  if (!flat()) return ids_.runs->bytes();
  return capacity_ == 1 ? 0 : capacity_ * sizeof(std::uint64_t);
}

void MemberSet::Clear() {
  if (!flat()) {
    delete ids_.runs;
  } else if (capacity_ > 1) {
    delete[] ids_.array;
  }
  size_ = 0;
  capacity_ = 1;
  ids_.one = 0;
}

void MemberSet::Swap(MemberSet& other) noexcept {
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  std::swap(ids_, other.ids_);
}

}  // namespace freshet::stores
