// Finds the route of a path.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/api/route.h"
#include "net/http/message.h"

namespace freshet::net {

// A path as sent, cut at its slashes and decoded. The views live as long as this object and the
// path that it was made from.
class PathSegments {
 public:
  static constexpr std::size_t kMost = 32;

  explicit PathSegments(std::string_view path);
  PathSegments(const PathSegments&) = delete;
  PathSegments& operator=(const PathSegments&) = delete;

  // A malformed escape, or bytes that are not UTF-8.
  bool malformed() const { return malformed_; }
  // False for paths that no route has: without a slash in front, with an empty segment anywhere
  // ("//", a slash at the end), or with more than kMost segments.
  bool regular() const { return regular_; }

  std::span<const std::string_view> all() const { return {segments_.data(), count_}; }
  // From segment `index` on, slashes included; empty when a segment could be taken for a way out of
  // a folder ("..", an encoded slash).
  std::string_view Rest(std::size_t index) const;

 private:
  std::string decoded_;
  std::array<std::string_view, kMost> segments_;
  std::size_t count_ = 0;
  bool malformed_ = false;
  bool regular_ = true;
};

class MethodSet {
 public:
  void Add(Method method) { bits_ |= Bit(method); }
  bool Has(Method method) const { return (bits_ & Bit(method)) != 0; }
  bool empty() const { return bits_ == 0; }
  void Merge(MethodSet other) { bits_ |= other.bits_; }
  // For the Allow header field: "GET, HEAD, OPTIONS".
  std::string ToString() const;

 private:
  static std::uint8_t Bit(Method method) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(method));
  }
  std::uint8_t bits_ = 0;
};

struct RouteMatch {
  const Route* route = nullptr;                              // null: see `allowed`
  std::array<std::string_view, PathSegments::kMost> values;  // of the path's parameters
  std::size_t value_count = 0;
  MethodSet allowed;  // when no route matched: the methods that the path does have, if any

  std::span<const std::string_view> path_values() const { return {values.data(), value_count}; }
};

// A tree of segments. At each, a literal is preferred to a parameter, a parameter of a narrower
// type (which must accept the segment) to a text, and that to the rest of the path. Immutable once
// built; the routes must outlive it.
class Router {
 public:
  explicit Router(const std::deque<Route>& routes);
  ~Router();

  // HEAD finds the route of GET.
  RouteMatch Find(Method method, const PathSegments& path) const;

 private:
  struct Node;
  struct Search;
  void Add(const Route& route);
  static bool Visit(const Node& node, std::size_t depth, Search& search);
  static bool Take(const Node& node, Search& search);

  std::unique_ptr<Node> root_;
};

}  // namespace freshet::net
