#include "net/api/route_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "net/api/problem.h"

namespace freshet::net {
namespace {

class TypeCollector {
 public:
  void Add(const Schema& schema, bool in_request) {
    if (schema.element) Add(*schema.element, in_request);
    if (schema.kind != Schema::Kind::kObject) return;
    NamedType& type = types_[schema.name];
    const bool seen = type.schema != nullptr;
    // A nullable object is another schema of the same type; the members tell.
    if (seen && type.schema->members.data() != schema.members.data()) {
      throw std::logic_error(fmt::format("two types are named {}", schema.name));
    }
    if (seen && (type.in_requests || !in_request)) return;
    type = {&schema, in_request};
    for (const auto& member : schema.members) Add(*member.schema, in_request);
  }

  std::map<std::string_view, NamedType> Take() && { return std::move(types_); }

 private:
  std::map<std::string_view, NamedType> types_;
};

class SecretSeeker {
 public:
  bool Finds(const Schema& schema) {
    if (schema.element && Finds(*schema.element)) return true;
    if (schema.kind != Schema::Kind::kObject || !seen_.insert(schema.name).second) return false;
    return std::ranges::any_of(schema.members, [this](const SchemaMember& member) {
      return member.rules.secret || Finds(*member.schema);
    });
  }

 private:
  std::set<std::string_view> seen_;  // types refer to each other in circles
};

class ProblemCollector {
 public:
  // A code that everybody knows.
  void Add(std::string_view code) {
    const auto codes = CommonProblemCodes();
    const auto known = std::ranges::find(codes, code, &ProblemCode::code);
    Add(known->status, code, known->doc);
  }
  void Add(int status, std::string_view code, std::string_view doc) {
    auto& problems = problems_[status];
    for (auto& problem : problems) {
      if (problem.code != code) continue;
      if (!doc.empty()) problem.doc = doc;
      return;
    }
    problems.push_back({std::string(code), std::string(doc)});
  }
  void Add(const DeclaredFailure& failure) {
    const std::string_view code = failure.code.empty() ? Name(failure.kind) : failure.code;
    const int status = StatusOf(Error(failure.kind, {}, code));
    if (status == 500) return Add("internal");
    std::string_view doc = failure.doc;
    for (const auto& common : CommonProblemCodes()) {
      if (doc.empty() && common.code == code) doc = common.doc;
    }
    Add(status, code, doc);
  }

  std::map<int, std::vector<RouteProblem>> Take() && { return std::move(problems_); }

 private:
  std::map<int, std::vector<RouteProblem>> problems_;
};

}  // namespace

std::string AnchorOf(const RouteInfo& route) {
  std::string anchor;
  for (const char c : route.ToString()) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (upper) {
      anchor += static_cast<char>(c - 'A' + 'a');
    } else if (plain) {
      anchor += c;
    } else if (!anchor.ends_with('-')) {
      anchor += '-';
    }
  }
  if (anchor.ends_with('-')) anchor.pop_back();
  return anchor;
}

std::map<int, std::vector<RouteProblem>> ProblemsOf(const RouteInfo& route) {
  ProblemCollector problems;
  problems.Add("unauthenticated");
  if (route.scope != Scope::kPublic) problems.Add("missing_scope");
  if (!route.path_parameters.empty()) problems.Add("not_found");
  if (route.rate_class != RateClass::kNone) problems.Add("rate_limited");
  problems.Add("malformed_query");
  problems.Add("invalid");
  problems.Add("not_acceptable");
  if (route.takes_body()) problems.Add("content_too_large");
  if (route.body) problems.Add("malformed_json");
  if (route.body) problems.Add("unsupported_media_type");
  if (route.if_match) problems.Add("precondition_failed");
  if (route.takes_idempotency_key()) {
    problems.Add("invalid_idempotency_key");
    problems.Add("idempotency_key_in_use");
    problems.Add("idempotency_key_reused");
  }
  for (const auto& failure : route.failures) problems.Add(failure);
  problems.Add("internal");
  problems.Add("unavailable");
  problems.Add("deadline");
  return std::move(problems).Take();
}

bool AnswersSecrets(const RouteInfo& route) {
  return std::ranges::any_of(route.answers, [](const DeclaredAnswer& answer) {
    return answer.schema != nullptr && SecretSeeker().Finds(*answer.schema);
  });
}

bool TakesSecrets(const RouteInfo& route) {
  return route.body != nullptr && SecretSeeker().Finds(*route.body);
}

std::map<std::string_view, NamedType> NamedTypesOf(const Routes& routes) {
  TypeCollector types;
  types.Add(kSchema<Problem>, false);
  for (const Route& route : routes.All()) {
    if (route.info.body) types.Add(*route.info.body, true);
    for (const auto& answer : route.info.answers) {
      if (answer.schema) types.Add(*answer.schema, false);
    }
  }
  return std::move(types).Take();
}

std::string_view ApiConventions() {
  return "JSON in UTF-8. Ids are decimal texts; a greater id is a newer thing. Times are RFC 3339 "
         "in UTC with milliseconds. A member that is absent is unknown; null means that there is "
         "none. Members and query parameters that a route does not know are errors.\n\n"
         "Errors are problem details (RFC 9457) with a stable `code`, and `errors` that point to "
         "every member that is wrong. Lists are read by `limit` and `cursor`: follow the Link "
         "header field or `next`. A write with an Idempotency-Key can be repeated safely for 24 "
         "hours. Every answer carries an X-Request-Id; quote it when you report a problem.";
}

std::string DocWithUnit(const FieldRules& rules) {
  if (rules.unit.empty()) return std::string(rules.doc);
  return fmt::format("{}{}In {}.", rules.doc, rules.doc.empty() ? "" : " ", rules.unit);
}

}  // namespace freshet::net
