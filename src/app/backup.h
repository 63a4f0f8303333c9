// Backups of an installation on embedded engines.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "app/backup_files.h"
#include "app/data_folder.h"
#include "app/embedded_stores.h"
#include "app/services.h"
#include "base/async.h"
#include "base/blocking_pool.h"
#include "base/describe.h"
#include "net/api/routes.h"
#include "services/ops/runs.h"

namespace freshet::app {

struct BackupOptions {
  std::string folder;

  static constexpr auto Describe() {
    return Description("backups", "Backups that administrators ask for over HTTP.",
                       Field("folder", &BackupOptions::folder)
                           .Length(0, 4'096)
                           .Doc("Where they are put, each in a folder of its own; empty: only "
                                "`freshet backup` on this machine can take one."));
  }
};

struct BackupSummary {
  std::int64_t files = 0;
  std::int64_t bytes = 0;
};

// Copies a data folder that nobody uses and `folder` holds. Blocks. Errors: as NewFolder's,
// CopyFile's and Verify's.
Result<BackupSummary> BackUpStopped(const DataFolder& folder, const std::filesystem::path& target,
                                    ops::Progress& progress);

// Puts the backup's files into `target`, which must be new, after checking them. Blocks. Errors:
// as ReadManifest's, NewFolder's, CopyFile's; kCorrupt.
Result<BackupSummary> Restore(const std::filesystem::path& backup,
                              const std::filesystem::path& target, ops::Progress& progress);

// Backups of the installation that this process serves, while it serves.
class Backups {
 public:
  Backups(const Config& config, EmbeddedStores& stores, const DataFolder& folder,
          Services& services);
  ~Backups();

  void AddRoutes(net::Routes& routes);
  // Takes those that are asked for, until `stop`.
  Awaitable<> Run(std::stop_token stop) { return runs_.Run(std::move(stop)); }

 private:
  Result<std::filesystem::path> TargetOf(const net::Caller& caller, const std::string& name) const;
  Awaitable<Result<>> Take(std::filesystem::path target, ops::Progress& progress);
  Result<> Copy(NewFolder& target, StoresCut cut, ops::Progress& progress);

  const BackupOptions options_;
  EmbeddedStores& stores_;
  const DataFolder& folder_;
  Platform& platform_;
  const std::filesystem::path staging_;
  ops::Runs runs_;
  Histogram held_;
  BlockingPool pool_;  // of its own: a copy takes minutes, and passwords are hashed meanwhile
};

}  // namespace freshet::app
