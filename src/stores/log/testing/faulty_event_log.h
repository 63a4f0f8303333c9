// An event log whose calls go wrong by a plan.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/testing/fault_plan.h"
#include "stores/log/event_log.h"

namespace freshet::stores {

// Forwards to another log, which outlives it, as does the plan. The operations are called as the
// methods are: "Append", "Poll", "Commit", ... A poll never fails after its effect: the port
// promises that a failed poll has taken nothing. A join that does dies at once.
class FaultyEventLog final : public EventLog {
 public:
  FaultyEventLog(EventLog& inner, FaultPlan& plan) : inner_(inner), plan_(plan) {}

  Awaitable<Result<>> CreateTopic(std::string topic, TopicOptions options,
                                  Deadline deadline) override;
  Awaitable<Result<std::vector<PartitionPosition>>> Append(std::string topic,
                                                           std::vector<Record> records,
                                                           Deadline deadline) override;
  Awaitable<Result<std::vector<StoredRecord>>> Read(PartitionPosition from, std::size_t max_records,
                                                    Deadline deadline) override;
  Awaitable<Result<std::vector<PartitionPosition>>> FindTime(std::string topic, Timestamp time,
                                                             Deadline deadline) override;
  Awaitable<Result<std::unique_ptr<Consumer>>> Join(std::string group,
                                                    std::vector<std::string> topics,
                                                    Deadline deadline) override;
  Awaitable<Result<>> Seek(std::string group, std::vector<PartitionPosition> positions,
                           Deadline deadline) override;
  Awaitable<Result<EventLogState>> Describe(Deadline deadline) override;

 private:
  EventLog& inner_;
  FaultPlan& plan_;
};

}  // namespace freshet::stores
