// The topics of the embedded event log.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "stores/log/partition.h"

namespace freshet::stores {

// Lives as long as the log. Thread-safe.
class Topic {
 public:
  Topic(std::string name, TopicRow row, std::vector<PartitionExtent> partitions);

  const std::string& name() const { return name_; }
  std::uint16_t id() const { return id_; }
  std::uint32_t partitions() const { return static_cast<std::uint32_t>(partitions_.size()); }
  Partition& partition(std::uint32_t index) const { return *partitions_[index]; }

  TopicOptions options() const;
  void SetOptions(const TopicOptions& options);

 private:
  const std::string name_;
  const std::uint16_t id_;
  std::vector<std::unique_ptr<Partition>> partitions_;
  mutable Mutex mutex_;
  TopicOptions options_ GUARDED_BY(mutex_);
};

// Thread-safe. Topics are never removed.
class TopicTable {
 public:
  Topic* Find(std::string_view name) const;
  Topic* Find(std::uint16_t id) const;
  // Also where the topic does not exist: nullptr.
  Partition* FindPartition(std::string_view topic, std::uint32_t partition) const;
  std::vector<Topic*> All() const;
  std::size_t partitions() const { return partitions_.load(std::memory_order_relaxed); }
  void Add(std::unique_ptr<Topic> topic);

 private:
  mutable SharedMutex mutex_;
  std::map<std::string, std::unique_ptr<Topic>, std::less<>> by_name_ GUARDED_BY(mutex_);
  std::map<std::uint16_t, Topic*> by_id_ GUARDED_BY(mutex_);
  std::atomic<std::size_t> partitions_{0};
};

}  // namespace freshet::stores
