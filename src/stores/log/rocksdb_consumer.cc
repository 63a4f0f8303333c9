#include "stores/log/rocksdb_consumer.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "stores/log/log_writes.h"

namespace freshet::stores {

// While it lives, the member counts as alive.
class RocksDbConsumer::PollScope {
 public:
  explicit PollScope(RocksDbConsumer& consumer) : consumer_(consumer) {}
  ~PollScope() { End(); }
  PollScope(const PollScope&) = delete;
  PollScope& operator=(const PollScope&) = delete;

  // Brings the consumer's partitions up to date.
  void Renew() {
    End();
    auto& groups = consumer_.context_.groups;
    auto assignment = groups.PollBegins(consumer_.group_, consumer_.member_);
    while (!assignment) {
      consumer_.member_ = groups.Join(consumer_.group_, consumer_.topics_, consumer_.signal_);
      assignment = groups.PollBegins(consumer_.group_, consumer_.member_);
    }
    open_ = true;
    consumer_.Take(*assignment);
  }

 private:
  void End() {
    if (!std::exchange(open_, false)) return;
    consumer_.context_.groups.PollEnds(consumer_.group_, consumer_.member_);
  }

  RocksDbConsumer& consumer_;
  bool open_ = false;
};

RocksDbConsumer::RocksDbConsumer(ConsumerContext context, std::string group,
                                 std::vector<Subscription> topics)
    : context_(context),
      group_(std::move(group)),
      topics_(std::move(topics)),
      signal_(std::make_shared<Signal>()),
      member_(context_.groups.Join(group_, topics_, signal_)) {}

RocksDbConsumer::~RocksDbConsumer() { Release(); }

void RocksDbConsumer::Release() {
  if (std::exchange(left_, true)) return;
  context_.groups.Leave(group_, member_);
  for (const auto& [id, held] : held_) held.partition->RemoveReader(signal_.get());
  held_.clear();
}

void RocksDbConsumer::Take(const Assignment& assignment) {
  if (assignment.generation == generation_) return;
  generation_ = assignment.generation;
  std::map<PartitionId, Held> held;
  for (const auto& owned : assignment.partitions) {
    const auto before = held_.find(owned.partition);
    if (before != held_.end() && before->second.epoch == owned.epoch) {
      held.insert(held_.extract(before));
      continue;
    }
    const Topic* topic = context_.topics.Find(owned.partition.topic);
    Partition* partition = &topic->partition(owned.partition.partition);
    if (before == held_.end()) partition->AddReader(signal_);
    held_.erase(owned.partition);
    held[owned.partition] = {partition, topic, owned.epoch, owned.start};
  }
  for (const auto& [id, lost] : held_) lost.partition->RemoveReader(signal_.get());
  held_ = std::move(held);
}

Awaitable<Result<std::vector<PartitionBatch>>> RocksDbConsumer::Poll(std::size_t max_records,
                                                                     Deadline deadline) {
  PollScope scope(*this);
  while (!left_) {
    signal_->Clear();
    scope.Renew();
    if (max_records == 0) break;
    auto batches = co_await Fetch(max_records);
    // Beside a damaged partition others may get records in time.
    const bool waits = batches ? batches->empty() : batches.error().kind() == ErrorKind::kCorrupt;
    if (!waits || woken_.exchange(false) || deadline.Expired(context_.clock)) co_return batches;
    if (!co_await signal_->Wait(deadline, context_.clock)) co_return batches;
  }
  co_return std::vector<PartitionBatch>{};
}

Awaitable<Result<std::vector<PartitionBatch>>> RocksDbConsumer::Fetch(std::size_t max_records) {
  std::vector<PartitionBatch> batches;
  std::optional<Error> failure;
  if (held_.empty()) co_return batches;
  FetchLimit limit{.records = max_records, .bytes = context_.fetch_bytes};
  auto entry = std::next(held_.begin(), static_cast<std::ptrdiff_t>(turn_++ % held_.size()));
  for (std::size_t i = 0; i < held_.size() && limit.records > 0; ++i) {
    Held& held = entry->second;
    auto records = co_await context_.reader.Fetch(*held.partition, held.next, limit);
    if (!records) {
      failure = std::move(records).error();
    } else if (!records->empty()) {
      held.next = records->back().offset + 1;
      polled_[entry->first] = held.epoch;
      batches.push_back({held.topic->name(), entry->first.partition, *std::move(records)});
    }
    if (++entry == held_.end()) entry = held_.begin();
  }
  if (batches.empty() && failure) co_return std::unexpected(*std::move(failure));
  co_return batches;
}

Awaitable<Result<>> RocksDbConsumer::Commit(std::vector<PartitionPosition> positions,
                                            Deadline deadline) {
  if (positions.empty()) co_return Result<>{};
  std::vector<CommitPosition> commits;
  for (const auto& position : positions) {
    const Partition* partition = context_.topics.FindPartition(position.topic, position.partition);
    if (partition == nullptr) co_return NotFound("There is no such partition.");
    if (position.offset > partition->End()) {
      co_return Invalid("A commit must not be beyond the end of the partition.");
    }
    commits.push_back({partition->id(), PolledEpoch(partition->id()), position.offset});
  }
  auto write = std::make_unique<CommitWrite>(context_.store, context_.groups, group_, member_,
                                             std::move(commits));
  write->deadline = deadline;
  auto outcome = co_await context_.writer.Run(std::move(write));
  if (!outcome && outcome.error().kind() == ErrorKind::kExhausted) {
    co_return Unavailable(outcome.error().message(), outcome.error().code());
  }
  co_return outcome;
}

std::uint64_t RocksDbConsumer::PolledEpoch(PartitionId partition) const {
  const auto polled = polled_.find(partition);
  if (polled != polled_.end()) return polled->second;
  // Epochs begin with 1, so that a commit of what was never held is fenced.
  const auto held = held_.find(partition);
  return held == held_.end() ? 0 : held->second.epoch;
}

Awaitable<> RocksDbConsumer::Leave() {
  Release();
  signal_->Notify();
  co_return;
}

void RocksDbConsumer::Wake() {
  woken_ = true;
  signal_->Notify();
}

}  // namespace freshet::stores
