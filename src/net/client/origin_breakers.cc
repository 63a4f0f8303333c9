#include "net/client/origin_breakers.h"

#include <algorithm>

namespace freshet::net {

OriginBreakers::OriginBreakers(CircuitBreakerOptions options, std::size_t bound, const Clock& clock,
                               Metrics& metrics)
    : options_(options),
      bound_(std::max<std::size_t>(bound, 1)),
      clock_(clock),
      not_closed_(metrics.GetGauge("freshet_http_client_open_circuits",
                                   "Origins that failed so much that they are only probed")) {}

std::shared_ptr<CircuitBreaker> OriginBreakers::For(const std::string& origin) {
  MutexLock lock(mutex_);
  if (const auto found = by_origin_.find(origin); found != by_origin_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    return found->second->breaker;
  }
  if (recent_.size() >= bound_) {
    by_origin_.erase(recent_.back().origin);
    recent_.pop_back();
  }
  recent_.push_front(
      {origin, std::make_shared<CircuitBreaker>(origin, options_, clock_, not_closed_)});
  by_origin_.emplace(origin, recent_.begin());
  return recent_.front().breaker;
}

std::size_t OriginBreakers::size() const {
  MutexLock lock(mutex_);
  return recent_.size();
}

}  // namespace freshet::net
