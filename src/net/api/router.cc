#include "net/api/router.h"

#include <algorithm>
#include <deque>

#include "base/utf8.h"
#include "net/api/text_value.h"
#include "net/http/uri.h"

namespace freshet::net {
namespace {

constexpr std::size_t kMethods = 7;
constexpr std::array kAllMethods{Method::kGet,   Method::kHead,   Method::kPost,   Method::kPut,
                                 Method::kPatch, Method::kDelete, Method::kOptions};

}  // namespace

PathSegments::PathSegments(std::string_view path) {
  if (!path.starts_with('/')) {
    regular_ = false;
    return;
  }
  // Decoding never lengthens, so views into the buffer stay good.
  const bool encoded = path.find('%') != std::string_view::npos;
  if (encoded) decoded_.reserve(path.size());
  if (path == "/") return;
  for (std::size_t at = 1; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    std::string_view segment = path.substr(at, end - at);
    at = end + 1;
    if (segment.empty() || count_ == kMost) {
      regular_ = false;
      return;
    }
    if (encoded) {
      const auto plain = PercentDecode(segment);
      if (!plain) {
        malformed_ = true;
        return;
      }
      decoded_ += '/';
      const std::size_t start = decoded_.size();
      decoded_ += *plain;
      segment = std::string_view(decoded_).substr(start);
    }
    if (!IsUtf8(segment) || segment.find('\0') != std::string_view::npos) malformed_ = true;
    segments_[count_++] = segment;
  }
}

std::string_view PathSegments::Rest(std::size_t index) const {
  for (std::size_t i = index; i < count_; ++i) {
    const std::string_view segment = segments_[i];
    if (segment == "." || segment == ".." || segment.find_first_of("/\\") != segment.npos) {
      return {};
    }
  }
  const char* const begin = segments_[index].data();
  const std::string_view last = segments_[count_ - 1];
  return {begin, static_cast<std::size_t>(last.data() + last.size() - begin)};
}

std::string MethodSet::ToString() const {
  std::string text;
  for (const Method method : kAllMethods) {
    if (!Has(method)) continue;
    if (!text.empty()) text += ", ";
    text += Name(method);
  }
  return text;
}

struct Router::Node {
  struct Parameter {
    bool (*accepts)(std::string_view);
    std::unique_ptr<Node> node;
  };
  std::vector<std::pair<std::string_view, std::unique_ptr<Node>>> literals;  // in order
  std::vector<Parameter> parameters;                                         // texts last
  std::unique_ptr<Node> rest;
  std::array<const Route*, kMethods> routes{};
  MethodSet methods;

  Node& Literal(std::string_view text) {
    const auto at =
        std::ranges::lower_bound(literals, text, {}, [](const auto& l) { return l.first; });
    if (at != literals.end() && at->first == text) return *at->second;
    return *literals.emplace(at, text, std::make_unique<Node>())->second;
  }
  Node& ForParameter(const PathParameter& declared) {
    for (auto& parameter : parameters) {
      if (parameter.accepts == declared.accepts) return *parameter.node;
    }
    const bool text = declared.accepts == &IsTextValue<std::string>;
    const auto at = text ? parameters.end() : parameters.begin();
    return *parameters.insert(at, {declared.accepts, std::make_unique<Node>()})->node;
  }
};

struct Router::Search {
  Method method;
  const PathSegments& path;
  RouteMatch match;
};

Router::Router(const std::deque<Route>& routes) : root_(std::make_unique<Node>()) {
  for (const Route& route : routes) Add(route);
}
Router::~Router() = default;

void Router::Add(const Route& route) {
  Node* node = root_.get();
  std::size_t parameter = 0;
  for (const auto& segment : route.info.path.Segments()) {
    if (!segment.is_parameter) {
      node = &node->Literal(segment.text);
    } else if (segment.is_rest) {
      if (!node->rest) node->rest = std::make_unique<Node>();
      node = node->rest.get();
    } else {
      node = &node->ForParameter(route.info.path_parameters[parameter]);
    }
    parameter += segment.is_parameter ? 1 : 0;
  }
  node->routes[static_cast<std::size_t>(route.info.method)] = &route;
  node->methods.Add(route.info.method);
  node->methods.Add(Method::kOptions);
  if (route.info.method == Method::kGet) {
    node->methods.Add(Method::kHead);
    node->routes[static_cast<std::size_t>(Method::kHead)] = &route;
  }
}

bool Router::Take(const Node& node, Search& search) {
  search.match.route = node.routes[static_cast<std::size_t>(search.method)];
  if (search.match.route) return true;
  search.match.allowed.Merge(node.methods);
  return false;
}

bool Router::Visit(const Node& node, std::size_t depth, Search& search) {
  const auto segments = search.path.all();
  if (depth == segments.size()) return Take(node, search);
  const std::string_view segment = segments[depth];
  const auto literal =
      std::ranges::lower_bound(node.literals, segment, {}, [](const auto& l) { return l.first; });
  if (literal != node.literals.end() && literal->first == segment &&
      Visit(*literal->second, depth + 1, search)) {
    return true;
  }
  const std::size_t values = search.match.value_count;
  for (const auto& parameter : node.parameters) {
    if (!parameter.accepts(segment)) continue;
    search.match.values[values] = segment;
    search.match.value_count = values + 1;
    if (Visit(*parameter.node, depth + 1, search)) return true;
    search.match.value_count = values;
  }
  if (!node.rest) return false;
  const std::string_view rest = search.path.Rest(depth);
  if (rest.empty()) return false;
  search.match.values[values] = rest;
  search.match.value_count = values + 1;
  if (Take(*node.rest, search)) return true;
  search.match.value_count = values;
  return false;
}

RouteMatch Router::Find(Method method, const PathSegments& path) const {
  Search search{method, path, {}};
  if (!path.malformed() && path.regular()) Visit(*root_, 0, search);
  return search.match;
}

}  // namespace freshet::net
