#include "stores/log/partition.h"

namespace freshet::stores {

std::uint64_t PartitionExtent::Bytes() const {
  std::uint64_t bytes = open.bytes;
  for (const auto& segment : sealed) bytes += segment.bytes;
  return bytes;
}

std::optional<Segment> PartitionExtent::Extend(Timestamp appended_at, std::uint64_t bytes) {
  last_time = appended_at;
  open.last_time = appended_at;
  open.bytes += bytes;
  ++open.end;
  if (open.bytes < kSegmentBytes && open.end - open.first < kSegmentRecords) return std::nullopt;
  sealed.push_back(open);
  open = {.first = open.end, .end = open.end, .bytes = 0, .last_time = appended_at};
  return sealed.back();
}

void Trim::ApplyTo(PartitionExtent& extent) const {
  while (!extent.sealed.empty() && extent.sealed.front().end <= begin) extent.sealed.pop_front();
  Segment& partial = extent.sealed.empty() ? extent.open : extent.sealed.front();
  if (partial.first < begin) {
    partial.first = begin;
    partial.bytes -= std::min(partial.bytes, bytes);
  }
  extent.begin = begin;
}

Partition::Partition(PartitionId id, PartitionExtent recovered)
    : id_(id), pending_(recovered), visible_(std::move(recovered)), bytes_(visible_.Bytes()) {}

void Partition::Publish(std::vector<Written> records, std::uint64_t tail_bytes) {
  MutexLock lock(mutex_);
  for (auto& record : records) {
    const auto bytes = StoredBytes(record.body);
    visible_.Extend(record.appended_at, bytes);
    bytes_ += bytes;
    tail_bytes_ += bytes;
    tail_.push_back(std::move(record));
  }
  while (tail_bytes_ > tail_bytes && !tail_.empty()) {
    tail_bytes_ -= StoredBytes(tail_.front().body);
    tail_.pop_front();
  }
  for (const auto& reader : readers_) reader->Notify();
}

void Partition::Publish(const Trim& trim) {
  MutexLock lock(mutex_);
  trim.ApplyTo(visible_);
  bytes_ = visible_.Bytes();
  DropTailBefore(trim.begin);
}

void Partition::DropTailBefore(Offset offset) {
  for (auto first = visible_.open.end - tail_.size(); first < offset && !tail_.empty(); ++first) {
    tail_bytes_ -= StoredBytes(tail_.front().body);
    tail_.pop_front();
  }
}

void Partition::Abandon() {
  attempted_end_ = std::max(attempted_end_, pending_.open.end);
  failed_ = true;
  MutexLock lock(mutex_);
  pending_ = visible_;
}

std::optional<std::vector<StoredRecord>> Partition::FetchTail(Offset from,
                                                              FetchLimit& limit) const {
  std::vector<StoredRecord> records;
  MutexLock lock(mutex_);
  from = std::max(from, visible_.begin);
  const Offset end = visible_.open.end;
  if (from >= end) return records;
  const Offset first = end - tail_.size();
  if (from < first) return std::nullopt;
  for (; from < end; ++from) {
    const Written& written = tail_[from - first];
    const auto bytes = StoredBytes(written.body);
    if (!limit.Admits(bytes)) break;
    auto record = DecodeRecordBody(written.body);
    if (!record) return std::nullopt;
    limit.Take(bytes);
    records.push_back({from, written.appended_at, *std::move(record)});
  }
  return records;
}

PartitionState Partition::State() const {
  MutexLock lock(mutex_);
  return {id_.partition, visible_.begin, visible_.open.end, bytes_};
}

PartitionExtent Partition::Extent() const {
  MutexLock lock(mutex_);
  return visible_;
}

Offset Partition::Begin() const {
  MutexLock lock(mutex_);
  return visible_.begin;
}

Offset Partition::End() const {
  MutexLock lock(mutex_);
  return visible_.open.end;
}

void Partition::AddReader(std::shared_ptr<Signal> signal) {
  MutexLock lock(mutex_);
  readers_.push_back(std::move(signal));
}

void Partition::RemoveReader(const Signal* signal) {
  MutexLock lock(mutex_);
  std::erase_if(readers_, [&](const auto& reader) { return reader.get() == signal; });
}

}  // namespace freshet::stores
