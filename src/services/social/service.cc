#include "services/social/service.h"

#include <fmt/format.h>

#include <array>

#include "algorithms/text/hashtags.h"
#include "net/json/json_writer.h"

namespace freshet::social {
namespace {

constexpr std::string_view kDeletedCursor = "deleted-posts";
constexpr std::size_t kLongestTag = 400;  // bytes: 100 code points
constexpr std::size_t kMostIds = 100;
// Readings for one page, when most of what is found may not be shown.
constexpr int kMostReadings = 20;

Result<std::vector<std::uint64_t>> ParseIds(std::string_view text) {
  const auto wrong = [](std::string message) {
    return InvalidField("ids", "invalid_ids", std::move(message));
  };
  std::vector<std::uint64_t> ids;
  while (!text.empty()) {
    const auto comma = text.find(',');
    auto id = ParseId(text.substr(0, comma));
    if (!id) return wrong("ids are decimal numbers with commas between them, such as 1,2,3");
    ids.push_back(*id);
    if (ids.size() > kMostIds) return wrong("ask for at most 100 posts at once");
    if (comma == std::string_view::npos) return ids;
    text.remove_prefix(comma + 1);
  }
  return wrong("name at least one post, and nothing after the last");
}

Failure AnotherListsCursor() {
  return InvalidField("cursor", "invalid_cursor", "This cursor belongs to another list.");
}

// Grows a net::Page<Post> as JSON, post by post.
class PostListWriter {
 public:
  void Add(const ShownPost& post) {
    json_ += count_++ == 0 ? R"({"items":[)" : ",";
    post.Write(json_);
  }
  std::size_t count() const { return count_; }

  // A cursor has no character that JSON escapes.
  net::Rendered<net::Page<Post>> Finish(std::optional<std::string> next = std::nullopt) && {
    if (count_ == 0) json_ += R"({"items":[)";
    json_ += next ? R"(],"next":")" + *next + R"("})" : R"(],"next":null})";
    return {.json = std::move(json_), .next = std::move(next)};
  }

 private:
  std::string json_;
  std::size_t count_ = 0;
};

}  // namespace

SocialService::SocialService(SocialParts parts)
    : posts_(parts.posts),
      shares_(parts.shares),
      post_edits_(parts.post_edits),
      deleted_posts_(parts.deleted_posts),
      hashtag_search_(parts.hashtag_search),
      visibility_(parts.visibility),
      profiles_(parts.profiles),
      cursors_(parts.cursors) {}

Awaitable<Result<net::Rendered<net::Page<Post>>>> SocialService::PostsOf(AccountId viewer,
                                                                         AccountId account,
                                                                         net::PageQuery query,
                                                                         Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await visibility_.CheckAccount(viewer, account, deadline));
  PostList list{.cursor_kind = fmt::format("posts of {}", account.value),
                .viewer = viewer,
                .owner = account,
                .read = [&](PostId before, std::size_t limit) {
                  return posts_.ByAuthor(account, before, limit, deadline);
                }};
  co_return co_await PageOf(std::move(list), std::move(query), deadline);
}

Awaitable<Result<net::Rendered<net::Page<Post>>>> SocialService::PostsTagged(AccountId viewer,
                                                                             std::string tag,
                                                                             net::PageQuery query,
                                                                             Deadline deadline) {
  if (tag.starts_with('#')) tag.erase(0, 1);
  if (tag.empty() || tag.size() > kLongestTag)
    co_return InvalidField("tag", "invalid_tag", "A hashtag has 1 to 100 characters.");
  tag = algorithms::FoldHashtag(tag);
  PostList list{.cursor_kind = "hashtag " + tag,
                .viewer = viewer,
                .owner = {},
                .read = [&](PostId before, std::size_t limit) {
                  return posts_.ByHashtag(tag, before, limit, deadline);
                }};
  co_return co_await PageOf(std::move(list), std::move(query), deadline);
}

Awaitable<Result<net::Rendered<net::Page<Post>>>> SocialService::Mentions(AccountId viewer,
                                                                          net::PageQuery query,
                                                                          Deadline deadline) {
  PostList list{.cursor_kind = fmt::format("mentions of {}", viewer.value),
                .viewer = viewer,
                .owner = {},
                .read = [&](PostId before, std::size_t limit) {
                  return posts_.Mentioning(viewer, before, limit, deadline);
                }};
  co_return co_await PageOf(std::move(list), std::move(query), deadline);
}

Awaitable<Result<net::Rendered<net::Page<Post>>>> SocialService::PageOf(PostList list,
                                                                        net::PageQuery query,
                                                                        Deadline deadline) {
  PostId before, began;
  if (query.cursor) {
    CO_ASSIGN_OR_RETURN(const auto values, cursors_.Decode(list.cursor_kind, *query.cursor));
    if (values.size() != 2) co_return AnotherListsCursor();
    before = PostId{values[0]};
    began = PostId{values[1]};
  }
  const auto limit = static_cast<std::size_t>(query.limit);
  const auto next = [&] {
    return cursors_.Encode(list.cursor_kind, std::array{before.value, began.value});
  };
  PostListWriter page;
  for (int reading = 0; reading < kMostReadings; ++reading) {
    CO_ASSIGN_OR_RETURN(const auto ids, co_await list.read(before, limit + 1));
    std::vector<std::uint64_t> values;
    for (const auto id : ids) values.push_back(id.value);
    CO_ASSIGN_OR_RETURN(const auto shown, co_await ShowPart(list, values, began, deadline));
    if (!began && !ids.empty()) began = shares_.Began(ids.front());
    for (const auto& post : shown) {
      if (!post) continue;
      if (page.count() == limit) co_return std::move(page).Finish(next());
      page.Add(*post);
      before = post->entry();
    }
    if (ids.size() <= limit) co_return std::move(page).Finish();
    before = ids.back();
  }
  co_return std::move(page).Finish(next());
}

Awaitable<Result<std::vector<std::optional<ShownPost>>>> SocialService::ShowPart(
    const PostList& list, std::span<const std::uint64_t> ids, PostId began, Deadline deadline) {
  if (!list.owner) return posts_.Show(list.viewer, ids, deadline);
  return shares_.ShowList(
      {.viewer = list.viewer, .entries = ids, .began = began, .owner = list.owner}, deadline);
}

Awaitable<Result<net::Rendered<net::Page<DeletedPost>>>> SocialService::Deleted(
    AccountId author, net::PageQuery query, Deadline deadline) {
  std::optional<DeletedPosts::Position> before;
  if (query.cursor) {
    CO_ASSIGN_OR_RETURN(const auto values, cursors_.Decode(kDeletedCursor, *query.cursor));
    if (values.size() != 2) co_return AnotherListsCursor();
    before = {.deleted_at = Timestamp(Duration(static_cast<std::int64_t>(values[0]))),
              .post = PostId{values[1]}};
  }
  const auto limit = static_cast<std::size_t>(query.limit);
  CO_ASSIGN_OR_RETURN(auto entries,
                      co_await deleted_posts_.List(author, before, limit + 1, deadline));
  CO_ASSIGN_OR_RETURN(const auto cards, co_await profiles_.Cards({&author.value, 1}, deadline));
  if (!cards.front()) co_return NotFound("Your account does not exist any more.");
  net::Rendered<net::Page<DeletedPost>> page{.json = R"({"items":[)", .next = {}};
  if (entries.size() > limit) {
    entries.resize(limit);
    const auto& last = entries.back();
    page.next = cursors_.Encode(
        kDeletedCursor,
        std::array{static_cast<std::uint64_t>(last.deleted_at.time_since_epoch().count()),
                   last.post.id.value});
  }
  std::string_view separator;
  for (const auto& entry : entries) {
    const ShownPost post({.id = entry.post.id,
                          .packed = std::make_shared<const std::string>(PackPost(entry.post)),
                          .author_card = cards.front()},
                         PostTallies());
    page.json += separator;
    page.json += R"({"post":)";
    post.Write(page.json);
    page.json +=
        fmt::format(R"(,"deleted_at":{},"restorable_until":{}}})", net::ToJson(entry.deleted_at),
                    net::ToJson(deleted_posts_.RestorableUntil(entry.deleted_at)));
    separator = ",";
  }
  page.json += page.next ? R"(],"next":")" + *page.next + R"("})" : R"(],"next":null})";
  co_return page;
}

Awaitable<Result<net::Rendered<net::Page<Post>>>> SocialService::PostsByIds(AccountId viewer,
                                                                            std::string ids,
                                                                            Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto values, ParseIds(ids));
  CO_ASSIGN_OR_RETURN(const auto shown, co_await posts_.ShowEntries(viewer, values, deadline));
  PostListWriter list;
  for (const auto& post : shown) {
    if (post) list.Add(*post);
  }
  co_return std::move(list).Finish();
}

}  // namespace freshet::social
