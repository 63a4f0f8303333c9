// Posts are kept as the bytes in which they are sent, so that showing one is copying.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "services/social/types.h"

namespace freshet::social {

// What the database knows of a post.
struct StoredPost {
  PostId id;
  AccountId author;
  std::string text;
  Privacy privacy = Privacy::kPublic;
  std::optional<Location> location;
  std::optional<Timestamp> edited_at;
};

// The part of a post's JSON that is the same for every reader and does not change when its author's
// profile does, behind the few facts that decide who may see it. Lives in the cache: the layout is
// private to post_json.cc.
std::string PackPost(const StoredPost& post);

// Reads a packed post without copying. The bytes must outlive it.
class PackedPost {
 public:
  explicit PackedPost(std::string_view bytes) : bytes_(bytes) {}

  AccountId author() const;
  Privacy privacy() const;
  // Appends the whole post as JSON. `author_card` is an accounts::AuthorCard as JSON.
  void Write(PostId id, std::string_view author_card, const PostCounts& counts,
             const PostViewer& viewer, std::string& out) const;

 private:
  std::string_view bytes_;
};

}  // namespace freshet::social
