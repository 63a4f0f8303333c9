#include "app/embedded_stores.h"

#include <array>

#include "app/data_model.h"
#include "base/io_threads.h"
#include "services/home/weights.h"
#include "stores/activity/rocksdb_activity.h"
#include "stores/cache/memory_cache.h"
#include "stores/counters/memory_counters.h"
#include "stores/database/migrations.h"
#include "stores/database/operations.h"
#include "stores/database/outbox.h"
#include "stores/database/sqlite_database.h"
#include "stores/log/rocksdb_event_log.h"
#include "stores/pubsub/memory_pubsub.h"
#include "stores/scorer/linear_scorer.h"
#include "stores/timelines/memory_timelines.h"

namespace freshet::app {
namespace {

constexpr Duration kOpenDeadline{60'000};

Result<> MigrateAll(stores::Database& database, const Clock& clock) {
  return RunBlocking(
      stores::Migrate(database, Schemas(), clock, Deadline::After(clock, kOpenDeadline)));
}

Result<> CreateTopics(stores::EventLog& log, std::int64_t partitions, const Clock& clock) {
  for (const auto topic : Topics()) {
    auto created = RunBlocking(
        log.CreateTopic(std::string(topic), {.partitions = static_cast<std::uint32_t>(partitions)},
                        Deadline::After(clock, kOpenDeadline)));
    // A topic keeps the number of partitions that it was made with.
    if (!created && created.error().kind() != ErrorKind::kConflict) return created;
  }
  return {};
}

}  // namespace

struct EmbeddedStores::Parts {
  Parts(const Config& config, Platform& p, const std::filesystem::path& folder)
      : platform(p),
        database_file(folder / "freshet.sqlite"),
        counters_file(folder / "counters" / "snapshot"),
        snapshot(folder / "timelines.snapshot"),
        timelines(config.Get<stores::TimelinesOptions>(), p.clock, p.metrics),
        cache(config.Get<stores::CacheOptions>(), p.clock, p.metrics),
        pubsub(config.Get<stores::MemoryPubSubOptions>(), p.clock, p.metrics),
        scorer({home::kWeights.begin(), home::kWeights.end()}, p.clock) {}

  // What Cut does while nothing is written. Blocks.
  Result<std::unique_ptr<stores::SqliteCopy>> LinkInto(const std::filesystem::path& folder) const;

  Platform& platform;
  const std::filesystem::path database_file;
  const std::filesystem::path counters_file;
  const std::filesystem::path snapshot;
  std::unique_ptr<stores::SqliteDatabase> database;
  std::unique_ptr<stores::RocksDbEventLog> log;
  std::unique_ptr<stores::RocksDbActivity> activity;
  std::unique_ptr<stores::MemoryCounters> counters;
  stores::MemoryTimelines timelines;
  stores::MemoryCache cache;
  stores::MemoryPubSub pubsub;
  stores::LinearScorer scorer;
};

Result<std::unique_ptr<stores::SqliteCopy>> EmbeddedStores::Parts::LinkInto(
    const std::filesystem::path& folder) const {
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  std::filesystem::create_directories(folder / "counters", error);
  if (error) return Unavailable(folder.string() + " cannot be made: " + error.message());
  ASSIGN_OR_RETURN(auto copy, stores::SqliteCopy::Begin(database_file.string()));
  RETURN_IF_ERROR(log->Checkpoint(folder / "log"));
  RETURN_IF_ERROR(activity->Checkpoint(folder / "activity"));
  if (std::filesystem::exists(counters_file)) {
    std::filesystem::create_hard_link(counters_file, folder / "counters" / "snapshot", error);
    if (error) return Unavailable("the counters cannot be linked: " + error.message());
  }
  return std::make_unique<stores::SqliteCopy>(std::move(copy));
}

Result<std::unique_ptr<EmbeddedStores>> EmbeddedStores::Open(const Config& config,
                                                             const DataFolder& folder,
                                                             Platform& platform) {
  auto parts = std::make_unique<Parts>(config, platform, folder.path());
  ASSIGN_OR_RETURN(parts->database,
                   stores::SqliteDatabase::Open(config.Get<stores::SqliteOptions>(),
                                                parts->database_file.string(), platform.clock,
                                                platform.logger, platform.metrics));
  ASSIGN_OR_RETURN(parts->log,
                   stores::RocksDbEventLog::Open(
                       config.Get<stores::RocksDbEventLogOptions>(), folder.Subfolder("log"),
                       {platform.pool, platform.clock, platform.logger, platform.metrics}));
  ASSIGN_OR_RETURN(parts->activity,
                   stores::RocksDbActivity::Open(
                       config.Get<stores::RocksDbActivityOptions>(), folder.Subfolder("activity"),
                       {platform.pool, platform.clock, platform.logger, platform.metrics}));
  RETURN_IF_ERROR(MigrateAll(*parts->database, platform.clock));
  RETURN_IF_ERROR(
      CreateTopics(*parts->log, config.Get<ProcessOptions>().topic_partitions, platform.clock));
  folder.Subfolder("counters");
  ASSIGN_OR_RETURN(
      parts->counters,
      RunBlocking(stores::MemoryCounters::Open(
          config.Get<stores::MemoryCountersOptions>(), parts->counters_file,
          {*parts->log, platform.pool, platform.clock, platform.logger, platform.metrics},
          Deadline::After(platform.clock, kOpenDeadline))));
  return std::unique_ptr<EmbeddedStores>(new EmbeddedStores(std::move(parts)));
}

EmbeddedStores::EmbeddedStores(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
EmbeddedStores::~EmbeddedStores() = default;

stores::Database& EmbeddedStores::database() { return *parts_->database; }
stores::EventLog& EmbeddedStores::log() { return *parts_->log; }
stores::Timelines& EmbeddedStores::timelines() { return parts_->timelines; }
stores::Activity& EmbeddedStores::activity() { return *parts_->activity; }
stores::Cache& EmbeddedStores::cache() { return parts_->cache; }
stores::PubSub& EmbeddedStores::pubsub() { return parts_->pubsub; }
stores::Counters& EmbeddedStores::counters() { return *parts_->counters; }
stores::Scorer& EmbeddedStores::scorer() { return parts_->scorer; }

void EmbeddedStores::Maintain() { parts_->timelines.Sweep(); }

Awaitable<> EmbeddedStores::RunCounters(std::stop_token stop) {
  return parts_->counters->Run(std::move(stop));
}

Result<> EmbeddedStores::Save() {
  RETURN_IF_ERROR(RunBlocking(parts_->counters->TakeSnapshot()));
  return parts_->timelines.Save(parts_->snapshot);
}

// The database's writer runs the body between two commits, and the log and the activity lists are
// written by nobody but who holds their turn. So all three are linked or opened as they are at one
// moment, in which nothing else is under way.
Awaitable<Result<StoresCut>> EmbeddedStores::Cut(std::filesystem::path folder, Deadline deadline) {
  Parts& parts = *parts_;
  CO_RETURN_IF_ERROR(co_await parts.platform.pool.Run([&]() -> Result<> {
    RETURN_IF_ERROR(parts.log->Flush());
    return parts.activity->Flush();
  }));
  StoresCut cut;
  const auto link = [&]() -> Result<> {
    ASSIGN_OR_RETURN(cut.database, parts.LinkInto(folder));
    return {};
  };
  const auto hold = [&](stores::Transaction&) -> Result<> {
    const SteadyTime start = parts.platform.clock.Steady();
    auto linked = parts.log->WithWritesHeld([&] { return parts.activity->WithWritesHeld(link); });
    cut.at = parts.platform.clock.Now();
    cut.held = std::chrono::duration_cast<Duration>(parts.platform.clock.Steady() - start);
    return linked;
  };
  CO_RETURN_IF_ERROR(co_await parts.database->Write(hold, deadline));
  co_return cut;
}

void EmbeddedStores::LoadTimelines() {
  if (!std::filesystem::exists(parts_->snapshot)) return;
  if (auto loaded = parts_->timelines.Load(parts_->snapshot); !loaded) {
    parts_->platform.logger.Warn(
        "The saved timelines cannot be used; they are made anew as people read",
        {{"error", loaded.error().ToString()}});
  }
  ForgetTimelines();
}

void EmbeddedStores::ForgetTimelines() {
  std::error_code ignored;
  std::filesystem::remove(parts_->snapshot, ignored);
}

}  // namespace freshet::app
