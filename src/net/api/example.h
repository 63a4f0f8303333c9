// Made-up values, for examples in the reference.
#pragma once

#include <string>

#include "net/api/route.h"
#include "net/json/schema.h"

namespace freshet::net {

// A JSON value that a field with these rules accepts: every member of the outermost object, and of
// inner ones those that must be given. Check functions are not asked.
std::string ExampleJson(const Schema& schema, const FieldRules& rules = {});

// The same as plain text, for parameters.
std::string ExampleText(const Schema& schema, const FieldRules& rules = {});

// A shell command that calls the route of a server at https://feed.example.
std::string ExampleCurl(const RouteInfo& route);

}  // namespace freshet::net
