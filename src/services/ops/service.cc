#include "services/ops/service.h"

#include <map>
#include <set>

#include "net/json/json_writer.h"
#include "services/ops/lag.h"

namespace freshet::ops {

OpsService::OpsService(std::string version, stores::Database& database, stores::EventLog& log,
                       stores::DeadLetters& dead_letters, const Clock& clock, Metrics& metrics)
    : version_(std::move(version)),
      database_(database),
      log_(log),
      dead_letters_(dead_letters),
      clock_(clock),
      metrics_(metrics),
      started_at_(clock.Now()) {}

Awaitable<Health> OpsService::Ready(Deadline deadline) {
  Health health;
  if (draining_) health.problems.push_back("stopping");
  const auto read = co_await database_.Read(
      [](stores::Transaction& tx) { return tx.Query("SELECT 1", {}, [](const stores::Row&) {}); },
      deadline);
  if (!read) health.problems.push_back("database: " + read.error().message());
  const auto described = co_await log_.Describe(deadline);
  if (!described) health.problems.push_back("event log: " + described.error().message());
  if (!health.problems.empty()) health.status = "failing";
  co_return health;
}

Awaitable<Result<InstallationState>> OpsService::State(Deadline deadline) {
  InstallationState state{.version = version_, .started_at = started_at_, .components = {}};
  for (const auto& source : sources_) {
    auto component = co_await source.read(deadline);
    if (component) {
      component->name = source.name;
      state.components.push_back(*std::move(component));
    } else {
      state.components.push_back(
          {.name = source.name, .values = {{"error", {net::ToJson(component.error().message())}}}});
    }
  }
  co_return state;
}

Awaitable<Result<LagReports>> OpsService::Lag(Deadline deadline) {
  return ReadLag(log_, clock_, deadline);
}

Awaitable<Result<TopicReports>> OpsService::Topics(Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto log, co_await log_.Describe(deadline));
  TopicReports reports;
  for (const auto& topic : log.topics) {
    TopicReport report{.topic = topic.name,
                       .retention_time = topic.options.retention_time,
                       .retention_bytes = static_cast<std::int64_t>(topic.options.retention_bytes),
                       .partitions = {},
                       .groups = {}};
    for (const auto& partition : topic.partitions) {
      report.records += static_cast<std::int64_t>(partition.end - partition.begin);
      report.bytes += static_cast<std::int64_t>(partition.bytes);
      report.partitions.push_back({.partition = partition.partition,
                                   .begin = static_cast<std::int64_t>(partition.begin),
                                   .end = static_cast<std::int64_t>(partition.end),
                                   .bytes = static_cast<std::int64_t>(partition.bytes)});
    }
    for (const auto& group : log.groups) {
      GroupReport shown{.group = group.name};
      bool reads_topic = false;
      std::set<std::string> members;
      for (const auto& partition : group.partitions) {
        if (partition.topic != topic.name) continue;
        reads_topic = true;
        shown.lag += static_cast<std::int64_t>(partition.lag);
        if (!partition.member.empty()) members.insert(partition.member);
      }
      shown.members = static_cast<std::int64_t>(members.size());
      if (reads_topic) report.groups.push_back(std::move(shown));
    }
    reports.items.push_back(std::move(report));
  }
  co_return reports;
}

}  // namespace freshet::ops
