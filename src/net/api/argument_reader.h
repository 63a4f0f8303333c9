// Reads what a handler takes from a request. For handler_inl.h.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "net/api/arguments.h"
#include "net/api/query_reader.h"
#include "net/api/route.h"
#include "net/api/text_value.h"
#include "net/json/json_reader.h"

namespace freshet::net::internal {

template <class T>
inline constexpr bool kIsBody = false;
template <class T>
inline constexpr bool kIsBody<Body<T>> = true;
template <class T>
inline constexpr bool kIsQuery = false;
template <class T>
inline constexpr bool kIsQuery<Query<T>> = true;

template <class A>
inline constexpr bool kIsPathArgument = kIsId<A> || std::same_as<A, std::string> || NamedEnum<A> ||
                                        (std::integral<A> && !std::same_as<A, bool>);
template <class A>
inline constexpr bool kIsExtraArgument = kIsBody<A> || kIsQuery<A> || std::same_as<A, RawBody> ||
                                         std::same_as<A, IfMatch> || std::same_as<A, Request>;

// Errors: kInvalid with code "unsupported_media_type".
Result<> ExpectJson(const Request& request);

// Reads the arguments one after another; field errors of all of them are reported together.
class ArgumentReader {
 public:
  explicit ArgumentReader(const Invocation& call) : call_(call) {}

  template <class A>
  A Read(std::type_identity<A>) {
    if constexpr (kIsQuery<A>) {
      A query;
      if (OpenQuery()) query_->Read(query.value, errors_);
      return query;
    } else if constexpr (kIsBody<A>) {
      return {ReadBody<decltype(A::value)>()};
    } else if constexpr (std::same_as<A, RawBody>) {
      return {call_.request.body, std::string(call_.request.headers.Get("Content-Type"))};
    } else if constexpr (std::same_as<A, IfMatch>) {
      return {std::string(call_.request.headers.Get("If-Match"))};
    } else {
      // The router let only such a value through.
      A value{};
      FieldErrors unexpected;
      const std::string_view text = call_.path_values[next_path_value_++];
      ReadTextValue(text, value, {FieldRules(), FieldPlace(), unexpected});
      return value;
    }
  }
  const Caller& Read(std::type_identity<const Caller&>) { return call_.caller; }
  const Request& Read(std::type_identity<const Request&>) { return call_.request; }

  // What is wrong with the request, when everything was read.
  Result<> Finish();

 private:
  bool OpenQuery();

  template <class T>
  T ReadBody() {
    if (auto outcome = ExpectJson(call_.request); !outcome) return Refuse(std::move(outcome)), T{};
    auto value = ReadJson<T>(call_.request.body, {.bytes = call_.request.body.size()});
    if (value) return *std::move(value);
    if (value.error().fields().empty()) {
      Refuse(std::unexpected(std::move(value).error()));
    } else {
      errors_.Append(value.error());
    }
    return T{};
  }
  void Refuse(Result<> outcome) {
    if (refused_) refused_ = std::move(outcome);
  }

  const Invocation& call_;
  std::size_t next_path_value_ = 0;
  std::optional<QueryReader> query_;
  FieldErrors errors_;
  Result<> refused_;
};

}  // namespace freshet::net::internal
