// Posts are kept as the bytes in which they are sent, so that showing one is copying.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "services/social/types.h"

namespace freshet::social {

// A name in a text, and whose it was when the text was written.
struct Mention {
  std::string username;
  AccountId account;

  bool operator==(const Mention&) const = default;
};

// What the database knows of a post. A share is a post of its own, by the one who shares, with the
// text that they gave it.
struct StoredPost {
  PostId id;
  AccountId author;
  std::string text;
  Privacy privacy = Privacy::kPublic;
  std::optional<Location> location;
  std::optional<Timestamp> edited_at;
  std::int64_t version = 1;
  std::vector<Mention> mentions;
  PostId quote_of;
  PostId share_of;
  bool was_shared = false;  // somebody shares it, or did
};

// Mentions, hashtags and links in `text`.
std::vector<PostEntity> EntitiesOf(std::string_view text, const std::vector<Mention>& mentions);

// The part of a post's JSON that is the same for every reader and does not change when its author's
// profile does, behind the few facts that decide who may see it. Lives in the cache: the layout is
// private to post_json.cc.
std::string PackPost(const StoredPost& post);

// Reads a packed post without copying. The bytes must outlive it.
class PackedPost {
 public:
  struct Head;

  explicit PackedPost(std::string_view bytes) : bytes_(bytes) {}

  AccountId author() const;
  Privacy privacy() const;
  std::int64_t version() const;
  PostId quote_of() const;  // 0: quotes nothing
  PostId share_of() const;  // 0: is no share
  bool was_shared() const;
  bool has_link() const;
  std::string text() const;  // O(n)

  // What stands in a post besides its own bytes.
  struct Surroundings {
    std::string_view author_card;  // an accounts::AuthorCard as JSON
    const PostCounts& counts;
    const PostViewer& viewer;
    std::string_view more = {};  // further members, each behind a comma
  };
  // Appends the whole post as JSON. Not for shares.
  void Write(PostId id, const Surroundings& around, std::string& out) const;
  // Appends a SharedBy as JSON. For shares only.
  void WriteSharedBy(std::string_view author_card, std::string& out) const;

 private:
  Head head() const;
  std::string_view json() const;

  std::string_view bytes_;
};

}  // namespace freshet::social
