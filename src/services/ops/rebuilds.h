// Making anew, while everything goes on, what follows from something else.
#pragma once

#include <map>
#include <string>

#include "services/ops/runs.h"

namespace freshet::ops {

// One at a time. Thread-safe after the last Add.
class Rebuilds {
 public:
  Rebuilds(IdGenerator& ids, const Clock& clock, Logger& logger, Metrics& metrics)
      : runs_("rebuild", ids, clock, logger, metrics) {}

  void Add(RebuildKind kind, Runs::Work work) { works_[kind] = std::move(work); }
  // Errors: as Runs::Start.
  Result<RunReport> Start(RebuildKind kind);
  const Runs& runs() const { return runs_; }
  Awaitable<> Run(std::stop_token stop) { return runs_.Run(std::move(stop)); }

 private:
  std::map<RebuildKind, Runs::Work> works_;
  Runs runs_;
};

}  // namespace freshet::ops
