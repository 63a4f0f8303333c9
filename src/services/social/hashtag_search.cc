#include "services/social/hashtag_search.h"

#include <algorithm>
#include <tuple>

#include "algorithms/text/folding.h"

namespace freshet::social {
namespace {

constexpr std::string_view kAboveEveryCharacter = "\xf4\x8f\xbf\xbf";  // U+10FFFF
// Fewer tags than this are all read and sorted. Where more begin so, they are so common among all
// tags that reading these by use finds enough of them soon.
constexpr std::size_t kFew = 2'000;
// Some of the most used may have no post that the reader may see.
constexpr std::size_t kSpare = 10;

constexpr std::string_view kByName =
    "SELECT tag, uses FROM hashtags WHERE folded >= $1 AND folded < $2 ORDER BY folded LIMIT $3";
// The empty text keeps the database from taking the index by name.
constexpr std::string_view kByUse =
    "SELECT tag, uses FROM hashtags WHERE folded || '' >= $1 AND folded || '' < $2 "
    "ORDER BY uses DESC, tag LIMIT $3";
constexpr std::string_view kNewestPosts =
    "SELECT p.author_id FROM post_hashtags h JOIN posts p ON p.id = h.post_id WHERE h.tag = $1 "
    "AND p.deleted_at IS NULL AND p.privacy = $2 ORDER BY h.post_id DESC LIMIT $3";

Result<std::vector<Hashtag>> MostUsed(stores::Transaction& tx, const std::string& prefix,
                                      std::size_t most) {
  const std::string limit = prefix + std::string(kAboveEveryCharacter);
  std::vector<Hashtag> tags;
  const auto read = [&](std::string_view sql, std::size_t rows) {
    tags.clear();
    return tx.Query(sql, {prefix, limit, rows}, [&](const stores::Row& row) {
      tags.push_back({.tag = std::string(row.Text(0)), .uses = row.Int(1)});
    });
  };
  RETURN_IF_ERROR(read(kByName, kFew));
  if (tags.size() == kFew) {
    RETURN_IF_ERROR(read(kByUse, most));
    return tags;
  }
  std::ranges::sort(tags, [](const Hashtag& a, const Hashtag& b) {
    return std::tuple(-a.uses, std::string_view(a.tag)) <
           std::tuple(-b.uses, std::string_view(b.tag));
  });
  if (tags.size() > most) tags.resize(most);
  return tags;
}

}  // namespace

struct HashtagSearch::Candidate {
  Hashtag hashtag;
  std::vector<PostAudience> posts;
};

Awaitable<Result<std::vector<HashtagSearch::Candidate>>> HashtagSearch::Candidates(
    std::string text, std::size_t most, Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<Candidate>> {
        ASSIGN_OR_RETURN(auto tags, MostUsed(tx, text, most));
        std::vector<Candidate> candidates;
        for (auto& hashtag : tags) {
          Candidate& candidate = candidates.emplace_back(std::move(hashtag));
          RETURN_IF_ERROR(tx.Query(kNewestPosts, {candidate.hashtag.tag, Privacy::kPublic, kNewest},
                                   [&](const stores::Row& row) {
                                     candidate.posts.push_back({.author = row.AsId<AccountId>(0)});
                                   }));
        }
        return candidates;
      },
      deadline);
}

Awaitable<Result<std::vector<Hashtag>>> HashtagSearch::Find(AccountId viewer, std::string text,
                                                            std::size_t limit, Deadline deadline) {
  if (text.starts_with('#')) text.erase(0, 1);
  text = algorithms::FoldForSearch(text);
  std::vector<Hashtag> found;
  if (text.empty()) co_return found;
  CO_ASSIGN_OR_RETURN(auto candidates,
                      co_await Candidates(std::move(text), limit + kSpare, deadline));
  std::vector<PostAudience> posts;
  for (const auto& candidate : candidates) {
    posts.insert(posts.end(), candidate.posts.begin(), candidate.posts.end());
  }
  CO_ASSIGN_OR_RETURN(const auto may_see, co_await visibility_.MaySee(viewer, posts, deadline));
  auto next = may_see.begin();
  for (auto& candidate : candidates) {
    const auto end = next + static_cast<std::ptrdiff_t>(candidate.posts.size());
    const bool seen = std::find(next, end, true) != end;
    next = end;
    if (seen && found.size() < limit) found.push_back(std::move(candidate.hashtag));
  }
  co_return found;
}

}  // namespace freshet::social
