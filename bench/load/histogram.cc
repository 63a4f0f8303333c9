#include "load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace freshet::bench {
namespace {

constexpr unsigned kPartBits = 7;
constexpr std::uint64_t kParts = 1 << kPartBits;
constexpr std::size_t kBuckets = (64 - kPartBits) * kParts + kParts;

// Values below kParts have a bucket each; above, the leading bit and the kPartBits after it do.
std::size_t BucketOf(std::uint64_t value) {
  if (value < kParts) return value;
  const unsigned shift = std::bit_width(value) - 1 - kPartBits;
  return (shift + 1) * kParts + ((value >> shift) - kParts);
}

std::uint64_t LargestIn(std::size_t bucket) {
  if (bucket < kParts) return bucket;
  const std::size_t shift = bucket / kParts - 1;
  return ((kParts + bucket % kParts + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : buckets_(kBuckets) {}

void Histogram::Record(std::chrono::nanoseconds latency) {
  latency = std::max(latency, std::chrono::nanoseconds(0));
  ++buckets_[BucketOf(static_cast<std::uint64_t>(latency.count()))];
  ++count_;
  max_ = std::max(max_, latency);
}

std::chrono::nanoseconds Histogram::Quantile(double quantile) const {
  if (count_ == 0) return std::chrono::nanoseconds(0);
  const auto wanted = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(quantile * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen >= wanted)
      return std::min(max_, std::chrono::nanoseconds(static_cast<long>(LargestIn(bucket))));
  }
  return max_;
}

}  // namespace freshet::bench
