#include "app/installation.h"

#include "base/io_threads.h"

namespace freshet::app {
namespace {

constexpr Duration kStartDeadline{60'000};

}  // namespace

Result<std::unique_ptr<Installation>> Installation::Open(const Config& config) {
  auto opened = std::make_unique<Installation>(config);
  ASSIGN_OR_RETURN(opened->folder, DataFolder::Open(config.Get<DataOptions>().folder));
  ASSIGN_OR_RETURN(opened->stores, EmbeddedStores::Open(config, *opened->folder, opened->platform));
  ASSIGN_OR_RETURN(Secrets secrets, Secrets::Open(config, *opened->folder, opened->platform));
  ASSIGN_OR_RETURN(Couriers couriers, Couriers::Open(config, *opened->folder, opened->platform));
  auto& stores = *opened->stores;
  opened->services.emplace(
      config,
      Ports{stores.database(), stores.log(), stores.timelines(), stores.activity(), stores.cache(),
            stores.pubsub(), stores.counters(), stores.scorer()},
      std::move(secrets), std::move(couriers), opened->platform);
  RETURN_IF_ERROR(RunBlocking(
      opened->services->Start(Deadline::After(opened->platform.clock, kStartDeadline))));
  return opened;
}

Result<> Installation::Settle() { return RunBlocking(services->Settle(Deadline::Never())); }

}  // namespace freshet::app
