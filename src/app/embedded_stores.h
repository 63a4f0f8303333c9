// The embedded engines behind the ports: the only place that names them.
#pragma once

#include <filesystem>
#include <memory>

#include "app/data_folder.h"
#include "app/platform.h"
#include "base/config.h"
#include "base/result.h"
#include "stores/activity/activity.h"
#include "stores/cache/cache.h"
#include "stores/counters/counters.h"
#include "stores/database/database.h"
#include "stores/database/sqlite_copy.h"
#include "stores/log/event_log.h"
#include "stores/pubsub/pubsub.h"
#include "stores/scorer/scorer.h"
#include "stores/timelines/timelines.h"

namespace freshet::app {

// What a backup copies.
struct StoresCut {
  std::unique_ptr<stores::SqliteCopy> database;
  Timestamp at;
  Duration held{0};  // for how long nothing was written
};

// Open opens and migrates everything. Blocks; not for io threads.
class EmbeddedStores {
 public:
  // Errors: as the adapters' and Migrate's.
  static Result<std::unique_ptr<EmbeddedStores>> Open(const Config& config,
                                                      const DataFolder& folder, Platform& platform);
  ~EmbeddedStores();

  stores::Database& database();
  stores::EventLog& log();
  stores::Timelines& timelines();
  stores::Activity& activity();
  stores::Cache& cache();
  stores::PubSub& pubsub();
  stores::Counters& counters();
  stores::Scorer& scorer();

  // Takes snapshots of the counters until `stop`.
  Awaitable<> RunCounters(std::stop_token stop);
  // What must be done about once a minute. Blocks.
  void Maintain();
  // Keeps timelines and counters for the next start. Call when nothing changes any more. Blocks.
  Result<> Save();
  // Links the event log, the activity lists and the counters into `folder`, a folder that this call
  // makes on the same disk, and opens a copy of the database, all as they stood at one moment: for
  // that moment nothing is written. Errors: kExhausted (code "disk_full"), kUnavailable, kDeadline.
  Awaitable<Result<StoresCut>> Cut(std::filesystem::path folder, Deadline deadline);
  // Reads the timelines that Save wrote and removes it: it is true only once.
  void LoadTimelines();
  // Makes the next start begin without timelines, after follows were brought in behind their back.
  void ForgetTimelines();

 private:
  struct Parts;
  explicit EmbeddedStores(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace freshet::app
