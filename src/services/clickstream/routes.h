// Clickstream over HTTP.
#pragma once

#include "net/api/routes.h"
#include "services/clickstream/collector.h"

namespace freshet::clickstream {

void AddRoutes(net::Routes& routes, Collector& collector);

}  // namespace freshet::clickstream
