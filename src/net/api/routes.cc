#include "net/api/routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/text.h"
#include "net/http/header_values.h"

namespace freshet::net {
namespace {

// "posts" of "/v1/posts/{id}"; routes outside /v1 are the server's own.
std::string_view DefaultTag(std::string_view path) {
  constexpr std::string_view kPrefix = "/v1/";
  if (!path.starts_with(kPrefix)) return "server";
  path.remove_prefix(kPrefix.size());
  return path.substr(0, path.find('/'));
}

// Two paths that the router cannot tell apart have the same shape.
std::string ShapeOf(const RouteInfo& info) {
  std::string shape(Name(info.method));
  std::size_t parameter = 0;
  for (const auto& segment : info.path.Segments()) {
    shape += '/';
    if (!segment.is_parameter) {
      shape += segment.text;
    } else {
      const auto& declared = info.path_parameters[parameter++];
      shape += fmt::format("{{{}{}}}", fmt::ptr(reinterpret_cast<void*>(declared.accepts)),
                           segment.is_rest ? "..." : "");
    }
  }
  return shape;
}

}  // namespace

std::string RouteInfo::ToString() const { return fmt::format("{} {}", Name(method), path.text()); }

Declaration<> Routes::Declare(Method method, PathTemplate path, Scope scope, RateClass rate_class) {
  auto info = std::make_unique<RouteInfo>(method, path, scope, rate_class);
  info->tag = DefaultTag(path.text());
  return Declaration<>(*this, std::move(info));
}

void Routes::Add(RouteInfo info, std::span<const internal::PathArgumentType> path_arguments,
                 RouteHandler handler) {
  const auto refuse = [&](std::string_view why) {
    throw std::logic_error(fmt::format("{}: {}", info.ToString(), why));
  };
  std::size_t named = 0;
  for (const auto& segment : info.path.Segments()) {
    if (!segment.is_parameter) continue;
    if (named < path_arguments.size()) {
      const auto& [schema, accepts] = path_arguments[named];
      if (segment.is_rest && schema != &kSchema<std::string>) {
        refuse("what takes the rest of the path is a std::string");
      }
      info.path_parameters.push_back({segment.text, schema, accepts, segment.is_rest});
    }
    ++named;
  }
  if (named != path_arguments.size()) {
    refuse(fmt::format("the path has {} parameters, the handler takes {}", named,
                       path_arguments.size()));
  }
  if (info.takes_body() && info.method == Method::kGet) {
    refuse("a GET has no body");
  }
  if (info.conditional && info.method != Method::kGet) refuse("only a GET is conditional");
  for (std::size_t i = 0; i < info.queries.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      for (const auto& member : info.queries[i]->members) {
        if (std::ranges::count(info.queries[j]->members, member.name, &SchemaMember::name) > 0) {
          refuse(fmt::format("two queries have the parameter {}", member.name));
        }
      }
    }
  }
  const std::string shape = ShapeOf(info);
  for (const Route& other : routes_) {
    if (ShapeOf(other.info) == shape) refuse("declared twice");
  }
  routes_.push_back({std::move(info), std::move(handler)});
}

bool IfMatch::Allows(std::string_view etag) const {
  if (value.empty() || Trimmed(value) == "*") return true;
  bool found = false;
  ForEachListItem(value, [&](std::string_view tag) {
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    found = tag == etag;
    return !found;
  });
  return found;
}

}  // namespace freshet::net
