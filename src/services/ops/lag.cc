#include "services/ops/lag.h"

#include <algorithm>
#include <map>

namespace freshet::ops {

Awaitable<Result<LagReports>> ReadLag(stores::EventLog& log, const Clock& clock,
                                      Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto state, co_await log.Describe(deadline));
  LagReports reports;
  for (const auto& group : state.groups) {
    std::map<std::string, LagReport> topics;
    for (const auto& partition : group.partitions) {
      LagReport& report = topics[partition.topic];
      if (partition.lag == 0) continue;
      report.lag += static_cast<std::int64_t>(partition.lag);
      CO_ASSIGN_OR_RETURN(
          const auto oldest,
          co_await log.Read({partition.topic, partition.partition, partition.committed}, 1,
                            deadline));
      if (oldest.empty()) continue;  // it was processed meanwhile, and is no longer kept
      const Timestamp at = oldest.front().appended_at;
      report.oldest_at = report.oldest_at ? std::min(*report.oldest_at, at) : at;
    }
    for (auto& [topic, report] : topics) {
      report.group = group.name;
      report.topic = topic;
      if (report.oldest_at)
        report.age = std::max(
            Duration(0), std::chrono::duration_cast<Duration>(clock.Now() - *report.oldest_at));
      reports.items.push_back(std::move(report));
    }
  }
  co_return reports;
}

}  // namespace freshet::ops
