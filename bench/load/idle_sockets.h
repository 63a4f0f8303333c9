// WebSockets that are open and say nothing.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "load/histogram.h"

namespace freshet::bench {

struct IdleSocketsPlan {
  boost::asio::ip::tcp::endpoint server;
  std::uint64_t count = 10'000;
  std::uint64_t opening = 64;  // at the same time
};

struct IdleSocketsReport {
  std::uint64_t open = 0;
  std::uint64_t failed = 0;
  Histogram pushes;  // of messages that say "sent NANOSECONDS", from then to their arrival
};

// Opens that many, calls `ready` once with the outcome, and holds the open ones until standard
// input ends. What the server sends is read, and nothing is answered. Returns what
// came of them all. `upgrade` gives the
// n-th handshake. Errors of single sockets are counted.
IdleSocketsReport HoldIdleSockets(const IdleSocketsPlan& plan,
                                  const std::function<std::string(std::uint64_t number)>& upgrade,
                                  const std::function<void(const IdleSocketsReport&)>& ready);

}  // namespace freshet::bench
