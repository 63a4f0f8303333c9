#include "stores/log/topic_table.h"

namespace freshet::stores {

Topic::Topic(std::string name, TopicRow row, std::vector<PartitionExtent> partitions)
    : name_(std::move(name)), id_(row.id), options_(row.options) {
  partitions.resize(row.options.partitions);
  for (auto& extent : partitions) {
    const auto index = static_cast<std::uint16_t>(partitions_.size());
    partitions_.push_back(std::make_unique<Partition>(PartitionId{id_, index}, std::move(extent)));
  }
}

TopicOptions Topic::options() const {
  MutexLock lock(mutex_);
  return options_;
}

void Topic::SetOptions(const TopicOptions& options) {
  MutexLock lock(mutex_);
  options_ = options;
}

Topic* TopicTable::Find(std::string_view name) const {
  ReaderLock lock(mutex_);
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second.get();
}

Topic* TopicTable::Find(std::uint16_t id) const {
  ReaderLock lock(mutex_);
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

Partition* TopicTable::FindPartition(std::string_view name, std::uint32_t partition) const {
  const Topic* topic = Find(name);
  if (topic == nullptr || partition >= topic->partitions()) return nullptr;
  return &topic->partition(partition);
}

std::vector<Topic*> TopicTable::All() const {
  ReaderLock lock(mutex_);
  std::vector<Topic*> all;
  for (const auto& [name, topic] : by_name_) all.push_back(topic.get());
  return all;
}

void TopicTable::Add(std::unique_ptr<Topic> topic) {
  partitions_ += topic->partitions();
  WriterLock lock(mutex_);
  by_id_[topic->id()] = topic.get();
  by_name_[topic->name()] = std::move(topic);
}

}  // namespace freshet::stores
