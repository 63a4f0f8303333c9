// Reads through a cache, loading what is missing once however many callers ask for it at the same
// time.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "stores/cache/cache.h"

namespace freshet::stores {

// Thread-safe.
class SingleFlight {
 public:
  // Loads the values of `ids` (ids of one space), in their order; null for what does not exist.
  using Load = std::function<Awaitable<Result<std::vector<CacheValue>>>(
      std::vector<std::uint64_t> ids, Deadline deadline)>;

  struct Lifetimes {
    Duration found{3'600'000};
    Duration missing{30'000};  // of negative entries; 0: nothing is remembered as absent
  };

  SingleFlight(Cache& cache, CacheSpace space, Lifetimes lifetimes, Load load, const Clock& clock);
  ~SingleFlight();
  SingleFlight(const SingleFlight&) = delete;
  SingleFlight& operator=(const SingleFlight&) = delete;

  // The values of `ids` in their order; null for what does not exist. What the cache lacks is
  // loaded in one call of Load; ids that another caller is loading are waited for, not loaded
  // again. A cache that fails is passed over. Errors: Load's; a failed load fails everybody who
  // waited for it and is not remembered.
  Awaitable<Result<std::vector<CacheValue>>> Get(std::span<const std::uint64_t> ids,
                                                 Deadline deadline);

  Awaitable<Result<>> Remove(std::span<const std::uint64_t> ids, Deadline deadline);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace freshet::stores
