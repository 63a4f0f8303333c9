#include "stores/log/log_store.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <optional>
#include <system_error>

#include "base/mutex.h"
#include "stores/log/disk_space.h"

namespace freshet::stores {
namespace {

using rocksdb::Slice;
using rocksdb::Status;

constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kTopicKeys = "topic/";
constexpr std::string_view kBeginKeys = "begin/";

constexpr std::uint64_t kSpareBytes = 4 << 20;
constexpr Duration kRecoverInterval{1'000};

Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view ToView(const Slice& slice) { return {slice.data(), slice.size()}; }

std::string BeginKey(PartitionId partition) {
  return std::string(kBeginKeys) + EncodeCommitKey("", partition);
}

Failure FailureOf(const Status& status) {
  if (status.IsNoSpace()) {
    return Failure(
        Error(ErrorKind::kExhausted, "The disk of the event log is full; free space.", "disk_full")
            .WithRetryAfter(Duration(5'000)));
  }
  if (status.IsCorruption()) return Corrupt("The event log is damaged: " + status.ToString());
  return Unavailable("The event log's storage failed: " + status.ToString());
}

rocksdb::DBOptions DatabaseOptions(const LogStoreOptions& options) {
  rocksdb::DBOptions db_options;
  db_options.create_if_missing = true;
  db_options.create_missing_column_families = true;
  db_options.max_background_jobs = 2;
  db_options.keep_log_file_num = 4;
  db_options.max_total_wal_size = 4 * options.write_buffer_bytes;
  // After a failed write the database is opened again instead; see LogStore::Impl::Recover.
  db_options.max_bgerror_resume_count = 0;
  // What a crash leaves half written is at the end of the log. With the operating system's
  // durability a loss of power may also leave holes: keep what is before the first.
  db_options.wal_recovery_mode = options.durability == Durability::kFsync
                                     ? rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords
                                     : rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  return db_options;
}

rocksdb::ColumnFamilyOptions RecordOptions(const LogStoreOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.cache_bytes);
  table.block_size = 32 * 1024;  // records are read in runs
  table.format_version = 5;
  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.write_buffer_size = options.write_buffer_bytes;
  family.level_compaction_dynamic_level_bytes = true;
  family.compression = rocksdb::kLZ4Compression;
  return family;
}

Failure Closed() { return Unavailable("The event log could not be opened again after a failure."); }

// A database; not open only after it could not be opened again.
struct Database {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() { Close(); }

  void Close() {
    if (!db) return;
    for (auto* family : families) db->DestroyColumnFamilyHandle(family);
    families.clear();
    db->Close();
    db.reset();
  }
  Status Open(const rocksdb::DBOptions& options, const std::string& folder,
              const std::vector<rocksdb::ColumnFamilyDescriptor>& descriptors, bool for_reading) {
    rocksdb::DB* opened = nullptr;
    const Status status =
        for_reading ? rocksdb::DB::OpenForReadOnly(options, folder, descriptors, &families, &opened)
                    : rocksdb::DB::Open(options, folder, descriptors, &families, &opened);
    db.reset(opened);
    return status;
  }

  rocksdb::ColumnFamilyHandle* Family(std::size_t index) const {
    return index < families.size() ? families[index] : nullptr;
  }
  rocksdb::ColumnFamilyHandle* metadata() const { return Family(0); }
  rocksdb::ColumnFamilyHandle* records() const { return Family(1); }
  rocksdb::ColumnFamilyHandle* segments() const { return Family(2); }
  rocksdb::ColumnFamilyHandle* commits() const { return Family(3); }

  Result<> CheckFormat(const rocksdb::WriteOptions& write_options);
  // Calls visit(key, value) for each row from `first` on as long as it returns true.
  template <class Visit>
  Result<> Scan(rocksdb::ColumnFamilyHandle* family, std::string_view first, std::string_view end,
                Visit visit) const;
  // The same for the records [from, end) of a partition, with visit(offset, key, value).
  template <class Visit>
  Result<> ScanRecords(PartitionId partition, Offset from, Offset end, Visit visit) const;
};

Result<> Database::CheckFormat(const rocksdb::WriteOptions& write_options) {
  std::string value;
  const Status status = db->Get({}, metadata(), ToSlice(kFormatKey), &value);
  if (status.IsNotFound()) {
    const Status written =
        db->Put(write_options, metadata(), ToSlice(kFormatKey), EncodeOffset(kEventLogFormat));
    if (!written.ok()) return FailureOf(written);
    return {};
  }
  if (!status.ok()) return FailureOf(status);
  ASSIGN_OR_RETURN(const auto format, DecodeOffset(value));
  if (format > kEventLogFormat) {
    return Invalid(fmt::format("The event log was written in format {} by a newer version; this "
                               "one reads up to format {}. Run the newer version.",
                               format, kEventLogFormat),
                   "newer_format");
  }
  return {};
}

template <class Visit>
Result<> Database::Scan(rocksdb::ColumnFamilyHandle* family, std::string_view first,
                        std::string_view end, Visit visit) const {
  if (!db) return Closed();
  rocksdb::ReadOptions options;
  const Slice bound = ToSlice(end);
  if (!end.empty()) options.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> iterator(db->NewIterator(options, family));
  for (iterator->Seek(ToSlice(first)); iterator->Valid(); iterator->Next()) {
    ASSIGN_OR_RETURN(const bool more, visit(ToView(iterator->key()), ToView(iterator->value())));
    if (!more) break;
  }
  if (!iterator->status().ok()) return FailureOf(iterator->status());
  return {};
}

template <class Visit>
Result<> Database::ScanRecords(PartitionId partition, Offset from, Offset end, Visit visit) const {
  const auto first = EncodeRecordKey(partition, from);
  const auto bound = EncodeRecordKey(partition, end);
  return Scan(records(), AsBytes(first), AsBytes(bound),
              [&](std::string_view key, std::string_view value) -> Result<bool> {
                ASSIGN_OR_RETURN(const auto decoded, DecodeRecordKey(key));
                return visit(decoded.offset, key, value);
              });
}

}  // namespace

struct LogBatch::Impl {
  rocksdb::WriteBatch writes;
};
LogBatch::LogBatch() : impl_(std::make_unique<Impl>()) {}
LogBatch::~LogBatch() = default;

struct LogStore::Impl {
  std::string folder;
  rocksdb::DBOptions db_options;
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  rocksdb::WriteOptions write_options;
  // The writer's: why the database has to be opened again, and when at the earliest.
  std::optional<Error> failure;
  SteadyTime next_recovery;

  Mutex writing;  // held to write; taken before `mutex`
  // Exclusive to close and open; shared to use, see Shared.
  mutable SharedMutex mutex;
  Database database GUARDED_BY(mutex);

  class Shared {
   public:
    explicit Shared(const Impl& impl) NO_THREAD_SAFETY_ANALYSIS : impl_(impl) {
      impl.mutex.LockShared();
    }
    ~Shared() NO_THREAD_SAFETY_ANALYSIS { impl_.mutex.UnlockShared(); }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;

    const Database& operator*() const NO_THREAD_SAFETY_ANALYSIS { return impl_.database; }
    const Database* operator->() const { return &**this; }

   private:
    const Impl& impl_;
  };

  Result<> Recover();
};

LogStore::LogStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LogStore::~LogStore() = default;

Result<std::unique_ptr<LogStore>> LogStore::Open(const LogStoreOptions& options,
                                                 const std::filesystem::path& folder,
                                                 rocksdb::Env* env) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    return Unavailable(fmt::format("{} cannot be made: {}", folder.string(), failure.message()));
  }
  auto impl = std::make_unique<Impl>();
  impl->folder = folder.string();
  impl->write_options.sync = options.durability == Durability::kFsync;
  impl->db_options = DatabaseOptions(options);
  if (env != nullptr) impl->db_options.env = env;
  const auto records = RecordOptions(options);
  auto small = records;
  small.write_buffer_size = 4 << 20;
  impl->descriptors = {{rocksdb::kDefaultColumnFamilyName, small},
                       {"records", records},
                       {"segments", small},
                       {"commits", small}};
  {
    WriterLock lock(impl->mutex);
    const Status status =
        impl->database.Open(impl->db_options, impl->folder, impl->descriptors, false);
    if (!status.ok()) return FailureOf(status);
    RETURN_IF_ERROR(impl->database.CheckFormat(impl->write_options));
  }
  return std::unique_ptr<LogStore>(new LogStore(std::move(impl)));
}

namespace {

Result<PartitionExtent> LoadPartition(const Database& database, PartitionId partition) {
  PartitionExtent extent;
  std::string value;
  const Status status = database.db->Get({}, database.metadata(), BeginKey(partition), &value);
  if (status.ok()) {
    ASSIGN_OR_RETURN(extent.begin, DecodeOffset(value));
  } else if (!status.IsNotFound()) {
    return FailureOf(status);
  }
  extent.open.first = extent.open.end = extent.begin;
  const auto first = EncodeRecordKey(partition, extent.begin);
  const auto bound = EncodeRecordKey(partition, UINT64_MAX);
  RETURN_IF_ERROR(database.Scan(
      database.segments(), AsBytes(first), AsBytes(bound),
      [&](std::string_view key, std::string_view row) -> Result<bool> {
        ASSIGN_OR_RETURN(const auto decoded, DecodeRecordKey(key));
        ASSIGN_OR_RETURN(const auto segment, DecodeSegment(decoded.offset, row));
        extent.sealed.push_back(segment);
        extent.last_time = segment.last_time;
        extent.open = {
            .first = segment.end, .end = segment.end, .bytes = 0, .last_time = segment.last_time};
        return true;
      }));
  RETURN_IF_ERROR(database.ScanRecords(
      partition, extent.open.first, UINT64_MAX,
      [&](Offset offset, std::string_view key, std::string_view row) -> Result<bool> {
        if (offset != extent.open.end) {
          return Corrupt(
              fmt::format("The event log lacks the record {} of a partition.", extent.open.end));
        }
        // A damaged record is the business of who reads it; the log still opens.
        const auto envelope = OpenRecordEnvelope(key, row);
        extent.Extend(envelope ? envelope->appended_at : extent.last_time, key.size() + row.size());
        return true;
      }));
  return extent;
}

}  // namespace

Result<LogContents> LogStore::Load() const {
  LogContents contents;
  const Impl::Shared database(*impl_);
  RETURN_IF_ERROR(database->Scan(database->metadata(), kTopicKeys, "topic0",
                                 [&](std::string_view key, std::string_view value) -> Result<bool> {
                                   ASSIGN_OR_RETURN(const auto row, DecodeTopic(value));
                                   contents.topics.push_back(
                                       {std::string(key.substr(kTopicKeys.size())), row, {}});
                                   return true;
                                 }));
  for (auto& topic : contents.topics) {
    for (std::uint32_t p = 0; p < topic.row.options.partitions; ++p) {
      ASSIGN_OR_RETURN(auto extent,
                       LoadPartition(*database, {topic.row.id, static_cast<std::uint16_t>(p)}));
      topic.partitions.push_back(std::move(extent));
    }
  }
  RETURN_IF_ERROR(database->Scan(database->commits(), "", "",
                                 [&](std::string_view key, std::string_view value) -> Result<bool> {
                                   ASSIGN_OR_RETURN(auto decoded, DecodeCommitKey(key));
                                   ASSIGN_OR_RETURN(const auto offset, DecodeOffset(value));
                                   contents.commits.push_back(
                                       {std::move(decoded.group), decoded.partition, offset});
                                   return true;
                                 }));
  return contents;
}

void LogStore::PutRecord(LogBatch& batch, PartitionId partition, Offset offset,
                         Timestamp appended_at, std::string_view body) const {
  const Impl::Shared database(*impl_);
  const auto key = EncodeRecordKey(partition, offset);
  const auto prefix = EncodeRecordPrefix(key, appended_at, body);
  const Slice key_slice = ToSlice(AsBytes(key));
  const std::array value{ToSlice(AsBytes(prefix)), ToSlice(body)};
  batch.impl_->writes.Put(database->records(), rocksdb::SliceParts(&key_slice, 1),
                          rocksdb::SliceParts(value.data(), static_cast<int>(value.size())));
}

void LogStore::PutSegment(LogBatch& batch, PartitionId partition, const Segment& segment) const {
  const Impl::Shared database(*impl_);
  const auto key = EncodeRecordKey(partition, segment.first);
  batch.impl_->writes.Put(database->segments(), ToSlice(AsBytes(key)), EncodeSegment(segment));
}

void LogStore::PutTopic(LogBatch& batch, std::string_view name, const TopicRow& topic) const {
  const Impl::Shared database(*impl_);
  batch.impl_->writes.Put(database->metadata(), fmt::format("{}{}", kTopicKeys, name),
                          EncodeTopic(topic));
}

void LogStore::PutCommit(LogBatch& batch, std::string_view group, PartitionId partition,
                         Offset offset) const {
  const Impl::Shared database(*impl_);
  batch.impl_->writes.Put(database->commits(), EncodeCommitKey(group, partition),
                          EncodeOffset(offset));
}

void LogStore::PutTrim(LogBatch& batch, PartitionId partition, const PartitionExtent& extent,
                       const Trim& trim) const {
  const auto first = EncodeRecordKey(partition, extent.begin);
  const auto begin = EncodeRecordKey(partition, trim.begin);
  {
    const Impl::Shared database(*impl_);
    auto& writes = batch.impl_->writes;
    writes.Put(database->metadata(), BeginKey(partition), EncodeOffset(trim.begin));
    writes.DeleteRange(database->records(), ToSlice(AsBytes(first)), ToSlice(AsBytes(begin)));
    writes.DeleteRange(database->segments(), ToSlice(AsBytes(first)), ToSlice(AsBytes(begin)));
  }
  auto after = extent;
  trim.ApplyTo(after);
  if (!after.sealed.empty()) PutSegment(batch, partition, after.sealed.front());
}

void LogStore::PutRollback(LogBatch& batch, PartitionId partition, const PartitionExtent& extent,
                           Offset end) const {
  const Impl::Shared database(*impl_);
  const auto segment = EncodeRecordKey(partition, extent.open.first);
  const auto record = EncodeRecordKey(partition, extent.open.end);
  const auto bound = EncodeRecordKey(partition, end);
  auto& writes = batch.impl_->writes;
  writes.DeleteRange(database->segments(), ToSlice(AsBytes(segment)), ToSlice(AsBytes(bound)));
  writes.DeleteRange(database->records(), ToSlice(AsBytes(record)), ToSlice(AsBytes(bound)));
}

Result<> LogStore::MakeWritable(SteadyTime now) {
  if (!impl_->failure) return {};
  if (now < impl_->next_recovery) return std::unexpected(*impl_->failure);
  impl_->next_recovery = now + kRecoverInterval;
  auto recovered = impl_->Recover();
  impl_->failure = recovered ? std::nullopt : std::optional(recovered.error());
  return recovered;
}

Result<> LogStore::Write(LogBatch& batch) {
  MutexLock turn(impl_->writing);
  ReaderLock lock(impl_->mutex);
  const Status status = impl_->database.db->Write(impl_->write_options, &batch.impl_->writes);
  if (status.ok()) return {};
  impl_->failure = FailureOf(status).error();
  return std::unexpected(*impl_->failure);
}

Result<> LogStore::Flush() {
  ReaderLock lock(impl_->mutex);
  if (!impl_->database.db) return Closed();
  const Status status = impl_->database.db->Flush({}, impl_->database.families);
  if (!status.ok()) return FailureOf(status);
  return {};
}

Result<> LogStore::WithWritesHeld(const std::function<Result<>()>& run) {
  MutexLock turn(impl_->writing);
  return run();
}

Result<> LogStore::Checkpoint(const std::filesystem::path& folder) const {
  ReaderLock lock(impl_->mutex);
  if (!impl_->database.db) return Closed();
  rocksdb::Checkpoint* made = nullptr;
  Status status = rocksdb::Checkpoint::Create(impl_->database.db.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (status.ok()) status = checkpoint->CreateCheckpoint(folder.string());
  if (!status.ok()) return FailureOf(status);
  return {};
}

Result<> LogStore::Impl::Recover() {
  MutexLock turn(writing);
  std::uint64_t in_memory = 0;
  {
    const Shared shared(*this);
    if (shared->db)
      shared->db->GetAggregatedIntProperty("rocksdb.cur-size-all-mem-tables", &in_memory);
  }
  // Opening writes what is in memory to a file. As long as there is no space for that, the open
  // database goes on serving reads.
  const Status space = ProbeDisk(*db_options.env, folder, in_memory + kSpareBytes);
  if (!space.ok()) return FailureOf(space);
  WriterLock lock(mutex);
  database.Close();
  const Status opened = database.Open(db_options, folder, descriptors, false);
  if (opened.ok()) return {};
  const Status readable = database.Open(db_options, folder, descriptors, true);
  return FailureOf(readable.ok() ? opened : readable);
}

Result<std::vector<StoredRecord>> LogStore::Read(PartitionId partition, Offset from, Offset end,
                                                 FetchLimit& limit) const {
  const Impl::Shared database(*impl_);
  std::vector<StoredRecord> records;
  auto scanned = database->ScanRecords(
      partition, from, end,
      [&](Offset offset, std::string_view key, std::string_view value) -> Result<bool> {
        if (!records.empty() && offset != records.back().offset + 1) {
          return Corrupt(fmt::format("The event log lacks records before offset {}.", offset));
        }
        ASSIGN_OR_RETURN(const auto envelope, OpenRecordEnvelope(key, value));
        const auto bytes = StoredBytes(envelope.body);
        if (!limit.Admits(bytes)) return false;
        ASSIGN_OR_RETURN(auto record, DecodeRecordBody(envelope.body));
        limit.Take(bytes);
        records.push_back({offset, envelope.appended_at, std::move(record)});
        return limit.records > 0;
      });
  // What is before the damage can be read; the next read meets the damage.
  if (!scanned && records.empty()) return std::unexpected(std::move(scanned).error());
  return records;
}

Result<Timestamp> LogStore::TimeOf(PartitionId partition, Offset offset) const {
  const Impl::Shared database(*impl_);
  const auto key = EncodeRecordKey(partition, offset);
  if (!database->db) return Closed();
  rocksdb::PinnableSlice value;
  const Status status = database->db->Get({}, database->records(), ToSlice(AsBytes(key)), &value);
  if (status.IsNotFound()) return NotFound("The record is not kept any more.");
  if (!status.ok()) return FailureOf(status);
  ASSIGN_OR_RETURN(const auto envelope, OpenRecordEnvelope(AsBytes(key), ToView(value)));
  return envelope.appended_at;
}

Result<std::uint64_t> LogStore::BytesBetween(PartitionId partition, Offset from, Offset end) const {
  const Impl::Shared database(*impl_);
  std::uint64_t bytes = 0;
  RETURN_IF_ERROR(database->ScanRecords(
      partition, from, end,
      [&](Offset, std::string_view key, std::string_view value) -> Result<bool> {
        bytes += key.size() + value.size();
        return true;
      }));
  return bytes;
}

Result<Offset> LogStore::OffsetAfter(PartitionId partition, Offset from, Offset end,
                                     std::uint64_t bytes) const {
  const Impl::Shared database(*impl_);
  Offset after = from;
  std::uint64_t sum = 0;
  RETURN_IF_ERROR(database->ScanRecords(
      partition, from, end,
      [&](Offset offset, std::string_view key, std::string_view value) -> Result<bool> {
        if (sum >= bytes) return false;
        sum += key.size() + value.size();
        after = offset + 1;
        return true;
      }));
  return after;
}

void LogStore::Reclaim(PartitionId partition, Offset before) {
  const Impl::Shared database(*impl_);
  const auto first = EncodeRecordKey(partition, 0);
  const auto bound = EncodeRecordKey(partition, before);
  const Slice first_slice = ToSlice(AsBytes(first));
  const Slice bound_slice = ToSlice(AsBytes(bound));
  if (!database->db) return;
  // Only ever saves time: the records are deleted already.
  rocksdb::DeleteFilesInRange(database->db.get(), database->records(), &first_slice, &bound_slice,
                              false)
      .PermitUncheckedError();
}

}  // namespace freshet::stores
