// The table of routes. Each is declared once, and everything that concerns it follows: matching,
// authorisation, rate limits, parsing, validation, rendering, the OpenAPI document, the reference.
//
//   routes.Post("/v1/posts", Scope::kWrite, RateClass::kPublish)
//       .Summary("Publish a post")
//       .Answers<201, Post>()
//       .Fails(ErrorKind::kInvalid, ErrorKind::kExhausted)
//       .Handle([this](const Caller& caller, Body<CreatePost> request) -> Awaitable<Result<Post>> {
//         return social_.CreatePost(caller, std::move(request.value));
//       });
//
// A handler takes the Caller, then one value for each parameter of the path, then any of Query<T>,
// Body<T>, RawBody, IfMatch and const Request&. It returns Awaitable<Result<T>>, where T is a
// described value, Rendered<T>, Reply<T>, NoContent or RawResponse.
#pragma once

#include <concepts>
#include <cstddef>
#include <deque>
#include <memory>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "net/api/answers.h"
#include "net/api/arguments.h"
#include "net/api/handler_inl.h"
#include "net/api/path_template.h"
#include "net/api/route.h"
#include "net/api/scope.h"

namespace freshet::net {

class Routes;

// A route in the making; Handle completes it. `Answered` are the types that it may answer with.
template <class... Answered>
class [[nodiscard("a route is not served before Handle is called")]] Declaration {
 public:
  // One line, as a command: "Publish a post".
  Declaration Summary(std::string_view text) && {
    info_->summary = text;
    return std::move(*this);
  }
  // What a reader needs to know beyond the summary; paragraphs are separated by empty lines.
  Declaration Doc(std::string_view text) && {
    info_->doc = text;
    return std::move(*this);
  }
  Declaration Tag(std::string_view text) && {
    info_->tag = text;
    return std::move(*this);
  }

  // The first is what a handler's plain value gets; another is chosen by Reply::status. Without
  // any, a value is 200 and NoContent 204.
  template <int Status, class T = NoContent>
  Declaration<Answered..., T> Answers(std::string_view doc = {}) && {
    info_->answers.push_back(internal::AnswerOf<T>(Status, doc));
    return Declaration<Answered..., T>(*routes_, std::move(info_));
  }
  // For a handler that returns RawResponse.
  template <int Status>
  Declaration<Answered..., RawResponse> AnswersWith(std::string_view media_type,
                                                    std::string_view doc = {}) && {
    info_->answers.push_back({.status = Status,
                              .media_type = std::string(media_type),
                              .schema = nullptr,
                              .doc = std::string(doc),
                              .is_page = false});
    return Declaration<Answered..., RawResponse>(*routes_, std::move(info_));
  }

  // How the handler itself fails; what every route may answer needs no mention.
  template <std::same_as<ErrorKind>... Kinds>
  Declaration Fails(Kinds... kinds) && {
    (info_->failures.push_back({kinds, {}, {}}), ...);
    return std::move(*this);
  }
  // One code of its own, explained: Fails(ErrorKind::kConflict, "username_taken", "...").
  Declaration Fails(ErrorKind kind, std::string_view code, std::string_view doc) && {
    info_->failures.push_back({kind, std::string(code), std::string(doc)});
    return std::move(*this);
  }

  // Beyond it the answer is 413. Default 64 KiB.
  Declaration BodyLimit(std::size_t bytes) && {
    info_->body_limit = bytes;
    return std::move(*this);
  }
  // A strong ETag by the body's content, and 304 to a client that has it already. Caches may keep
  // the answer, for one person, but ask each time.
  Declaration Conditional() && {
    info_->conditional = true;
    return std::move(*this);
  }
  // The Cache-Control of what succeeds; "no-store" unless said.
  Declaration CacheControl(std::string_view text) && {
    info_->cache_control = text;
    return std::move(*this);
  }
  // Edge caches in front of the server may keep what callers without a token get, for
  // http_api.edge_lifetime, and forget it by this key: `kind` and the first value of the path
  // ("post" for /v1/posts/{id} makes "post-7214501938012160").
  Declaration EdgeCached(std::string_view kind) && {
    info_->surrogate_key = kind;
    return std::move(*this);
  }
  Declaration Deprecated() && {
    info_->deprecated = true;
    return std::move(*this);
  }

  // Adds the route to the table. The handler is kept as long as the table; its coroutines may use
  // what it captured. Throws std::logic_error when it does not fit the path, or the path is taken.
  template <class Handler>
  void Handle(Handler handler) &&;

 private:
  friend class Routes;
  template <class... Others>
  friend class Declaration;
  Declaration(Routes& routes, std::unique_ptr<RouteInfo> info)
      : routes_(&routes), info_(std::move(info)) {}

  Routes* routes_;
  std::unique_ptr<RouteInfo> info_;
};

class Routes {
 public:
  Declaration<> Get(PathTemplate path, Scope scope, RateClass rate_class) {
    return Declare(Method::kGet, path, scope, rate_class);
  }
  // Honours Idempotency-Key: the same key and request get the same answer for a day. A handler that
  // makes something claims the operation in the transaction that makes it, so that no crash can
  // make it twice.
  Declaration<> Post(PathTemplate path, Scope scope, RateClass rate_class) {
    return Declare(Method::kPost, path, scope, rate_class);
  }
  Declaration<> Put(PathTemplate path, Scope scope, RateClass rate_class) {
    return Declare(Method::kPut, path, scope, rate_class);
  }
  Declaration<> Patch(PathTemplate path, Scope scope, RateClass rate_class) {
    return Declare(Method::kPatch, path, scope, rate_class);
  }
  Declaration<> Delete(PathTemplate path, Scope scope, RateClass rate_class) {
    return Declare(Method::kDelete, path, scope, rate_class);
  }

  // Every route, in the order of declaration.
  const std::deque<Route>& All() const { return routes_; }

 private:
  template <class... Answered>
  friend class Declaration;
  Declaration<> Declare(Method method, PathTemplate path, Scope scope, RateClass rate_class);
  // Throws std::logic_error.
  void Add(RouteInfo info, std::span<const internal::PathArgumentType> path_arguments,
           RouteHandler handler);

  std::deque<Route> routes_;
};

template <class... Answered>
template <class Handler>
void Declaration<Answered...>::Handle(Handler handler) && {
  using Traits = internal::HandlerTraits<Handler>;
  using Document = typename Traits::Document;
  if constexpr (sizeof...(Answered) == 0) {
    info_->answers.push_back(
        internal::AnswerOf<Document>(std::same_as<Document, NoContent> ? 204 : 200, {}));
  } else {
    static_assert(std::same_as<Document, RawResponse> || (std::same_as<Document, Answered> || ...),
                  "the handler returns what no Answers<> of the route declares");
  }
  Traits::DescribeArguments(*info_);
  routes_->Add(std::move(*info_), Traits::PathArguments(),
               internal::MakeRouteHandler(std::move(handler)));
}

}  // namespace freshet::net
