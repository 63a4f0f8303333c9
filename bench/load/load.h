// Runs requests against a server and measures how long they take.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "load/histogram.h"

namespace freshet::bench {

struct LoadPlan {
  boost::asio::ip::tcp::endpoint server;
  std::size_t connections = 64;
  double rate =
      0;  // requests a second; 0: each connection sends its next when the last is answered
  std::chrono::duration<double> warmup{1};
  std::chrono::duration<double> duration{10};
  std::chrono::duration<double> patience{10};  // after the last request was due
  int expected_status = 200;
};

// The whole message of the request with this number, counted from 0.
using RequestSource = std::function<std::string(std::uint64_t number)>;

struct LoadReport {
  Histogram latencies;       // of the answers that were expected
  std::uint64_t errors = 0;  // other answers, broken connections, and requests never answered
  std::map<int, std::uint64_t>
      unexpected;           // those of them that were answered, by status; 0: broken
  std::uint64_t bytes = 0;  // of all answers
  double seconds = 0;       // from the end of the warm-up to the last answer

  double rate() const { return seconds > 0 ? static_cast<double>(latencies.count()) / seconds : 0; }
};

// With a rate, request n is due at n/rate, and its latency counts from then whether or not a
// connection was free: a server that stalls is charged for every request that was due meanwhile.
// Requests of the warm-up are sent and not counted. One thread.
LoadReport RunLoad(const LoadPlan& plan, const RequestSource& source);

}  // namespace freshet::bench
