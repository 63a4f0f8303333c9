// Types as a service would have them, for tests, benchmarks and fuzzing.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"
#include "base/log.h"
#include "net/json/json_types.h"

namespace freshet::net::testing {

enum class Privacy { kPublic, kFriends, kPrivate };

}  // namespace freshet::net::testing

template <>
struct freshet::Enumerators<freshet::net::testing::Privacy> {
  using enum freshet::net::testing::Privacy;
  static constexpr std::array kNames{std::pair{kPublic, "public"}, std::pair{kFriends, "friends"},
                                     std::pair{kPrivate, "private"}};
};

namespace freshet::net::testing {

struct Location {
  std::string name;
  double lat = 0;
  double lng = 0;

  bool operator==(const Location&) const = default;
  static constexpr auto Describe() {
    return Description("Location", "A place on the map.",
                       Field("name", &Location::name).Length(1, 20).Doc("As people call it."),
                       Field("lat", &Location::lat).Range(-90, 90).Unit("degrees"),
                       Field("lng", &Location::lng).Range(-180, 180).Unit("degrees"));
  }
};

struct CreatePost {
  std::string text;
  Privacy privacy = Privacy::kPublic;
  std::optional<Location> location = {};
  std::optional<std::vector<PostId>> media_ids = {};
  std::optional<Nullable<PostId>> quote_of = {};

  bool operator==(const CreatePost&) const = default;
  static constexpr auto Describe() {
    return Description("CreatePost", "A post to publish.",
                       Field("text", &CreatePost::text)
                           .Length(1, 50)
                           .Check([](const std::string& text) -> std::string_view {
                             return text.front() == ' ' ? "Must not start with a space." : "";
                           })
                           .Doc("What it says."),
                       Field("privacy", &CreatePost::privacy).Defaulted().Doc("Who may read it."),
                       Field("location", &CreatePost::location).Doc("Where it was written."),
                       Field("media_ids", &CreatePost::media_ids).Length(0, 3).Doc("Its photos."),
                       Field("quote_of", &CreatePost::quote_of).Doc("What it quotes."));
  }
};

struct SignIn {
  std::string username;
  std::string password;
  Secret code;

  static constexpr auto Describe() {
    return Description("SignIn", "Who somebody claims to be.",
                       Field("username", &SignIn::username).Length(3, 30),
                       Field("password", &SignIn::password).Length(8, 100).Secret(),
                       Field("code", &SignIn::code).Length(6, 6).Secret().Defaulted());
  }
};

struct Comment {
  PostId id;
  std::string text;
  std::vector<Comment> replies;

  bool operator==(const Comment&) const = default;
  static constexpr auto Describe() {
    return Description("Comment", "A comment and what was replied.", Field("id", &Comment::id),
                       Field("text", &Comment::text), Field("replies", &Comment::replies));
  }
};

struct Counts {
  std::int64_t likes = 0;
  std::uint32_t comments = 0;
  std::int8_t shares = 0;

  bool operator==(const Counts&) const = default;
  static constexpr auto Describe() {
    return Description("Counts", "How a post was received.", Field("likes", &Counts::likes),
                       Field("comments", &Counts::comments), Field("shares", &Counts::shares));
  }
};

// One member of every kind.
struct Everything {
  bool flag = false;
  std::int32_t small = 0;
  std::uint64_t large = 0;
  double number = 0;
  std::string text;
  PostId id;
  Timestamp time;
  Duration duration{0};
  Privacy privacy = Privacy::kPublic;
  std::optional<std::string> maybe;
  Nullable<std::int64_t> nothing;
  std::vector<std::string> list;
  std::map<std::string, double> map;
  Location object;
  RawJson raw;

  bool operator==(const Everything&) const = default;
  static constexpr auto Describe() {
    using E = Everything;
    return Description("Everything", "One member of every kind.", Field("flag", &E::flag),
                       Field("small", &E::small), Field("large", &E::large),
                       Field("number", &E::number), Field("text", &E::text), Field("id", &E::id),
                       Field("time", &E::time), Field("duration", &E::duration),
                       Field("privacy", &E::privacy), Field("maybe", &E::maybe),
                       Field("nothing", &E::nothing), Field("list", &E::list),
                       Field("map", &E::map), Field("object", &E::object), Field("raw", &E::raw));
  }
};

}  // namespace freshet::net::testing
