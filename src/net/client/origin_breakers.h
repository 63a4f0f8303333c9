// One circuit breaker for each origin (scheme, host and port) that was called lately.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/circuit_breaker.h"
#include "base/mutex.h"

namespace freshet::net {

// Thread-safe. Holds at most `bound` breakers; the one that was asked for longest ago leaves first,
// and its origin starts afresh when it is called again. freshet_http_client_open_circuits says how
// many are not closed.
class OriginBreakers {
 public:
  OriginBreakers(CircuitBreakerOptions options, std::size_t bound, const Clock& clock,
                 Metrics& metrics);

  std::shared_ptr<CircuitBreaker> For(const std::string& origin);
  std::size_t size() const;

 private:
  struct Entry {
    std::string origin;
    std::shared_ptr<CircuitBreaker> breaker;
  };

  const CircuitBreakerOptions options_;
  const std::size_t bound_;
  const Clock& clock_;
  const Gauge not_closed_;
  mutable Mutex mutex_;
  std::list<Entry> recent_ GUARDED_BY(mutex_);  // the latest first
  std::unordered_map<std::string, std::list<Entry>::iterator> by_origin_ GUARDED_BY(mutex_);
};

}  // namespace freshet::net
