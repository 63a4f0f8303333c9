// What follows from the declaration of a route, for whatever describes it: the OpenAPI document and
// the reference page.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "net/api/routes.h"

namespace freshet::net {

// "get-v1-posts-id": unique among routes, and fit for a URL's fragment.
std::string AnchorOf(const RouteInfo& route);

struct RouteProblem {
  std::string code;
  std::string doc;
};

// Every problem that the route may answer with, by status: what it declares, and what follows from
// its scope, its rate class, its parameters and its body.
std::map<int, std::vector<RouteProblem>> ProblemsOf(const RouteInfo& route);

struct NamedType {
  const Schema* schema = nullptr;
  bool in_requests = false;  // part of some request's body
};

// Every object that a body is made of, by name, with those inside them. Throws std::logic_error
// when two types have one name.
std::map<std::string_view, NamedType> NamedTypesOf(const Routes& routes);

// Whether an answer of the route has a member that is secret: such answers are kept nowhere.
bool AnswersSecrets(const RouteInfo& route);

// Whether its body has one.
bool TakesSecrets(const RouteInfo& route);

// What holds for all routes, in Markdown.
std::string_view ApiConventions();

// "Over which the share is taken. In ms."
std::string DocWithUnit(const FieldRules& rules);

}  // namespace freshet::net
