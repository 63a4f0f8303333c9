// What one io thread holds of the server, and what all of them share.
#pragma once

#include <atomic>
#include <boost/intrusive/list.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/log.h"
#include "net/http/compression.h"
#include "net/http/http_metrics.h"
#include "net/http/message.h"
#include "net/http/settings.h"

namespace freshet::net {

class Connection;

using ConnectionHook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

// Everything here belongs to one io thread and is touched only there.
class Shard {
 public:
  Shard(Executor executor, std::shared_ptr<const Settings> settings, const Clock& clock);
  ~Shard();

  Executor executor() const { return executor_; }
  const Settings& settings() const { return *settings_; }
  void Adopt(std::shared_ptr<const Settings> settings) { settings_ = std::move(settings); }

  void Add(Connection& connection);
  // Ends what is past its deadline.
  void Sweep();
  // Ends idle connections and WebSockets, and every other with its next answer.
  void Drain();
  void CutAll();
  bool draining() const { return draining_; }

  // For the Date field at `now`; rendered once a second.
  std::string_view HttpDate(SteadyTime now);
  // 15 hexadecimal digits, which fit into a std::string without allocation.
  std::string NewRequestId();
  Gzip& gzip();

 private:
  const Executor executor_;
  const Clock& clock_;
  std::shared_ptr<const Settings> settings_;
  bool draining_ = false;
  std::string date_;
  SteadyTime date_until_{};
  std::uint64_t request_ids_;
  std::optional<Gzip> gzip_;
  struct Connections;
  std::unique_ptr<Connections> connections_;
};

// Lives until the last connection has ended, which may be after the server.
struct ServerCore {
  HttpService& service;
  const Clock& clock;
  Logger& logger;
  HttpMetrics metrics;
  std::vector<std::unique_ptr<Shard>> shards;
  std::atomic<std::int64_t> open{0};
};

}  // namespace freshet::net
