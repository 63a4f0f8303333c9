// A set of people in little memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace freshet::stores {

// An ordered set of 64-bit ids. One id needs no memory beyond the 16 bytes of the object; up to
// kMostFlat stand in one sorted array; more in sorted runs under a list of their first ids, so that
// a change moves at most one run. About 9 bytes per member in large sets. Not thread-safe.
class MemberSet {
 public:
  static constexpr std::size_t kMostFlat = 512;

  MemberSet() = default;
  ~MemberSet() { Clear(); }
  MemberSet(MemberSet&& other) noexcept { Swap(other); }
  MemberSet& operator=(MemberSet&& other) noexcept {
    Swap(other);
    return *this;
  }

  // Each returns whether it changed anything.
  bool Insert(std::uint64_t id);
  bool Erase(std::uint64_t id);

  bool Contains(std::uint64_t id) const;
  std::size_t size() const { return size_; }
  // Memory beyond the object itself.
  std::size_t bytes() const;

  // Calls visit(id) for the ids from `from` on, ascending, as long as it returns true.
  template <class Visit>
  void ForEachFrom(std::uint64_t from, Visit visit) const {
    const std::size_t first = RunOf(from);
    for (std::size_t run = first; run < runs(); ++run) {
      for (const std::uint64_t id : Run(run)) {
        if (id >= from && !visit(id)) return;
      }
    }
  }

 private:
  struct Runs;

  bool flat() const { return capacity_ != kInRuns; }
  std::size_t runs() const;
  std::span<const std::uint64_t> Run(std::size_t index) const;
  // The run that `id` is in, if it is in any.
  std::size_t RunOf(std::uint64_t id) const;
  bool InsertFlat(std::uint64_t id);
  bool EraseFlat(std::uint64_t id);
  void ToRuns();
  void ToFlat();
  void Clear();
  void Swap(MemberSet& other) noexcept;

  static constexpr std::uint32_t kInRuns = 0xffff'ffff;

  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 1;  // of the array; 1: the only id stands in `one`
  union {
    std::uint64_t one = 0;
    std::uint64_t* array;  // owned
    Runs* runs;            // owned
  } ids_;
};

}  // namespace freshet::stores
