#include "services/social/schema/schema.h"

#include <array>

namespace freshet::social {
namespace {

// A post's time is in its id. Accounts are another service's, so no foreign key points there.
constexpr std::string_view kFirst = R"sql(
CREATE TABLE posts (
  id BIGINT NOT NULL PRIMARY KEY,
  author_id BIGINT NOT NULL,
  text TEXT NOT NULL,
  privacy SMALLINT NOT NULL DEFAULT 0,
  location_name TEXT,
  location_lat DOUBLE PRECISION,
  location_lng DOUBLE PRECISION,
  edited_at BIGINT,
  deleted_at BIGINT,
  version BIGINT NOT NULL DEFAULT 1,
  mentions TEXT,
  quote_of BIGINT,
  share_of BIGINT,
  undone_id BIGINT,
  was_shared SMALLINT NOT NULL DEFAULT 0
);
CREATE INDEX posts_by_author ON posts(author_id, id) WHERE deleted_at IS NULL;
CREATE INDEX posts_deleted ON posts(deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX posts_deleted_by_author ON posts(author_id, deleted_at, id)
  WHERE deleted_at IS NOT NULL;
CREATE INDEX posts_shares ON posts(share_of, id) WHERE share_of IS NOT NULL;
CREATE UNIQUE INDEX posts_share_once ON posts(author_id, share_of)
  WHERE share_of IS NOT NULL AND deleted_at IS NULL;
CREATE TABLE post_versions (
  post_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  text TEXT NOT NULL,
  privacy SMALLINT NOT NULL,
  location_name TEXT,
  location_lat DOUBLE PRECISION,
  location_lng DOUBLE PRECISION,
  written_at BIGINT NOT NULL,
  PRIMARY KEY (post_id, version)
) /*clustered*/;
CREATE TABLE post_hashtags (
  tag TEXT NOT NULL,
  post_id BIGINT NOT NULL,
  PRIMARY KEY (tag, post_id)
) /*clustered*/;
CREATE TABLE post_mentions (
  account_id BIGINT NOT NULL,
  post_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, post_id)
) /*clustered*/;
CREATE TABLE purged_posts (
  id BIGINT NOT NULL PRIMARY KEY,
  author_id BIGINT NOT NULL,
  purged_at BIGINT NOT NULL
);
CREATE INDEX purged_posts_by_author ON purged_posts(author_id);
CREATE INDEX purged_posts_by_time ON purged_posts(purged_at);
CREATE TABLE follows (
  follower_id BIGINT NOT NULL,
  followee_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  interaction_score DOUBLE PRECISION NOT NULL DEFAULT 0,
  scored_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (follower_id, followee_id)
) /*clustered*/;
CREATE INDEX follows_by_followee ON follows(followee_id, created_at, follower_id);
CREATE TABLE follow_requests (
  follower_id BIGINT NOT NULL,
  followee_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (follower_id, followee_id)
) /*clustered*/;
CREATE INDEX follow_requests_by_followee ON follow_requests(followee_id, created_at, follower_id);
CREATE TABLE blocks (
  account_id BIGINT NOT NULL,
  blocked_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, blocked_id)
) /*clustered*/;
CREATE INDEX blocks_by_time ON blocks(account_id, created_at, blocked_id);
CREATE TABLE mutes (
  account_id BIGINT NOT NULL,
  muted_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  PRIMARY KEY (account_id, muted_id)
) /*clustered*/;
CREATE INDEX mutes_by_time ON mutes(account_id, created_at, muted_id);
CREATE INDEX mutes_by_muted ON mutes(muted_id, account_id);
CREATE TABLE muted_words (
  account_id BIGINT NOT NULL,
  folded TEXT NOT NULL,
  word TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  PRIMARY KEY (account_id, folded)
) /*clustered*/;
CREATE TABLE social_counts (
  account_id BIGINT NOT NULL PRIMARY KEY,
  followers BIGINT NOT NULL DEFAULT 0,
  following BIGINT NOT NULL DEFAULT 0,
  posts BIGINT NOT NULL DEFAULT 0,
  celebrity SMALLINT NOT NULL DEFAULT 0,
  celebrity_changes BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE imports (
  file TEXT NOT NULL PRIMARY KEY,
  lines BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX social_celebrities ON social_counts(account_id) WHERE celebrity > 0;
)sql";

// Tags of before are found under their own spelling until they are used again.
constexpr std::string_view kHashtagUses = R"sql(
CREATE TABLE hashtags (
  tag TEXT NOT NULL PRIMARY KEY,
  folded TEXT NOT NULL,
  uses BIGINT NOT NULL
) /*clustered*/;
CREATE INDEX hashtags_by_name ON hashtags(folded, tag, uses);
CREATE INDEX hashtags_by_use ON hashtags(uses DESC, tag, folded);
INSERT INTO hashtags (tag, folded, uses)
  SELECT h.tag, h.tag, count(*) FROM post_hashtags h JOIN posts p ON p.id = h.post_id
  WHERE p.deleted_at IS NULL AND p.privacy = 0 AND p.share_of IS NULL GROUP BY h.tag;
)sql";

constexpr std::array kMigrations{stores::Migration{1, kFirst}, stores::Migration{2, kHashtagUses}};

}  // namespace

stores::Schema SocialSchema() { return {.service = "social", .migrations = kMigrations}; }

}  // namespace freshet::social
