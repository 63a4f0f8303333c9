// Health, metrics and the operator's API.
#pragma once

#include "net/api/routes.h"
#include "services/ops/audit.h"
#include "services/ops/rebuilds.h"
#include "services/ops/service.h"

namespace freshet::ops {

void AddRoutes(net::Routes& routes, OpsService& ops, Audit& audit, Rebuilds& rebuilds);

}  // namespace freshet::ops
