#include "app/testing/faulty_installation.h"

#include <gtest/gtest.h>

#include "app/options.h"
#include "base/bytes.h"
#include "base/io_threads.h"
#include "services/home/weights.h"

namespace freshet::app {
namespace {

Config MakeConfig(std::vector<std::string> arguments) {
  ConfigSources sources;
  sources.arguments = {"--passwords.memory_kib=64", "--passwords.iterations=1", "--log.level=error",
                       "--worker.first_backoff=1", "--worker.longest_backoff=2"};
  sources.arguments.insert(sources.arguments.end(), arguments.begin(), arguments.end());
  return MakeConfigLoader().Load(sources).value();
}

std::map<std::string, FaultPlan> MakePlans() {
  std::map<std::string, FaultPlan> plans;
  for (const char* port : FaultyInstallation::kPorts) plans.try_emplace(port);
  return plans;
}

}  // namespace

FaultyInstallation::FaultyInstallation(std::vector<std::string> arguments)
    : config_(MakeConfig(std::move(arguments))),
      plans_(MakePlans()),
      counters_(
          RunBlocking(stores::MemoryCounters::Open({}, log_.folder() / "counters" / "snapshot",
                                                   {log_.log(), platform_.pool, platform_.clock,
                                                    platform_.logger, platform_.metrics},
                                                   Deadline::Never()))
              .value()),
      scorer_({home::kWeights.begin(), home::kWeights.end()}, platform_.clock),
      faulty_database_(*database_, plan("database")),
      faulty_log_(log_.log(), plan("log")),
      faulty_timelines_(timelines_, plan("timelines")),
      faulty_activity_(activity_, plan("activity")),
      faulty_cache_(cache_, plan("cache")),
      faulty_pubsub_(pubsub_, plan("pubsub")),
      faulty_counters_(*counters_, plan("counters")),
      faulty_scorer_(scorer_, plan("scorer")) {
  for (const auto topic : Topics()) {
    EXPECT_TRUE(RunBlocking(log_.log().CreateTopic(std::string(topic), {.partitions = kPartitions},
                                                   Deadline::Never())));
  }
  Secrets secrets;
  secrets.cursor_key = Secret(RandomBytes(32));
  secrets.signing_keys =
      net::SigningKeys::Open(log_.folder() / "keys", {}, platform_.clock, platform_.logger).value();
  services_.emplace(config_,
                    Ports{faulty_database_, faulty_log_, faulty_timelines_, faulty_activity_,
                          faulty_cache_, faulty_pubsub_, faulty_counters_, faulty_scorer_},
                    std::move(secrets), Couriers(), platform_);
}

FaultyInstallation::~FaultyInstallation() = default;

void FaultyInstallation::Heal() {
  for (auto& [port, plan] : plans_) plan.Heal();
}

std::vector<AccountId> FaultyInstallation::MakePeople(const std::vector<std::string>& usernames) {
  std::vector<accounts::BulkAccount> people;
  for (const auto& name : usernames)
    people.push_back({.username = name, .display_name = name, .bio = {}});
  return RunBlocking(services_->accounts.Ensure(std::move(people), Deadline::Never())).value();
}

void FaultyInstallation::Settle() {
  ASSERT_TRUE(RunBlocking(services_->Settle(Deadline::Never())));
}

}  // namespace freshet::app
