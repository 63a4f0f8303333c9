#include "stores/activity/rocksdb_activity.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <system_error>

#include "base/mutex.h"
#include "stores/activity/activity_format.h"
#include "stores/activity/activity_writer.h"

namespace freshet::stores {
namespace {

using rocksdb::Slice;
using rocksdb::Status;

constexpr std::string_view kFormatKey = "format";
constexpr std::size_t kErasedAtOnce = 5'000;

Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view ToView(const Slice& slice) { return {slice.data(), slice.size()}; }

Failure Late() { return DeadlineExceeded("There was no time left to use the activity store."); }

Failure Closed() { return Unavailable("The activity store could not be opened again."); }

Failure FailureOf(const Status& status) {
  if (status.IsNoSpace()) {
    return Failure(Error(ErrorKind::kExhausted,
                         "The disk of the activity store is full; free space.", "disk_full")
                       .WithRetryAfter(Duration(5'000)));
  }
  if (status.IsCorruption()) return Corrupt("The activity store is damaged: " + status.ToString());
  return Unavailable("The activity store failed: " + status.ToString());
}

rocksdb::ColumnFamilyOptions EntryOptions(const RocksDbActivityOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(static_cast<std::size_t>(options.cache_bytes));
  table.block_size = 16 * 1024;
  table.format_version = 5;
  // Bounded memory: index and filter blocks compete for the cache too, those of level 0 excepted.
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = false;  // nobody looks for a single entry
  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kActivityListBytes));
  family.memtable_prefix_bloom_size_ratio = 0.1;
  family.write_buffer_size = static_cast<std::size_t>(options.write_buffer_bytes);
  family.level_compaction_dynamic_level_bytes = true;
  family.compression = rocksdb::kLZ4Compression;
  return family;
}

rocksdb::DBOptions DatabaseOptions(const RocksDbActivityOptions& options, rocksdb::Env* env) {
  rocksdb::DBOptions database;
  database.create_if_missing = true;
  database.create_missing_column_families = true;
  database.max_background_jobs = 2;
  database.keep_log_file_num = 4;
  database.allow_concurrent_memtable_write = false;  // there is one writer
  database.max_total_wal_size = 4 * static_cast<std::uint64_t>(options.write_buffer_bytes);
  // What a crash leaves half written is at the end of the log. With the operating system's
  // durability a loss of power may also leave holes: keep what is before the first.
  database.wal_recovery_mode = options.durability == Durability::kFsync
                                   ? rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords
                                   : rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  if (env != nullptr) database.env = env;
  return database;
}

}  // namespace

struct RocksDbActivity::Impl {
  Impl(const RocksDbActivityOptions& o, std::filesystem::path f, RocksDbActivityParts p)
      : options(o),
        folder(std::move(f)),
        parts(p),
        page_seconds(SecondsOf("page")),
        merge_seconds(SecondsOf("merge")),
        merge_owners(parts.metrics.GetHistogram("freshet_activity_merge_owners",
                                                "Lists that one merge looked at", {},
                                                {1, 10, 50, 100, 500, 1'000, 5'000, 10'000})) {}
  ~Impl() {
    writer.reset();
    Close();
  }

  Histogram SecondsOf(const char* read) {
    return parts.metrics.GetHistogram("freshet_activity_read_seconds", "Time of one read",
                                      {{"read", read}});
  }
  rocksdb::ColumnFamilyHandle* metadata() const REQUIRES_SHARED(mutex) { return families[0]; }
  rocksdb::ColumnFamilyHandle* entries() const REQUIRES_SHARED(mutex) { return families[1]; }

  Result<> Open() EXCLUDES(mutex);
  void Close() EXCLUDES(mutex);
  Result<> CheckFormat() REQUIRES(mutex);
  void StartWriter();

  // On the writer's thread.
  Result<> Apply(std::span<const ActivityWrite* const> writes);
  Result<> Recover();
  Result<> ProbeDisk();

  // Null when the store is closed because it could not be recovered.
  std::unique_ptr<rocksdb::Iterator> NewIterator() const REQUIRES_SHARED(mutex);
  // Calls visit(id, payload) for the entries of `list` below `before`, newest first, as long as it
  // returns true.
  template <class Visit>
  static Result<> Scan(rocksdb::Iterator& iterator, ActivityList list, std::uint64_t before,
                       Visit visit);
  Result<std::vector<ActivityEntry>> Page(ActivityList list, std::uint64_t before,
                                          std::size_t limit) const;
  Result<std::vector<ActivityItem>> Merge(ActivityKind kind, std::vector<AccountId> owners,
                                          std::uint64_t before, std::size_t limit) const;
  Result<std::vector<ActivityItem>> SomeOf(ActivityList list) const;

  // Runs `read` on the pool, unless `deadline` passes before it begins.
  template <class Read>
  Awaitable<std::invoke_result_t<Read>> OnPool(Histogram& seconds, Read read, Deadline deadline);

  const RocksDbActivityOptions options;
  const std::filesystem::path folder;
  const RocksDbActivityParts parts;
  Histogram page_seconds;
  Histogram merge_seconds;
  Histogram merge_owners;
  rocksdb::WriteOptions write_options;
  Mutex writing;  // held to write; taken before `mutex`
  // Held alone only to open and close.
  mutable SharedMutex mutex;
  std::unique_ptr<rocksdb::DB> database GUARDED_BY(mutex);
  std::vector<rocksdb::ColumnFamilyHandle*> families GUARDED_BY(mutex);
  bool failed = false;  // the writer's alone
  std::unique_ptr<ActivityWriter> writer;
};

RocksDbActivity::RocksDbActivity(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RocksDbActivity::~RocksDbActivity() = default;

Result<std::unique_ptr<RocksDbActivity>> RocksDbActivity::Open(
    const RocksDbActivityOptions& options, const std::filesystem::path& folder,
    RocksDbActivityParts parts) {
  auto impl = std::make_unique<Impl>(options, folder, parts);
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    return Unavailable(fmt::format("{} cannot be made: {}", folder.string(), failure.message()));
  }
  RETURN_IF_ERROR(impl->Open());
  impl->StartWriter();
  return std::unique_ptr<RocksDbActivity>(new RocksDbActivity(std::move(impl)));
}

Result<> RocksDbActivity::Impl::Open() {
  WriterLock lock(mutex);
  write_options.sync = options.durability == Durability::kFsync;
  rocksdb::ColumnFamilyOptions small;
  small.write_buffer_size = 1 << 20;
  const std::vector<rocksdb::ColumnFamilyDescriptor> descriptors{
      {rocksdb::kDefaultColumnFamilyName, small}, {"entries", EntryOptions(options)}};
  rocksdb::DB* opened = nullptr;
  const Status status = rocksdb::DB::Open(DatabaseOptions(options, parts.env), folder.string(),
                                          descriptors, &families, &opened);
  database.reset(opened);
  if (!status.ok()) return FailureOf(status);
  return CheckFormat();
}

void RocksDbActivity::Impl::Close() {
  WriterLock lock(mutex);
  if (!database) return;
  for (auto* family : families) database->DestroyColumnFamilyHandle(family);
  families.clear();
  database->Close();
  database.reset();
}

void RocksDbActivity::Impl::StartWriter() {
  writer = std::make_unique<ActivityWriter>(
      [this](std::span<const ActivityWrite* const> writes) { return Apply(writes); },
      ActivityWriter::Bounds{.queued_bytes = static_cast<std::uint64_t>(options.queued_bytes)},
      parts.clock, parts.metrics);
}

Result<> RocksDbActivity::Impl::CheckFormat() {
  std::string value;
  const Status status = database->Get({}, metadata(), ToSlice(kFormatKey), &value);
  if (status.IsNotFound()) {
    const char format = static_cast<char>(kActivityFormat);
    const Status written =
        database->Put(write_options, metadata(), ToSlice(kFormatKey), Slice(&format, 1));
    if (!written.ok()) return FailureOf(written);
    return {};
  }
  if (!status.ok()) return FailureOf(status);
  if (value.size() != 1) return Corrupt("The activity store does not say its format.");
  if (static_cast<std::uint8_t>(value[0]) > kActivityFormat) {
    return Invalid(fmt::format("The activity store was written in format {} by a newer version; "
                               "this one reads up to format {}. Run the newer version.",
                               static_cast<std::uint8_t>(value[0]), kActivityFormat),
                   "newer_format");
  }
  return {};
}

// A database that failed to write refuses writes until it is told to go on, and goes on never when
// going on fails: hence the probe, and opening it anew as the last resort.
Result<> RocksDbActivity::Impl::Recover() {
  RETURN_IF_ERROR(ProbeDisk());
  bool resumed = false;
  {
    ReaderLock lock(mutex);
    resumed = database && database->Resume().ok();
  }
  if (!resumed) {
    Close();
    RETURN_IF_ERROR(Open());
  }
  failed = false;
  parts.logger.Info("The activity store can be written again", {{"reopened", !resumed}});
  return {};
}

Result<> RocksDbActivity::Impl::ProbeDisk() {
  constexpr std::size_t kBytes = 64 * 1024;
  rocksdb::Env* const env = parts.env != nullptr ? parts.env : rocksdb::Env::Default();
  const std::string name = (folder / "probe").string();
  const Status written =
      rocksdb::WriteStringToFile(env, std::string(kBytes, '\0'), name, /*should_sync=*/true);
  env->DeleteFile(name).PermitUncheckedError();
  if (!written.ok()) return FailureOf(written);
  return {};
}

Result<> RocksDbActivity::Impl::Apply(std::span<const ActivityWrite* const> writes) {
  MutexLock turn(writing);
  if (failed) RETURN_IF_ERROR(Recover());
  ReaderLock lock(mutex);
  rocksdb::WriteBatch batch;
  for (const ActivityWrite* write : writes) {
    for (const auto& item : write->items) {
      const auto key = EncodeActivityKey(item.list, item.entry.id);
      if (write->remove) {
        batch.Delete(entries(), ToSlice(AsBytes(key)));
      } else {
        batch.Put(entries(), ToSlice(AsBytes(key)), ToSlice(item.entry.payload));
      }
    }
  }
  const Status status = database->Write(write_options, &batch);
  if (status.ok()) return {};
  failed = true;
  parts.logger.Error("The activity store cannot be written", {{"error", status.ToString()}});
  return FailureOf(status);
}

std::unique_ptr<rocksdb::Iterator> RocksDbActivity::Impl::NewIterator() const {
  if (!database) return nullptr;
  rocksdb::ReadOptions read_options;
  read_options.prefix_same_as_start = true;  // and so the filters are used
  return std::unique_ptr<rocksdb::Iterator>(database->NewIterator(read_options, entries()));
}

template <class Visit>
Result<> RocksDbActivity::Impl::Scan(rocksdb::Iterator& iterator, ActivityList list,
                                     std::uint64_t before, Visit visit) {
  const auto first = FirstActivityKey(list, before);
  for (iterator.Seek(ToSlice(AsBytes(first))); iterator.Valid(); iterator.Next()) {
    ASSIGN_OR_RETURN(const std::uint64_t id, DecodeActivityId(list, ToView(iterator.key())));
    if (!visit(id, ToView(iterator.value()))) return {};
  }
  if (!iterator.status().ok()) return FailureOf(iterator.status());
  return {};
}

Result<std::vector<ActivityEntry>> RocksDbActivity::Impl::Page(ActivityList list,
                                                               std::uint64_t before,
                                                               std::size_t limit) const {
  std::vector<ActivityEntry> page;
  if (limit == 0) return page;
  ReaderLock lock(mutex);
  const auto iterator = NewIterator();
  if (!iterator) return Closed();
  RETURN_IF_ERROR(Scan(*iterator, list, before, [&](std::uint64_t id, std::string_view payload) {
    page.push_back({id, std::string(payload)});
    return page.size() < limit;
  }));
  return page;
}

// The newest `limit` entries so far stand in a heap, the oldest of them on top. A list is left at
// its first entry that is older than that: with the lists in any order that is one look-up each,
// and entries that turn out to be too old are few.
Result<std::vector<ActivityItem>> RocksDbActivity::Impl::Merge(ActivityKind kind,
                                                               std::vector<AccountId> owners,
                                                               std::uint64_t before,
                                                               std::size_t limit) const {
  std::ranges::sort(owners);
  const auto repeated = std::ranges::unique(owners);
  owners.erase(repeated.begin(), repeated.end());
  std::vector<ActivityItem> newest;
  if (limit == 0 || owners.empty()) return newest;
  const auto newer = [](const ActivityItem& a, const ActivityItem& b) {
    return std::pair(a.entry.id, a.list.owner) > std::pair(b.entry.id, b.list.owner);
  };
  ReaderLock lock(mutex);
  const auto iterator = NewIterator();
  if (!iterator) return Closed();
  for (const AccountId owner : owners) {
    const ActivityList list{kind, owner};
    RETURN_IF_ERROR(Scan(*iterator, list, before, [&](std::uint64_t id, std::string_view payload) {
      if (newest.size() == limit) {
        if (id < newest.front().entry.id) return false;
        std::ranges::pop_heap(newest, newer);
        newest.pop_back();
      }
      newest.push_back({list, {id, std::string(payload)}});
      std::ranges::push_heap(newest, newer);
      return true;
    }));
  }
  std::ranges::sort_heap(newest, newer);
  return newest;
}

Result<std::vector<ActivityItem>> RocksDbActivity::Impl::SomeOf(ActivityList list) const {
  std::vector<ActivityItem> some;
  ReaderLock lock(mutex);
  const auto iterator = NewIterator();
  if (!iterator) return Closed();
  RETURN_IF_ERROR(Scan(*iterator, list, 0, [&](std::uint64_t id, std::string_view) {
    some.push_back({list, {id, {}}});
    return some.size() < kErasedAtOnce;
  }));
  return some;
}

template <class Read>
Awaitable<std::invoke_result_t<Read>> RocksDbActivity::Impl::OnPool(Histogram& seconds, Read read,
                                                                    Deadline deadline) {
  if (deadline.Expired(parts.clock)) co_return Late();
  const auto start = parts.clock.Steady();
  auto answer = co_await parts.pool.Run([&]() -> std::invoke_result_t<Read> {
    if (deadline.Expired(parts.clock)) return Late();
    return read();
  });
  seconds.Observe(parts.clock.Steady() - start);
  co_return answer;
}

Result<> RocksDbActivity::Flush() {
  ReaderLock lock(impl_->mutex);
  if (!impl_->database) return Closed();
  const Status status = impl_->database->Flush({}, impl_->families);
  if (!status.ok()) return FailureOf(status);
  return {};
}

Result<> RocksDbActivity::WithWritesHeld(const std::function<Result<>()>& run) {
  MutexLock turn(impl_->writing);
  return run();
}

Result<> RocksDbActivity::Checkpoint(const std::filesystem::path& folder) const {
  ReaderLock lock(impl_->mutex);
  if (!impl_->database) return Closed();
  rocksdb::Checkpoint* made = nullptr;
  Status status = rocksdb::Checkpoint::Create(impl_->database.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (status.ok()) status = checkpoint->CreateCheckpoint(folder.string());
  if (!status.ok()) return FailureOf(status);
  return {};
}

Awaitable<Result<>> RocksDbActivity::Put(std::vector<ActivityItem> items, Deadline deadline) {
  if (items.empty()) co_return Result<>();
  if (deadline.Expired(impl_->parts.clock)) co_return Late();
  co_return co_await impl_->writer->Write({std::move(items), false}, deadline);
}

Awaitable<Result<>> RocksDbActivity::Remove(std::vector<ActivityItem> items, Deadline deadline) {
  if (items.empty()) co_return Result<>();
  if (deadline.Expired(impl_->parts.clock)) co_return Late();
  co_return co_await impl_->writer->Write({std::move(items), true}, deadline);
}

Awaitable<Result<std::vector<ActivityEntry>>> RocksDbActivity::Page(ActivityList list,
                                                                    std::uint64_t before,
                                                                    std::size_t limit,
                                                                    Deadline deadline) {
  co_return co_await impl_->OnPool(
      impl_->page_seconds, [&] { return impl_->Page(list, before, limit); }, deadline);
}

Awaitable<Result<std::vector<ActivityItem>>> RocksDbActivity::Merge(ActivityKind kind,
                                                                    std::vector<AccountId> owners,
                                                                    std::uint64_t before,
                                                                    std::size_t limit,
                                                                    Deadline deadline) {
  impl_->merge_owners.Observe(static_cast<double>(owners.size()));
  co_return co_await impl_->OnPool(
      impl_->merge_seconds, [&] { return impl_->Merge(kind, std::move(owners), before, limit); },
      deadline);
}

Awaitable<Result<>> RocksDbActivity::Erase(std::vector<ActivityList> lists, Deadline deadline) {
  for (const ActivityList list : lists) {
    for (;;) {
      CO_ASSIGN_OR_RETURN(auto some,
                          co_await impl_->OnPool(
                              impl_->page_seconds, [&] { return impl_->SomeOf(list); }, deadline));
      const bool all = some.size() < kErasedAtOnce;
      CO_RETURN_IF_ERROR(co_await Remove(std::move(some), deadline));
      if (all) break;
    }
  }
  co_return Result<>();
}

}  // namespace freshet::stores
