// The services on embedded stores, each of which goes wrong when told to.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/data_model.h"
#include "app/services.h"
#include "base/testing/fault_plan.h"
#include "stores/activity/testing/faulty_activity.h"
#include "stores/activity/testing/memory_activity.h"
#include "stores/cache/memory_cache.h"
#include "stores/cache/testing/faulty_cache.h"
#include "stores/counters/memory_counters.h"
#include "stores/counters/testing/faulty_counters.h"
#include "stores/database/testing/faulty_database.h"
#include "stores/database/testing/temp_database.h"
#include "stores/log/testing/faulty_event_log.h"
#include "stores/log/testing/temporary_event_log.h"
#include "stores/pubsub/memory_pubsub.h"
#include "stores/pubsub/testing/faulty_pubsub.h"
#include "stores/scorer/linear_scorer.h"
#include "stores/scorer/testing/faulty_scorer.h"
#include "stores/timelines/memory_timelines.h"
#include "stores/timelines/testing/faulty_timelines.h"

namespace freshet::app {

class FaultyInstallation {
 public:
  // `arguments`: options besides those that make tests quick.
  explicit FaultyInstallation(std::vector<std::string> arguments = {});
  ~FaultyInstallation();

  static constexpr std::array kPorts{"database", "log",    "timelines", "activity",
                                     "cache",    "pubsub", "counters",  "scorer"};
  static constexpr std::uint32_t kPartitions = 3;

  Services& services() { return *services_; }
  Platform& platform() { return platform_; }
  FaultPlan& plan(const std::string& port) { return plans_.at(port); }
  void Heal();

  // The stores themselves, which do not fail.
  stores::Database& database() { return *database_; }
  stores::EventLog& log() { return log_.log(); }
  stores::Timelines& timelines() { return timelines_; }
  stores::Counters& counters() { return *counters_; }

  // Accounts of these names, without passwords.
  std::vector<AccountId> MakePeople(const std::vector<std::string>& usernames);
  // Processes every fact.
  void Settle();

 private:
  Config config_;
  Platform platform_{config_};
  std::map<std::string, FaultPlan> plans_;

  std::vector<stores::Schema> schemas_ = Schemas();
  stores::TempDatabase database_{platform_.clock, schemas_};
  stores::TemporaryEventLog log_;
  stores::MemoryTimelines timelines_{config_.Get<stores::TimelinesOptions>(), platform_.clock,
                                     platform_.metrics};
  stores::MemoryActivity activity_{platform_.clock};
  stores::MemoryCache cache_{config_.Get<stores::CacheOptions>(), platform_.clock,
                             platform_.metrics};
  stores::MemoryPubSub pubsub_{{}, platform_.clock, platform_.metrics};
  std::unique_ptr<stores::MemoryCounters> counters_;
  stores::LinearScorer scorer_;

  stores::FaultyDatabase faulty_database_;
  stores::FaultyEventLog faulty_log_;
  stores::FaultyTimelines faulty_timelines_;
  stores::FaultyActivity faulty_activity_;
  stores::FaultyCache faulty_cache_;
  stores::FaultyPubSub faulty_pubsub_;
  stores::FaultyCounters faulty_counters_;
  stores::FaultyScorer faulty_scorer_;
  std::optional<Services> services_;
};

}  // namespace freshet::app
