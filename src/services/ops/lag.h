// How far consumers are behind.
#pragma once

#include "base/async.h"
#include "services/ops/types.h"
#include "stores/log/event_log.h"

namespace freshet::ops {

// Of every group and every topic that it reads. Errors: the log's.
Awaitable<Result<LagReports>> ReadLag(stores::EventLog& log, const Clock& clock, Deadline deadline);

}  // namespace freshet::ops
