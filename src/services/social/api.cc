#include "services/social/api.h"

#include "services/accounts/api.h"
#include "services/social/home_timeline.h"
#include "services/social/posts.h"

namespace freshet::social {

void ShownPost::Write(std::string& out) const {
  const std::string_view author = accounts::AuthorCardView(*author_card_).json();
  PackedPost(*packed_).Write(id_, author, tallies_.counts, tallies_.viewer, out);
}

std::string ShownPost::Json() const {
  std::string json;
  Write(json);
  return json;
}

Awaitable<Result<HomePage>> SocialReads::Latest(AccountId person, PostId before, std::size_t limit,
                                                Deadline deadline) {
  return timeline_.Latest(person, before, limit, deadline);
}

Awaitable<Result<std::vector<std::optional<ShownPost>>>> SocialReads::Show(
    AccountId viewer, std::span<const std::uint64_t> ids, Deadline deadline) {
  return posts_.Show(viewer, ids, deadline);
}

}  // namespace freshet::social
