// An installation on embedded engines, opened: what `serve` serves and what the other commands work
// on while it is stopped.
#pragma once

#include <memory>
#include <optional>

#include "app/data_folder.h"
#include "app/embedded_stores.h"
#include "app/platform.h"
#include "app/services.h"
#include "base/config.h"
#include "base/result.h"

namespace freshet::app {

struct Installation {
  // Blocks; not for io threads. Errors: as DataFolder's, the stores' and Services::Start's.
  static Result<std::unique_ptr<Installation>> Open(const Config& config);

  // Moves every fact on to where it belongs: outbox, event log, author lists, timelines. For
  // commands that run no workers. Blocks.
  Result<> Settle();

  explicit Installation(const Config& config) : platform(config) {}

  Platform platform;
  std::optional<DataFolder> folder;
  std::unique_ptr<EmbeddedStores> stores;
  std::optional<Services> services;
};

}  // namespace freshet::app
