// Latencies, counted.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace freshet::bench {

// A log-linear histogram in the manner of HdrHistogram: every power of two is cut into 128 equal
// parts, so that a quantile is off by less than 0.8 %. 60 KiB, whatever is recorded.
class Histogram {
 public:
  Histogram();

  void Record(std::chrono::nanoseconds latency);  // below zero counts as zero
  std::uint64_t count() const { return count_; }
  std::chrono::nanoseconds max() const { return max_; }
  // The least value that a share `quantile` (0 to 1) of the records does not exceed; 0 when empty.
  std::chrono::nanoseconds Quantile(double quantile) const;

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds max_{0};
};

}  // namespace freshet::bench
