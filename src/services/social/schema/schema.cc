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
  deleted_at BIGINT
);
CREATE INDEX posts_by_author ON posts(author_id, id) WHERE deleted_at IS NULL;
CREATE TABLE follows (
  follower_id BIGINT NOT NULL,
  followee_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (follower_id, followee_id)
) /*clustered*/;
CREATE INDEX follows_by_followee ON follows(followee_id, created_at, follower_id);
CREATE TABLE social_counts (
  account_id BIGINT NOT NULL PRIMARY KEY,
  followers BIGINT NOT NULL DEFAULT 0,
  following BIGINT NOT NULL DEFAULT 0,
  posts BIGINT NOT NULL DEFAULT 0,
  celebrity SMALLINT NOT NULL DEFAULT 0
);
CREATE TABLE imports (
  file TEXT NOT NULL PRIMARY KEY,
  lines BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX social_celebrities ON social_counts(account_id) WHERE celebrity = 1;
)sql";

constexpr std::array kMigrations{stores::Migration{1, kFirst}};

}  // namespace

stores::Schema SocialSchema() { return {.service = "social", .migrations = kMigrations}; }

}  // namespace freshet::social
