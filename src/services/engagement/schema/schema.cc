#include "services/engagement/schema/schema.h"

#include <array>

namespace freshet::engagement {
namespace {

// A comment's time is in its id; thread_id is the comment that it replies to, 0 for none. Posts and
// accounts are other services', so no foreign key points there. A deleted comment keeps its row,
// without its text, for the replies to it.
constexpr std::string_view kFirst = R"sql(
CREATE TABLE comments (
  id BIGINT NOT NULL PRIMARY KEY,
  post_id BIGINT NOT NULL,
  thread_id BIGINT NOT NULL,
  author_id BIGINT NOT NULL,
  text TEXT NOT NULL,
  likes BIGINT NOT NULL DEFAULT 0,
  replies BIGINT NOT NULL DEFAULT 0,
  edited_at BIGINT,
  deleted_at BIGINT
);
CREATE INDEX comments_by_time ON comments(post_id, thread_id, id);
CREATE INDEX comments_by_likes ON comments(post_id, thread_id, likes, id);
CREATE INDEX comments_by_post ON comments(post_id, id);
CREATE INDEX comments_by_author ON comments(author_id, id);
CREATE TABLE comment_likes (
  comment_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (comment_id, account_id)
) /*clustered*/;
CREATE INDEX comment_likes_by_account ON comment_likes(account_id, comment_id);
CREATE TABLE comment_rankings (
  id BIGINT NOT NULL PRIMARY KEY,
  post_id BIGINT NOT NULL,
  thread_id BIGINT NOT NULL,
  newest_id BIGINT NOT NULL,
  ids TEXT NOT NULL
);
CREATE INDEX comment_rankings_by_thread ON comment_rankings(post_id, thread_id, id);
CREATE TABLE post_counts (
  post_id BIGINT NOT NULL PRIMARY KEY,
  likes BIGINT NOT NULL DEFAULT 0,
  comments BIGINT NOT NULL DEFAULT 0,
  shares BIGINT NOT NULL DEFAULT 0,
  score DOUBLE PRECISION NOT NULL DEFAULT 0,
  updated_at BIGINT NOT NULL
);
CREATE TABLE counters_read (
  partition_number BIGINT NOT NULL PRIMARY KEY,
  next_offset BIGINT NOT NULL
);
)sql";

constexpr std::array kMigrations{stores::Migration{1, kFirst}};

}  // namespace

stores::Schema EngagementSchema() { return {.service = "engagement", .migrations = kMigrations}; }

}  // namespace freshet::engagement
