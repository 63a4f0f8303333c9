// What the HTTP server measures.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "base/metrics.h"
#include "net/http/message.h"

namespace freshet::net {

// Why a connection was closed or a request refused before the service saw it.
enum class RefusedReason {
  kConnections,
  kHeaderTimeout,
  kBodyTimeout,
  kWriteTimeout,
  kHeaderLimit,
  kBodyLimit,
  kMalformed,
  kMethod,
  kVersion,
  kExpectation,
  kUpgrade,
  kTls,
};

// Thread-safe.
class HttpMetrics {
 public:
  explicit HttpMetrics(Metrics& metrics);

  // A request without a known method counts as "other".
  void Answered(std::optional<Method> method, int status);
  void Refused(RefusedReason reason) { refused_[static_cast<std::size_t>(reason)].Add(); }

  Histogram seconds;
  Gauge connections;
  Gauge websockets;
  Counter exceptions;

 private:
  std::vector<Counter> requests_;  // by method, then by class of status
  std::vector<Counter> refused_;
};

}  // namespace freshet::net
