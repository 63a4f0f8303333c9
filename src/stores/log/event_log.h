// The port to the event log: the facts of the product, in order, kept for a while.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"

namespace freshet::stores {

// Counts the records of one partition from 0, without gaps on append; a reader must still expect
// gaps (retention, transactions).
using Offset = std::uint64_t;

struct Record {
  std::string
      key;  // records with equal keys keep their order; the partition is Kafka's murmur2 of it
  std::string value;  // the services' business
  std::vector<std::pair<std::string, std::string>>
      headers;  // small: trace context, the reason of a dead letter

  bool operator==(const Record&) const = default;
};

struct StoredRecord {
  Offset offset = 0;
  Timestamp appended_at;
  Record record;

  bool operator==(const StoredRecord&) const = default;
};

struct TopicOptions {
  std::uint32_t partitions = 8;  // fixed for the topic's life
  Duration retention_time{7 * 24 * 3'600'000LL};
  std::uint64_t retention_bytes = 1ULL << 30;  // over all partitions; the oldest records go first
};

struct PartitionPosition {
  std::string topic;
  std::uint32_t partition = 0;
  Offset offset = 0;

  auto operator<=>(const PartitionPosition&) const = default;
};

// Records of one partition, in order.
struct PartitionBatch {
  std::string topic;
  std::uint32_t partition = 0;
  std::vector<StoredRecord> records;
};

struct PartitionState {
  std::uint32_t partition = 0;
  Offset begin = 0;  // the oldest record kept
  Offset end = 0;    // what the next record gets
  std::uint64_t bytes = 0;
};

struct GroupPartitionState {
  std::string topic;
  std::uint32_t partition = 0;
  Offset committed = 0;
  std::uint64_t lag = 0;  // records not yet committed
  std::string member;     // who reads it now; empty for nobody
};

struct TopicState {
  std::string name;
  TopicOptions options;
  std::vector<PartitionState> partitions;
};

struct GroupState {
  std::string name;
  std::uint64_t generation = 0;
  std::vector<GroupPartitionState> partitions;
};

struct EventLogState {
  std::vector<TopicState> topics;
  std::vector<GroupState> groups;
};

// One member of a consumer group. One coroutine at a time may use it. Destroying it without Leave
// is a death: the group notices and gives its partitions to the others.
class Consumer {
 public:
  virtual ~Consumer() = default;

  // At most `max_records` records after the last polled ones of the partitions that are assigned to
  // this member now; empty when none came before `deadline`, or at once after Leave. A deadline
  // that has passed takes what is there. A partition that was given to this member, by a rebalance
  // or by Seek, starts at its committed offset; one that it keeps goes on. A member that does not
  // poll for the adapter's session timeout loses its partitions; Poll(0) takes nothing and shows
  // that it lives. A failed poll has taken nothing. Errors: kUnavailable; kCorrupt, when nothing
  // else could be read before `deadline` (Seek goes beyond the damage).
  virtual Awaitable<Result<std::vector<PartitionBatch>>> Poll(std::size_t max_records,
                                                              Deadline deadline) = 0;

  // States that every record before each position's offset has had its effect. Durable like an
  // append. Errors: kConflict (code "fenced") when a partition was given to another member
  // meanwhile: nothing is committed, and what was polled from it will be processed again there;
  // kInvalid (beyond the end); kNotFound (partition); kUnavailable and kDeadline with unknown
  // outcome.
  virtual Awaitable<Result<>> Commit(std::vector<PartitionPosition> positions,
                                     Deadline deadline) = 0;

  // Gives the partitions back at once. The consumer polls nothing more.
  virtual Awaitable<> Leave() = 0;

  // Wakes a waiting Poll, which then returns what it has; the next one, when none waits.
  // Thread-safe, unlike the rest.
  virtual void Wake() = 0;
};

// An append-only log of topics, each split into partitions. Records with equal keys keep their
// order; nothing else is ordered. Thread-safe. Destroy only after every started call has finished
// and every Consumer is gone.
class EventLog {
 public:
  virtual ~EventLog() = default;

  // Makes the topic, or does nothing if it is there with as many partitions; other options are
  // updated. Errors: kInvalid (name not [a-z0-9._-]{1,200}, no partitions), kConflict (other number
  // of partitions), kUnavailable, kDeadline.
  virtual Awaitable<Result<>> CreateTopic(std::string topic, TopicOptions options,
                                          Deadline deadline) = 0;

  // Appends `records` and returns their positions in the same order. On success they survive
  // SIGKILL of this process; with durability kFsync also loss of power. All or none become visible
  // together per partition. kUnavailable and kDeadline leave the outcome unknown: the caller may
  // append again, and consumers must then expect the records twice. Batches are cheap: prefer one
  // call of 500 to 500 calls. Errors: kNotFound (no such topic), kInvalid (record over the
  // adapter's max_record_bytes), kExhausted (code "disk_full", or too
  // much is waiting), kUnavailable, kDeadline.
  virtual Awaitable<Result<std::vector<PartitionPosition>>> Append(std::string topic,
                                                                   std::vector<Record> records,
                                                                   Deadline deadline) = 0;

  // Reads at most `max_records` records of one partition from `from` on, or from the oldest kept
  // one. Empty at the end. Errors: kNotFound (topic or partition), kCorrupt (the first of them is
  // damaged; a later one ends the answer before it), kUnavailable, kDeadline.
  virtual Awaitable<Result<std::vector<StoredRecord>>> Read(PartitionPosition from,
                                                            std::size_t max_records,
                                                            Deadline deadline) = 0;

  // The position of the first record of each partition that was appended at or after `time`; the
  // end where there is none.
  virtual Awaitable<Result<std::vector<PartitionPosition>>> FindTime(std::string topic,
                                                                     Timestamp time,
                                                                     Deadline deadline) = 0;

  // Joins `group` as a reader of `topics`. Partitions are shared out evenly among its members; a
  // group's first start is at the oldest kept record. Errors: kNotFound, kUnavailable, kDeadline.
  virtual Awaitable<Result<std::unique_ptr<Consumer>>> Join(std::string group,
                                                            std::vector<std::string> topics,
                                                            Deadline deadline) = 0;

  // Moves the committed offsets of `group`, for replay or to skip. Members start again from there.
  // Errors: kNotFound, kInvalid (beyond the end), kUnavailable, kDeadline.
  virtual Awaitable<Result<>> Seek(std::string group, std::vector<PartitionPosition> positions,
                                   Deadline deadline) = 0;

  virtual Awaitable<Result<EventLogState>> Describe(Deadline deadline) = 0;
};

}  // namespace freshet::stores
