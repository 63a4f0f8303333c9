// The rows of posts: read and written within transactions of the callers'.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "services/social/events.h"
#include "services/social/post_json.h"
#include "stores/database/database.h"

namespace freshet::social {

// A post and what became of it.
struct PostRow {
  StoredPost post;
  std::optional<Timestamp> deleted_at;
};

// nullopt: there is none, or it was purged.
Result<std::optional<PostRow>> FindPost(stores::Transaction& tx, PostId id);

// Writes a post, what it is found by, its author's count and its event. A share is told as
// kShared and not counted.
Result<> InsertPost(stores::Transaction& tx, const StoredPost& post, const PostEvent& event);

// The event that says that `post` was made, or something else about it.
PostEvent EventAbout(const StoredPost& post, PostEventType type);
Result<> AddEvent(stores::Transaction& tx, const PostEvent& event);

// Counts a post that appears (1) or goes (-1): for its author's page, and for its hashtags.
Result<> CountPost(stores::Transaction& tx, const StoredPost& post, std::int64_t by);

// Makes a post findable by what stands in its text, or no longer.
Result<> AddToTopics(stores::Transaction& tx, const StoredPost& post);
Result<> RemoveFromTopics(stores::Transaction& tx, const StoredPost& post);

// What a post says is kept under its version before it changes.
Result<> KeepVersion(stores::Transaction& tx, const StoredPost& post);

// Writes text, privacy, location, mentions and edited_at of a post under its next version.
Result<> UpdatePost(stores::Transaction& tx, const StoredPost& post);

}  // namespace freshet::social
