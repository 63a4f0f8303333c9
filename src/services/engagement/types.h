// The nouns of engagement: what people do with posts, and comments.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"
#include "net/json/json_types.h"
#include "services/accounts/types.h"
#include "services/engagement/events.h"
#include "services/social/types.h"

namespace freshet::engagement {

enum class Reaction : std::uint8_t { kLike, kSave };

constexpr std::string_view CheckCommentText(const std::string& text) {
  const bool blank = text.find_first_not_of(" \t\r\n") == std::string::npos;
  return blank ? "write something that is more than spaces" : std::string_view();
}

inline constexpr double kLongestComment = 2'000;

struct CreateComment {
  std::string text;
  std::optional<CommentId> reply_to;

  static constexpr auto Describe() {
    return Description("CreateComment", "A comment to write under a post.",
                       Field("text", &CreateComment::text)
                           .Length(1, kLongestComment)
                           .Check(CheckCommentText)
                           .Doc("Mentions (@name), hashtags (#topic) and links are found in it."),
                       Field("reply_to", &CreateComment::reply_to)
                           .Doc("A comment under the same post. Replies are one level deep: a "
                                "reply to a reply joins the same comment's replies."));
  }
};

struct EditComment {
  std::string text;

  static constexpr auto Describe() {
    return Description(
        "EditComment", "What a comment says from now on.",
        Field("text", &EditComment::text).Length(1, kLongestComment).Check(CheckCommentText));
  }
};

enum class CommentOrder : std::uint8_t { kNewest, kOldest, kTop };

struct CommentsQuery {
  CommentOrder order = CommentOrder::kNewest;
  std::optional<CommentId> reply_to;

  static constexpr auto Describe() {
    return Description("CommentsQuery", "Which comments, in which order.",
                       Field("order", &CommentsQuery::order)
                           .Defaulted()
                           .Doc("top: the most liked first. Its pages show the comments that "
                                "existed when the first of them was read."),
                       Field("reply_to", &CommentsQuery::reply_to)
                           .Doc("The replies to this comment; without it, the comments that are "
                                "no replies."));
  }
};

struct CommentCounts {
  std::int64_t likes = 0;
  std::int64_t replies = 0;

  static constexpr auto Describe() {
    return Description("CommentCounts", "", Field("likes", &CommentCounts::likes),
                       Field("replies", &CommentCounts::replies));
  }
};

struct CommentViewer {
  bool liked = false;

  static constexpr auto Describe() {
    return Description("CommentViewer", "What the reader did with the comment.",
                       Field("liked", &CommentViewer::liked));
  }
};

struct Comment {
  CommentId id;
  PostId post_id;
  std::optional<CommentId> reply_to = {};
  net::Nullable<accounts::AuthorCard> author = {};
  std::string text = {};
  std::vector<social::PostEntity> entities = {};
  Timestamp created_at;
  net::Nullable<Timestamp> edited_at = {};
  bool deleted = false;
  CommentCounts counts = {};
  CommentViewer viewer = {};

  static constexpr auto Describe() {
    return Description(
        "Comment", "What somebody said about a post.", Field("id", &Comment::id),
        Field("post_id", &Comment::post_id), Field("reply_to", &Comment::reply_to),
        Field("author", &Comment::author).Doc("null when the comment was deleted."),
        Field("text", &Comment::text), Field("entities", &Comment::entities),
        Field("created_at", &Comment::created_at), Field("edited_at", &Comment::edited_at),
        Field("deleted", &Comment::deleted)
            .Doc("The comment was deleted and stays in its place because of its replies."),
        Field("counts", &Comment::counts), Field("viewer", &Comment::viewer));
  }
};

}  // namespace freshet::engagement

template <>
struct freshet::Enumerators<freshet::engagement::CommentOrder> {
  using O = freshet::engagement::CommentOrder;
  static constexpr std::array kNames{std::pair{O::kNewest, "newest"},
                                     std::pair{O::kOldest, "oldest"}, std::pair{O::kTop, "top"}};
};
