#include "stores/log/log_writes.h"

#include <algorithm>

#include "stores/log/murmur2.h"

namespace freshet::stores {

AppendWrite::AppendWrite(const LogStore& store, const Topic& topic, std::uint64_t tail_bytes,
                         Positions positions)
    : store_(store), topic_(topic), tail_bytes_(tail_bytes), positions_(std::move(positions)) {}

void AppendWrite::Add(const Record& record) {
  entries_.push_back({PartitionOf(record.key, topic_.partitions()),
                      {.appended_at = {}, .body = EncodeRecordBody(record)}});
  bytes += StoredBytes(entries_.back().record.body);
}

Result<> AppendWrite::AddTo(LogBatch& batch, Timestamp now) {
  positions_->reserve(entries_.size());
  for (auto& [index, record] : entries_) {
    Partition& partition = topic_.partition(index);
    PartitionExtent& extent = partition.pending();
    if (const Offset end = partition.TakeLeftovers(); end > extent.open.end) {
      store_.PutRollback(batch, partition.id(), extent, end);
    }
    record.appended_at = std::max(now, extent.last_time);
    positions_->push_back({topic_.name(), index, extent.open.end});
    store_.PutRecord(batch, partition.id(), extent.open.end, record.appended_at, record.body);
    if (const auto full = extent.Extend(record.appended_at, StoredBytes(record.body))) {
      store_.PutSegment(batch, partition.id(), *full);
    }
  }
  return {};
}

void AppendWrite::Written() {
  std::vector<std::vector<Partition::Written>> by_partition(topic_.partitions());
  for (auto& [index, record] : entries_) by_partition[index].push_back(std::move(record));
  for (std::uint32_t i = 0; i < topic_.partitions(); ++i) {
    if (!by_partition[i].empty()) {
      topic_.partition(i).Publish(std::move(by_partition[i]), tail_bytes_);
    }
  }
}

void AppendWrite::Failed() {
  for (const auto& entry : entries_) topic_.partition(entry.partition).Abandon();
}

CommitWrite::CommitWrite(const LogStore& store, GroupCoordinator& groups, std::string group,
                         MemberId member, std::vector<CommitPosition> positions)
    : store_(store),
      groups_(groups),
      group_(std::move(group)),
      member_(member),
      positions_(std::move(positions)) {
  bytes = 64 * positions_.size();
}

Result<> CommitWrite::AddTo(LogBatch& batch, Timestamp) {
  // In memory the offsets count from here on, durable or not: the effects they speak of happened.
  RETURN_IF_ERROR(groups_.Commit(group_, member_, positions_));
  for (const auto& position : positions_) {
    store_.PutCommit(batch, group_, position.partition, position.offset);
  }
  return {};
}

SeekWrite::SeekWrite(const LogStore& store, GroupCoordinator& groups, std::string group,
                     std::map<PartitionId, Offset> positions)
    : store_(store), groups_(groups), group_(std::move(group)), positions_(std::move(positions)) {
  bytes = 64 * positions_.size();
}

Result<> SeekWrite::AddTo(LogBatch& batch, Timestamp) {
  groups_.Seek(group_, positions_);
  for (const auto& [partition, offset] : positions_) {
    store_.PutCommit(batch, group_, partition, offset);
  }
  return {};
}

TopicWrite::TopicWrite(const LogStore& store, std::string name, TopicRow row)
    : store_(store), name_(std::move(name)), row_(row) {
  bytes = 64;
}

Result<> TopicWrite::AddTo(LogBatch& batch, Timestamp) {
  store_.PutTopic(batch, name_, row_);
  return {};
}

TrimWrite::TrimWrite(const LogStore& store, Partition& partition, Trim trim)
    : store_(store), partition_(partition), trim_(trim) {
  bytes = 64;
}

Result<> TrimWrite::AddTo(LogBatch& batch, Timestamp) {
  store_.PutTrim(batch, partition_.id(), partition_.pending(), trim_);
  trim_.ApplyTo(partition_.pending());
  return {};
}

void TrimWrite::Written() { partition_.Publish(trim_); }

void TrimWrite::Failed() { partition_.Abandon(); }

}  // namespace freshet::stores
