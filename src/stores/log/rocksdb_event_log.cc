#include "stores/log/rocksdb_event_log.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <map>
#include <thread>

#include "base/mutex.h"
#include "stores/log/group_commit.h"
#include "stores/log/group_coordinator.h"
#include "stores/log/log_reader.h"
#include "stores/log/log_store.h"
#include "stores/log/log_writes.h"
#include "stores/log/retention.h"
#include "stores/log/rocksdb_consumer.h"
#include "stores/log/topic_table.h"

namespace freshet::stores {
namespace {

constexpr std::uint32_t kMaxPartitions = 4'096;
constexpr std::uint64_t kMaxHeaderBytes = 64 * 1024;
constexpr std::uint64_t kLeastTailBytes = 16 * 1024;
constexpr std::uint64_t kGroupBytes = 8 << 20;

Failure Late() { return DeadlineExceeded("There was no time left to use the event log."); }

Failure NoTopic(std::string_view name) {
  return NotFound(fmt::format("There is no topic \"{}\".", name), "unknown_topic");
}

Result<> CheckName(std::string_view what, std::string_view name) {
  const bool right = !name.empty() && name.size() <= 200 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
  if (right) return {};
  return Invalid(fmt::format("The {} must be 1 to 200 of a-z, 0-9, '.', '_' and '-'.", what));
}

Result<> CheckRecord(const Record& record, std::uint64_t max_bytes) {
  std::uint64_t headers = 0;
  for (const auto& [name, value] : record.headers) headers += name.size() + value.size();
  if (record.key.size() + record.value.size() <= max_bytes && headers <= kMaxHeaderBytes) return {};
  return Invalid(
      fmt::format("A record may hold {} bytes, and {} in its headers.", max_bytes, kMaxHeaderBytes),
      "record_too_large");
}

}  // namespace

struct RocksDbEventLog::Impl {
  Impl(const RocksDbEventLogOptions& o, std::unique_ptr<LogStore> s, RocksDbEventLogParts p);
  ~Impl();

  Result<> Restore();
  Result<> CreateTopic(const std::string& name, const TopicOptions& wanted, Deadline deadline);
  void RunUpkeep();
  Result<> EnforceRetention();
  std::vector<GroupState> DescribeGroups() const;

  const RocksDbEventLogOptions options;
  const RocksDbEventLogParts parts;
  const std::unique_ptr<LogStore> store;
  TopicTable topics;
  GroupCoordinator groups;
  LogReader reader;
  GroupCommit writer;
  Counter appended;
  Gauge stored_bytes;

  Mutex create_mutex;  // one creation at a time
  // Of creations that failed: they may be on the disk, so no topic of another name gets them.
  std::map<std::string, std::uint16_t> failed_ids GUARDED_BY(create_mutex);
  std::uint32_t next_id GUARDED_BY(create_mutex) = 0;
  Mutex retention_mutex;
  Retention retention GUARDED_BY(retention_mutex);

  Mutex upkeep_mutex;
  CondVar upkeep_wake;
  bool stopping GUARDED_BY(upkeep_mutex) = false;
  std::thread upkeep;
};

RocksDbEventLog::Impl::Impl(const RocksDbEventLogOptions& o, std::unique_ptr<LogStore> s,
                            RocksDbEventLogParts p)
    : options(o),
      parts(p),
      store(std::move(s)),
      groups(o.session_timeout, p.clock),
      reader(*store, p.pool, p.metrics),
      writer(*store,
             {.queued_writes = static_cast<std::size_t>(o.queued_writes),
              .queued_bytes = static_cast<std::uint64_t>(o.queued_bytes),
              .group_bytes = kGroupBytes},
             p.clock, p.metrics),
      appended(p.metrics.GetCounter("freshet_log_appended_records_total", "Records appended")),
      stored_bytes(p.metrics.GetGauge("freshet_log_stored_bytes", "Bytes of all records kept")),
      retention(*store, topics, reader, writer, p.clock, p.metrics) {}

RocksDbEventLog::Impl::~Impl() {
  {
    MutexLock lock(upkeep_mutex);
    stopping = true;
  }
  upkeep_wake.NotifyAll();
  if (upkeep.joinable()) upkeep.join();
}

Result<> RocksDbEventLog::Impl::Restore() {
  ASSIGN_OR_RETURN(auto contents, store->Load());
  MutexLock lock(create_mutex);
  for (auto& topic : contents.topics) {
    next_id = std::max(next_id, topic.row.id + 1U);
    topics.Add(
        std::make_unique<Topic>(std::move(topic.name), topic.row, std::move(topic.partitions)));
  }
  for (const auto& commit : contents.commits) {
    groups.Restore(commit.group, commit.partition, commit.offset);
  }
  upkeep = std::thread([this] { RunUpkeep(); });
  return {};
}

void RocksDbEventLog::Impl::RunUpkeep() {
  pthread_setname_np(pthread_self(), "log-upkeep");
  const Duration interval = std::min(options.retention_check_interval, options.session_timeout / 4);
  auto checked = std::chrono::steady_clock::now();
  for (;;) {
    {
      MutexLock lock(upkeep_mutex);
      const auto until = std::chrono::steady_clock::now() + interval;
      while (!stopping && upkeep_wake.WaitUntil(upkeep_mutex, until)) {
      }
      if (stopping) return;
    }
    groups.Expire();
    if (std::chrono::steady_clock::now() - checked < options.retention_check_interval) continue;
    checked = std::chrono::steady_clock::now();
    if (const auto done = EnforceRetention(); !done) {
      parts.logger.Error("Old records of the event log could not be deleted",
                         {{"error", done.error().ToString()}});
    }
  }
}

Result<> RocksDbEventLog::Impl::EnforceRetention() {
  MutexLock lock(retention_mutex);
  const auto enforced = retention.Enforce();
  std::uint64_t bytes = 0;
  for (const Topic* topic : topics.All()) {
    for (std::uint32_t p = 0; p < topic->partitions(); ++p) {
      bytes += topic->partition(p).State().bytes;
    }
  }
  stored_bytes.Set(static_cast<double>(bytes));
  return enforced;
}

Result<> RocksDbEventLog::Impl::CreateTopic(const std::string& name, const TopicOptions& wanted,
                                            Deadline deadline) {
  MutexLock lock(create_mutex);
  Topic* existing = topics.Find(name);
  TopicRow row{.options = wanted};
  if (existing != nullptr) {
    if (existing->partitions() != wanted.partitions) {
      return Conflict(
          fmt::format("The topic \"{}\" has {} partitions, which is fixed for its life.", name,
                      existing->partitions()));
    }
    row.id = existing->id();
  } else {
    if (!failed_ids.contains(name)) {
      if (next_id > UINT16_MAX) return Invalid("The event log has had 65,536 topics already.");
      failed_ids[name] = static_cast<std::uint16_t>(next_id++);
    }
    row.id = failed_ids[name];
  }
  auto write = std::make_unique<TopicWrite>(*store, name, row);
  write->deadline = deadline;
  RETURN_IF_ERROR(writer.RunBlocking(std::move(write)));
  if (existing != nullptr) {
    existing->SetOptions(wanted);
  } else {
    topics.Add(std::make_unique<Topic>(name, row, std::vector<PartitionExtent>{}));
    failed_ids.erase(name);
  }
  return {};
}

std::vector<GroupState> RocksDbEventLog::Impl::DescribeGroups() const {
  std::vector<GroupState> states;
  for (auto& view : groups.Groups()) {
    GroupState state{std::move(view.name), view.generation, {}};
    for (auto& entry : view.partitions) {
      const Topic* topic = topics.Find(entry.partition.topic);
      if (topic == nullptr) continue;
      const auto partition = topic->partition(entry.partition.partition).State();
      const Offset done = std::clamp(entry.committed, partition.begin, partition.end);
      state.partitions.push_back({topic->name(), entry.partition.partition, entry.committed,
                                  partition.end - done, std::move(entry.member)});
    }
    states.push_back(std::move(state));
  }
  return states;
}

RocksDbEventLog::RocksDbEventLog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RocksDbEventLog::~RocksDbEventLog() = default;

Result<std::unique_ptr<RocksDbEventLog>> RocksDbEventLog::Open(
    const RocksDbEventLogOptions& options, const std::filesystem::path& folder,
    RocksDbEventLogParts parts) {
  const LogStoreOptions store_options{
      .durability = options.durability,
      .write_buffer_bytes = static_cast<std::uint64_t>(options.write_buffer_bytes),
      .cache_bytes = static_cast<std::uint64_t>(options.cache_bytes)};
  ASSIGN_OR_RETURN(auto store, LogStore::Open(store_options, folder, parts.env));
  auto impl = std::make_unique<Impl>(options, std::move(store), parts);
  RETURN_IF_ERROR(impl->Restore());
  return std::unique_ptr<RocksDbEventLog>(new RocksDbEventLog(std::move(impl)));
}

Awaitable<Result<>> RocksDbEventLog::CreateTopic(std::string topic, TopicOptions options,
                                                 Deadline deadline) {
  CO_RETURN_IF_ERROR(CheckName("name of a topic", topic));
  if (options.partitions == 0 || options.partitions > kMaxPartitions) {
    co_return Invalid(fmt::format("A topic has 1 to {} partitions.", kMaxPartitions));
  }
  if (deadline.Expired(impl_->parts.clock)) co_return Late();
  co_return co_await impl_->parts.pool.Run([impl = impl_.get(), topic, options, deadline] {
    return impl->CreateTopic(topic, options, deadline);
  });
}

Awaitable<Result<std::vector<PartitionPosition>>> RocksDbEventLog::Append(
    std::string name, std::vector<Record> records, Deadline deadline) {
  if (deadline.Expired(impl_->parts.clock)) co_return Late();
  const Topic* topic = impl_->topics.Find(name);
  if (topic == nullptr) co_return NoTopic(name);
  if (records.empty()) co_return std::vector<PartitionPosition>{};
  const auto share =
      static_cast<std::uint64_t>(impl_->options.tail_bytes) / impl_->topics.partitions();
  auto positions = std::make_shared<std::vector<PartitionPosition>>();
  auto write = std::make_unique<AppendWrite>(*impl_->store, *topic,
                                             std::max(share, kLeastTailBytes), positions);
  const auto max_bytes = static_cast<std::uint64_t>(impl_->options.max_record_bytes);
  for (const auto& record : records) {
    CO_RETURN_IF_ERROR(CheckRecord(record, max_bytes));
    write->Add(record);
  }
  write->deadline = deadline;
  CO_RETURN_IF_ERROR(co_await impl_->writer.Run(std::move(write)));
  impl_->appended.Add(static_cast<double>(records.size()));
  co_return std::move(*positions);
}

Awaitable<Result<std::vector<StoredRecord>>> RocksDbEventLog::Read(PartitionPosition from,
                                                                   std::size_t max_records,
                                                                   Deadline deadline) {
  if (deadline.Expired(impl_->parts.clock)) co_return Late();
  const Partition* partition = impl_->topics.FindPartition(from.topic, from.partition);
  if (partition == nullptr) co_return NoTopic(from.topic);
  FetchLimit limit{.records = max_records,
                   .bytes = static_cast<std::uint64_t>(impl_->options.fetch_bytes)};
  if (max_records == 0) co_return std::vector<StoredRecord>{};
  co_return co_await impl_->reader.Fetch(*partition, from.offset, limit);
}

Awaitable<Result<std::vector<PartitionPosition>>> RocksDbEventLog::FindTime(std::string name,
                                                                            Timestamp time,
                                                                            Deadline deadline) {
  using Positions = std::vector<PartitionPosition>;
  if (deadline.Expired(impl_->parts.clock)) co_return Late();
  const Topic* topic = impl_->topics.Find(name);
  if (topic == nullptr) co_return NoTopic(name);
  co_return co_await impl_->parts.pool.Run(
      [impl = impl_.get(), topic, time]() -> Result<Positions> {
        Positions positions;
        for (std::uint32_t p = 0; p < topic->partitions(); ++p) {
          ASSIGN_OR_RETURN(const auto offset, impl->reader.FindTime(topic->partition(p), time));
          positions.push_back({topic->name(), p, offset});
        }
        return positions;
      });
}

Awaitable<Result<std::unique_ptr<Consumer>>> RocksDbEventLog::Join(std::string group,
                                                                   std::vector<std::string> topics,
                                                                   Deadline deadline) {
  CO_RETURN_IF_ERROR(CheckName("name of a group", group));
  if (deadline.Expired(impl_->parts.clock)) co_return Late();
  std::vector<Subscription> subscriptions;
  for (const auto& name : topics) {
    const Topic* topic = impl_->topics.Find(name);
    if (topic == nullptr) co_return NoTopic(name);
    subscriptions.push_back({topic->id(), static_cast<std::uint16_t>(topic->partitions())});
  }
  const ConsumerContext context{*impl_->store,
                                impl_->topics,
                                impl_->groups,
                                impl_->writer,
                                impl_->reader,
                                impl_->parts.clock,
                                static_cast<std::uint64_t>(impl_->options.fetch_bytes)};
  co_return std::make_unique<RocksDbConsumer>(context, std::move(group), std::move(subscriptions));
}

Awaitable<Result<>> RocksDbEventLog::Seek(std::string group,
                                          std::vector<PartitionPosition> positions,
                                          Deadline deadline) {
  CO_RETURN_IF_ERROR(CheckName("name of a group", group));
  if (deadline.Expired(impl_->parts.clock)) co_return Late();
  std::map<PartitionId, Offset> offsets;
  for (const auto& position : positions) {
    const Partition* partition = impl_->topics.FindPartition(position.topic, position.partition);
    if (partition == nullptr) co_return NoTopic(position.topic);
    if (position.offset > partition->End()) {
      co_return Invalid("A position must not be beyond the end of the partition.");
    }
    offsets[partition->id()] = position.offset;
  }
  auto write = std::make_unique<SeekWrite>(*impl_->store, impl_->groups, std::move(group),
                                           std::move(offsets));
  write->deadline = deadline;
  co_return co_await impl_->writer.Run(std::move(write));
}

Awaitable<Result<EventLogState>> RocksDbEventLog::Describe(Deadline deadline) {
  if (deadline.Expired(impl_->parts.clock)) co_return Late();
  EventLogState state;
  for (const Topic* topic : impl_->topics.All()) {
    TopicState entry{topic->name(), topic->options(), {}};
    for (std::uint32_t p = 0; p < topic->partitions(); ++p) {
      entry.partitions.push_back(topic->partition(p).State());
    }
    state.topics.push_back(std::move(entry));
  }
  state.groups = impl_->DescribeGroups();
  co_return state;
}

Result<> RocksDbEventLog::Flush() { return impl_->store->Flush(); }

Result<> RocksDbEventLog::WithWritesHeld(const std::function<Result<>()>& run) {
  return impl_->store->WithWritesHeld(run);
}

Result<> RocksDbEventLog::Checkpoint(const std::filesystem::path& folder) const {
  return impl_->store->Checkpoint(folder);
}

Result<> RocksDbEventLog::EnforceRetention() { return impl_->EnforceRetention(); }

}  // namespace freshet::stores
