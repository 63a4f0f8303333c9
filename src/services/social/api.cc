#include "services/social/api.h"

#include <fmt/format.h>

#include "services/social/affinity.h"
#include "services/social/home_timeline.h"
#include "services/social/posts.h"
#include "services/social/shares.h"
#include "services/social/visibility.h"

namespace freshet::social {
namespace {

std::string_view CardOf(const ShownPost::Source& source) {
  return accounts::AuthorCardView(*source.author_card).json();
}

// Goes by what the post and what it quotes say, and not by a sharer's remark: so all entries of one
// post are wanted or none is.
bool IsUnwanted(const ShownPost& post, const RestrictionSet& unwanted, Timestamp now) {
  if (unwanted.Mutes(post.author(), now)) return true;
  if (post.quote() && unwanted.Mutes(post.quote()->author(), now)) return true;
  if (!unwanted.HasWords()) return false;
  return unwanted.MutesText(post.text(), now) ||
         (post.quote() && unwanted.MutesText(post.quote()->text(), now));
}

}  // namespace

Awaitable<Result<>> PostEngagement::ShareChanged(ShareOfPost, bool, Deadline) {
  co_return Result<>();
}

void ShownPost::Write(std::string& out) const {
  std::string more;
  if (quote_) {
    more += R"(,"quote":)";
    quote_->WriteQuoted(more);
  } else if (const PostId quoted = quote_of(); quoted) {
    more += fmt::format(R"(,"quote":{{"id":"{}","unavailable":true}})", quoted.value);
  }
  if (share_) {
    more += R"(,"shared_by":)";
    PackedPost(*share_->packed).WriteSharedBy(CardOf(*share_), more);
  }
  PackedPost(*post_.packed)
      .Write(post_.id,
             {.author_card = CardOf(post_),
              .counts = tallies_.counts,
              .viewer = tallies_.viewer,
              .more = more},
             out);
}

void ShownPost::WriteQuoted(std::string& out) const {
  std::string more;
  if (const PostId quoted = quote_of(); quoted) {
    more = fmt::format(R"(,"quote_of":"{}")", quoted.value);
  }
  PackedPost(*post_.packed)
      .Write(post_.id,
             {.author_card = CardOf(post_),
              .counts = tallies_.counts,
              .viewer = tallies_.viewer,
              .more = more},
             out);
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

Awaitable<Result<std::vector<bool>>> SocialReads::MaySee(AccountId viewer,
                                                         std::span<const std::uint64_t> ids,
                                                         Deadline deadline) {
  return posts_.MaySee(viewer, ids, deadline);
}

Awaitable<Result<>> SocialReads::Forget(PostId post, Deadline deadline) {
  return posts_.Forget(post, deadline);
}

Awaitable<Result<std::vector<AccountId>>> SocialReads::Authors(std::span<const std::uint64_t> ids,
                                                               Deadline deadline) {
  return posts_.Authors(ids, deadline);
}

Awaitable<Result<std::vector<std::optional<ShownPost>>>> SocialReads::ShowList(ListPart part,
                                                                               Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto shown, co_await shares_.ShowList(part, deadline));
  if (part.owner) co_return shown;
  CO_ASSIGN_OR_RETURN(const auto unwanted, co_await visibility_.UnwantedBy(part.viewer, deadline));
  if (unwanted.empty()) co_return shown;
  const Timestamp now = clock_.Now();
  for (auto& post : shown) {
    if (post && post->author() != part.viewer && IsUnwanted(*post, unwanted, now)) post.reset();
  }
  co_return shown;
}

Awaitable<Result<std::vector<bool>>> SocialReads::MaySeePeople(
    AccountId viewer, std::span<const std::uint64_t> people, Deadline deadline) {
  return visibility_.MaySeePeople(viewer, people, deadline);
}

Awaitable<Result<std::vector<bool>>> SocialReads::MayBeToldOf(AccountId reader,
                                                              std::span<const std::uint64_t> people,
                                                              Deadline deadline) {
  return visibility_.MayBeToldOf(reader, people, deadline);
}

Awaitable<Result<std::vector<Tie>>> SocialReads::Ties(AccountId reader,
                                                      std::span<const AccountId> people,
                                                      Deadline deadline) {
  return affinity_.Ties(reader, people, deadline);
}

PostId SocialReads::Began(PostId newest) const { return shares_.Began(newest); }

Awaitable<Result<std::vector<std::optional<ShareOfPost>>>> SocialReads::FindShares(
    std::vector<PostId> shares, Deadline deadline) {
  return shares_.Find(std::move(shares), deadline);
}

Awaitable<Result<std::optional<ShareOfPost>>> SocialReads::FindShare(PostId post, AccountId sharer,
                                                                     Deadline deadline) {
  return shares_.Find(post, sharer, deadline);
}

}  // namespace freshet::social
