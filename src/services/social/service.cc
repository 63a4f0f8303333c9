#include "services/social/service.h"

#include <array>

namespace freshet::social {
namespace {

constexpr std::string_view kPostsCursor = "account-posts";
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

SocialService::SocialService(Graph& graph, Posts& posts, accounts::Profiles& profiles,
                             const net::CursorCodec& cursors)
    : graph_(graph), posts_(posts), profiles_(profiles), cursors_(cursors) {}

Awaitable<Result<net::Page<accounts::Account>>> SocialService::Followers(AccountId viewer,
                                                                         AccountId account,
                                                                         net::PageQuery query,
                                                                         Deadline deadline) {
  return People(&Graph::Followers, "followers", viewer, account, std::move(query), deadline);
}

Awaitable<Result<net::Page<accounts::Account>>> SocialService::Following(AccountId viewer,
                                                                         AccountId account,
                                                                         net::PageQuery query,
                                                                         Deadline deadline) {
  return People(&Graph::Following, "following", viewer, account, std::move(query), deadline);
}

Awaitable<Result<net::Page<accounts::Account>>> SocialService::People(
    ReadFollows read, std::string_view cursor_kind, AccountId viewer, AccountId account,
    net::PageQuery query, Deadline deadline) {
  FollowPage::Entry before{};
  if (query.cursor) {
    CO_ASSIGN_OR_RETURN(const auto values, cursors_.Decode(cursor_kind, *query.cursor));
    if (values.size() != 2)
      co_return InvalidField("cursor", "invalid_cursor", "This cursor belongs to another list.");
    before = {.account = AccountId{values[1]},
              .since = Timestamp(Duration(static_cast<std::int64_t>(values[0])))};
  }
  CO_RETURN_IF_ERROR(co_await profiles_.Find(account, deadline));
  const auto limit = static_cast<std::size_t>(query.limit);
  CO_ASSIGN_OR_RETURN(auto follows, co_await (graph_.*read)(account, before, limit + 1, deadline));

  net::Page<accounts::Account> page;
  if (follows.entries.size() > limit) {
    follows.entries.resize(limit);
    const auto& last = follows.entries.back();
    page.next = cursors_.Encode(
        cursor_kind, std::array{static_cast<std::uint64_t>(last.since.time_since_epoch().count()),
                                last.account.value});
  }
  std::vector<AccountId> ids;
  for (const auto& entry : follows.entries) ids.push_back(entry.account);
  CO_ASSIGN_OR_RETURN(auto found, co_await profiles_.Find(std::move(ids), deadline));
  for (auto& person : found) {
    if (person) page.items.push_back(*std::move(person));
  }
  CO_RETURN_IF_ERROR(co_await graph_.Complete(viewer, page.items, deadline));
  co_return page;
}

Awaitable<Result<net::Rendered<net::Page<Post>>>> SocialService::PostsOf(AccountId viewer,
                                                                         AccountId account,
                                                                         net::PageQuery query,
                                                                         Deadline deadline) {
  PostId before;
  if (query.cursor) {
    CO_ASSIGN_OR_RETURN(const auto values, cursors_.Decode(kPostsCursor, *query.cursor));
    if (values.size() != 1)
      co_return InvalidField("cursor", "invalid_cursor", "This cursor belongs to another list.");
    before = PostId{values.front()};
  }
  CO_RETURN_IF_ERROR(co_await profiles_.Find(account, deadline));
  const auto limit = static_cast<std::size_t>(query.limit);
  PostListWriter list;
  for (int reading = 0; reading < kMostReadings; ++reading) {
    CO_ASSIGN_OR_RETURN(const auto ids,
                        co_await posts_.ByAuthor(account, before, limit + 1, deadline));
    std::vector<std::uint64_t> values;
    for (const auto id : ids) values.push_back(id.value);
    CO_ASSIGN_OR_RETURN(const auto shown, co_await posts_.Show(viewer, values, deadline));
    for (const auto& post : shown) {
      if (!post) continue;
      if (list.count() == limit) {
        co_return std::move(list).Finish(cursors_.Encode(kPostsCursor, std::array{before.value}));
      }
      list.Add(*post);
      before = post->id();
    }
    if (ids.size() <= limit) co_return std::move(list).Finish();
    before = ids.back();
  }
  co_return std::move(list).Finish(cursors_.Encode(kPostsCursor, std::array{before.value}));
}

Awaitable<Result<net::Rendered<net::Page<Post>>>> SocialService::PostsByIds(AccountId viewer,
                                                                            std::string ids,
                                                                            Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto values, ParseIds(ids));
  CO_ASSIGN_OR_RETURN(const auto shown, co_await posts_.Show(viewer, values, deadline));
  PostListWriter list;
  for (const auto& post : shown) {
    if (post) list.Add(*post);
  }
  co_return std::move(list).Finish();
}

}  // namespace freshet::social
