#include "net/http/shard.h"

#include <fmt/format.h>

#include <cstring>

#include "base/bytes.h"
#include "base/id.h"
#include "net/http/connection.h"
#include "net/http/http_date.h"

namespace freshet::net {

struct Shard::Connections {
  boost::intrusive::list<Connection, boost::intrusive::base_hook<ConnectionHook>,
                         boost::intrusive::constant_time_size<false>>
      list;
};

Shard::Shard(Executor executor, std::shared_ptr<const Settings> settings, const Clock& clock)
    : executor_(executor),
      clock_(clock),
      settings_(std::move(settings)),
      connections_(std::make_unique<Connections>()) {
  std::memcpy(&request_ids_, RandomBytes(sizeof request_ids_).data(), sizeof request_ids_);
}

Shard::~Shard() = default;

void Shard::Add(Connection& connection) { connections_->list.push_back(connection); }

void Shard::Sweep() {
  const SteadyTime now = clock_.Steady();
  for (auto& connection : connections_->list) connection.Sweep(now);
}

void Shard::Drain() {
  draining_ = true;
  for (auto& connection : connections_->list) connection.Drain();
}

void Shard::CutAll() {
  draining_ = true;
  for (auto& connection : connections_->list) connection.Cut();
}

std::string_view Shard::HttpDate(SteadyTime now) {
  if (now >= date_until_) {
    const Timestamp time = clock_.Now();
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    date_ = FormatHttpDate(time);
    date_until_ = now + (second + std::chrono::seconds(1) - time);
  }
  return date_;
}

std::string Shard::NewRequestId() {
  request_ids_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t bits = MixBits(request_ids_);
  std::string id(15, '0');
  for (char& digit : id) {
    digit = "0123456789abcdef"[bits & 15];
    bits >>= 4;
  }
  return id;
}

Gzip& Shard::gzip() {
  if (!gzip_) gzip_.emplace();
  return *gzip_;
}

}  // namespace freshet::net
