// What the embedded event log's writing thread is asked to do.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "stores/log/group_commit.h"
#include "stores/log/group_coordinator.h"
#include "stores/log/log_store.h"
#include "stores/log/topic_table.h"

namespace freshet::stores {

// Gives the records their offsets and times, which never step back within a partition.
class AppendWrite final : public GroupCommit::Write {
 public:
  // Positions are complete when the write has succeeded; shared with the caller.
  using Positions = std::shared_ptr<std::vector<PartitionPosition>>;

  AppendWrite(const LogStore& store, const Topic& topic, std::uint64_t tail_bytes,
              Positions positions);
  void Add(const Record& record);

  Result<> AddTo(LogBatch& batch, Timestamp now) override;
  void Written() override;
  void Failed() override;

 private:
  struct Entry {
    std::uint32_t partition = 0;
    Partition::Written record;
  };
  const LogStore& store_;
  const Topic& topic_;
  const std::uint64_t tail_bytes_;
  const Positions positions_;
  std::vector<Entry> entries_;
};

class CommitWrite final : public GroupCommit::Write {
 public:
  CommitWrite(const LogStore& store, GroupCoordinator& groups, std::string group, MemberId member,
              std::vector<CommitPosition> positions);
  Result<> AddTo(LogBatch& batch, Timestamp now) override;

 private:
  const LogStore& store_;
  GroupCoordinator& groups_;
  const std::string group_;
  const MemberId member_;
  const std::vector<CommitPosition> positions_;
};

class SeekWrite final : public GroupCommit::Write {
 public:
  SeekWrite(const LogStore& store, GroupCoordinator& groups, std::string group,
            std::map<PartitionId, Offset> positions);
  Result<> AddTo(LogBatch& batch, Timestamp now) override;

 private:
  const LogStore& store_;
  GroupCoordinator& groups_;
  const std::string group_;
  const std::map<PartitionId, Offset> positions_;
};

class TopicWrite final : public GroupCommit::Write {
 public:
  TopicWrite(const LogStore& store, std::string name, TopicRow row);
  Result<> AddTo(LogBatch& batch, Timestamp now) override;

 private:
  const LogStore& store_;
  const std::string name_;
  const TopicRow row_;
};

class TrimWrite final : public GroupCommit::Write {
 public:
  TrimWrite(const LogStore& store, Partition& partition, Trim trim);
  Result<> AddTo(LogBatch& batch, Timestamp now) override;
  void Written() override;
  void Failed() override;

 private:
  const LogStore& store_;
  Partition& partition_;
  const Trim trim_;
};

}  // namespace freshet::stores
