// What people have seen in their homes.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "algorithms/sketch/bloom_filter.h"
#include "base/async.h"
#include "base/id.h"
#include "stores/cache/cache.h"

namespace freshet::home {

// The thousand posts that somebody saw last, and up to a thousand before those. Says of one in
// twenty others that it was seen too, which only moves that down.
class SeenSet {
 public:
  bool Contains(PostId post) const {
    return newer_.MayContain(post.value) || older_.MayContain(post.value);
  }
  void Add(PostId post);

  // As it is cached. What has another size is an empty set.
  std::string Pack() const;
  static SeenSet Unpack(const stores::CacheValue& packed);

 private:
  static constexpr std::uint64_t kPerGeneration = 1'024;

  std::uint64_t added_ = 0;  // to the newer ones
  algorithms::BloomFilter<8 * kPerGeneration> newer_;
  algorithms::BloomFilter<8 * kPerGeneration> older_;
};

// Kept in the cache only: when it is lost, nothing is but an order. Thread-safe; of two additions
// for one person at the same time, one may get lost.
class SeenPosts {
 public:
  explicit SeenPosts(stores::Cache& cache) : cache_(cache) {}

  // Empty when the cache fails.
  Awaitable<SeenSet> Find(AccountId person, Deadline deadline);
  Awaitable<> Add(AccountId person, std::span<const PostId> posts, Deadline deadline);
  // Idempotent. Errors: the cache's.
  Awaitable<Result<>> Forget(AccountId person, Deadline deadline);

 private:
  stores::Cache& cache_;
};

}  // namespace freshet::home
