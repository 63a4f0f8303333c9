// Deletes what a topic no longer keeps.
#pragma once

#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "stores/log/group_commit.h"
#include "stores/log/log_reader.h"
#include "stores/log/topic_table.h"

namespace freshet::stores {

// Goes by time, to the record; then by bytes over the topic's partitions: the partition whose
// oldest segment ended first gives first. Groups are not asked: one that is behind goes on at the
// oldest record kept. Blocks; one thread at a time.
class Retention {
 public:
  Retention(LogStore& store, const TopicTable& topics, const LogReader& reader, GroupCommit& writer,
            const Clock& clock, Metrics& metrics);

  // Errors: those of reading and writing, the first one; every other topic is done all the same.
  Result<> Enforce();

 private:
  struct Plan {
    PartitionExtent extent;  // as it will be
    Offset begin_now = 0;
  };
  Result<> EnforceOn(const Topic& topic);
  // Moves the plan's begin; the bytes of a segment that is cut are found by reading it.
  Result<> Cut(PartitionId partition, Plan& plan, Offset begin) const;
  Result<> CutByTime(const Topic& topic, std::vector<Plan>& plans) const;
  Result<> CutByBytes(const Topic& topic, std::vector<Plan>& plans) const;

  LogStore& store_;
  const TopicTable& topics_;
  const LogReader& reader_;
  GroupCommit& writer_;
  const Clock& clock_;
  Counter deleted_;
};

}  // namespace freshet::stores
