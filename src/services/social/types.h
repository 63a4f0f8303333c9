// The nouns of the social feed: posts and what stands in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"
#include "net/json/json_types.h"
#include "services/accounts/types.h"

namespace freshet::social {

// Numbers are stored: never reuse one.
enum class Privacy : std::uint8_t { kPublic = 0, kFriends = 1, kPrivate = 2 };

struct Location {
  std::string name;
  double lat = 0;
  double lng = 0;

  static constexpr auto Describe() {
    return Description("Location", "A place that a post is about.",
                       Field("name", &Location::name).Length(1, 255),
                       Field("lat", &Location::lat).Range(-90, 90).Unit("degrees"),
                       Field("lng", &Location::lng).Range(-180, 180).Unit("degrees"));
  }
};

constexpr std::string_view CheckPostText(const std::string& text) {
  const bool blank = text.find_first_not_of(" \t\r\n") == std::string::npos;
  return blank ? "write something that is more than spaces" : std::string_view();
}

struct CreatePost {
  std::string text;
  Privacy privacy = Privacy::kPublic;
  std::optional<Location> location;

  static constexpr auto Describe() {
    return Description(
        "CreatePost", "A post to publish.",
        Field("text", &CreatePost::text)
            .Length(1, 5'000)
            .Check(CheckPostText)
            .Doc("Mentions (@name), hashtags (#topic) and links are found in it."),
        Field("privacy", &CreatePost::privacy)
            .Defaulted()
            .Doc("friends: only those who follow the author and whom the author follows."),
        Field("location", &CreatePost::location));
  }
};

enum class PostEntityType { kMention, kHashtag, kLink };

struct PostEntity {
  PostEntityType type = PostEntityType::kMention;
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::optional<std::string> username;
  std::optional<std::string> tag;
  std::optional<std::string> url;

  static constexpr auto Describe() {
    return Description("PostEntity", "A mention, hashtag or link within a text.",
                       Field("type", &PostEntity::type),
                       Field("start", &PostEntity::start).Unit("code points"),
                       Field("end", &PostEntity::end).Unit("code points"),
                       Field("username", &PostEntity::username), Field("tag", &PostEntity::tag),
                       Field("url", &PostEntity::url));
  }
};

struct PostCounts {
  std::int64_t likes = 0;
  std::int64_t comments = 0;
  std::int64_t shares = 0;

  static constexpr auto Describe() {
    return Description("PostCounts", "", Field("likes", &PostCounts::likes),
                       Field("comments", &PostCounts::comments),
                       Field("shares", &PostCounts::shares));
  }
};

struct PostViewer {
  bool liked = false;
  bool saved = false;
  bool shared = false;

  static constexpr auto Describe() {
    return Description("PostViewer", "What the reader did with the post.",
                       Field("liked", &PostViewer::liked), Field("saved", &PostViewer::saved),
                       Field("shared", &PostViewer::shared));
  }
};

// The schema of a post. Posts are kept serialised (post_json.h): this type documents them and reads
// them back.
struct Post {
  PostId id;
  accounts::AuthorCard author;
  std::string text;
  std::vector<PostEntity> entities;
  Privacy privacy = Privacy::kPublic;
  net::Nullable<Location> location;
  std::vector<std::string> media;
  Timestamp created_at;
  net::Nullable<Timestamp> edited_at;
  PostCounts counts;
  PostViewer viewer;

  static constexpr auto Describe() {
    return Description("Post", "Something that a person said.", Field("id", &Post::id),
                       Field("author", &Post::author), Field("text", &Post::text),
                       Field("entities", &Post::entities), Field("privacy", &Post::privacy),
                       Field("location", &Post::location), Field("media", &Post::media),
                       Field("created_at", &Post::created_at), Field("edited_at", &Post::edited_at),
                       Field("counts", &Post::counts), Field("viewer", &Post::viewer));
  }
};

}  // namespace freshet::social

template <>
struct freshet::Enumerators<freshet::social::Privacy> {
  using P = freshet::social::Privacy;
  static constexpr std::array kNames{std::pair{P::kPublic, "public"},
                                     std::pair{P::kFriends, "friends"},
                                     std::pair{P::kPrivate, "private"}};
};

template <>
struct freshet::Enumerators<freshet::social::PostEntityType> {
  using T = freshet::social::PostEntityType;
  static constexpr std::array kNames{std::pair{T::kMention, "mention"},
                                     std::pair{T::kHashtag, "hashtag"},
                                     std::pair{T::kLink, "link"}};
};
