// The routes as an OpenAPI document.
#pragma once

#include <string>

#include "net/api/routes.h"

namespace freshet::net {

// OpenAPI 3.1, as JSON. The same routes always give the same bytes. Beyond the standard, every
// operation has x-freshet-scope and x-freshet-rate-class. Throws std::logic_error when two types
// have one name.
std::string RenderOpenApi(const Routes& routes);

}  // namespace freshet::net
