// Waiting until everybody who was inside has left, without keeping anybody out.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <thread>

namespace freshet::stores {

// Two counters, as in sleepable RCU (McKenney): who enters counts in the current one, and Wait
// makes the other one current first. Thread-safe; one Wait at a time.
class GracePeriod {
 public:
  // The time between construction and destruction is spent inside.
  class Inside {
   public:
    explicit Inside(GracePeriod& period) : counter_(period.Enter()) {}
    ~Inside() { counter_.fetch_sub(1); }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

   private:
    std::atomic<std::size_t>& counter_;
  };

  // Returns when all who were inside at the call have left. Those inside must not wait for anything
  // long.
  void Wait() {
    const std::size_t before = current_.fetch_add(1);
    while (counters_[before & 1].count.load() != 0) std::this_thread::yield();
  }

 private:
  struct alignas(64) Padded {
    std::atomic<std::size_t> count{0};
  };

  std::atomic<std::size_t>& Enter() {
    for (;;) {
      const std::size_t current = current_.load();
      std::atomic<std::size_t>& counter = counters_[current & 1].count;
      counter.fetch_add(1);
      if (current_.load() == current) return counter;
      counter.fetch_sub(1);
    }
  }

  std::atomic<std::size_t> current_{0};
  std::array<Padded, 2> counters_;
};

}  // namespace freshet::stores
