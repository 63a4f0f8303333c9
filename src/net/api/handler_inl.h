// How the signature of a handler becomes the reading of its arguments and the rendering of its
// results. Implementation of routes.h; nothing here is for use elsewhere.
#pragma once

#include <array>
#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/async.h"
#include "base/result.h"
#include "net/api/answers.h"
#include "net/api/argument_reader.h"
#include "net/api/arguments.h"
#include "net/api/route.h"
#include "net/api/text_value.h"
#include "net/json/json_writer.h"
#include "net/json/schema.h"

namespace freshet::net::internal {

struct PathArgumentType {
  const Schema* schema;
  bool (*accepts)(std::string_view);
};

template <class T>
concept Paged = requires(const T& page) {
  { page.next } -> std::convertible_to<const std::optional<std::string>&>;
};

// The document that a result stands for: T of T, Rendered<T> and Reply<T>.
template <class T>
struct DocumentOf {
  using Type = T;
};
template <class T>
struct DocumentOf<Rendered<T>> {
  using Type = T;
};
template <class T>
struct DocumentOf<Reply<T>> {
  using Type = T;
};

template <class T>
DeclaredAnswer AnswerOf(int status, std::string_view doc) {
  DeclaredAnswer answer{status, {}, nullptr, std::string(doc), false};
  if constexpr (!std::same_as<T, NoContent> && !std::same_as<T, RawResponse>) {
    answer.media_type = "application/json";
    answer.schema = &kSchema<T>;
    answer.is_page = Paged<T>;
  }
  return answer;
}

inline Answer JsonAnswer(std::string json, int status) {
  Answer answer;
  answer.response.status = status;
  answer.response.headers.Add("Content-Type", "application/json");
  answer.response.body = std::move(json);
  return answer;
}

template <class T>
Answer RenderAnswer(T result, int status) {
  Answer answer;
  if constexpr (std::same_as<T, NoContent>) {
    answer.response.status = status;
  } else if constexpr (std::same_as<T, RawResponse>) {
    answer.response = std::move(result.response);
  } else {
    answer = JsonAnswer(ToJson(result), status);
    if constexpr (Paged<T>) answer.next = std::move(result.next);
  }
  return answer;
}
template <class T>
Answer RenderAnswer(Rendered<T> result, int status) {
  Answer answer = JsonAnswer(std::move(result.json), status);
  answer.next = std::move(result.next);
  return answer;
}
template <class T>
Answer RenderAnswer(Reply<T> result, int status) {
  if (result.status != 0) status = result.status;
  Answer answer =
      std::visit([&](auto& body) { return RenderAnswer(std::move(body), status); }, result.body);
  for (const auto& [name, value] : result.headers) answer.response.headers.Set(name, value);
  return answer;
}

template <class R>
struct ResultOf;
template <class T>
struct ResultOf<Awaitable<Result<T>>> {
  using Type = T;
};

template <class R, class... A>
struct SignatureTraits {
  static_assert(requires { typename ResultOf<R>::Type; }, "a handler returns Awaitable<Result<T>>");
  static_assert(sizeof...(A) > 0, "a handler takes const Caller& first");

  using Value = typename ResultOf<R>::Type;
  using Document = typename DocumentOf<Value>::Type;
  using Tuple = std::tuple<A...>;

  static_assert(std::same_as<std::tuple_element_t<0, Tuple>, const Caller&>,
                "a handler takes const Caller& first");
  static_assert(((std::same_as<A, const Caller&> || std::same_as<A, const Request&> ||
                  !std::is_reference_v<A>) &&
                 ...),
                "a handler takes its arguments by value, so that they live as long as it runs");
  static_assert(((std::same_as<A, const Caller&> || kIsPathArgument<A> ||
                  kIsExtraArgument<std::remove_cvref_t<A>>) &&
                 ...),
                "a handler takes path parameters, Query, Body, RawBody, IfMatch, const Request&");

  static constexpr std::size_t kPathArguments = (std::size_t{kIsPathArgument<A>} + ... + 0);
  static constexpr bool kPathArgumentsFirst = [] {
    constexpr std::array kIsPath{kIsPathArgument<A>...};
    for (std::size_t i = 1; i < kIsPath.size(); ++i) {
      if (kIsPath[i] != (i <= kPathArguments)) return false;
    }
    return true;
  }();
  static_assert(kPathArgumentsFirst, "the path's parameters follow the Caller");
  static_assert((std::size_t{kIsBody<A> || std::same_as<A, RawBody>} + ... + 0) <= 1,
                "a request has one body");

  static std::vector<PathArgumentType> PathArguments() {
    std::vector<PathArgumentType> types;
    const auto add = [&]<class T>(std::type_identity<T>) {
      if constexpr (kIsPathArgument<T>) types.push_back({&kSchema<T>, &IsTextValue<T>});
    };
    (add(std::type_identity<A>()), ...);
    return types;
  }

  static void DescribeArguments(RouteInfo& info) {
    const auto add = [&]<class T>(std::type_identity<T>) {
      if constexpr (kIsQuery<T>) info.queries.push_back(&kSchema<decltype(T::value)>);
      if constexpr (kIsBody<T>) info.body = &kSchema<decltype(T::value)>;
      if constexpr (std::same_as<T, RawBody>) info.raw_body = true;
      if constexpr (std::same_as<T, IfMatch>) info.if_match = true;
    };
    (add(std::type_identity<A>()), ...);
  }

  static Result<Tuple> Read(const Invocation& call) {
    ArgumentReader reader(call);
    // Braces read from left to right.
    Tuple arguments{reader.Read(std::type_identity<A>())...};
    RETURN_IF_ERROR(reader.Finish());
    return arguments;
  }
};

template <class Signature>
struct MemberTraits;
template <class C, class R, class... A>
struct MemberTraits<R (C::*)(A...) const> : SignatureTraits<R, A...> {};

template <class Handler>
concept PlainHandler = requires { &Handler::operator(); };

template <class Handler>
struct HandlerTraits : MemberTraits<decltype(&Handler::operator())> {
  static_assert(PlainHandler<Handler>, "a handler is a lambda whose arguments have types");
};

template <class Handler>
RouteHandler MakeRouteHandler(Handler handler) {
  using Traits = HandlerTraits<Handler>;
  return [handler = std::move(handler)](Invocation& call) -> Awaitable<Result<Answer>> {
    auto arguments = Traits::Read(call);
    if (!arguments) co_return std::unexpected(std::move(arguments).error());
    call.handler_ran = true;
    auto result = co_await std::apply(handler, *std::move(arguments));
    if (!result) co_return std::unexpected(std::move(result).error());
    co_return RenderAnswer(*std::move(result), call.route.answers.front().status);
  };
}

}  // namespace freshet::net::internal
