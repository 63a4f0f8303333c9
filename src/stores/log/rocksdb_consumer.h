// A member of a group of the embedded event log.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "stores/log/event_log.h"
#include "stores/log/group_commit.h"
#include "stores/log/group_coordinator.h"
#include "stores/log/log_reader.h"
#include "stores/log/topic_table.h"

namespace freshet::stores {

// The parts of the log that a member uses; they outlive it.
struct ConsumerContext {
  const LogStore& store;
  const TopicTable& topics;
  GroupCoordinator& groups;
  GroupCommit& writer;
  LogReader& reader;
  const Clock& clock;
  std::uint64_t fetch_bytes = 0;  // what one Poll takes at most
};

class RocksDbConsumer final : public Consumer {
 public:
  RocksDbConsumer(ConsumerContext context, std::string group, std::vector<Subscription> topics);
  ~RocksDbConsumer() override;

  Awaitable<Result<std::vector<PartitionBatch>>> Poll(std::size_t max_records,
                                                      Deadline deadline) override;
  Awaitable<Result<>> Commit(std::vector<PartitionPosition> positions, Deadline deadline) override;
  Awaitable<> Leave() override;
  void Wake() override;

 private:
  // A partition in this member's hands, and how far it was polled.
  struct Held {
    Partition* partition = nullptr;
    const Topic* topic = nullptr;
    std::uint64_t epoch = 0;
    Offset next = 0;
  };
  class PollScope;

  void Take(const Assignment& assignment);
  void Release();
  Awaitable<Result<std::vector<PartitionBatch>>> Fetch(std::size_t max_records);
  // From whose time in this member's hands the records are that a commit speaks of.
  std::uint64_t PolledEpoch(PartitionId partition) const;

  const ConsumerContext context_;
  const std::string group_;
  const std::vector<Subscription> topics_;
  const std::shared_ptr<Signal> signal_;
  MemberId member_;
  bool left_ = false;
  std::atomic<bool> woken_{false};
  std::uint64_t generation_ = 0;
  std::map<PartitionId, Held> held_;
  std::map<PartitionId, std::uint64_t> polled_;  // the epoch of the records polled last
  std::size_t turn_ = 0;  // which partition a poll begins with, so that none is starved
};

}  // namespace freshet::stores
