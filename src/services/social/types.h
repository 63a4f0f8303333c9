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

constexpr std::string_view CheckEditedText(const std::optional<std::string>& text) {
  return text ? CheckPostText(*text) : std::string_view();
}

struct CreatePost {
  std::string text;
  Privacy privacy = Privacy::kPublic;
  std::optional<Location> location;
  std::optional<PostId> quote_of;

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
        Field("location", &CreatePost::location),
        Field("quote_of", &CreatePost::quote_of)
            .Doc("A post to show within this one, to those who may see it."));
  }
};

struct EditPost {
  std::optional<std::string> text;
  std::optional<Privacy> privacy;
  std::optional<net::Nullable<Location>> location;

  static constexpr auto Describe() {
    return Description("EditPost",
                       "What to change about a post; members that are left out stay as they are.",
                       Field("text", &EditPost::text).Length(1, 5'000).Check(CheckEditedText),
                       Field("privacy", &EditPost::privacy),
                       Field("location", &EditPost::location).Doc("null takes it away."));
  }
};

struct SharePost {
  std::optional<std::string> text;

  static constexpr auto Describe() {
    return Description("SharePost", "Shows a post to one's own followers.",
                       Field("text", &SharePost::text)
                           .Length(1, 5'000)
                           .Doc("What the one who shares says about it."));
  }
};

enum class PostEntityType { kMention, kHashtag, kLink };

struct PostEntity {
  PostEntityType type = PostEntityType::kMention;
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::optional<std::string> username;
  std::optional<AccountId> account_id;
  std::optional<std::string> tag;
  std::optional<std::string> url;

  static constexpr auto Describe() {
    return Description("PostEntity", "A mention, hashtag or link within a text.",
                       Field("type", &PostEntity::type),
                       Field("start", &PostEntity::start).Unit("code points"),
                       Field("end", &PostEntity::end).Unit("code points"),
                       Field("username", &PostEntity::username),
                       Field("account_id", &PostEntity::account_id)
                           .Doc("Who had that name when the text was written."),
                       Field("tag", &PostEntity::tag), Field("url", &PostEntity::url));
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

// A post within another. Everything but the id is absent when the reader may not see it, or it is
// gone.
struct QuotedPost {
  PostId id;
  std::optional<bool> unavailable;
  std::optional<accounts::AuthorCard> author;
  std::optional<std::string> text;
  std::optional<std::vector<PostEntity>> entities;
  std::optional<Privacy> privacy;
  std::optional<net::Nullable<Location>> location;
  std::optional<std::vector<std::string>> media;
  std::optional<Timestamp> created_at;
  std::optional<net::Nullable<Timestamp>> edited_at;
  std::optional<PostId> quote_of;
  std::optional<PostCounts> counts;
  std::optional<PostViewer> viewer;

  static constexpr auto Describe() {
    using Q = QuotedPost;
    return Description(
        "QuotedPost", "A post that another one quotes.", Field("id", &Q::id),
        Field("unavailable", &Q::unavailable)
            .Doc("true: it was deleted, or the reader may not see it; there is only its id."),
        Field("author", &Q::author), Field("text", &Q::text), Field("entities", &Q::entities),
        Field("privacy", &Q::privacy), Field("location", &Q::location), Field("media", &Q::media),
        Field("created_at", &Q::created_at), Field("edited_at", &Q::edited_at),
        Field("quote_of", &Q::quote_of).Doc("What it quotes itself."), Field("counts", &Q::counts),
        Field("viewer", &Q::viewer));
  }
};

// Who shared a post, as an author's card with two more members.
struct SharedBy {
  AccountId id;
  std::string username;
  std::string display_name;
  net::Nullable<std::string> avatar_url;
  bool verified = false;
  net::Nullable<std::string> text;
  Timestamp shared_at;

  static constexpr auto Describe() {
    using S = SharedBy;
    return Description("SharedBy", "Who showed the post to their followers.", Field("id", &S::id),
                       Field("username", &S::username), Field("display_name", &S::display_name),
                       Field("avatar_url", &S::avatar_url), Field("verified", &S::verified),
                       Field("text", &S::text).Doc("What they said about it."),
                       Field("shared_at", &S::shared_at));
  }
};

// The schema of a post. Posts are kept serialised (post_json.h): this type documents them.
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
  std::optional<QuotedPost> quote;
  std::optional<SharedBy> shared_by;
  PostCounts counts;
  PostViewer viewer;

  static constexpr auto Describe() {
    return Description("Post", "Something that a person said.", Field("id", &Post::id),
                       Field("author", &Post::author), Field("text", &Post::text),
                       Field("entities", &Post::entities), Field("privacy", &Post::privacy),
                       Field("location", &Post::location), Field("media", &Post::media),
                       Field("created_at", &Post::created_at), Field("edited_at", &Post::edited_at),
                       Field("quote", &Post::quote),
                       Field("shared_by", &Post::shared_by)
                           .Doc("In lists: who brought it here, when it was not its author."),
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
